"""What is read: pages, changes since a number, heads, room lists, unread counts. Plain synchronous queries.

Everything a person may read goes through `RoomQuerySet.visible_to`; hidden and missing rooms look the same.
"""

from chat.history.cards import bodies_for
from chat.history.counts import standings
from chat.history.feeds import changes_since, head, heads, may_read, put_out_after, rooms_of
from chat.history.pages import (
    NEWEST_PAGE,
    PAGE_MOST,
    SYNC_REACH,
    HistoryPage,
    Snapshot,
    epoch,
    message_for,
    messages_by_id,
    page,
    pinned,
    revisions_of,
    snapshot,
    sync,
)
from chat.history.ready import page_as_json
from chat.history.rooms import (
    BanPage,
    MemberPage,
    bans_of,
    members_of,
    membership_of,
    people_named,
    room_exists,
    room_for,
    rooms_for,
    visible_room,
)

__all__ = [
    "BanPage",
    "NEWEST_PAGE",
    "PAGE_MOST",
    "SYNC_REACH",
    "HistoryPage",
    "MemberPage",
    "bans_of",
    "bodies_for",
    "Snapshot",
    "changes_since",
    "epoch",
    "head",
    "heads",
    "may_read",
    "members_of",
    "membership_of",
    "message_for",
    "messages_by_id",
    "page",
    "page_as_json",
    "people_named",
    "pinned",
    "put_out_after",
    "revisions_of",
    "room_exists",
    "room_for",
    "rooms_for",
    "rooms_of",
    "snapshot",
    "standings",
    "sync",
    "visible_room",
]
