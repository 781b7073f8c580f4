"""One HTTP request on our server: its body is kept up to its limit, and what only proxies may say is not passed on."""

from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING

from daphne.http_protocol import WebRequest

from chat.errors import ChatError
from chat.limits import check_body

if TYPE_CHECKING:
    from chat.serving.http.channel import ChatChannel

# By this one a client would choose the root of every path, and Daphne believes it.
ROOT_PATH_HEADER = b"Daphne-Root-Path"
# Twisted knows no word for some of them, 429 among these.
PHRASES = {status.value: status.phrase.encode() for status in HTTPStatus}


class ChatRequest(WebRequest):  # type: ignore[misc]
    """Daphne's, which tells its line when a body grows too large or a WebSocket takes the line over."""

    channel: "ChatChannel"

    def __init__(self, channel: "ChatChannel", queued: bool = False) -> None:
        # Django reads forms; Twisted need not read them as well.
        super().__init__(channel, queued, parsePOSTFormSubmission=False)

    def gotLength(self, length: int | None) -> None:  # noqa: N802 - Twisted's name
        """Bodies are small enough for memory: no file is made for one whose length is not known."""
        self.content = BytesIO()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        """Keep a piece of the body, until there is too much of it."""
        try:
            check_body(self.content.tell() + len(data), self.channel.path)
        except ChatError as error:
            self.content.truncate(0)
            self.channel.refuse(error, "body")
        else:
            self.content.write(data)

    def setResponseCode(self, code: int, message: bytes | None = None) -> None:  # noqa: N802
        """Set the status of the answer, and what the standard calls it."""
        super().setResponseCode(code, message or PHRASES.get(code))

    async def writable(self) -> None:
        """Return when the client is ready for more of the answer, or gone."""
        if (channel := getattr(self, "channel", None)) is not None:
            await channel.writable()

    def process(self) -> None:
        """The request is whole: hand it to the application, or its line to a WebSocket."""
        self.requestHeaders.removeHeader(ROOT_PATH_HEADER)
        super().process()
        if self.transport is None:
            self.channel.upgraded()
