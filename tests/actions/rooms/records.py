"""What the tests of rooms look at: the records that the system wrote, the roles, the audit trail."""

from typing import Any

from chat.models import AuditEntry, Membership, Message, Room


def events(room: Room) -> list[dict[str, Any]]:
    """The events of all system messages, ascending by id."""
    found = Message.objects.filter(room=room, kind=Message.Kind.SYSTEM).order_by("id")
    return [record.event or {} for record in found]


def records(room: Room) -> list[tuple[int, str, int]]:
    """The number, the name and whom it is about, of each."""
    found = Message.objects.filter(room=room, kind=Message.Kind.SYSTEM).order_by("id")
    seqs = [record.seq for record in found]
    return [(seq, event["name"], event["user"]["id"]) for seq, event in zip(seqs, events(room), strict=True)]


def roles(room: Room) -> dict[str, str]:
    """By username; the room's own count must be that of its members."""
    found = dict(Membership.objects.filter(room=room).values_list("user__username", "role"))
    assert Room.objects.get(pk=room.pk).member_count == len(found)
    return found


def deeds() -> list[tuple[str, str, str]]:
    """Who did what to whom, as the audit trail has it."""
    found = AuditEntry.objects.order_by("pk").values_list("actor_name", "action", "target_name")
    return list(found)
