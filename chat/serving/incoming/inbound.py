"""The short way in: a whole text frame skips autobahn's parser, which is made for pieces.

Everything else is left to autobahn, in order: pieces, control frames, what is too long, and all that is wrong.
`CHAT_SHORT_INBOUND=off` leaves everything to it.
"""

from collections.abc import Callable

from django.conf import settings

from chat.serving.incoming.intake import Intake

# The first two bytes of a frame (RFC 6455, 5.2): final and text; masked, and a length that fits or has two bytes.
FINAL_TEXT, MASKED, TWO_BYTES = 0x81, 0x80, 126
MASK_BYTES = 4
# To unmask as one number takes 0.8 µs for 200 bytes, but 140 for 64 KiB, where autobahn's masker takes 10.
LONGEST = 8_192
# A frame with a length of two bytes is never shorter; below, there is nothing to gain.
SHORTEST = 8


class Inbound(Intake):
    """Takes whole, masked, unfragmented texts itself, once somebody listens to them."""

    _short = False

    def listen(self, take: Callable[[str], None]) -> None:
        """Hand each text to `take` as it comes, in the context of this call; called before the first can come."""
        super().listen(take)
        self._short = settings.CHAT_SHORT_INBOUND

    def processData(self) -> bool:  # noqa: N802 - autobahn's name
        """One whole text, or one step of autobahn's; False when that is all for now."""
        take = self._take
        if take is not None and self._short and self._may_go_on() and self._take_whole_text(take):
            return len(self.data) > 0
        return super().processData()

    def _take_whole_text(self, take: Callable[[str], None]) -> bool:
        if self.current_frame is not None or self.inside_message or self.state != self.STATE_OPEN:
            return False
        start, end = whole_text(self.data)
        if not end:
            return False
        try:
            text = unmasked(self.data[start:end], self.data[start - MASK_BYTES : start]).decode()
        except UnicodeDecodeError:
            return False
        self.data = self.data[end:]
        self._note_frame(end - start)
        self._hand_over(text, take)
        self._count()
        return True

    def _note_frame(self, size: int) -> None:
        """What autobahn notes of a frame: its figures, and that the other side is alive."""
        stats = self.trafficStats
        stats.incomingOctetsWebSocketLevel += size
        stats.incomingOctetsAppLevel += size
        stats.incomingWebSocketFrames += 1
        stats.incomingWebSocketMessages += 1
        if self.autoPingTimeoutCall:
            self._cancelAutoPingTimeoutCall()


def whole_text(data: bytes) -> tuple[int, int]:
    """Where the payload of the first frame begins and ends, if that is a whole text that is worth it; else 0, 0.

    An empty one is none, nor a long one, nor what says its length in more bytes than it needs, which is wrong.
    """
    if len(data) < SHORTEST or data[0] != FINAL_TEXT:
        return 0, 0
    size, start = data[1] - MASKED, 2 + MASK_BYTES
    is_right = 0 < size < TWO_BYTES
    if size == TWO_BYTES:
        size, start = data[2] << 8 | data[3], 4 + MASK_BYTES
        is_right = TWO_BYTES <= size <= LONGEST
    return (start, start + size) if is_right and start + size <= len(data) else (0, 0)


def unmasked(payload: bytes, mask: bytes) -> bytes:
    """The payload as it was before it was masked: one operation on two long numbers."""
    size = len(payload)
    masks = (mask * (size // MASK_BYTES + 1))[:size]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(masks, "little")).to_bytes(size, "little")
