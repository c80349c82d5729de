"""The files around the code agree with one another."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import b12guide
from b12guide.cli import main

KINDS = ("added", "changed", "clinical", "fixed", "removed")


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads(
        (root / "pyproject.toml").read_text("utf-8")
    )["project"]
    return project


def fenced_blocks(markdown: str) -> list[str]:
    return re.findall(r"^```\w*\n(.*?)^```$", markdown, flags=re.DOTALL | re.MULTILINE)


def test_the_readme_begins_with_two_commands_of_one_line(root: Path) -> None:
    install, test = fenced_blocks((root / "README.md").read_text("utf-8"))[:2]

    assert install.count("\n") == 1
    assert "b12guide recommend examples/" in install
    assert test.count("\n") == 1
    assert "pytest" in test


def test_every_example_that_the_readme_names_exists(root: Path) -> None:
    named = re.findall(
        r"examples/\w+\.\w+", (root / "README.md").read_text(encoding="utf-8")
    )

    assert named
    assert [name for name in named if not (root / name).is_file()] == []


def test_what_the_readme_shows_is_what_the_first_command_prints(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install, _, *others = fenced_blocks((root / "README.md").read_text("utf-8"))
    command = install.split("b12guide ")[-1].split()
    shown = [part.strip("\n") for part in others[0].split("\n...\n")]
    assert main([command[0], str(root / command[1]), "--on", "2026-06-01"]) == 0
    printed = capsys.readouterr().out
    assert len(shown) > 3
    assert [part for part in shown if part not in printed] == []


def test_the_links_of_the_readme_are_absolute_and_lead_somewhere(
    root: Path, project: dict[str, Any]
) -> None:
    readme = (root / "README.md").read_text("utf-8")
    links = re.findall(r"(?:^\[.*\]: |\]\()([^\s)]+)", readme, flags=re.MULTILINE)
    home = project["urls"]["Homepage"]
    files = [re.sub(f"^{home}/(?:blob|raw)/main/", "", link) for link in links]
    assert len(files) > 5
    assert [file for file in files if not (root / file).is_file()] == []


def test_every_example_file_is_described(root: Path) -> None:
    folder = root / "examples"
    described = set(
        re.findall(r"\]\((\S+)\)", (folder / "README.md").read_text("utf-8"))
    )

    assert described == {f.name for f in folder.iterdir()} - {"README.md"}


def test_the_citation_and_the_package_agree_with_the_project(
    root: Path, project: dict[str, Any]
) -> None:
    citation = yaml.safe_load((root / "CITATION.cff").read_text("utf-8"))

    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= citation.keys()
    assert citation["version"] == project["version"] == b12guide.__version__
    assert citation["license"] == project["license"]


def test_every_changelog_fragment_has_a_known_kind(root: Path) -> None:
    fragments = {f.name for f in (root / "changelog.d").iterdir()} - {"README.md"}
    pattern = re.compile(rf"[a-z0-9-]+\.({'|'.join(KINDS)})\.md")

    assert [name for name in fragments if not pattern.fullmatch(name)] == []


def test_every_extra_that_the_code_names_can_be_installed(
    root: Path, project: dict[str, Any]
) -> None:
    named = {
        extra
        for path in (root / "src").rglob("*.py")
        for extra in re.findall(r'extra="(\w+)"', path.read_text("utf-8"))
    }

    assert named - project["optional-dependencies"].keys() == set()


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has an executable bit")
@pytest.mark.parametrize("script", ["scripts/check", ".ci/run"])
def test_the_scripts_can_be_executed(root: Path, script: str) -> None:
    if not (root / script).exists():
        pytest.skip(f"{script} is not part of a source distribution")

    assert os.access(root / script, os.X_OK)
