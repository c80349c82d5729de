"""GDL540: words that offer in a rule that obliges."""

from __future__ import annotations

import re
from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.wording import Role, said
from b12guide.semantics.checks.report import finding
from b12guide.syntax import ast
from b12guide.syntax.ast import Strength

__all__ = ["RULE"]

_OFFERS = re.compile(
    r"\b(?:you (?:may|might|can|could)|optional(?:ly)?|if you (?:like|wish|want)"
    r"|consider)\b",
    re.IGNORECASE,
)
_OBLIGES = frozenset({Strength.REQUIRED, Strength.DO_NOT})


def _find(material: Material) -> Iterator[Diagnostic]:
    for one in said(material, Role.TITLE, Role.PATIENT, Role.NOTE):
        if not isinstance(one.item, ast.Rule):
            continue
        strength = one.item.grounds.strength
        if strength is None or strength not in _OBLIGES:
            continue
        for written, place in one.matches(_OFFERS):
            yield finding(
                RULE.code,
                f"{one.role.value} of {one.owner} says `{written}`, but its strength is"
                f" `{strength.value}`",
                (one.text, place),
                help_="word it as strongly as the source does, or correct the strength",
                severity=Severity.INFO,
            )


RULE = LintRule(
    code="GDL540",
    name="too-weak-wording",
    level=Level.INFO,
    says="What must be done is not worded as an offer.",
    find=_find,
)
