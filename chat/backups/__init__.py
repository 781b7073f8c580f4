"""Backups of a whole installation: saved while servers run, described by a manifest, restored into an empty place."""
