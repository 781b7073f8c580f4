"""The container files, as far as they can be checked without an engine: parsed, and held against the tree."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    parsed = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    found: dict[str, dict[str, Any]] = parsed["services"]
    return found


def test_compose_has_its_services_and_the_proxy_only_under_the_profile_tls(services: dict[str, Any]) -> None:
    assert set(services) == {"redis", "db", "web", "jobs", "tls"}
    assert [name for name, service in services.items() if "profiles" in service] == ["tls"]
    assert services["tls"]["profiles"] == ["tls"]


def test_web_publishes_a_range_so_that_it_scales(services: dict[str, Any]) -> None:
    assert services["web"]["ports"] == ["8000-8009:8000"]
    assert "container_name" not in services["web"]


def test_only_web_and_the_proxy_are_reached_from_outside(services: dict[str, Any]) -> None:
    assert {name for name, service in services.items() if "ports" in service} == {"web", "tls"}


def test_jobs_migrates_and_web_waits_for_it(services: dict[str, Any]) -> None:
    jobs, web = services["jobs"], services["web"]
    assert "manage.py migrate" in jobs["command"][-1]
    assert "/tmp/migrated" in jobs["command"][-1]
    assert jobs["healthcheck"]["test"] == ["CMD", "test", "-f", "/tmp/migrated"]
    assert web["depends_on"]["jobs"] == {"condition": "service_healthy"}
    assert "migrate" not in " ".join(web["command"])


def test_whoever_is_waited_for_tells_when_it_is_healthy(services: dict[str, Any]) -> None:
    for service in services.values():
        for name, wait in service.get("depends_on", {}).items():
            assert wait == {"condition": "service_healthy"}
            assert "healthcheck" in services[name]


def test_web_and_jobs_run_the_same_image_on_the_same_services(services: dict[str, Any]) -> None:
    web, jobs = services["web"], services["jobs"]
    assert web["environment"] == jobs["environment"]
    assert web["image"] == jobs["image"]
    assert web["volumes"] == jobs["volumes"]
    assert web["environment"]["DATABASE_URL"].endswith("@db:5432/chat")
    assert web["environment"]["REDIS_URL"] == "redis://redis:6379/0"


def test_every_variable_of_the_containers_is_a_setting(services: dict[str, Any]) -> None:
    settings = (ROOT / "chatproject/settings.py").read_text()
    unknown = [name for name in services["web"]["environment"] if f'"{name}"' not in settings]
    assert unknown == []


def test_the_commands_exist(services: dict[str, Any]) -> None:
    words = " ".join(services["web"]["command"] + services["jobs"]["command"])
    commands = set(re.findall(r"manage\.py (\w+)", words)) - {"migrate"}
    assert commands == {"serve", "jobs"}
    for command in commands:
        assert (ROOT / f"chat/management/commands/{command}.py").is_file()


def test_the_image_installs_pinned_packages_and_runs_as_nobody_special() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert "FROM debian:bookworm-slim AS base" in lines
    assert "USER chat" in lines
    assert any("pip install" in line and "--require-hashes -r requirements.txt" in line for line in lines)
    copied = {
        line.split()[1] for line in lines if line.startswith("COPY ") and not line.startswith("COPY --from")
    }
    assert all((ROOT / name).exists() for name in copied)
    assert {"manage.py", "chat", "chatproject", "static", "templates"} <= copied
