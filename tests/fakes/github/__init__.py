"""A GitHub that speaks real HTTP on this machine: recorded profiles, and every way to misbehave."""

from tests.fakes.github.answers import MISBEHAVING
from tests.fakes.github.messages import Answer, Request
from tests.fakes.github.people import PEOPLE
from tests.fakes.github.server import FakeGitHub

__all__ = ["MISBEHAVING", "PEOPLE", "Answer", "FakeGitHub", "Request"]
