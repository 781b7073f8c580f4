"""The load generator counts every delivery, and no server that loses, doubles or reorders one gets past it."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.benchmarks.doctored import Doctor, DoctoredRelay
from tests.benchmarks.generator import dialects
from tests.benchmarks.generator.crowd import Crowd, Overdue
from tests.benchmarks.generator.frames import bounds, client_frame, server_frame
from tests.benchmarks.generator.opening import Call, NotOpened, open_all
from tests.benchmarks.generator.streams import Unfaithful
from tests.benchmarks.loads.setting import RELAYED

READERS = 3
SENDERS, OUTSTANDING = 2, 4
WINDOW_S, WARM_UP_S, DRAIN_S = 0.3, 0.05, 0.5

NewCrowd = Callable[[DoctoredRelay], Crowd]


@pytest.fixture
def new_crowd() -> Iterator[NewCrowd]:
    crowds: list[Crowd] = []

    def make(relay: DoctoredRelay) -> Crowd:
        opened = open_all([Call(RELAYED, relay.port, "room")] * READERS)
        rooms = ["room"] * READERS
        crowds.append(
            Crowd(RELAYED, opened, rooms, senders=SENDERS, outstanding=OUTSTANDING, drain_s=DRAIN_S)
        )
        return crowds[-1]

    yield make
    for crowd in crowds:
        crowd.close()


def after(batches: int, doctor: Doctor) -> Doctor:
    """Faithful at first."""
    seen = 0

    def doctored(frames: list[bytes]) -> list[bytes]:
        nonlocal seen
        seen += 1
        return doctor(frames) if seen == batches else frames

    return doctored


def talk_on(crowd: Crowd) -> None:
    """Long enough for any batch, also where the machine is busy with something else."""
    for _ in range(100):
        crowd.talk(WINDOW_S, WARM_UP_S)


@pytest.mark.parametrize("length", [0, 1, 125, 126, 200, 65_535, 65_536])
def test_a_frame_is_found_whole_and_only_when_it_is_all_there(length: int) -> None:
    payload = bytes(n % 251 for n in range(length))
    frame = server_frame(payload)
    first, end = bounds(b"before" + frame + b"behind", 6) or (0, 0)
    assert (b"before" + frame)[first:end] == payload
    assert end == 6 + len(frame)
    for cut in {1, 2, len(frame) // 2, len(frame) - 1}:
        assert cut >= len(frame) or bounds(frame[:cut], 0) is None


@pytest.mark.parametrize("length", [0, 1, 125, 126, 200, 65_535, 65_536])
def test_a_client_frame_is_masked_and_holds_the_payload(length: int) -> None:
    payload, mask = bytes(n % 251 for n in range(length)), b"\x01\x02\x03\x04"
    frame = client_frame(payload, mask=mask)
    hidden = frame[len(frame) - length :]
    assert frame[1] & 0x80
    assert bytes(byte ^ mask[n % 4] for n, byte in enumerate(hidden)) == payload


def test_every_text_has_200_bytes_and_says_which_it_is() -> None:
    for sender, serial in ((0, 1), (999, 80_000_001)):
        text = dialects.text_of(sender, serial).encode()
        assert len(text) == dialects.TEXT_BYTES
        assert dialects.mark_of(b'{"text":"' + text + b'"}') == (sender, serial)


def test_a_faithful_server_passes_and_each_delivery_is_counted(new_crowd: NewCrowd) -> None:
    with DoctoredRelay(READERS, lambda frames: frames) as relay:
        crowd = new_crowd(relay)
        measured = crowd.talk(WINDOW_S, WARM_UP_S)
        assert 0 < measured.deliveries <= relay.delivered == crowd.deliveries
        assert measured.acknowledged > 0
        # Several times over one crowd, as rounds are measured.
        crowd.talk(WINDOW_S, 0)
        assert crowd.deliveries == relay.delivered


@pytest.mark.parametrize("batches", [1, 20])
@pytest.mark.parametrize(
    "doctor",
    [
        pytest.param(lambda frames: frames[:-1], id="loses"),
        pytest.param(lambda frames: [frames[0], *frames], id="doubles"),
        pytest.param(lambda frames: [*frames, frames[0].replace(b"from s", b"from s9")], id="invents"),
    ],
)
def test_a_server_that_is_unfaithful_to_one_reader_fails(
    new_crowd: NewCrowd, doctor: Doctor, batches: int
) -> None:
    with DoctoredRelay(READERS, after(batches, doctor)) as relay:
        crowd = new_crowd(relay)
        with pytest.raises(Unfaithful):
            talk_on(crowd)


def test_a_server_that_reorders_for_one_reader_fails(new_crowd: NewCrowd) -> None:
    # Only the first batch surely holds several texts: the windows of a sender.
    with DoctoredRelay(READERS, after(1, lambda frames: frames[::-1])) as relay:
        crowd = new_crowd(relay)
        with pytest.raises(Unfaithful):
            crowd.talk(WINDOW_S, WARM_UP_S)


def test_a_server_that_keeps_the_end_from_one_reader_fails(new_crowd: NewCrowd) -> None:
    kept: list[bytes] = []

    def behind(frames: list[bytes]) -> list[bytes]:
        """Always one frame late, so the last one never comes."""
        out, kept[:] = [*kept, *frames[:-1]], frames[-1:]
        return out

    with DoctoredRelay(READERS, behind) as relay:
        crowd = new_crowd(relay)
        with pytest.raises(Overdue):
            crowd.talk(WINDOW_S, WARM_UP_S)


def test_delays_are_measured_for_each_delivery(new_crowd: NewCrowd) -> None:
    with DoctoredRelay(READERS, lambda frames: frames) as relay:
        crowd = new_crowd(relay)
        for _ in range(2):
            before = crowd.deliveries
            measured = crowd.talk_at(100, WINDOW_S)
            assert 0 < len(measured.delays) == crowd.deliveries - before
            assert all(delay > 0 for delay in measured.delays)


def test_a_server_that_hangs_up_in_the_handshake_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=lambda: server.accept()[0].close(), daemon=True).start()
        with pytest.raises(NotOpened):
            open_all([Call(RELAYED, server.getsockname()[1], "room")], tries=1)
