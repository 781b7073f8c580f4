"""What a webhook brings about here, in the writer thread and in the transaction that marks it as done."""

from chat.github import subscriptions
from chat.github.cards import refresh
from chat.github.hooks.happening import happening_of


def take_effect(event: str, body: bytes, key: str) -> None:
    """Tell the subscribed rooms, each once for a `key`, and have the cards it moves asked for anew.

    Nothing for kinds of events that do neither. What is begun or published begins after the commit.
    """
    happening = happening_of(event, body)
    if happening is not None:
        # Rooms before cards, as whoever posts takes their rows.
        subscriptions.announce(happening, key)
        refresh.touched(happening.cards)
