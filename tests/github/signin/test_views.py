"""Signing in with GitHub, and linking its account, as people do it in a browser."""

import logging
from collections.abc import Callable

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from chat.actions.accounts import create_account, create_guest, create_invitation
from chat.github.credentials import token_of
from chat.models import AuditEntry, Membership, Room, User
from tests.fakes.github import FakeGitHub
from tests.fakes.github.answers import failed, html, malformed, not_found
from tests.fakes.github.messages import Answer
from tests.github.signin.conftest import by_github, come_back, to_github, user_of

pytestmark = pytest.mark.django_db

BUTTON = "Continue with GitHub"


@pytest.fixture
def linked(visitor: Client, alice: User) -> User:
    """Alice has linked her account, and is signed in."""
    visitor.force_login(alice)
    by_github(visitor, process="connect")
    assert SocialAccount.objects.get().user == alice
    return alice


def page(visitor: Client, path: str) -> str:
    return visitor.get(path).content.decode()


def test_without_an_app_there_is_neither_button_nor_way(visitor: Client, settings: Settings) -> None:
    assert BUTTON in page(visitor, "/accounts/login/")
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert BUTTON not in page(visitor, "/accounts/login/")
    for path in ("github/login/", "github/login/callback/", "github/sign-up/", "linked/"):
        assert visitor.post(f"/accounts/{path}").status_code == 404


def test_signing_in_asks_for_no_permission_whatever_a_link_says(visitor: Client) -> None:
    assert "scope=&" in to_github(visitor, scope="admin:org,delete_repo", auth_params="scope=gist")
    assert "scope=repo&" in to_github(visitor, scope="repo", process="connect")


def test_who_linked_an_account_signs_in_by_it(visitor: Client, linked: User, github: FakeGitHub) -> None:
    visitor.logout()
    assert by_github(visitor, next="/chat/lobby/").headers["Location"] == "/chat/lobby/"
    assert user_of(visitor) == "alice"
    assert github.sign_in.tokens[token_of(linked.pk)].login == "octocat"


def test_who_comes_back_without_having_left_from_here_is_sent_away(visitor: Client, linked: User) -> None:
    url = to_github(Client(SERVER_NAME="localhost"))
    visitor.logout()
    assert come_back(visitor, url).headers["Location"] == "/accounts/login/"
    assert user_of(visitor) is None
    assert "GitHub did not confirm who you are" in page(visitor, "/accounts/login/")


def test_a_no_at_github_is_taken_for_one(visitor: Client, github: FakeGitHub) -> None:
    github.sign_in.says_no = True
    assert by_github(visitor).headers["Location"] == "/accounts/login/"
    assert "You said no at GitHub." in page(visitor, "/accounts/login/")


@pytest.mark.parametrize("trouble", [failed, html, malformed, not_found])
@pytest.mark.parametrize("path", ["/user", "/login/oauth/access_token"])
def test_trouble_at_github_is_told_in_a_sentence(
    visitor: Client, github: FakeGitHub, path: str, trouble: Callable[[], Answer]
) -> None:
    github.answers[path] = lambda _: trouble()
    assert by_github(visitor).headers["Location"] == "/accounts/login/"
    assert "GitHub did not confirm who you are" in page(visitor, "/accounts/login/")
    assert user_of(visitor) is None


def test_who_is_new_chooses_a_name_and_has_an_account(visitor: Client, github: FakeGitHub) -> None:
    assert by_github(visitor).headers["Location"] == "/accounts/github/sign-up/"
    assert 'value="octocat"' in page(visitor, "/accounts/github/sign-up/")
    visitor.post("/accounts/github/sign-up/", {"username": "mona", "name": "Mona"})
    assert user_of(visitor) == "mona"
    mona = User.objects.get(username="mona")
    assert (mona.name, mona.has_usable_password(), mona.email) == ("Mona", False, "")
    assert token_of(mona.pk) in github.sign_in.tokens


def test_a_name_that_is_taken_is_asked_for_again(visitor: Client, alice: User) -> None:
    by_github(visitor)
    taken = visitor.post("/accounts/github/sign-up/", {"username": "ALICE"})
    assert "This username is taken." in taken.content.decode()
    visitor.post("/accounts/github/sign-up/", {"username": "mona"})
    assert user_of(visitor) == "mona"


def test_an_address_at_github_makes_nobody_the_owner_of_an_account(
    visitor: Client, github: FakeGitHub
) -> None:
    create_account("boss", None, email="octocat@github.com")
    by_github(visitor)
    assert user_of(visitor) is None
    assert 'value="octocat@github.com"' not in page(visitor, "/accounts/github/sign-up/")


