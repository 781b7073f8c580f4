"""The slash words of the chat itself: each calls one action, and says in a line what came of it."""

from chat import database, slash
from chat.actions.rooms import add_members, change_room, leave_room
from chat.errors import Forbidden, Invalid, NotFound
from chat.history import visible_room
from chat.markdown import render
from chat.models import User
from chat.protocol.events import Result
from chat.slash import Later, Say


async def answer_to(user: User, room: str, text: str) -> Result | Say:
    """Do what the word says, as this person in this room; raises the ChatError that refused it.

    The writer is held up by what the word does to the database, and not by what it waits for.
    """
    answer = await database.write(_begin, user, room, text)
    if isinstance(answer, Later):
        answer = await answer.work()
    return answer if isinstance(answer, Say) else Result(room=room, text=answer, html=render(answer).html)


def _begin(user: User, room: str, text: str) -> str | Say | Later:
    visible_room(user, room)
    parsed = slash.parse(text)
    if isinstance(parsed, Say):
        return parsed
    word, words = parsed
    return word.function(user, room, words)


@slash.word("help", "/help", "lists these commands")
def help_(user: User, room: str, words: str) -> str:
    return "\n".join(f"- `{word.usage}` {word.help}" for word in slash.listed())


@slash.word("topic", "/topic some text", "sets the topic of the room; without a text it is cleared")
def set_topic(user: User, room: str, words: str) -> str:
    change_room(user, room, topic=words)
    return "The topic is set." if words else "The topic is cleared."


@slash.word("rename", "/rename a name", "gives the room another name")
def rename(user: User, room: str, words: str) -> str:
    change_room(user, room, name=words)
    return "The room is renamed."


@slash.word("invite", "/invite @somebody", "makes somebody a member of the room")
def invite(user: User, room: str, words: str) -> str:
    if user.is_guest:
        # Who may not look people up must not find out here who there is.
        raise Forbidden("Guests invite nobody.", field="room")
    username = words.removeprefix("@")
    if not username:
        raise Invalid("Say whom: /invite @somebody", field="text")
    person = (
        User.objects.filter(username__iexact=username, is_active=True).exclude(kind=User.Kind.GUEST).first()
    )
    if person is None:
        raise NotFound("There is nobody of this username.", field="text")
    add_members(user, room, [person.pk])
    return f"{person.display_name} is a member now."


@slash.word("leave", "/leave", "ends your membership in the room")
def leave(user: User, room: str, words: str) -> str:
    leave_room(user, room)
    return "You have left the room."


@slash.word("me", "/me does something", "says what you do")
def act(user: User, room: str, words: str) -> Say:
    if not words:
        raise Invalid("Say what you do: /me does something", field="text")
    return Say(f"*{user.display_name} {words}*")
