"""The plain dialect: `{"message": "text"}` in, the same out, for a ten-line script or a classic tutorial client."""

from functools import partial

from chat import metrics
from chat.actions.messages import Draft, Posted
from chat.dispatch.connection import Connection
from chat.dispatch.table import posts
from chat.errors import ChatError, Invalid, Unauthenticated, as_chat_error
from chat.limits import take
from chat.protocol.codec import decode_object, encode


def decode(text: str) -> str:
    """The message in a frame; raises BadFrame or Invalid."""
    message = decode_object(text).get("message")
    if not isinstance(message, str):
        raise Invalid('Send {"message": "some text"}.', field="message")
    return message


def begin(connection: Connection, message: str) -> None:
    """Post to the connection's room; only a refusal is answered. It is begun before this returns; raises nothing."""
    connection.work.begin()
    answer = partial(_answer, connection)
    try:
        take("send", connection.payer)
        if connection.visitor.user is None or connection.default_room is None:
            raise Unauthenticated("Sign in first.")
        posts.submit(Draft(connection.visitor.user.pk, connection.default_room, message), answer)
    except Exception as error:
        answer(as_chat_error(error))


def _answer(connection: Connection, outcome: Posted | ChatError) -> None:
    connection.work.done()
    if isinstance(outcome, ChatError):
        metrics.count_command("plain", outcome.code)
        connection.deliver(refusal(outcome))
    else:
        metrics.count_command("plain", "ok")


def refusal(error: ChatError) -> str:
    return encode({"error": error.detail})
