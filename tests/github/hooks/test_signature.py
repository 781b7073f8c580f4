"""Signatures: made as GitHub documents it, right for these very bytes and one of our secrets."""

import pytest

from chat.github.hooks.signature import is_signed, sign

# The values that GitHub's documentation gives for testing.
SECRET = "It's a Secret to Everybody"
BODY = b"Hello, World!"
SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def test_a_signature_is_as_github_documents_it() -> None:
    assert sign(BODY, SECRET) == SIGNATURE
    assert is_signed(BODY, SIGNATURE, [SECRET])


def test_while_secrets_change_each_of_them_holds() -> None:
    for secret in ("old", "new"):
        assert is_signed(BODY, sign(BODY, secret), ["old", "new"])
    assert not is_signed(BODY, sign(BODY, "older"), ["old", "new"])


def test_without_a_secret_nothing_is_signed() -> None:
    assert not is_signed(BODY, sign(BODY, ""), [])


@pytest.mark.parametrize(
    "header",
    ["", "sha256=", SIGNATURE[:-1], SIGNATURE.removeprefix("sha256="), f"{SIGNATURE}0", "sha1=é", "\udcff"],
)
def test_whatever_else_the_header_says_is_no_signature(header: str) -> None:
    assert not is_signed(BODY, header, [SECRET])


def test_one_changed_byte_is_another_body() -> None:
    for place in range(len(BODY)):
        changed = bytearray(BODY)
        changed[place] ^= 1
        assert not is_signed(bytes(changed), SIGNATURE, [SECRET])
