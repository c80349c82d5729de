"""Examples: every rule has one, no two are the same, and each could fail."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.graph.value_from_syntax import decision_of, lower_action
from b12guide.lint.material import Level, LintRule, Material
from b12guide.semantics.checks.report import finding, remark
from b12guide.syntax import ast
from b12guide.text import Text
from b12guide.trial.expectation import is_vacuous


def rule_without_example(material: Material) -> Iterator[Diagnostic]:
    if material.graph is None or material.header is None:
        return
    examples = tuple(material.draft.each(ast.Example))
    rules = tuple(material.each(ast.Rule))
    if rules and not examples:
        text, header = material.header
        yield remark(
            RULE_WITHOUT_EXAMPLE.code,
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
                RULE_WITHOUT_EXAMPLE.code,
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


RULE_WITHOUT_EXAMPLE = LintRule(
    code="GDL526",
    name="rule-without-example",
    level=Level.WARNING,
    says="Every rule has an example.",
    find=rule_without_example,
)


def duplicate_example(material: Material) -> Iterator[Diagnostic]:
    first: dict[Hashable, tuple[Text, ast.Example]] = {}
    for text, example in material.each(ast.Example):
        key = (frozenset(example.given), frozenset(example.expectations))
        if key in first:
            where, before = first[key]
            yield finding(
                DUPLICATE_EXAMPLE.code,
                f'this example is the same as "{before.title.text}"',
                (text, example.title),
                others=((where, before.title, "the first one"),),
                help_="leave one of the two out, or look for a slip",
                severity=Severity.WARNING,
            )
        first.setdefault(key, (text, example))


DUPLICATE_EXAMPLE = LintRule(
    code="GDL528",
    name="duplicate-example",
    level=Level.WARNING,
    says="No two examples are the same.",
    find=duplicate_example,
)


def vacuous_expectation(material: Material) -> Iterator[Diagnostic]:
    graph = material.graph
    if graph is None:
        return
    for text, example in material.each(ast.Example):
        for expectation in example.expectations:
            if is_vacuous(expectation, graph, material.scope):
                written = " ".join(text.slice(expectation.span).split())
                yield remark(
                    VACUOUS_EXPECTATION.code,
                    f"`{written}` is vacuous: nothing here could give this",
                    (text, expectation),
                    "expect what is said instead, or look for a slip",
                )


VACUOUS_EXPECTATION = LintRule(
    code="GDL554",
    name="vacuous-expectation",
    level=Level.WARNING,
    says="What an example rules out could be said to somebody.",
    find=vacuous_expectation,
)
