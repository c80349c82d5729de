"""GDL508: one compound condition written out in several places."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.shape import Compound, compounds
from b12guide.semantics.checks.report import finding
from b12guide.syntax import ast
from b12guide.text import Text

__all__ = ["RULE"]

_MANY = 3


def _find(material: Material) -> Iterator[Diagnostic]:
    found: dict[object, list[tuple[Text, Compound]]] = {}
    named = {shape for _, shape in material.named_shapes}
    for asked in material.conditions:
        if isinstance(asked.item, ast.Rule | ast.Silent):
            for compound in compounds(asked.condition, material.scope):
                if compound.shape not in named:
                    found.setdefault(compound.shape, []).append((asked.text, compound))
    inner = {
        id(part.condition)
        for places in found.values()
        if len(places) >= _MANY
        for _, outer in places
        for part in compounds(outer.condition, material.scope)
        if part.condition is not outer.condition
    }
    for places in found.values():
        first, *others = places
        if len(places) >= _MANY and id(first[1].condition) not in inner:
            yield finding(
                RULE.code,
                f"the same condition is written out {len(places)} times",
                (first[0], first[1].condition),
                others=((t, c.condition, "here again") for t, c in others),
                help_="give it a name with `define`, so that it can only change everywhere",
                severity=Severity.WARNING,
            )


RULE = LintRule(
    code="GDL508",
    name="scattered-definition",
    level=Level.WARNING,
    says="A compound condition that three items share has a name.",
    find=_find,
)
