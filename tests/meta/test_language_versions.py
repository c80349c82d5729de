"""What the language has only since a version stands in one table, with an example of each."""

from __future__ import annotations

import re
import tomllib
from enum import Enum
from inspect import getmembers, isclass
from pathlib import Path

import attrs
import pytest

from b12guide import resources
from b12guide.diagnostics import Severity
from b12guide.library import Library, SourceFile
from b12guide.semantics.checks.versions import Since, newer_words, since
from b12guide.syntax import ast
from b12guide.syntax.admission import LANGUAGES
from b12guide.syntax.parse import parse
from b12guide.text import Text
from b12guide.written import check

PARTS = {
    name: {one.name for one in attrs.fields(kind)}
    for name, kind in getmembers(ast, isclass)
    if attrs.has(kind)
}
# A row whose part of the tree does not exist says nothing: a part without a row is noticed below.
ROWS = tuple(
    row
    for rows in since().values()
    for row in rows
    if row.node in PARTS and (not row.field or row.field in PARTS[row.node])
)
FIRST = tomllib.loads(Path(__file__).with_name("language_1.toml").read_text("utf-8"))

# They say nothing but what stands inside them, which has rows of its own.
BESIDE = {"GivenAge", "GivenOverTime", "Check.recurring", "Declaration.lay_for"}


def parts_of_the_tree() -> set[tuple[str, str]]:
    """Every field of a node, and every value of a choice of words."""
    found: set[tuple[str, str]] = set()
    for name, kind in getmembers(ast, isclass):
        if kind.__module__ != ast.__name__:
            continue
        if attrs.has(kind):
            found |= {(name, one.name) for one in attrs.fields(kind)}
        elif issubclass(kind, Enum):
            found |= {(name, str(one.value)) for one in kind}
    return found


def test_whatever_version_1_lacks_has_a_row() -> None:
    """A new part of the language needs a row in `grammar/since.toml`."""
    first = {(name, part) for name, parts in FIRST.items() for part in parts}
    rows = {(row.node, row.field) for row in ROWS}
    whole = {row.node for row in ROWS if not row.field}
    nodes = {row.node for row in ROWS}
    values = {row.value for row in ROWS}
    lacking = {
        (node, part)
        for node, part in parts_of_the_tree() - first
        if BESIDE.isdisjoint({node, f"{node}.{part}"})
        and (node, part) not in rows
        and node not in whole
        # A node all of whose ways of being said have rows, and the choice of words itself.
        and not (node in nodes and node not in FIRST)
        and part not in values
    }

    assert not lacking


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.node}.{row.words}")
def test_the_words_are_of_the_language_and_noticed(row: Since) -> None:
    grammar = resources.read("grammar", "gdl.lark")
    for word in re.findall(r"[a-z]+", row.words):
        assert f'"{word}"' in grammar or word in resources.read(
            "grammar", "terminals.lark"
        )
    body = row.example
    if not body.startswith("guideline"):
        vocabulary = body.startswith(("finding", "measure"))
        body = ("vocabulary v\n" if vocabulary else "guideline g\n") + body

    assert str(row.version) in LANGUAGES
    older = parse(Text("old.gdl", f"language 1\n{body}\n"))
    assert row in [one for one, _ in newer_words(older)]
    newer = parse(Text("new.gdl", f"language {row.version}\n{body}\n"))
    assert not list(newer_words(newer))


OLD = """language 1
guideline g "G"
    uses b12
source s "S"
rule first "First"
    load 1 mg oral once
    strength should
    cites s
    grade "B"
"""


def test_a_file_is_told_once_and_read_as_before() -> None:
    old, new = (
        check(Library(SourceFile("g.gdl", text.encode()), Path()))
        for text in (OLD, OLD.replace("language 1\n", "language 1.1\n"))
    )
    (told,) = (one for one in old.diagnostics if one.code == "GDL172")
    (edit,) = told.help[0].edits

    assert told.severity is Severity.INFO
    assert "`once`, `grade` are words of version 1.1" in told.message
    assert told.labels[0].text.slice(told.labels[0].span) == "once"
    assert (edit.text.slice(edit.span), edit.replacement) == (
        "language 1",
        "language 1.1",
    )
    others = [one.message for one in old.diagnostics if one is not told]
    assert others == [one.message for one in new.diagnostics]
    assert old.graph is not None
    assert new.graph is not None
    assert old.graph.digest == new.graph.digest


def test_a_file_of_version_1_that_says_nothing_newer_is_told_nothing() -> None:
    text = OLD.replace("once", "daily for 1 week").replace('    grade "B"\n', "")
    found = check(Library(SourceFile("g.gdl", text.encode()), Path()))

    assert "GDL172" not in [one.code for one in found.diagnostics]
