"""The GitHub app's pages in the admin."""
