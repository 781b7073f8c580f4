"""A relay on loopback that is faithful to all its readers but one: what the generator must find out."""

import select
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.benchmarks.generator import trivial
from tests.benchmarks.generator.frames import server_frame

FRAME_BYTES = 300
POLL_S = 0.05
Doctor = Callable[[list[bytes]], list[bytes]]


class DoctoredRelay:
    """For the time of a `with` block. `doctor` changes what the last reader gets of each batch of frames."""

    def __init__(self, readers: int, doctor: Doctor) -> None:
        self.delivered = 0
        self._doctor = doctor
        self._readers = readers
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join()
        self._server.close()

    def _run(self) -> None:
        lines = [self._accept() for _ in range(self._readers)]
        while not self._ending.is_set():
            for line in select.select(lines, [], [], POLL_S)[0]:
                said = trivial.SAID.findall(line.recv(trivial.READ_BYTES))
                self._pass_on(lines, [trivial.event(text, FRAME_BYTES) for _, text in said])
                line.sendall(
                    b"".join(server_frame(b'{"type":"ok","id":"%b"}' % number) for number, _ in said)
                )
        for line in lines:
            line.close()

    def _accept(self) -> socket.socket:
        line = trivial.accept(self._server)
        line.sendall(trivial.upgrade(line.recv(trivial.READ_BYTES))[0])
        return line

    def _pass_on(self, lines: list[socket.socket], frames: list[bytes]) -> None:
        for line in lines:
            passed = self._doctor(frames) if line is lines[-1] else frames
            line.sendall(b"".join(passed))
            self.delivered += len(passed)
