"""An app of cards for the time of a test, in the place of the product's own."""

from collections.abc import Iterator

import pytest

from chat import links
from tests.links.postcards import Postcards


@pytest.fixture
def postcards() -> Iterator[Postcards]:
    before = list(links._given)
    cards = Postcards()
    links.use(cards)
    yield cards
    links._given[:] = before


@pytest.fixture
def _no_cards() -> Iterator[None]:
    """As where the app of cards was taken out."""
    before = list(links._given)
    links._given.clear()
    yield
    links._given[:] = before
