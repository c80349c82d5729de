"""The verdict of each rule for the known facts, and what an open verdict waits for."""

from __future__ import annotations

from collections.abc import Sequence

from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.evaluate.patient_view import Known
from b12guide.evaluate.program import Program, Rails, open_facts
from b12guide.graph.model import Rule

__all__ = ["needs", "verdict_of", "verdicts_of"]

TRUE: Rails = (1, 0)
FALSE: Rails = (0, 1)


def verdict_of(rule: Rule, patient: Known) -> RuleVerdict:
    """The verdict of one rule, with what it waits for and what overrides it."""
    program, rails = patient.evaluator.program, patient.rails
    outside = rails[program.scope] == FALSE
    if rule.outside_scope is not outside:
        return RuleVerdict(rule=rule, verdict=Verdict.DOES_NOT_APPLY)
    verdict = _settled(rule, program, rails)
    if verdict is Verdict.OVERRIDDEN:
        by = (n for n in rule.exceptions if rails[program.conditions[n]] == TRUE)
        return RuleVerdict(rule=rule, verdict=verdict, overridden_by=tuple(by))
    if verdict is not None:
        return RuleVerdict(rule=rule, verdict=verdict)
    if _is_left_to_reading(rule, patient):
        return RuleVerdict(rule=rule, verdict=Verdict.INDETERMINATE)
    steps = (program.conditions[rule.name], program.exceptions[rule.name])
    waiting = needs(steps, patient)
    return RuleVerdict(rule=rule, verdict=Verdict.UNKNOWN, needs=waiting)


def verdicts_of(patient: Known) -> dict[str, RuleVerdict]:
    """The verdict of every rule, in the order of the guideline."""
    evaluator, rails = patient.evaluator, patient.rails
    outside = rails[evaluator.program.scope] == FALSE
    found = {}
    for name, step in evaluator.steps.items():
        own = rails[step.own]
        if own == FALSE or step.rule.outside_scope is not outside:
            found[name] = step.falls
        elif own == TRUE and rails[step.exceptions] == FALSE:
            found[name] = step.applies
        else:
            found[name] = verdict_of(step.rule, patient)
    return found


def _settled(rule: Rule, program: Program, rails: Sequence[Rails]) -> Verdict | None:
    own = rails[program.conditions[rule.name]]
    exception = rails[program.exceptions[rule.name]]
    if own == FALSE:
        return Verdict.DOES_NOT_APPLY
    if own == TRUE and exception == FALSE:
        return Verdict.APPLIES
    return Verdict.OVERRIDDEN if own == exception == TRUE else None


def _is_left_to_reading(rule: Rule, patient: Known) -> bool:
    """Whether the source leaves the rule open, and each reading of it would settle the rule."""
    program = patient.evaluator.program
    return bool(patient.readings) and all(
        _settled(rule, program, rails) for rails in patient.readings
    )


def needs(steps: Sequence[int], patient: Known) -> tuple[str, ...]:
    """The unknown facts, and definitions asked for as one, that leave `steps` open."""
    program, known = patient.evaluator.program, patient.rails
    found: dict[str, None] = {}
    pending = [step for step in reversed(steps) if known[step] == (0, 0)]
    seen: set[int] = set()  # a definition that is used twice is gone through once
    while pending:
        step = pending.pop()
        if step in seen:
            continue
        seen.add(step)
        node = program.nodes[step]
        if node.leaf is not None:
            if node.leaf.fact not in patient.facts.values:
                found[node.leaf.fact] = None
        elif (
            step in patient.evaluator.units
            and len(open_facts(program, step, known)) > 1
        ):
            found[node.name] = None
        else:
            pending.extend(s for s in reversed(node.operands) if known[s] == (0, 0))
    return tuple(found)
