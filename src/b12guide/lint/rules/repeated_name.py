"""GDL517: a name that stands twice in one list."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from b12guide.diagnostics import Diagnostic, Edit, Help, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import finding
from b12guide.syntax import ast
from b12guide.text import Span, Text

__all__ = ["RULE"]

_COMMA = re.compile(r",\s*\Z")

_LISTS: tuple[type[ast.Node], ...] = (
    ast.Header,
    ast.Rule,
    ast.Grounds,
    ast.Is,
    ast.Form,
    ast.Exclude,
    ast.Route,
    ast.Withhold,
    ast.Check,
    ast.Challenge,
    ast.Silent,
    ast.ExpectDecision,
    ast.ExpectReasons,
)


def _find(material: Material) -> Iterator[Diagnostic]:
    outermost = [
        (file.text, node)
        for file in material.files
        for node in (*file.headers, *file.items)
        if isinstance(node, _LISTS)
    ]
    for text, node in (*outermost, *material.each_node(*_LISTS)):
        for attribute in attrs.fields(type(node)):
            value = getattr(node, attribute.name)
            if isinstance(value, tuple):
                names = [name for name in value if isinstance(name, ast.Name)]
                yield from _repeated(text, names)


def _repeated(text: Text, names: list[ast.Name]) -> Iterator[Diagnostic]:
    first: dict[str, ast.Name] = {}
    for name in names:
        if name.text in first:
            yield finding(
                RULE.code,
                f"`{name.text}` stands twice in this list",
                (text, name),
                others=((text, first[name.text], "the first is here"),),
                help_=Help(message="leave it out here", edits=_edits(text, name)),
                severity=Severity.WARNING,
            )
        first.setdefault(name.text, name)


def _edits(text: Text, name: ast.Name) -> tuple[Edit, ...]:
    """The name and the comma before it removed, where nothing else stands between."""
    comma = _COMMA.search(text.characters[: name.span.start])
    if comma is None:
        return ()
    span = Span(comma.start(), name.span.end)
    return (Edit(text=text, span=span, replacement=""),)


RULE = LintRule(
    code="GDL517",
    name="repeated-name",
    level=Level.WARNING,
    says="A list names each thing once.",
    find=_find,
    fixes=True,
)
