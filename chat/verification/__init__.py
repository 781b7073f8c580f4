"""Checking that the stored history is what it must be: numbers, contents, rows that belong together, a hash chain.

It only reads, and never publishes.
"""

from chat.verification.chain import RoomChain, room_chains
from chat.verification.checks import CHECKS, Outcome, check_all, summed
from chat.verification.snapshot import at_one_moment, opened

__all__ = ["CHECKS", "Outcome", "RoomChain", "at_one_moment", "check_all", "opened", "room_chains", "summed"]
