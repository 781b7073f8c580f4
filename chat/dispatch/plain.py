"""The plain dialect: `{"message": "text"}` in, the same out, for a ten-line script or a classic tutorial client."""

from chat import metrics
from chat.actions.messages import Draft
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


async def post(connection: Connection, message: str) -> None:
    """Post to the connection's room; only a refusal is answered."""
    try:
        take("send", connection.user_id or connection.visitor.address)
        if connection.visitor.user is None or connection.default_room is None:
            raise Unauthenticated("Sign in first.")
        await posts.put(Draft(connection.visitor.user.pk, connection.default_room, message))
    except Exception as error:
        refused = as_chat_error(error)
        metrics.count_command("plain", refused.code)
        connection.deliver(refusal(refused))
    else:
        metrics.count_command("plain", "ok")


def refusal(error: ChatError) -> str:
    return encode({"error": error.detail})
