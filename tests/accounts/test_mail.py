"""EMAIL_URL, from the variable to the settings of Django's mail."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatproject import env

FROM = "chat@localhost"


def read(monkeypatch: pytest.MonkeyPatch, url: str) -> dict[str, object]:
    monkeypatch.setenv("EMAIL_URL", url)
    return env.email("EMAIL_URL", FROM)


def test_without_one_no_mail_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(monkeypatch, "")
    assert found["SENDS_EMAIL"] is False
    assert str(found["EMAIL_BACKEND"]).endswith("dummy.EmailBackend")


def test_it_may_be_printed_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(monkeypatch, "console:")
    assert found["SENDS_EMAIL"] is True
    assert str(found["EMAIL_BACKEND"]).endswith("console.EmailBackend")


@pytest.mark.parametrize(
    ("url", "port", "starttls", "tls"),
    [
        ("smtp://mail.example.org", 587, True, False),
        ("smtps://mail.example.org", 465, False, True),
        ("smtp+plain://mail.example.org", 25, False, False),
        ("smtp://mail.example.org:2525", 2525, True, False),
    ],
)
def test_the_scheme_says_how_it_is_encrypted(
    monkeypatch: pytest.MonkeyPatch, url: str, port: int, starttls: bool, tls: bool
) -> None:
    found = read(monkeypatch, url)
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example.org", port)
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (starttls, tls)
    assert found["DEFAULT_FROM_EMAIL"] == FROM


def test_user_password_and_sender_may_hold_any_character(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(monkeypatch, "smtp://us%40er:p%2Fw%3A@mail.example.org?from=Chat+%3Cchat%40example.org%3E")
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("us@er", "p/w:")
    assert found["DEFAULT_FROM_EMAIL"] == "Chat <chat@example.org>"


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp:mail"])
def test_anything_else_is_an_error_at_start(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL must look like smtp://"):
        read(monkeypatch, url)


def test_a_port_that_is_none_is_an_error_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL must look like smtp://"):
        read(monkeypatch, "smtp://mail.example.org:mail")
