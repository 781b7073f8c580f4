"""What the client holds of a room follows the rules of the protocol, whatever the order of frames and pages."""

from typing import Any

import pytest
from playwright.sync_api import Page

# Functions that the scripts of these tests begin with.
PRELUDE = """
const { Store } = await import("/static/js/store.js");
const { MOST_ROWS } = await import("/static/js/state/window.js");
const store = new Store();
store.me = { id: 1, name: "Alice", avatar: null, kind: "user" };
const author = { id: 2, name: "Bob", avatar: null, kind: "user" };
const message = (id, seq, more = {}) => ({
  id, seq, room: "r", kind: "text", author, text: `text ${seq}`, html: "", at: "2024-01-01T00:00:00.000Z",
  client_id: null, edited_at: null, text_seq: seq, deleted: false, reply_to: null, thread: null, reactions: [],
  event: null, ...more,
});
const event = (message, more = {}) => store.applyMessage({ type: "message", room: "r", message, ...more });
const page = (messages, seq, more = {}) => store.setChanges("r", { seq, messages, more: false, reset: true, ...more });
const full = (first, seq) => page(Array.from({ length: 50 }, (_, i) => message(first + i, first + i)), seq);
const state = store.room("r");
const held = () => state.list().map(({ id, seq }) => [id, seq]);
"""


@pytest.fixture
def run(module: Page) -> Any:
    def evaluate(script: str) -> Any:
        return module.evaluate(f"async () => {{ {PRELUDE} {script} }}")

    return evaluate


def test_the_next_change_advances_and_a_later_one_is_a_hole(run: Any) -> None:
    result = run(
        "page([message(1, 1)], 1); const next = event(message(2, 2)); const hole = event(message(4, 4));"
        "return [next, hole, state.complete, held()];"
    )
    assert result == [True, False, 2, [[1, 1], [2, 2], [4, 4]]]


def test_an_event_that_covers_more_than_one_number_advances_over_them(run: Any) -> None:
    assert run("page([], 1); event(message(2, 5), { prev: 1 }); return state.complete;") == 5


def test_an_older_state_of_a_message_never_replaces_a_newer_one(run: Any) -> None:
    result = run(
        "page([message(1, 3)], 3); event(message(1, 2), { prev: 1 }); return [held(), state.complete];"
    )
    assert result == [[[1, 3]], 3]


def test_a_sync_fills_the_hole_and_says_how_far_it_reaches(run: Any) -> None:
    result = run(
        "page([message(1, 1)], 1); event(message(4, 4));"
        "page([message(2, 2), message(3, 3)], 4, { reset: false }); return [held(), state.complete];"
    )
    assert result == [[[1, 1], [2, 2], [3, 3], [4, 4]], 4]


def test_messages_stand_in_the_order_of_their_ids_not_of_their_changes(run: Any) -> None:
    result = run("page([message(1, 1), message(2, 2)], 2); event(message(1, 3)); return held();")
    assert result == [[1, 3], [2, 2]]


def test_a_change_below_the_window_advances_and_is_not_shown(run: Any) -> None:
    assert run("full(51, 100); event(message(7, 101)); return [held().length, state.complete];") == [50, 101]


def test_a_change_that_overtakes_its_page_of_history_wins_over_it(run: Any) -> None:
    result = run(
        "full(51, 100); state.loadingOlder = true; event(message(7, 101));"
        "store.setPage('r', 'addOlder', { messages: [message(7, 7)], has_older: false });"
        "return [held()[0], state.hasOlder];"
    )
    assert result == [[7, 101], False]


def test_an_event_that_overtakes_the_answer_to_subscribe_is_kept(run: Any) -> None:
    result = run(
        "store.startSubscribing('r'); event(message(2, 2)); page([message(1, 1)], 1);"
        "return [held(), state.complete];"
    )
    assert result == [[[1, 1], [2, 2]], 2]


def test_another_epoch_forgets_what_was_held(run: Any) -> None:
    result = run(
        "store.setEpoch('a'); page([message(1, 1)], 1); store.quoted.set(9, message(9, 9));"
        "store.setEpoch('b'); return [held(), state.complete, state.loaded, store.message('r', 9)];"
    )
    assert result == [[], None, False, None]


def test_a_busy_room_lets_go_of_what_lies_far_above(run: Any) -> None:
    result = run(
        "page([], 0); for (let i = 1; i <= MOST_ROWS + 1; i += 1) event(message(i, i)); store.trim('r');"
        "return [held().length < MOST_ROWS, held().at(-1)[0] === MOST_ROWS + 1, state.hasOlder];"
    )
    assert result == [True, True, True]


ME = (
    "const mine = (counts) => store.setRoom({"
    " slug: 'r', seq: 5, me: { role: 'member', read_id: 5, unread: 0, mentions: 0, ...counts } });"
)


