"""POST /hooks/github: a delivery is checked, taken down, and answered at once; what it brings about comes later."""

import re
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from chat import database, limits, metrics
from chat.api.responses import error_response, json_response
from chat.auth import address_of
from chat.errors import (
    BadFrame,
    Forbidden,
    Invalid,
    MethodNotAllowed,
    TooLong,
    UnsupportedMediaType,
    as_chat_error,
)
from chat.github.hooks import signature, worker
from chat.github.hooks.effect_key import effect_key
from chat.github.hooks.ledger import Arrived, take_down
from chat.github.models.delivery import REPOSITORY_CHARS, WORD_CHARS

PATH = "/hooks/github"
# GitHub's own bound is 25 MB, which no stranger shall fill our memory with before the signature can be checked. An
# issue and a comment of the longest texts in any script, with what they were before, are less than half of this; only
# pushes of some hundred commits at once are more.
BODY_BYTES = 1 << 20
EVENT_HEADER, DELIVERY_HEADER = "X-GitHub-Event", "X-GitHub-Delivery"

_event = re.compile(rf"[a-z0-9_]{{1,{WORD_CHARS}}}", re.ASCII)
_delivery = re.compile(rf"[A-Za-z0-9-]{{1,{WORD_CHARS}}}", re.ASCII)
_ledger = database.Batch(take_down)


class Answer(msgspec.Struct, frozen=True):
    """`state` is waiting for what is new, and says of a repeated delivery what has become of it."""

    delivery: str
    event: str
    state: str


def open_where_wanted() -> None:
    """Have the server let whole deliveries in; without a secret no body is worth more than any other."""
    if settings.GITHUB_WEBHOOK_SECRETS:
        limits.allow_bodies(PATH, BODY_BYTES)


async def take_delivery(request: HttpRequest) -> HttpResponse:
    """202 as soon as the delivery is safe, 200 for a ping."""
    try:
        response = await _take(request)
    except Exception as error:
        response = error_response(as_chat_error(error))
        if isinstance(error, MethodNotAllowed):
            response["Allow"] = "POST"
    metrics.count_request("take_delivery", response.status_code)
    return response


take_delivery.csrf_exempt = True  # type: ignore[attr-defined]  # no browser sends these; the signature stands for it


async def _take(request: HttpRequest) -> HttpResponse:
    """Check in the order of cost; before the signature nothing that was sent is looked into."""
    if request.method != "POST":
        raise MethodNotAllowed(f"This address does not take {request.method}.")
    if not settings.GITHUB_WEBHOOK_SECRETS:
        raise Forbidden("Webhooks are not taken here: GITHUB_WEBHOOK_SECRET is not set.")
    body = _body(request)
    _check_signature(request, body)
    arrived = _arrived(request, body)
    state = await _ledger.put(arrived)
    worker.wake()
    answer = Answer(arrived.delivery_id, arrived.event, state)
    return json_response(answer, 200 if arrived.event == "ping" else 202)


def _body(request: HttpRequest) -> bytes:
    """The bytes as they came. Under our own server a longer body is stopped while it arrives."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) <= BODY_BYTES:
        body: bytes = request.read(BODY_BYTES + 1)
        if len(body) <= BODY_BYTES:
            return body
    raise TooLong(f"A delivery has at most {BODY_BYTES} bytes.")


def _check_signature(request: HttpRequest, body: bytes) -> None:
    """Raise Forbidden; and RateLimited for whoever knocks too often without a right one."""
    header = request.headers.get(signature.HEADER, "")
    if signature.is_signed(body, header, settings.GITHUB_WEBHOOK_SECRETS):
        return
    limits.take("unsigned", address_of(request))
    if not header:
        raise Forbidden("The signature is missing: give the webhook its secret.", field=signature.HEADER)
    raise Forbidden("The signature is not that of this body under our secret.", field=signature.HEADER)


def _arrived(request: HttpRequest, body: bytes) -> Arrived:
    event = _word(request, EVENT_HEADER, _event)
    delivery_id = _word(request, DELIVERY_HEADER, _delivery)
    if request.content_type != "application/json":
        raise UnsupportedMediaType("Set the webhook's content type to application/json.")
    payload = _payload(body)
    repository = payload.get("repository")
    name = repository.get("full_name") if isinstance(repository, dict) else ""
    return Arrived(
        delivery_id=delivery_id,
        event=event,
        action=_kept(payload.get("action"), WORD_CHARS),
        repository=_kept(name, REPOSITORY_CHARS),
        key=effect_key(event, payload),
        body=body,
    )


def _word(request: HttpRequest, header: str, form: re.Pattern[str]) -> str:
    value = request.headers.get(header, "")
    if not form.fullmatch(value):
        raise Invalid(f"{header} is missing, or none that GitHub sends.", field=header)
    return value


def _payload(body: bytes) -> dict[str, Any]:
    try:
        payload = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise BadFrame("The body is not JSON.") from None
    if not isinstance(payload, dict):
        raise BadFrame("The body is not a JSON object.")
    return payload


def _kept(value: object, chars: int) -> str:
    """As a column takes it."""
    text = value if isinstance(value, str) else ""
    return text[:chars] if limits.is_storable(text) else ""
