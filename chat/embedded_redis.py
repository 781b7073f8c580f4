"""The Redis of this installation: finds or starts one when REDIS_URL is unset. No Django."""

import hashlib
import tempfile
from pathlib import Path

# The kernel's limit for a socket's path is 108 bytes, 104 on macOS.
SOCKET_PATH_BYTES = 100


def socket_path(data_dir: Path) -> Path:
    """The unix socket in the data folder, or a short path under the temp folder when that is too long."""
    path = data_dir / "redis.sock"
    if len(bytes(path)) <= SOCKET_PATH_BYTES:
        return path
    return Path(tempfile.gettempdir()) / f"chat-{hashlib.sha256(bytes(data_dir)).hexdigest()[:16]}.sock"


def url(data_dir: Path) -> str:
    """The address for clients; starts nothing."""
    return f"unix://{socket_path(data_dir)}"
