"""The accounts this GitHub has: the recorded octocat, and others in the same form with own figures."""

import json
from typing import Any

from tests.fakes.github.world.recorded import recorded

OCTOCAT: dict[str, Any] = recorded("user")

# login, name, followers, public repositories: invented figures, so that nobody takes them for today's
OTHERS: list[tuple[str, str | None, int, int]] = [
    ("torvalds", "Linus Torvalds", 201_000, 8),
    ("gvanrossum", "Guido van Rossum", 25_000, 26),
    ("defunkt", "Chris Wanstrath", 22_000, 107),
    ("mojombo", "Tom Preston-Werner", 24_000, 66),
    ("hubot", "Hubot", 410, 3),
    ("monalisa", "Mona Lisa", 97, 12),
    ("octokitten", "Octokitten", 15, 1),
    ("Codertocat", None, 8, 2),
    ("grace-hopper", "Grace Hopper", 1_906, 9),
    ("ada-lovelace", "Ada Lovelace", 1_815, 1),
    ("niklaus-wirth", "Niklaus Wirth", 1_934, 7),
    ("barbara-liskov", "Barbara Liskov", 1_939, 4),
    ("li-hua", "李华", 66, 21),
]


def _profile(number: int, login: str, name: str | None, followers: int, repositories: int) -> dict[str, Any]:
    moved = json.loads(json.dumps(OCTOCAT).replace("octocat", login))
    own = {"id": number, "name": name, "followers": followers, "public_repos": repositories}
    return {**moved, "login": login, "email": None, "bio": None, "twitter_username": None, **own}


PEOPLE: dict[str, dict[str, Any]] = {
    "octocat": OCTOCAT,
    **{person[0].lower(): _profile(number, *person) for number, person in enumerate(OTHERS, start=2)},
}


def simple(login: str) -> dict[str, Any]:
    """How an account stands within other objects: who it is, no figures."""
    kept = ("login", "id", "node_id", "avatar_url", "url", "html_url", "type", "site_admin")
    profile = PEOPLE.get(login.lower()) or _profile(0, login, None, 0, 0)
    return {name: profile[name] for name in kept}
