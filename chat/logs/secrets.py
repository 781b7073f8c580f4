"""What must not be in a log: queries of addresses, tokens, secret links, rows that a database shows in its errors."""

import re

from django.http import HttpRequest

HIDDEN = "…"
# Parts of our addresses that name something. Whatever else an address holds may be what lets somebody in.
NAMING = {
    *("slug", "room_name", "message_id", "emoji", "login", "owner", "name"),
    *("object_id", "app_label", "model_name", "content_type_id"),
}
# Where an address leads nowhere it may be a secret link that somebody mistyped: those have long parts.
LONG_PART = re.compile(r"[^/]{20,}")

_RULES = (
    (re.compile(r"(/[^\s?\"'<>]*)\?[^\s\"'<>]+"), rf"\1?{HIDDEN}"),
    (re.compile(r"(://)[^/\s@\"']+@"), rf"\1{HIDDEN}@"),
    (re.compile(r"(?i)\b(bearer|token)\s+[\w.~+/=-]{16,}"), rf"\1 {HIDDEN}"),
    # PostgreSQL shows the row that it refused; a row holds what people wrote, lines and all.
    (
        re.compile(
            r"(?:\n|\\n)(?:DETAIL|CONTEXT|QUERY|LINE \d+):.*?(?=\n\nThe above|\n\nDuring handling|\Z)",
            re.DOTALL,
        ),
        "",
    ),
)


def without_secrets(text: str) -> str:
    """The text of a line or a traceback as it may be written."""
    for pattern, shown in _RULES:
        text = pattern.sub(shown, text)
    return text


def shown_path(request: HttpRequest) -> str:
    """The request's path without query, and without the parts that are secrets."""
    path, match = request.path, request.resolver_match
    if match is None:
        return path if path.startswith("/static/") else LONG_PART.sub(HIDDEN, path)
    parts = [*match.args, *(value for name, value in match.kwargs.items() if name not in NAMING)]
    # The longest first: a short one may be a piece of it, and would leave the rest.
    for secret in sorted((str(part) for part in parts if part), key=len, reverse=True):
        path = path.replace(secret, HIDDEN)
    return path
