"""GDL550: a silence on something that rules ask for."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.graph.query import readers_of
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark
from b12guide.semantics.scope import Namespace
from b12guide.syntax import ast

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    graph = material.graph
    if graph is None:
        return
    for text, silent in material.each(ast.Silent):
        if silent.text is not None or silent.conditions:
            continue
        for topic in silent.topics:
            fact = material.scope.name(Namespace.FACT, topic.text)
            rules = readers_of(graph, fact).rules
            if rules:
                yield remark(
                    RULE.code,
                    f"the guideline is called silent on `{topic.text}`, but `{rules[0]}`"
                    " asks for it",
                    (text, topic),
                    'say what it is silent on: `silent on ... "..."`, or `when ...`',
                )


RULE = LintRule(
    code="GDL550",
    name="silent-but-read",
    level=Level.WARNING,
    says="A guideline is silent on what no rule asks for.",
    find=_find,
)
