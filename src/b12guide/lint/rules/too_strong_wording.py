"""GDL539: words that oblige in a rule that permits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.wording import Role, said
from b12guide.semantics.checks.report import remark
from b12guide.syntax import ast
from b12guide.syntax.ast import Strength

__all__ = ["RULE"]

_OBLIGES = re.compile(
    r"\b(?:must|always|never|mandatory|obligatory|required|ha(?:ve|s) to)\b",
    re.IGNORECASE,
)
_PERMITS = frozenset(
    {Strength.MAY, Strength.SHOULD_CONSIDER, Strength.ACCEPTABLE_ALTERNATIVE}
)


def _find(material: Material) -> Iterator[Diagnostic]:
    for one in said(material, Role.TITLE, Role.PATIENT, Role.NOTE):
        if not isinstance(one.item, ast.Rule):
            continue
        strength = one.item.grounds.strength
        offered = any(getattr(action, "optional", False) for action in one.item.actions)
        if strength not in _PERMITS and not (strength is None and offered):
            continue
        word = "may" if strength is None else strength.value
        for written, place in one.matches(_OBLIGES):
            yield remark(
                RULE.code,
                f"{one.role.value} of {one.owner} says `{written}`, but its strength is"
                f" `{word}`",
                (one.text, place),
                "word it as strongly as the source does, or correct the strength",
            )


RULE = LintRule(
    code="GDL539",
    name="too-strong-wording",
    level=Level.WARNING,
    says="What may be done is not worded as what must be.",
    find=_find,
)
