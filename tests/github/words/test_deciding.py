"""What a room hears of GitHub, decided by typing: by whom, of what, and seen by everybody there."""

import pytest
from pytest_django import Settings

from chat import database
from chat.actions.rooms import archive_room, create_room, join_room, room_on_demand
from chat.github.models import RoomSetting, Subscription
from chat.github.subscriptions import default_repository
from chat.github.subscriptions.bot import USERNAME
from chat.models import AuditEntry, Message, Room, User
from tests.cast import Cast
from tests.fakes.github import FakeGitHub
from tests.github.asking import link
from tests.github.words.conftest import Said, Type, over_http

pytestmark = pytest.mark.django_db(transaction=True)

HELLO = "octocat/Hello-World"
SUBSCRIBE = f"/github subscribe {HELLO}"


async def said_by_the_bot(room: Room) -> list[str]:
    said = Message.objects.filter(room=room, author__username=USERNAME, kind="text").order_by("id")
    return await database.call(lambda: list(said.values_list("text", flat=True)))


async def row() -> Subscription:
    return await database.call(Subscription.objects.get)


async def test_a_subscription_is_kept_told_to_the_room_and_on_the_audit_trail(
    cast: Cast, type_: Type
) -> None:
    asked = f'{SUBSCRIBE.lower()} Pulls reviews label:"good first issue" label:Bug branch:release/*'
    answer = await type_(cast.alice, cast.private, asked)
    assert answer.text.startswith(f"This room is subscribed to [{HELLO}](")
    kept = await row()
    assert (kept.repository, kept.topics) == (HELLO, ["pulls", "reviews"])
    assert (kept.labels, kept.branches) == (["good first issue", "bug"], ["release/*"])
    [line] = await said_by_the_bot(cast.private)
    assert line.startswith(f"**Alice** subscribed this room to [{HELLO}](")
    assert "pulls, reviews; labels good first issue, bug; branches release/\\*" in line
    recorded = await database.call(AuditEntry.objects.get, action="github_subscribed")
    assert (recorded.actor_name, recorded.target_name) == ("alice", cast.private.slug)
    assert recorded.details["repository"] == HELLO


async def test_whoever_subscribes_is_told_when_no_event_can_come(cast: Cast, settings: Settings) -> None:
    settings.GITHUB_WEBHOOK_SECRETS = []
    assert "webhook secret first" in (await over_http(cast.alice, cast.private, SUBSCRIBE)).text
    settings.GITHUB_WEBHOOK_SECRETS = ["the secret"]
    assert "webhook secret first" not in (await over_http(cast.alice, cast.private, SUBSCRIBE)).text


async def test_subscribing_anew_replaces_what_was_asked_before(cast: Cast) -> None:
    for asked in (SUBSCRIBE, SUBSCRIBE, f"{SUBSCRIBE} pushes"):
        await over_http(cast.alice, cast.private, asked)
    assert (await row()).topics == ["pushes"]
    assert len(await said_by_the_bot(cast.private)) == 2


async def test_what_is_listed_is_less_after_unsubscribing_and_then_nothing(cast: Cast, type_: Type) -> None:
    nothing = "This room is subscribed to no repository."
    assert (await type_(cast.bob, cast.private, "/github list")).text == nothing
    await type_(cast.alice, cast.private, SUBSCRIBE)
    await type_(cast.alice, cast.private, "/github mute bots")
    await type_(cast.alice, cast.private, f"/github default {HELLO}")
    listed = (await type_(cast.bob, cast.private, "/github list")).text
    assert f"- [{HELLO}](" in listed
    assert "pulls, issues, releases" in listed
    assert "What bots do is not told." in listed
    assert f"`#12` is one of [{HELLO}](" in listed
    left = await type_(cast.alice, cast.private, f"/github unsubscribe {HELLO} pulls issues")
    assert left.text.endswith(": releases.")
    assert (await type_(cast.alice, cast.private, f"/github unsubscribe {HELLO}")).text.startswith(
        "This room hears"
    )
    assert (await type_(cast.alice, cast.private, f"/github unsubscribe {HELLO}")).code == "not_found"
    assert nothing in (await type_(cast.bob, cast.private, "/github list")).text
    assert (await said_by_the_bot(cast.private))[-1].startswith("**Alice** ended this room's subscription")


async def test_bots_are_muted_and_heard_again_and_a_room_has_a_repository_of_its_own(cast: Cast) -> None:
    await over_http(cast.alice, cast.private, "/github mute bots")
    assert (await database.call(RoomSetting.objects.get)).mutes_bots
    await over_http(cast.alice, cast.private, "/github unmute bots")
    assert not (await database.call(RoomSetting.objects.get)).mutes_bots
    await over_http(cast.alice, cast.private, "/github default OCTOCAT/hello-world")
    assert await database.call(default_repository, cast.private.pk) == HELLO
    assert HELLO in (await over_http(cast.bob, cast.private, "/github default")).text
    await over_http(cast.alice, cast.private, "/github default none")
    assert await database.call(default_repository, cast.private.pk) is None


