"""What a room is called and what it is about: which names and topics are taken."""

from chat.errors import Invalid
from chat.limits import check_characters
from chat.models.room import ROOM_NAME_CHARS, TOPIC_CHARS


def check_name(name: str) -> None:
    """Raise Invalid for a name of blanks only, of too many characters, or of some that no database keeps."""
    check_characters(name, "name")
    if not name.strip() or len(name) > ROOM_NAME_CHARS:
        raise Invalid(f"A room's name has 1 to {ROOM_NAME_CHARS} characters.", field="name")


def check_topic(topic: str) -> None:
    """The same for a topic, which may be empty."""
    check_characters(topic, "topic")
    if len(topic) > TOPIC_CHARS:
        raise Invalid(f"A topic has at most {TOPIC_CHARS} characters.", field="topic")
