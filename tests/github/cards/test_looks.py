"""What cards show of every kind of object, and how many calls that takes."""

import pytest
from pytest_django import Settings

from chat.errors import NotFound
from chat.github.addresses import Address
from chat.github.cards.asking import look_at
from chat.github.cards.bodies import CODE_CHARS, CODE_LINES, EXCERPT_CHARS, LABELS_MOST, TITLE_CHARS, Body
from tests.fakes.github import FakeGitHub
from tests.github.cards.conftest import HELLO

SHA = "6dcb09b5b57875f334f61aebed695e2e4193db5e"


def of(kind: str, ref: str = "") -> Address:
    return Address(kind, "octocat", "Hello-World", ref)  # type: ignore[arg-type]


def facts(body: Body) -> dict[str, str]:
    return {fact.name: fact.value for fact in body.facts}


@pytest.mark.parametrize(
    ("address", "name", "title"),
    [
        (Address("user", "octocat"), "octocat", "monalisa octocat"),
        (of("repository"), HELLO, HELLO),
        (of("issue", "1"), f"{HELLO}#1", "It does not say hello"),
        (of("pull", "2"), f"{HELLO}#2", "Say hello"),
        (of("commit", SHA[:9]), f"{HELLO}@6dcb09b", "Fix all the bugs"),
        (of("release", "v1.0.0"), f"{HELLO} v1.0.0", "v1.0.0"),
        (of("code", "master/README.md#L1-L2"), HELLO, "README.md"),
    ],
)
async def test_every_kind_of_object_has_its_look(address: Address, name: str, title: str) -> None:
    seen = await look_at(address)
    assert (seen.body.kind, seen.body.name, seen.body.title) == (address.kind, name, title)
    assert (seen.public, seen.stale) == (True, False)


async def test_an_issue_may_be_a_pull_request_and_the_other_way_round() -> None:
    assert (await look_at(of("issue", "2"))).body.kind == "pull"
    assert (await look_at(of("pull", "1"))).body.kind == "issue"


async def test_a_pull_request_tells_of_reviews_and_checks(github: FakeGitHub) -> None:
    repository = github.world.repository(HELLO)
    head = repository.pulls[2]["head"]["sha"]
    for name, conclusion in (("lint", "success"), ("tests", "failure"), ("docs", "skipped")):
        repository.check(head, name, conclusion=conclusion)
    repository.check(head, "slow", status="in_progress", conclusion=None)
    repository.review(2, "octocat", "CHANGES_REQUESTED")
    repository.review(2, "torvalds", "APPROVED")
    told = facts((await look_at(of("pull", "2"))).body)
    assert (told["review"], told["checks"]) == ("changes requested", "1 failed, 1 pending, 1 passed")
    repository.review(2, "octocat", "APPROVED")
    assert facts((await look_at(of("pull", "2"))).body)["review"] == "approved by 2"


async def test_figures_are_written_as_elsewhere(github: FakeGitHub) -> None:
    github.world.add_person("torvalds", followers=201_000)
    github.world.repository(HELLO).add_pull(6, additions=12_000, deletions=1, changed_files=1_000)
    assert facts((await look_at(Address("user", "torvalds"))).body)["followers"] == "201,000"
    told = facts((await look_at(of("pull", "6"))).body)
    assert (told["changes"], told["files"]) == ("+12,000 −1", "1,000")


async def test_what_it_shows_is_cut_to_size(github: FakeGitHub) -> None:
    labels = [{"name": "x" * 99, "color": "nothex"}] * 30
    own = {
        "title": "t\u00a0t\x00\u202e" * 999,
        "body": "<!-- a hint --> \U0001f469\u200d\U0001f4bb word\r\n" * 999,
        "labels": labels,
    }
    github.world.repository(HELLO).add_issue(5, **own)
    body = (await look_at(of("issue", "5"))).body
    assert body.title == ("t t" + "t t" * 999)[:TITLE_CHARS]
    assert len(body.excerpt) == EXCERPT_CHARS
    assert "hint" not in body.excerpt
    assert body.excerpt.startswith("\U0001f469\u200d\U0001f4bb word")
    assert len(body.labels) == LABELS_MOST
    assert {label.color for label in body.labels} == {""}


async def test_lines_of_code_are_those_of_the_address(github: FakeGitHub) -> None:
    text = "".join(f"line {number}\n" for number in range(1, 100))
    github.world.repository(HELLO).add_file("src/a b.py", text, "topic/one")
    seen = await look_at(of("code", "topic/one/src/a b.py#L3-L5"))
    assert seen.body.excerpt == "line 3\nline 4\nline 5"
    assert facts(seen.body) == {"lines": "3–5", "at": "topic/one"}
    with pytest.raises(NotFound):
        await look_at(of("code", "topic/one/src/a b.py#L500"))


@pytest.mark.parametrize(
    ("asked", "told", "last"),
    [
        ("L5-L150", "5–24 of 5–150", "line 24"),
        ("L190-L500", "190–199", "line 199"),
        ("L150-L500", "150–169 of 150–199", "line 169"),
        ("L199-L500", "199", "line 199"),
        ("L1-L20", "1–20", "line 20"),
    ],
)
async def test_a_card_says_which_of_the_lines_it_shows(
    github: FakeGitHub, asked: str, told: str, last: str
) -> None:
    text = "".join(f"line {number}\n" for number in range(1, 200))
    github.world.repository(HELLO).add_file("long.py", text)
    body = (await look_at(of("code", f"master/long.py#{asked}"))).body
    assert facts(body)["lines"] == told
    assert body.excerpt.splitlines()[-1] == last
    assert len(body.excerpt.splitlines()) <= CODE_LINES


async def test_long_lines_of_code_are_shown_as_far_as_there_is_room(github: FakeGitHub) -> None:
    text = "".join(f"{'x' * 700}\n" for _ in range(9)) + "y" * (2 * CODE_CHARS)
    github.world.repository(HELLO).add_file("wide.py", text)
    body = (await look_at(of("code", "master/wide.py#L1-L9"))).body
    assert (facts(body)["lines"], len(body.excerpt.splitlines())) == ("1–2 of 1–9", 2)
    alone = (await look_at(of("code", "master/wide.py#L10"))).body
    assert (facts(alone)["lines"], alone.excerpt) == ("10", "y" * CODE_CHARS)


async def test_without_a_token_a_card_is_one_call(settings: Settings, github: FakeGitHub) -> None:
    settings.GITHUB_TOKEN = ""
    for address in (of("pull", "2"), of("issue", "1"), of("release", "v1.0.0")):
        github.forget_record()
        assert (await look_at(address)).public
        assert len(github.record) == 1


async def test_a_draft_of_a_release_is_not_there(github: FakeGitHub) -> None:
    github.world.repository(HELLO).add_release("v2", draft=True)
    with pytest.raises(NotFound):
        await look_at(of("release", "v2"))
