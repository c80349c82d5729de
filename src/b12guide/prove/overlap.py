"""GDL401: two rules that can apply to one patient and cannot both be followed."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Help, Label, Severity
from b12guide.graph.conflicts import rule_pairs
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.prove.by_worlds import Search, together
from b12guide.prove.given import given_text
from b12guide.prove.smallest import Witness
from b12guide.semantics.draft import Draft
from b12guide.syntax import ast

__all__ = ["overlaps"]

MOST_PAIRS = 100
"""Pairs looked at one by one where a decision tells too many kinds of patients apart."""


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
        found = together(one, two, search)
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
        cone = search.cone_of(rules.values())
        if cone is None:
            yield from some[:MOST_PAIRS]
            continue
        inside = search.in_scope(cone)
        applies = {name: inside & cone.applies(name) for name in rules}
        for one, two in some:
            if applies[one.name] & applies[two.name]:
                yield one, two
