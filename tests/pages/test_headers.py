"""The headers of every answer, and that the policy fits what the pages hold."""

import base64
import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client

from chat.headers import constant_headers, security_headers

pytestmark = pytest.mark.django_db(transaction=True)


async def test_the_policy_lets_the_import_map_of_the_page_run() -> None:
    response = await AsyncClient().get("/chat/lobby/")
    found = re.search(rb'<script type="importmap">(.*?)</script>', response.content, re.S)
    assert found
    digest = base64.b64encode(hashlib.sha256(found[1]).digest()).decode()
    assert f"'sha256-{digest}'" in response["Content-Security-Policy"]


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    policy = constant_headers(settings.BASE_DIR)["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", ["/chat/lobby/", "/static/js/main.js", "/nowhere"])
def test_every_answer_has_the_headers(path: str) -> None:
    response = Client().get(path)
    for name in constant_headers(settings.BASE_DIR):
        assert name in response.headers


def test_an_answer_with_a_policy_of_its_own_keeps_it() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Content-Security-Policy": "default-src 'none'"})

    response = security_headers(view)(HttpRequest())
    assert isinstance(response, HttpResponse)
    assert response["Content-Security-Policy"] == "default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_every_module_of_the_import_map_is_there() -> None:
    names = re.findall(r'"/static/([^"]+)"', (settings.BASE_DIR / "templates" / "importmap.json").read_text())
    assert names
    assert [name for name in names if not (Path(settings.BASE_DIR) / "static" / name).exists()] == []
