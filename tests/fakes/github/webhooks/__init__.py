"""What GitHub's webhooks send: recorded examples of every kind of event, and deliveries signed as GitHub signs them."""

from tests.fakes.github.webhooks.examples import Example, example_of, examples

__all__ = ["Example", "example_of", "examples"]
