"""Slash words over HTTP: what there is to type, and doing it."""

import msgspec

from chat import slash
from chat.api.admission import Call
from chat.api.resource import operation
from chat.api.rooms import slug_in_path
from chat.dispatch.table import obey
from chat.protocol.commands import MessageId
from chat.protocol.events import Result


class SlashUsage(msgspec.Struct):
    """`usage` is what to type, `help` what it does."""

    name: str
    usage: str
    help: str


class SlashCommand(SlashUsage):
    """`then` are the words that may stand behind it, where it has a few of its own."""

    then: list[SlashUsage]


class SlashCommands(msgspec.Struct):
    commands: list[SlashCommand]


class NewWord(msgspec.Struct):
    """A text that begins with a slash and a word; what it says aloud goes into the thread."""

    text: str
    thread: MessageId | None = None


class Answer(msgspec.Struct):
    """The message that was posted; or else `text` and its `html`, for whoever asked alone, and not stored."""

    message_id: int | None = None
    seq: int | None = None
    text: str | None = None
    html: str | None = None


@operation("GET")
async def list_slash_commands(call: Call) -> SlashCommands:
    """What people may type behind a slash, by name."""
    return SlashCommands(
        [
            SlashCommand(word.name, word.usage, word.help, [SlashUsage(*usage) for usage in word.then])
            for word in slash.listed()
        ]
    )


@operation("POST", bucket="send")
async def obey_slash_command(call: Call, slug: str, body: NewWord) -> Answer:
    """Do what `/word …` says, as this person in this room."""
    answer = await obey(call.person, slug_in_path(slug), body.text, body.thread)
    if isinstance(answer, Result):
        return Answer(text=answer.text, html=answer.html)
    return Answer(message_id=answer.message_id, seq=answer.seq)
