"""The people of this process: who is here, in which rooms, seen as what, and let in by what."""
