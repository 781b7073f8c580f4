"""The door: who is let in, what the others are told, and that it answers before anything is worked off."""

import asyncio
import logging

import httpx
import pytest
from django.test import Client
from pytest_django import Settings

from chat import limits
from chat.github.hooks import door, worker
from chat.github.models import Delivery
from tests.fakes.github.webhooks import Hook, example_of, examples, signatures

# What the ledger does on both databases is tried beside this.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.only_on("sqlite")]

URL = "/hooks/github"
STAR = example_of("star", "created").payload


async def rows() -> list[Delivery]:
    """The ledger, once everything is worked off that is due."""
    await worker.work_off()
    return [row async for row in Delivery.objects.order_by("pk")]


def code_of(answer: httpx.Response) -> tuple[int, str, str | None]:
    body = answer.json()
    assert set(body) == {"code", "detail", "retryable", "retry_after", "field"}
    return answer.status_code, body["code"], body["field"]


async def test_a_delivery_is_taken_down_and_worked_off(web: httpx.AsyncClient, hook: Hook) -> None:
    answer = await web.post(URL, **hook.post("star", STAR, "delivery-1").arguments)
    assert answer.status_code == 202
    assert answer.json() == {"delivery": "delivery-1", "event": "star", "state": "waiting"}
    [row] = await rows()
    assert (row.delivery_id, row.event, row.action, row.state) == ("delivery-1", "star", "created", "done")
    assert row.repository == "Codertocat/Hello-World"


async def test_a_ping_is_answered(web: httpx.AsyncClient, hook: Hook) -> None:
    answer = await web.post(URL, **hook.post("ping", example_of("ping").payload).arguments)
    assert (answer.status_code, answer.json()["event"]) == (200, "ping")
    assert [row.state for row in await rows()] == ["done"]


async def test_every_recorded_kind_of_event_passes(web: httpx.AsyncClient, hook: Hook) -> None:
    first_of_each = {example.kind: example for example in reversed(examples())}
    for kind, example in first_of_each.items():
        answer = await web.post(URL, **hook.post(kind, example.payload).arguments)
        assert answer.status_code == (200 if kind == "ping" else 202), kind
    assert {row.event: row.state for row in await rows()} == dict.fromkeys(first_of_each, "done")


async def test_without_a_secret_the_door_is_closed(
    web: httpx.AsyncClient, hook: Hook, settings: Settings
) -> None:
    settings.GITHUB_WEBHOOK_SECRETS = []
    answer = await web.post(URL, **hook.post("star", STAR).arguments)
    assert code_of(answer) == (403, "forbidden", None)
    assert "GITHUB_WEBHOOK_SECRET" in answer.json()["detail"]
    assert await rows() == []


async def test_only_the_newer_signature_under_our_secret_opens(web: httpx.AsyncClient, hook: Hook) -> None:
    post = Hook("another secret").post("star", STAR)
    assert code_of(await web.post(URL, **post.arguments)) == (403, "forbidden", "X-Hub-Signature-256")
    unsigned = hook.post("star", STAR)
    del unsigned.headers["X-Hub-Signature-256"]
    answer = await web.post(URL, **unsigned.arguments)
    assert code_of(answer) == (403, "forbidden", "X-Hub-Signature-256")
    assert "missing" in answer.json()["detail"]
    assert await rows() == []


async def test_a_body_changed_by_a_byte_is_refused(web: httpx.AsyncClient, hook: Hook) -> None:
    post = hook.post("star", STAR)
    changed = post.content.replace(b"Hello-World", b"Hello_World", 1)
    assert len(changed) == len(post.content)
    answer = await web.post(URL, headers=post.headers, content=changed)
    assert code_of(answer) == (403, "forbidden", "X-Hub-Signature-256")
    assert await rows() == []


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-GitHub-Event", ""),
        ("X-GitHub-Event", "Star!"),
        ("X-GitHub-Event", "x" * 65),
        ("X-GitHub-Delivery", ""),
        ("X-GitHub-Delivery", "a b"),
        ("X-GitHub-Delivery", "x" * 65),
    ],
)
async def test_headers_that_github_never_sends_are_invalid(
    web: httpx.AsyncClient, hook: Hook, header: str, value: str
) -> None:
    post = hook.post("star", STAR)
    answer = await web.post(URL, headers={**post.headers, header: value}, content=post.content)
    assert code_of(answer) == (400, "invalid", header)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"a": "\\ud800"}', b"1" * 999]
)
async def test_a_signed_body_that_is_no_object_is_a_typed_error(
    web: httpx.AsyncClient, hook: Hook, content: bytes
) -> None:
    headers = {**hook.post("star", STAR).headers, **signatures(content, hook.secret)}
    answer = await web.post(URL, headers=headers, content=content)
    assert code_of(answer) == (400, "bad_frame", None)


