"""Signing in with GitHub in a browser, whose rules for forms and cookies the way there and back has to follow."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.test_accessibility import faults
from tests.browser.visitor import Visitor
from tests.fakes.github import FakeGitHub


def test_somebody_new_comes_in_by_github_and_lets_it_show_private_repositories(
    visitor: Callable[..., Visitor], github: FakeGitHub
) -> None:
    mona = visitor()
    page = mona.page
    github.sign_in.login = "monalisa"
    page.goto(f"{mona.url}/accounts/login/?next=/chat/lobby/")
    page.get_by_role("button", name="Continue with GitHub").click()
    expect(page.get_by_label("Username")).to_have_value("monalisa")
    page.get_by_label("Username").fill("mona-by-github")
    page.get_by_role("button", name="Create account").click()
    expect(mona.composer).to_be_visible()

    page.goto(f"{mona.url}/accounts/sessions/")
    page.get_by_role("link", name="GitHub account").click()
    expect(page.get_by_text("@monalisa", exact=True)).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Show me private repositories").click()
    expect(page.get_by_role("button", name="Stop showing me private repositories")).to_be_visible()
    page.get_by_role("button", name="Unlink").click()
    expect(page.get_by_text("Set a password first.")).to_be_visible()
    expect(page.get_by_role("link", name="Set a password")).to_be_visible()
