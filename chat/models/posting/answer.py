"""What either database answers about each draft, in the order of asking: the columns that `Found` is made of."""

# `known` is the draft as `asked`, beside its room, author, membership, ban, and first message under its client id.
ANSWER = """
SELECT room.id, room.slug, room.kind, room.archived_at IS NOT NULL, room.seq,
       author.id, author.name, author.username, author.kind, author.is_active,
       membership.role, ban.id IS NOT NULL, first.id, first.first_seq, first.digest
FROM {known}
ORDER BY asked.place
"""
