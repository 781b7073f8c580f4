"""The close codes of the protocol."""

from enum import IntEnum


class Close(IntEnum):
    NORMAL = 1000
    BINARY_FRAME = 1003
    BAD_UTF8 = 1007
    FRAME_TOO_LONG = 1009
    SERVER_ERROR = 1011
    RESTARTING = 1012
    READER_TOO_SLOW = 1013
    COME_BACK = 4000
    TOO_MANY_BAD_FRAMES = 4400
    SESSION_ENDED = 4401
    FORBIDDEN = 4403
    NO_SUCH_ROOM = 4404
    RATE_LIMITED = 4429

    @property
    def plain_server(self) -> "Close":
        """The nearest code that any ASGI server lets through: only 1000 and 4000 upwards are."""
        if self is Close.NORMAL or self >= Close.COME_BACK:
            return self
        return Close.TOO_MANY_BAD_FRAMES if self is Close.BINARY_FRAME else Close.COME_BACK


# How a connection that cannot go on is closed, by the error's code; others may come back (1011).
CLOSE_OF_ERROR = {
    "unauthenticated": Close.SESSION_ENDED,
    "forbidden": Close.FORBIDDEN,
    "not_found": Close.NO_SUCH_ROOM,
    "invalid": Close.NO_SUCH_ROOM,
    "conflict": Close.NO_SUCH_ROOM,
    "rate_limited": Close.RATE_LIMITED,
}
