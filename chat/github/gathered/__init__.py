"""What is put together from GitHub's answers, for the views, the page and whoever else shows it."""
