"""The verdict of each rule for the known facts, and what an open verdict waits for."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.evaluate.facts import Facts, Reading
from b12guide.evaluate.known import Known, known_rails, open_facts
from b12guide.evaluate.program import Program
from b12guide.graph.model import Rule

__all__ = ["needs", "verdict_of"]


def verdict_of(rule: Rule, patient: Known) -> RuleVerdict:
    """The verdict of one rule, with what it waits for and what overrides it."""
    program, known = patient.evaluator.program, patient.rails
    outside = known[program.scope] == (0, 1)
    condition = program.conditions[rule.name]
    exceptions = program.exceptions[rule.name]
    own, exception = known[condition], known[exceptions]
    if rule.outside_scope is not outside or own == (0, 1):
        return RuleVerdict(rule=rule, verdict=Verdict.DOES_NOT_APPLY)
    by = tuple(
        name for name in rule.exceptions if known[program.conditions[name]] == (1, 0)
    )
    if by:
        return RuleVerdict(rule=rule, verdict=Verdict.OVERRIDDEN, overridden_by=by)
    if own == (1, 0) and exception == (0, 1):
        return RuleVerdict(rule=rule, verdict=Verdict.APPLIES)
    if _is_left_to_reading(rule, program, patient.facts):
        return RuleVerdict(rule=rule, verdict=Verdict.INDETERMINATE)
    waiting = needs((condition, exceptions), patient)
    return RuleVerdict(rule=rule, verdict=Verdict.UNKNOWN, needs=waiting)


def _is_left_to_reading(rule: Rule, program: Program, facts: Facts) -> bool:
    """Whether each reading of the source's thresholds would settle the rule."""
    for reading in (Reading.LOWER, Reading.UPPER):
        read = known_rails(program, evolve(facts, reading=reading))
        own = read[program.conditions[rule.name]]
        exception = read[program.exceptions[rule.name]]
        settled = own == (0, 1) or exception == (1, 0) or (own[0] and exception[1])
        if not settled:
            return False
    return True


def needs(steps: Sequence[int], patient: Known) -> tuple[str, ...]:
    """The unknown facts, and definitions asked for as one, that leave `steps` open."""
    program, known = patient.evaluator.program, patient.rails
    found: dict[str, None] = {}
    pending = [step for step in reversed(steps) if known[step] == (0, 0)]
    while pending:
        step = pending.pop()
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
