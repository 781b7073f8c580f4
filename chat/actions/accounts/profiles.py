"""What people change about themselves: their name, and whether they are shown as online."""

from django.db import transaction

from chat.broadcast import publish_person, publish_user
from chat.errors import Invalid
from chat.limits import check_characters
from chat.models import Membership, Message, User
from chat.models.user import NAME_CHARS


def change_profile(user: User, *, name: str | None = None, hides_presence: bool | None = None) -> User:
    """Change what is given and return the person as they are then; guests may too.

    Another name is told to the rooms that the person belongs to or has written in. An account without a name shows
    its username; a guest needs one.
    """
    wanted: dict[str, object] = {}
    if name is not None:
        _check_name(user, name)
        wanted["name"] = name.strip()
    if hides_presence is not None:
        wanted["hides_presence"] = hides_presence
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user.pk)
        changed = [field for field, value in wanted.items() if getattr(row, field) != value]
        for field in changed:
            setattr(row, field, wanted[field])
        if changed:
            row.save(update_fields=changed)
            publish_person(row)
        if "name" in changed:
            publish_user(row, _rooms_of(row))
    return row


def _check_name(user: User, name: str) -> None:
    check_characters(name, "name")
    if len(name) > NAME_CHARS:
        raise Invalid(f"A name has at most {NAME_CHARS} characters.", field="name")
    if user.is_guest and not name.strip():
        raise Invalid("A guest needs a name.", field="name")


def _rooms_of(user: User) -> set[int]:
    joined = Membership.objects.filter(user=user).values_list("room_id", flat=True)
    written = Message.objects.filter(author=user).order_by().values_list("room_id", flat=True).distinct()
    return {*joined, *written}
