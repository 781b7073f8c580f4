"""The conventional shape that people who know Django and Channels look for, checked by importing it."""

import re
from pathlib import Path

import pytest
from channels.generic.websocket import AsyncWebsocketConsumer
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.handlers.wsgi import WSGIHandler
from django.urls import resolve
from django.utils.module_loading import import_string

ROOT = Path(__file__).parent.parent
CONSUMER_LINES_MOST = 150


def source(path: str) -> str:
    return (ROOT / path).read_text()


def test_asgi_application_routes_http_and_websocket() -> None:
    text = " ".join(source("chatproject/asgi.py").split())
    assert "ProtocolTypeRouter( {" in text
    assert "get_asgi_application()" in text
    for door in (
        '"http":',
        '"websocket":',
        "OriginCheck(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)))",
    ):
        assert door in text
    assert "from chat.auth import AuthMiddlewareStack" in text
    assert "from chat.routing import websocket_urlpatterns" in text
    assert callable(import_string("chatproject.asgi.application"))


def test_wsgi_application_serves_the_http_side() -> None:
    assert isinstance(import_string("chatproject.wsgi.application"), WSGIHandler)


def test_routing_has_the_path_of_a_room_and_one_without() -> None:
    assert 'path("ws/chat/<str:room_name>/", ChatConsumer.as_asgi())' in source("chat/routing.py")
    patterns = import_string("chat.routing.websocket_urlpatterns")
    *of_the_chat, anything_else = (str(pattern.pattern) for pattern in patterns)
    assert set(of_the_chat) == {"ws/chat/", "ws/chat/<str:room_name>/"}
    assert anything_else == ""


def test_the_consumer_is_a_short_async_websocket_consumer_without_a_channel_of_its_own() -> None:
    consumer = import_string("chat.consumers.ChatConsumer")
    assert issubclass(consumer, AsyncWebsocketConsumer)
    assert consumer.channel_layer_alias is None
    assert len(source("chat/consumers.py").splitlines()) < CONSUMER_LINES_MOST
    assert "class ChatConsumer(AsyncWebsocketConsumer):" in source("chat/consumers.py")


def test_settings_name_daphne_first_and_channels() -> None:
    assert settings.INSTALLED_APPS[0] == "daphne"
    assert "channels" in settings.INSTALLED_APPS
    assert settings.ASGI_APPLICATION == "chatproject.asgi.application"


def test_the_channel_layer_is_the_pubsub_layer_of_channels_redis() -> None:
    from channels_redis.pubsub import RedisPubSubChannelLayer

    backend = import_string(str(settings.CHANNEL_LAYERS["default"]["BACKEND"]))
    assert issubclass(backend, RedisPubSubChannelLayer)


@pytest.mark.parametrize(
    "package",
    ["django", "channels", "channels-redis", "daphne", "httpx", "pytest-django", "pytest-asyncio"],
)
def test_requirements_pin_the_package_with_hashes(package: str) -> None:
    pin = re.search(rf"^{package}==\S+ \\\n +--hash=sha256:", source("requirements.txt"), re.MULTILINE)
    assert pin, f"{package} is not pinned with its hashes in requirements.txt"


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt", "pyproject.toml"])
def test_requirements_name_no_index(file: str) -> None:
    assert not re.search(r"https?:|index|find-links", source(file))


def test_the_user_model_is_our_own() -> None:
    assert settings.AUTH_USER_MODEL == "chat.User"


def test_every_model_is_registered_in_the_admin() -> None:
    ours = {model for model in apps.get_models() if model.__module__.startswith("chat.")}
    assert ours, "no model of the chat was found"
    missing = {model.__name__ for model in ours if model not in admin.site._registry}
    assert not missing


@pytest.mark.parametrize("template", ["chat/index.html", "chat/room.html"])
def test_the_pages_have_their_templates(template: str) -> None:
    assert (ROOT / "templates" / template).is_file()


@pytest.mark.parametrize("url", ["/", "/chat/lobby/", "/admin/", "/healthz", "/readyz", "/metrics"])
def test_the_url_leads_somewhere(url: str) -> None:
    assert callable(resolve(url).func)


@pytest.mark.parametrize(
    "file",
    [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "LICENSE",
        "Makefile",
        "Dockerfile",
        "docker-compose.yml",
        "manage.py",
        "docs/architecture.md",
        "docs/operations.md",
        "docs/protocol.md",
        "chatproject/env.py",
        "chatproject/settings.py",
    ],
)
def test_the_file_is_where_people_look_for_it(file: str) -> None:
    assert (ROOT / file).is_file()
