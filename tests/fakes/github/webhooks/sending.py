"""A webhook as somebody has set it up at GitHub: it signs what it delivers, as GitHub does."""

import hashlib
import hmac
import json
import uuid
from typing import Any, NamedTuple

ORGANISATION = {"login": "octo-org", "id": 38302899, "node_id": "MDEyOk9yZ2FuaXphdGlvbjM4MzAyODk5"}


class Post(NamedTuple):
    """One delivery, ready to be sent: keyword arguments of a client's `post`."""

    headers: dict[str, str]
    content: bytes

    @property
    def arguments(self) -> dict[str, Any]:
        return self._asdict()


class Hook(NamedTuple):
    """`of` is what it was set up for: a repository or an organization."""

    secret: str
    of: str = "repository"

    def post(self, kind: str, payload: dict[str, Any], delivery_id: str = "") -> Post:
        """What GitHub sends for this event; an organisation's hook names the organisation in it."""
        whole = {**payload, "organization": ORGANISATION} if self.of == "organization" else payload
        content = json.dumps(whole).encode()
        headers = {
            "Accept": "*/*",
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/044aadd",
            "X-GitHub-Delivery": delivery_id or str(uuid.uuid4()),
            "X-GitHub-Event": kind,
            "X-GitHub-Hook-ID": "292430182" if self.of == "repository" else "292430183",
            "X-GitHub-Hook-Installation-Target-Type": self.of,
        }
        return Post({**headers, **signatures(content, self.secret)}, content)


def signatures(content: bytes, secret: str) -> dict[str, str]:
    """Both headers that GitHub sends; the older one is there for those who look at nothing else."""
    return {
        "X-Hub-Signature": f"sha1={hmac.new(secret.encode(), content, hashlib.sha1).hexdigest()}",
        "X-Hub-Signature-256": f"sha256={hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()}",
    }
