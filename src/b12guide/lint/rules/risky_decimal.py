"""GDL534: a dose that is easily read ten times too large."""

from __future__ import annotations

import re
from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Edit, Help, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.wording import said
from b12guide.semantics.checks.report import finding
from b12guide.syntax import ast
from b12guide.text import Span, Text

__all__ = ["RULE"]

_UNIT = r"(?=\s?(?:mg|[u\u00b5\u03bc]g|mcg|ng|g|mL|ml)\b)"
_RISKY = re.compile(rf"(?<![\d.])(?:\d+\.0+(?!\d)|\.\d+){_UNIT}")
_ZEROS = re.compile(r"(?<=[0-9])\.0+(?![0-9])")


def _find(material: Material) -> Iterator[Diagnostic]:
    for text, node in material.each_node(ast.Phase):
        if isinstance(node, ast.Phase):
            yield from _in_dose(text, node.dose)
    for one in said(material):
        for number, place in one.matches(_RISKY):
            yield _finding(number, (one.text, place))


def _in_dose(text: Text, dose: ast.Quantity) -> Iterator[Diagnostic]:
    written = text.slice(dose.span)
    edits = tuple(
        Edit(
            text=text,
            span=Span(dose.span.start + zeros.start(), dose.span.start + zeros.end()),
            replacement="",
        )
        for zeros in _ZEROS.finditer(written)
    )
    if edits:
        yield _finding(written, (text, dose), edits)


def _finding(
    number: str, place: tuple[Text, ast.Node], edits: tuple[Edit, ...] = ()
) -> Diagnostic:
    message = "write a zero before the point" if number[0] == "." else "leave `.0` out"
    return finding(
        RULE.code,
        f"where the point of `{number}` is overlooked, the dose is ten times as large",
        place,
        help_=Help(message=message, edits=edits),
        severity=Severity.WARNING,
    )


RULE = LintRule(
    code="GDL534",
    name="risky-decimal",
    level=Level.WARNING,
    says="A dose has no zero behind the point, and one before it.",
    find=_find,
    fixes=True,
)
