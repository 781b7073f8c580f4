"""How things are named behind /github: what is understood, and what is refused rather than guessed."""

import pytest
from pytest_django import Settings

from chat.errors import Invalid
from chat.github.words.naming import Chosen, chosen_in, issue_in, login_in, repository_in, split

SITE = "https://github.com"


@pytest.fixture(autouse=True)
def _github_itself(settings: Settings) -> None:
    settings.GITHUB_API_URL = "https://api.github.com"


@pytest.mark.parametrize(
    ("text", "default", "key"),
    [
        ("octocat/Hello-World#12", None, "github/pull/octocat/hello-world/12"),
        ("octocat/Hello-World 12", None, "github/pull/octocat/hello-world/12"),
        (f"{SITE}/octocat/Hello-World/issues/12#issuecomment-1", None, "github/pull/octocat/hello-world/12"),
        (f"{SITE}/octocat/Hello-World/pull/12/files", None, "github/pull/octocat/hello-world/12"),
        ("#12", "octocat/Hello-World", "github/pull/octocat/hello-world/12"),
        ("12", "octocat/Hello-World", "github/pull/octocat/hello-world/12"),
        ("#12", None, None),
        ("octocat/Hello-World12", "octocat/Spoon-Knife", None),
        ("octocat/Hello-World#0", "octocat/Spoon-Knife", None),
        (f"{SITE}/octocat/Hello-World", None, None),
        ("https://evil.example/octocat/Hello-World/pull/12", None, None),
    ],
)
def test_an_issue_is_named_in_several_ways(text: str, default: str | None, key: str | None) -> None:
    if key is None:
        with pytest.raises(Invalid):
            issue_in(text, default)
    else:
        assert issue_in(text, default).key == key


def test_accounts_and_repositories_are_named_by_themselves_or_by_their_address() -> None:
    assert {login_in(text) for text in ("octocat", "@octocat", f"{SITE}/octocat")} == {"octocat"}
    for text in ("octocat/Hello-World", "octocat/Hello-World.git", f"{SITE}/octocat/Hello-World/pull/1"):
        assert repository_in(text).repository == "octocat/Hello-World"
    for text in ("", "octocat", "a/b/c", "../..", f"{SITE}/octocat", "öcto/cat"):
        with pytest.raises(Invalid):
            repository_in(text)


def test_where_no_account_is_named_it_says_so() -> None:
    for text, why in (("", "Name an account"), ("@", "Name an account"), ("a--b", "has letters, digits")):
        with pytest.raises(Invalid, match=why):
            login_in(text)


def test_labels_with_blanks_stand_in_quotation_marks_also_in_those_of_telephones() -> None:
    for text in ('a/b label:"good first issue" branch:x', "a/b label:“good first issue” branch:x"):
        named, *rest = split(text)
        assert named == "a/b"
        assert chosen_in(rest) == Chosen([], ["good first issue"], ["x"])


def test_labels_are_the_same_in_any_case_and_branches_are_not() -> None:
    chosen = chosen_in(["Label:Bug", "label:bug", "branch:Main", "PULLS", "label:a:b"])
    assert chosen == Chosen(["pulls"], ["bug", "a:b"], ["Main"])
