"""Who comes: session, token, origin."""

from chat.auth.identity import (
    Visitor,
    address_of,
    alive,
    identify,
    public_address,
    visitor_of,
)
from chat.auth.sockets import AuthMiddlewareStack, OriginCheck

__all__ = [
    "AuthMiddlewareStack",
    "OriginCheck",
    "Visitor",
    "address_of",
    "alive",
    "identify",
    "public_address",
    "visitor_of",
]
