"""Live cards of GitHub objects: made of the links in messages, kept up to date, shown to those who may see them."""