@pytest.mark.parametrize("rule", ["invite", "closed"])
def test_who_is_new_comes_in_only_where_sign_up_lets_them(
    visitor: Client, settings: Settings, rule: str
) -> None:
    settings.CHAT_SIGNUP = rule
    assert by_github(visitor).headers["Location"] == "/accounts/signup/"
    assert "By invitation" in page(visitor, "/accounts/signup/")
    assert user_of(visitor) is None
    assert not SocialAccount.objects.exists()


def test_an_invitation_lets_in_by_github_too(visitor: Client, settings: Settings, alice: User) -> None:
    settings.CHAT_SIGNUP = "invite"
    lobby = Room.objects.get(slug="lobby")
    Membership.objects.create(room=lobby, user=alice, role=Membership.Role.OWNER)
    _, secret = create_invitation(alice, room="lobby", uses=1)
    by_github(visitor, next=f"/accounts/invite/{secret}/")
    visitor.post("/accounts/github/sign-up/", {"username": "mona"})
    assert lobby.memberships.filter(user__username="mona").exists()
    assert user_of(visitor) == "mona"


def test_a_guest_becomes_the_account_and_keeps_what_they_wrote(visitor: Client) -> None:
    gus, _ = create_guest("Gus")
    visitor.force_login(gus)
    by_github(visitor)
    visitor.post("/accounts/github/sign-up/", {"username": "mona"})
    assert User.objects.get(username="mona").pk == gus.pk
    assert user_of(visitor) == "mona"


def test_who_is_deactivated_stays_out(visitor: Client, linked: User) -> None:
    visitor.logout()
    User.objects.filter(pk=linked.pk).update(is_active=False)
    assert by_github(visitor).headers["Location"] == "/accounts/inactive/"
    assert user_of(visitor) is None
    assert token_of(linked.pk) == ""


def test_an_account_of_somebody_else_is_not_linked_again(visitor: Client, linked: User) -> None:
    visitor.force_login(create_account("bob", None))
    by_github(visitor, process="connect")
    assert SocialAccount.objects.get().user == linked
    assert "already connected to a different account" in page(visitor, "/accounts/linked/")


def test_nobody_has_two_of_them(visitor: Client, linked: User, github: FakeGitHub) -> None:
    github.sign_in.login = "torvalds"
    by_github(visitor, process="connect")
    assert SocialAccount.objects.get().extra_data["login"] == "octocat"
    assert "Another account is linked already" in page(visitor, "/accounts/linked/")


def test_private_repositories_are_a_step_of_their_own_and_can_be_taken_back(
    visitor: Client, linked: User, github: FakeGitHub
) -> None:
    assert "Show me private repositories" in page(visitor, "/accounts/linked/")
    by_github(visitor, process="connect", scope="repo")
    assert "Stop showing me private repositories" in page(visitor, "/accounts/linked/")
    assert github.sign_in.tokens[token_of(linked.pk)].scopes == "repo"
    visitor.post("/accounts/linked/", {"forget": "1"})
    assert "Show me private repositories" in page(visitor, "/accounts/linked/")
    assert token_of(linked.pk) == ""
    assert github.sign_in.withdrawn == ["octocat"]


def test_unlinking_forgets_the_token_here_and_at_github(
    visitor: Client, linked: User, github: FakeGitHub
) -> None:
    linked.set_password("correct-horse-battery-9")
    linked.save()
    visitor.force_login(linked)
    visitor.post("/accounts/linked/", {"unlink": "1"})
    assert not SocialAccount.objects.exists()
    assert not SocialToken.objects.exists()
    assert not github.sign_in.tokens
    deeds = AuditEntry.objects.filter(action__startswith="github_").order_by("pk")
    assert list(deeds.values_list("action", "target_name")) == [
        ("github_linked", "alice"),
        ("github_unlinked", "alice"),
    ]


def test_the_only_way_in_is_not_given_up(visitor: Client, linked: User) -> None:
    visitor.post("/accounts/linked/", {"unlink": "1"})
    assert "Set a password first" in page(visitor, "/accounts/linked/")
    assert SocialAccount.objects.exists()
    assert token_of(linked.pk)


def test_no_token_stands_in_the_session_or_in_the_log(
    visitor: Client, github: FakeGitHub, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    by_github(visitor)
    (token,) = github.sign_in.tokens
    sessions = [session.get_decoded() for session in Session.objects.all()]
    assert "socialaccount_sociallogin" in sessions[0]
    assert token not in str(sessions)
    assert token not in caplog.text
