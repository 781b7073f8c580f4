"""HTTP as our server speaks it: bounded in size, time and number, whatever a client does."""
