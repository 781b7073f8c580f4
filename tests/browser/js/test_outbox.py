"""What was typed is kept until it is acknowledged, sent in order, and always under the same id."""

from typing import Any

import pytest
from playwright.sync_api import Page

PRELUDE = """
const { Outbox } = await import("/static/js/outbox.js");
const { ChatError, disconnected } = await import("/static/js/protocol.js");
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
const posted = [];
const make = (post) => { const outbox = new Outbox(post); outbox.restore(1); return outbox; };
const entry = (text, room = "r") => ({ room, text, reply_to: null });
"""


@pytest.fixture
def run(module: Page) -> Any:
    def evaluate(script: str) -> Any:
        return module.evaluate(f"async () => {{ {PRELUDE} {script} }}")

    return evaluate


def test_a_room_s_messages_go_out_one_after_the_other(run: Any) -> None:
    result = run(
        "let release; const outbox = make((one) => { posted.push(one.text);"
        " return one.text === 'one' ? new Promise((resolve) => { release = resolve; }) : Promise.resolve(); });"
        "outbox.add(entry('one')); outbox.add(entry('two')); outbox.add(entry('elsewhere', 's')); await settled();"
        "const before = [...posted]; release(); await settled(); return [before, posted];"
    )
    assert result == [["one", "elsewhere"], ["one", "elsewhere", "two"]]


def test_what_was_not_acknowledged_is_sent_again_under_its_id_after_a_reload(run: Any) -> None:
    result = run(
        "const first = make((one) => { posted.push(one.client_id); return Promise.reject(disconnected()); });"
        "first.add(entry('kept')); await settled();"
        "const second = make((one) => { posted.push(one.client_id); return Promise.resolve(); });"
        "second.flush(); await settled();"
        "const third = make(() => Promise.resolve());"
        "return [posted.length, posted[0] === posted[1], second.of('r')[0].state, third.of('r').length];"
    )
    assert result == [2, True, "sent", 0]


def test_a_refused_message_stays_until_it_is_retried_under_its_id_or_removed(run: Any) -> None:
    result = run(
        "const refuse = new ChatError({ code: 'forbidden', detail: 'No.' });"
        "const outbox = make((one) => { posted.push(one.client_id); return Promise.reject(refuse); });"
        "outbox.add(entry('refused')); await settled(); const failed = { ...outbox.of('r')[0] };"
        "outbox.flush(); await settled(); outbox.retry(failed.client_id); await settled();"
        "const ids = new Set(posted).size; outbox.remove(failed.client_id);"
        "return [failed.state, failed.error, posted.length, ids, outbox.of('r').length];"
    )
    assert result == ["failed", "No.", 2, 1, 0]


def test_a_refusal_that_may_pass_is_tried_again_by_itself(run: Any) -> None:
    result = run(
        "let tries = 0; const busy = new ChatError({ code: 'rate_limited', retryable: true, retry_after: 0.01 });"
        "const outbox = make(() => (tries++ === 0 ? Promise.reject(busy) : Promise.resolve()));"
        "outbox.add(entry('soon')); while (tries < 2) await settled(); await settled(); return outbox.of('r')[0].state;"
    )
    assert result == "sent"


def test_nobody_sends_what_somebody_else_left_behind(run: Any) -> None:
    result = run(
        "const mine = make(() => Promise.reject(disconnected())); mine.add(entry('mine')); await settled();"
        "const outbox = new Outbox((one) => { posted.push(one.text); return Promise.resolve(); });"
        "outbox.restore(2); outbox.flush(); await settled(); return posted;"
    )
    assert result == []


def test_yesterday_s_message_asks_before_it_is_sent(run: Any) -> None:
    result = run(
        "const before = make(() => Promise.reject(disconnected())); before.add(entry('late')); await settled();"
        "const key = Object.keys(localStorage).find((name) => name.startsWith('chat.outbox.'));"
        "const kept = JSON.parse(localStorage.getItem(key)); kept.at = '2020-01-01T00:00:00.000Z';"
        "localStorage.setItem(key, JSON.stringify(kept));"
        "const outbox = make((one) => { posted.push(one.text); return Promise.resolve(); });"
        "outbox.flush(); await settled(); return [posted, outbox.of('r')[0].state];"
    )
    assert result == [[], "failed"]
