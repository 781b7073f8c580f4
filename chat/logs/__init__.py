"""What is written about what happens: by whom, through which door, how long it took. Never what people wrote."""

from chat.logs.context import about, note

__all__ = ["about", "note"]
