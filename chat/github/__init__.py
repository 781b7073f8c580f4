"""GitHub woven into the chat: an app of its own that nothing imports, so it can be taken out whole."""
