"""What subscribed rooms are told of GitHub: what matches, once, under one message for each thing, harmlessly."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.utils import timezone
from pytest_django import Settings

from chat.actions.edits import delete_message
from chat.actions.rooms import archive_room, remove_member
from chat.github.addresses import find
from chat.github.hooks.happening import happening_of
from chat.github.models import Gathering, Subscription
from chat.github.subscriptions import announce
from chat.github.subscriptions.bot import the_bot
from chat.github.subscriptions.changes import (
    Wanted,
    choose_default_repository,
    mute_bots,
    subscribe,
    unsubscribe,
)
from chat.github.subscriptions.settings import default_repository, subscriptions_of
from chat.models import Membership, Mention, Message, Room
from tests.cast import Cast, assert_log_is_whole
from tests.fakes.github.webhooks import example_of
from tests.github.subscriptions.telling import happened, listen, told


@pytest.fixture(autouse=True)
def _github_itself(settings: Settings) -> None:
    """The recorded events name GitHub's own site. Nothing here asks it."""
    settings.GITHUB_API_URL = "https://api.github.com"


def test_what_happens_to_one_pull_request_is_one_message_and_its_thread(cast: Cast) -> None:
    listen(cast.alice, cast.private, "pulls", "reviews")
    announce(happened("pull_request", "opened"))
    announce(happened("pull_request_review", "submitted"))
    announce(happened("pull_request", "closed"))
    root, *replies = told(cast.private)
    assert "https://github.com/Codertocat/Hello-World/pull/2" in root.text
    assert [reply.thread_id for reply in replies] == [root.pk, root.pk]
    assert (root.thread_id, root.replies) == (None, 2)
    assert_log_is_whole(cast.private)


def test_other_things_begin_messages_of_their_own(cast: Cast) -> None:
    listen(cast.alice, cast.private, *Subscription.TOPICS)
    announce(happened("pull_request", "opened"))
    announce(happened("issues", "opened"))
    announce(happened("release", "published"))
    assert [message.thread_id for message in told(cast.private)] == [None, None, None]


def test_each_room_has_its_own(cast: Cast) -> None:
    listen(cast.alice, cast.private)
    announce(happened("issues", "opened"))
    listen(cast.alice, cast.open)
    announce(happened("issues", "reopened"))
    assert [message.thread_id is None for message in told(cast.private)] == [True, False]
    assert [message.thread_id for message in told(cast.open)] == [None]


def test_a_message_that_names_its_subject_nowhere_gets_its_address(cast: Cast) -> None:
    listen(cast.alice, cast.private)
    announce(happened("issues", "opened", text="Something happened."))
    [root] = told(cast.private)
    assert root.text == "Something happened.\nhttps://github.com/Codertocat/Hello-World/issues/1"


def test_what_is_said_of_a_subscription_links_to_the_repository_and_shows_no_card(cast: Cast) -> None:
    wanted = Wanted("Codertocat", "Hello-World", ["pulls", "issues", "pushes"])
    subscribe(cast.alice, cast.private.slug, wanted)
    unsubscribe(cast.alice, cast.private.slug, "Codertocat/Hello-World", ["issues"])
    announce(happened("create"))
    renamed = {"owner": "Codertocat", "name": "Other", "former_name": "Codertocat/Hello-World"}
    announce(happened("repository", "renamed", **renamed))
    unsubscribe(cast.alice, cast.private.slug, "Codertocat/Other")
    said = told(cast.private)
    assert len(said) == 5
    for message in said:
        assert 'href="https://github.com/Codertocat/' in message.html
        assert find(message.text) == []
    listen(cast.alice, cast.private)
    announce(happened("pull_request", "opened"))
    assert [address.kind for address in find(told(cast.private)[-1].text)] == ["pull"]


