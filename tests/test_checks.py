"""The system checks: each speaks where it should, and a home installation hears nothing."""

import pytest
from pytest_django.fixtures import Settings

from chat.checks import check_combinations

HOME = {
    "LOOPBACK": True,
    "HOME_MODE": True,
    "PUBLIC_ORIGIN": "",
    "DEBUG": False,
    "CHAT_GUESTS": "write",
    "CHAT_ROOMS_ON_DEMAND": True,
    "ALLOWED_HOSTS": ["localhost"],
}
PUBLIC = {"LOOPBACK": False, "HOME_MODE": False, "CHAT_GUESTS": "off", "CHAT_ROOMS_ON_DEMAND": False}
ORIGIN = "https://chat.example.org"


@pytest.mark.parametrize(
    ("changes", "ids"),
    [
        ({}, []),
        ({**PUBLIC, "PUBLIC_ORIGIN": ORIGIN}, []),
        (PUBLIC, ["chat.W001"]),
        ({**PUBLIC, "PUBLIC_ORIGIN": ORIGIN, "DEBUG": True}, ["chat.W002"]),
        ({"CHAT_GUESTS": "off"}, ["chat.W003"]),
        ({**PUBLIC, "PUBLIC_ORIGIN": ORIGIN, "ALLOWED_HOSTS": ["*"]}, ["chat.E001"]),
    ],
)
def test_each_doubtful_combination_is_named(
    changes: dict[str, object], ids: list[str], settings: Settings
) -> None:
    for name, value in {**HOME, **changes}.items():
        setattr(settings, name, value)
    assert [message.id for message in check_combinations(None)] == ids
