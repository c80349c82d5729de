"""Rules that can apply to one patient and cannot both be followed (GDL401), and GDL412.

What clashes is asked of the composition (M59), so a check cannot call harmless what an answer
calls a contradiction. It stands on this floor because it looks for patients.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import combinations, product

from b12guide.diagnostics import Diagnostic, Help, Label, Severity
from b12guide.evaluate.composed import Kind
from b12guide.evaluate.composition import NEVER_APART, clash, heard
from b12guide.evaluate.decisions import parts
from b12guide.graph.model import Decision, Rule, RuleGraph, Value
from b12guide.prove.by_worlds import Cone, Search
from b12guide.prove.given import given_text
from b12guide.prove.replay import clashing
from b12guide.prove.smallest import Witness
from b12guide.semantics.checks.report import remark
from b12guide.semantics.draft import Draft
from b12guide.syntax import ast

MOST_PAIRS = 100
"""Pairs looked at one by one where a decision tells too many kinds of patients apart."""


# ------------------------------------------------------------------------ pairs


def rule_pairs(graph: RuleGraph) -> Iterator[tuple[Rule, Rule]]:
    """The pairs on one decision that clash, are not ordered and not expected to."""
    expected = {frozenset({c.first, c.second}) for c in graph.conflicts}
    for decision in Decision:
        if decision in NEVER_APART:
            continue
        alike: dict[Value, list[Rule]] = {}
        for rule in graph.rules.values():
            if rule.decision is decision and not rule.optional:
                alike.setdefault(rule.value, []).append(rule)
        yield from _between(alike, expected)


def _between(
    alike: Mapping[Value, list[Rule]], expected: Container[frozenset[str]]
) -> Iterator[tuple[Rule, Rule]]:
    """The pairs among rules that are sorted by what they say."""
    for mine, theirs in combinations(alike.values(), 2):
        if clash(mine[0], theirs[0]):
            for one, two in product(mine, theirs):
                names = frozenset({one.name, two.name})
                if names not in expected and not are_ordered(one, two):
                    yield one, two


def are_ordered(one: Rule, two: Rule) -> bool:
    """Whether one of the rules gives way to the other."""
    return one.name in two.exception_to or two.name in one.exception_to


def bearing_on(one: Rule, two: Rule, search: Search) -> tuple[Rule, ...]:
    """The two rules on one decision, and what may take doses out of them (M46)."""
    others = (
        r
        for r in search.evaluator.heard[one.decision]
        if r.decision is not one.decision
    )
    return heard(one.decision, (one, two, *others))


def meeting(rules: Sequence[Rule], search: Search, cone: Cone) -> int:
    """The classes in scope in which two rules, before what bears on them, are in conflict."""
    decision = rules[0].decision
    classes = 0
    for part in parts(decision, rules, search.evaluator, cone.found):
        if part.composed.kind is Kind.CONFLICT:
            classes |= part.worlds
    return classes & search.in_scope(cone)


# ------------------------------------------------------------------------ diagnostics


def overlaps(graph: RuleGraph, draft: Draft) -> Iterator[Diagnostic]:
    """Each such pair with the smallest patient to whom both rules apply.

    A pair with too many kinds of patients is passed over here; a proof says so.
    """
    pairs = tuple(rule_pairs(graph))
    if not pairs:
        return
    search = Search.of(graph)
    places = {
        rule.name.text: Label(text=text, span=rule.name.span)
        for text, rule in draft.each(ast.Rule)
    }
    for one, two in _meeting(pairs, search):
        rules = bearing_on(one, two, search)
        cone = search.cone_of(rules)
        if cone is None:
            continue
        found = search.witness(
            cone,
            meeting(rules, search, cone),
            clashing((one.name, two.name), rules, search.original),
        )
        if isinstance(found, Witness):
            yield Diagnostic(
                code="GDL401",
                severity=Severity.WARNING,
                message=f"`{one.name}` and `{two.name}` can both apply,"
                f" and nobody can follow both: both speak to `{one.decision.value}`",
                labels=tuple(places[r.name] for r in (one, two) if r.name in places),
                notes=(f"for example to a patient: {given_text(found.values, graph)}",),
                help=(
                    Help(message=f"say which gives way: `exception to {one.name}`"),
                    Help(
                        message="or, if the source itself leaves it open,"
                        f" `conflict expected between {one.name} and {two.name}`"
                    ),
                ),
            )


def _meeting(
    pairs: tuple[tuple[Rule, Rule], ...], search: Search
) -> Iterator[tuple[Rule, Rule]]:
    """The pairs that meet in some patient; all pairs of one decision are looked at in one go."""
    by_decision: dict[Decision, list[tuple[Rule, Rule]]] = {}
    for one, two in pairs:
        by_decision.setdefault(one.decision, []).append((one, two))
    for some in by_decision.values():
        rules = {rule.name: rule for pair in some for rule in pair}
        cone = search.cone_of(rules.values(), is_composed=False)
        if cone is None:
            yield from some[:MOST_PAIRS]
            continue
        inside = search.in_scope(cone)
        applies = {name: inside & cone.applies(name) for name in rules}
        for one, two in some:
            if applies[one.name] & applies[two.name]:
                yield one, two


def impossible_conflicts(graph: RuleGraph, draft: Draft) -> Iterator[Diagnostic]:
    """GDL412: two rules whose conflict is expected can be in conflict."""
    for text, item in draft.each(ast.ExpectedConflict):
        one = graph.rules[item.first.text]
        two = graph.rules[item.second.text]
        if one.decision is not two.decision:
            reason = f"one speaks to `{one.decision.value}`, the other to `{two.decision.value}`"
        elif are_ordered(one, two):
            reason = "one is an exception to the other"
        elif not clash(one, two):
            reason = "what they say can be followed together"
        else:
            continue
        yield remark(
            "GDL412",
            f"`{one.name}` and `{two.name}` cannot conflict: {reason}",
            (text, item),
            "leave `conflict expected` out",
        )
