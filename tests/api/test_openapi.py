"""The description of the API: whole, true to what is registered, and shown by a page of our own."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from chat.api.openapi import document
from chat.api.urls import missing

pytestmark = pytest.mark.django_db(transaction=True)

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def registered(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every address under /api and every probe, with its view."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from registered(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and re.match(r"api/|healthz|readyz|metrics", route):
            yield "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route), pattern.callback


def test_every_registered_address_is_described_and_the_described_are_registered() -> None:
    addresses = {path: view for path, view in registered(get_resolver().url_patterns) if view is not missing}
    assert set(document()["paths"]) == set(addresses)
    for path, view in addresses.items():
        assert {each.method.lower() for each in view.operations} == set(document()["paths"][path])


async def test_what_is_not_described_is_not_allowed(nobody: httpx.AsyncClient) -> None:
    for path, described in document()["paths"].items():
        url = re.sub(r"\{\w+\}", "1", path)
        for method in METHODS:
            if method.lower() not in described:
                answer = await nobody.request(method, url)
                assert answer.status_code == 405, f"{method} {path}"


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def test_every_reference_leads_somewhere() -> None:
    for reference in references(document()):
        found: Any = document()
        for name in reference.removeprefix("#/").split("/"):
            found = found[name]
        assert found


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does() -> None:
    operations = [each for methods in document()["paths"].values() for each in methods.values()]
    names = [each["operationId"] for each in operations]
    assert len(set(names)) == len(names)
    assert [each["operationId"] for each in operations if not each["summary"].endswith(".")] == []


def test_parameters_are_those_of_the_path_and_the_query() -> None:
    described = document()["paths"]["/api/rooms/{slug}/messages"]["get"]["parameters"]
    assert [(each["name"], each["in"]) for each in described] == [
        ("slug", "path"),
        *[(name, "query") for name in ("before", "after", "around", "thread", "limit")],
    ]
    limit = described[-1]["schema"]
    assert (limit["type"], limit["minimum"], limit["maximum"], limit["default"]) == ("integer", 1, 100, 50)


def test_posting_is_described_with_both_answers() -> None:
    post = document()["paths"]["/api/rooms/{slug}/messages"]["post"]
    assert {"200", "201", "4XX", "5XX"} == set(post["responses"])
    assert "Idempotency-Key" in [each["name"] for each in post["parameters"]]
    assert post["requestBody"]["required"] is True


async def test_the_document_is_served(nobody: httpx.AsyncClient) -> None:
    answer = await nobody.get("/api/openapi.json")
    assert answer.json() == json.loads(json.dumps(document()))
    assert answer.json()["openapi"].startswith("3.1")


async def test_the_page_shows_every_operation_and_loads_nothing_from_elsewhere(
    nobody: httpx.AsyncClient,
) -> None:
    answer = await nobody.get("/api/docs", headers={"Accept": "text/html"})
    assert answer.headers["Content-Type"].startswith("text/html")
    for path, methods in document()["paths"].items():
        assert path in answer.text
        for described in methods.values():
            assert f'id="{described["operationId"]}"' in answer.text
    assert re.findall(r'(?:src|href)="(?![/#])', answer.text) == []
    assert "<style" not in answer.text
    for file in set(re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.text)):
        assert (await nobody.get(file)).status_code == 200
