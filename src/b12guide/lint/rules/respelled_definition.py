"""GDL509: a condition written out although it has a name."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.shape import compounds
from b12guide.semantics.checks.report import finding
from b12guide.semantics.scope import Entry, Namespace
from b12guide.syntax import ast
from b12guide.syntax.to_text import condition_to_text

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    definitions = dict[object, Entry]()
    for name, shape in material.named_shapes:
        entry = material.scope.find(Namespace.FACT, name)
        if entry is not None:
            definitions.setdefault(shape, entry)
    for asked in material.conditions:
        for compound in compounds(asked.condition, material.scope, least=1):
            entry = definitions.get(compound.shape)
            if entry is None or asked.item is entry.item:
                continue
            written = condition_to_text(compound.condition)
            whole = isinstance(asked.item, ast.Definition) and (
                compound.condition is asked.condition
            )
            yield finding(
                RULE.code,
                f"`{written}` in {asked.owner} is what `{entry.name}` says",
                (asked.text, compound.condition),
                others=((entry.text, entry.item.name, "defined here"),),
                help_="keep one of the two definitions"
                if whole
                else f"write `{entry.name}`",
                severity=Severity.WARNING,
            )


RULE = LintRule(
    code="GDL509",
    name="respelled-definition",
    level=Level.WARNING,
    says="A condition that has a name goes by it.",
    find=_find,
)
