"""The admin: which staff sees, adds, changes and deletes what, and runs which operation. Nobody else comes in."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse

from chat import jobs
from chat.github.models import Delivery, Subscription
from chat.models import AuditEntry, Membership, Room, Token, User
from tests.admin.conftest import client_of
from tests.cast import person, sign_in
from tests.matrix.conftest import on_sqlite_alone
from tests.matrix.places import VISITORS, furnish, gather
from tests.matrix.staff import OPERATIONS, PAGES, SAID
from tests.matrix.words import differences

pytestmark = pytest.mark.django_db

# Changed by the accounts' own page, as everybody's password is; and ending one's own session, which anybody may.
ELSEWHERE = {"password_change", "logout"}
PAGES_OF_A_MODEL = ("changelist", "add", "change", "delete", "history")
STAFF = ("superuser", "reader", "rightless")
WRONG = {"email": "no address"}
OUTSIDE = [visitor for visitor in VISITORS if visitor != "staff"]


@pytest.fixture
def people() -> dict[str, User]:
    """All of them in one room, with rows of every kind that is changed here."""
    found = gather()
    furnish(found, "public", [("look", visitor) for visitor in VISITORS])
    for name, rights in (("reader", "view_"), ("rightless", "none")):
        found[name] = staff(name, Permission.objects.filter(codename__startswith=rights))
    found["superuser"] = found["staff"]
    sign_in(found["stranger"])
    Token.objects.create(user=found["stranger"], digest="0" * 64)
    EmailAddress.objects.create(user=found["stranger"], email="a@example.org")
    SocialAccount.objects.create(user=found["stranger"], provider="github", uid="1")
    Group.objects.create(name="Some")
    lobby = Room.objects.get(slug="lobby")
    Subscription.objects.create(room=lobby, repository="a/b", repository_key="a/b", pulls=True)
    Delivery.objects.create(
        delivery_id="d", event="star", key="k", state="failed", attempts=6, size=2, payload=b"x"
    )
    jobs.states([job.name for job in jobs.registered()])
    return found


def staff(name: str, rights: object) -> User:
    made = person(name)
    made.is_staff = True
    made.save()
    made.user_permissions.set(rights)  # type: ignore[arg-type]
    return made


def key_of(model: type[Model]) -> str:
    return model._meta.label_lower


def address(model: type[Model], page: str) -> str:
    """Of a row that is there, or where there is none of one that is not."""
    row = model._default_manager.order_by("pk").first()
    arguments = [] if page in ("changelist", "add") else [row.pk if row else 1]
    return reverse(f"admin:{key_of(model).replace('.', '_')}_{page}", args=arguments)


def test_every_model_operation_and_page_has_a_row_and_every_row_one_of_them() -> None:
    models = {key_of(model) for model in admin.site._registry}
    assert set(SAID) == models
    request = RequestFactory().get("/admin/")
    request.user = User(is_superuser=True, is_staff=True)
    operations = {
        f"{key_of(model)} {name}"
        for model, page in admin.site._registry.items()
        for name in page.get_actions(request)
    }
    assert operations == set(OPERATIONS)
    of_models = {f"{key.replace('.', '_')}_{page}" for key in models for page in PAGES_OF_A_MODEL}
    assert _names() - of_models == set(PAGES) | ELSEWHERE


def _names() -> set[str]:
    """Of all addresses below /admin/."""
    found: set[str] = set()
    pending = list(admin.site.urls[0])
    while pending:
        pattern = pending.pop()
        pending += getattr(pattern, "url_patterns", [])
        if name := getattr(pattern, "name", None):
            found.add(name)
    return found


def test_superusers_may_what_the_table_says_readers_see_and_the_others_nothing(
    people: dict[str, User],
) -> None:
    for who in STAFF:
        browser = client_of(people[who])
        said = {
            key: {deed: as_seen_by(who, deed, word) for deed, word in row.items()}
            for key, row in SAID.items()
        }
        found = {key_of(model): allowed(browser, model) for model in admin.site._registry}
        assert (who, differences(found, said)) == (who, [])


def as_seen_by(who: str, deed: str, word: str) -> str:
    return word if who == "superuser" or (who == "reader" and deed == "see") else "no"


def allowed(browser: Client, model: type[Model]) -> dict[str, str]:
    """By what each page answers. A form that is sent in a wrong form changes nothing: it is shown again, or refused."""
    rows = model._default_manager.exists()
    see = ["changelist", *(["change", "history"] if rows else [])]
    statuses = {
        "see": {browser.get(address(model, page)).status_code for page in see},
        "add": {way(address(model, "add"), WRONG).status_code for way in (browser.get, browser.post)},
        "change": {browser.post(address(model, "change"), WRONG).status_code},
        "delete": {browser.get(address(model, "delete")).status_code},
    }
    return {deed: word_of(found) for deed, found in statuses.items()}


def word_of(statuses: set[int]) -> str:
    return {frozenset({200}): "ok", frozenset({403}): "no"}.get(frozenset(statuses), str(sorted(statuses)))


@on_sqlite_alone
@pytest.mark.parametrize("who", STAFF)
def test_the_other_pages_are_for_whom_the_table_says(people: dict[str, User], who: str) -> None:
    browser = client_of(people[who])
    found = {name: {who: str(browser.get(path_of(name, people)).status_code)} for name in PAGES}
    assert differences(found, PAGES) == []


def path_of(name: str, people: dict[str, User]) -> str:
    if name == "app_list":
        return reverse("admin:app_list", args=["chat"])
    if name == "autocomplete":
        return reverse("admin:autocomplete") + "?app_label=chat&model_name=ban&field_name=room"
    if name == "view_on_site":
        content_type = ContentType.objects.get_for_model(Room)
        return reverse("admin:view_on_site", args=[content_type.pk, Room.objects.get(slug="lobby").pk])
    of_a_person = name in ("chat_user_everything", "auth_user_password_change")
    return reverse(f"admin:{name}", args=[people["stranger"].pk] if of_a_person else [])


@on_sqlite_alone
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_asks_for_its_right_and_for_no_other(people: dict[str, User], operation: str) -> None:
    key, _, name = operation.partition(" ")
    model = apps.get_model(key)
    row = ROWS.get(operation, _first)(model, people)
    seeing = Permission.objects.filter(codename__startswith="view_")
    needed = Permission.objects.filter(codename=OPERATIONS[operation])
    every_other = Permission.objects.exclude(codename=OPERATIONS[operation])
    assert not runs(client_of(staff("without", every_other)), model, name, row)
    assert runs(client_of(staff("with", seeing | needed)), model, name, row)


def runs(browser: Client, model: type[Model], name: str, row: Model) -> bool:
    """Whether the operation was carried out, as the audit trail has it."""
    before = AuditEntry.objects.count()
    form = {"action": name, ACTION_CHECKBOX_NAME: row.pk, "index": 0, "confirmed": "yes", "post": "yes"}
    assert browser.post(address(model, "changelist"), form).status_code in (200, 302)
    return AuditEntry.objects.count() > before


def _first(model: type[Model], people: dict[str, User]) -> Model:
    found = model._default_manager.order_by("pk").first()
    assert found is not None
    return found


def _stranger(model: type[Model], people: dict[str, User]) -> Model:
    return people["stranger"]


def _closed(model: type[Model], people: dict[str, User]) -> Model:
    User.objects.filter(pk=people["stranger"].pk).update(is_active=False)
    return people["stranger"]


def _archived(model: type[Model], people: dict[str, User]) -> Model:
    [place] = furnish(people, "archived", [("look", "owner")]).values()
    return Room.objects.get(slug=place.slug)


def _moderator(model: type[Model], people: dict[str, User]) -> Model:
    return Membership.objects.get(user=people["moderator"])


ROWS: dict[str, Callable[[type[Model], dict[str, User]], Model]] = {
    "chat.membership make_owner": _moderator,
    "chat.membership make_member": _moderator,
    "chat.membership make_moderator": lambda *_: Membership.objects.filter(role="member").latest("pk"),
    "chat.membership remove": _moderator,
    "chat.room reopen": _archived,
    "chat.user deactivate": _stranger,
    "chat.user reactivate": _closed,
    "chat.user reset_link": _stranger,
    "chat.user sign_out": _stranger,
}


@on_sqlite_alone
@pytest.mark.parametrize("visitor", OUTSIDE)
def test_whoever_is_no_staff_is_led_to_the_sign_in_from_every_page_there_or_not(
    people: dict[str, User], visitor: str
) -> None:
    browser = Client() if visitor == "nobody" else client_of(people[visitor])
    pages = [address(model, page) for model in admin.site._registry for page in PAGES_OF_A_MODEL]
    pages += [path_of(name, people) for name in PAGES if name != "login"]
    missing = [
        f"/admin/chat/room/{2**40}/change/",
        f"/admin/chat/user/{2**40}/everything/",
        "/admin/nothing/",
    ]
    for path in (*pages, *missing):
        for answer in (browser.get(path), browser.post(path)):
            assert answer.status_code == 302, path
            assert answer.headers["Location"].startswith("/admin/login/?next="), path
            assert answer.content == b"", path


@on_sqlite_alone
@pytest.mark.parametrize("visitor", OUTSIDE)
def test_the_way_in_leads_to_the_sign_in_of_everybody_or_says_no(
    people: dict[str, User], visitor: str
) -> None:
    browser = Client() if visitor == "nobody" else client_of(people[visitor])
    answer = browser.get("/admin/login/")
    if visitor in ("nobody", "guest"):
        assert answer.headers["Location"].startswith("/accounts/login/?next=/admin/")
    else:
        assert answer.status_code == 403
