"""Real chat, replayed through the sockets by everybody who spoke in it, at once."""

import asyncio
import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests.delivery.house import House
from tests.people import Person
from tests.wire import View

LOGS = sorted((Path(__file__).parent.parent / "data" / "irc").glob("*.txt"))
LINE = re.compile(r"\[\d\d:\d\d\] <([^>]+)> (.*)")
ROOM = "replay"


def spoken(log: Path) -> list[tuple[str, str]]:
    """Who said what, in the order of the log."""
    lines = log.read_text(encoding="utf-8").split("\n")
    return [(found[1], found[2]) for line in lines if (found := LINE.fullmatch(line)) and found[2].strip()]


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.stem)
async def test_thirty_speakers_at_once_and_everybody_saw_the_same(house: House, log: Path) -> None:
    lines: dict[str, list[str]] = defaultdict(list)
    for nick, text in spoken(log):
        lines[nick].append(text)
    people = {nick: house.person(nick, server=n % 2, room=ROOM) for n, nick in enumerate(lines)}
    for person in people.values():
        await person.wire()
    await asyncio.gather(*(talk(people[nick], texts) for nick, texts in lines.items()))
    truth = await house.fresh_view(ROOM)
    for person in people.values():
        wire = await person.wire()
        await wire.until(lambda person=person: len(person.view.messages) == len(truth.messages))
        assert person.view.messages == truth.messages
        assert person.view.holes == 0
    assert said(truth) == lines
    assert [message["seq"] for message in ordered(truth)] == list(range(1, len(truth.messages) + 1))
    for person in people.values():
        await person.leave()


async def talk(person: Person, texts: list[str]) -> None:
    for text in texts:
        await person.say(text)


def ordered(view: View) -> list[dict[str, object]]:
    return [view.messages[key] for key in sorted(view.messages)]


def said(view: View) -> dict[str, list[str]]:
    """Each author's texts, in the order of the room."""
    texts: dict[str, list[str]] = defaultdict(list)
    for key in sorted(view.messages):
        texts[view.messages[key]["author"]["name"]].append(view.messages[key]["text"])
    return texts
