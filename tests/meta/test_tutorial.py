"""The tutorials are walked from an empty folder to their end, as they are printed."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from b12guide.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "author.md"
BLOCK = re.compile(r"^```(gdl|console|json)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ITEM = re.compile(r"^(?:#[^\n]*\n)*[a-z][^\n]*\n(?:[ \t][^\n]*\n)*", re.MULTILINE)


def named(item: str) -> str:
    """What an item is called: `rule renal_form`, or an example with its title."""
    line = re.sub(r"^#[^\n]*\n", "", item, flags=re.MULTILINE).partition("\n")[0]
    return line if line.startswith("example") else " ".join(line.split()[:2])


def written(guideline: Path, block: str) -> None:
    """Put the items of a block into the guideline: in the place of its own, or at the end."""
    characters = guideline.read_text(encoding="utf-8")
    for item in ITEM.findall(block):
        old = [o for o in ITEM.findall(characters) if named(o) == named(item)]
        if old:
            characters = characters.replace(old[0], item)
        else:
            characters += f"\n{item}"
    guideline.write_text(characters, encoding="utf-8")


def walked(page: str, capsys: pytest.CaptureFixture[str]) -> str:
    """The page with what its commands print now."""

    def follow(block: re.Match[str]) -> str:
        kind, content = block.groups()
        if kind == "gdl":
            written(Path("first_steps.gdl"), content)
        elif kind == "json":
            Path("patient.json").write_text(content, encoding="utf-8")
        else:
            commands = re.findall(r"^\$ (b12guide .*)$", content, re.MULTILINE)
            content = "".join(map(printed, commands))
        return f"```{kind}\n{content}```"

    def printed(command: str) -> str:
        main(shlex.split(command)[1:])
        said = capsys.readouterr()
        return f"$ {command}\n{said.out}{said.err}".rstrip("\n") + "\n"

    return BLOCK.sub(follow, page)


def test_each_step_prints_what_the_page_shows(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    update_golden: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("B12GUIDE_CACHE", str(tmp_path / "cache"))
    page = PAGE.read_text(encoding="utf-8")
    now = walked(page, capsys)
    if update_golden:
        PAGE.write_text(now, encoding="utf-8")

    assert now == page

    for trial in (["check", "--strict"], ["fmt", "--check"]):
        assert main([*trial, "first_steps.gdl"]) == 0


@pytest.mark.parametrize("name", ["application", "researcher"])
def test_what_python_is_shown_needs_no_checkout(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = PAGE.with_name(f"{name}.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```\{doctest\}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    whole = doctest.DocTestParser().get_doctest("\n".join(shown), {}, name, None, 0)
    result = doctest.DocTestRunner().run(whole)
    assert result.attempted > 20
    assert result.failed == 0