@pytest.mark.parametrize(
    ("topics", "filters", "kind", "action", "changes", "is_told"),
    [
        (["pulls"], {}, "pull_request", "opened", {}, True),
        (["issues"], {}, "pull_request", "opened", {}, False),
        (["pulls"], {}, "pull_request", "labeled", {}, False),
        (["pulls"], {}, "pull_request_review", "submitted", {}, False),
        (["reviews"], {}, "pull_request_review", "submitted", {}, True),
        (["pulls"], {}, "pull_request", "opened", {"name": "Another"}, False),
        (["pulls"], {}, "pull_request", "opened", {"owner": "CODERTOCAT"}, True),
        (["issues"], {"labels": ["bug"]}, "issues", "opened", {"labels": ("Bug", "help")}, True),
        (["issues"], {"labels": ["area: *"]}, "issues", "opened", {"labels": ("area: api",)}, True),
        (["issues"], {"labels": ["[bug]"]}, "issues", "opened", {"labels": ("[bug]",)}, True),
        (["issues"], {"labels": ["[bug]"]}, "issues", "opened", {"labels": ("b",)}, False),
        (["issues"], {"labels": ["bug"]}, "issues", "opened", {"labels": ()}, False),
        (["pushes"], {"labels": ["bug"]}, "push", "", {}, True),
        (["pushes"], {"branches": ["release/*"]}, "push", "", {"branch": "release/1.0"}, True),
        (["pushes"], {"branches": ["release/*"]}, "push", "", {"branch": "main"}, False),
        (["pushes"], {"branches": ["*"]}, "push", "", {"branch": ""}, False),
        (["pulls"], {"branches": ["main"]}, "pull_request", "opened", {"branch": "next"}, False),
        (["issues"], {"branches": ["main"]}, "issues", "opened", {}, True),
        (["issues"], {}, "issues", "opened", {"private": True}, False),
        (["issues"], {"private": True}, "issues", "opened", {"private": True}, True),
    ],
)
def test_what_the_subscription_lets_in_is_told(
    cast: Cast,
    topics: list[str],
    filters: dict[str, Any],
    kind: str,
    action: str,
    changes: dict[str, Any],
    is_told: bool,
) -> None:
    changes = {"topic": "pushes", "text": "pushed"} | changes if kind == "push" else changes
    listen(cast.alice, cast.private, *topics, **filters)
    announce(happened(kind, action, **changes))
    assert bool(told(cast.private)) is is_told


def test_by_branches_a_comment_is_told_behind_what_told_the_branch(cast: Cast) -> None:
    listen(cast.alice, cast.private, "pulls", branches=["main"])
    comment = happened("pull_request", "opened", branch="", text="commented")
    announce(comment)
    assert told(cast.private) == []
    announce(happened("pull_request", "opened", branch="main"))
    announce(comment)
    assert [message.text for message in told(cast.private)][1:] == ["commented"]


def test_what_bots_do_is_told_until_they_are_muted(cast: Cast) -> None:
    listen(cast.alice, cast.private)
    by_bot = happened("issues", "opened", is_bot=True)
    announce(by_bot)
    mute_bots(cast.alice, cast.private.slug, True)
    announce(by_bot)
    assert len(told(cast.private)) == 1
    announce(happened("issues", "reopened"))
    mute_bots(cast.alice, cast.private.slug, False)
    announce(by_bot)
    assert len(told(cast.private)) == 3


def test_pushes_to_one_branch_gather_for_half_a_day(cast: Cast) -> None:
    listen(cast.alice, cast.private, "pushes")
    for branch in ("main", "main", "next"):
        announce(happened("push", topic="pushes", text="pushed", branch=branch))
    first, second, other = told(cast.private)
    assert (first.thread_id, second.thread_id, other.thread_id) == (None, first.pk, None)
    Message.objects.filter(pk=first.pk).update(at=timezone.now() - timedelta(hours=13))
    announce(happened("push", topic="pushes", text="pushed", branch="main"))
    assert told(cast.private)[-1].thread_id is None


