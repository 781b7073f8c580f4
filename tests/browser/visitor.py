"""Somebody with a browser of their own: what they do on the page, and what they see there."""

import json
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, Locator, Page, expect

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
PASSWORD = "correct-horse-battery-9"
# Two cores serve the tests, the servers and several browsers.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


class Visitor:
    """A person at the chat of one address."""

    def __init__(self, browser: Browser, url: str, *, size: dict[str, int] = DESK, **options: Any) -> None:
        self.url = url
        self.context = browser.new_context(viewport=size, **options)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    # Coming in.

    def come_in(self, name: str, room: str = "lobby") -> None:
        """Open a room as a guest of this name."""
        self.open(room)
        self.page.get_by_label("Join as a guest").fill(name)
        self.page.get_by_role("button", name="Join", exact=True).click()
        expect(self.composer).to_be_visible()

    def sign_up(self, username: str) -> None:
        """Make an account, without its page, which test_accounts.py fills in, and open the lobby."""
        self.make_account(username)
        self.open("lobby")
        expect(self.composer).to_be_visible()

    def make_account(self, username: str) -> None:
        """Have an account and its session, and nothing open yet."""
        address = f"{self.url}/accounts/signup/"
        self.context.request.get(address)
        fields = {"username": username, "password1": PASSWORD, "csrfmiddlewaretoken": self._csrf_token()}
        form: dict[str, str | float | bool] = {**fields}
        answer = self.context.request.post(address, form=form, max_redirects=0)
        assert answer.status == 302, answer.text()

    def open(self, room: str) -> None:
        self.page.goto(f"{self.url}/chat/{quote(room)}/")

    # Writing.

    @property
    def composer(self) -> Locator:
        return self.page.locator("#composer-text")

    def say(self, text: str) -> None:
        self.composer.fill(text)
        self.composer.press("Enter")

    def tool(self, text: str, name: str) -> None:
        """Use a tool of the message with this text."""
        self.message(text).hover()
        self.message(text).get_by_role("button", name=name, exact=True).click()

    # Reading.

    @property
    def messages(self) -> Locator:
        return self.page.locator("message-item")

    def message(self, text: str) -> Locator:
        return self.messages.filter(has_text=text)

    def texts(self) -> list[str]:
        """What is written in the room, from top to bottom."""
        return self.page.locator("message-item .prose").all_inner_texts()

    def sees(self, text: str) -> None:
        """The message is there, once, and it is not on its way any more."""
        expect(self.message(text)).to_have_count(1)
        expect(self.page.locator("message-item.pending", has_text=text)).to_have_count(0)

    # By the API, with the session of this browser.

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """The status and the JSON of an answer."""
        answer = self.context.request.fetch(
            self.url + path,
            method=method,
            headers={"X-CSRFToken": self._csrf_token(), "Content-Type": "application/json"},
            data=None if body is None else json.dumps(body),
        )
        return answer.status, json.loads(answer.body() or b"null")

    def _csrf_token(self) -> str:
        cookies = {str(one.get("name")): str(one.get("value")) for one in self.context.cookies()}
        return cookies.get("csrftoken", "")

    def leave(self) -> None:
        self.context.close()
