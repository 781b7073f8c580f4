"""Sockets of an ended session close at once in every process, not only in the one where it ended."""

import re
from collections.abc import Callable, Iterator

import pytest

from tests.delivery.browser import PASSWORD, Browser
from tests.delivery.house import House
from tests.programs import Program
from tests.wire import Wire

NEW = "staple-battery-correct-7"


@pytest.fixture
def new_browser(house: House) -> Iterator[Callable[[], Browser]]:
    """Makes browsers at the first server."""
    made: list[Browser] = []

    def make() -> Browser:
        made.append(Browser(house.urls[0]))
        return made[-1]

    yield make
    for each in made:
        each.http.close()


@pytest.fixture
def alice(new_browser: Callable[[], Browser]) -> Browser:
    """The administrator, made on the first page."""
    found = new_browser()
    found.make_administrator("alice")
    return found


@pytest.fixture
def bob(alice: Browser, new_browser: Callable[[], Browser]) -> Browser:
    found = new_browser()
    found.sign_up("bob")
    return found


async def test_signing_out_here_closes_the_sockets_there(house: House, bob: Browser) -> None:
    wires = [await bob.socket(url) for url in house.urls]
    bob.post("/accounts/logout/")
    assert [(await wire.gone()).code for wire in wires] == [4401, 4401]


async def test_a_changed_password_here_closes_the_other_sessions_there(
    house: House, bob: Browser, new_browser: Callable[[], Browser]
) -> None:
    elsewhere = new_browser()
    elsewhere.post("/accounts/login/", login="bob", password=PASSWORD)
    own, other = await bob.socket(house.urls[1]), await elsewhere.socket(house.urls[1])
    bob.post("/accounts/password/change/", oldpassword=PASSWORD, password1=NEW, password2=NEW)
    assert (await other.gone()).code == 4401
    assert (await own.gone()).code == 1012
    assert (await own.event("goodbye"))["reconnect_after"] > 0
    async with await bob.socket(house.urls[1]) as back:
        assert back.hello["user"]["name"] == "bob"


async def test_a_deactivation_in_the_admin_closes_sockets_and_ends_tokens_there(
    house: House, migrated: dict[str, str], alice: Browser, bob: Browser
) -> None:
    token = _token(migrated, "bob")
    own = await bob.socket(house.urls[1])
    program = await Wire.connect(house.urls[1], token=token)
    found = re.search(r"/admin/chat/user/(\d+)/change/\">bob<", alice.http.get("/admin/chat/user/").text)
    assert found
    alice.post("/admin/chat/user/", action="deactivate", index="0", **{"_selected_action": found[1]})
    assert (await own.gone()).code == 4401
    assert (await program.gone()).code == 4401
    assert alice.http.get("/admin/").status_code == 200


async def test_a_session_revoked_here_closes_its_sockets_there(
    house: House, bob: Browser, new_browser: Callable[[], Browser]
) -> None:
    elsewhere = new_browser()
    elsewhere.post("/accounts/login/", login="bob", password=PASSWORD)
    lost = [await elsewhere.socket(url) for url in house.urls]
    kept = [await bob.socket(url) for url in house.urls]
    # The list begins with the newest one, which is the other browser's.
    button = re.search(r'name="session" value="(\d+)"', bob.http.get("/accounts/sessions/").text)
    assert button
    bob.post("/accounts/sessions/", session=button[1])
    assert [(await wire.gone()).code for wire in lost] == [4401, 4401]
    assert elsewhere.http.get("/api/me").json()["user"] is None
    assert [(await wire.ask("ping"))["type"] for wire in kept] == ["ok", "ok"]


def _token(migrated: dict[str, str], name: str) -> str:
    with Program.manage("token", name, **migrated) as command:
        assert command.wait() == 0
    return command.lines[-1]
