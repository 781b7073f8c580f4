"""The one way to GitHub: a bounded HTTP client per event loop, shared by all who ask.

It must not know what is asked for (gathered/ does), nor keep answers (cache.py does).
"""

import asyncio
import functools
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from contextvars import Context
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import NamedTuple
from weakref import WeakKeyDictionary

import httpx
from django.conf import settings

from chat.errors import BadGateway, GatewayTimeout
from chat.github.upstream import quota
from chat.github.upstream.governor import governor_of
from chat.github.upstream.identity import Identity, identity
from chat.github.upstream.places import Places
from chat.github.upstream.retries import persist
from chat.github.upstream.spending import Spender, count
from chat.github.upstream.store import Kept
from chat.github.upstream.verdicts import Limited, Unreached, refusal

# A profile has 1.5 KB, a page of 100 repositories 600 KB.
MOST_BODY_BYTES = 5 * 1024 * 1024
# A renamed account or moved repository takes one; more than a few is a circle.
MOST_REDIRECTS = 3
# Above this many credentials, those that nobody uses just now are forgotten: they know nothing worth keeping.
MOST_CREDENTIALS = 1_000
# Connections stay open this long for the next asker.
IDLE_SECONDS = 30.0
HEADERS = {
    "accept": "application/vnd.github+json",
    # Compressed, a small answer could swell to any size at once; plain, each byte is counted as it comes.
    "accept-encoding": "identity",
    "user-agent": "self-hosted-chat",
    "x-github-api-version": "2022-11-28",
}


class Asked(NamedTuple):
    """One resource: where, as whom, for whom, and what is known of it from before."""

    path: str
    token: str
    spender: Spender
    known: Kept | None = None

    @property
    def headers(self) -> dict[str, str]:
        credential = {"authorization": f"Bearer {self.token}"} if self.token else {}
        return {**credential, **(self.known.conditions if self.known else {})}


class GitHub:
    """Reads resources over one HTTP client, never more at once than there are slots."""

    def __init__(self) -> None:
        most_at_once = settings.GITHUB_MOST_CALLS_AT_ONCE
        self._slots = asyncio.Semaphore(most_at_once)
        self._places: dict[Identity, Places] = {}
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

    async def read(self, asked: Asked) -> Kept:
        """What GitHub says: the known answer, confirmed, or another one.

        Raises NotFound, Forbidden, RateLimited (without a call during a cool-down), BadGateway, GatewayTimeout.
        The wait for a place and further tries count as time, too: whoever asks has an answer within the total.
        """
        who = identity(asked.token)
        try:
            async with asyncio.timeout(self._total_seconds):
                return await persist(functools.partial(self._try, who, asked), self._total_seconds)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise GatewayTimeout("GitHub did not answer in time.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreached("GitHub could not be reached, or broke off.") from error

    async def _try(self, who: Identity, asked: Asked) -> Kept:
        governor = governor_of(who)
        governor.check()  # before the wait: nobody queues for a refusal
        async with self._places_of(who).taken(), self._slots:
            governor.check()
            began = time.monotonic()
            try:
                return await self._exchange(who, asked)
            except Limited as limit:
                governor.limited(limit, began)
                raise

    def _places_of(self, who: Identity) -> Places:
        if len(self._places) > MOST_CREDENTIALS:
            self._places = {each: places for each, places in self._places.items() if places.users}
        if who not in self._places:
            self._places[who] = Places(governor_of(who))
        return self._places[who]

    async def _exchange(self, who: Identity, asked: Asked) -> Kept:
        request = self._http.build_request("GET", asked.path, headers=asked.headers)
        for _ in range(1 + MOST_REDIRECTS):
            count(asked.spender, "calls")
            async with aclosing(await self._http.send(request, stream=True)) as response:
                quota.note(who, response.headers)
                onward = response.next_request
                if onward is None:
                    return await _said(who, asked, response)
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


@functools.cache
def _tls() -> ssl.SSLContext:
    # Reading the certificates takes 20 ms, which a loop full of sockets should spend once.
    return httpx.create_ssl_context()


def _refuse_another_host(known: httpx.URL, other: httpx.URL) -> None:
    if (known.scheme, known.host, known.port) != (other.scheme, other.host, other.port):
        raise BadGateway("GitHub pointed to another host.")


async def _said(who: Identity, asked: Asked, response: httpx.Response) -> Kept:
    """The answer, or the error that it stands for."""
    body = await _bounded_body(response)
    status, headers = response.status_code, response.headers
    if status == 304 and asked.known is not None and asked.known.conditions:
        governor_of(who).heed(headers)
        count(asked.spender, "saved_by_304")
        return asked.known.confirmed()
    error = refusal(status, headers, body)
    if status < 500 and not isinstance(error, Limited):
        governor_of(who).heed(headers)
    if error:
        raise error
    return Kept(body, headers.get("etag", ""), headers.get("last-modified", ""))


async def _bounded_body(response: httpx.Response) -> bytes:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise BadGateway("GitHub answered in an encoding nobody asked for.")
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > MOST_BODY_BYTES:
            raise BadGateway("GitHub's answer is too long.")
    return bytes(body)
