"""One's own Bearer tokens over HTTP: listed, made, revoked."""

from typing import Annotated

import msgspec

from chat import database
from chat.actions.accounts import create_own_token, revoke_own_token
from chat.actions.accounts.tokens import DAYS_MOST
from chat.api.accounts import member
from chat.api.admission import Call
from chat.api.resource import Created, operation
from chat.errors import Forbidden
from chat.history.accounts import tokens_of
from chat.models import Token, User
from chat.models.token import LABEL_CHARS
from chat.payloads import timestamp


class TokenObject(msgspec.Struct):
    """A token without its secret; `expires_at` is null for one that lasts, `current` asks this."""

    id: int
    label: str
    created_at: str
    expires_at: str | None
    current: bool


class TokenList(msgspec.Struct):
    """The newest first."""

    tokens: list[TokenObject]


class NewToken(msgspec.Struct):
    """`days` is how long it lasts; without, until it is revoked."""

    label: Annotated[str, msgspec.Meta(max_length=LABEL_CHARS)] = ""
    days: Annotated[int, msgspec.Meta(ge=1, le=DAYS_MOST)] | None = None


class MadeToken(TokenObject):
    """`token` is what a program sends; it is shown this once."""

    token: str


@operation("GET")
async def list_tokens(call: Call) -> TokenList:
    """One's tokens, without their secrets."""
    return await database.call(_listed, member(call), call.visitor.credential.token_digest)


@operation("POST", bucket="secret")
async def make_token(call: Call, body: NewToken) -> Created[MadeToken]:
    """A token for a program, in a session only: a token makes no others, which would outlive it."""
    user = member(call)
    if call.visitor.credential.session_key is None:
        raise Forbidden("A token makes no other tokens; sign in with a browser.")
    token, secret = await database.write(create_own_token, user, body.label, body.days)
    made = msgspec.structs.asdict(_token(token, None))
    return Created(MadeToken(**made, token=secret))


@operation("DELETE")
async def end_token(call: Call, token_id: int) -> TokenList:
    """Revoke a token; sockets that it opened close with 4401."""
    return await database.write(_end, member(call), token_id, call.visitor.credential.token_digest)


def _end(user: User, token_id: int, digest: str | None) -> TokenList:
    revoke_own_token(user, token_id)
    return _listed(user, digest)


def _listed(user: User, digest: str | None) -> TokenList:
    return TokenList([_token(token, digest) for token in tokens_of(user)])


def _token(token: Token, digest: str | None) -> TokenObject:
    expires = timestamp(token.expires_at) if token.expires_at else None
    return TokenObject(token.pk, token.label, timestamp(token.created_at), expires, token.digest == digest)
