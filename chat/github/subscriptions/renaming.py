"""A repository with another name: rooms go on hearing of it, and `#12` in them stays what it was."""

from django.db import transaction

from chat.actions.audit import record
from chat.github.models import RoomSetting, Subscription
from chat.github.quoting import quoted, repository_link
from chat.github.subscriptions.bot import say


def follow_rename(before: str, now: str) -> None:
    """Have everything here that means `before` mean `now`; subscribed rooms are told. Both are `owner/name`.

    A room that hears of the new name already keeps that subscription, and loses the other.
    """
    with transaction.atomic():
        taken = Subscription.objects.filter(repository_key=now.lower()).values("room_id")
        rows = Subscription.objects.filter(repository_key=before.lower())
        rows.filter(room_id__in=list(taken.values_list("room_id", flat=True))).delete()
        for row in rows.select_related("room"):
            row.repository, row.repository_key = now, now.lower()
            row.save(update_fields=["repository", "repository_key"])
            record(None, "github_renamed", row.room, repository=now, before=before)
            say(row.room, f"The repository {quoted(before)} is {repository_link(now)} now.")
        RoomSetting.objects.filter(default_repository__iexact=before).update(default_repository=now)
