"""The tables of the GitHub app."""
