"""An installation for browsers: one `manage.py serve` with a data folder, a port and a Redis of its own."""

import signal
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.programs import Program

# Tests are in a hurry, and everybody comes from one address.
SETTINGS = {
    "CHAT_RATE_LIMITS": "off",
    "CHAT_GUESTS": "write",
    "CHAT_ROOMS_ON_DEMAND": "1",
    "CHAT_SIGNUP": "open",
}


class Installation:
    """Serves until the end of the `with`; may be killed and started again at the same address."""

    def __init__(self, **settings: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="chat-")
        self._settings = {**SETTINGS, "CHAT_DATA_DIR": self._folder.name, **settings}
        self._server = self._serve("0")
        self.url = self._server.url()

    def stop(self, by: signal.Signals = signal.SIGKILL) -> None:
        """End the server; the data stays."""
        self._server.end(by)

    def start(self) -> None:
        """Serve again, at the address of before."""
        self._server = self._serve(self.url.rsplit(":", 1)[1])
        self._server.url()

    def add_administrator(self) -> None:
        """Somebody who looks after it, so that its first page is the list of rooms."""
        names = {"DJANGO_SUPERUSER_USERNAME": "admin", "DJANGO_SUPERUSER_EMAIL": ""}
        self.manage("createsuperuser", "--noinput", **names, DJANGO_SUPERUSER_PASSWORD="a very long secret")

    def manage(self, *arguments: str, **variables: str) -> None:
        """Run a management command to its end."""
        with Program.manage(*arguments, **variables, **self._settings) as command:
            assert command.wait() == 0, command.output

    def lose_the_database(self) -> None:
        """Delete it, while no server runs."""
        for file in Path(self._folder.name).glob("chat.sqlite3*"):
            file.unlink()

    def _serve(self, port: str) -> Program:
        return Program.manage("serve", "--migrate", "--port", port, **self._settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.end()
        self._folder.cleanup()