async def test_odd_values_are_kept_out_of_the_columns(web: httpx.AsyncClient, hook: Hook) -> None:
    for payload in (
        {"action": "\0", "repository": {"full_name": 7}},
        {"action": ["x"], "repository": "x"},
        {"action": "x" * 100, "repository": {"full_name": "y" * 200}},
        {"number": 10**30, "number_too": 1e300},
    ):
        answer = await web.post(URL, **hook.post("of_tomorrow", payload).arguments)
        assert answer.status_code == 202, payload
    assert [(row.action, len(row.repository)) for row in await rows()] == [
        ("", 0),
        ("", 0),
        ("x" * 64, 140),
        ("", 0),
    ]


async def test_forms_are_refused_with_a_hint(web: httpx.AsyncClient, hook: Hook) -> None:
    post = hook.post("star", STAR)
    headers = {**post.headers, "Content-Type": "application/x-www-form-urlencoded"}
    answer = await web.post(URL, headers=headers, content=post.content)
    assert code_of(answer) == (415, "unsupported_media_type", None)
    assert "application/json" in answer.json()["detail"]


async def test_other_methods_are_named_the_right_one(web: httpx.AsyncClient, hook: Hook) -> None:
    answer = await web.get(URL)
    assert code_of(answer) == (405, "method_not_allowed", None)
    assert answer.headers["Allow"] == "POST"


async def test_a_body_beyond_the_bound_is_too_long(
    web: httpx.AsyncClient, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = hook.post("star", STAR)
    monkeypatch.setattr(door, "BODY_BYTES", len(post.content))
    assert (await web.post(URL, **post.arguments)).status_code == 202
    longer = post.content + b" "
    headers = {**post.headers, **signatures(longer, hook.secret)}
    assert code_of(await web.post(URL, headers=headers, content=longer))[:2] == (413, "too_long")


async def test_a_body_longer_than_a_form_may_be_is_let_in(web: httpx.AsyncClient, hook: Hook) -> None:
    long = {**STAR, "note": "x" * (limits.FORM_BYTES + 1)}
    assert (await web.post(URL, **hook.post("star", long).arguments)).status_code == 202


async def test_a_flood_without_signatures_is_slowed_and_holds_up_nothing_signed(
    web: httpx.AsyncClient, hook: Hook
) -> None:
    wrong = Hook("a guess").post("star", STAR)
    statuses = [(await web.post(URL, **wrong.arguments)).status_code for _ in range(40)]
    burst = int(limits.RATES["unsigned"].burst)
    assert statuses[:burst] == [403] * burst
    assert 429 in statuses
    assert set(statuses) == {403, 429}
    assert (await web.post(URL, **hook.post("star", STAR).arguments)).status_code == 202
    assert len(await rows()) == 1


async def test_nothing_secret_is_written_to_the_log(
    web: httpx.AsyncClient, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await web.post(URL, **hook.post("star", STAR).arguments)
        await web.post(URL, **Hook("a guess").post("star", STAR).arguments)
        await rows()
    assert hook.secret not in caplog.text


def test_under_wsgi_it_is_taken_down_as_well(hook: Hook) -> None:
    """There the periodic job works it off, where the request's own loop ends too early for that."""
    post = hook.post("star", STAR)
    kind = post.headers.pop("Content-Type")
    client = Client(enforce_csrf_checks=True)
    answer = client.post(URL, post.content, content_type=kind, headers=post.headers)
    assert answer.status_code == 202
    asyncio.run(worker.work_off())
    assert [row.state for row in Delivery.objects.all()] == ["done"]
