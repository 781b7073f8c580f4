"""Whatever a request does is recorded with the door and the address that it came from."""

import pytest
from django.test import AsyncClient, Client

from chat import database
from chat.actions.accounts import create_token
from chat.models import AuditEntry
from tests.admin.conftest import client_of
from tests.cast import assemble, person

ADDRESS = "192.0.2.7"
FORM = {"username": "dora", "name": "", "email": "", "password1": "staple-battery-correct-7"}


def last() -> tuple[str, str, str]:
    entry = AuditEntry.objects.latest("id")
    return entry.action, entry.door, entry.address


@pytest.mark.django_db
def test_the_admin_and_the_other_pages_are_told_apart() -> None:
    olga = person("olga")
    olga.is_staff = olga.is_superuser = True
    olga.save()
    bob = person("bob")
    form = {"action": "deactivate", "_selected_action": bob.pk, "index": 0}
    client_of(olga).post("/admin/chat/user/", form, REMOTE_ADDR=ADDRESS)
    assert last() == ("deactivated", "admin", ADDRESS)
    signing_up = Client(SERVER_NAME="localhost", REMOTE_ADDR=ADDRESS)
    assert signing_up.post("/accounts/signup/", FORM).status_code == 302
    assert last() == ("account_made", "web", ADDRESS)
    create_token(bob)
    assert last() == ("token_made", "command", "")


@pytest.mark.django_db(transaction=True)
async def test_under_asgi_too() -> None:
    cast = await database.write(assemble)
    olga = await database.write(person, "olga")
    olga.is_staff = olga.is_superuser = True
    await database.write(olga.save)
    admin = AsyncClient()
    await admin.aforce_login(olga)
    form = {"action": "deactivate", "_selected_action": cast.bob.pk, "index": 0}
    await admin.post("/admin/chat/user/", form)
    assert await database.call(last) == ("deactivated", "admin", "127.0.0.1")
