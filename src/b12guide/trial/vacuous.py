"""Expectations that nothing could break: `no` of what no rule could say to anybody (M58)."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from b12guide.graph.model import (
    Monitoring,
    NotNeeded,
    Prohibition,
    Regimens,
    Remark,
    RuleGraph,
    Target,
    Technique,
    Value,
)
from b12guide.graph.value_from_syntax import decision_of, lower_action
from b12guide.semantics.scope import Scope
from b12guide.syntax import ast
from b12guide.trial.advice import Piece, is_told_of_any_drug, pieces


def is_vacuous(expectation: ast.Expectation, graph: RuleGraph, scope: Scope) -> bool:
    """Whether it expects that something is not said which no rule could say to anybody.

    Only what rules say counts, not to whom: what a condition keeps from this patient is worth
    expecting.
    """
    if not isinstance(expectation, ast.ExpectAction) or not expectation.negated:
        return False
    wanted = lower_action(expectation.action, scope)
    decision = decision_of(expectation.action)
    said = [rule.value for rule in graph.rules.values() if rule.decision is decision]
    if isinstance(wanted, NotNeeded | Remark):
        return wanted not in said
    return not any(_could_say(value, wanted) for value in said)


def _could_say(said: Value, wanted: Value) -> bool:
    """Whether a rule that says `said` may be behind an answer that says any of `wanted`."""
    if isinstance(said, Target) and isinstance(wanted, Target):
        # Rules on one measure are answered by the tightest bounds, each from another rule.
        return said.measure == wanted.measure
    parts = [part for piece in pieces(wanted) for part in _least(piece)]
    return any(
        is_told_of_any_drug(advice, part)
        for advice in pieces(said)
        if not isinstance(advice, Remark | Regimens | Technique)
        for part in parts
    )


def _least(piece: Piece) -> Iterator[Piece]:
    """What one rule has to say of a piece, where other rules may add the rest (M43)."""
    match piece:
        case Monitoring(at=at):
            bare = evolve(
                piece, at=(), companions=(), before_next_dose=False, never_alone=False
            )
            yield from ([evolve(bare, at=(time,)) for time in at] or [bare])
        case Prohibition(drugs=drugs):
            yield from (evolve(piece, drugs=(drug,)) for drug in drugs)
        case _:
            yield piece
