"""Nothing that somebody writes is ever run or laid out by the page, whatever it looks like."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor

VENDOR = Path(__file__).parent / "vendor"
# Counts what would show that a text was taken for code: dialogs, handlers, policy violations.
WATCH = """
window.happened = [];
for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => window.happened.push(name);
document.addEventListener("securitypolicyviolation", (event) => window.happened.push(event.violatedDirective));
"""
# Elements and attributes that no message may bring along.
TRACES = """() => {
    const code = /^(script|iframe|object|embed|style|link|meta|form|input|svg|math|base)$/;
    const runs = ({ name, value }) =>
        name.startsWith("on") || name === "style" || /^\\s*(javascript|vbscript|data):/i.test(value);
    return [...document.querySelectorAll(".prose *")]
        .filter((element) => code.test(element.localName) || [...element.attributes].some(runs))
        .map((element) => element.outerHTML);
}"""


def naughty_strings() -> list[str]:
    strings: list[str] = json.loads((VENDOR / "blns" / "resources" / "blns.json").read_text())
    return strings


def bleach_cases() -> list[str]:
    files = sorted((VENDOR / "bleach" / "tests" / "data").glob("*.test"))
    return [file.read_text().partition("\n--\n")[0] for file in files]


@pytest.fixture
def watched(visitor: Callable[..., Visitor]) -> Visitor:
    alice = visitor()
    alice.context.add_init_script(WATCH)
    return alice


@pytest.mark.parametrize("corpus", [naughty_strings, bleach_cases], ids=["blns", "bleach"])
def test_a_corpus_of_attacks_shows_nothing(watched: Visitor, corpus: Callable[[], list[str]]) -> None:
    foreign: list[str] = []
    watched.page.on(
        "request",
        lambda request: (
            None if request.url.startswith((watched.url, "data:")) else foreign.append(request.url)
        ),
    )
    room = f"attacks-{corpus.__name__.replace('_', '-')}"
    watched.come_in("Mallory", room)
    statuses = [watched.ask("POST", f"/api/rooms/{room}/messages", {"text": text})[0] for text in corpus()]
    assert set(statuses) <= {201, 400}
    assert statuses.count(201) > len(statuses) * 0.8
    watched.open(room)
    expect(watched.messages.first).to_be_visible()
    _read_to_the_top(watched, statuses.count(201))
    assert watched.page.evaluate("window.happened") == []
    assert watched.page.evaluate(TRACES) == []
    assert foreign == []


def _read_to_the_top(reader: Visitor, count: int) -> None:
    for _ in range(count // 20 + 2):
        if reader.messages.count() >= count:
            break
        before = reader.messages.count()
        reader.page.evaluate("document.querySelector('.log-scroll').scrollTop = 0")
        reader.page.wait_for_function(
            "(before) => document.querySelectorAll('message-item').length > before", arg=before
        )
    assert reader.messages.count() >= count


def test_names_of_people_and_rooms_are_text(watched: Visitor) -> None:
    attack = "<img src=x onerror=alert(1)>"
    watched.come_in(attack, "attack-by-name")
    watched.say(f"hello {attack}")
    watched.sees("hello")
    expect(watched.page.locator(".message-author").first).to_have_text(attack)
    assert watched.page.locator("img[src=x]").count() == 0
    assert watched.page.evaluate("window.happened") == []


def test_a_link_cannot_run_a_script(watched: Visitor) -> None:
    watched.come_in("Mallory", "attack-by-link")
    watched.say("[click me](javascript:alert(1)) and <a href='javascript:alert(2)'>me</a>")
    watched.sees("click me")
    for link in watched.message("click me").locator(".prose a").all():
        assert (link.get_attribute("href") or "").startswith(("http://", "https://", "mailto:"))
    assert watched.page.evaluate("window.happened") == []
