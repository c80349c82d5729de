"""What a guideline says to equal facts is remembered for all patients, and costs each the same."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b12guide import Limits, PatientError, load
from b12guide.audit.knowledge import Knowledge, Situation
from b12guide.audit.targets import targets_of
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import compare
from b12guide.graph.condition import Compare, atoms
from b12guide.guideline import Guideline
from b12guide.patient.from_mapping import patient_from

GUIDELINE = load("mecobalamin_im")
DAY = dt.date(2026, 1, 1)


def anew() -> Guideline:
    """The same guideline, which has not met anybody."""
    return Guideline(GUIDELINE.loaded)


def asked(evaluator: Evaluator, facts: dict[str, Any]) -> Situation:
    return Knowledge.of(evaluator, patient_from(facts), ()).on(DAY)


def test_patients_in_whom_the_rules_see_the_same_share_one_answer() -> None:
    evaluator = anew().evaluator
    alike: list[dict[str, Any]] = [{"egfr": 35}, {"egfr": "36 mL/min"}, {"egfr": 37.5}]
    found = [asked(evaluator, facts) for facts in alike]

    assert found[0].answer is found[1].answer is found[2].answer
    assert [known.stated.values["egfr"] for known in found] == [35, 36, Fraction(75, 2)]


def test_what_a_rule_tells_apart_shares_no_answer() -> None:
    evaluator = anew().evaluator
    told_apart: list[dict[str, Any]] = [
        {"egfr": 35},
        {"egfr": 70},
        {"egfr": None},
        {},
        {"diabetes": True},
        {"facts": {"diabetes": True}, "otherwise": "absent"},
    ]
    answers = [asked(evaluator, facts).answer for facts in told_apart]

    assert len({id(answer) for answer in answers}) == len(told_apart)


@given(
    st.sampled_from(sorted(GUIDELINE.graph.vocabulary.facts)),
    st.fractions(-5, 300, max_denominator=4),
    st.fractions(-5, 300, max_denominator=4),
)
def test_two_numbers_look_alike_where_no_comparison_tells_them_apart(
    name: str, one: Fraction, other: Fraction
) -> None:
    graph = GUIDELINE.graph
    conditions = [
        graph.scope,
        *(rule.condition for rule in graph.rules.values()),
        *(definition.condition for definition in graph.definitions.values()),
        *(s.condition for s in graph.silences if s.condition is not None),
        *(i.premise for i in graph.implications),
        *(i.conclusion for i in graph.implications),
    ]
    apart = any(
        compare(leaf.operator, one, end) is not compare(leaf.operator, other, end)
        for condition in conditions
        for leaf in atoms(condition)
        if isinstance(leaf, Compare) and leaf.fact == name
        for end in (leaf.low, leaf.high)
    )
    targets = targets_of(GUIDELINE.evaluator)

    assert (targets.seen(name, one) != targets.seen(name, other)) is apart


def refused(guideline: Guideline, facts: dict[str, Any], work: int) -> str | None:
    # Three states of knowledge, so that a limit may be enough for each and not for all together.
    events: list[dict[str, Any]] = [
        {"on": DAY - dt.timedelta(days=2), "event": "loading_complete"},
        {"on": DAY - dt.timedelta(days=1), "event": "levels_stable"},
        {"on": DAY, "dose": "hydroxocobalamin", "amount": "1 mg"},
    ]
    try:
        guideline.audit(facts, events, on=DAY, limits=Limits(work=work))
    except PatientError as error:
        return error.diagnostics[0].message
    return None


@pytest.mark.parametrize("facts", [{}, {"b12_deficiency": True, "egfr": 35}])
def test_what_is_remembered_counts_as_if_it_were_worked_out_anew(
    facts: dict[str, Any],
) -> None:
    most = [int(1.4**n) for n in range(32)]
    strangers = [refused(anew(), facts, work) for work in most]
    met = anew()
    assert refused(met, facts, 10**6) is None

    assert [refused(met, facts, work) for work in most] == strangers
    assert strangers[0] is not None
    assert strangers[-1] is None
    assert all(a is not None or b is None for a, b in pairwise(strangers))
