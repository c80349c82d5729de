"""GDL519: a definition that only needless definitions use."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.graph.condition_from_syntax import lower_condition
from b12guide.graph.query import definitions_in
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark
from b12guide.semantics.references import in_action
from b12guide.syntax import ast

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    if material.graph is None:
        return
    definitions = material.graph.definitions
    used = set[str]()
    for asked in material.conditions:
        if not isinstance(asked.item, ast.Definition):
            used |= definitions_in(asked.lowered, definitions)
    for _, node in material.draft.each(ast.Implication):
        for condition in (node.premise, node.conclusion):
            used |= definitions_in(
                lower_condition(condition, material.scope), definitions
            )
    for text, definition in material.each(ast.Definition):
        name = definition.name.text
        by = [
            other
            for other, one in definitions.items()
            if name in definitions_in(one.condition, definitions)
        ]
        if name not in used and by and not _is_named(material, name):
            yield remark(
                RULE.code,
                f"`{name}` is used by `{by[0]}` only, which leads to no rule",
                (text, definition.name),
                "leave both out, or use them",
            )


def _is_named(material: Material, name: str) -> bool:
    """Whether anything but a condition names it, such as `until` or `silent on`."""
    for _, item in material.draft.each_item():
        if isinstance(item, ast.Silent) and name in {t.text for t in item.topics}:
            return True
        if isinstance(item, ast.Rule) and any(
            use.name.text == name
            for action in item.actions
            for use in in_action(action)
        ):
            return True
    return False


RULE = LintRule(
    code="GDL519",
    name="idle-definition",
    level=Level.WARNING,
    says="A definition leads to a rule.",
    find=_find,
)
