"""The deeds that the rows of the tables name: how each is asked for over HTTP, by the socket, or by both alike.

A value that begins with `$` stands for what the place has by that name (tests/matrix/places.py).
"""

from typing import Any, NamedTuple

from tests.matrix.places import Place


class Http(NamedTuple):
    """An operation as the API has registered it, and what is sent with it."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    query: str = ""
    # The message in the path.
    message: str = "$another"

    def at(self, place: Place) -> tuple[str, str, dict[str, Any] | None]:
        """Method, address and body for this place."""
        names = {"slug": place.slug, "message_id": place.named(self.message), "emoji": "👍"}
        query = self.query.replace("$another", str(place.another))
        return self.method, self.path.format(**names) + query, self.body and place.fill(self.body)


class Say(NamedTuple):
    """A command of the socket with its fields."""

    type: str
    fields: dict[str, Any]

    @property
    def label(self) -> str:
        """The command, or the word behind the slash."""
        return str(self.fields["text"]).split()[0] if self.type == "slash" else self.type


class Deed(NamedTuple):
    """All doors to the same deed give the same answer."""

    http: Http | None = None
    socket: Say | None = None
    # The same deed by a word behind a slash.
    slash: str = ""

    @property
    def said(self) -> list[Say]:
        """All that the socket takes for it."""
        by_word = [Say("slash", {**_HERE, "text": self.slash})] if self.slash else []
        return [*([self.socket] if self.socket else []), *by_word]


ROOM = "/api/rooms/{slug}"
MESSAGE = "/api/messages/{message_id}"
REACTION = MESSAGE + "/reactions/{emoji}"
_HERE = {"room": "$slug"}
_ANOTHER, _OWN = {"message_id": "$another"}, {"message_id": "$own"}
_REACT = {**_ANOTHER, "emoji": "👍"}
_UP_TO = {**_HERE, **_ANOTHER}


def _change(slash: str = "", **body: object) -> Deed:
    return Deed(Http("PATCH", ROOM, body), slash=slash)


def _members(method: str, slash: str = "", **body: object) -> Deed:
    return Deed(Http(method, ROOM + "/members", body), slash=slash)


def _bans(method: str, **body: object) -> Deed:
    return Deed(Http(method, ROOM + "/bans", body))


def _on_message(method: str, message: str, command: str, **fields: object) -> Deed:
    said = Say(command, {"message_id": message, **fields})
    return Deed(Http(method, MESSAGE, fields or None, message=message), said)


def _word(text: str) -> Deed:
    return Deed(Http("POST", ROOM + "/slash", {"text": text}), slash=text)


DEEDS = {
    # test_handshake.py does this one.
    "connect": Deed(),
    "subscribe": Deed(None, Say("subscribe", _HERE)),
    "unsubscribe": Deed(None, Say("unsubscribe", _HERE)),
    "read the room": Deed(Http("GET", ROOM)),
    "read its messages": Deed(Http("GET", ROOM + "/messages")),
    "read its changes": Deed(Http("GET", ROOM + "/changes"), Say("sync", _HERE)),
    "read its pins": Deed(Http("GET", ROOM + "/pinned")),
    "read its members": Deed(Http("GET", ROOM + "/members")),
    "read a message": Deed(Http("GET", MESSAGE)),
    "read messages by id": Deed(Http("GET", "/api/messages", query="?ids=$another")),
    "ask for help": _word("/help"),
    "mute GitHub's bots": _word("/github mute bots"),
    "type": Deed(None, Say("typing", _HERE)),
    "send": Deed(
        Http("POST", ROOM + "/messages", {"text": "hello"}),
        Say("send", {**_HERE, "text": "hello"}),
        "/me waves",
    ),
    "react": Deed(Http("PUT", REACTION), Say("react", {**_REACT, "on": True})),
    "take a reaction back": Deed(Http("DELETE", REACTION), Say("react", {**_REACT, "on": False})),
    "edit one's own": _on_message("PATCH", "$own", "edit", text="better"),
    "edit another's": _on_message("PATCH", "$another", "edit", text="better"),
    "delete one's own": _on_message("DELETE", "$own", "delete"),
    "delete another's": _on_message("DELETE", "$another", "delete"),
    "pin": Deed(Http("PUT", MESSAGE + "/pin"), Say("pin", {**_ANOTHER, "on": True})),
    "unpin": Deed(Http("DELETE", MESSAGE + "/pin"), Say("pin", {**_ANOTHER, "on": False})),
    "revisions of one's own": Deed(Http("GET", MESSAGE + "/revisions", message="$own")),
    "revisions of another's": Deed(Http("GET", MESSAGE + "/revisions")),
    "join": Deed(Http("POST", ROOM + "/join")),
    "leave": Deed(Http("POST", ROOM + "/leave"), slash="/leave"),
    "be told of less": Deed(Http("PATCH", ROOM + "/me", {"notify": "none"})),
    "mark read": Deed(Http("POST", ROOM + "/read", _ANOTHER), Say("read", _UP_TO)),
    "mark unread": Deed(Http("POST", ROOM + "/unread", _ANOTHER), Say("unread", _UP_TO)),
    "add a member": _members("POST", "/invite @outsider", user_id="$outsider"),
    "invite by a link": Deed(Http("POST", "/api/invitations", _HERE)),
    "give a role": _members("POST", user_id="$someone", role="moderator"),
    "remove a member": _members("DELETE", user_id="$someone"),
    "remove an owner": _members("DELETE", user_id="$chief"),
    "see the bans": Deed(Http("GET", ROOM + "/bans")),
    "ban an outsider": _bans("POST", user_id="$outsider"),
    "ban an owner": _bans("POST", user_id="$chief"),
    "lift a ban": _bans("DELETE", user_id="$barred"),
    "change the name": _change("/rename Another", name="Another"),
    "change the topic": _change("/topic Something else", topic="Something else"),
    "change the kind": _change(kind="open"),
    "archive": Deed(Http("POST", ROOM + "/archive", {"on": True})),
    "reopen": Deed(Http("POST", ROOM + "/archive", {"on": False})),
}
