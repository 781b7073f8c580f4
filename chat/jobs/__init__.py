"""Named periodic jobs: what is done regularly, once for the installation however many processes there are."""

from chat.jobs import house
from chat.jobs.leases import ask_for, states
from chat.jobs.registry import Job, due_at, every, registered
from chat.jobs.runner import run_all, run_once

__all__ = ["Job", "ask_for", "due_at", "every", "house", "registered", "run_all", "run_once", "states"]
