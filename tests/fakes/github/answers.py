"""Every kind of trouble that GitHub, or something in its way, may make: by the login that stands for it."""

import itertools
import time
from collections.abc import Callable, Iterator

from tests.fakes.github.messages import JSON_TYPE, Answer, complaint, json_answer, plain_answer
from tests.fakes.github.world import PEOPLE

HUGE_BYTES = 50 * 1024 * 1024
PIECE = b" " * 64 * 1024
HTML = b"<!DOCTYPE html><title>Unicorn!</title><p>We had issues producing the response to your request.</p>"
FOR_EVER_SECONDS = 3600.0
# Long enough for a test to look, and short enough for somebody who tries it out.
RESET_SECONDS = 90
WAIT_SECONDS = 42


def not_found() -> Answer:
    """What GitHub says about names it does not know."""
    return complaint("Not Found", 404)


def failed() -> Answer:
    """A failure of GitHub's own."""
    return complaint("Server Error", 500)


def silent() -> Answer:
    """No answer, the connection stays open."""
    return Answer(wait_seconds=FOR_EVER_SECONDS, length=0)


def slow(seconds: float = 3.0) -> Answer:
    """An honest answer that takes its time."""
    whole = json_answer(PEOPLE["octocat"])
    return Answer(whole.status, whole.headers, whole.body, whole.length, wait_seconds=seconds)


def malformed() -> Answer:
    """JSON that ends too early."""
    return plain_answer(b'{"login": "octocat", "followers": ')


def wrong_shape() -> Answer:
    """JSON of another form: the number of followers is a text."""
    return json_answer({**PEOPLE["octocat"], "followers": "many"})


def html() -> Answer:
    """A page for people, with status 200, as a proxy in the way gives it."""
    return plain_answer(HTML, content_type="text/html; charset=utf-8")


def unavailable() -> Answer:
    """GitHub is overloaded for a moment."""
    return complaint("No server is currently available to service your request.", 503)


def forbidden() -> Answer:
    """Not a matter of how often: this may not be seen."""
    return complaint("Resource not accessible by personal access token", 403)


def rate_limited() -> Answer:
    """The hourly limit is used up: 403, and the time of the reset."""
    reset = str(int(time.time()) + RESET_SECONDS)
    told = {"x_ratelimit_limit": "60", "x_ratelimit_remaining": "0", "x_ratelimit_reset": reset}
    return complaint("API rate limit exceeded for 192.0.2.1.", 403, **told)


def secondary_rate_limited() -> Answer:
    """Too much at once: 429 and how long to wait, while the hourly limit is not used up."""
    told = {"retry_after": str(WAIT_SECONDS), "x_ratelimit_remaining": "4000"}
    return complaint("You have exceeded a secondary rate limit.", 429, **told)


def bad_credentials() -> Answer:
    """The token is not (or no longer) good."""
    return complaint("Bad credentials", 401)


def huge() -> Answer:
    """50 MB, and the length says so."""
    return Answer(200, {"content-type": JSON_TYPE}, _blanks(), HUGE_BYTES)


def huge_unannounced() -> Answer:
    """50 MB in chunks, whose number nobody knows beforehand."""
    return Answer(200, {"content-type": JSON_TYPE}, _blanks())


def dripping() -> Answer:
    """One byte a second: never silent for long, never done."""
    body = (bytes([byte]) for byte in itertools.cycle(b'{"login": '))
    return Answer(200, {"content-type": JSON_TYPE}, body, pause_seconds=1.0)


def compressed() -> Answer:
    """Claims a compression nobody asked for."""
    return plain_answer(b"\x1f\x8b\x08", content_encoding="gzip")


def renamed() -> Answer:
    """The account has another name now: GitHub points to it on its own host."""
    return plain_answer(b"{}", 301, location="/users/octocat")


def moved_away() -> Answer:
    """Points to another host, where a token must not go."""
    return plain_answer(b"{}", 302, location="http://elsewhere.invalid/users/octocat")


def going_round() -> Answer:
    """Points to itself."""
    return plain_answer(b"{}", 302, location="/users/going-round")


def hanging_up() -> Answer:
    """Promises 100 bytes and closes the connection after the first few."""
    return Answer(200, {"content-type": JSON_TYPE, "connection": "close"}, (b'{"login"',), 100)


MISBEHAVING: dict[str, Callable[[], Answer]] = {
    "answers-500": failed,
    "answers-503": unavailable,
    "answers-html": html,
    "answers-malformed": malformed,
    "answers-wrong-shape": wrong_shape,
    "answers-slowly": slow,
    "never-answers": silent,
    "rate-limited": rate_limited,
    "rate-limited-twice": secondary_rate_limited,
    "forbidden": forbidden,
    "bad-credentials": bad_credentials,
    "fifty-megabytes": huge,
    "fifty-megabytes-in-chunks": huge_unannounced,
    "one-byte-a-second": dripping,
    "compressed": compressed,
    "renamed-user": renamed,
    "moved-to-another-host": moved_away,
    "going-round": going_round,
    "hangs-up": hanging_up,
}


def _blanks() -> Iterator[bytes]:
    return itertools.repeat(PIECE, HUGE_BYTES // len(PIECE))
