"""What follows from stated facts is what every completion has in common, however they are tied."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from b12guide.errors import PatientError
from b12guide.evaluate import explanation
from b12guide.evaluate.answer import Outcome, Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts, Reading
from b12guide.evaluate.graph_checks import impossible
from b12guide.evaluate.implications import implied_facts
from b12guide.evaluate.patient_view import view_of
from b12guide.evaluate.recommend import recommend
from b12guide.graph.condition import Defined
from b12guide.graph.model import Decision, RuleGraph
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.semantics.draft import Draft
from b12guide.syntax.ast import File
from b12guide.text import Text
from b12guide.truth import Truth
from b12guide.values.term import Kind
from tests.strategies import implications as make

EMPTY = File(text=Text("none.gdl", ""), language=None, headers=(), items=())
MANY = max(60, settings().max_examples * 2)


@st.composite
def cases(draw: st.DrawFn) -> tuple[RuleGraph, list[Stated]]:
    """A guideline and some patients."""
    graph = draw(make.tied_graphs())
    count = draw(st.integers(1, 4))
    return graph, [draw(make.patients_of(graph)) for _ in range(count)]


def compare(facts: Facts, known: make.Known, graph: RuleGraph) -> None:
    """Hold what was found to what is known."""
    assert dict(facts.values) == dict(known.values)
    for name, fact in graph.vocabulary.facts.items():
        if fact.kind is Kind.CHOICE and name in known.possible:
            none = () if "none" in fact.values else ("",)
            left = facts.possible.get(name, (*fact.values, *none))
            if name not in facts.values:
                assert set(left) == known.possible[name]
    for name in graph.definitions:
        if name in known.definitions:
            truth = explanation.truth(Defined(name), graph, facts)
            assert truth is Truth.of(known.definitions[name])
        else:
            assert name not in facts.definitions


@settings(max_examples=MANY, deadline=None)
@given(cases(), st.sampled_from(Reading))
def test_what_follows_is_what_every_completion_has_in_common(
    case: tuple[RuleGraph, list[Stated]], reading: Reading
) -> None:
    graph, patients = case
    evaluator = Evaluator.of(graph)
    for stated in patients:
        known = make.worked_out(stated, graph, reading)
        for found in closed_twice(evaluator, stated, reading):
            if found is None:
                assert known is None
            else:
                assert known is not None
                assert found.unsettled == ()
                compare(found, known, graph)


def closed_twice(
    evaluator: Evaluator, stated: Stated, reading: Reading
) -> tuple[Facts | None, ...]:
    """What follows, thought through and on the short way; None for a contradiction."""
    try:
        facts = implied_facts(stated, evaluator.graph, evaluator.program, reading)
    except PatientError:
        with pytest.raises(PatientError):
            view_of(evaluator, stated, reading)
        return (None,)
    return facts, view_of(evaluator, stated, reading).facts


@settings(max_examples=MANY, deadline=None)
@given(cases(), st.sampled_from(Reading))
def test_an_answer_is_never_a_crash_and_holds_in_every_completion(
    case: tuple[RuleGraph, list[Stated]], reading: Reading
) -> None:
    graph, patients = case
    evaluator = Evaluator.of(graph)
    for stated in patients:
        known = make.worked_out(stated, graph, reading)
        if known is None:
            with pytest.raises(PatientError, match="GDL790"):
                recommend(evaluator, stated, reading=reading)
            continue
        answer = recommend(evaluator, stated, reading=reading)
        applying = set()
        for world in make.completed(known, graph, reading):
            applying.add(frozenset(make.applying(world, graph)))
        for verdict in answer.rules:
            name = verdict.rule.name
            if verdict.verdict is Verdict.APPLIES:
                assert all(name in some for some in applying)
            elif verdict.verdict is Verdict.DOES_NOT_APPLY:
                assert not any(name in some for some in applying)
        for decision in (Decision.FORM, Decision.TECHNIQUE):
            mine = {r.name for r in graph.rules.values() if r.decision is decision}
            if len({some & mine for some in applying}) == 1:
                decided = answer.decisions[decision]
                assert decided.outcome is not Outcome.DEPENDS
                assert decided.depends_on == ()


def stated_cells(patients: list[Stated]) -> list[dict[str, FactValue | None]]:
    """The patients as rows of a table: what one of them has a cell for, all have."""
    names = dict.fromkeys(name for patient in patients for name in patient.values)
    return [{name: one.values.get(name) for name in names} for one in patients]


@settings(max_examples=MANY // 2, deadline=None)
@given(cases(), st.sampled_from(["unknown", "absent"]))
def test_a_cohort_is_told_what_its_patients_are_told_however_facts_are_tied(
    case: tuple[RuleGraph, list[Stated]], otherwise: str
) -> None:
    cohorts = pytest.importorskip("tests.strategies.cohorts")
    graph, patients = case
    evaluator = Evaluator.of(graph)
    rows = []
    for row in stated_cells(patients):
        known = make.worked_out(
            Stated(values=row, otherwise=Otherwise(otherwise)), graph
        )
        if known is not None:
            rows.append(row)
    if rows:
        assert cohorts.together(evaluator, rows, otherwise) == cohorts.one_by_one(
            evaluator, rows, otherwise
        )


@settings(max_examples=MANY, deadline=None)
@given(make.tied_graphs())
def test_what_a_check_calls_impossible_is_what_nobody_has(graph: RuleGraph) -> None:
    known = make.worked_out(Stated(values={}, otherwise=Otherwise.UNKNOWN), graph)
    found = list(impossible(graph, Draft((EMPTY,))))
    text = " ".join(one.message for one in found)

    if known is None:
        assert {one.code for one in found} == {"GDL423"}
        return
    assert {one.code for one in found} <= {"GDL424"}
    expected = known.values.keys() | {
        name
        for name, left in known.possible.items()
        if not left >= set(graph.vocabulary.facts[name].values)
    }
    named = {name for name in graph.vocabulary.facts if f"`{name}` can never" in text}
    notes = " ".join(note for one in found for note in one.notes)
    settled = {name for name in graph.vocabulary.facts if f"`{name}`" in notes}
    # A measure that has a single value anyhow has lost none.
    assert named <= expected
    assert expected <= named | settled | {"m0", "m1"}
