"""Examples: every rule has one, no two are the same, and each could fail."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.graph.value_from_syntax import decision_of, lower_action
from b12guide.lint.material import Level, Material, finding, lint_rule
from b12guide.syntax import ast
from b12guide.text import Text
from b12guide.trial.expectation import is_vacuous


@lint_rule("GDL526", Level.WARNING)
def rule_without_example(material: Material) -> Iterator[Diagnostic]:
    """Every rule has an example."""
    if material.graph is None or material.header is None:
        return
    examples = tuple(material.draft.each(ast.Example))
    rules = tuple(material.each(ast.Rule))
    if rules and not examples:
        text, header = material.header
        yield finding(
            "this guideline has no examples",
            (text, header.name),
            "`b12guide test --generate FILE` writes some to begin with",
        )
        return
    named, values = set[str](), set[Hashable]()
    for _, example in examples:
        for expectation in example.expectations:
            match expectation:
                case ast.ExpectRule(rule=rule):
                    named.add(rule.text)
                case ast.ExpectReasons(rules=some):
                    named |= {rule.text for rule in some}
                case ast.ExpectConflict(first=first, second=second):
                    named |= {first.text, second.text}
                case ast.ExpectAction(action=action, negated=False):
                    value = lower_action(action, material.scope)
                    values.add((decision_of(action), value))
                case _:
                    pass
    for text, written in rules:
        meant = material.graph.rules[written.name.text]
        if meant.name not in named and (meant.decision, meant.value) not in values:
            yield finding(
                f"no example expects anything of the rule `{meant.name}`",
                (text, written.name),
                f"such as `expect rule {meant.name} applies`",
            )


@lint_rule("GDL528", Level.WARNING)
def duplicate_example(material: Material) -> Iterator[Diagnostic]:
    """No two examples are the same."""
    first: dict[Hashable, tuple[Text, ast.Example]] = {}
    for text, example in material.each(ast.Example):
        key = (frozenset(example.given), example.asked, frozenset(example.expectations))
        if key in first:
            where, before = first[key]
            yield finding(
                f'this example is the same as "{before.title.text}"',
                (text, example.title),
                others=((where, before.title, "the first one"),),
                help_="leave one of the two out, or look for a mistake",
            )
        first.setdefault(key, (text, example))


@lint_rule("GDL554", Level.WARNING)
def vacuous_expectation(material: Material) -> Iterator[Diagnostic]:
    """What an example rules out could be advised to some patient."""
    graph = material.graph
    if graph is None:
        return
    for text, example in material.each(ast.Example):
        for expectation in example.expectations:
            if is_vacuous(expectation, graph, material.scope):
                written = " ".join(text.slice(expectation.span).split())
                yield finding(
                    f"`{written}` is vacuous: nothing here could give this",
                    (text, expectation),
                    "expect what is advised instead, or look for a mistake",
                )
