"""What must hold in every database, as queries that give the rows where it does not. Both databases know this SQL."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import msgspec
from django.db import DatabaseError, connections

from chat.verification import relations

# Sentences that are kept of one check: a thousand alike say no more.
EXAMPLES_MOST = 20


class Outcome(msgspec.Struct):
    """How often a promise is broken, and sentences about the first few times."""

    promise: str
    broken: int
    examples: list[str]


class Check(NamedTuple):
    """`find` gives a sentence for every row on which the promise is broken, in the database of an alias."""

    promise: str
    find: Callable[[str], Iterator[str]]

    def outcome(self, using: str) -> Outcome:
        return summed(self.promise, self.find(using))


def summed(promise: str, findings: Iterable[str]) -> Outcome:
    """Count them all and keep the first."""
    outcome = Outcome(promise, 0, [])
    for outcome.broken, finding in enumerate(findings, start=1):
        if outcome.broken <= EXAMPLES_MOST:
            outcome.examples.append(finding)
    return outcome


def check_all(using: str) -> Iterator[Outcome]:
    """The outcome of every check, one after the other. A database that refuses to be read is the last of them."""
    for check in CHECKS:
        try:
            yield check.outcome(using)
        except DatabaseError as error:
            said = str(error).partition("\n")[0]
            yield Outcome(check.promise, 1, [f"the database refused: {said}"])
            return


def _query(promise: str, sentence: str, sql: str) -> Check:
    """A check whose query selects the broken rows; their columns fill the sentence."""

    def find(using: str) -> Iterator[str]:
        with connections[using].chunked_cursor() as cursor:
            cursor.execute(sql)
            while rows := cursor.fetchmany(500):
                yield from (sentence.format(*row) for row in rows)

    return Check(promise, find)


# A room's numbers.
_NUMBERS = (
    _query(
        "the log of every room is dense, from 1",
        "room {0}: after change {2} comes {1}",
        """SELECT room_id, seq, before FROM (
             SELECT room_id, seq, LAG(seq, 1, 0) OVER (PARTITION BY room_id ORDER BY seq) AS before FROM chat_change
           ) AS log WHERE seq <> before + 1""",
    ),
    _query(
        "every room stands at its latest change",
        "room {0} stands at {1}, its log at {2}",
        """SELECT room.id, room.seq, COALESCE(MAX(change.seq), 0) AS head
           FROM chat_room AS room LEFT JOIN chat_change AS change ON change.room_id = room.id
           GROUP BY room.id, room.seq HAVING room.seq <> COALESCE(MAX(change.seq), 0)""",
    ),
    _query(
        "every message stands at its latest change and knows its first",
        "message {0} says {1} to {2}, its log {3} to {4}",
        """SELECT message.id, message.first_seq, message.seq, log.first, log.latest
           FROM chat_message AS message LEFT JOIN (
             SELECT message_id, MIN(seq) AS first, MAX(seq) AS latest FROM chat_change GROUP BY message_id
           ) AS log ON log.message_id = message.id
           WHERE log.first IS NULL OR message.first_seq <> log.first OR message.seq <> log.latest""",
    ),
    _query(
        "every text is as old as one of its message's changes",
        "message {0}: its text is of {1}, outside {2} to {3}",
        """SELECT id, text_seq, first_seq, seq FROM chat_message
           WHERE text_seq < first_seq OR text_seq > seq""",
    ),
    _query(
        "every message was made by the first of its changes, and by no other",
        "change {1} of room {0} is a {2} of message {3}",
        """SELECT change.room_id, change.seq, change.kind, message.id
           FROM chat_change AS change JOIN chat_message AS message ON message.id = change.message_id
           WHERE (change.kind = 'create') <> (change.seq = message.first_seq)""",
    ),
    _query(
        "no two messages of a room have one number",
        "room {0}: {2} messages have the number {1}",
        "SELECT room_id, seq, COUNT(*) FROM chat_message GROUP BY room_id, seq HAVING COUNT(*) > 1",
    ),
    _query(
        "the ids of a room's messages ascend with their first numbers",
        "room {0}: message {1} was made by {2}, the one before it by {3}",
        """SELECT room_id, id, first_seq, before FROM (
             SELECT room_id, id, first_seq,
               LAG(first_seq, 1, 0) OVER (PARTITION BY room_id ORDER BY id) AS before FROM chat_message
           ) AS messages WHERE first_seq <= before""",
    ),
    _query(
        "every client id of a person was accepted once",
        "person {0} has {2} messages with the client id {1}",
        """SELECT author_id, client_id, COUNT(*) FROM chat_message WHERE client_id IS NOT NULL
           GROUP BY author_id, client_id HAVING COUNT(*) > 1""",
    ),
    _query(
        "the changes of a message are in its room",
        "change {1} of room {0} is of message {2}, which is in room {3}",
        """SELECT change.room_id, change.seq, message.id, message.room_id
           FROM chat_change AS change JOIN chat_message AS message ON message.id = change.message_id
           WHERE change.room_id <> message.room_id""",
    ),
)

# What messages hold.
_CONTENTS = (
    _query(
        "deleted messages hold no content",
        "message {0} is deleted and still holds some",
        """SELECT id FROM chat_message WHERE deleted AND (text <> '' OR html <> '' OR digest <> '' OR pinned
             OR event IS NOT NULL OR edited_at IS NOT NULL OR reply_to_id IS NOT NULL
             OR CAST(mentions AS text) <> '[]' OR cards IS NOT NULL)""",
    ),
    _query(
        "deleted messages have no earlier texts",
        "message {0} is deleted and its text of {1} is kept",
        """SELECT message.id, revision.seq FROM chat_revision AS revision
           JOIN chat_message AS message ON message.id = revision.message_id WHERE message.deleted""",
    ),
    _query(
        "deleted messages have no reactions",
        "message {0} is deleted and has a reaction of person {1}",
        """SELECT message.id, reaction.user_id FROM chat_reaction AS reaction
           JOIN chat_message AS message ON message.id = reaction.message_id WHERE message.deleted""",
    ),
    _query(
        "earlier texts are older than the present one",
        "message {0} keeps a text of {1}, outside {2} to {3}",
        """SELECT message.id, revision.seq, message.first_seq, message.text_seq FROM chat_revision AS revision
           JOIN chat_message AS message ON message.id = revision.message_id
           WHERE revision.seq < message.first_seq OR revision.seq >= message.text_seq""",
    ),
    _query(
        "replies and quotes stay in their room",
        "message {0} of room {1} answers message {2} of room {3}",
        """SELECT message.id, message.room_id, other.id, other.room_id FROM chat_message AS message
           JOIN chat_message AS other ON other.id = message.reply_to_id OR other.id = message.thread_id
           WHERE other.room_id <> message.room_id""",
    ),
    _query(
        "threads have one level",
        "message {0} replies to {1}, which is a reply itself",
        """SELECT message.id, root.id FROM chat_message AS message
           JOIN chat_message AS root ON root.id = message.thread_id WHERE root.thread_id IS NOT NULL""",
    ),
    _query(
        "threads count their replies",
        "message {0} counts {1} replies, the last at {3}, and has {2}, the last at {4}",
        """SELECT root.id, root.replies, COALESCE(thread.replies, 0), root.last_reply_at, thread.latest
           FROM chat_message AS root LEFT JOIN (
             SELECT thread_id, COUNT(*) AS replies, MAX(at) AS latest FROM chat_message
             WHERE thread_id IS NOT NULL AND NOT deleted GROUP BY thread_id
           ) AS thread ON thread.thread_id = root.id
           WHERE root.replies <> COALESCE(thread.replies, 0)
             OR COALESCE(CAST(root.last_reply_at AS text), '') <> COALESCE(CAST(thread.latest AS text), '')""",
    ),
)

# Who belongs where.
_PEOPLE = (
    _query(
        "rooms count their members",
        "room {0} counts {1} members and has {2}",
        """SELECT room.id, room.member_count, COUNT(membership.id)
           FROM chat_room AS room LEFT JOIN chat_membership AS membership ON membership.room_id = room.id
           GROUP BY room.id, room.member_count HAVING room.member_count <> COUNT(membership.id)""",
    ),
    _query(
        "nobody is a member and kept out",
        "person {1} is a member of room {0}, and banned from it",
        """SELECT ban.room_id, ban.user_id FROM chat_ban AS ban JOIN chat_membership AS membership
           ON membership.room_id = ban.room_id AND membership.user_id = ban.user_id""",
    ),
)

CHECKS: tuple[Check, ...] = (
    Check("the database itself is sound", relations.damage),
    Check("whatever a row names exists", relations.orphans),
    *_NUMBERS,
    *_CONTENTS,
    Check("mentions are counted as they are written", relations.miscounted_mentions),
    _query(
        "mentions are counted in the room of their message",
        "message {0} is in room {1}, its mention of person {2} in room {3}",
        """SELECT message.id, message.room_id, mention.user_id, mention.room_id FROM chat_mention AS mention
           JOIN chat_message AS message ON message.id = mention.message_id
           WHERE message.room_id <> mention.room_id""",
    ),
    _query(
        "cards are shown in the room of their message, which says so",
        "message {0} of room {1} shows card {2} in room {3}, and says {4}",
        """SELECT message.id, message.room_id, shown.card_id, shown.room_id, CAST(message.cards AS text)
           FROM chat_cardshown AS shown JOIN chat_message AS message ON message.id = shown.message_id
           WHERE message.room_id <> shown.room_id OR message.cards IS NULL""",
    ),
    *_PEOPLE,
)
