"""Bugs planted in the engine turn a gate red: the examples, the proofs or the interpreter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from b12guide.evaluate import (
    composition,
    composition_parts,
    decision,
    evaluator,
    explanation,
    facts,
    program,
)
from b12guide.evaluate.evaluator import Evaluator
from b12guide.graph.condition import AllOf, AnyOf, Not
from b12guide.graph.model import Decision
from b12guide.prove import advised, on_record, search
from b12guide.prove.difference import Sameness, TwoGuidelines
from b12guide.prove.everything import prove
from b12guide.prove.search import facts_of
from b12guide.trial.result import Trial
from b12guide.trial.run import run_examples
from b12guide.truth import Truth
from b12guide.values.term import Operator
from tests.defects.drawer import SOUND, UNPROVED
from tests.unit.prove.writing import read

Patch = pytest.MonkeyPatch


def examples_fail() -> bool:
    found = read(SOUND)
    results = run_examples(Evaluator.of(found.graph), found.draft)
    return any(result.trial is not Trial.PASSED for result in results)


def interpreter_disagrees() -> bool:
    """Whether the program gives another verdict than the specification, to any example."""
    found = read(SOUND)
    evaluator = Evaluator.of(found.graph)
    return any(
        verdict.verdict
        is not explanation.verdict(verdict.rule, found.graph, result.facts)
        for result in run_examples(evaluator, found.draft)
        if result.answer is not None and result.facts is not None
        for verdict in result.answer.rules
    )


def proofs_are_wrong() -> bool:
    """Whether the sound guideline is broken, or a bug in it is no longer found."""
    sound = read(SOUND)
    if any(proof.is_open for proof in prove(sound.graph, sound.draft)):
        return True
    for planted in UNPROVED:
        found = read(planted.text)
        broken = {p.claim.kind for p in prove(found.graph, found.draft) if p.is_open}
        if planted.gate not in broken:
            return True
    return False


def difference_is_missed() -> bool:
    """Whether two guidelines that treat somebody differently are called the same."""
    old = read(SOUND).graph
    new = read(SOUND.replace("egfr < 50 mL/min", "egfr <= 50 mL/min")).graph
    compared = TwoGuidelines.of(old, new)
    found = (compared.decision(decision) for decision in compare_decisions())
    return all(one.sameness is Sameness.SAME for one in found)


def compare_decisions() -> tuple[Any, ...]:
    return (Decision.FORM, Decision.MAINTENANCE)


GATES = (examples_fail, interpreter_disagrees, proofs_are_wrong, difference_is_missed)


def test_no_gate_is_red_without_a_bug() -> None:
    assert [gate.__name__ for gate in GATES if gate()] == []


# ---------------------------------------------------------------------------- bugs


def bounds_are_swapped(patch: Patch) -> None:
    right = facts.compare

    def wrong(operator: Operator, value: Any, bound: Any) -> bool:
        swapped = {Operator.LESS: Operator.AT_MOST}
        return right(swapped.get(operator, operator), value, bound)

    patch.setattr(facts, "compare", wrong)


def the_program_forgets_an_operand(patch: Patch) -> None:
    right = program._ProgramBuilder.several

    def wrong(self: Any, op: Any, operands: Any) -> int:
        return right(self, op, operands[:1] if op is program.Op.ANY else operands)

    patch.setattr(program._ProgramBuilder, "several", wrong)


def the_program_takes_any_for_all(patch: Patch) -> None:
    right = program._ProgramBuilder.several

    def wrong(self: Any, _: Any, operands: Any) -> int:
        return right(self, program.Op.ALL, operands)

    patch.setattr(program._ProgramBuilder, "several", wrong)


def the_program_has_no_exceptions(patch: Patch) -> None:
    right = program.compile_graph

    def wrong(graph: Any) -> Any:
        rules = {n: evolve(r, exceptions=()) for n, r in graph.rules.items()}
        return right(evolve(graph, rules=rules))

    patch.setattr(evaluator, "compile_graph", wrong)


def the_interpreter_reads_unknown_as_false(patch: Patch) -> None:
    right = explanation.truth

    def wrong(condition: Any, graph: Any, found: Any) -> Truth:
        truth = right(condition, graph, found)
        return Truth.FALSE if truth is Truth.UNKNOWN else ~truth

    patch.setattr(explanation, "truth", wrong)


def the_interpreter_overrides_nothing(patch: Patch) -> None:
    patch.setattr(explanation, "exception_truth", lambda *_: Truth.FALSE)


def the_form_is_not_met(patch: Patch) -> None:
    patch.setattr(composition_parts, "excluded_by", lambda _: ())


def conflicts_are_not_seen(patch: Patch) -> None:
    right = composition.compose

    def wrong(decision: Any, rules: Any) -> Any:
        found = right(decision, rules)
        if found.kind is composition_parts.CompositionKind.CONFLICT:
            return evolve(
                found, kind=composition_parts.CompositionKind.SILENT, sides=()
            )
        return found

    patch.setattr(decision, "compose", wrong)


def everybody_is_in_scope_of_nothing(patch: Patch) -> None:
    patch.setattr(search.Search, "in_scope", lambda *_: 0)


def proofs_know_no_exceptions(patch: Patch) -> None:
    def wrong(cone: Any, rule: str) -> int:
        return int(cone.true(cone.evaluator.program.conditions[rule]))

    patch.setattr(search.Cone, "applies", wrong)


def proofs_negate_nothing(patch: Patch) -> None:
    def wrong(condition: Any, *how: Any) -> Any:
        match condition:
            case Not(operand=operand):
                return operand
            case AllOf(operands=operands):
                return AllOf(tuple(wrong(o, *how) for o in operands))
            case AnyOf(operands=operands):
                return AnyOf(tuple(wrong(o, *how) for o in operands))
            case _:
                return right(condition, *how)

    right = on_record.without_claims
    patch.setattr(on_record, "without_claims", wrong)


def proofs_withhold_nothing(patch: Patch) -> None:
    patch.setattr(advised, "prohibitions", lambda *_: ())


def comparisons_look_at_the_kind_only(patch: Patch) -> None:
    only_kind = property(lambda composed: (composed.kind, (), (), (), ()))
    patch.setattr(composition_parts.Composition, "everything", only_kind)


BUGS: tuple[Callable[[Patch], None], ...] = (
    bounds_are_swapped,
    the_program_forgets_an_operand,
    the_program_takes_any_for_all,
    the_program_has_no_exceptions,
    the_interpreter_reads_unknown_as_false,
    the_interpreter_overrides_nothing,
    the_form_is_not_met,
    conflicts_are_not_seen,
    everybody_is_in_scope_of_nothing,
    proofs_know_no_exceptions,
    proofs_negate_nothing,
    proofs_withhold_nothing,
    comparisons_look_at_the_kind_only,
)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_gate_turns_red(bug: Callable[[Patch], None], monkeypatch: Patch) -> None:
    bug(monkeypatch)

    assert [gate.__name__ for gate in GATES if gate()] != []


def test_the_gates_replay_with_the_specification() -> None:
    found = read(SOUND)
    evaluator = Evaluator.of(found.graph)
    for result in run_examples(evaluator, found.draft):
        assert result.answer is not None
        stated = result.answer.stated

        assert facts_of(stated, facts.Reading.REPORT, evaluator) == result.facts
