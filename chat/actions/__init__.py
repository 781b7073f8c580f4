"""What is changed, and by which rules: lock, check, change, log, publish. Plain synchronous functions.

Every door (socket, HTTP, admin, jobs) calls these and no other code changes rows that people see. Functions that
change rows run in `chat.database.write` or inside a request's own thread.
"""
