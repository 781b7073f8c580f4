"""The bridge to the database: what its callers are told, whatever a function or the database does."""

import asyncio
import os
import re
from pathlib import Path

import pytest
from django.db import connection, connections

from chat import database
from chat.errors import Forbidden, Unavailable
from chat.models import Room, User
from tests.cast import Cast
from tests.database.gate import Gate, lose_the_database

pytestmark = pytest.mark.django_db(transaction=True)


async def test_call_and_write_return_what_the_function_does(cast: Cast) -> None:
    count = await database.call(User.objects.filter(kind=User.Kind.USER).count)
    assert count == 3
    await database.write(Room.objects.filter(pk=cast.open.pk).update, topic="new")
    assert (await database.call(Room.objects.get, pk=cast.open.pk)).topic == "new"


async def test_an_error_of_the_chat_comes_through_as_it_is() -> None:
    def refuse() -> None:
        raise Forbidden("No.")

    for door in (database.call, database.write):
        with pytest.raises(Forbidden, match="No."):
            await door(refuse)


async def test_without_the_database_callers_hear_unavailable_and_the_next_call_finds_it_again() -> None:
    for door in (database.call, database.write):
        with pytest.raises(Unavailable) as error:
            await door(lose_the_database)
        assert error.value.retryable
        assert error.value.retry_after
        assert await door(Room.objects.count) == 1


async def test_writes_are_done_one_after_the_other_in_their_order() -> None:
    order: list[int] = []
    await asyncio.gather(*(database.write(order.append, number) for number in range(50)))
    assert order == list(range(50))


async def test_reads_do_not_wait_for_a_write() -> None:
    gate = Gate()
    writing = asyncio.create_task(database.write(gate, []))
    await gate.until_entered()
    assert await database.call(Room.objects.count) == 1
    gate.open.set()
    await writing


async def test_a_database_that_does_not_answer_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE_SECONDS", 0.05)
    gate = Gate()
    with pytest.raises(Unavailable, match="does not answer"):
        await database.call(gate, [])
    gate.open.set()


async def test_after_close_the_next_call_opens_a_connection_again() -> None:
    await asyncio.gather(*(database.call(Room.objects.count) for _ in range(10)))
    await database.close()
    assert await database.call(Room.objects.count) == 1
    assert await database.write(Room.objects.count) == 1


async def test_the_writer_keeps_its_connection_until_it_breaks() -> None:
    def used() -> object:
        connection.ensure_connection()
        return connection.connection

    first = await database.write(used)
    assert await database.write(used) is first
    with pytest.raises(Unavailable):
        await database.write(lose_the_database)
    await database.write(Room.objects.count)
    if connection.vendor == "postgresql":
        assert await database.write(used) is not first


@pytest.mark.only_on("postgresql")
async def test_connections_that_ended_while_nobody_asked_fail_nobody() -> None:
    doors = (database.call, database.write)
    kept = {await door(own_session) for door in doors for _ in range(10)}
    await asyncio.to_thread(end_sessions, kept)
    for door in doors:
        assert await asyncio.gather(*(door(Room.objects.count) for _ in range(10))) == [1] * 10
    assert not kept & {await door(own_session) for door in doors for _ in range(10)}


@pytest.mark.only_on("postgresql")
async def test_a_kept_connection_is_asked_nothing_but_what_the_function_asks(tmp_path: Path) -> None:
    trace = tmp_path / "trace"

    def note() -> None:
        connection.ensure_connection()
        with trace.open("wb") as file:
            connection.connection.pgconn.trace(os.dup(file.fileno()))

    def asked() -> list[str]:
        connection.connection.pgconn.untrace()
        return re.findall(r"\tF\t\d+\t(?:Query|Parse|Bind)\t.*", trace.read_text())

    await database.write(note)
    await database.write(Room.objects.count)
    assert len(await database.write(asked)) == 1


def own_session() -> int:
    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)


def end_sessions(pids: set[int]) -> None:
    """As a restart of PostgreSQL does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s) AS pid", [[*pids]])
    connections.close_all()