async def test_what_is_refused_changes_nothing(cast: Cast) -> None:
    cases = {
        "subscribe": "invalid",
        "subscribe octocat": "invalid",
        "subscribe no/such": "not_found",
        f"subscribe {HELLO} everything": "invalid",
        f"subscribe {HELLO} label:": "invalid",
        f'subscribe {HELLO} label:"open': "invalid",
        f"subscribe {HELLO} {' '.join(f'label:{number}' for number in range(11))}": "invalid",
        f"unsubscribe {HELLO} label:bug": "invalid",
        "mute everybody": "invalid",
        "default octocat": "invalid",
        "default no/such": "not_found",
    }
    codes = {text: (await over_http(cast.alice, cast.private, f"/github {text}")).code for text in cases}
    assert codes == cases
    assert not await database.call(Subscription.objects.exists)
    assert not await database.call(RoomSetting.objects.exists)
    assert await said_by_the_bot(cast.private) == []


async def test_a_private_repository_is_subscribed_by_whose_account_sees_it_and_everybody_is_warned(
    cast: Cast, github: FakeGitHub, type_: Type
) -> None:
    github.world.add_repository("acme/secret", private=True)
    github.world.add_token("of alice", "octocat", sees=["acme/secret"])
    asked = "/github subscribe acme/secret"
    assert (await type_(cast.alice, cast.private, asked)).code == "not_found"
    await database.write(link, cast.alice, "of alice")
    answer = await type_(cast.alice, cast.private, asked)
    warning = "everybody who can read this room, now or later, reads its events here"
    assert warning in answer.text
    assert (await row()).private
    [line] = await said_by_the_bot(cast.private)
    assert warning in line
    assert "private" in (await type_(cast.bob, cast.private, "/github list")).text
    github.world.revoke("of alice")
    assert (await type_(cast.alice, cast.open, asked)).code == "not_found"


async def test_who_may_decide(cast: Cast) -> None:
    """Each kind of room for each of the cast, all asked the same; in the last one nobody moderates."""
    ownerless = await database.write(room_on_demand, "on-demand")
    await database.write(join_room, cast.carol, "on-demand")
    archived = await database.write(create_room, cast.alice, "Old", Room.Kind.OPEN, members=[cast.bob.pk])
    await database.write(archive_room, cast.alice, archived.slug, True)
    table = {
        #               alice        bob          carol        gus
        cast.lobby: ("ok", "forbidden", "forbidden", "forbidden"),
        cast.open: ("ok", "forbidden", "forbidden", "not_found"),
        cast.private: ("ok", "forbidden", "not_found", "not_found"),
        cast.direct: ("forbidden", "forbidden", "not_found", "not_found"),
        archived: ("archived", "forbidden", "forbidden", "not_found"),
        ownerless: ("forbidden", "forbidden", "ok", "forbidden"),
    }
    for text in (SUBSCRIBE, f"/github default {HELLO}", f"/github unsubscribe {HELLO}"):
        for room, said in table.items():
            people: list[User] = [cast.alice, cast.bob, cast.carol, cast.gus]
            answers = [await over_http(person, room, text) for person in people]
            assert (text, room.name, tuple(word_of(answer) for answer in answers)) == (text, room.name, said)


def word_of(answer: Said) -> str:
    return answer.code or "ok"


async def test_whoever_may_not_decide_has_nobody_asked(cast: Cast, github: FakeGitHub) -> None:
    assert (await over_http(cast.bob, cast.lobby, SUBSCRIBE)).code == "forbidden"
    assert github.requests == []


async def test_guests_are_told_to_sign_in_as_they_cannot_join(cast: Cast, type_: Type) -> None:
    await database.write(room_on_demand, "on-demand")
    ownerless = await database.call(Room.objects.get, slug="on-demand")
    for text in (SUBSCRIBE, "/github mute bots"):
        refused = await type_(cast.gus, ownerless, text)
        assert (refused.code, "sign in and join it first" in refused.detail) == ("forbidden", True)
        assert "sign in" not in (await type_(cast.bob, ownerless, text)).detail
        assert "sign in" not in (await type_(cast.gus, cast.lobby, text)).detail


async def test_a_bot_that_was_put_out_comes_back_with_the_next_subscription(cast: Cast) -> None:
    await over_http(cast.alice, cast.private, SUBSCRIBE)
    bot = await database.call(User.objects.get, username=USERNAME)
    assert bot.kind == User.Kind.BOT

    def put_out() -> None:
        cast.private.memberships.filter(user=bot).delete()

    await database.write(put_out)
    assert "was put out" in (await over_http(cast.bob, cast.private, "/github list")).text
    await over_http(cast.alice, cast.private, SUBSCRIBE)
    assert "was put out" not in (await over_http(cast.bob, cast.private, "/github list")).text
