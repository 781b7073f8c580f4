"""The bridge to the database: what its callers are told, whatever a function or the database does."""

import asyncio

import pytest
from django.db import connection

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
