"""Conditional requests: each good answer gets an ETag and the time of its last change, and 304 says "as you know it".

As with GitHub, the ETag differs from token to token.
"""

import hashlib
import time
from dataclasses import replace
from email.utils import formatdate, parsedate_to_datetime

from tests.fakes.github.messages import Answer, Request


class Conditions:
    """Knows when each resource was last seen to be another. `etags` and `times` may be turned off."""

    def __init__(self) -> None:
        self.etags = True
        self.times = True
        self._known: dict[tuple[str, str], tuple[str, float]] = {}

    def answer(self, request: Request, whole: Answer) -> Answer:
        """The whole answer with its marks, or 304 without a body when the asker has it already."""
        if whole.status != 200 or not isinstance(whole.body, tuple) or "etag" in whole.headers:
            return whole
        digest = hashlib.sha256(b"".join(whole.body)).hexdigest()
        marks = self._marks(request, digest)
        if self._is_known(request, marks):
            return Answer(304, marks, (), 0, wait_seconds=whole.wait_seconds)
        return replace(whole, headers={**whole.headers, **marks})

    def _marks(self, request: Request, digest: str) -> dict[str, str]:
        before, changed_at = self._known.get((request.target, request.token), ("", 0.0))
        if before != digest:
            changed_at = time.time()
            self._known[request.target, request.token] = (digest, changed_at)
        marks = {"etag": f'W/"{hashlib.sha256((request.token + digest).encode()).hexdigest()}"'}
        changed = {"last-modified": formatdate(changed_at, usegmt=True)}
        return {**(marks if self.etags else {}), **(changed if self.times else {})}

    def _is_known(self, request: Request, marks: dict[str, str]) -> bool:
        """An ETag goes before a time, which has whole seconds only."""
        if given := request.headers.get("if-none-match"):
            return given == marks.get("etag")
        since, changed = request.headers.get("if-modified-since"), marks.get("last-modified")
        if since is None or changed is None:
            return False
        return parsedate_to_datetime(changed) <= parsedate_to_datetime(since)
