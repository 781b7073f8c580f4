"""A GitHub that speaks real HTTP on this machine: recorded answers, a state that moves, every way to misbehave."""

from tests.fakes.github.answers import MISBEHAVING
from tests.fakes.github.messages import Answer, Request
from tests.fakes.github.server import FakeGitHub
from tests.fakes.github.world import PEOPLE, PULL_STATES

__all__ = ["MISBEHAVING", "PEOPLE", "PULL_STATES", "Answer", "FakeGitHub", "Request"]
