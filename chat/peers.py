"""What connects to us, as far as it can be told: by our name, through a proxy, or from this machine itself.

Addresses that a server has found behind its trusted proxies are in REMOTE_ADDR already; this looks at what is left.
"""

import ipaddress
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host

# Whoever sends one of these speaks for somebody else. Our own server removes them all, and sets PROXIED instead.
FORWARDING_HEADERS = frozenset(
    (
        *("cf-connecting-ip", "forwarded", "true-client-ip", "via", "x-client-ip", "x-forwarded"),
        *("x-forwarded-by", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto"),
        *("x-forwarded-scheme", "x-forwarded-server", "x-forwarded-ssl", "x-original-host", "x-real-ip"),
    )
)
# The key of a scope whose request came through a proxy, trusted or not.
PROXIED = "chat.proxied"
ROOT_UID = 0
# The columns of /proc/net/tcp: both addresses as "address:port" in hexadecimal, and whose the connection is.
LOCAL_COLUMN, REMOTE_COLUMN, UID_COLUMN = 1, 2, 7
CONNECTION_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")


def host_is_known(scope: Mapping[str, Any]) -> bool:
    """Whether it asks for a name that is ours (ALLOWED_HOSTS), once. Without any name Django knows what to do."""
    hosts = [value.decode("latin-1") for key, value in scope["headers"] if key == b"host"]
    if len(hosts) != 1:
        return not hosts
    name, _ = split_domain_port(hosts[0])
    return bool(name) and validate_host(name, settings.ALLOWED_HOSTS)


def is_proxied(request: HttpRequest) -> bool:
    """Whether a proxy shows: by its headers, or by HTTP/1.0, which proxies speak by default and browsers never."""
    scope = getattr(request, "scope", {})
    if scope.get(PROXIED) or scope.get("http_version") == "1.0":
        return True
    return any(name in request.headers for name in FORWARDING_HEADERS)


def is_loopback(address: str) -> bool:
    """Whether the text is a loopback address, also as an IPv4 address within IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return (getattr(parsed, "ipv4_mapped", None) or parsed).is_loopback


def is_of_another_user(request: HttpRequest) -> bool:
    """Whether the loopback connection behind the request surely belongs to another user of this machine.

    A proxy that hides itself is told by this from the person who started the server: it runs as a user of its own.
    Only Linux shows it, and only while the server knows both ends; False elsewhere.
    """
    scope = getattr(request, "scope", {})
    theirs, ours = scope.get("client"), scope.get("server")
    if not theirs or not ours or not theirs[1] or not ours[1]:
        return False
    uid = _owner(int(theirs[1]), int(ours[1]))
    return uid is not None and uid not in (ROOT_UID, os.getuid())


def _owner(their_port: int, our_port: int) -> int | None:
    """Whose the connection from one loopback port to another is, seen from the one who opened it."""
    for table in CONNECTION_TABLES:
        for line in _lines(table):
            columns = line.split()
            local, remote = columns[LOCAL_COLUMN], columns[REMOTE_COLUMN]
            if _is_at(local, their_port) and _is_at(remote, our_port):
                return int(columns[UID_COLUMN])
    return None


def _lines(table: str) -> list[str]:
    try:
        return Path(table).read_text().splitlines()[1:]
    except OSError:
        return []


def _is_at(end: str, port: int) -> bool:
    """Whether one end of a connection is at this port of a loopback address."""
    packed, _, hexadecimal = end.partition(":")
    if int(hexadecimal, 16) != port:
        return False
    words = [packed[index : index + 8] for index in range(0, len(packed), 8)]
    address = b"".join(int(word, 16).to_bytes(4, sys.byteorder) for word in words)
    family = socket.AF_INET if len(address) == 4 else socket.AF_INET6
    return is_loopback(socket.inet_ntop(family, address))
