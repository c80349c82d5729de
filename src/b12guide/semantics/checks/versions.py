"""Words of a newer version of the language in a file that names an older one.

The table is `grammar/since.toml`. Such a file is read as it is: an older b12guide could not read
it, and would call the words mistakes instead of asking for a newer one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum
from functools import cache

from attrs import frozen

from b12guide import resources
from b12guide.diagnostics import Diagnostic, Edit, Help, Severity
from b12guide.frozen import FrozenMap, Record
from b12guide.semantics.checks.report import finding
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Scope
from b12guide.syntax import ast
from b12guide.syntax.admission import place_of_language
from b12guide.syntax.scan import masked
from b12guide.text import Span, Text


@frozen(kw_only=True, repr=False)
class Since(Record):
    """Words that the language has only since a version.

    Attributes:
        version: The first version that has them.
        node: The class of the syntax tree that says them.
        field: The field of it that does, or every node of the class where it is empty.
        value: The value of the field that does, or any where it is empty.
    """

    version: Decimal
    words: str
    node: str
    field: str = ""
    value: str = ""
    example: str

    def is_said_by(self, node: ast.Node) -> bool:
        """Whether a node of this class says the words."""
        if not self.field:
            return True
        found = getattr(node, self.field, None)
        if self.value:
            found = found.value if isinstance(found, Enum) else found
            return str(found).lower() == self.value
        return bool(found)


@cache
def since() -> Mapping[str, tuple[Since, ...]]:
    """The rows of the table by the class of the node."""
    table = tomllib.loads(resources.read("grammar", "since.toml"))
    found: dict[str, list[Since]] = {}
    for version, rows in table.items():
        for row in rows:
            one = Since(version=Decimal(version), **row)
            found.setdefault(one.node, []).append(one)
    return FrozenMap({node: tuple(rows) for node, rows in found.items()})


def newer_words(file: ast.File) -> Iterator[tuple[Since, ast.Node]]:
    """What a file says in words of a newer version than it names, each with its place."""
    if file.language is None:
        return
    rows = since()
    for node in ast.descendants(file):
        for row in rows.get(type(node).__name__, ()):
            if row.version > file.language and row.is_said_by(node):
                yield row, node


def words_are_of_the_version(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL172: a file that uses words of a newer version of the language names that version."""
    for file in draft.files:
        found = sorted(newer_words(file), key=lambda one: one[1].span)
        if not found:
            continue
        row, node = found[0]
        newest = max(one.version for one, _ in found)
        words = ", ".join(dict.fromkeys(f"`{one.words}`" for one, _ in found))
        are = "are words" if len({one.words for one, _ in found}) > 1 else "is a word"
        line = f"language {newest}"
        edits: tuple[Edit, ...] = ()
        place = place_of_language(file.text)
        if place is not None:
            edits = (Edit(text=file.text, span=place, replacement=line),)
        yield finding(
            "GDL172",
            f"{words} {are} of version {newest} of the language, and the file names version "
            f"{file.language}",
            (file.text, _place(file.text, node, row)),
            help_=Help(message=f"begin the file with `{line}`", edits=edits),
            notes=(
                "it is read as it is; an older b12guide would take it for mistakes",
            ),
            severity=Severity.INFO,
        )


def _place(text: Text, node: ast.Node, row: Since) -> ast.Node:
    """Where the words stand, as far as they can be found in the node."""
    start, end = node.span.start, node.span.end
    at = masked(text.slice(node.span)).find(row.words)
    if at >= 0:
        start, end = start + at, start + at + len(row.words)
    return ast.Node(span=Span(start, end))
