"""What manage.py serve says when it starts."""

import re

import httpx

from tests.programs import Program

CODE = re.compile(r"[A-Z]{4}(-[A-Z]{4}){3}")


def code_of(server: Program) -> str:
    found = CODE.search(server.wait_for("one-time code"))
    assert found
    return found[0]


def test_the_one_time_code_is_printed_while_there_is_no_administrator(installation: dict[str, str]) -> None:
    arguments = ("serve", "--migrate", "--port", "0")
    with (
        Program.manage(*arguments, **installation) as first,
        Program.manage(*arguments, **installation) as second,
    ):
        url = first.url()
        assert code_of(first) == code_of(second)
        with httpx.Client(base_url=url, follow_redirects=True) as alice:
            assert "Welcome to your chat" in alice.get("/").text
            token = alice.cookies["csrftoken"]
            form = {"csrfmiddlewaretoken": token, "username": "alice", "password1": "correct-horse-battery-9"}
            assert alice.post("/accounts/first/", data=form).url.path == "/"
        first.end()
    with Program.manage(*arguments, **installation) as again:
        again.url()
        again.end()
    assert "one-time code" not in again.output
