"""What happens on GitHub as the tests tell it: recorded events with other values, and what rooms read of them."""

from typing import Any

import msgspec

from chat.github.hooks.happening import Happening, happening_of
from chat.github.subscriptions.bot import USERNAME
from chat.github.subscriptions.changes import Wanted, subscribe
from chat.models import Message, Room, User
from tests.fakes.github.webhooks import example_of

# The repository of the recorded events.
OWNER, NAME = "Codertocat", "Hello-World"


def happened(kind: str, action: str = "", **changes: Any) -> Happening:
    """A recorded event as the webhooks read it, with these fields of the happening instead of its own."""
    example = example_of(kind, action)
    happening = happening_of(kind, example.body)
    assert happening is not None
    return msgspec.structs.replace(happening, **changes)


def listen(user: User, room: Room, *topics: str, **filters: Any) -> None:
    """The room hears of the recorded repository; what the bot says about that is not looked at."""
    subscribe(user, room.slug, Wanted(OWNER, NAME, topics or ("pulls", "issues"), **filters))
    Message.objects.filter(room=room, kind=Message.Kind.TEXT).update(deleted=True)


def told(room: Room) -> list[Message]:
    """What the bot has said in the room about events, ascending."""
    said = Message.objects.filter(room=room, author__username=USERNAME, kind=Message.Kind.TEXT)
    return list(said.filter(deleted=False).order_by("id"))
