"""The webhooks that are set up at this GitHub: each is told of every move, in order, by a thread of its own."""

import contextlib
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import httpx

from tests.fakes.github.webhooks.sending import Hook, Post

Payload = dict[str, Any]

# As GitHub waits for an answer.
ANSWERED_WITHIN_S = 10.0


class Delivered(NamedTuple):
    """What was sent, and the status that it was answered with; None where nobody answered."""

    url: str
    kind: str
    post: Post
    status: int | None


class Webhooks:
    """Nothing is sent twice by itself, as GitHub does not; `redeliver` sends what was sent once more."""

    def __init__(self, listeners: list[Any]) -> None:
        self.delivered: list[Delivered] = []
        self._hooks: list[tuple[str, Hook]] = []
        self._sender: ThreadPoolExecutor | None = None
        self._pending: list[Future[None]] = []
        listeners.append(self._hear)

    def add(self, url: str, secret: str, of: str = "repository") -> None:
        """Tell this address from now on, beginning with a ping."""
        hook = Hook(secret, of)
        self._hooks.append((url, hook))
        self._send(
            url, "ping", hook.post("ping", {"zen": "Design for failure.", "hook_id": len(self._hooks)})
        )

    def redeliver(self) -> None:
        """Everything that was delivered so far, with the same ids."""
        for url, kind, post, _ in self.wait()[:]:
            self._send(url, kind, post)

    def wait(self) -> list[Delivered]:
        """All deliveries so far, once each has been answered or given up."""
        for sending in self._pending:
            sending.result()
        return self.delivered

    def close(self) -> None:
        if self._sender is not None:
            self._sender.shutdown(cancel_futures=True)

    def _hear(self, kind: str, payload: Payload) -> None:
        for url, hook in self._hooks:
            self._send(url, kind, hook.post(kind, payload))

    def _send(self, url: str, kind: str, post: Post) -> None:
        self._sender = self._sender or ThreadPoolExecutor(1, "fake-webhooks")
        self._pending.append(self._sender.submit(self._deliver, url, kind, post))

    def _deliver(self, url: str, kind: str, post: Post) -> None:
        status = None
        with contextlib.suppress(httpx.TransportError):
            status = httpx.post(url, timeout=ANSWERED_WITHIN_S, **post.arguments).status_code
        self.delivered.append(Delivered(url, kind, post, status))
