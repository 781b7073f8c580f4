"""Cards that are known already when a message shows them: whoever is in the room is told of them, all the same."""

import pytest

from chat import database
from chat.actions.edits import edit_message
from tests.cast import Cast, say
from tests.consumers.test_attention import come
from tests.github.cards.test_live import PULL, card_in

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_room_that_shows_a_known_card_is_told_of_its_body(cast: Cast) -> None:
    async with (
        await come(cast.alice, "/ws/chat/lobby/") as lobby,
        await come(cast.bob, f"/ws/chat/{cast.open.slug}/") as opened,
    ):
        await opened.event("subscribed")
        await database.write(say, cast.alice, cast.lobby, PULL.url)
        known = await card_in(lobby)
        await database.write(say, cast.alice, cast.open, PULL.url)
        assert await card_in(opened) == known


async def test_an_edit_that_shows_a_known_card_tells_of_it_as_well(cast: Cast) -> None:
    async with (
        await come(cast.alice, "/ws/chat/lobby/") as lobby,
        await come(cast.bob, f"/ws/chat/{cast.open.slug}/") as opened,
    ):
        await opened.event("subscribed")
        await database.write(say, cast.alice, cast.lobby, PULL.url)
        known = await card_in(lobby)
        posted = await database.write(say, cast.alice, cast.open, "wait")
        await database.write(edit_message, cast.alice, posted.message_id, f"look: {PULL.url}")
        assert await card_in(opened) == known
