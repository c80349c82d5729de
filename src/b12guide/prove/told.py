"""What a guideline tells a patient, without its reasons, and whether two tell him the same."""

from __future__ import annotations

from typing import TypeAlias

from b12guide.evaluate import interpreter
from b12guide.evaluate.answer import Advice, Verdict
from b12guide.evaluate.composed import Composed
from b12guide.evaluate.composed import Kind as Composition
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.known import Evaluator
from b12guide.graph.model import Decision, Remark
from b12guide.patient.model import Stated
from b12guide.prove.replay import Test, facts_of, parts_about
from b12guide.truth import Truth

__all__ = ["MADE", "UNMADE", "About", "Said", "differ", "may_differ", "said"]

About: TypeAlias = Decision | Remark | None
"""What is compared: a decision, a single remark, or the scope."""

Said: TypeAlias = tuple[
    Composition, frozenset[Advice], frozenset[Advice], frozenset[object]
]
"""What is advised: by default, beside it, and on the sides of a conflict; without reasons."""


MADE: Said = (Composition.ADVICE, frozenset(), frozenset(), frozenset())
UNMADE: Said = (Composition.SILENT, frozenset(), frozenset(), frozenset())
"""Of a single remark."""


def said(composed: Composed) -> Said:
    """What is advised, without the rules behind it."""
    return (
        composed.kind,
        frozenset(entry.advice for entry in composed.default),
        frozenset(entry.advice for entry in composed.alternatives),
        frozenset(side.advice for side in composed.sides),
    )


def differ(about: About, old: Evaluator, new: Evaluator) -> Test:
    """Whether both guidelines are determined about the patient, and differ."""

    def test(stated: Stated, reading: Reading) -> bool:
        mine = _possible(about, stated, reading, old)
        theirs = _possible(about, stated, reading, new)
        return len(mine) == len(theirs) == 1 and mine != theirs

    return test


def may_differ(about: About, old: Evaluator, new: Evaluator) -> Test:
    """Whether one guideline is determined about the patient, and the other may differ."""

    def test(stated: Stated, reading: Reading) -> bool:
        mine = _possible(about, stated, reading, old)
        theirs = _possible(about, stated, reading, new)
        return mine != theirs and 1 in {len(mine), len(theirs)}

    return test


def _possible(
    about: About, stated: Stated, reading: Reading, evaluator: Evaluator
) -> frozenset[object]:
    """All that a guideline may say about a patient once the rest is known."""
    facts = facts_of(stated, reading, evaluator)
    scope = interpreter.scope(evaluator.graph, facts)
    if about is None:
        if scope is Truth.UNKNOWN:
            return frozenset((Truth.TRUE, Truth.FALSE))
        return frozenset((scope,))
    if isinstance(about, Remark):
        verdicts = {
            interpreter.verdict(rule, evaluator.graph, facts)
            for rule in evaluator.graph.rules.values()
            if rule.value == about
        }
        if Verdict.APPLIES in verdicts:
            return frozenset((MADE,))
        is_settled = verdicts <= {Verdict.DOES_NOT_APPLY, Verdict.OVERRIDDEN}
        return frozenset((UNMADE,) if is_settled else (MADE, UNMADE))
    rules = tuple(
        rule
        for rule in evaluator.graph.rules.values()
        if rule.decision is about and rule.outside_scope is (scope is Truth.FALSE)
    )
    found = parts_about(about, rules, facts, evaluator)
    return frozenset(said(part.composed) for part in found)
