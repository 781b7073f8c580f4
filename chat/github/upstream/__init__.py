"""The way to GitHub: calls within bounds, what its answers mean, what it still grants, and what is remembered."""
