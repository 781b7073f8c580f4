"""What comes in on a socket: taken in order, no faster than there is room for it."""
