"""The pure parts: rows and groups, addresses, initials, sentences, emoji, waits."""

from typing import Any

import pytest
from playwright.sync_api import Page

ROWS = """
const { rowsOf } = await import("/static/js/lib/rows.js");
const message = (id, minute, author = 1, more = {}) => ({
  id, author: { id: author }, at: new Date(2024, 4, 1, 10, minute).toISOString(),
  kind: "text", client_id: null, ...more,
});
const shape = (rows) => rows.map((row) => row.type + (row.continued ? "+" : ""));
"""


@pytest.fixture
def run(module: Page) -> Any:
    def evaluate(script: str) -> Any:
        return module.evaluate(f"async () => {{ {script} }}")

    return evaluate


def test_messages_of_one_author_within_five_minutes_are_one_group(run: Any) -> None:
    rows = run(
        f"{ROWS} const said = [message(1, 0), message(2, 5), message(3, 11), message(4, 12, 2)];"
        "return shape(rowsOf(said, [], null, null));"
    )
    assert rows == ["day", "message", "message+", "message", "message"]


def test_a_new_day_an_answer_and_the_unread_line_break_a_group(run: Any) -> None:
    rows = run(
        f"{ROWS} const next = {{ ...message(2, 1), at: new Date(2024, 4, 2, 0, 0).toISOString() }};"
        "const said = [message(1, 0), next, { ...next, id: 3, reply_to: 1 }, { ...next, id: 4 }, { ...next, id: 5 }];"
        "return shape(rowsOf(said, [], null, 5));"
    )
    assert rows == ["day", "message", "day", "message", "message", "message+", "unread", "message"]


def test_a_message_keeps_the_key_it_had_before_it_was_sent(run: Any) -> None:
    keys = run(
        f"{ROWS} const me = {{ id: 1 }}; const entry = {{ client_id: 'x', at: message(1, 0).at }};"
        "const key = (rows) => rows.at(-1).key;"
        "return [key(rowsOf([], [entry], me, null)), key(rowsOf([message(1, 0, 1, { client_id: 'x' })], [], me, null)),"
        "key(rowsOf([message(1, 0, 2, { client_id: 'x' })], [], me, null))];"
    )
    assert keys == ["c:x", "c:x", "m:1"]


def test_an_address_names_its_room(run: Any) -> None:
    slugs = run(
        "const { slugOfPath } = await import('/static/js/lib/slug.js');"
        "return ['/', '/chat/lobby/', '/chat/B%C3%BCro', '/chat/%E0%A4%A/', '/chat/a/b/'].map(slugOfPath);"
    )
    assert slugs == [None, "lobby", "büro", None, None]


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ada Lovelace", "AL"),
        ("grace", "G"),
        ("Jean-Luc Picard", "JP"),
        ("張偉", "張"),
        ("👩‍🚀 Sally Ride", "SR"),
        ("!!!", "!"),
    ],
)
def test_initials_of_a_name(run: Any, name: str, letters: str) -> None:
    script = "const { initials } = await import('/static/js/lib/identity.js'); return initials(NAME);"
    assert run(script.replace("NAME", repr(name))) == letters


@pytest.mark.parametrize(
    ("text", "large"),
    [
        ("🎉", True),
        ("👩‍👩‍👧 ❤️", True),
        ("🇩🇪", True),
        ("1", False),
        ("#", False),
        ("yes 🎉", False),
        ("🎉" * 6, False),
        ("", False),
    ],
)
def test_only_a_few_emoji_alone_are_large(run: Any, text: str, large: bool) -> None:
    script = "const { isOnlyEmoji } = await import('/static/js/lib/emoji.js'); return isOnlyEmoji(TEXT);"
    assert run(script.replace("TEXT", repr(text))) is large


def test_sentences_name_people(run: Any) -> None:
    result = run(
        "const { typingSentence, systemSentence, namesSentence } = await import('/static/js/lib/phrases.js');"
        "const user = { id: 1, name: 'Ada' }; const by = { id: 2, name: 'Grace' };"
        "return [typingSentence(['Ada', 'Bob']), typingSentence(['a', 'b', 'c']),"
        "systemSentence({ text: '', event: { name: 'member_joined', user, by: user } }),"
        "systemSentence({ text: '', event: { name: 'member_removed', user, by } }), namesSentence(['Ada', 'you'], 4)];"
    )
    assert result == [
        "Ada and Bob are typing",
        "Several people are typing",
        "Ada joined",
        "Grace removed Ada",
        "Ada, you, and 2 others",
    ]


