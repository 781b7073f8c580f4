"""Signing in with GitHub, and linking a GitHub account to one's account: allauth's provider, under our rules."""
