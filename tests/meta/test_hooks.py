"""The hooks for pre-commit do what they are called."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from b12guide.cli import main

yaml = pytest.importorskip("yaml")

IDS = ("b12guide-fmt", "b12guide-lint", "b12guide-check")
FILES = ["g.gdl", "p.gdl", "g.examples.gdl"]


@pytest.fixture
def hooks(root: Path) -> dict[str, dict[str, str]]:
    file = root / ".pre-commit-hooks.yaml"
    if not file.exists():
        pytest.skip("the hooks are no part of a source distribution")
    return {hook["id"]: hook for hook in yaml.safe_load(file.read_text("utf-8"))}


@pytest.fixture
def guideline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Path:
    """A guideline with a part and examples of its own."""
    monkeypatch.chdir(tmp_path)
    main(["new", "guideline", "g"])
    whole = Path("g.gdl").read_text(encoding="utf-8")
    head, rule, example = re.split(r"\n(?=rule |# An example )", whole)
    Path("g.gdl").write_text(
        head.replace("b12\n", "b12, p\n").rstrip() + "\n", encoding="utf-8"
    )
    Path("p.gdl").write_text(f"language 1\npart p\n\n{rule}", encoding="utf-8")
    examples = f"language 1\nexamples for g\n\n{example}"
    Path("g.examples.gdl").write_text(examples, encoding="utf-8")
    capsys.readouterr()
    return tmp_path


def test_each_hook_is_complete(hooks: dict[str, dict[str, str]], root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]

    assert tuple(hooks) == IDS
    for hook in hooks.values():
        assert hook["language"] == "python"
        assert hook["name"] == hook["entry"]
        assert hook["entry"].split()[0] in project["scripts"]
        assert all(re.search(hook["files"], name) for name in FILES)
        assert not re.search(hook["files"], "g.gdl.bak")


@pytest.mark.usefixtures("guideline")
@pytest.mark.parametrize("name", IDS)
def test_each_hook_runs_on_all_the_files_of_a_commit(
    hooks: dict[str, dict[str, str]], name: str
) -> None:
    assert main([*shlex.split(hooks[name]["entry"])[1:], *FILES]) == 0


@pytest.mark.parametrize("name", IDS)
def test_each_hook_stops_a_commit_with_an_error(
    hooks: dict[str, dict[str, str]], guideline: Path, name: str
) -> None:
    with (guideline / "p.gdl").open("a", encoding="utf-8") as file:
        file.write("rule r when and\n")

    assert main([*shlex.split(hooks[name]["entry"])[1:], *FILES]) != 0
