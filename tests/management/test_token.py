"""manage.py token, called as people call it and looked at as programs see it."""

import pytest
from django.core.management import CommandError, call_command

from chat import auth, database
from chat.models import Token, User
from chat.models.token import digest
from tests.cast import person
from tests.programs import Program


def token(*arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    call_command("token", *arguments)
    return capsys.readouterr().out.rstrip("\n").splitlines()[-1]


@pytest.mark.django_db(transaction=True)
async def test_the_last_line_is_a_token_that_lets_its_person_in(capsys: pytest.CaptureFixture[str]) -> None:
    bob = await database.write(person, "bob")
    first = await database.write(token, "bob", capsys=capsys)
    second = await database.write(token, "BOB", capsys=capsys)
    assert first != second
    for secret in (first, second):
        visitor = await auth.identify(None, secret, "")
        assert visitor.user == bob
        assert visitor.refused is None


@pytest.mark.django_db
def test_only_a_digest_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    secret = token("bob", "--create", capsys=capsys)
    assert len(secret) >= 43
    kept = Token.objects.get()
    assert kept.digest == digest(secret)
    assert kept.expires_at is None


@pytest.mark.django_db
def test_create_makes_the_user_once(capsys: pytest.CaptureFixture[str]) -> None:
    token("bob", "--create", capsys=capsys)
    token("bob", "--create", capsys=capsys)
    bob = User.objects.get()
    assert (bob.username, bob.display_name, bob.kind) == ("bob", "bob", User.Kind.USER)
    assert not bob.has_usable_password()
    assert not bob.is_staff
    assert bob.tokens.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nobody"], "There is no user 'nobody'. --create makes one."),
        (["a b", "--create"], "Enter a valid username."),
        (["", "--create"], "A username is needed."),
        (["x" * 151, "--create"], "at most 150 characters"),
        (["gone"], "gone is deactivated."),
    ],
)
def test_what_cannot_be_is_one_clear_line(arguments: list[str], complaint: str) -> None:
    gone = person("gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    with pytest.raises(CommandError) as refusal:
        call_command("token", *arguments)
    assert complaint in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert not Token.objects.exists()


def test_as_a_program_it_starts_nothing_and_says_what_is_wrong(installation: dict[str, str]) -> None:
    with Program.manage("token", "bob", "--create", **installation) as unmigrated:
        assert unmigrated.wait() == 1
    assert len(unmigrated.lines) == 1
    assert "Has it been migrated?" in unmigrated.output
    with Program.manage("migrate", "--verbosity", "0", **installation) as migrating:
        assert migrating.wait() == 0
    with Program.manage("token", "bob", **installation) as unknown:
        assert unknown.wait() == 1
    assert unknown.lines == ["CommandError: There is no user 'bob'. --create makes one."]
    with Program.manage("token", "bob", "--create", **installation) as made:
        assert made.wait() == 0
    assert len(made.lines) == 1
    assert "." not in made.lines[0]
