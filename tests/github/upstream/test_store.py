"""What is kept: by credential, within bounds, and forgotten when it must be."""

import pytest

from chat.github.upstream import store
from chat.github.upstream.identity import Identity
from chat.github.upstream.store import Kept, Stores

ONE: Identity = ("https://api.github.com", "one token")
OTHER: Identity = ("https://api.github.com", "another token")


@pytest.fixture
def stores() -> Stores:
    return Stores()


def test_an_answer_is_found_under_its_credential_only(stores: Stores) -> None:
    kept = Kept(b"{}")
    stores.put(ONE, "/a", kept)
    assert stores.get(ONE, "/a") is kept
    assert stores.get(OTHER, "/a") is None


def test_of_too_many_answers_the_longest_unused_goes(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_ENTRIES", 2)
    for path in ("/a", "/b"):
        stores.put(ONE, path, Kept(b"{}"))
    stores.get(ONE, "/a")
    stores.put(ONE, "/c", Kept(b"{}"))
    assert [stores.get(ONE, path) is None for path in ("/a", "/b", "/c")] == [False, True, False]


def test_the_bytes_of_a_credential_are_bounded(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_BYTES", 3_000)
    for path in ("/a", "/a", "/b"):
        stores.put(ONE, path, Kept(b"x" * 900))  # the second replaces the first, so all fit
    assert stores.get(ONE, "/a") is not None
    stores.put(ONE, "/c", Kept(b"x" * 900))
    assert [stores.get(ONE, path) is None for path in ("/a", "/b", "/c")] == [False, True, False]


def test_a_body_that_would_push_out_everything_is_not_kept(stores: Stores) -> None:
    stores.put(ONE, "/a", Kept(b"{}"))
    stores.put(ONE, "/a", Kept(b"x" * (store.MOST_BODY_BYTES + 1)))
    assert stores.get(ONE, "/a") is None  # nor what was there before it


def test_of_too_much_in_all_the_credential_that_was_silent_longest_goes(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_BYTES_IN_ALL", 2_500)
    stores.put(ONE, "/a", Kept(b"x" * 1_000))
    stores.put(OTHER, "/a", Kept(b"x" * 1_000))
    assert stores.get(ONE, "/a") is None
    assert stores.get(OTHER, "/a") is not None


def test_one_answer_or_all_of_a_credential_can_be_forgotten(stores: Stores) -> None:
    for who in (ONE, OTHER):
        for path in ("/a", "/b"):
            stores.put(who, path, Kept(b"{}"))
    stores.drop(ONE, "/a")
    assert (stores.get(ONE, "/a"), stores.get(ONE, "/b") is None) == (None, False)
    stores.forget(ONE)
    assert stores.get(ONE, "/b") is None
    assert stores.get(OTHER, "/a") is not None


def test_marks_that_no_github_gives_are_not_sent_back() -> None:
    assert Kept(b"{}", "x" * 201, "Thu, 01 Jan 2026 00:00:00 GMT").conditions == {
        "if-modified-since": "Thu, 01 Jan 2026 00:00:00 GMT"
    }
