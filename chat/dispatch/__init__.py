"""From a decoded frame to an action: the table of commands, the plain dialect, the welcome, and their connection."""
