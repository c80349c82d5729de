"""All verdicts of one patient by the compiled function: the quick way when that is all."""

from __future__ import annotations

from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.compiled import APPLIES, FALLS, OPEN, OVERRIDDEN
from b12guide.evaluate.facts import Facts, is_open_to_reading
from b12guide.evaluate.known import Evaluator
from b12guide.evaluate.patient_view import Known
from b12guide.evaluate.program import reader
from b12guide.evaluate.verdicts import verdict_of

__all__ = ["codes", "verdicts"]

_VERDICTS = {
    FALLS: Verdict.DOES_NOT_APPLY,
    APPLIES: Verdict.APPLIES,
    OVERRIDDEN: Verdict.OVERRIDDEN,
    OPEN: Verdict.UNKNOWN,
}


def codes(evaluator: Evaluator, facts: Facts) -> bytearray:
    """The code of the verdict of every rule, as `b12guide.evaluate.compiled` numbers them."""
    return evaluator.function(
        facts.values, facts.definitions, reader(evaluator.program, facts)
    )


def verdicts(evaluator: Evaluator, facts: Facts) -> dict[str, Verdict]:
    """The verdict of every rule, in the order of the guideline."""
    rules = evaluator.graph.rules
    found = dict(
        zip(rules, map(_VERDICTS.__getitem__, codes(evaluator, facts)), strict=True)
    )
    if any(is_open_to_reading(leaf, facts) for leaf in evaluator.ranges):
        patient = Known.of(evaluator, facts)
        for name, verdict in found.items():
            if verdict is Verdict.UNKNOWN:
                found[name] = verdict_of(rules[name], patient).verdict
    return found
