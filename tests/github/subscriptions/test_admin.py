"""Subscriptions in the admin: read by operators, and ended so that the room and the audit trail know."""

import pytest
from django.test import Client
from django.urls import reverse

from chat.github.models import Subscription
from chat.models import AuditEntry, User
from tests.cast import Cast
from tests.github.subscriptions.telling import listen, told

pytestmark = pytest.mark.django_db


def test_a_deleted_subscription_is_told_to_the_room_and_recorded(cast: Cast) -> None:
    operator = User.objects.create_superuser("operator", name="Olga")
    browser = Client()
    browser.force_login(operator)
    for room in (cast.private, cast.open):
        listen(cast.alice, room)
    row = Subscription.objects.get(room=cast.private)
    assert "Codertocat/Hello-World" in browser.get("/admin/chat_github/subscription/").content.decode()
    delete = reverse("admin:chat_github_subscription_delete", args=[row.pk])
    assert browser.post(delete, {"post": "yes"}).status_code == 302
    listed = {"action": "delete_selected", "_selected_action": Subscription.objects.get().pk, "post": "yes"}
    browser.post("/admin/chat_github/subscription/", listed)
    assert not Subscription.objects.exists()
    for room in (cast.private, cast.open):
        [message] = told(room)
        assert message.text.startswith("**Olga** ended this room's subscription to [Codertocat/Hello-World](")
    ended = AuditEntry.objects.filter(action="github_unsubscribed")
    assert {entry.actor_name for entry in ended} == {"operator"}
    assert ended.count() == 2
