"""An installation that asks a GitHub on this machine, which knows it as an OAuth app."""

from collections.abc import Iterator

import pytest

from tests.browser.installation import Installation
from tests.fakes.github import FakeGitHub
from tests.fakes.github.sign_in import CLIENT_ID, CLIENT_SECRET
from tests.fakes.github.world.sample import add_sample

WEBHOOK_SECRET = "a-webhook-secret-of-the-tests"
PATIENT = {"GITHUB_READ_TIMEOUT_SECONDS": "600", "GITHUB_TOTAL_TIMEOUT_SECONDS": "600"}


@pytest.fixture(scope="session")
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as fake:
        add_sample(fake.world)
        yield fake


@pytest.fixture(scope="session")
def installation(github: FakeGitHub) -> Iterator[Installation]:
    app = {"GITHUB_CLIENT_ID": CLIENT_ID, "GITHUB_CLIENT_SECRET": CLIENT_SECRET}
    hooks = {"GITHUB_WEBHOOK_SECRET": WEBHOOK_SECRET}
    with Installation(GITHUB_API_URL=github.url, **PATIENT, **app, **hooks) as running:
        running.add_administrator()
        yield running
