"""What this GitHub holds, which a test can move: accounts, repositories, and who may see them."""

from tests.fakes.github.world.people import PEOPLE
from tests.fakes.github.world.pulls import PULL_STATES
from tests.fakes.github.world.repository import Repository
from tests.fakes.github.world.world import World

__all__ = ["PEOPLE", "PULL_STATES", "Repository", "World"]
