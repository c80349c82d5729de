"""What is asked for, of all that a guideline could say about a patient."""

from __future__ import annotations

from attrs import frozen

from b12guide.cohort.options import Options
from b12guide.evaluate.settle import DECISIONS
from b12guide.graph.model import Decision, RuleGraph
from b12guide.record import Record

__all__ = ["Wanted", "wanted"]


@frozen(kw_only=True, repr=False)
class Wanted(Record):
    """The parts of an answer that are worked out; the others cost nothing.

    Attributes:
        rules: The rules whose verdicts are told.
        decisions: The decisions that are told, with outcome, value and certainty.
        questions: Whether the facts worth asking for are told, as far as they bear on `decisions`.
    """

    rules: tuple[str, ...]
    decisions: tuple[Decision, ...]
    questions: bool


def wanted(graph: RuleGraph, options: Options) -> Wanted:
    """What `options` ask of a guideline."""
    chosen = options.decisions
    rules = graph.rules.values()
    return Wanted(
        rules=tuple(r.name for r in rules if chosen is None or r.decision in chosen),
        decisions=() if options.verdicts_only or options.long else chosen or DECISIONS,
        questions=options.questions and not (options.verdicts_only or options.long),
    )
