"""One's own account over HTTP: sessions, tokens, invitations. Guests have none of these."""

from chat.api.admission import Call
from chat.errors import Forbidden
from chat.models import User


def member(call: Call) -> User:
    """Who calls, if it is somebody with an account; raises Forbidden for guests."""
    if call.person.is_guest:
        raise Forbidden("Guests have no account; make one first.")
    return call.person
