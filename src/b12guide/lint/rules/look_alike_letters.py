"""GDL532: letters of another alphabet that look the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Edit, Help, Severity
from b12guide.lint.alphabet import FULL_WIDTH, LATIN
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import finding
from b12guide.syntax import ast
from b12guide.text import Span

__all__ = ["RULE"]

_WORD = re.compile(r"[^\W\d_]+")


def _find(material: Material) -> Iterator[Diagnostic]:
    for file in material.files:
        characters = file.text.characters
        if characters.isascii():
            continue
        for found in _WORD.finditer(characters):
            word = found.group()
            if not word.isascii() and _deceives(word):
                span = Span(*found.span())
                plain = word.translate(LATIN)
                odd = next(letter for letter in word if ord(letter) in LATIN)
                yield finding(
                    RULE.code,
                    f"`{word}` is not what it looks like: `{odd}` is"
                    f" {unicodedata.name(odd, 'another letter').lower()}",
                    (file.text, ast.Node(span=span)),
                    help_=Help(
                        message=f"write `{plain}`",
                        edits=(Edit(text=file.text, span=span, replacement=plain),),
                    ),
                    severity=Severity.WARNING,
                )


def _deceives(word: str) -> bool:
    """Whether letters that look Latin stand among Latin ones, or make up the whole word."""
    odd = [letter for letter in word if ord(letter) in LATIN]
    latin = [letter for letter in word if letter.isascii()]
    if any(ord(letter) >= FULL_WIDTH for letter in odd):
        return True
    return bool(odd) and (bool(latin) or (len(word) > 1 and len(odd) == len(word)))


RULE = LintRule(
    code="GDL532",
    name="look-alike-letters",
    level=Level.WARNING,
    says="Words are written in one alphabet.",
    find=_find,
    fixes=True,
)
