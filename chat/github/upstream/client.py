"""The one way to GitHub: a bounded HTTP client per event loop, shared by all who ask.

It must not know what is asked for (gathered/ does), nor keep answers (cache.py does).
"""

import asyncio
import functools
import hashlib
import ssl
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from contextvars import Context
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TypeVar
from weakref import WeakKeyDictionary

import httpx
import msgspec
from django.conf import settings

from chat.errors import BadGateway, GatewayTimeout
from chat.github.upstream import quota
from chat.github.upstream.verdicts import refusal

Form = TypeVar("Form")

# A profile has 1.5 KB, a page of 100 repositories 600 KB.
MOST_BODY_BYTES = 5 * 1024 * 1024
# A renamed account or moved repository takes one; more than a few is a circle.
MOST_REDIRECTS = 3
# Connections stay open this long for the next asker.
IDLE_SECONDS = 30.0
HEADERS = {
    "accept": "application/vnd.github+json",
    # Compressed, a small answer could swell to any size at once; plain, each byte is counted as it comes.
    "accept-encoding": "identity",
    "user-agent": "self-hosted-chat",
    "x-github-api-version": "2022-11-28",
}


class GitHub:
    """Reads resources over one HTTP client, never more at once than there are slots."""

    def __init__(self) -> None:
        most_at_once = settings.GITHUB_MOST_CALLS_AT_ONCE
        self._slots = asyncio.Semaphore(most_at_once)
        self._total_seconds = settings.GITHUB_TOTAL_TIMEOUT_SECONDS
        self._http = httpx.AsyncClient(
            base_url=settings.GITHUB_API_URL,
            headers=HEADERS,
            timeout=httpx.Timeout(
                settings.GITHUB_READ_TIMEOUT_SECONDS, connect=settings.GITHUB_CONNECT_TIMEOUT_SECONDS
            ),
            # The slots bound how many connections are in use; waiting for one here would count as silence.
            limits=httpx.Limits(max_keepalive_connections=most_at_once, keepalive_expiry=IDLE_SECONDS),
            verify=_tls(),
            # One client serves several credentials: what is set for one must not come along with another.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    async def read(self, path: str, form: type[Form], *, token: str) -> Form:
        """The resource at `path` in the given form, as `token` (or, when it is empty, anybody) sees it.

        Raises NotFound, RateLimited, BadGateway, GatewayTimeout. The wait for a slot counts as time, too:
        whoever asks has an answer within the total.
        """
        try:
            async with asyncio.timeout(self._total_seconds), self._slots:
                return _decoded(await self._body(path, token), form)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise GatewayTimeout("GitHub did not answer in time.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise BadGateway("GitHub could not be reached, or broke off.") from error

    async def _body(self, path: str, token: str) -> bytes:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        request = self._http.build_request("GET", path, headers=headers)
        for _ in range(1 + MOST_REDIRECTS):
            async with aclosing(await self._http.send(request, stream=True)) as response:
                quota.note(identity(token), response.headers)
                onward = response.next_request
                if onward is None:
                    return await _checked_body(response)
            _refuse_another_host(request.url, onward.url)
            request = onward
        raise BadGateway("GitHub sent us round in circles.")

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()


@asynccontextmanager
async def shared() -> AsyncIterator[GitHub]:
    """The client of the running loop: opened for the first asker, closed when idle or with the loop."""
    loop = asyncio.get_running_loop()
    keeper = _keepers.get(loop)
    if keeper is None:
        keeper = _keepers[loop] = _Keeper(loop)
    keeper.askers += 1
    keeper.asked.set()
    try:
        yield keeper.github
    finally:
        keeper.askers -= 1


class _Keeper:
    """Keeps a loop's client open between askers, by a task.

    A loop that ends (asyncio.run, async_to_sync under WSGI) cancels its tasks and waits for them: so the
    client is closed on the loop that opened it, whoever asked and however they went.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.github = GitHub()
        self.askers = 0
        self.asked = asyncio.Event()
        # An empty context: the task outlives the request that happened to be first.
        self._task = loop.create_task(self._keep(loop), name="github client", context=Context())

    async def _keep(self, loop: asyncio.AbstractEventLoop) -> None:
        async with aclosing(self.github):
            try:
                await self._idle()
            finally:
                # Before it closes: the next asker opens another.
                del _keepers[loop]

    async def _idle(self) -> None:
        """Return when nobody is there and nobody came for IDLE_SECONDS."""
        came = True
        while came or self.askers:
            self.asked.clear()
            try:
                # Not wait_for: before Python 3.12 it loses a cancellation that comes with the event.
                async with asyncio.timeout(IDLE_SECONDS):
                    came = await self.asked.wait()
            except TimeoutError:
                came = False


_keepers: WeakKeyDictionary[asyncio.AbstractEventLoop, _Keeper] = WeakKeyDictionary()


def identity(token: str) -> quota.Identity:
    """As whom GitHub knows us there: tells credentials apart without keeping them."""
    return settings.GITHUB_API_URL, hashlib.sha256(token.encode()).hexdigest()


@functools.cache
def _tls() -> ssl.SSLContext:
    # Reading the certificates takes 20 ms, which a loop full of sockets should spend once.
    return httpx.create_ssl_context()


def _refuse_another_host(known: httpx.URL, other: httpx.URL) -> None:
    if (known.scheme, known.host, known.port) != (other.scheme, other.host, other.port):
        raise BadGateway("GitHub pointed to another host.")


async def _checked_body(response: httpx.Response) -> bytes:
    body = await _bounded_body(response)
    if error := refusal(response.status_code, response.headers, body):
        raise error
    return body


async def _bounded_body(response: httpx.Response) -> bytes:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise BadGateway("GitHub answered in an encoding nobody asked for.")
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > MOST_BODY_BYTES:
            raise BadGateway("GitHub's answer is too long.")
    return bytes(body)


def _decoded(body: bytes, form: type[Form]) -> Form:
    try:
        return msgspec.json.decode(body, type=form)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadGateway("GitHub's answer is malformed.") from error
