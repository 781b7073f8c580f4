"""What processes tell each other: a cool-down holds for all of them and over a restart; what was spent is summed up."""

import msgspec
import pytest

from chat import database
from chat.errors import RateLimited
from chat.github import resources
from chat.github.budget import ledger, sharing
from chat.github.models import Allowance, Spending
from chat.github.resources import fetch
from tests.fakes.github import FakeGitHub

pytestmark = pytest.mark.django_db(transaction=True)


class Named(msgspec.Struct):
    name: str


async def ask(login: str = "octocat", token: str | None = None) -> str:
    return (await fetch(f"/users/{login}", Named, token=token, feature="users")).value.name


@pytest.fixture
def prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is written down and looked up at once."""
    monkeypatch.setattr(sharing, "SAVE_SECONDS", 0.0)
    monkeypatch.setattr(sharing, "LOOK_SECONDS", 0.0)


async def test_a_cool_down_outlives_the_process(github: FakeGitHub) -> None:
    github.limits.refuse(times=1, retry_after=600)
    with pytest.raises(RateLimited):
        await ask()
    resources.forget_all()  # as after a restart, or in another process
    with pytest.raises(RateLimited) as error:
        await ask()
    assert error.value.retry_after == pytest.approx(600, abs=60)
    assert len(github.requests) == 1


async def test_another_credential_is_not_held_up_by_it(github: FakeGitHub) -> None:
    github.limits.refuse(times=1, retry_after=600)
    with pytest.raises(RateLimited):
        await ask(token="one")
    resources.forget_all()
    assert await ask(token="another") == "monalisa octocat"


async def test_a_cool_down_is_told_once_and_no_token_is_kept(github: FakeGitHub) -> None:
    github.limits.refuse(times=1, retry_after=600)
    for _ in range(3):
        with pytest.raises(RateLimited):
            await ask(token="a secret of somebody")
    [row] = await database.call(lambda: list(Allowance.objects.values()))
    assert (row["whose"], row["limit"]) == ("own", None)
    assert "secret" not in str(row)


async def test_a_longer_cool_down_stays_and_one_that_is_over_is_forgotten(github: FakeGitHub) -> None:
    def tell(until: float) -> None:
        ledger.tell_rests([ledger.Rest("credential", "own", until)])

    for until in (4e9, 3e9):
        await database.write(tell, until)
    assert await database.call(ledger.rests) == {"credential": 4e9}
    await database.write(lambda: Allowance.objects.update(rests_until="2020-01-01T00:00Z"))
    assert await database.call(ledger.rests) == {}
    await database.write(ledger.forget_old)
    assert await database.call(Allowance.objects.count) == 0


async def test_what_each_feature_spent_is_added_up_in_the_rows_of_its_hour(
    github: FakeGitHub, prompt: None
) -> None:
    for login in ("octocat", "octocat", "hubot", "torvalds"):
        await ask(login)
    await sharing.save()
    await sharing.save()  # nothing new: nothing is written twice
    rows = await database.call(lambda: list(Spending.objects.filter(feature="users", whose="server")))
    assert sum(row.calls for row in rows) == 3
    assert sum(row.saved_by_cache for row in rows) == 1


async def test_old_spending_is_forgotten() -> None:
    def make_and_forget() -> list[str]:
        for hour, feature in (("2020-01-01T00:00Z", "users"), ("2999-01-01T00:00Z", "card")):
            Spending.objects.create(hour=hour, whose="server", feature=feature)
        ledger.forget_old()
        return list(Spending.objects.values_list("feature", flat=True))

    assert await database.write(make_and_forget) == ["card"]
