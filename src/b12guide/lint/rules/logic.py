"""What conditions and rules say of patients: nothing is always or never so, nothing stands twice.

All of it is decided exactly, over every possible patient; where there are too many kinds of
patients a rule says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice, permutations

from b12guide.diagnostics import Diagnostic
from b12guide.lint.conditions import Addressed, Everybody
from b12guide.lint.material import Level, Material, finding, lint_rule
from b12guide.semantics.scope import Namespace
from b12guide.syntax import ast
from b12guide.syntax.phrases import condition_to_text
from b12guide.text import Text


@lint_rule("GDL501", Level.WARNING)
def never_true(material: Material) -> Iterator[Diagnostic]:
    """A condition can be true for some patient."""
    for asked, seen in material.seen_conditions:
        if not seen.true(asked.condition):
            yield finding(
                f"the condition of {asked.owner} is never true:"
                f" no {asked.addressed.value} can meet it",
                (asked.text, asked.condition),
                "look for a mistake in the bounds, or for `and` where `or` is meant",
            )


@lint_rule("GDL502", Level.WARNING)
def always_true(material: Material) -> Iterator[Diagnostic]:
    """A condition can be false for some patient."""
    for asked, seen in material.seen_conditions:
        if seen.true(asked.condition) == seen.addressed:
            yield finding(
                f"the condition of {asked.owner} is always true:"
                f" every {asked.addressed.value} meets it",
                (asked.text, asked.condition),
                "leave it out, or look for `or` where `and` is meant",
            )


_LONGEST = 80
"""Characters of a part that a message repeats; the place shows the rest."""


@lint_rule("GDL503", Level.WARNING)
def idle_part(material: Material) -> Iterator[Diagnostic]:
    """Every part of a condition makes a difference to some patient."""
    for asked, seen in material.seen_conditions:
        for part in seen.idle_parts(asked.condition):
            match seen.true(part):
                case 0:
                    reason = "no patient meets it"
                case seen.addressed:
                    reason = "every patient meets it"
                case _:
                    reason = "the rest of the condition already decides it"
            written = condition_to_text(part)
            if len(written) > _LONGEST:
                written = f"{written[: _LONGEST - 4]} ..."
            yield finding(
                f"`{written}` makes no difference in the condition of"
                f" {asked.owner}: {reason}",
                (asked.text, part),
                "leave it out, or look for a mistake beside it",
            )


@lint_rule("GDL504", Level.WARNING)
def idle_exception(material: Material) -> Iterator[Diagnostic]:
    """An exception overrides its rule for some patient."""
    everybody = material.everybody
    if everybody is None:
        return
    for text, rule in material.each(ast.Rule):
        for name in rule.exception_to:
            parent = material.scope.name(Namespace.RULE, name.text)
            reason = _why_idle(rule.name.text, parent, everybody)
            if reason is not None:
                yield finding(
                    f"`{rule.name.text}` never overrides `{parent}` for any patient: {reason}",
                    (text, name),
                    f"leave `exception to {parent}` out, or look for a mistake in a condition",
                )


def _why_idle(exception: str, parent: str, everybody: Everybody) -> str | None:
    """Why the exception makes no difference; None where it does, or nobody knows."""
    rules = everybody.search.graph.rules
    names = dict.fromkeys((parent, exception, *rules[parent].exceptions))
    cone = everybody.cone_of(rules[name] for name in names)
    if cone is None:
        return None
    conditions = everybody.search.evaluator.program.conditions
    true = {name: cone.true(conditions[name]) for name in names}
    both = everybody.search.in_scope(cone) & true[parent] & true[exception]
    if not true[exception]:
        return None  # it is never true, which another rule says
    if not both:
        return "no patient meets the conditions of both"
    for name in names.keys() - {parent, exception}:
        both &= ~true[name]
    return None if both else "all who meet both meet another exception as well"


@lint_rule("GDL505", Level.WARNING)
def shadowed_rule(material: Material) -> Iterator[Diagnostic]:
    """The exceptions to a rule leave some patient to it."""
    everybody = material.everybody
    if everybody is None:
        return
    for text, written in material.each(ast.Rule):
        rule = everybody.search.graph.rules[written.name.text]
        cone = everybody.cone_of((rule,)) if rule.exceptions else None
        if cone is None:
            continue
        whom = Addressed.OUTSIDE if rule.outside_scope else Addressed.IN_SCOPE
        condition = everybody.search.evaluator.program.conditions[rule.name]
        reached = everybody.addressed(cone, whom) & cone.true(condition)
        if reached and not reached & cone.applies(rule.name):
            others = ", ".join(f"`{name}`" for name in rule.exceptions)
            yield finding(
                f"`{rule.name}` applies to no patient: all who meet its condition meet an"
                f" exception, {others}",
                (text, written.name),
                "leave it out, or narrow the exception",
            )


@lint_rule("GDL551", Level.WARNING)
def idle_conflict(material: Material) -> Iterator[Diagnostic]:
    """A conflict that is expected can come about."""
    everybody = material.everybody
    if everybody is None:
        return
    rules = everybody.search.graph.rules
    for text, conflict in material.each(ast.ExpectedConflict):
        names = (conflict.first.text, conflict.second.text)
        one, two = (rules[material.scope.name(Namespace.RULE, name)] for name in names)
        cone = everybody.cone_of((one, two))
        if cone is None:
            continue
        both = cone.applies(one.name) & cone.applies(two.name)
        if not both & everybody.search.in_scope(cone):
            yield finding(
                f"`{one.name}` and `{two.name}` never apply to the same patient",
                (text, conflict.first),
                "leave `conflict expected` out, or look for a mistake in a condition",
            )


_MOST_PAIRS = 2000
"""Of rules that say one thing; each takes a search."""


def _alike(material: Material) -> Iterator[list[tuple[Text, ast.Rule]]]:
    """The rules of the graph that say the same, wherever there are several."""
    graph = material.graph
    if graph is None:
        return
    groups: dict[object, list[tuple[Text, ast.Rule]]] = {}
    for text, written in material.each(ast.Rule):
        rule = graph.rules[written.name.text]
        key = (rule.decision, rule.value, rule.optional, rule.outside_scope)
        groups.setdefault(key, []).append((text, written))
    yield from (group for group in groups.values() if len(group) > 1)


def _patients(one: ast.Rule, two: ast.Rule, everybody: Everybody) -> tuple[int, int]:
    """The classes of patients to whom either rule applies; none where there are too many."""
    rules = [everybody.search.graph.rules[rule.name.text] for rule in (one, two)]
    cone = everybody.cone_of(rules)
    if cone is None:
        return 0, 0
    whom = Addressed.OUTSIDE if one.outside_scope else Addressed.IN_SCOPE
    addressed = everybody.addressed(cone, whom)
    mine, theirs = (addressed & cone.applies(rule.name) for rule in rules)
    return mine, theirs


@lint_rule("GDL506", Level.WARNING)
def duplicate_rule(material: Material) -> Iterator[Diagnostic]:
    """No two rules say the same to the same patients."""
    everybody = material.everybody
    if everybody is None:
        return
    for group in _alike(material):
        told = set[str]()
        for (_, one), (text, two) in islice(combinations(group, 2), _MOST_PAIRS):
            if (name := two.name.text) in told:
                continue
            mine, theirs = _patients(one, two, everybody)
            if mine and mine == theirs:
                told.add(name)
                yield finding(
                    f"`{name}` says what `{one.name.text}` says, to the same patients",
                    (text, two.name),
                    others=((material.text_of(one), one.name, "the other one"),),
                    help_="make one rule of both, with the statements and citations of both",
                )


@lint_rule("GDL507", Level.WARNING)
def covered_rule(material: Material) -> Iterator[Diagnostic]:
    """A rule says something that no wider rule says already."""
    everybody = material.everybody
    if everybody is None:
        return
    for group in _alike(material):
        covered = set[str]()
        for (text, narrow), (_, wide) in islice(permutations(group, 2), _MOST_PAIRS):
            name = narrow.name.text
            if name in covered or narrow.grounds.strength is not wide.grounds.strength:
                continue
            fewer, more = _patients(narrow, wide, everybody)
            if fewer and fewer != more and not fewer & ~more:
                covered.add(name)
                yield finding(
                    f"`{wide.name.text}` says the same, as strongly, to every patient to whom"
                    f" `{name}` applies",
                    (text, narrow.name),
                    others=((material.text_of(wide), wide.name, "the wider rule"),),
                    help_="leave the narrower rule out, or say what is special about it",
                )
