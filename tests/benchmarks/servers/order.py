"""What an installation is filled with before a load."""

import msgspec


class Room(msgspec.Struct, frozen=True):
    """`members` are numbers of people; `history` is how many messages it holds."""

    slug: str
    members: list[int] = []
    history: int = 0


class Order(msgspec.Struct, frozen=True):
    people: int
    rooms: list[Room]
