"""Cards from GitHub to the screen: drawn where a message links, moved by a webhook, and private ones."""

from collections.abc import Callable

from playwright.sync_api import Locator, expect

from tests.browser.github.conftest import WEBHOOK_SECRET
from tests.browser.rooms.people import account, enter, post, room_of
from tests.browser.visitor import Visitor
from tests.fakes.github import FakeGitHub

Make = Callable[..., Visitor]


def card(person: Visitor, name: str) -> Locator:
    return person.page.get_by_role("region", name=name)


def test_a_card_goes_with_its_pull_request_and_a_private_one_is_for_who_may_see_it(
    visitor: Make, github: FakeGitHub
) -> None:
    github.world.add_repository("octocat/hidden", private=True).add_issue(1, title="Our secret plan")
    alice, bob = account(visitor, "cards-alice"), account(visitor, "cards-bob")
    let_see(alice, github, "octocat/hidden")
    slug = room_of(alice, "Cards", bob)
    for person in (alice, bob):
        enter(person, slug)
    post(alice, slug, f"have a look: {github.url}/octocat/Hello-World/pull/2")
    post(alice, slug, f"and at {github.url}/octocat/hidden/issues/1")
    post(alice, slug, "which is octocat/hidden#1 in short")
    for person in (alice, bob):
        expect(card(person, "Pull request octocat/Hello-World#2, open")).to_be_visible()
    expect(card(alice, "Issue octocat/hidden#1, open, private")).to_contain_text(["Our secret plan"] * 2)
    # The others have the address alone, and where the text has it, nothing more.
    expect(bob.page.locator("github-card a.card-bare")).to_have_text("octocat/hidden#1")
    before = bob.texts()

    github.webhooks.add(url=f"{alice.url}/hooks/github", secret=WEBHOOK_SECRET)
    github.world.repository("octocat/Hello-World").move_pull(2, "merged")
    for person in (alice, bob):
        expect(card(person, "Pull request octocat/Hello-World#2, merged")).to_be_visible()
    assert bob.texts() == before
    # What is private came to nobody else, as the page's own copy of it shows.
    expect(card(bob, "hidden")).to_have_count(0)
    assert "secret plan" not in bob.page.content()
    # It is still there for whoever opens the room anew.
    alice.page.reload()
    expect(card(alice, "Issue octocat/hidden#1, open, private")).to_have_count(2)


def let_see(person: Visitor, github: FakeGitHub, *private: str) -> None:
    """Link the account at GitHub, which sees these repositories, and let the chat read them."""
    github.sign_in.login, github.sign_in.private = "octocat", list(private)
    page = person.page
    page.goto(f"{person.url}/accounts/linked/")
    page.get_by_role("button", name="Link GitHub").click()
    page.get_by_role("button", name="Show me private repositories").click()
    expect(page.get_by_role("button", name="Stop showing me private repositories")).to_be_visible()
