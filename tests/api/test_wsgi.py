"""The JSON API under WSGI, where every request has a loop of its own and no hub runs."""

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_guest_comes_posts_and_reads(client: Client) -> None:
    guest = client.post("/api/guest", {"name": "Ada"}, content_type="application/json")
    assert guest.status_code == 201
    bearer: dict[str, Any] = {"headers": {"Authorization": f"Bearer {guest.json()['guest_token']}"}}
    for status in (201, 200):
        sent = client.post(
            "/api/rooms/lobby/messages",
            {"text": "hello", "client_id": "5a0e"},
            content_type="application/json",
            **bearer,
        )
        assert sent.status_code == status
    page = client.get("/api/rooms/lobby/changes?since=0", **bearer).json()
    assert [message["text"] for message in page["messages"]] == ["hello"]


def test_refusals_and_probes_are_answered(client: Client) -> None:
    assert client.get("/api/rooms/nowhere").json()["code"] == "not_found"
    assert client.get("/healthz").json() == {"status": "ok"}
