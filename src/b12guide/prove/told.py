"""What a guideline tells a patient, without its reasons, and whether two tell them the same."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeAlias

from b12guide.evaluate import interpreter
from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.composed import Composed
from b12guide.evaluate.composed import Kind as CompositionKind
from b12guide.evaluate.composition import heard
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.known import Evaluator
from b12guide.graph.model import Decision, Remark
from b12guide.patient.model import Stated
from b12guide.prove.replay import Test, facts_of, parts_about
from b12guide.truth import Truth

__all__ = ["MADE", "UNMADE", "About", "Said", "differ", "may_differ", "said"]

About: TypeAlias = Decision | Remark | None
"""What is compared: a decision, a single remark, or the scope."""

Said: TypeAlias = tuple[Hashable, ...]
"""What is advised: by default, beside it, on the sides of a conflict, and what is not offered."""


MADE: Said = (CompositionKind.ADVICE,)
UNMADE: Said = (CompositionKind.SILENT,)
"""Of a single remark."""


def said(composed: Composed) -> Said:
    """What is advised, without the rules behind it."""
    return composed.everything


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
    is_outside = scope is Truth.FALSE
    rules = heard(
        about,
        (
            rule
            for rule in evaluator.graph.rules.values()
            if rule.outside_scope is is_outside
        ),
    )
    found = parts_about(about, rules, facts, evaluator)
    return frozenset(said(part.composed) for part in found)
