"""Every page of the admin opens, and none of them changes history."""

import pytest
from django.apps import apps
from django.contrib import admin as django_admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat.actions.accounts import create_token
from chat.actions.audit import record
from chat.actions.edits import delete_message, edit_message
from chat.actions.reactions import react
from chat.github.models import Allowance, Card, Delivery, Gathering, Spending
from chat.github.subscriptions.changes import Wanted, mute_bots, subscribe
from chat.models import Ban, CardShown, Invitation, JobState, Mention, Message, ThreadFollower, User
from tests.admin.conftest import Staff
from tests.cast import Cast, say

pytestmark = pytest.mark.django_db

ADDABLE = {"User", "Group", "EmailAddress", "Ban", "Membership"}
DELETABLE = {"Token", "Group", "EmailAddress", "SocialAccount", "Subscription"}
MODELS = sorted(
    (model for model in apps.get_models() if django_admin.site.is_registered(model)),
    key=lambda model: model.__name__,
)
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


def url(model: type[Model], page: str, *arguments: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


@pytest.fixture
def lived(cast: Cast, operator: User) -> Cast:
    """An installation with a row of every kind: texts edited, deleted, liked, and an operator who did something."""
    said = say(cast.alice, cast.lobby, "first")
    edit_message(cast.alice, said.message_id, "second")
    react(cast.bob, said.message_id, "👍", True)
    delete_message(cast.bob, say(cast.bob, cast.lobby, "gone").message_id)
    create_token(cast.bob, "for a program")
    record(operator, "room_archived", cast.lobby, on=True)
    said_by_bob = Message.objects.get(pk=said.message_id)
    Mention.objects.create(message=said_by_bob, user=cast.bob, room=cast.lobby)
    ThreadFollower.objects.create(root=said_by_bob, user=cast.bob)
    Ban.objects.create(room=cast.open, user=cast.carol, by=cast.alice)
    Invitation.objects.create(digest="0", by=cast.alice)
    JobState.objects.create(name="tidy up")
    subscribe(cast.alice, "lobby", Wanted("octocat", "Hello-World", ["pulls"]))
    mute_bots(cast.alice, "lobby", True)
    Gathering.objects.create(room=cast.lobby, key="github/pull/octocat/hello-world/2", root=said_by_bob)
    Allowance.objects.create(credential="0", whose="server")
    Spending.objects.create(hour=timezone.now(), whose="server", feature="users")
    Delivery.objects.create(delivery_id="0", event="ping", key="0", size=0)
    given = Card.objects.create(
        key="github/user/octocat", kind="user", owner="octocat", given_at=timezone.now()
    )
    CardShown.objects.create(message=said_by_bob, room=cast.lobby, card_id=given.pk)
    LogEntry.objects.log_actions(operator.pk, [cast.lobby], CHANGE, "Archived.", single_object=True)
    return cast


@each_model
def test_every_list_opens_and_searches(admin: Client, lived: Cast, model: type[Model]) -> None:
    for query in ("", "?q=abc", "?q=7", "?q=%F0%9F%91%8D", "?o=1"):
        assert admin.get(url(model, "changelist") + query).status_code == 200


@each_model
def test_every_row_opens(admin: Client, lived: Cast, model: type[Model]) -> None:
    rows = list(model._default_manager.all())
    assert rows or model.__name__ in ("Group", "EmailAddress", "SocialAccount")
    for row in rows:
        assert admin.get(url(model, "change", row.pk)).status_code == 200
        assert admin.get(url(model, "history", row.pk)).status_code == 200


@each_model
def test_rows_are_added_only_where_that_bypasses_nothing(
    admin: Client, lived: Cast, model: type[Model]
) -> None:
    assert admin.get(url(model, "add")).status_code == (200 if model.__name__ in ADDABLE else 403)


@each_model
def test_rows_are_deleted_only_where_that_bypasses_nothing(
    admin: Client, lived: Cast, model: type[Model]
) -> None:
    if model.__name__ in DELETABLE:
        return
    row = model._default_manager.first()
    assert row is not None
    before = set(model._default_manager.values_list("pk"))
    assert admin.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": row.pk, "index": 0, "post": "yes"}
    admin.post(url(model, "changelist"), form)
    # A page may add rows, as that of the jobs does for those that never ran.
    assert before <= set(model._default_manager.values_list("pk"))


@pytest.mark.parametrize("field", ["text", "html", "deleted", "seq"])
def test_no_message_is_edited(admin: Client, lived: Cast, field: str) -> None:
    message = Message.objects.filter(deleted=False).first()
    assert message is not None
    page = admin.get(url(Message, "change", message.pk)).content.decode()
    assert f'name="{field}"' not in page
    assert admin.post(url(Message, "change", message.pk), {field: "9"}).status_code == 403
    kept = Message.objects.get(pk=message.pk)
    assert getattr(kept, field) == getattr(message, field)


def test_what_a_message_said_before_is_shown(admin: Client, lived: Cast) -> None:
    message = Message.objects.get(text="second")
    assert "first" in admin.get(url(Message, "change", message.pk)).content.decode()


def test_no_page_shows_the_digest_of_a_token(admin: Client, lived: Cast) -> None:
    token = lived.bob.tokens.get()
    model = type(token)
    for page in (url(model, "changelist"), url(model, "change", token.pk), url(model, "delete", token.pk)):
        text = admin.get(page).content.decode()
        assert "for a program" in text
        assert token.digest not in text
    assert token.digest[:8] in admin.get(url(model, "changelist")).content.decode()


@each_model
def test_staff_without_the_right_sees_nothing(staff: Staff, lived: Cast, model: type[Model]) -> None:
    assert staff().get(url(model, "changelist")).status_code == 403


def test_strangers_and_guests_are_led_to_the_sign_in(cast: Cast) -> None:
    gus = Client()
    gus.force_login(cast.gus)
    for client in (Client(), gus):
        response = client.get("/admin/chat/message/", follow=True)
        assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=/admin/chat/message/")
