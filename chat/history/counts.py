"""Where members stand in rooms: counted in full, or from what was counted before by what was added since.

What nobody reads grows without end; what is added in a second does not. `with_counts` has the rules of counting.
"""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence

from chat.history.stretches import Stretch, belongings, mentions_in, texts_in
from chat.hub import Standing
from chat.models import Membership

# A count is built upon for so long. All that actions do is seen in the log of changes; what a hand changed in the
# tables is made up for after this. Seldom enough to cost next to nothing, however much is unread.
RECOUNT_SECONDS = 300.0
# So many memberships are named in one statement: databases bound how many values it may have.
COUNTED_AT_ONCE = 5_000


class Added:
    """What the changes of a stretch add to what was counted at its beginning."""

    def __init__(self) -> None:
        # Changes that took nothing away. Numbers are dense, so there were others if there are fewer than numbers.
        self.harmless = 0
        self.newest_id = 0
        self.texts = 0
        self.calls = False
        # By person: what they wrote, and how often they were called.
        self.written: dict[int, int] = {}
        self.mentions: dict[int, int] = {}

    def to(self, known: Standing, head: int) -> Standing:
        person = known.user_id
        return Standing(
            known.room_id,
            person,
            known.slug,
            max(known.newest_id, self.newest_id),
            known.unread + self.texts - self.written.get(person, 0),
            known.mentions + self.mentions.get(person, 0),
            head,
            known.read_id,
            known.counted_at,
        )


def standings(asked: Mapping[tuple[int, int], Standing | None]) -> list[Standing]:
    """Where people stand in rooms, by room and person as it was last answered (None: it was not), if they belong there.

    Heads and read positions are read first, and nothing above these heads is added. Of an edit or a deletion above
    them some may be seen already: the next time it is among the changes, and the room is counted in full.
    """
    unknown: list[int] = []
    known: dict[Stretch, list[tuple[int, Standing]]] = defaultdict(list)
    oldest = time.monotonic() - RECOUNT_SECONDS
    for membership, room, person, read_id, head in belongings(asked):
        before = asked[room, person]
        if before is None or before.read_id != read_id or before.counted_at <= oldest:
            unknown.append(membership)
        else:
            known[Stretch(room, before.seq, head)].append((membership, before))
    added = _added([stretch for stretch in known if stretch.head > stretch.since])
    found: list[Standing] = []
    for stretch, people in known.items():
        more = added.get((stretch.room, stretch.since)) or Added()
        if more.harmless == stretch.head - stretch.since:
            found += [more.to(before, stretch.head) for _, before in people]
        else:
            unknown += [membership for membership, _ in people]
    return found + _counted(unknown)


def _added(stretches: Sequence[Stretch]) -> dict[tuple[int, int], Added]:
    """By room and beginning. What is made in a stretch has higher ids than what was there, or was read, before it."""
    added: dict[tuple[int, int], Added] = defaultdict(Added)
    if not stretches:
        return added
    for row in texts_in(stretches):
        one = added[row.room, row.since]
        one.harmless += row.harmless
        one.newest_id = max(one.newest_id, row.newest_id)
        one.texts += row.texts
        one.calls = one.calls or bool(row.calls)
        one.written[row.author] = row.texts
    calling = [stretch for stretch in stretches if added[stretch.room, stretch.since].calls]
    for room, since, person, mentions in mentions_in(calling) if calling else ():
        added[room, since].mentions[person] = mentions
    return added


def _counted(memberships: Sequence[int]) -> list[Standing]:
    """Counted in full: each with the head and the read position that the same statement saw."""
    found: list[Standing] = []
    for first in range(0, len(memberships), COUNTED_AT_ONCE):
        mine = Membership.objects.filter(pk__in=memberships[first : first + COUNTED_AT_ONCE])
        counted_at = time.monotonic()
        found += [
            Standing(
                *(one.room_id, one.user_id, one.room.slug, one.newest_id, one.unread, one.mentions),
                *(one.room.seq, one.read_id, counted_at),
            )
            for one in mine.with_counts().select_related("room")
        ]
    return found
