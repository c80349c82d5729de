"""GDL533: several spellings of micro."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Edit, Help, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import finding
from b12guide.syntax import ast
from b12guide.text import Span, Text

__all__ = ["RULE"]

_MICRO = re.compile(
    r"(?<![A-Za-z_])(?:mcg|([u\u00b5\u03bc])(?:g|mol|L|l))(?![A-Za-z_])"
)
_CALLED = {
    "\u00b5": "the micro sign",
    "\u03bc": "the Greek letter mu",
    "u": "the letter u",
    "mcg": "the letters mc",
}
_CANONICAL = "\u00b5"


def _find(material: Material) -> Iterator[Diagnostic]:
    found = [
        (file.text, match)
        for file in material.files
        for match in _MICRO.finditer(file.text.characters)
    ]
    counts = Counter(_kind(match) for _, match in found)
    if len(counts) < 2:
        return
    usual = max(counts, key=lambda kind: (counts[kind], kind == _CANONICAL, kind))
    for text, match in found:
        kind = _kind(match)
        if kind != usual:
            yield _finding(text, match, usual)


def _kind(match: re.Match[str]) -> str:
    return match[1] or "mcg"


def _finding(text: Text, match: re.Match[str], usual: str) -> Diagnostic:
    written = match.group()
    unit = "g" if written == "mcg" else written[1:]
    better = "mcg" if usual == "mcg" and unit == "g" else f"{usual[:1]}{unit}"
    if usual == "mcg" and unit != "g":
        better = f"{_CANONICAL}{unit}"
    edit = Edit(text=text, span=Span(*match.span()), replacement=better)
    return finding(
        RULE.code,
        f"`{written}` has {_CALLED[_kind(match)]}, elsewhere {_CALLED[usual]} stands",
        (text, ast.Node(span=edit.span)),
        help_=Help(message=f"write `{better}`", edits=(edit,)),
        severity=Severity.WARNING,
    )


RULE = LintRule(
    code="GDL533",
    name="mixed-micro",
    level=Level.WARNING,
    says="One spelling of micro: `µg`, `mcg` or `ug`.",
    find=_find,
    fixes=True,
)
