"""The words by which a room decides what it hears of GitHub, and which repository is its own."""

from django.conf import settings
from django.db import transaction

from chat import database
from chat.errors import Invalid
from chat.github.models import Subscription
from chat.github.quoting import repository_link
from chat.github.subscriptions import bot, changes, default_repository
from chat.github.subscriptions.changes import Wanted
from chat.github.subscriptions.rights import managed_room
from chat.github.subscriptions.settings import mutes_bots, subscriptions_of
from chat.github.words import asking
from chat.github.words.naming import USUAL_TOPICS, chosen_in, repository_in, split
from chat.history import visible_room
from chat.models import User
from chat.slash import Later

BY_WEBHOOK = "Events come in by a webhook of the repository or its organisation."
NO_WEBHOOKS = "Nothing comes in yet: an administrator has to give this installation a webhook secret first."


def subscribe(user: User, room: str, words: str) -> Later:
    named, *rest = split(words) or [""]
    address, chosen = repository_in(named), chosen_in(rest)
    _check_may_decide(user, room)

    async def answer() -> str:
        # Anew, not as somebody saw it a minute ago: it decides what everybody here will read.
        seen = (await asking.repository(user, address, fresh=True)).repository.value
        owner, _, name = seen.full_name.partition("/")
        topics = chosen.topics or USUAL_TOPICS
        wanted = Wanted(owner, name, topics, chosen.labels, chosen.branches, not seen.public)
        row = await database.write(changes.subscribe, user, room, wanted)
        return f"This room is subscribed to {_told(row)}.{_warning(row)}\n{_whence()}"

    return asking.later(user, answer)


def unsubscribe(user: User, room: str, words: str) -> str:
    named, *rest = split(words) or [""]
    address, chosen = repository_in(named), chosen_in(rest)
    if chosen.labels or chosen.branches:
        raise Invalid(
            "Behind the repository stand topics only; subscribe anew for other filters.", field="text"
        )
    left = changes.unsubscribe(user, room, address.repository, chosen.topics)
    if left is None:
        return f"This room hears nothing more of {repository_link(address.repository)}."
    return f"This room is subscribed to {_told(left)}."


def list_subscriptions(user: User, room: str, words: str) -> str:
    place = visible_room(user, room)
    rows, own = subscriptions_of(place.pk), default_repository(place.pk)
    lines = [f"- {_told(row)}{' · private' if row.private else ''}" for row in rows]
    told = ["This room is subscribed to", *lines] if rows else ["This room is subscribed to no repository."]
    if rows and not bot.is_in(place.pk):
        told.append("\nGitHub was put out of this room, and says nothing until somebody subscribes again.")
    if mutes_bots(place.pk):
        told.append("\nWhat bots do is not told.")
    if own:
        told.append(f"\n`#12` is one of {repository_link(own)}.")
    return "\n".join(told)


def mute(user: User, room: str, words: str) -> str:
    _check_names_bots(words)
    changes.mute_bots(user, room, True)
    return "What bots do on GitHub is not told here any more."


def unmute(user: User, room: str, words: str) -> str:
    _check_names_bots(words)
    changes.mute_bots(user, room, False)
    return "What bots do on GitHub is told here as well."


def choose_default(user: User, room: str, words: str) -> str | Later:
    """`none` for nothing; without a word it is only told."""
    if not words:
        own = default_repository(visible_room(user, room).pk)
        return (
            f"`#12` is one of {repository_link(own)} here."
            if own
            else "This room has no repository of its own."
        )
    if words.casefold() == "none":
        changes.choose_default_repository(user, room, "")
        return "This room has no repository of its own any more."
    address = repository_in(words)
    _check_may_decide(user, room)

    async def answer() -> str:
        name = (await asking.repository(user, address)).repository.value.full_name
        await database.write(changes.choose_default_repository, user, room, name)
        return f"`#12` is one of {repository_link(name)} here."

    return asking.later(user, answer)


def _check_may_decide(user: User, room: str) -> None:
    """Before GitHub is asked, so that nobody finds out by it what they could not decide anyway."""
    with transaction.atomic():
        managed_room(user, room)


def _check_names_bots(words: str) -> None:
    if words.casefold() != "bots":
        raise Invalid("Only bots are muted: /github mute bots", field="text")


def _told(row: Subscription) -> str:
    return f"{repository_link(row.repository)}: {changes.summary(row)}"


def _warning(row: Subscription) -> str:
    return f" **{changes.PRIVATE}**" if row.private else ""


def _whence() -> str:
    return BY_WEBHOOK if settings.GITHUB_WEBHOOK_SECRETS else NO_WEBHOOKS
