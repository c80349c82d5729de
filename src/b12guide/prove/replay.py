"""What the interpreter, which is the specification, says of a patient that a search found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from b12guide.evaluate import interpreter
from b12guide.evaluate.answer import Recommendation, Verdict
from b12guide.evaluate.closure import close
from b12guide.evaluate.completions import completions
from b12guide.evaluate.composed import Kind
from b12guide.evaluate.decisions import Part, parts
from b12guide.evaluate.diagram import TooLargeError
from b12guide.evaluate.facts import Facts, Reading
from b12guide.evaluate.known import Evaluator
from b12guide.evaluate.patient_view import Known
from b12guide.evaluate.recommend import recommend
from b12guide.graph.condition import Condition
from b12guide.graph.model import Decision, Rule
from b12guide.patient.model import Stated
from b12guide.truth import Truth

__all__ = [
    "Test",
    "all_of",
    "answered",
    "applying",
    "certain",
    "clashing",
    "facts_of",
    "judged",
    "parts_about",
]

Test: TypeAlias = Callable[[Stated, Reading], bool]
"""Whether something is so of a patient, thresholds being read in some way."""


def facts_of(stated: Stated, reading: Reading, evaluator: Evaluator) -> Facts:
    """What is known of a patient once everything stated has been thought through."""
    return close(stated, evaluator.graph, evaluator.program, reading)


def parts_about(
    decision: Decision, rules: Sequence[Rule], facts: Facts, evaluator: Evaluator
) -> tuple[Part, ...]:
    """What `rules` say in each completion of a patient; nothing where there are too many."""
    program = evaluator.program
    roots = [program.conditions[rule.name] for rule in rules]
    roots += [program.exceptions[rule.name] for rule in rules]
    found = completions(tuple(roots), Known.of(evaluator, facts))
    try:
        return () if found is None else parts(decision, rules, evaluator, found)
    except TooLargeError:
        return ()


def applying(rules: Iterable[str], evaluator: Evaluator) -> Test:
    """Whether all of `rules` apply for certain."""
    names = tuple(rules)

    def test(stated: Stated, reading: Reading) -> bool:
        facts, graph = facts_of(stated, reading, evaluator), evaluator.graph
        return all(
            interpreter.verdict(graph.rules[name], graph, facts) is Verdict.APPLIES
            for name in names
        )

    return test


def clashing(names: Iterable[str], rules: Sequence[Rule], evaluator: Evaluator) -> Test:
    """Whether the rules of these `names` apply for certain and are in conflict.

    Args:
        names: Rules on one decision.
        rules: These, and whatever may take doses out of them (M46).
        evaluator: The guideline.
    """
    apply = applying(names, evaluator)
    decision = rules[0].decision
    if all(rule.decision is decision for rule in rules):
        return apply

    def test(stated: Stated, reading: Reading) -> bool:
        if not apply(stated, reading):
            return False
        found = parts_about(
            decision, rules, facts_of(stated, reading, evaluator), evaluator
        )
        return all(part.composed.kind is Kind.CONFLICT for part in found)

    return test


def judged(
    rules: Iterable[str],
    is_so: Callable[[Mapping[str, Verdict]], bool],
    evaluator: Evaluator,
) -> Test:
    """Whether something is so of the verdicts of `rules`."""
    names = tuple(rules)

    def test(stated: Stated, reading: Reading) -> bool:
        facts, graph = facts_of(stated, reading, evaluator), evaluator.graph
        verdicts = {
            name: interpreter.verdict(graph.rules[name], graph, facts) for name in names
        }
        return is_so(verdicts)

    return test


def certain(condition: Condition, evaluator: Evaluator) -> Test:
    """Whether `condition` holds for certain and the patient is not out of scope."""

    def test(stated: Stated, reading: Reading) -> bool:
        facts, graph = facts_of(stated, reading, evaluator), evaluator.graph
        is_outside = interpreter.scope(graph, facts) is Truth.FALSE
        return not is_outside and (
            interpreter.truth(condition, graph, facts) is Truth.TRUE
        )

    return test


def answered(is_so: Callable[[Recommendation], bool], evaluator: Evaluator) -> Test:
    """Whether something is so of the answer that the guideline gives."""

    def test(stated: Stated, reading: Reading) -> bool:
        return is_so(recommend(evaluator, stated, reading=reading))

    return test


def all_of(*tests: Test) -> Test:
    """Whether every one of `tests` says that it is so."""

    def test(stated: Stated, reading: Reading) -> bool:
        return all(each(stated, reading) for each in tests)

    return test
