"""One record, one line: its form, its fields, and what never gets into it."""

import asyncio
import io
import logging
import re

import pytest
from django.db import IntegrityError
from django.test import RequestFactory

from chat.logs import about, note
from chat.logs.secrets import without_secrets
from tests.logs.conftest import Lines

logger = logging.getLogger("chat.tests")


def test_a_line_is_an_object_with_time_level_logger_and_message(lines: Lines) -> None:
    logger.warning("The %s is away", "database")
    [line] = lines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert line == {"level": "warning", "logger": "chat.tests", "message": "The database is away"}


def test_an_exception_is_part_of_its_line(lines: Lines) -> None:
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        logger.exception("It failed")
    [line] = lines()
    assert line["message"] == "It failed"
    assert line["exc"].startswith("Traceback")
    assert line["exc"].endswith("ValueError: first\nsecond")


def test_a_line_tells_what_it_is_about(lines: Lines) -> None:
    with about(door="socket", address="192.0.2.7"):
        with about(command="send", room=lambda: 7):
            note(user=3)
            logger.warning("inside")
        logger.warning("around")
    logger.warning("outside")
    inside, around, outside = lines()
    assert {name: inside[name] for name in ("door", "address", "command", "room", "user")} == {
        "door": "socket",
        "address": "192.0.2.7",
        "command": "send",
        "room": 7,
        "user": 3,
    }
    assert (around["door"], "command" in around, "user" in around) == ("socket", False, False)
    assert "door" not in outside


async def test_what_outlives_its_cause_is_not_about_it_any_more(lines: Lines) -> None:
    go_on = asyncio.Event()

    async def background() -> None:
        await go_on.wait()
        logger.warning("much later")

    with about(command="subscribe"):
        task = asyncio.create_task(background())
    go_on.set()
    await task
    assert "command" not in lines()[-1]


def test_what_libraries_put_into_a_record_stays_out(lines: Lines) -> None:
    logger.warning("x", extra={"text": "what somebody wrote", "token": "abc", "status": 200})
    [line] = lines()
    assert set(line) == {"time", "level", "logger", "message", "status"}


@pytest.mark.parametrize("odd", ["\ud800", "a\nb", "\x00", "\u2028", '"', "x" * 100_000])
def test_whatever_a_message_holds_it_is_one_line(lines: Lines, odd: str) -> None:
    logger.warning("odd: %s", odd)
    assert lines()[0]["message"].startswith("odd: ")


def test_nobody_writes_a_second_line_into_the_text_form(text: io.StringIO) -> None:
    logger.warning("There is no room %s", "x\n2030-01-01 00:00:00,000 ERROR chat: forged")
    assert len(text.getvalue().splitlines()) == 1


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("GET /chat/lobby/?name=secret HTTP/1.1", "GET /chat/lobby/?… HTTP/1.1"),
        (
            "https://api.github.com/users/x?access_token=secret&b=c failed",
            "https://api.github.com/users/x?… failed",
        ),
        ("redis://user:secret@host:6379/0", "redis://…@host:6379/0"),
        ("Authorization: Bearer secretsecretsecret", "Authorization: Bearer …"),
        ("Has it been migrated?", "Has it been migrated?"),
        ("refused\nDETAIL:  Failing row contains (1, secret\n\nsecret).", "refused"),
        (
            "refused\nDETAIL:  Key (text)=(secret).\n\nThe above exception was the direct cause",
            "refused\n\nThe above exception was the direct cause",
        ),
        (r"exception=Refused('no\nDETAIL:  Key (text)=(secret).')", "exception=Refused('no"),
    ],
)
def test_secrets_and_texts_are_taken_out(written: str, shown: str) -> None:
    assert without_secrets(written) == shown


@pytest.mark.parametrize("form", ["text", "json_stream"])
def test_neither_form_shows_a_secret(request: pytest.FixtureRequest, form: str) -> None:
    stream: io.StringIO = request.getfixturevalue(form)
    try:
        raise IntegrityError("no\nDETAIL:  Failing row contains (7, a private text).")
    except IntegrityError as error:
        logger.exception("Refused: %s", error)
    page = RequestFactory().get("/accounts/password/reset/key/7-abcdefghijklmnopqrstuvwxyz/?next=private")
    logger.error("%s: %s", "Internal Server Error", page.path, extra={"request": page})
    logger.error("GET %s", page.get_full_path())
    written = stream.getvalue()
    assert written.count("Refused") == 1
    assert "Internal Server Error" in written
    assert "private" not in written
    assert "Error: /accounts/password/reset/key/…/" in written
