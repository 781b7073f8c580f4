"""Operators: one with all rights, and some with a few."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from chat.models import User
from tests.cast import Cast, person

Staff = Callable[..., Client]


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def operator(cast: Cast) -> User:
    """Olga, who may do everything."""
    olga = person("olga")
    olga.is_staff = olga.is_superuser = True
    olga.save()
    return olga


@pytest.fixture
def admin(operator: User) -> Client:
    return client_of(operator)


@pytest.fixture
def staff(cast: Cast) -> Staff:
    """Makes operators with the named rights alone, such as "view_message"."""

    def make(*rights: str) -> Client:
        helper = person(f"helper-{len(rights)}-{User.objects.count()}")
        helper.is_staff = True
        helper.save()
        found = Permission.objects.filter(codename__in=rights, content_type__app_label="chat")
        assert len(found) == len(rights)
        helper.user_permissions.set(found)
        return client_of(helper)

    return make
