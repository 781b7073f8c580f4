"""WebSocket frames as a client needs them: its own masked, the server's found in what was read."""

import functools
import secrets

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
_FIN, _MASKED = 0x80, 0x80
_SHORT_MOST, _MIDDLE_MOST = 125, 0xFFFF
# A single random mask per process: servers must undo it, and putting it on stays cheap.
MASK = secrets.token_bytes(4)


def client_frame(payload: bytes, opcode: int = TEXT, mask: bytes = MASK) -> bytes:
    """One whole frame, masked."""
    length = len(payload)
    if length <= _SHORT_MOST:
        head = bytes((_FIN | opcode, _MASKED | length))
    elif length <= _MIDDLE_MOST:
        head = bytes((_FIN | opcode, _MASKED | 126)) + length.to_bytes(2, "big")
    else:
        head = bytes((_FIN | opcode, _MASKED | 127)) + length.to_bytes(8, "big")
    hidden = int.from_bytes(payload, "little") ^ _mask_of(length, mask)
    return head + mask + hidden.to_bytes(length, "little")


def server_frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """What a server sends: not masked. Only the trivial and the doctored servers need it."""
    length = len(payload)
    if length <= _SHORT_MOST:
        return bytes((_FIN | opcode, length)) + payload
    if length <= _MIDDLE_MOST:
        return bytes((_FIN | opcode, 126)) + length.to_bytes(2, "big") + payload
    return bytes((_FIN | opcode, 127)) + length.to_bytes(8, "big") + payload


def bounds(data: bytes, start: int) -> tuple[int, int] | None:
    """Where the payload of the server's frame at `start` begins and ends; None while it is not all there."""
    have = len(data) - start
    if have < 2:
        return None
    length, first = data[start + 1], start + 2
    if length == 126:
        first += 2
        length = int.from_bytes(data[start + 2 : first], "big")
    elif length == 127:
        first += 8
        length = int.from_bytes(data[start + 2 : first], "big")
    end = first + length
    return (first, end) if first <= len(data) and end <= len(data) else None


@functools.cache
def _mask_of(length: int, mask: bytes) -> int:
    return int.from_bytes((mask * (length // 4 + 1))[:length], "little")
