"""A cohort that assumes something, or reads thresholds at one end, is told as its patients are."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from b12guide.errors import PatientError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.implications import implied_facts
from b12guide.evaluate.recommend import DECISIONS, recommend
from b12guide.graph.conclusions import written
from b12guide.graph.model import Decision, RuleGraph
from b12guide.patient.model import FactValue, Stated
from tests.strategies import graphs as make

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

from b12guide.cohort.carriers import advise_frame
from b12guide.cohort.options import Options
from tests.strategies.cohorts import COLUMNS_OF_DOSES, table_of, together

GUIDELINES = 120


def is_possible(evaluator: Evaluator, stated: Stated) -> bool:
    try:
        implied_facts(stated, evaluator.graph, evaluator.program)
    except PatientError:
        return False
    return True


def with_assumed(
    evaluator: Evaluator, stated: Stated, assume: dict[str, FactValue]
) -> Stated | None:
    """The patient as assumed; None where an assumption contradicts the rest, or others."""
    values = dict(stated.values)
    values.update((n, v) for n, v in assume.items() if values.get(n) is None)
    found = Stated(values=values, otherwise=stated.otherwise)
    return found if is_possible(evaluator, found) else None


def drawn(number: int) -> tuple[RuleGraph, Evaluator, list[Stated], Random, str]:
    random = Random(number)  # noqa: S311 -- alike each time
    graph = make.draw_graph(random)
    evaluator = Evaluator.of(graph)
    cohort = make.draw_cohort(random, graph, 12)
    people = [one for one in cohort.stated() if is_possible(evaluator, one)]
    return graph, evaluator, people, random, cohort.otherwise.value


def test_who_is_assumed_to_have_something_is_told_what_those_are_who_have_it() -> None:
    seen = 0
    for number in range(GUIDELINES):
        graph, evaluator, people, random, otherwise = drawn(number)
        names = tuple(graph.vocabulary.facts)
        pick = make.Draw(random, names, 0, written(graph.definitions))
        assume = {
            name: make.draw_value(pick, name, graph) for name in random.sample(names, 3)
        }
        nobody = (
            Stated(values=assume, otherwise=people[0].otherwise) if people else None
        )
        if nobody is None or not is_possible(evaluator, nobody):
            continue
        pairs = [(one, with_assumed(evaluator, one, assume)) for one in people]
        told = [(one, filled) for one, filled in pairs if filled is not None]
        if not told:
            continue
        table = table_of(graph, [one.values for one, _ in told])
        ignore = [name for name in table.column_names if name == "nothing"]
        options = Options(otherwise=otherwise, ignore=ignore, assume=assume)
        found = advise_frame(table, evaluator, options).to_pylist()
        wanted = together(evaluator, [filled.values for _, filled in told], otherwise)

        assert found == wanted, (number, assume)
        seen += len(told)
    assert seen > GUIDELINES


def test_an_assumption_gives_way_to_what_is_stated() -> None:
    seen = 0
    for number in range(4 * GUIDELINES):
        graph, evaluator, people, random, otherwise = drawn(number)
        names = tuple(graph.vocabulary.facts)
        pick = make.Draw(random, names, 0, written(graph.definitions))
        name = random.choice(names)
        assume = {name: make.draw_value(pick, name, graph)}
        for one in people:
            if with_assumed(evaluator, one, assume) is None:
                table = table_of(graph, [one.values])
                ignore = [n for n in table.column_names if n == "nothing"]
                options = Options(otherwise=otherwise, ignore=ignore, assume=assume)
                try:
                    found = advise_frame(table, evaluator, options).to_pylist()
                except PatientError:  # nobody can be so
                    assert not is_possible(
                        evaluator, Stated(values=assume, otherwise=one.otherwise)
                    )
                    continue
                values = {**one.values, name: one.values.get(name)}

                assert found == together(evaluator, [values], otherwise)
                seen += 1
    assert seen > 20


@pytest.mark.parametrize("reading", [Reading.LOWER, Reading.UPPER])
def test_a_cohort_reads_thresholds_as_a_patient_does(reading: Reading) -> None:
    differing = 0
    for number in range(GUIDELINES):
        graph, evaluator, people, _, otherwise = drawn(number)
        told = [one for one in people if is_read(evaluator, one, reading)]
        if not told:
            continue
        table = table_of(graph, [one.values for one in told])
        ignore = [name for name in table.column_names if name == "nothing"]
        options: dict[str, Any] = {"otherwise": otherwise, "ignore": ignore}
        read = Options(**options, fuzzy_threshold=reading)
        found = advise_frame(table, evaluator, read).to_pylist()
        differing += (
            found != advise_frame(table, evaluator, Options(**options)).to_pylist()
        )
        names = dict.fromkeys(name for one in told for name in one.values)
        for one, row in zip(told, found, strict=True):
            values = {name: one.values.get(name) for name in names}
            alone = Stated(values=values, otherwise=one.otherwise)
            answer = recommend(evaluator, alone, reading=reading)

            for verdict in answer.rules:
                assert row[f"rule.{verdict.rule.name}"] == verdict.verdict.value
            for decision in DECISIONS:
                outcome = answer.decisions[decision].outcome.value
                assert row[f"{decision.value}.outcome"] == outcome
            assert row["questions"] == [q.fact for q in answer.questions]
    assert differing > 3


def is_read(evaluator: Evaluator, stated: Stated, reading: Reading) -> bool:
    try:
        implied_facts(stated, evaluator.graph, evaluator.program, reading)
    except PatientError:
        return False
    return True


def columns_of_doses(decision: Decision) -> tuple[str, ...]:
    is_of_doses = decision in {Decision.LOADING, Decision.MAINTENANCE}
    return COLUMNS_OF_DOSES if is_of_doses else ()


def test_a_part_of_the_advice_is_what_the_whole_says_of_it() -> None:
    asked = 0
    for number in range(GUIDELINES):
        graph, evaluator, people, random, otherwise = drawn(number)
        if not people:
            continue
        table = table_of(graph, [one.values for one in people])
        ignore = [name for name in table.column_names if name == "nothing"]
        told = random.sample(DECISIONS, random.randint(1, 3))
        options = Options(
            otherwise=otherwise,
            ignore=ignore,
            decisions=told,
            names=random.choice(("_", ".")),
        )
        whole = advise_frame(
            table, evaluator, Options(otherwise=otherwise, ignore=ignore)
        )
        part = advise_frame(table, evaluator, options)
        plain = {name.replace(".", "_", 1): name for name in whole.column_names}
        rules = [r for r in graph.rules.values() if r.decision in told]
        wanted = [f"rule.{rule.name}" for rule in rules]
        wanted += [
            f"{d.value}.{what}"
            for d in DECISIONS
            if d in told
            for what in ("outcome", "value", "certain", *columns_of_doses(d))
        ]
        names = [plain.get(name, name) for name in part.column_names]
        assert names == [*wanted, "silent", "questions"], number
        for name, column in zip(names[:-1], part.columns, strict=False):
            assert column.to_pylist() == whole[name].to_pylist(), (number, name)
        for person, questions in zip(
            people, part["questions"].to_pylist(), strict=True
        ):
            answer = recommend(evaluator, person)
            open_ = any(
                answer.decisions[decision].depends_on for decision in told
            ) or any(set(q.decides) & set(told) for q in answer.questions)
            assert bool(questions) == open_, (number, person.values)
            asked += bool(questions)
    assert asked > 50