def test_waits_double_up_to_half_a_minute_and_are_never_the_same_for_all(run: Any) -> None:
    waits = run(
        "const { backoff } = await import('/static/js/lib/backoff.js');"
        "return [backoff(0, () => 0), backoff(0, () => 1), backoff(3, () => 1), backoff(50, () => 1)];"
    )
    assert waits == [250, 500, 4_000, 30_000]


def test_what_was_done_to_a_room_reads_as_a_sentence(run: Any) -> None:
    result = run(
        "const { systemSentence } = await import('/static/js/lib/phrases.js');"
        "const by = { id: 1, name: 'Ada' }, user = { id: 2, name: 'Bob' };"
        "const say = (name, more) => systemSentence({ text: '', event: { name, by, user, ...more } });"
        "return [say('role_changed', { role: 'moderator' }), say('member_removed', { reason: 'banned' }),"
        "say('room_renamed', { from: 'a', to: 'b' }), say('topic_changed', { to: '' }), say('member_joined'),"
        "say('kind_changed', { to: 'private' }), say('something new')];"
    )
    assert result == [
        "Ada made Bob a moderator",
        "Ada banned Bob",
        "Ada renamed the room from “a” to “b”",
        "Ada removed the topic",
        "Ada added Bob",
        "Ada made the room private: only members know of it",
        "",
    ]


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("@", {"start": 0, "part": ""}),
        ("hello @zo", {"start": 6, "part": "zo"}),
        ("(@müller", {"start": 1, "part": "müller"}),
        ("mail@example", None),
        ("@ada is", None),
        ("nothing", None),
    ],
)
def test_a_call_is_what_stands_behind_an_at_sign(run: Any, text: str, call: object) -> None:
    script = "const { callBefore } = await import('/static/js/lib/mentions.js'); return callBefore(TEXT, 99);"
    assert run(script.replace("TEXT", repr(text))) == call


def test_who_fits_a_call_comes_by_the_beginning_of_the_name_whatever_its_accents(run: Any) -> None:
    result = run(
        "const { fitting, handleOf } = await import('/static/js/lib/mentions.js');"
        "const people = [['ada', 'Ada Lovelace'], ['zoe', 'Zoé Müller'], ['lo', 'Émile Love'], ['x', 'Clover']];"
        "const called = people.map(([handle, name]) => ({ handle, name, user: null, note: '' }));"
        "const find = (part) => fitting(called, part).map((one) => one.handle);"
        "const word = (username, name) => handleOf({ username, user: { name } });"
        "return [find('lov'), find('emil'), find('mull'), find('q'), word('a@b', 'Ada'), word(null, 'Ada Lovelace')];"
    )
    assert result == [["ada", "lo", "x"], ["lo"], ["zoe"], [], "Ada", None]


def test_an_address_says_what_stands_beside_the_room_and_which_message_is_meant(run: Any) -> None:
    result = run(
        "const { messageOf, paneOf, roomPath } = await import('/static/js/lib/slug.js');"
        "const path = roomPath('a b', { kind: 'thread', root: 7 }, 9); const search = path.split('/').at(-1);"
        "return [path, paneOf(search), messageOf(search), paneOf('?show=members'), paneOf('?show=secrets'),"
        "paneOf('?thread=-1'), messageOf('?message=x'), roomPath('r')];"
    )
    assert result == [
        "/chat/a%20b/?thread=7&message=9",
        {"kind": "thread", "root": 7},
        9,
        {"kind": "members"},
        None,
        None,
        None,
        "/chat/r/",
    ]


def test_how_long_ago_something_was(run: Any) -> None:
    result = run(
        "const { timeAgo } = await import('/static/js/lib/time.js'); const now = Date.now();"
        "const ago = (ms) => timeAgo(new Date(now - ms).toISOString(), now);"
        "return [ago(-5000), ago(59_000), ago(5 * 60_000), ago(3 * 3_600_000), ago(49 * 3_600_000)];"
    )
    assert result == ["just now", "just now", "5 minutes ago", "3 hours ago", "2 days ago"]
