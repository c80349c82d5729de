"""A measure of which only the ends are known: what is certain is so for all numbers between."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import b12guide
from b12guide.errors import PatientError
from b12guide.evaluate.answer import Recommendation, Verdict
from b12guide.evaluate.program import below
from b12guide.graph.condition import Compare, atoms
from b12guide.truth import Truth
from b12guide.values.bound import Bound, ends_of
from b12guide.values.term import Kind, Operator

GUIDELINES = {
    n: b12guide.load(n)
    for n in ("mecobalamin_im", "aafp_2017", "aafp_2025", "nhg_2014")
}
SETTLED = {Verdict.APPLIES, Verdict.DOES_NOT_APPLY, Verdict.OVERRIDDEN}
_ENDS = st.fractions(min_value=0, max_value=400, max_denominator=4)


def thresholds(guideline: Any, name: str) -> list[Fraction]:
    """The numbers with which a guideline compares a measure."""
    found = {Fraction(0)}
    graph = guideline.graph
    conditions = [rule.condition for rule in graph.rules.values()]
    conditions += [one.condition for one in graph.definitions.values()]
    for condition in conditions:
        for atom in atoms(condition):
            if isinstance(atom, Compare) and atom.fact == name:
                found |= {atom.low, atom.high}
    return sorted(found)


MEASURES = {
    called: tuple(
        n
        for n, f in sorted(guideline.graph.vocabulary.facts.items())
        if f.kind is Kind.MEASURE and len(thresholds(guideline, n)) > 1
    )
    for called, guideline in GUIDELINES.items()
}
MEASURES = {called: names for called, names in MEASURES.items() if names}


@st.composite
def bounded_patients(draw: st.DrawFn) -> tuple[str, dict[str, Any], str, Bound, str]:
    """A guideline, some facts, and a measure with its bound as a record writes it."""
    called, measures = draw(st.sampled_from(sorted(MEASURES.items())))
    guideline = GUIDELINES[called]
    facts = guideline.graph.vocabulary.facts
    findings = sorted(n for n, f in facts.items() if f.kind is Kind.FINDING)
    stated: dict[str, Any] = {"b12_deficiency": True}
    for name in draw(st.lists(st.sampled_from(findings), max_size=5)):
        stated[name] = draw(st.booleans())
    name = draw(st.sampled_from(measures))
    cuts = thresholds(guideline, name)
    near = st.sampled_from(
        [cut + d for cut in cuts for d in (-1, 0, 1) if cut + d >= 0]
    )
    low, high = sorted(round(draw(near | _ENDS)) for _ in range(2))
    written = draw(
        st.sampled_from(
            [f"<{high}", f"<={high}", f">{low}", f">={low}", f"{low} to {high}"]
        )
    )
    bound = ends_of(written)
    assert bound is not None
    return called, stated, name, bound, written


@cache
def asking_of_record(guideline: Any) -> frozenset[str]:
    """The rules that ask what is on record, which a number is and a bound is not."""
    program = guideline.evaluator.program
    found = set()
    for name in guideline.graph.rules:
        ends = (program.conditions[name], program.exceptions[name])
        if not program.record.isdisjoint(below(program, ends, frozenset())):
            found.add(name)
    return frozenset(found)


def within(guideline: Any, name: str, bound: Bound) -> list[Fraction]:
    """Numbers within a bound, one at least for each way to tell them apart."""
    cuts = sorted({*thresholds(guideline, name), *bound.ends})
    every = {*cuts, *((a + b) / 2 for a, b in pairwise(cuts))}
    every |= {cuts[-1] + 1, cuts[-1] + Fraction(1, 3)}
    low, high = guideline.graph.vocabulary.facts[name].plausible or (cuts[0], cuts[-1])
    return [one for one in sorted(every) if one in bound and low <= one <= high]


def asked(guideline: Any, facts: dict[str, Any]) -> Recommendation | None:
    """The answer; None for a patient whose facts contradict each other."""
    try:
        answer: Recommendation = guideline.recommend(facts)
    except PatientError as error:
        if not {one.code for one in error.diagnostics} <= {"GDL715", "GDL790"}:
            raise
        return None
    return answer


@given(bounded_patients())
def test_what_is_certain_within_a_bound_is_so_for_each_number_in_it(drawn: Any) -> None:
    called, stated, name, bound, written = drawn
    guideline = GUIDELINES[called]
    unit = guideline.graph.vocabulary.facts[name].unit
    value = {"value": written} | ({} if unit is None else {"unit": unit})
    answer = asked(guideline, {**stated, name: value})
    if answer is None:
        return
    assert guideline.verdicts({**stated, name: value}) == {
        one.rule.name: one.verdict for one in answer.rules
    }
    assert Recommendation.from_dict(answer.to_dict()) == answer
    of_record = asking_of_record(guideline)
    for number in within(guideline, name, bound):
        exact = asked(guideline, {**stated, name: number})
        if exact is None or exact.scope is Truth.FALSE is not answer.scope:
            continue  # where the scope is open, the guideline answers as if it held
        verdicts = {one.rule.name: one.verdict for one in exact.rules}
        for one in answer.rules:
            if one.verdict in SETTLED and one.rule.name not in of_record:
                assert verdicts[one.rule.name] is one.verdict
        for decision, decided in () if of_record else answer.decisions.items():
            certain = {o.advice for o in decided.options if o.certain}
            assert certain <= {o.advice for o in exact.decisions[decision].options}


@given(bounded_patients())
def test_a_bound_says_no_less_than_nothing(drawn: Any) -> None:
    called, stated, name, _, written = drawn
    guideline = GUIDELINES[called]
    unit = guideline.graph.vocabulary.facts[name].unit
    value = {"value": written} | ({} if unit is None else {"unit": unit})
    answer = asked(guideline, {**stated, name: value})
    unknown = asked(guideline, {**stated, name: None})
    if answer is None or unknown is None or answer.scope is not unknown.scope:
        return
    before = {one.rule.name: one.verdict for one in unknown.rules}
    for one in answer.rules:
        if before[one.rule.name] in SETTLED:
            assert one.verdict is before[one.rule.name]


@given(st.sampled_from(Operator), st.tuples(_ENDS, _ENDS, _ENDS), st.data())
def test_a_bound_stands_to_a_number_as_all_of_its_numbers_do(
    operator: Operator,
    numbers: tuple[Fraction, Fraction, Fraction],
    data: st.DataObject,
) -> None:
    at, (low, high) = numbers[0], sorted(numbers[1:])
    has_low, has_high = data.draw(st.booleans()), data.draw(st.booleans())
    bound = Bound(low=low, high=high, has_low=has_low, has_high=has_high)
    if bound.is_empty:
        return
    cuts = {low, high, at, (low + high) / 2, (low + at) / 2, (at + high) / 2}
    relations: dict[Operator, Callable[[Fraction], bool]] = {
        Operator.LESS: lambda number: number < at,
        Operator.AT_MOST: lambda number: number <= at,
        Operator.MORE: lambda number: number > at,
        Operator.AT_LEAST: lambda number: number >= at,
        Operator.EQUAL: lambda number: number == at,
    }
    compared = relations[operator]
    found = {compared(number) for number in cuts if number in bound}
    told = bound.stands(operator, at)

    assert found == ({True, False} if told is None else {told})
