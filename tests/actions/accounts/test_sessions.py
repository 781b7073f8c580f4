"""Sessions as they are noted, exchanged and ended; what their sockets make of it is seen in tests/accounts."""

from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from chat.actions.accounts import (
    create_own_token,
    create_token,
    end_session,
    forget_ended_sessions,
    note_session,
    revoke_other_sessions,
    revoke_own_token,
    revoke_session,
)
from chat.actions.accounts.tokens import TOKENS_MOST
from chat.errors import Conflict, Forbidden, Invalid, NotFound
from chat.history.accounts import sessions_of, tokens_of
from chat.models import AuditEntry, SignIn, Token, User
from chat.models.token import digest
from tests.cast import Cast, sign_in

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"


def session(key: str) -> SessionBase:
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return store


def keys_of(user: User) -> list[str]:
    return [each.session_key for each in sessions_of(user)]


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (CHROME, "Chrome on Windows"),
        (f"{CHROME} Edg/140.0", "Edge on Windows"),
        (SAFARI, "Safari on iPhone"),
        ("curl/8.0", "An unknown program"),
        ("", "An unknown program"),
    ],
)
def test_a_browser_is_called_what_people_call_it(user_agent: str, name: str) -> None:
    assert SignIn(user_agent=user_agent).browser == name


def test_a_session_is_listed_from_its_sign_in_to_its_end(cast: Cast) -> None:
    first, second = sign_in(cast.bob), sign_in(cast.bob)
    sign_in(cast.carol)
    assert keys_of(cast.bob) == [second, first]
    end_session(cast.bob, second)
    assert keys_of(cast.bob) == [first]


def test_a_guest_has_nothing_to_end(cast: Cast) -> None:
    sign_in(cast.gus)
    assert not SignIn.objects.exists()


def test_a_session_whose_key_is_exchanged_stays_the_one_it_is(cast: Cast) -> None:
    key = sign_in(cast.bob)
    noted = SignIn.objects.get()
    going_on = session(key)
    going_on.cycle_key()
    assert going_on.session_key != key
    assert [(each.pk, each.session_key) for each in sessions_of(cast.bob)] == [
        (noted.pk, going_on.session_key)
    ]


def test_a_new_password_takes_the_other_sessions_off_the_list(cast: Cast) -> None:
    sign_in(cast.bob)
    cast.bob.set_password("staple-battery-correct-7")
    cast.bob.save()
    assert keys_of(cast.bob) == []
    key = sign_in(cast.bob)
    assert keys_of(cast.bob) == [key]


def test_revoking_ends_the_one_session_and_is_recorded(cast: Cast) -> None:
    lost, kept = sign_in(cast.bob), sign_in(cast.bob)
    SignIn.objects.filter(session_key=lost).update(user_agent=FIREFOX, address="192.0.2.7")
    revoke_session(cast.bob, SignIn.objects.get(session_key=lost).pk)
    assert keys_of(cast.bob) == [kept]
    request = HttpRequest()
    request.session = session(lost)
    assert not get_user(request).is_authenticated
    entry = AuditEntry.objects.get(action="session_revoked")
    assert (entry.actor, entry.target_id) == (cast.bob, str(cast.bob.pk))
    assert entry.details == {"browser": "Firefox on Linux", "address": "192.0.2.7"}


def test_nobody_revokes_the_session_of_another(cast: Cast) -> None:
    key = sign_in(cast.bob)
    with pytest.raises(NotFound):
        revoke_session(cast.carol, SignIn.objects.get().pk)
    assert keys_of(cast.bob) == [key]


def test_revoking_all_others_keeps_this_one_and_those_of_other_people(cast: Cast) -> None:
    here, _, _ = (sign_in(cast.bob) for _ in range(3))
    carols = sign_in(cast.carol)
    assert revoke_other_sessions(cast.bob, here) == 2
    assert keys_of(cast.bob) == [here]
    assert keys_of(cast.carol) == [carols]
    assert revoke_other_sessions(cast.bob, None) == 1
    assert keys_of(cast.bob) == []


def test_what_was_noted_of_a_session_goes_with_it(cast: Cast) -> None:
    kept = sign_in(cast.bob)
    session(sign_in(cast.bob)).delete()
    assert SignIn.objects.count() == 2
    forget_ended_sessions()
    assert SignIn.objects.get().session_key == kept


def test_a_long_name_of_a_browser_is_cut(cast: Cast) -> None:
    note_session(cast.bob, "k" * 32, "x" * 5000, "192.0.2.7")
    assert len(SignIn.objects.get().user_agent) == 200


def test_ones_own_tokens_are_made_listed_and_revoked(cast: Cast) -> None:
    token, secret = create_own_token(cast.bob, " for the bridge ", 30)
    assert (token.label, token.digest) == ("for the bridge", digest(secret))
    assert token.expires_at is not None
    assert (token.expires_at - token.created_at).days in (29, 30)
    lasting, _ = create_own_token(cast.bob)
    assert lasting.expires_at is None
    assert tokens_of(cast.bob) == [lasting, token]
    revoke_own_token(cast.bob, token.pk)
    assert tokens_of(cast.bob) == [lasting]
    trail = AuditEntry.objects.filter(actor=cast.bob).order_by("id").values_list("action", flat=True)
    assert list(trail) == ["token_made", "token_made", "token_revoked"]


def test_nobody_revokes_the_token_of_another(cast: Cast) -> None:
    create_token(cast.bob)
    with pytest.raises(NotFound):
        revoke_own_token(cast.carol, Token.objects.get().pk)
    assert tokens_of(cast.bob) != []


@pytest.mark.parametrize(
    ("label", "days", "field"),
    [("x" * 81, None, "label"), ("a\0b", None, "label"), ("", 0, "days"), ("", 3651, "days")],
)
def test_a_token_that_cannot_be_is_refused(cast: Cast, label: str, days: int | None, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        create_own_token(cast.bob, label, days)
    assert refusal.value.field == field
    assert tokens_of(cast.bob) == []


def test_guests_and_collectors_get_no_tokens(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        create_own_token(cast.gus)
    Token.objects.bulk_create(Token(user=cast.bob, digest=str(number)) for number in range(TOKENS_MOST))
    with pytest.raises(Conflict):
        create_own_token(cast.bob)
