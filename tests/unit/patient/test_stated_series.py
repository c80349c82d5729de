"""What several values of a measure say together on the day asked for (M96, M97)."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest

from b12guide import written
from b12guide.audit.history import history_from
from b12guide.audit.knowledge import Knowledge
from b12guide.errors import PatientError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.library import Library, SourceFile
from b12guide.patient.model import Patient, Stated
from b12guide.patient.stated import state

WRITTEN = """\
language 1
guideline g "G"
    version 1.0.0
    revised 2026-01-01
    status  submitted
measure hb "haemoglobin (Hb)"
    unit g/L
measure score "score"
    current for 2 months
assumption A "x"
rule low
    when     last 2 score > 10 or last 3 score > 5
    note     "Low."
    strength claim
rule slow
    when     hb rose less than 10 g/L in 4 weeks or hb fell at least 5 g/L in 1 to 2 months
    note     "Slow."
    strength claim
"""
GRAPH = written.compiled(
    written.check(Library(SourceFile("series.gdl", WRITTEN.encode())))
).graph
TWO, THREE = "score.last_2_above_10", "score.last_3_above_5"
ROSE, FELL = "hb.rose_less_than_10_in_4_weeks", "hb.fell_at_least_5_in_1_to_2_months"


def on(facts: dict[str, Any], day: str | None, otherwise: str = "unknown") -> Stated:
    patient = Patient(facts=facts, otherwise=otherwise)
    return state(patient, GRAPH, None if day is None else dt.date.fromisoformat(day))


def values(name: str, *dated: tuple[object, str]) -> dict[str, Any]:
    return {name: [{"value": value, "on": day} for value, day in dated]}


def said(stated: Stated) -> dict[str, object]:
    return {name: value for name, value in stated.values.items() if "." in name}


@pytest.mark.parametrize(
    ("dated", "expected"),
    [
        ([(11, "2026-02-01")], {}),
        ([(11, "2026-02-01"), (12, "2026-02-10")], {TWO: True}),
        ([(10, "2026-02-01"), (12, "2026-02-10")], {TWO: False}),
        ([(10, "2026-02-10")], {TWO: False}),
        ([(4, "2026-02-10")], {TWO: False, THREE: False}),
        # The order of writing is not that of the days.
        (
            [(12, "2026-02-10"), (10, "2026-02-01"), (11, "2026-02-05")],
            {TWO: True, THREE: True},
        ),
        # The latest stands for its day.
        ([(12, "2026-02-10T09:00"), (13, "2026-02-10T10:00")], {}),
        (
            [(4, "2026-02-10T09:00"), (13, "2026-02-10T10:00"), (12, "2026-02-02")],
            {TWO: True},
        ),
        # What is not known says nothing, and another value may decide.
        ([(None, "2026-02-01"), (12, "2026-02-10")], {}),
        ([(9, "2026-02-01"), (None, "2026-02-10")], {TWO: False}),
        # What is too old says nothing either.
        ([(11, "2025-12-31"), (12, "2026-02-10")], {}),
        ([(9, "2025-12-31"), (12, "2026-02-10")], {}),
        ([(11, "2026-01-01"), (12, "2026-02-10")], {TWO: True}),
        # What comes later is not known yet.
        ([(11, "2026-02-01"), (12, "2026-02-10"), (1, "2026-03-02")], {TWO: True}),
    ],
)
def test_the_last_values_up_to_the_day(
    dated: list[tuple[object, str]], expected: dict[str, bool]
) -> None:
    assert said(on(values("score", *dated), "2026-03-01", "absent")) == expected


def test_without_a_day_the_latest_of_all_count() -> None:
    record = values("score", (11, "2001-02-01"), (12, "2002-02-10"))

    assert said(on(record, None)) == {TWO: True}
    assert said(on(record, "2026-03-01")) == {}
    assert said(on({"score": 12}, None)) == {}
    assert said(on({"score": {"value": 4, "on": "2026-02-10"}}, None)) == {
        TWO: False,
        THREE: False,
    }


@pytest.mark.parametrize(
    ("dated", "expected"),
    [
        # 28 days before; 21 to 35 are near enough.
        ([("90 g/L", "2026-01-05"), ("99 g/L", "2026-02-02")], {ROSE: True}),
        ([("90 g/L", "2026-01-05"), ("100 g/L", "2026-02-02")], {ROSE: False}),
        ([("90 g/L", "2026-01-05"), ("99 g/L", "2026-01-26")], {ROSE: True}),
        ([("90 g/L", "2026-01-05"), ("99 g/L", "2026-01-25")], {}),
        (
            [("90 g/L", "2026-01-05"), ("99 g/L", "2026-02-09")],
            {ROSE: True, FELL: False},
        ),
        ([("90 g/L", "2026-01-05"), ("80 g/L", "2026-02-10")], {FELL: True}),
        # From 1 to 2 months before, ends included.
        (
            [("90 g/L", "2026-01-10"), ("86 g/L", "2026-02-10")],
            {ROSE: True, FELL: False},
        ),
        ([("90 g/L", "2025-12-10"), ("85 g/L", "2026-02-10")], {FELL: True}),
        ([("90 g/L", "2025-12-09"), ("80 g/L", "2026-02-10")], {}),
        # The nearest counts, and of two as near the earlier.
        (
            [
                ("50 g/L", "2026-01-01"),
                ("90 g/L", "2026-01-06"),
                ("95 g/L", "2026-02-02"),
            ],
            {ROSE: True, FELL: False},
        ),
        (
            [
                ("50 g/L", "2026-01-04"),
                ("90 g/L", "2026-01-06"),
                ("95 g/L", "2026-02-02"),
            ],
            {ROSE: False},
        ),
        # What lies between them does not matter, and what is not known is none.
        (
            [
                ("90 g/L", "2026-01-05"),
                ("70 g/L", "2026-01-25"),
                ("92 g/L", "2026-02-02"),
            ],
            {ROSE: True},
        ),
        (
            [(None, "2026-01-05"), ("90 g/L", "2026-01-08"), ("92 g/L", "2026-02-02")],
            {ROSE: True},
        ),
        ([("90 g/L", "2026-01-05"), (None, "2026-02-02")], {}),
        ([("90 g/L", "2026-02-02")], {}),
    ],
)
def test_a_rise_or_fall_is_from_the_value_so_long_before(
    dated: list[tuple[object, str]], expected: dict[str, bool]
) -> None:
    assert said(on(values("hb", *dated), "2026-03-01", "absent")) == expected


def test_units_are_those_of_the_measure() -> None:
    record = values("hb", ("9 g/dL", "2026-01-05"), ("9.9 g/dL", "2026-02-02"))

    assert said(on(record, "2026-03-01")) == {ROSE: True}


def test_what_decides_is_told_with_its_days() -> None:
    stated = on(
        values(
            "hb",
            ("90 g/L", "2026-01-05"),
            ("70 g/L", "2026-01-25"),
            ("92 g/L", "2026-02-02"),
        ),
        "2026-03-01",
    )

    told = {
        name: [(d.value, str(d.on)) for d in data]
        for name, data in stated.deciding.items()
    }
    assert told == {ROSE: [(Fraction(92), "2026-02-02"), (Fraction(90), "2026-01-05")]}


def test_an_answer_holds_for_as_long_as_the_values_that_decide_count() -> None:
    both = values("score", (11, "2026-01-10"), (12, "2026-02-10"))
    fails = values("score", (9, "2026-01-10"), (12, "2026-02-10"))
    more = values("score", (9, "2026-01-10"), (9, "2026-02-10"))

    assert on(both, "2026-03-01").holds_until == dt.date(2026, 3, 10)
    assert on(fails, "2026-03-01").holds_until == dt.date(2026, 3, 10)
    assert on(more, "2026-03-01").holds_until == dt.date(2026, 4, 10)
    assert said(on(both, "2026-03-10")) == {TWO: True}
    assert said(on(both, "2026-03-11")) == {}
    assert said(on(fails, "2026-03-11")) == {}


def test_it_can_be_stated_by_its_words() -> None:
    for name in (TWO, "last 2 score > 10"):
        assert said(on({name: True}, "2026-03-01")) == {TWO: True}


def test_what_the_values_contradict_is_refused() -> None:
    record = values("score", (11, "2026-02-01"), (12, "2026-02-10"))

    with pytest.raises(PatientError) as caught:
        on({**record, "last 2 score > 10": False}, "2026-03-01")

    (found,) = caught.value.diagnostics
    assert found.code == "GDL718"
    assert "(2026-02-01, 2026-02-10)" in found.message


def test_it_has_no_day_of_its_own() -> None:
    with pytest.raises(PatientError) as caught:
        on({TWO: {"value": True, "on": "2026-02-01"}}, "2026-03-01")

    (found,) = caught.value.diagnostics
    assert found.code == "GDL717"


def test_an_audit_sees_on_each_day_what_the_record_says_of_it() -> None:
    facts = values(
        "score",
        (11, "2026-01-10"),
        (12, "2026-02-20"),
        (9, "2026-03-05"),
        (12, "2026-03-08"),
        (13, "2026-05-01"),
    ) | values(
        "hb",
        ("90 g/L", "2026-01-05"),
        ("92 g/L", "2026-02-02"),
        ("99 g/L", "2026-02-20"),
    )
    events = history_from([], GRAPH).events
    knowledge = Knowledge.of(Evaluator.of(GRAPH), Patient(facts=facts), events)

    for number in range(220):
        day = dt.date(2026, 1, 1) + dt.timedelta(days=number)
        wanted = state(Patient(facts=facts), GRAPH, day).values
        found = knowledge.on(day).stated.values
        names = GRAPH.series
        assert {n: found.get(n) for n in names} == {n: wanted.get(n) for n in names}, (
            day
        )


def test_a_history_does_not_note_what_its_values_say() -> None:
    with pytest.raises(PatientError) as caught:
        history_from([{"on": "2026-01-01", "event": TWO}], GRAPH)

    assert "follows from the values of `score`" in caught.value.diagnostics[0].message
