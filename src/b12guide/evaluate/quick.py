"""All verdicts of one patient by the compiled function: the quick way when that is all."""

from __future__ import annotations

from collections.abc import Callable

from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.compiled import APPLIES, FALLS, OPEN, OVERRIDDEN
from b12guide.evaluate.facts import Facts, holds
from b12guide.evaluate.known import Evaluator, Known
from b12guide.evaluate.program import Program
from b12guide.evaluate.verdicts import verdict_of
from b12guide.truth import Truth

__all__ = ["reader", "verdicts"]

_VERDICTS = {
    FALLS: Verdict.DOES_NOT_APPLY,
    APPLIES: Verdict.APPLIES,
    OVERRIDDEN: Verdict.OVERRIDDEN,
}


def verdicts(evaluator: Evaluator, facts: Facts) -> dict[str, Verdict]:
    """The verdict of every rule, in the order of the guideline."""
    graph, program = evaluator.graph, evaluator.program
    truths, codes = evaluator.function(
        facts.values, facts.definitions, reader(program, facts)
    )
    outside = truths[program.scope] is False
    found: dict[str, Verdict] = {}
    patient: Known | None = None
    for (name, rule), code in zip(graph.rules.items(), codes, strict=True):
        if rule.outside_scope is not outside:
            found[name] = Verdict.DOES_NOT_APPLY
        elif code == OPEN:
            patient = patient or Known.of(evaluator, facts)
            found[name] = verdict_of(rule, patient).verdict
        else:
            found[name] = _VERDICTS[code]
    return found


def reader(program: Program, facts: Facts) -> Callable[[int], bool | None]:
    """How `facts` read a leaf that the function leaves to the specification."""

    def read(step: int) -> bool | None:
        leaf = program.nodes[step].leaf
        truth = Truth.UNKNOWN if leaf is None else holds(leaf, facts)
        return None if truth is Truth.UNKNOWN else truth is Truth.TRUE

    return read
