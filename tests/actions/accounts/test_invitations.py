"""Invitations: who may make them, whom they let in, and that every link that does not hold looks the same."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone
from pytest_django.fixtures import Settings

from chat.actions.accounts import (
    create_invitation,
    create_invited_account,
    deactivate_user,
    find_invitation,
    redeem_invitation,
    revoke_invitation,
)
from chat.actions.rooms import archive_room
from chat.errors import Archived, Conflict, Forbidden, Invalid, NotFound
from chat.history.accounts import invitations_for
from chat.models import AuditEntry, Ban, Invitation, Membership, Message, Room, User
from tests.cast import Cast, assert_log_is_whole, person, say

PASSWORD = "correct-horse-battery-9"
PEOPLE = 6

db = pytest.mark.django_db


@pytest.fixture
def staff(cast: Cast) -> User:
    """Olga, who administrates and belongs to no room."""
    olga = person("olga")
    olga.is_staff = True
    olga.save()
    return olga


def set_role(user: User, room: Room, role: str) -> None:
    Membership.objects.filter(user=user, room=room).update(role=role)


def invite(user: User, room: Room | None, **fields: int | None) -> str:
    return create_invitation(user, room=room.slug if room else None, **fields)[1]


def is_member(user: User, room: Room) -> bool:
    return Membership.objects.filter(user=user, room=room).exists()


@db
def test_members_invite_to_public_and_open_rooms_moderators_to_private_ones(cast: Cast) -> None:
    for room in (cast.lobby, cast.open):
        assert invite(cast.bob, room)
    with pytest.raises(Forbidden):
        invite(cast.bob, cast.private)
    set_role(cast.bob, cast.private, Membership.Role.MODERATOR)
    assert invite(cast.bob, cast.private)
    assert invite(cast.alice, cast.private)


@db
def test_nobody_invites_where_they_do_not_belong(cast: Cast, staff: User) -> None:
    for somebody in (cast.carol, staff):
        with pytest.raises(Forbidden):
            invite(somebody, cast.open)
        with pytest.raises(NotFound):
            invite(somebody, cast.private)
    with pytest.raises(Forbidden):
        invite(cast.gus, cast.lobby)
    assert not Invitation.objects.exists()


@db
def test_a_direct_room_is_never_widened_and_an_archived_one_neither(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        invite(cast.alice, cast.direct)
    archive_room(cast.alice, cast.open.slug, True)
    with pytest.raises(Archived):
        invite(cast.alice, cast.open)


@db
def test_only_staff_invite_to_the_installation(cast: Cast, staff: User) -> None:
    assert invite(staff, None)
    for somebody in (cast.alice, cast.gus):
        with pytest.raises(Forbidden):
            invite(somebody, None)


@db
@pytest.mark.parametrize(
    ("fields", "field"), [({"uses": 0}, "uses"), ({"days": 0}, "days"), ({"days": 366}, "days")]
)
def test_bounds_that_cannot_be_are_refused(cast: Cast, fields: dict[str, int], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        invite(cast.alice, cast.open, **fields)
    assert refusal.value.field == field


@db
def test_the_secret_is_not_kept(cast: Cast) -> None:
    invitation, secret = create_invitation(cast.alice, room=cast.open.slug)
    assert find_invitation(secret) == invitation
    assert secret not in str(Invitation.objects.values().get())
    assert secret not in str(list(AuditEntry.objects.values()))


@db
def test_coming_in_makes_a_member_brought_by_whoever_invited(cast: Cast) -> None:
    say(cast.alice, cast.private, "before")
    secret = invite(cast.alice, cast.private, uses=3)
    redeem_invitation(cast.carol, secret)
    assert is_member(cast.carol, cast.private)
    room = Room.objects.get(pk=cast.private.pk)
    assert room.member_count == 3
    joined = Message.objects.get(room=room, kind=Message.Kind.SYSTEM)
    assert joined.event is not None
    assert (joined.event["name"], joined.event["user"]["id"], joined.event["by"]["id"]) == (
        "member_joined",
        cast.carol.pk,
        cast.alice.pk,
    )
    assert_log_is_whole(room)
    assert Invitation.objects.get().uses_left == 2


@db
def test_who_is_a_member_already_uses_nothing_up(cast: Cast) -> None:
    secret = invite(cast.alice, cast.private, uses=1)
    redeem_invitation(cast.bob, secret)
    redeem_invitation(cast.carol, secret)
    assert is_member(cast.carol, cast.private)
    assert Invitation.objects.get().uses_left == 0


@db
def test_every_link_that_does_not_hold_is_refused_alike(cast: Cast) -> None:
    expired, used, revoked = (create_invitation(cast.alice, room=cast.open.slug) for _ in range(3))
    Invitation.objects.filter(pk=expired[0].pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    Invitation.objects.filter(pk=used[0].pk).update(uses_left=0)
    revoke_invitation(cast.alice, revoked[0].pk)
    said = set()
    for secret in (expired[1], used[1], revoked[1], "unknown", "", "a\0b", "a\ud800b"):
        with pytest.raises(NotFound) as refusal:
            redeem_invitation(cast.carol, secret)
        said.add(refusal.value.detail)
    assert len(said) == 1
    assert not is_member(cast.carol, cast.open)


@db
@pytest.mark.parametrize("lost", ["membership", "role", "account", "room"])
def test_a_link_holds_only_while_its_maker_might_make_it(cast: Cast, lost: str) -> None:
    set_role(cast.bob, cast.private, Membership.Role.MODERATOR)
    secret = invite(cast.bob, cast.private)
    assert find_invitation(secret)
    if lost == "membership":
        Membership.objects.filter(user=cast.bob, room=cast.private).delete()
    elif lost == "role":
        set_role(cast.bob, cast.private, Membership.Role.MEMBER)
    elif lost == "account":
        deactivate_user(cast.bob, by=cast.alice)
    else:
        archive_room(cast.alice, cast.private.slug, True)
    with pytest.raises(NotFound):
        redeem_invitation(cast.carol, secret)


@db
def test_the_banned_the_deactivated_and_guests_do_not_come_in(cast: Cast) -> None:
    secret = invite(cast.alice, cast.open)
    Ban.objects.create(room=cast.open, user=cast.carol, by=cast.alice)
    dave = person("dave")
    deactivate_user(dave, by=cast.alice)
    dave.refresh_from_db()
    for somebody in (cast.carol, cast.gus, dave):
        with pytest.raises(NotFound):
            redeem_invitation(somebody, secret)
        assert not is_member(somebody, cast.open)


@db
def test_an_invitation_makes_an_account_and_brings_it_into_the_room(cast: Cast, settings: Settings) -> None:
    settings.CHAT_SIGNUP = "invite"
    secret = invite(cast.alice, cast.private, uses=1)
    dora = create_invited_account(secret, "dora", PASSWORD, name="Dora")
    assert is_member(dora, cast.private)
    with pytest.raises(NotFound):
        create_invited_account(secret, "erin", PASSWORD)
    assert not User.objects.filter(username="erin").exists()


@db
def test_staff_invite_to_the_installation_alone(cast: Cast, staff: User, settings: Settings) -> None:
    settings.CHAT_SIGNUP = "invite"
    secret = invite(staff, None, uses=1)
    redeem_invitation(cast.carol, secret)
    assert Invitation.objects.get().uses_left == 1
    dora = create_invited_account(secret, "dora", PASSWORD)
    assert not dora.memberships.exists()
    with pytest.raises(NotFound):
        create_invited_account(secret, "erin", PASSWORD)


@db
def test_an_account_that_cannot_be_made_uses_nothing_up(cast: Cast, settings: Settings) -> None:
    settings.CHAT_SIGNUP = "invite"
    secret = invite(cast.alice, cast.private, uses=1)
    with pytest.raises(Conflict):
        create_invited_account(secret, "BOB", PASSWORD)
    assert Invitation.objects.get().uses_left == 1
    assert create_invited_account(secret, "dora", PASSWORD)


@db
def test_where_sign_up_is_closed_an_invitation_makes_no_account(cast: Cast, settings: Settings) -> None:
    settings.CHAT_SIGNUP = "closed"
    secret = invite(cast.alice, cast.private)
    with pytest.raises(Forbidden):
        create_invited_account(secret, "dora", PASSWORD)
    assert not User.objects.filter(username="dora").exists()
    redeem_invitation(cast.carol, secret)
    assert is_member(cast.carol, cast.private)


@db
def test_a_guest_who_signs_up_by_a_link_stays_the_same_person(cast: Cast, settings: Settings) -> None:
    settings.CHAT_SIGNUP = "invite"
    account = create_invited_account(invite(cast.alice, cast.private), "gustav", PASSWORD, guest=cast.gus)
    assert account.pk == cast.gus.pk
    assert is_member(account, cast.private)


@db
def test_invitations_are_seen_and_revoked_by_their_maker_moderators_and_staff(
    cast: Cast, staff: User
) -> None:
    made, _ = create_invitation(cast.bob, room=cast.open.slug)
    for somebody in (cast.bob, cast.alice, staff):
        assert invitations_for(somebody) == [made]
    assert invitations_for(cast.carol) == []
    with pytest.raises(NotFound):
        revoke_invitation(cast.carol, made.pk)
    revoke_invitation(cast.alice, made.pk)
    assert not Invitation.objects.exists()


@db
def test_the_list_has_what_may_still_let_somebody_in(cast: Cast) -> None:
    expired, used, lasting = (create_invitation(cast.alice, room=cast.open.slug)[0] for _ in range(3))
    Invitation.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    Invitation.objects.filter(pk=used.pk).update(uses_left=0)
    assert invitations_for(cast.alice) == [lasting]


@db
def test_what_is_done_with_an_invitation_is_recorded(cast: Cast) -> None:
    made, secret = create_invitation(cast.alice, room=cast.open.slug)
    redeem_invitation(cast.carol, secret)
    revoke_invitation(cast.alice, made.pk)
    trail = AuditEntry.objects.order_by("id").values_list("action", "actor_name", "details__room")
    assert list(trail) == [
        ("invitation_made", "alice", cast.open.slug),
        ("invitation_redeemed", "carol", cast.open.slug),
        ("invitation_revoked", "alice", cast.open.slug),
    ]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_come_at_once_no_more_get_in_than_it_is_for(cast: Cast) -> None:
    secret = invite(cast.alice, cast.private, uses=2)
    people = [person(f"p{number}") for number in range(PEOPLE)]
    start = threading.Barrier(PEOPLE)
    came: list[User] = []
    refused: list[User] = []

    def come(somebody: User) -> None:
        start.wait()
        try:
            redeem_invitation(somebody, secret)
            came.append(somebody)
        except NotFound:
            refused.append(somebody)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=come, args=(somebody,)) for somebody in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(came), len(refused)) == (2, PEOPLE - 2)
    assert {somebody.pk for somebody in people if is_member(somebody, cast.private)} == {
        one.pk for one in came
    }
    assert Invitation.objects.get().uses_left == 0
    assert_log_is_whole(cast.private)
