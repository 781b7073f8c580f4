"""Messages over HTTP: pages, changes, single ones, edits, deletions, reactions, revisions, and who may what."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from chat import database
from chat.actions.edits import edit_message
from chat.models import Installation, User
from tests.api.conftest import Clients
from tests.cast import Cast, say

pytestmark = pytest.mark.django_db(transaction=True)

Refusal = Callable[[httpx.Response], tuple[int, str, str | None]]
LOBBY = "/api/rooms/lobby/messages"
FIELDS = {
    *("id", "seq", "room", "kind", "author", "text", "html", "at", "client_id", "edited_at", "text_seq"),
    *("deleted", "reply_to", "thread", "replies", "last_reply_at", "reactions", "attachments", "cards"),
    *("mentions", "pinned", "event"),
}


async def posted(cast: Cast, *texts: str) -> list[int]:
    """The ids of texts that alice wrote in the lobby."""

    def post() -> list[int]:
        return [say(cast.alice, cast.lobby, text).message_id for text in texts]

    return await database.write(post)


def texts(page: dict[str, Any]) -> list[str]:
    return [message["text"] for message in page["messages"]]


async def test_a_message_has_exactly_the_fields_of_the_contract(clients: Clients, cast: Cast) -> None:
    [message_id] = await posted(cast, "**hello**")
    message = (await clients["bob"].get(f"/api/messages/{message_id}")).json()
    assert set(message) == FIELDS
    assert message["author"] == {"id": cast.alice.pk, "name": "Alice", "avatar": None, "kind": "user"}
    assert (message["text"], message["html"]) == ("**hello**", "<p><strong>hello</strong></p>")
    assert (message["room"], message["seq"], message["text_seq"]) == ("lobby", 1, 1)


async def test_a_page_has_exactly_the_fields_of_the_contract(clients: Clients, cast: Cast) -> None:
    await posted(cast, "hello")
    page = (await clients["nobody"].get(LOBBY)).json()
    assert set(page) == {"messages", "cards", "seq", "has_older", "has_newer"}
    assert set(page["messages"][0]) == FIELDS


async def test_a_room_is_paged_by_message_id(clients: Clients, cast: Cast) -> None:
    ids = await posted(cast, *"0123456789")
    cases = [
        ("", "0 1 2 3 4 5 6 7 8 9", False, False),
        ("limit=3", "7 8 9", True, False),
        ("before={5}&limit=3", "2 3 4", True, True),
        ("before={2}", "0 1", False, True),
        ("after={5}&limit=3", "6 7 8", True, True),
        ("after={7}", "8 9", True, False),
        ("around={5}&limit=4", "4 5 6 7", True, True),
        ("around={9}&limit=4", "8 9", True, False),
        ("before={0}", "", False, True),
        ("after={9}", "", True, False),
        ("limit=1&after={3}", "4", True, True),
    ]
    for query, found, older, newer in cases:
        page = (await clients["bob"].get(f"{LOBBY}?{query.format(*ids)}")).json()
        assert (" ".join(texts(page)), page["has_older"], page["has_newer"]) == (found, older, newer), query
        assert page["seq"] == 10


async def test_a_wrong_query_of_a_page_is_named(nobody: httpx.AsyncClient, refused: Refusal) -> None:
    cases = [
        *[(f"limit={wrong}", "limit") for wrong in ("0", "-1", "101", "many", "", "1.0", "1e1", "%D9%A3")],
        *[(f"before={wrong}", "before") for wrong in ("0", "-5", "9007199254740992", "1" * 30, "+1", "%00")],
        ("after=x", "after"),
        ("around=", "around"),
        ("before=1&after=2", "before"),
        ("limit=1&limit=2", "limit"),
        ("thread=0", "thread"),
        ("x&" * 1_001, None),
    ]
    for query, field in cases:
        assert refused(await nobody.get(f"{LOBBY}?{query}")) == (400, "invalid", field), query


async def test_changes_are_those_of_a_sync(clients: Clients, cast: Cast) -> None:
    first, second = await posted(cast, "one", "two")
    await database.write(edit_message, cast.alice, first, "uno")
    page = (await clients["bob"].get("/api/rooms/lobby/changes?since=1")).json()
    assert set(page) == {"seq", "messages", "cards", "more", "reset"}
    assert [(message["id"], message["seq"]) for message in page["messages"]] == [(first, 3), (second, 2)]
    assert (page["seq"], page["more"], page["reset"]) == (3, False, False)


async def test_changes_start_over_when_they_cannot_be_told(clients: Clients, cast: Cast) -> None:
    await posted(cast, "one", "two")
    epoch = await database.call(Installation.objects.values_list("epoch", flat=True).get)
    for query, reset in [
        *[("since=1", False), (f"since=1&epoch={epoch}", False), ("since=0", False), ("since=2", False)],
        *[("", True), ("since=3", True), ("since=1&epoch=another", True)],
    ]:
        page = (await clients["bob"].get(f"/api/rooms/lobby/changes?{query}")).json()
        assert (page["reset"], page["seq"]) == (reset, 2), query


async def test_a_wrong_since_is_named(nobody: httpx.AsyncClient, refused: Refusal) -> None:
    for since in ("-1", "x", "", "1.5", "9007199254740992"):
        answer = await nobody.get(f"/api/rooms/lobby/changes?since={since}")
        assert refused(answer) == (400, "invalid", "since"), since


async def test_messages_by_id_leave_out_what_is_hidden(clients: Clients, cast: Cast) -> None:
    [seen] = await posted(cast, "seen")
    hidden = (await database.write(say, cast.alice, cast.private, "hidden")).message_id
    url = f"/api/messages?ids={hidden},{seen},{hidden + 1000}"
    assert texts((await clients["bob"].get(url)).json()) == ["seen", "hidden"]
    assert texts((await clients["carol"].get(url)).json()) == ["seen"]
    assert (await clients["nobody"].get(url)).json()["cards"] == []


async def test_wrong_ids_are_named(nobody: httpx.AsyncClient, refused: Refusal) -> None:
    for ids in ("", "?ids=", "?ids=1,x", "?ids=0", "?ids=-1", "?ids=" + "1," * 100 + "1"):
        assert refused(await nobody.get(f"/api/messages{ids}")) == (400, "invalid", "ids"), ids


async def test_hidden_and_missing_messages_look_the_same(clients: Clients, cast: Cast) -> None:
    hidden = (await database.write(say, cast.bob, cast.private, "hidden")).message_id
    assert (await clients["bob"].get(f"/api/messages/{hidden}")).status_code == 200
    cases: list[tuple[str, str, object]] = [
        ("GET", "", None),
        ("PATCH", "", {"text": "mine"}),
        ("DELETE", "", None),
        ("PUT", "/reactions/👍", None),
        ("DELETE", "/reactions/👍", None),
        ("GET", "/revisions", None),
    ]
    ids = (hidden, hidden + 1000, 0, 2**53, 10**30)
    for method, path, body in cases:
        urls = [f"/api/messages/{message_id}{path}" for message_id in ids]
        answers = [await clients["carol"].request(method, url, json=body) for url in urls]
        assert {answer.status_code for answer in answers} == {404}, path
        assert len({answer.content for answer in answers}) == 1


async def test_an_author_edits_and_the_answer_is_the_message(clients: Clients, cast: Cast) -> None:
    [message_id] = await posted(cast, "one")
    url = f"/api/messages/{message_id}"
    edited = await clients["alice"].patch(url, json={"text": "two", "seq": 1})
    assert (edited.status_code, edited.json()["text"], edited.json()["seq"]) == (200, "two", 2)
    same = await clients["alice"].patch(url, json={"text": "two"})
    assert same.json()["seq"] == 2


async def test_an_edit_of_what_has_changed_since_is_a_conflict(
    clients: Clients, cast: Cast, refused: Refusal
) -> None:
    [message_id] = await posted(cast, "one")
    await database.write(edit_message, cast.alice, message_id, "two")
    answer = await clients["alice"].patch(f"/api/messages/{message_id}", json={"text": "three", "seq": 1})
    assert refused(answer) == (409, "conflict", "seq")


async def test_nobody_but_the_author_edits(clients: Clients, cast: Cast, refused: Refusal) -> None:
    [message_id] = await posted(cast, "one")
    for who, status in [("bob", 403), ("carol", 403), ("gus", 403), ("nobody", 401)]:
        answer = await clients[who].patch(f"/api/messages/{message_id}", json={"text": "mine now"})
        assert refused(answer)[0] == status


async def test_a_deleted_message_is_a_tombstone(clients: Clients, cast: Cast, refused: Refusal) -> None:
    message_id = (await database.write(say, cast.bob, cast.lobby, "regret")).message_id
    url = f"/api/messages/{message_id}"
    assert refused(await clients["carol"].delete(url))[0] == 403
    gone = await clients["alice"].delete(url)  # she owns the lobby
    assert (gone.status_code, gone.json()["deleted"], gone.json()["text"]) == (200, True, "")
    assert (await clients["bob"].delete(url)).json()["seq"] == gone.json()["seq"] == 2
    assert refused(await clients["bob"].patch(url, json={"text": "again"}))[0] == 404


async def test_reactions_are_put_and_deleted_once(clients: Clients, cast: Cast) -> None:
    [message_id] = await posted(cast, "one")
    url = f"/api/messages/{message_id}/reactions/%F0%9F%91%8D"
    for method, seq, count in [("PUT", 2, 1), ("PUT", 2, 1), ("DELETE", 3, 0), ("DELETE", 3, 0)]:
        message = (await clients["carol"].request(method, url)).json()
        assert (message["seq"], sum(each["count"] for each in message["reactions"])) == (seq, count)


async def test_a_reaction_is_one_emoji(clients: Clients, cast: Cast, refused: Refusal) -> None:
    [message_id] = await posted(cast, "one")
    for wrong in ("yes", "%00", "%F0%9F%91%8D%F0%9F%91%8D"):
        answer = await clients["bob"].put(f"/api/messages/{message_id}/reactions/{wrong}")
        assert refused(answer) == (400, "invalid", "emoji")


async def test_authors_and_staff_read_revisions(clients: Clients, cast: Cast, refused: Refusal) -> None:
    [message_id] = await posted(cast, "one")
    await database.write(edit_message, cast.alice, message_id, "two")
    url = f"/api/messages/{message_id}/revisions"
    [revision] = (await clients["alice"].get(url)).json()["revisions"]
    assert (revision["seq"], revision["text"], set(revision)) == (1, "one", {"seq", "text", "at"})
    assert refused(await clients["bob"].get(url))[:2] == (403, "forbidden")
    assert refused(await clients["nobody"].get(url))[:2] == (401, "unauthenticated")
    await database.write(User.objects.filter(pk=cast.bob.pk).update, is_staff=True)
    assert (await clients["bob"].get(url)).status_code == 200
