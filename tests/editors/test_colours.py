"""The editors colour guidelines as Pygments does, word for word."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygments", reason="the extra `sphinx` is not installed")

from b12guide.highlight import WORDS, GdlLexer

ROOT = Path(__file__).parents[2]
EDITORS = ROOT / "editors"
TEXTMATE = EDITORS / "vscode" / "syntaxes" / "b12guide.tmLanguage.json"
VIM = EDITORS / "vim"
READER = EDITORS / "vscode" / "test"

if not EDITORS.is_dir():
    pytest.skip("only a checkout has editors/", allow_module_level=True)

ODD = """\
language 1
guideline odd "a \\" b" # why
    uses b12, parts/renal-2
    status approved by "x" on 2026-01-01 covering sha256:{digest}
rule r "No"
    when egfr <= 35 mL/min/1.73 m² and not gene is any of MTR, other
    load 1000 µg IM on alternate days for 6 doses then every month for 2 days
    strength should consider
    states S05
silent on x
examples for odd
check x at 3, 6 and 12 months, 20 %, 25 x10^9/L ≥ 3 times per week
""".format(digest="0" * 64)


def texts() -> dict[str, str]:
    folder = ROOT / "guidelines"
    shipped = {path.name: path.read_text("utf-8") for path in folder.rglob("*.gdl")}
    return {"odd.gdl": ODD, **dict(sorted(shipped.items()))}


PARTS = {
    "Token.Comment.Single": ("comment.line.number-sign", "gdlComment"),
    "Token.Literal.String.Double": ("string.quoted.double", "gdlText"),
    "Token.Keyword.Declaration": ("storage.type", "gdlItem"),
    "Token.Name.Class": ("entity.name.function", "gdlName"),
    "Token.Keyword": ("keyword.control", "gdlClause"),
    "Token.Keyword.Pseudo": ("keyword.other", "gdlWord"),
    "Token.Keyword.Constant": ("constant.language", "gdlStrength"),
    "Token.Keyword.Type": ("support.type.unit", "gdlUnit"),
    "Token.Operator.Word": ("keyword.operator.logical", "gdlLogic"),
    "Token.Operator": ("keyword.operator.comparison", "gdlComparison"),
    "Token.Literal.Number": ("constant.numeric", "gdlNumber"),
    "Token.Literal.Number.Hex": ("constant.numeric", "gdlNumber"),
    "Token.Name.Label": ("constant.other.label", "gdlLabel"),
    "Token.Name.Namespace": ("entity.name.namespace", "gdlPath"),
    "Token.Name": ("variable.other", ""),
    "Token.Punctuation": ("punctuation.separator", ""),
}
"""By the part that Pygments sees in a piece of text, what TextMate and Vim call it."""

SAME = {
    "constant.character.escape": "string.quoted.double",
    "constant.numeric.date": "constant.numeric",
    "constant.numeric.digest": "constant.numeric",
    "gdlEscape": "gdlText",
}


def letters(pieces: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Each character that is not a blank, with its part."""
    for said, part in pieces:
        yield from ((letter, SAME.get(part, part)) for letter in said if letter.strip())


def expected(text: str, editor: int) -> list[tuple[str, str]]:
    tokens = GdlLexer().get_tokens(text)
    pieces = [(said, kind) for kind, said in tokens if said.strip()]
    return list(letters([(said, PARTS[str(kind)][editor]) for said, kind in pieces]))


# --------------------------------------------------------------------------- TextMate


def words_of(grammar: dict[str, Any]) -> dict[str, set[str]]:
    """The words that a TextMate grammar lists, by their part."""
    repository = grammar["repository"]
    patterns = [repository["declaration"], *repository["word"]["patterns"][:3]]
    lists = [re.match(r"\\b\(([a-z|]+)\)", p["match"]) for p in patterns]
    found = [set(words[1].split("|")) for words in lists if words]
    return dict(zip(("item", "logic", "clause", "other"), found, strict=True))


def test_the_textmate_grammar_has_the_words_of_the_language() -> None:
    assert words_of(json.loads(TEXTMATE.read_text("utf-8"))) == WORDS


def test_the_textmate_grammar_colours_as_pygments_does() -> None:
    node = shutil.which("node")
    if node is None or not (READER / "node_modules").is_dir():
        pytest.skip("run `npm ci` in editors/vscode/test, which needs Node")
    answer = subprocess.run(
        [node, "tokens.js"],
        input=json.dumps(list(texts().values())),
        cwd=READER,
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    )

    for text, tokens in zip(texts().values(), json.loads(answer.stdout), strict=True):
        found = list(letters([(said, part) for said, part in tokens]))
        assert found == expected(text, 0)


# -------------------------------------------------------------------------------- Vim


