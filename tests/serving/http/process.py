"""What a server process holds, as the system sees it."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from tests.programs import Program

PATIENCE_S = 60.0
MIB = 1 << 20


def memory(server: Program) -> int:
    """Bytes of the process that are in memory now."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


def open_files(server: Program) -> int:
    return len(list(Path(f"/proc/{server.pid}/fd").iterdir()))


async def eventually(condition: Callable[[], bool]) -> None:
    """Return when it holds; fails when it never does."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        await asyncio.sleep(0.05)