def test_an_archived_room_is_told_nothing_until_it_is_opened_again(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    listen(cast.alice, cast.private)
    archive_room(cast.alice, cast.private.slug, True)
    announce(happened("issues", "opened"))
    assert told(cast.private) == []
    assert refusals(caplog) == []
    archive_room(cast.alice, cast.private.slug, False)
    announce(happened("issues", "reopened"))
    assert len(told(cast.private)) == 1


def test_a_room_that_is_gone_takes_its_subscriptions_along_and_one_with_another_slug_is_told(
    cast: Cast,
) -> None:
    listen(cast.alice, cast.private)
    listen(cast.alice, cast.open)
    Room.objects.filter(pk=cast.open.pk).update(slug="elsewhere")
    announce(happened("issues", "opened"))
    Message.objects.filter(room=cast.private).delete()
    Room.objects.filter(pk=cast.private.pk).delete()
    announce(happened("issues", "reopened"))
    assert len(told(cast.open)) == 2
    assert Subscription.objects.count() == Gathering.objects.count() == 1


def test_what_was_gathered_under_a_deleted_message_begins_anew(cast: Cast) -> None:
    listen(cast.alice, cast.private)
    announce(happened("issues", "opened"))
    delete_message(cast.alice, told(cast.private)[0].pk)
    announce(happened("issues", "reopened"))
    announce(happened("issues", "reopened"))
    root, reply = told(cast.private)
    assert (root.thread_id, reply.thread_id) == (None, root.pk)


def test_a_room_that_put_the_bot_out_is_left_in_peace(cast: Cast) -> None:
    listen(cast.alice, cast.lobby)
    remove_member(cast.alice, "lobby", the_bot().pk)
    announce(happened("issues", "opened"))
    assert told(cast.lobby) == []


def test_an_effect_is_told_once_also_where_it_would_stand_elsewhere_now(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    listen(cast.alice, cast.private)
    for _ in range(2):
        announce(happened("issues", "opened"), "the first effect")
    announce(happened("issues", "opened"), "another effect")
    assert len(told(cast.private)) == 2
    assert refusals(caplog) == []


def refusals(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was tried and not allowed."""
    return [record.getMessage() for record in caplog.records if "not told" in record.getMessage()]


@pytest.mark.parametrize("action", ["renamed", "transferred"])
def test_a_repository_with_another_name_is_heard_of_as_before(cast: Cast, action: str) -> None:
    moved = happened("repository", action)
    before, now = moved.former_name, f"{moved.owner}/{moved.name}"
    # As recorded, the one that is renamed has the same name again.
    now, moved = (
        ("Octocoders/Other", msgspec.structs.replace(moved, name="Other")) if before == now else (now, moved)
    )
    owner, _, name = before.partition("/")
    for room in (cast.private, cast.open):
        subscribe(cast.alice, room.slug, Wanted(owner, name, ["issues"], labels=["bug"]))
    subscribe(cast.alice, cast.open.slug, Wanted(moved.owner, moved.name, ["pulls"]))
    choose_default_repository(cast.alice, cast.private.slug, before.lower())
    announce(moved)
    assert [(row.repository, row.topics, row.labels) for row in subscriptions_of(cast.private.pk)] == [
        (now, ["issues"], ["bug"])
    ]
    assert [(row.repository, row.topics) for row in subscriptions_of(cast.open.pk)] == [(now, ["pulls"])]
    assert default_repository(cast.private.pk) == now
    assert told(cast.private)[-1].text.startswith(f"The repository {before} is [{now}](")


@pytest.mark.parametrize(
    "title",
    [
        "@room @bob come here",
        "](https://evil.example) [x",
        "`code` **bold** <script>alert(1)</script>",
        "https://evil.example/ and octocat/Hello-World#3 and #4",
        "> a\n\n# b\u2028@bob",
    ],
)
def test_what_a_stranger_writes_calls_nobody_and_leads_nowhere(cast: Cast, title: str) -> None:
    listen(cast.alice, cast.lobby)
    Membership.objects.filter(room=cast.lobby, user=the_bot()).update(role=Membership.Role.OWNER)
    example = example_of("issues", "opened")
    example.payload["issue"]["title"] = title
    happening = happening_of(example.kind, example.body)
    assert happening is not None
    announce(happening)
    [message] = told(cast.lobby)
    assert message.mentions == []
    assert not Mention.objects.filter(message=message).exists()
    links = [part.partition('"')[0] for part in message.html.split('href="')[1:]]
    assert links == ["https://github.com/Codertocat/Hello-World/issues/1"]
    for active in ("<script", "<code>", "<h1>", "<blockquote>", 'class="mention"'):
        assert active not in message.html
