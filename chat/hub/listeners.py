"""Whoever else in this process wants to know what is published, here or elsewhere, beside the connections."""

from collections.abc import Callable

from chat.hub.hints import Item

_listeners: list[Callable[[Item], None]] = []


def listen(listener: Callable[[Item], None]) -> None:
    """Call it with each item, from any thread and at least once; it must be quick, and never raise."""
    _listeners.append(listener)


def tell(item: Item) -> None:
    for listener in _listeners:
        listener(item)
