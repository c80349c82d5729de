"""GDL526: a rule that no example expects."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.graph.value_from_syntax import decision_of, lower_action
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark
from b12guide.syntax import ast

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    if material.graph is None or material.header is None:
        return
    examples = tuple(material.draft.each(ast.Example))
    rules = tuple(material.each(ast.Rule))
    if rules and not examples:
        text, header = material.header
        yield remark(
            RULE.code,
            "this guideline has no examples",
            (text, header.name),
            "`b12guide test --generate FILE` writes some to begin with",
        )
        return
    named, values = set[str](), set[Hashable]()
    for _, example in examples:
        for expectation in example.expectations:
            named |= {name.text for name in _rules_in(expectation)}
            if isinstance(expectation, ast.ExpectAction) and not expectation.negated:
                action = expectation.action
                value = lower_action(action, material.scope)
                values.add((decision_of(action), value))
    for text, rule in rules:
        meant = material.graph.rules[rule.name.text]
        if meant.name not in named and (meant.decision, meant.value) not in values:
            yield remark(
                RULE.code,
                f"no example expects anything of the rule `{meant.name}`",
                (text, rule.name),
                f"such as `expect rule {meant.name} applies`",
            )


def _rules_in(expectation: ast.Expectation) -> tuple[ast.Name, ...]:
    match expectation:
        case ast.ExpectRule(rule=rule):
            return (rule,)
        case ast.ExpectReasons(rules=rules):
            return rules
        case ast.ExpectConflict(first=first, second=second):
            return (first, second)
        case _:
            return ()


RULE = LintRule(
    code="GDL526",
    name="rule-without-example",
    level=Level.WARNING,
    says="Every rule has an example.",
    find=_find,
)
