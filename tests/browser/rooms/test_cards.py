"""Cards under messages: drawn by what is known of the object, of one height, changing in place."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.rooms.people import Make
from tests.browser.test_accessibility import faults
from tests.browser.visitor import DESK, Visitor

NARROW = {"width": 320, "height": 700}
BODY: dict[str, Any] = {
    "id": 1,
    "version": 1,
    "url": "https://github.com/octocat/hello-world/pull/7",
    "kind": "pull",
    "name": "octocat/hello-world#7",
    "title": "Say <b>hello</b> in a way that takes a long title, longer than a narrow screen has room for",
    "state": "open",
    "author": "octocat",
    "image": None,
    "labels": [{"name": "bug", "color": "d73a4a"}, {"name": "odd", "color": "url(x)"}],
    "facts": [{"name": "checks", "value": "3 passed"}, {"name": "lines", "value": "+120 −34"}],
    "excerpt": "What it is about.",
    "as_of": "2026-11-22T12:00:00.000Z",
    "stale": False,
    "private": False,
    "withdrawn": False,
}
OTHERS: list[dict[str, Any]] = [
    {"id": 2, "state": "merged", "private": True, "stale": True},
    {
        "id": 3,
        "kind": "code",
        "name": "octocat/hello-world",
        "title": "src/long/way/down/to/the one.py",
        "state": None,
        "excerpt": "a = 1\n" * 40,
    },
    {"id": 4, "kind": "issue", "state": "closed", "excerpt": ""},
    {"id": 5, "kind": "release", "state": "prerelease"},
    {"id": 6, "state": "draft"},
]
# What the server does of itself in tests/github/cards: a message gets cards, and bodies come.
LINK = """([text, links]) => {
  const { store, current } = document.querySelector("chat-app").chat;
  const state = store.room(current);
  const message = state.list().find((one) => one.text === text);
  store.cards.expect({ cards: links });
  state.messages.set(message.id, { ...message, cards: links });
  state.changed();
  store.changed(state);
}"""
TELL = """(card) => document.querySelector("chat-app").chat.store.cards.put(card)"""


def link(person: Visitor, text: str, *ids: int, url: str = BODY["url"]) -> None:
    person.page.evaluate(LINK, [text, [{"id": id, "url": url} for id in ids]])


def tell(person: Visitor, **fields: Any) -> None:
    person.page.evaluate(TELL, {**BODY, **fields})


def card(person: Visitor) -> Locator:
    return person.page.get_by_role("region", name="Pull request octocat/hello-world#7")


def height(element: Locator) -> float:
    box = element.bounding_box()
    assert box is not None
    return box["height"]


def test_a_body_takes_the_place_that_was_kept_for_it_and_changes_in_place(visitor: Make) -> None:
    alice = visitor(reduced_motion="reduce")
    alice.come_in("Alice", "cards")
    alice.say("look at this")
    alice.sees("look at this")
    link(alice, "look at this", 1)
    kept = alice.page.locator(".card.skeleton")
    expect(kept).to_be_visible()
    waiting = height(kept)
    tell(alice)
    expect(card(alice)).to_contain_text("Say <b>hello</b> in a way")
    expect(card(alice)).to_contain_text("open")
    expect(card(alice)).to_contain_text("as of")
    assert height(card(alice)) == waiting
    assert card(alice).get_by_role("link").get_attribute("rel") == "noopener noreferrer"
    expect(card(alice)).not_to_have_class(re.compile("fresh"))
    tell(alice, version=3, state="merged", stale=True)
    # It stays where nothing may move, and otherwise ends with what moves.
    expect(card(alice)).to_have_class(re.compile("fresh"))
    expect(card(alice)).to_have_css("animation-name", "none")
    tell(alice, version=2, state="closed")
    expect(card(alice)).to_have_accessible_name("Pull request octocat/hello-world#7, merged")
    expect(card(alice)).to_contain_text("not up to date")
    assert height(card(alice)) == waiting
    tell(alice, version=4, withdrawn=True)
    expect(card(alice)).to_have_count(0)
    expect(alice.message("look at this").get_by_role("link", name="octocat/hello-world#7")).to_be_visible()


def test_many_labels_push_neither_review_nor_checks_out_of_sight(visitor: Make) -> None:
    alice = visitor(size=NARROW)
    alice.come_in("Alice", "labels")
    alice.say("look at this")
    alice.sees("look at this")
    link(alice, "look at this", 70)
    kept = height(alice.page.locator(".card.skeleton"))
    verdicts = {"review": "changes requested", "checks": "1 failed, 2 passed"}
    facts = [{"name": name, "value": value} for name, value in {**verdicts, "files": "5"}.items()]
    labels = [{"name": f"good {number}. issue", "color": "d73a4a"} for number in range(5)]
    tell(alice, id=70, author="somebody-with-a-long-name", facts=facts, labels=labels)
    for name in verdicts:
        assert is_whole(card(alice).get_by_role("listitem").filter(has_text=name))
    assert height(card(alice)) == kept
    whole = card(alice).get_by_title(
        "by somebody-with-a-long-name · review changes requested · checks 1 failed"
    )
    expect(whole).to_have_attribute("title", re.compile("files 5 · good 0. issue · .* · good 4. issue$"))


def test_without_a_body_there_is_a_link_where_the_text_has_none(visitor: Make) -> None:
    alice = visitor()
    alice.come_in("Alice", "bare")
    texts = {
        "see octocat/hello-world#7": BODY["url"],
        "https://www.github.com/Octocat/hello-world/issues/7/events is there already": BODY["url"],
        "https://github.com/octocat/hello-world/pull/70 is another": BODY["url"],
        "what is no address of the web": "javascript:alert(1)//github.com/octocat/hello-world/pull/7",
        "a file": "https://github.com/octocat/hello-world/blob/main/a.py#L1",
    }
    for number, (text, url) in enumerate(texts.items(), 50):
        alice.say(text)
        alice.sees(text)
        link(alice, text, number, url=url)
        # It is known that nothing will come.
        tell(alice, id=number, withdrawn=True)
    bare = alice.page.locator("github-card").get_by_role("link")
    expect(bare).to_have_text(
        ["octocat/hello-world#7", "octocat/hello-world#7", "octocat/hello-world/blob/main/a.py#L1"]
    )
    expect(bare.first).to_have_attribute("href", BODY["url"])
    expect(bare.first).to_have_attribute("target", "_blank")
    expect(bare.first).to_have_attribute("rel", "noopener noreferrer nofollow")
    assert faults(alice.page) == []
    tell(alice, id=50, version=2)
    expect(bare).to_have_count(3)
    expect(card(alice)).to_be_visible()


def test_a_card_that_was_folded_is_folded_wherever_it_is_shown(visitor: Make) -> None:
    alice = visitor()
    alice.come_in("Alice", "folded")
    alice.say("here")
    alice.say("there")
    alice.sees("there")
    for text in ("here", "there"):
        link(alice, text, 1)
    tell(alice)
    expect(card(alice)).to_have_count(2)
    card(alice).first.get_by_role("button", name="Fold the card").press("Enter")
    expect(card(alice).get_by_role("button", name="Unfold the card", expanded=False)).to_have_count(2)
    alice.page.reload()
    alice.sees("there")
    link(alice, "there", 1)
    tell(alice)
    expect(card(alice).get_by_role("button", name="Unfold the card")).to_be_visible()


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "dark"), (NARROW, "light")], ids=["desk-dark", "narrow"])
def test_cards_and_answers_can_be_read_by_everybody(visitor: Make, size: dict[str, int], scheme: str) -> None:
    alice = visitor(size=size, color_scheme=scheme, reduced_motion="reduce")
    alice.come_in("Alice", f"cards-{scheme}")
    alice.say("all kinds")
    alice.sees("all kinds")
    link(alice, "all kinds", 1, *(other["id"] for other in OTHERS))
    for fields in ({}, *OTHERS):
        tell(alice, **fields)
    expect(alice.page.locator(".card")).to_have_count(1 + len(OTHERS))
    says_which_file_it_is(alice)
    alice.say("/help")
    expect(alice.page.locator(".command-answer")).to_be_visible()
    alice.composer.press_sequentially("/")
    expect(alice.page.get_by_role("listbox", name="Commands")).to_be_visible()
    assert faults(alice.page) == []
    wide = alice.page.evaluate(
        "[...document.querySelectorAll('.card')]"
        ".filter((card) => card.getBoundingClientRect().right > innerWidth).length"
    )
    assert wide == 0


def says_which_file_it_is(alice: Visitor) -> None:
    """Also where there is no room for the way to it."""
    name = "octocat/hello-world src/long/way/down/to/the one.py"
    code = alice.page.get_by_role("region", name=f"Code {name}", exact=True)
    expect(code.get_by_role("link")).to_have_text(name)
    assert is_whole(code.get_by_text("the one.py"))
    expect(code.get_by_role("region", name=f"Lines of {name}", exact=True)).to_be_visible()
    expect(code.get_by_role("button", name=f"Fold the card of {name}", exact=True)).to_be_visible()


def is_whole(element: Locator) -> bool:
    """Neither cut nor pushed out of sight by what is around it."""
    return bool(
        element.evaluate(
            """(one) => {
              const box = one.getBoundingClientRect();
              const around = one.parentElement.getBoundingClientRect();
              return one.scrollWidth <= one.clientWidth && box.width > 0 && box.top >= around.top
                && box.bottom <= around.bottom && box.right <= around.right && box.right <= innerWidth;
            }"""
        )
    )
