"""What a column says is one value for one advice, and comparisons compare values.

What is equal is what the reference evaluator finds equal; it shares no line with the engine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings

from b12guide.evaluate import reference
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.reference_composition import NOT_NEEDED
from b12guide.graph import model as m
from b12guide.patient.model import Stated
from b12guide.regimen import model as r
from b12guide.values.duration import DurationRange, TimeUnit
from b12guide.values.term import Strength
from tests.strategies import graphs as make

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

from b12guide.cohort.options import Options
from b12guide.cohort.source import source_of
from b12guide.cohort.two_guidelines import compare_advice
from tests.strategies.cohorts import table_of, together

GUIDELINES = int(os.environ.get("B12GUIDE_VALUES", "80"))
FEW = max(10, settings().max_examples // 10)


# ---------------------------------------------------------------- what a value is, once more


def wanted(graph: m.RuleGraph, stated: Stated) -> dict[str, Any] | None:
    """What each decision comes to, as the reference has it; None for somebody who cannot be."""
    answer = reference.answer(graph, stated)
    if answer is None:
        return None
    return {
        one.value: value(
            one,
            reference.decided(one, [said[one] for _, said in answer.cases]),
            [said[one] for _, said in answer.cases],
        )
        for one in reference.DECISIONS
    }


def value(
    decision: m.Decision, decided: reference.ReferenceDecided, cases: list[Any]
) -> Any:
    """The outcome, and what is certain of the default, or all that is possible."""
    default = {o.line: o.is_certain for o in decided.options if not o.is_beside}
    certain = {line for line, is_certain in default.items() if is_certain}
    beside = {
        (name == "form", drug): o.is_certain
        for o in decided.options
        if o.is_beside and decision is m.Decision.FORM
        for (_, name), drugs in o.line
        for drug in drugs
    }
    acceptable = {d for (fits, d), is_certain in beside.items() if fits and is_certain}
    against = {d: is_certain for (fits, d), is_certain in beside.items() if not fits}
    excluded = {d for d, is_certain in against.items() if is_certain}
    sides = frozenset(
        line
        for said in cases
        for lines in said.sides.values()
        for line in lines
        if frozenset(said.sides) in decided.conflicts  # the smallest, as they are told
    )
    match decided.outcome:
        case "silent":
            return ("silent",)
        case "not needed":
            return ("not needed",)
        case "depends" if not certain:
            possible = set(default)
            if any(NOT_NEEDED in said.default for said in cases):
                possible.add(NOT_NEEDED)
            if not possible:  # the sides of a conflict may come out
                possible.update(sides)
            more = frozenset() if possible else frozenset(acceptable)
            out = excluded if possible or excluded else against
            return ("depends", False, frozenset(possible), more, frozenset(out))
        case outcome:
            said = frozenset(certain or default)
            preferred = {d for line in said for _, some in line for d in some}
            more = frozenset(acceptable - preferred) if beside else frozenset()
            clash = sides if outcome == "conflict" else frozenset()
            if against and not (said or more or excluded or clash):
                return (outcome, False, said, more, frozenset(against), clash)
            return (outcome, True, said, more, frozenset(excluded), clash)


def people(graph: m.RuleGraph, cohort: make.Cohort) -> Iterator[tuple[Stated, Any]]:
    for stated in cohort.stated():
        found = wanted(graph, stated)
        if found is not None:
            yield stated, found


# --------------------------------------------------------------------- one spelling


@given(make.cases())
@settings(max_examples=FEW)
def test_a_column_says_nothing_where_a_decision_is_silent_and_there_only(
    case: tuple[m.RuleGraph, make.Cohort],
) -> None:
    graph, cohort = case
    told = list(people(graph, cohort))
    if not told:
        return
    rows = together(
        Evaluator.of(graph), [s.values for s, _ in told], cohort.otherwise.value
    )
    for row in rows:
        for one in reference.DECISIONS:
            is_silent = row[f"{one.value}.outcome"] == "silent"
            assert (row[f"{one.value}.value"] is None) is is_silent


def spelled_once(graph: m.RuleGraph, cohort: make.Cohort) -> int:
    """How many values were seen, each of which has one spelling and shares it with no other."""
    told = list(people(graph, cohort))
    if not told:
        return 0
    rows = together(
        Evaluator.of(graph), [s.values for s, _ in told], cohort.otherwise.value
    )
    spellings: dict[Any, str | None] = {}
    for (stated, found), row in zip(told, rows, strict=True):
        for decision, said in found.items():
            text = row[f"{decision}.value"]
            key = (decision, said)
            assert spellings.setdefault(key, text) == text, dict(stated.values)
    return len(spellings)


def test_equal_advice_has_one_spelling() -> None:
    seen = 0
    for number in range(GUIDELINES):
        random = Random(number)  # noqa: S311 -- alike each time
        graph = make.draw_graph(random)
        seen += spelled_once(graph, make.draw_cohort(random, graph, 12))

    assert seen > GUIDELINES


# ------------------------------------------------------------- the same, written otherwise


def rewritten(graph: m.RuleGraph) -> m.RuleGraph:
    """The same guideline: other names and order, other strengths that bind, other units."""
    names = {name: f"z{len(graph.rules) - i:02}" for i, name in enumerate(graph.rules)}
    rules = {}
    for name, rule in reversed(list(graph.rules.items())):
        rules[names[name]] = evolve(
            rule,
            name=names[name],
            value=otherwise_written(rule.value),
            exception_to=tuple(names[n] for n in rule.exception_to),
            exceptions=tuple(names[n] for n in reversed(rule.exceptions)),
            grounds=rule.grounds
            if rule.optional
            else evolve(rule.grounds, strength=other(rule.grounds.strength)),
        )
    return make.with_rules(graph, rules)


def other(strength: Strength | None) -> Strength | None:
    binding = list(make.BINDING)
    return binding[(binding.index(strength) + 1) % len(binding)]


def otherwise_written(value: m.Value) -> m.Value:
    if isinstance(value, m.Regimens):
        regimens = (r.Regimen(tuple(map(phase, x.phases))) for x in value.regimens)
        return m.Regimens(regimens=tuple(regimens))
    return value


def phase(one: r.Phase) -> r.Phase:
    dose = one.dose
    if dose.unit == "mg":
        dose = evolve(dose.times(Fraction(1000)), unit="µg")
    elif dose.unit == "µg":
        dose = evolve(dose.times(Fraction(1, 1000)), unit="mg")
    frequency = one.frequency
    if isinstance(frequency, r.Every):
        frequency = r.Every(length(frequency.interval))
    elif isinstance(frequency, r.Times):
        frequency = r.Times(frequency.low, frequency.high, length(frequency.per))
    bound = one.bound
    if isinstance(bound, r.ForTime):
        bound = r.ForTime(length(bound.length))
    elif isinstance(bound, r.ForLife):
        bound = r.ForLife(indefinitely=not bound.indefinitely)
    return evolve(one, dose=dose, frequency=frequency, bound=bound)


def length(one: DurationRange) -> DurationRange:
    unit, size = {
        TimeUnit.WEEK: (TimeUnit.DAY, Fraction(7)),
        TimeUnit.YEAR: (TimeUnit.MONTH, Fraction(12)),
        TimeUnit.MONTH: (TimeUnit.YEAR, Fraction(1, 12)),
    }.get(one.unit, (one.unit, Fraction(1)))
    return DurationRange(one.low * size, one.high * size, unit)


def compared(
    one: m.RuleGraph, two: m.RuleGraph, stated: list[Stated], otherwise: str
) -> Any:
    rows: list[Mapping[str, Any]] = [one.values for one in stated]
    table = table_of(one, rows)
    ignore = [name for name in table.column_names if name == "nothing"]
    return compare_advice(
        source_of(table, "the cohort"),
        (Evaluator.of(one), Evaluator.of(two)),
        Options(otherwise=otherwise, ignore=ignore),
        "pyarrow",
    )


def test_a_guideline_that_is_written_otherwise_says_the_same_to_everybody() -> None:
    for number in range(GUIDELINES):
        random = Random(number)  # noqa: S311 -- alike each time
        graph = make.draw_graph(random)
        cohort = make.draw_cohort(random, graph, 12)
        stated = [one for one, _ in people(graph, cohort)]
        if not stated:
            continue
        found = compared(graph, rewritten(graph), stated, cohort.otherwise.value)

        assert [c for c in found.cells if not c.same] == []


# ----------------------------------------------------------------------- two guidelines


@settings(max_examples=FEW)
@given(make.pairs())
def test_a_cell_is_the_same_where_both_advise_the_same(
    pair: tuple[m.RuleGraph, m.RuleGraph],
) -> None:
    held(*pair)


def test_many_pairs_are_compared_by_what_they_advise() -> None:
    cells = 0
    for number in range(GUIDELINES):
        random = Random(number)  # noqa: S311 -- alike each time
        one = make.draw_graph(random, 5)
        names = list(one.rules)
        dropped = random.choice(names)
        rules = {
            n: evolve(x, exception_to=()) for n, x in one.rules.items() if n != dropped
        }
        cells += held(one, make.with_rules(one, rules) if rules else one)

    assert cells > GUIDELINES


def held(one: m.RuleGraph, two: m.RuleGraph) -> int:
    """How many cells of two guidelines were held to the reference."""
    random = Random(1)  # noqa: S311 -- alike each time
    cohort = make.draw_cohort(random, one, 8)
    checked = 0
    for stated in cohort.stated():
        first, second = (wanted(graph, stated) for graph in (one, two))
        if first is None or second is None:
            continue
        found = compared(one, two, [stated], cohort.otherwise.value)
        for cell in found.cells:
            is_same = first[cell.decision] == second[cell.decision]
            assert cell.same is is_same, (cell, dict(stated.values))
            assert cell.same or (
                (cell.first_outcome, cell.first_value)
                != (cell.second_outcome, cell.second_value)
            )
            checked += 1
    return checked
