"""The server under the chat: Daphne, subclassed at the seams that seams.py names."""
