"""One account at a glance: its profile, repositories and events are asked for at once, and put together."""

import asyncio
from datetime import UTC, datetime

import msgspec
from msgspec.structs import asdict

from chat.errors import NotFound
from chat.github.gathered.activity import Activity, RecentEvent, ToldEvent, activity, recent
from chat.github.gathered.activity import path_of as events_path
from chat.github.gathered.parts import PartError, Parts, PartSource
from chat.github.gathered.people import Account, GitHubUser, check_login, in_our_form, told_at, unknown
from chat.github.gathered.people import path_of as profile_path
from chat.github.gathered.repositories import (
    Counted,
    Language,
    ListedRepository,
    Summary,
    TopRepository,
    summed_up,
)
from chat.github.gathered.repositories import path_of as repositories_path
from chat.github.resources import Quota, granted


class Profile(GitHubUser, frozen=True):
    """An account, with what it tells of itself."""

    following: int
    bio: str | None
    company: str | None
    location: str | None
    created_at: str | None


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """An account at a glance. What belongs to a part that failed is null, and `errors` names the part.

    The parts: `profile`; `repositories`, from which come stars, forks, languages and top_repositories; `activity`,
    from which comes recent_activity. `sources` tells where those that came are from, `quota` what GitHub still grants.
    """

    username: str
    profile: Profile | None
    stars: int | None
    forks: int | None
    languages: list[Language] | None
    top_repositories: list[TopRepository] | None
    repositories: Counted | None
    activity: Activity | None
    recent_activity: list[RecentEvent] | None
    sources: dict[str, PartSource]
    quota: Quota
    errors: list[PartError]


async def look_over(login: str, *, token: str | None = None) -> Overview:
    """The account as `token` sees it; without one as anybody does, even where the server's token sees more.

    Raises Invalid before any call, NotFound, and what the profile failed with when no part came.
    """
    check_login(login)
    parts = Parts("profile", "repositories", "activity", token=token, feature="overview")
    missing = False
    try:
        async with asyncio.TaskGroup() as group:
            profile = parts.fetch(group, "profile", profile_path(login), Account)
            listed = parts.fetch(group, "repositories", repositories_path(login), list[ListedRepository])
            events = parts.fetch(group, "activity", events_path(login), list[ToldEvent])
    except* NotFound:
        # The group has ended the other calls by now: nobody needs the repositories of nobody.
        missing = True
    if missing:
        raise unknown(login)
    return _put_together(login, parts, token, profile.result(), listed.result(), events.result())


def _put_together(
    login: str,
    parts: Parts,
    token: str | None,
    account: Account | None,
    listed: list[ListedRepository] | None,
    events: list[ToldEvent] | None,
) -> Overview:
    sums = dict.fromkeys(Summary.__struct_fields__) if listed is None else asdict(summed_up(listed, token))
    return Overview(
        username=account.login if account else login,
        profile=_profile(account) if account else None,
        **sums,
        activity=None if events is None else activity(events, token, datetime.now(UTC).date()),
        recent_activity=None if events is None else recent(events, token),
        errors=parts.errors,
        sources=parts.sources,
        quota=granted(token),
    )


def _profile(account: Account) -> Profile:
    return Profile(
        **asdict(in_our_form(account)),
        following=account.following,
        bio=account.bio,
        company=account.company,
        location=account.location,
        created_at=told_at(account.created_at),
    )