def test_the_syntax_file_of_vim_has_the_words_of_the_language() -> None:
    syntax = (VIM / "syntax" / "b12guide.vim").read_text("utf-8")
    groups = {"gdlItem": "item", "gdlClause": "clause", "gdlLogic": "logic"}
    found: dict[str, set[str]] = {}
    for group, words in re.findall(r"^syntax keyword (\w+) (.*)", syntax, re.MULTILINE):
        part = {**groups, "gdlWord": "other"}.get(group)
        if part:
            plain = [w for w in words.split() if "=" not in w and w != "skipwhite"]
            found.setdefault(part, set()).update(plain)

    assert found == WORDS


DUMP = """\
let s:out = []
for s:line in range(1, line('$'))
  for s:column in range(1, strchars(getline(s:line)))
    let s:byte = byteidx(getline(s:line), s:column - 1) + 1
    let s:letter = strcharpart(getline(s:line), s:column - 1, 1)
    call add(s:out, [s:letter, synIDattr(synID(s:line, s:byte, 1), 'name')])
  endfor
endfor
call writefile([&filetype, json_encode(s:out)], 'out')
qall!
"""


def vim(folder: Path, text: str, commands: str, name: str = "x.gdl") -> list[str]:
    """What Vim writes to the file `out` after it opened the text."""
    program = next(filter(None, map(shutil.which, ("vim", "nvim"))), None)
    if program is None:
        pytest.skip("neither Vim nor Neovim is installed")
    (folder / name).write_text(text, "utf-8")
    (folder / "commands.vim").write_text(commands, "utf-8")
    path = str(VIM).replace("\\", "/").replace(" ", "\\ ")
    setup = f"set encoding=utf-8 runtimepath^={path} | filetype plugin indent on | syntax on"
    quiet = ["--headless", "--clean"] if "nvim" in program else ["-Nu", "NONE", "-es"]
    arguments = [program, *quiet, "--cmd", setup, "-S", "commands.vim", name]
    subprocess.run(arguments, cwd=folder, check=False, timeout=180, capture_output=True)
    return (folder / "out").read_text("utf-8").splitlines()


def test_vim_colours_as_pygments_does(tmp_path: Path) -> None:
    text = ODD + "".join(
        "\n".join(shipped.splitlines()[:80]) + "\n" for shipped in texts().values()
    )
    filetype, found = vim(tmp_path, text, DUMP)

    assert filetype == "b12guide"
    pieces = [(letter, group) for letter, group in json.loads(found)]
    assert list(letters(pieces)) == expected(text, 1)


@pytest.mark.parametrize(
    ("text", "filetype"),
    [
        ("# a comment\n\nlanguage 1\n", "b12guide"),
        ("\ufefflanguage 1\n", "b12guide"),
        ("", "b12guide"),
        ('(GUIDE) <\n  gdl_version = <"0.1">\n', ""),
        ('{"gdl_version": "2.0"}\n', ""),
        ("concept = <\n", ""),
    ],
)
def test_vim_tells_our_files_from_those_of_openehr(
    tmp_path: Path, text: str, filetype: str
) -> None:
    out = vim(tmp_path, text, "call writefile([&filetype], 'out')\nqall!\n")

    assert out == [filetype]


def test_vim_indents_clauses_and_what_continues_them(tmp_path: Path) -> None:
    text = "language 1\nguideline g\nuses b12\nrule r\nwhen any of a,\nb\nform x\nrule s\nform y\n"
    done = "normal! gg=G\ncall writefile(getline(1, '$'), 'out')\nqall!\n"

    assert vim(tmp_path, text, done) == [
        "language 1",
        "guideline g",
        "    uses b12",
        "rule r",
        "    when any of a,",
        "        b",
        "    form x",
        "rule s",
        "    form y",
    ]


def test_vim_reads_what_the_checker_says(tmp_path: Path) -> None:
    commands = (
        "let s:lines = ['x.gdl:2:5: GDL202 there is no fact `a:b`', '3 of 4 encoded']\n"
        "let s:list = getqflist({'lines': s:lines, 'efm': &errorformat})\n"
        "let s:said = map(s:list.items, {_, e -> join([e.lnum, e.col, e.text], '|')})\n"
        "call writefile([&makeprg] + s:said, 'out')\nqall!\n"
    )

    assert vim(tmp_path, "language 1\n", commands) == [
        "b12guide check --format line %:S",
        "2|5|GDL202 there is no fact `a:b`",
    ]


def test_the_editor_in_the_browser_has_the_words_of_the_grammar() -> None:
    found = json.loads((ROOT / "src/web/edit/words.json").read_text("utf-8"))

    assert {part: set(found[part]) for part in WORDS} == dict(WORDS)
    assert found["strength"][:2] == ["acceptable alternative", "should consider"]
