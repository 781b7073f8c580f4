"""Tests of chat/github/."""
