"""What GitHub's webhooks send: recorded examples of every kind of event, and deliveries signed as GitHub signs them."""

from tests.fakes.github.webhooks.examples import Example, example_of, examples
from tests.fakes.github.webhooks.sending import Hook, Post, signatures

__all__ = ["Example", "Hook", "Post", "example_of", "examples", "signatures"]
