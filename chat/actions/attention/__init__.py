"""Whom a message concerns, who is told of it, and how far each has read."""
