"""The baseline's application, as in the tutorial."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.servers.tutorial.settings")
django_asgi_app = get_asgi_application()

from tests.benchmarks.servers.tutorial.consumers import ChatConsumer, StoringConsumer  # noqa: E402

websocket_urlpatterns = [
    path("ws/chat/<str:room_name>/", ChatConsumer.as_asgi()),
    path("ws/store/<str:room_name>/", StoringConsumer.as_asgi()),
]
application = ProtocolTypeRouter(
    {
        "http": django_asgi_app,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
