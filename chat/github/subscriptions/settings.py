"""What a room has decided about GitHub, read by whoever needs it."""

from chat.github.models import RoomSetting, Subscription


def default_repository(room_id: int) -> str | None:
    """The `owner/name` that `#12` belongs to in this room; None where nobody has chosen one."""
    chosen = RoomSetting.objects.filter(room=room_id).values_list("default_repository", flat=True).first()
    return chosen or None


def mutes_bots(room_id: int) -> bool:
    """Whether what bots do on GitHub is kept from this room."""
    return RoomSetting.objects.filter(room=room_id, mutes_bots=True).exists()


def subscriptions_of(room_id: int) -> list[Subscription]:
    """By name."""
    return list(Subscription.objects.filter(room=room_id).order_by("repository_key"))
