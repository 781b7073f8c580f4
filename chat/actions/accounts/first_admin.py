"""The first administrator: made while there is no active superuser, whatever other people there are.

From elsewhere than the machine itself this takes the one-time code that `manage.py serve` prints. The code follows
from the secret key and the epoch, so that every process knows it and none has to keep it.
"""

import hmac

from django.db import transaction
from django.utils.crypto import salted_hmac

from chat.actions.accounts.people import create_account
from chat.errors import Conflict, Forbidden
from chat.models import Installation, User

# No letter that is read as another: 23 letters in 16 places are 72 bits.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
GROUPS, GROUP_LETTERS = 4, 4


def is_needed() -> bool:
    """Whether nobody can administrate: there is no active superuser."""
    return not User.objects.filter(is_superuser=True, is_active=True).exists()


def setup_code() -> str:
    """The one-time code, such as ABCD-EFGH-JKMN-PQRS. It is worth something only while `is_needed`."""
    epoch = Installation.objects.values_list("epoch", flat=True).get()
    number = int.from_bytes(salted_hmac(__name__, epoch, algorithm="sha256").digest())
    letters = ""
    for _ in range(GROUPS * GROUP_LETTERS):
        number, letter = divmod(number, len(LETTERS))
        letters += LETTERS[letter]
    return "-".join(letters[start : start + GROUP_LETTERS] for start in range(0, len(letters), GROUP_LETTERS))


def check_setup_code(text: str) -> None:
    """Raise Forbidden unless this is the code, however it was typed."""
    typed = "".join(text.split()).replace("-", "").upper()
    if not hmac.compare_digest(typed.encode(), setup_code().replace("-", "").encode()):
        raise Forbidden("This is not the code that the server printed.", field="code")


def make_first_administrator(username: str, password: str, name: str = "", guest: User | None = None) -> User:
    """Make the superuser; raises Conflict when there is one by now, or when the username is taken."""
    with transaction.atomic():
        # Of two people who ask at once, the second waits here and then finds the first one's account.
        Installation.objects.select_for_update().get()
        if not is_needed():
            raise Conflict("Somebody else has just made the administrator account.")
        return create_account(username, password, name=name, superuser=True, guest=guest)
