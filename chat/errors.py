"""The errors that people and programs may see: each has a stable code, an HTTP status and a plain sentence.

Every door (socket, HTTP, admin, jobs) translates a ChatError in one place. Codes are part of the wire contract.
"""

import logging
from typing import ClassVar

logger = logging.getLogger(__name__)


class ChatError(Exception):
    """A refusal that may be shown: `detail` is a sentence, `field` names what is wrong, `retry_after` is seconds."""

    code: ClassVar[str] = "invalid"
    status: ClassVar[int] = 400
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str, *, field: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.retry_after = retry_after


class BadFrame(ChatError):
    """Not one JSON object, or refused before decoding."""

    code = "bad_frame"


class BadCommand(ChatError):
    """A command of an unknown type."""

    code = "bad_command"


class Invalid(ChatError):
    """A field is missing, empty, of the wrong type or out of range."""


class Unauthenticated(ChatError):
    """Nobody is known here, and somebody has to be."""

    code, status = "unauthenticated", 401


class Forbidden(ChatError):
    """Seen, but not allowed."""

    code, status = "forbidden", 403


class NotFound(ChatError):
    """Missing, or hidden: both get the same answer."""

    code, status = "not_found", 404


class MethodNotAllowed(ChatError):
    code, status = "method_not_allowed", 405


class NotAcceptable(ChatError):
    code, status = "not_acceptable", 406


class Conflict(ChatError):
    """Something else stands in the way: a taken name, another text under the same client id."""

    code, status = "conflict", 409


class Archived(ChatError):
    """The room is archived: it can be read, not changed."""

    code, status = "archived", 409


class TooLong(ChatError):
    """A text or body over its limit."""

    code, status = "too_long", 413


class HeadersTooLong(TooLong):
    """The request line or the headers of a request are larger than anybody needs."""

    status = 431


class UnsupportedMediaType(ChatError):
    code, status = "unsupported_media_type", 415


class RateLimited(ChatError):
    """Too much too fast; `retry_after` says when there is room again."""

    code, status, retryable = "rate_limited", 429, True


class BadGateway(ChatError):
    """Another service answered with nonsense or a failure."""

    code, status, retryable = "bad_gateway", 502, True


class Unavailable(ChatError):
    """The database or this process cannot answer now; the same request may succeed later."""

    code, status, retryable = "unavailable", 503, True


class TooSlow(Unavailable):
    """A request did not arrive in time."""

    status = 408


class GatewayTimeout(ChatError):
    """Another service did not answer in time."""

    code, status, retryable = "gateway_timeout", 504, True


def as_chat_error(error: Exception) -> ChatError:
    """A refusal as it is. Anything else is a fault of ours: logged with its traceback, shown without a word of it."""
    if isinstance(error, ChatError):
        return error
    logger.error("Something failed that nobody thought of", exc_info=error)
    return Unavailable("Something went wrong here, and was noted. Try again.", retry_after=1)
