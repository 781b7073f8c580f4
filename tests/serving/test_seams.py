"""Every attribute of the server packages that ours relies on is still there: an upgrade fails by its name."""

import asyncio
import inspect
import re
from pathlib import Path

import pytest
from autobahn.websocket import protocol
from autobahn.websocket.protocol import TrafficStats, WebSocketProtocol
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server, twisted_loop
from daphne.ws_protocol import WebSocketProtocol as DaphneSocket
from twisted.internet import abstract, asyncioreactor, tcp
from twisted.internet.protocol import Factory
from twisted.web.http import HTTPChannel

from chat.serving import seams
from chat.serving.http.channel import ChatChannel
from chat.serving.incoming.inbound import Inbound
from chat.serving.incoming.intake import Intake
from chat.serving.socket import ChatSocket

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        pytest.param(owner, name, id=f"{owner.__name__}.{name}")
        for owner, name in seams.SOCKET + seams.SERVER + seams.CHANNEL
    ],
)
def test_the_attribute_is_still_there(owner: type, name: str) -> None:
    assert hasattr(owner, name), f"{owner.__module__}.{owner.__name__}.{name} has moved"


@pytest.mark.parametrize("name", seams.INSTANCE_ATTRIBUTES)
def test_daphne_still_sets_the_attribute_on_its_server(name: str) -> None:
    assert f"self.{name} = " in inspect.getsource(Server), f"daphne.server.Server.{name} has moved"


def test_daphne_still_keeps_each_application_under_its_key() -> None:
    assert f'["{seams.APPLICATION_KEY}"]' in inspect.getsource(Server.create_application)


def test_daphne_still_calls_ready_after_its_factories_are_made() -> None:
    source = inspect.getsource(Server.run)
    assert (
        source.index("self.ws_factory") < source.index("self.ready_callable()") < source.index("reactor.run(")
    )
    assert "self.kill_all_applications" in source


def test_daphne_still_has_its_loop_at_hand() -> None:
    assert isinstance(twisted_loop, asyncio.AbstractEventLoop)


@pytest.mark.parametrize("name", seams.SOCKET_ATTRIBUTES)
def test_autobahn_still_sets_the_attribute_on_a_socket(name: str) -> None:
    assert f"self.{name} = " in inspect.getsource(WebSocketProtocol), f"{name} has moved"


@pytest.mark.parametrize("name", seams.SOCKET_OPTIONS)
def test_autobahn_still_copies_the_option_to_each_socket(name: str) -> None:
    assert name in WebSocketProtocol.CONFIG_ATTRS_COMMON


@pytest.mark.parametrize("name", seams.TRANSPORT_ATTRIBUTES)
def test_twisted_still_sets_the_attribute_on_a_transport(name: str) -> None:
    source = inspect.getsource(abstract.FileDescriptor) + inspect.getsource(tcp.Connection)
    assert re.search(rf"self\.{name}(:.+)? = ", source), f"{name} has moved"


@pytest.mark.parametrize("name", seams.CHANNEL_ATTRIBUTES)
def test_twisted_still_sets_the_attribute_on_an_http_channel(name: str) -> None:
    assert f"self.{name} = " in inspect.getsource(HTTPChannel), f"{name} has moved"


def test_what_our_channel_overrides_is_named() -> None:
    named = {name for _, name in seams.CHANNEL}
    ours = {name for name, value in vars(ChatChannel).items() if inspect.isfunction(value)}
    assert {name for name in ours if hasattr(HTTPChannel, name)} - named == {"__init__"}


def test_daphne_still_builds_its_channels_by_the_factorys_protocol() -> None:
    assert "self.protocol()" in inspect.getsource(Factory.buildProtocol)
    assert "protocol.requestFactory = WebRequest" in inspect.getsource(HTTPFactory.buildProtocol)


def test_daphne_still_takes_the_line_from_a_request_that_becomes_a_socket() -> None:
    assert "transport, self.transport = self.transport, None" in inspect.getsource(WebRequest)


@pytest.mark.parametrize("ours", [ChatSocket, Inbound, Intake])
def test_what_our_socket_overrides_is_named(ours: type) -> None:
    named = {name for _, name in seams.SOCKET}
    functions = {name for name, value in vars(ours).items() if inspect.isfunction(value)}
    assert functions
    assert {name for name in functions if hasattr(DaphneSocket, name)} <= named


@pytest.mark.parametrize("name", seams.STATISTICS)
def test_autobahn_still_counts_by_this_name(name: str) -> None:
    assert f"self.{name} = 0" in inspect.getsource(TrafficStats)


@pytest.mark.parametrize("name", seams.DAPHNE_ATTRIBUTES)
def test_daphne_still_sets_the_attribute_on_a_socket(name: str) -> None:
    assert f"self.{name} = " in inspect.getsource(DaphneSocket), f"{name} has moved"


def test_a_missing_attribute_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seams.missing() == []
    monkeypatch.setattr(seams, "SOCKET", ((WebSocketProtocol, "gone_in_an_upgrade"),))
    assert seams.missing() == ["WebSocketProtocol.gone_in_an_upgrade"]


@pytest.mark.parametrize("package", ["daphne", "autobahn", "twisted"])
def test_the_packages_are_pinned_exactly(package: str) -> None:
    assert f'"{package}==' in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize("name", seams.FORMATTERS)
def test_autobahn_formats_its_debug_lines_by_this_name(name: str) -> None:
    assert callable(getattr(protocol, name))
    assert f"{name}(" in inspect.getsource(protocol.WebSocketServerProtocol) + inspect.getsource(
        WebSocketProtocol
    )


def test_twisted_still_reads_and_writes_by_this_name_and_logs_failures_itself() -> None:
    reactor = asyncioreactor.AsyncioSelectorReactor
    name = seams.READ_WITH_LOGGER
    assert f"{name}, reader, self._readOrWrite" in inspect.getsource(reactor.addReader)
    assert f"{name}, writer, self._readOrWrite" in inspect.getsource(reactor.addWriter)
    assert "except Exception" in inspect.getsource(reactor._readOrWrite)


@pytest.mark.parametrize("name", [*seams.HANDSHAKE_ATTRIBUTES, "http_headers"])
def test_autobahn_keeps_the_handshake_under_this_name(name: str) -> None:
    assert f"self.{name}" in inspect.getsource(protocol.WebSocketServerProtocol.processHandshake)
    after = inspect.getsource(protocol.WebSocketServerProtocol.succeedHandshake)
    assert f"self.{name}" not in after.partition("self._onOpen()")[2], "it is looked at after the handshake"