def test_what_comes_is_counted_above_the_position(run: Any) -> None:
    result = run(
        f"{ME} page([], 5); mine(); event(message(6, 6)); event(message(7, 7, {{ mentions: [1] }}));"
        "event(message(8, 8, { author: store.me })); event(message(9, 9, { kind: 'system' }));"
        "return [state.unread, state.mentions];"
    )
    assert result == [2, 1]


def test_a_deleted_message_and_a_call_that_is_edited_in_are_counted_anew(run: Any) -> None:
    result = run(
        f"{ME} page([], 5); mine(); event(message(6, 6)); event(message(7, 7));"
        "event(message(6, 8, { deleted: true, text_seq: 0 }));"
        "event(message(7, 9, { mentions: [1], edited_at: 'now' })); return [state.unread, state.mentions];"
    )
    assert result == [1, 1]


def test_what_the_server_has_counted_is_not_counted_again(run: Any) -> None:
    result = run(
        f"{ME} store.startSubscribing('r'); event(message(6, 6)); event(message(7, 7));"
        "const room = { slug: 'r', seq: 6, me: { role: 'member', read_id: 5, unread: 1, mentions: 0 } };"
        "page([], 5, { room }); return [state.unread, held()];"
    )
    assert result == [2, [[6, 6], [7, 7]]]


def test_replies_in_threads_advance_and_stay_out_of_the_room(run: Any) -> None:
    result = run(
        f"{ME} page([message(1, 1)], 5); mine(); event(message(6, 6, {{ thread: 1, mentions: [1] }}));"
        "return [held(), state.complete, state.unread, state.mentions];"
    )
    assert result == [[[1, 1]], 6, 0, 1]


def test_a_deleted_reply_stays_in_its_thread(run: Any) -> None:
    result = run(
        "page([message(1, 1)], 5);"
        "store.setPage('r', 'begin', { messages: [message(3, 3)], has_older: false }, { thread: 1 });"
        "event(message(6, 6, { thread: 1 })); event(message(6, 7, { deleted: true, text_seq: 0 }));"
        "event(message(3, 8, { deleted: true, text_seq: 0 }));"
        "return [held(), state.thread(1).list().map((one) => [one.id, one.deleted]), state.complete];"
    )
    assert result == [[[1, 1]], [[3, True], [6, True]], 8]


def test_what_is_left_of_a_message_never_seen_waits_until_it_is_known_where_it_stood(run: Any) -> None:
    result = run(
        "const doubtful = []; store.addEventListener('doubtful', ({ detail }) => doubtful.push(detail));"
        "page([message(1, 1)], 5); event(message(4, 6, { deleted: true, text_seq: 0 })); const before = held();"
        "store.settle(doubtful[0]); return [before, held(), doubtful.length];"
    )
    assert result == [[[1, 1]], [[1, 1], [4, 6]], 1]


def test_a_reply_that_overtakes_the_page_of_its_thread_is_kept(run: Any) -> None:
    result = run(
        "page([message(1, 1)], 5); const thread = state.thread(1); event(message(6, 6, { thread: 1 }));"
        "store.setPage('r', 'begin', { messages: [message(3, 3)], has_older: false }, { thread: 1 });"
        "return thread.list().map((one) => one.id);"
    )
    assert result == [3, 6]


def test_a_place_far_back_takes_only_changes_of_what_it_holds(run: Any) -> None:
    result = run(
        "const { MessageWindow } = await import('/static/js/state/window.js'); full(51, 100);"
        "const window = new MessageWindow(); state.excerpt = window;"
        "const messages = [message(10, 10), message(11, 11)];"
        "store.setPage('r', 'begin', { messages, has_older: true, has_newer: true }, { window });"
        "event(message(11, 101)); event(message(12, 102)); event(message(103, 103));"
        "return [window.list().map((one) => [one.id, one.seq]), held().at(-1), state.complete];"
    )
    assert result == [[[10, 10], [11, 101]], [103, 103], 103]


CARD = "const card = (id, version, more = {}) => ({ id, version, title: `v${version}`, private: false, ...more });"


def test_a_private_body_that_a_page_no_longer_brings_is_gone(run: Any) -> None:
    result = run(
        f"{CARD} const shown = () => [1, 2].map((id) => store.cards.body(id)?.title ?? null);"
        "const one = message(1, 1, { cards: [{ id: 1, url: '' }, { id: 2, url: '' }] });"
        "page([one], 1, { cards: [card(1, 1, { private: true }), card(2, 1)] }); const before = shown();"
        "page([one], 1, { cards: [card(2, 0)] }); return [before, shown()];"
    )
    assert result == [["v1", "v1"], [None, "v1"]]
