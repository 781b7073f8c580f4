"""A process that runs jobs at a quick pace: one that never ends, and one by which it shows that it looks at them.

Started by tests as `python -m tests.jobs.slow`; it runs until SIGTERM.
"""

import asyncio
import os
import signal

import django

# Long enough for a process that a busy machine holds up; short enough for a test to wait for its end.
LEASE_S = 5.0


async def main() -> None:
    from chat import database, jobs
    from chat.jobs import leases
    from chat.jobs.registry import _jobs, every
    from chat.jobs.runs import Pace

    _jobs.clear()

    @every(3_600, "slow")
    async def slow() -> None:
        [state] = await database.call(leases.states, ["slow"])
        print(f"slow runs, {state.failures} crashed before", flush=True)
        await asyncio.Event().wait()

    @every(0.01, f"look {os.getpid()}")
    async def look() -> None:
        print("looked", flush=True)

    pace = Pace(first_look_after=0, look_every=0.1, renew_every=0.2, give_up_after=4, lease=LEASE_S)
    running = asyncio.create_task(jobs.run_all(pace))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    await asyncio.wait({running})


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatproject.settings")
    django.setup()
    asyncio.run(main())
