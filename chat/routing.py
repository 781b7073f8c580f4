"""The WebSocket URLs."""

from typing import Any, cast

from django.urls import path, re_path

from chat.consumers import ChatConsumer


async def refuse(scope: Any, receive: Any, send: Any) -> None:
    """The last URL: a handshake to any other address is refused (403), where the router alone would fail (500)."""
    await send({"type": "websocket.close"})


websocket_urlpatterns = [
    path("ws/chat/<str:room_name>/", ChatConsumer.as_asgi()),
    path("ws/chat/", ChatConsumer.as_asgi()),
    re_path("", cast(Any, refuse)),
]
