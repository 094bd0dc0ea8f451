"""The containers: what can be held about them without starting any."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from yuanwen_index import MilvusPlace, place_of
from yuanwen_ui.__main__ import app

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    return loaded


def test_every_image_of_others_is_named_with_its_version(compose: dict[str, Any]) -> None:
    images = {service["image"] for service in compose["services"].values()}
    assert images - {"yuanwen"}
    assert all(re.search(r":(v|RELEASE\.)[0-9]", image) for image in images - {"yuanwen"})


def test_only_the_chat_can_be_reached_and_only_from_this_machine(compose: dict[str, Any]) -> None:
    ports = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert ports == {"chat": ["127.0.0.1:7860:7860"]}


def test_no_password_stands_in_the_file(compose: dict[str, Any]) -> None:
    told = [
        value
        for service in compose["services"].values()
        for name, value in service.get("environment", {}).items()
        if re.search("PASSWORD|SECRET|TOKEN", name)
    ]
    assert told
    assert all(value.startswith("${MINIO_PASSWORD:?") for value in told)


def test_services_wait_for_services_that_say_when_they_are_ready(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for service in services.values():
        for name, wanted in service.get("depends_on", {}).items():
            assert wanted["condition"] == "service_healthy"
            assert "healthcheck" in services[name]
    volumes = {mount.split(":")[0] for one in services.values() for mount in one.get("volumes", [])}
    assert volumes - {"./articles"} == set(compose["volumes"])


@pytest.mark.parametrize("service", ["index", "chat"])
def test_its_commands_and_their_options_exist(compose: dict[str, Any], service: str, tmp_path: Path) -> None:
    name, *arguments = compose["services"][service]["command"]
    command = get_command(app).commands[name]  # type: ignore[attr-defined]
    command.make_context(name, list(arguments))
    place = place_of(compose["services"][service]["environment"]["YUANWEN_INDEX"])
    assert isinstance(place, MilvusPlace)
    assert place.uri == "http://milvus:19530"


def test_the_image_holds_what_an_installation_needs() -> None:
    steps = (ROOT / "Dockerfile").read_text("utf-8")
    copied = re.findall(r"^COPY (.+) \S+$", steps, re.MULTILINE)
    named = {name for names in copied for name in names.split()}
    assert all((ROOT / name).exists() for name in named)
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[:1] == "!"}
    assert named == kept
    assert {"pyproject.toml", "constraints.txt", "README.md", "LICENSE", "index", "qa", "ui"} == named
