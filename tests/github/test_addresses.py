"""Which GitHub objects a text names: the forms people paste, what is none of them, and how long hostile texts take."""

import time

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from chat.github.addresses import OBJECTS_MOST, Address, find, of_url
from chat.limits import MESSAGE_CHARS

# Of this thread alone; the worst texts take a tenth of it, most of which is their Markdown.
CPU_SECONDS_MOST = 3.0


@pytest.fixture(autouse=True)
def public_github(settings: Settings) -> None:
    settings.GITHUB_API_URL = "https://api.github.com"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://github.com/Octocat", Address("user", "Octocat")),
        ("https://github.com/django/django", Address("repository", "django", "django")),
        ("https://github.com/django/django.git", Address("repository", "django", "django")),
        ("https://www.github.com/django/django/", Address("repository", "django", "django")),
        ("https://github.com/a-b/c.d_e/issues/12", Address("issue", "a-b", "c.d_e", "12")),
        ("https://github.com/django/django/pull/12/files#diff-1", Address("pull", "django", "django", "12")),
        ("https://github.com/o/r/commit/0123ABC", Address("commit", "o", "r", "0123abc")),
        ("https://github.com/o/r/releases/tag/v1%2Frc", Address("release", "o", "r", "v1/rc")),
        ("https://github.com/o/r/blob/main/a/b.py#L3-L9", Address("code", "o", "r", "main/a/b.py#L3-L9")),
        ("https://github.com/o/r/blob/main/b.py#L3C1", Address("code", "o", "r", "main/b.py#L3")),
    ],
)
def test_an_address_of_the_site_is_one_object(url: str, address: Address) -> None:
    assert find(f"look: {url} there") == [address]
    assert of_url(address.url) == address, "its own address leads to it again"


@pytest.mark.parametrize(
    "text",
    [
        "no address at all",
        "https://github.com/",
        "https://github.com/settings/profile",
        "https://github.com/features",
        "https://github.com/o/r/blob/main/b.py",
        "https://github.com/o/r/issues",
        "https://github.com/o/r/issues/0",
        "https://github.com/o/r/wiki/Home",
        "https://github.com/o/../issues/1",
        "https://github.com/-o/r",
        f"https://github.com/{'o' * 40}/r",
        "https://github.com.evil.example/o/r",
        "https://evil.example/https://github.com/o/r",
        "https://github.com@evil.example/o/r",
        "https://github.com:8443/o/r",
        "ftp://github.com/o/r",
        "https://github.com/o/r/commit/main",
        "https://github.com/o/r/releases/tag/%00",
        "`https://github.com/o/r`",
        "```\nhttps://github.com/o/r\n```",
        "~~~\no/r#1\n~~~",
        "    https://github.com/o/r\n",
        "`o/r#1`",
        "[o/r#1](https://example.org/)",
        '[o/r#1](https://github.com/o/r "a title")',
        "word#1 /o/r#1 o/r/s#1 o/r#1a &#39; #0",
        "#1 without a default repository",
        "https://[github.com/o/r",
    ],
)
def test_a_text_that_names_none(text: str) -> None:
    assert find(text) == []


def test_the_short_forms_name_issues() -> None:
    text = "(django/django#12), #7 and *#8*, also\no-o/r.r_r#9!"
    assert [address.key for address in find(text, "octo/home")] == [
        "github/pull/django/django/12",
        "github/pull/octo/home/7",
        "github/pull/octo/home/8",
        "github/pull/o-o/r.r_r/9",
    ]


def test_a_link_with_a_label_is_found_by_where_it_leads() -> None:
    for address in ("https://github.com/o/r/issues/1", "https://github.com/o/r/issues/1?title="):
        assert find(f"[see]({address})") == [Address("issue", "o", "r", "1")]


def test_one_object_has_one_key_however_it_is_written() -> None:
    ways = (
        "https://github.com/Django/django/pull/1",
        "https://github.com/django/DJANGO/issues/1",
        "django/Django#1",
    )
    assert {found.key for way in ways for found in find(way)} == {"github/pull/django/django/1"}
    assert len(find(" ".join(ways))) == 1


def test_a_text_that_names_too_many_is_a_list() -> None:
    few = " ".join(f"o/r#{number}" for number in range(1, OBJECTS_MOST + 1))
    assert len(find(few)) == OBJECTS_MOST
    assert len(find(f"{few} {few}")) == OBJECTS_MOST, "repetitions do not count"
    assert find(f"{few} o/r#99") == []


def test_enterprise_has_its_own_host(settings: Settings) -> None:
    settings.GITHUB_API_URL = "https://git.example.org/api/v3"
    assert find("https://git.example.org/o/r/issues/1") == [Address("issue", "o", "r", "1")]
    assert find("https://github.com/o/r/issues/1") == []
    assert find("o/r#1")[0].url == "https://git.example.org/o/r/issues/1"


@hypothesis_settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "https://github.com/",
                "o",
                "/",
                "#",
                "1",
                "r",
                "`",
                " ",
                "\n",
                "[",
                "](",
                ")",
                "&",
                "<",
                "-",
                "é",
            ]
        )
    )
)
def test_whatever_is_found_leads_to_itself(pieces: list[str]) -> None:
    for address in find("".join(pieces), "a/b"):
        again = of_url(address.url)
        assert again is not None
        assert again.key == address.key


@pytest.mark.parametrize(
    "piece",
    [
        "#1",
        "o/r#",
        "a/",
        "a-" * 19 + "/",
        "x/y#1",
        "https://github.com/o/r#",
        "github.com/#1",
        '<a href="',
        "[#1](",
        "`#1",
        "&#1",
    ],
)
def test_a_hostile_text_takes_no_longer_than_its_length(piece: str) -> None:
    text = (piece * MESSAGE_CHARS)[:MESSAGE_CHARS]
    began = time.thread_time()
    assert len(find(text, "o/r")) <= OBJECTS_MOST
    assert time.thread_time() - began < CPU_SECONDS_MOST
