"""The extension for VS Code, as far as no editor is needed to look at it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import b12guide
from b12guide.syntax.parse import parse_partial
from b12guide.text import Text

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "editors" / "vscode"

if not EXTENSION.is_dir():
    pytest.skip("only a checkout has editors/", allow_module_level=True)


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXTENSION / name).read_text("utf-8"))
    return found


SNIPPETS = read("snippets/b12guide.json")
HEADS = ("Guideline", "Vocabulary")


def filled(body: list[str]) -> str:
    """The text of a snippet whose places keep what they suggest."""
    text = re.sub(r"\$\{\d+\|([^,|]*)[^|]*\|\}", r"\1", "\n".join(body))
    return re.sub(r"\$\{\d+:([^}]*)\}", r"\1", text).replace("$0", "")


@pytest.mark.parametrize("name", SNIPPETS)
def test_a_snippet_that_is_left_as_it_is_can_be_read(name: str) -> None:
    text = filled(SNIPPETS[name]["body"])
    if name not in HEADS:
        rule = (
            "" if re.match(r"[a-z]+ +\w+ *(\"|\n)|example|silent", text) else "rule r\n"
        )
        text = f"language 1\nguideline g\n{rule}{text}"

    _, diagnostics = parse_partial(Text(name, text))
    assert [diagnostic.message for diagnostic in diagnostics] == []
    assert "$" not in text


def test_every_choice_of_a_snippet_can_be_read() -> None:
    choices = re.findall(r"strength \$\{\d+\|([^|]*)\|\}", json.dumps(SNIPPETS))

    for strength in {word for choice in choices for word in choice.split(",")}:
        text = f'language 1\nguideline g\nrule r\n note "x"\n strength {strength}\n'
        assert parse_partial(Text("x", text))[1] == ()


def test_every_file_that_the_extension_names_is_there() -> None:
    package = read("package.json")
    contributed = package["contributes"]
    named = [
        *(language["configuration"] for language in contributed["languages"]),
        *(grammar["path"] for grammar in contributed["grammars"]),
        *(snippets["path"] for snippets in contributed["snippets"]),
    ]

    assert [name for name in named if not (EXTENSION / name).is_file()] == []
    assert {g.get("language", "b12guide") for g in contributed["grammars"]} == {
        "b12guide"
    }
    assert package["main"] == "./dist/extension.js"
    assert "src/extension.js" in package["scripts"]["bundle"]
    assert (EXTENSION / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_the_extension_has_the_version_of_the_package() -> None:
    assert read("package.json")["version"] == b12guide.__version__


def test_the_extension_says_how_the_server_is_installed() -> None:
    assert "b12guide[lsp]" in (EXTENSION / "src" / "find.js").read_text("utf-8")
    assert "b12guide[lsp]" in (EXTENSION / "README.md").read_text("utf-8")


@pytest.mark.parametrize("line", ["language 1", "\ufefflanguage 1", "  language 1"])
def test_the_first_line_tells_our_files(line: str) -> None:
    (language,) = read("package.json")["contributes"]["languages"]

    assert re.search(language["firstLine"], line)
    assert not re.search(language["firstLine"], "(GUIDE) <")
