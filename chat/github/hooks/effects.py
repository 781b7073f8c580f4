"""What a webhook brings about here, in the writer thread and in the transaction that marks it as done."""

from chat.github import subscriptions
from chat.github.hooks.happening import happening_of


def take_effect(event: str, body: bytes, key: str) -> None:
    """Tell the subscribed rooms, each once for a `key`; nothing for events that tell nothing."""
    happening = happening_of(event, body)
    if happening is not None:
        subscriptions.announce(happening, key)
