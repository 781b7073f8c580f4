"""One HTTP exchange as the fake sees it: the request it read and the answer it writes."""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

JSON_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Request:
    """A request as it was read; `target` is its path with the query, as it came."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @classmethod
    def parse(cls, head: bytes) -> "Request":
        """Read a head as it came over the wire; header names come out in lower case."""
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        pairs = (line.partition(":") for line in lines if line)
        return cls(method, target, {name.lower(): value.strip() for name, _, value in pairs})

    @property
    def path(self) -> str:
        """Without the query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """By name; the last of several."""
        return dict(parse_qsl(self.target.partition("?")[2]))

    @property
    def length(self) -> int:
        """Of the body that follows the head."""
        return int(self.headers.get("content-length", 0))

    @property
    def token(self) -> str:
        """The credential it came with, or "" without one."""
        return self.headers.get("authorization", "").partition(" ")[2]

    @property
    def login(self) -> str | None:
        """The account asked for, or None when the path is not /users/<login>."""
        prefix, _, login = self.path.rpartition("/")
        return login.lower() if prefix == "/users" and login else None


@dataclass
class Exchange:
    """One call, from its arrival to the end of its answer; times in seconds of the monotonic clock."""

    request: Request
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None
    status: int | None = None

    def told(self) -> dict[str, Any]:
        """For the record that other processes read: no token, only whether there was one."""
        head = {"method": self.request.method, "path": self.request.target, "status": self.status}
        return {**head, "with_token": bool(self.request.token), "began": self.began, "ended": self.ended}


@dataclass(frozen=True)
class Answer:
    """What is written back; without a `length` the body goes out in chunks of unknown number."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Iterable[bytes] = ()
    length: int | None = None
    wait_seconds: float = 0.0
    pause_seconds: float = 0.0  # after each piece of the body

    def head(self) -> bytes:
        """The status line and headers as bytes."""
        unknown = self.length is None
        size = {"transfer-encoding": "chunked"} if unknown else {"content-length": str(self.length)}
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in {**self.headers, **size}.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def with_headers(answer: Answer, headers: Mapping[str, str]) -> Answer:
    """The answer with these headers too, where it has none of the name."""
    return replace(answer, headers={**headers, **answer.headers})


def json_answer(value: Any, status: int = 200, **headers: str) -> Answer:
    """An ordinary answer of GitHub; underscores in header names stand for hyphens."""
    return plain_answer(json.dumps(value).encode(), status, JSON_TYPE, **headers)


def plain_answer(body: bytes, status: int = 200, content_type: str = JSON_TYPE, **headers: str) -> Answer:
    """A whole body of any type, its length told beforehand."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"content-type": content_type, **named}, (body,), len(body))


def complaint(message: str, status: int, **headers: str) -> Answer:
    """An error in GitHub's form."""
    body = {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}
    return json_answer(body, status, **headers)
