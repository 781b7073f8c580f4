"""What makes a page of this GitHub look lived in: repositories and a month of activity, invented, always the same."""

import random
from datetime import UTC, datetime, timedelta

from tests.fakes.github.world.people import PEOPLE
from tests.fakes.github.world.world import World

NAMES = ("parser", "notes", "kernel", "website", "toolbox", "playground", "dotfiles", "compiler", "atlas")
LANGUAGES = ("C", "Python", "Rust", "TypeScript", "Shell", "Go", None)
KINDS = ("Push", "Push", "Push", "PullRequest", "Issues", "IssueComment", "Watch", "Create", "Release")
DAYS = 30


def add_sample(world: World) -> None:
    """Give every account that has no repository yet some of them, and things done in them up to now."""
    for login in PEOPLE:
        if not any(name.startswith(f"{login}/") for name in world.repositories):
            _fill(world, PEOPLE[login]["login"], random.Random(login))


def _fill(world: World, login: str, dice: random.Random) -> None:
    followers = PEOPLE[login.lower()]["followers"]
    names = [f"{login}/{name}" for name in dice.sample(NAMES, dice.randint(2, 7))]
    for name in names:
        stars = round(followers * dice.random() ** 3)
        world.add_repository(
            name,
            stargazers_count=stars,
            forks_count=stars // dice.randint(3, 9),
            language=dice.choice(LANGUAGES),
            description="Invented, to have something to show.",
        )
    for moment in sorted(_moments(dice)):
        kind = dice.choice(KINDS)
        world.add_event(login, kind, moment, dice.choice(names), **_payload(kind, dice))


def _moments(dice: random.Random) -> list[str]:
    """More on some days than on others."""
    busy = [day for day in range(DAYS) for _ in range(dice.choice((0, 0, 1, 2, 3, 6)))]
    now = datetime.now(UTC)
    times = [now - timedelta(days=day, minutes=dice.randint(1, 600)) for day in busy]
    return [moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in times]


def _payload(kind: str, dice: random.Random) -> dict[str, object]:
    if kind == "Release":
        return {"action": "published", "release": _release(dice)}
    number = dice.randint(1, 400)
    subject = {
        "number": number,
        "title": "Make it work",
        "html_url": f"https://github.com/x/y/issues/{number}",
    }
    pushed = {"action": dice.choice(("opened", "closed")), "ref": "refs/heads/main", "ref_type": "branch"}
    return {**pushed, "issue": subject, "pull_request": subject}


def _release(dice: random.Random) -> dict[str, object]:
    return {"tag_name": f"v1.{dice.randint(0, 40)}", "html_url": "https://github.com/x/y/releases"}
