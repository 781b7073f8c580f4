"""Whom a text calls: names outside of code, resolved to members, `@room` where it is allowed."""

import pytest

from chat import markdown
from chat.actions.edits import delete_message, edit_message
from chat.models import Mention, User
from tests.cast import Cast, message_of, person, say


@pytest.mark.django_db
def test_members_are_called_by_their_username_or_a_name_of_their_own(cast: Cast) -> None:
    found = message_of(say(cast.alice, cast.open, "@bob, @BOB, @carol and @nobody"))
    assert found.mentions == [cast.bob.pk]
    assert found.html.count("<span") == 2
    User.objects.filter(pk=cast.bob.pk).update(name="Robert")
    assert message_of(say(cast.alice, cast.open, "@robert")).mentions == [cast.bob.pk]
    cast.open.memberships.create(user=person("rob"))
    User.objects.filter(username="rob").update(name="Robert")
    assert message_of(say(cast.alice, cast.open, "@robert")).mentions == []


@pytest.mark.django_db
def test_nobody_calls_themselves(cast: Cast) -> None:
    assert message_of(say(cast.alice, cast.open, "@alice")).mentions == []


@pytest.mark.django_db
def test_the_whole_room_is_called_by_those_who_moderate_it(cast: Cast) -> None:
    assert message_of(say(cast.alice, cast.open, "@room")).mentions == [cast.bob.pk]
    assert message_of(say(cast.bob, cast.open, "@room")).mentions == []
    assert message_of(say(cast.bob, cast.direct, "@room")).mentions == [cast.alice.pk]


@pytest.mark.django_db
def test_an_edit_and_a_deletion_take_their_mentions_along(cast: Cast) -> None:
    said = say(cast.alice, cast.open, "@bob")
    assert list(Mention.objects.values_list("message", "user", "room")) == [
        (said.message_id, cast.bob.pk, cast.open.pk)
    ]
    edit_message(cast.alice, said.message_id, "nobody")
    assert not Mention.objects.exists()
    edit_message(cast.alice, said.message_id, "@bob again")
    assert message_of(said).mentions == [cast.bob.pk]
    delete_message(cast.alice, said.message_id)
    assert not Mention.objects.exists()
    assert message_of(said).mentions == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("hi @alice, and @bob.smith.", {"alice", "bob.smith"}),
        ("**@bold** > @quoted", {"bold", "quoted"}),
        ("(@in-brackets)", {"in-brackets"}),
        ("@ünïcode", {"ünïcode"}),
        ("`@code` and\n\n```\n@block\n```", set()),
        ("[see @this](https://example.org/@that) https://example.org/@there", set()),
        ("a@b.example @@twice @ alone", set()),
    ],
)
def test_names_are_called_outside_of_code_links_and_addresses(text: str, names: set[str]) -> None:
    assert markdown.render(text).names == names


def test_only_the_names_of_somebody_stay_marked() -> None:
    rendered = markdown.render("@alice and @nobody")
    assert rendered.calling(frozenset({"alice"})) == '<p><span class="mention">@alice</span> and @nobody</p>'
    assert rendered.calling(frozenset()) == "<p>@alice and @nobody</p>"
