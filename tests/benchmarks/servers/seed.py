"""`python -m … ORDER ANSWER`: people with sessions, rooms and history in an installation, before it is served.

Works in the product and in the baseline: DJANGO_SETTINGS_MODULE says in which. ORDER is a file with an Order as JSON;
the session keys of the people are written to ANSWER.
"""

import secrets
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
import msgspec

django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from tests.benchmarks.generator.dialects import text_of  # noqa: E402
from tests.benchmarks.servers.order import Order, Room  # noqa: E402

LIFE = timedelta(days=7)
AT_ONCE = 500


def main(order: Path, answer: Path) -> None:
    wanted = msgspec.json.decode(order.read_bytes(), type=Order)
    people: list[Any] = [
        get_user_model()(username=f"person-{number}", password="!") for number in range(wanted.people)
    ]
    get_user_model().objects.bulk_create(people, batch_size=AT_ONCE)
    keys = [_sign_in(person) for person in people]
    Session.objects.bulk_create([session for _, session in keys], batch_size=AT_ONCE)
    fill = _fill_product if apps.is_installed("chat") else _fill_baseline
    for room in wanted.rooms:
        fill(room, people)
    connection.close()
    answer.write_bytes(msgspec.json.encode([key for key, _ in keys]))


def _sign_in(person: Any) -> tuple[str, Session]:
    """A session as Django makes it, without a query for each."""
    store = SessionStore()
    told = {
        SESSION_KEY: str(person.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: person.get_session_auth_hash(),
    }
    key = secrets.token_hex(16)
    row = Session(session_key=key, session_data=store.encode(told), expire_date=timezone.now() + LIFE)
    return key, row


def _fill_product(room: Room, people: list[Any]) -> None:
    from chat.actions.messages import Draft, post_messages
    from chat.actions.rooms import create_room
    from chat.models import Membership

    made = create_room(people[0], room.slug, "public", slug=room.slug)
    # In one statement: the action takes a hundred at once.
    others = [Membership(room=made, user=people[number]) for number in room.members if number != 0]
    Membership.objects.bulk_create(others)
    type(made).objects.filter(pk=made.pk).update(member_count=1 + len(others))
    texts = [text_of(0, number) for number in range(room.history)]
    post_messages([Draft(people[0].pk, room.slug, text) for text in texts])


def _fill_baseline(room: Room, people: list[Any]) -> None:
    from tests.benchmarks.servers.tutorial.models import Message

    texts = [text_of(0, number) for number in range(room.history)]
    Message.objects.bulk_create([Message(room=room.slug, author=people[0], text=text) for text in texts])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
