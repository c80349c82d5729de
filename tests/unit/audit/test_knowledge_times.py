"""Values of one day: the later counts, in the patient's record and in the history."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from b12guide import PatientError, load
from b12guide.audit.history import history_from
from b12guide.audit.knowledge import Knowledge
from b12guide.patient.from_mapping import patient_from

GUIDELINE = load("mecobalamin_im")
DAY = dt.date(2026, 1, 1)


def known(
    facts: dict[str, Any], events: list[dict[str, Any]], on: dt.date = DAY
) -> dict[str, Any]:
    history = history_from(events, GUIDELINE.graph)
    knowledge = Knowledge.of(GUIDELINE.evaluator, patient_from(facts), history.events)
    latest = knowledge.latest("serum_b12", on)
    return {
        "latest": None if latest is None else latest[1],
        **knowledge.on(on).stated.values,
    }


def test_of_two_tests_of_a_day_the_later_counts() -> None:
    pairs: tuple[tuple[Any, Any], ...] = (
        ("2026-01-01T18:00", "2026-01-01T10:00"),
        ("2026-01-01T18:00:30.5", "2026-01-01T18:00:30"),
        ("2026-01-01T10:00Z", "2026-01-01T11:30+02:00"),
        (dt.datetime(2026, 1, 1, 10, tzinfo=dt.UTC), "2026-01-01 09:00+0000"),
    )
    for first, second in pairs:
        events: list[dict[str, Any]] = [
            {"on": first, "test": "serum_b12", "value": "150 pg/mL"},
            {"on": second, "test": "serum_b12", "value": "410 pg/mL"},
        ]
        for listed in (events, events[::-1]):
            found = known({}, listed)
            assert (found["serum_b12"], found["latest"]) == (150, 150)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2026-01-01", "2026-01-01"),
        ("2026-01-01T10:00", "2026-01-01T10:00"),
        ("2026-01-01T10:00", "2026-01-01"),
        ("2026-01-01T10:00", "2026-01-01T11:00Z"),
    ],
)
def test_tests_of_which_neither_is_later_have_to_agree(first: str, second: str) -> None:
    events = [
        {"on": first, "test": "serum_b12", "value": "150 pg/mL"},
        {"on": second, "test": "serum_b12", "value": "410 pg/mL"},
    ]

    with pytest.raises(PatientError) as caught:
        history_from(events, GUIDELINE.graph)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "GDL718"
    assert {"1", "2"} <= set(diagnostic.message.replace(":", "").split())
    assert len(diagnostic.labels) == 2
    agreed = [{**event, "value": "150 pg/mL"} for event in events]
    history_from(agreed, GUIDELINE.graph)


def test_a_record_knows_the_later_of_its_values_on_a_day() -> None:
    values = [
        {"value": "410 pg/mL", "on": "2026-01-01T18:00"},
        {"value": "150 pg/mL", "on": "2026-01-01T10:00"},
        {"value": "90 pg/mL", "on": "2025-06-01"},
    ]

    assert known({"serum_b12": values}, [])["latest"] == 410
    before = known({"serum_b12": values}, [], dt.date(2025, 12, 31))
    assert before["latest"] == 90
    filtered = [
        {"value": "70 mL/min", "on": "2026-01-01T18:00"},
        {"value": "35 mL/min", "on": "2026-01-01T10:00"},
    ]
    assert known({"egfr": filtered}, [])["egfr"] == 70


def test_on_one_day_the_history_comes_after_the_record() -> None:
    test = {"on": "2026-01-01", "test": "serum_b12", "value": "150 pg/mL"}

    found = known({"serum_b12": {"value": "410 pg/mL", "on": "2026-01-01"}}, [test])
    assert (found["serum_b12"], found["latest"]) == (150, 150)


def test_times_with_and_without_an_offset_stand_side_by_side() -> None:
    rows = [
        {"on": "2026-01-01T10:00Z", "dose": "hydroxocobalamin", "amount": "1000 µg"},
        {"on": "2026-01-01T09:00", "test": "serum_b12", "value": "150 pg/mL"},
        {"on": "2026-01-01T09:00", "dose": "hydroxocobalamin", "amount": "1000 µg"},
    ]

    audit = GUIDELINE.audit({"b12_deficiency": True}, rows, on=dt.date(2026, 6, 1))
    assert audit.events == 3


def test_bare_values_of_a_history_are_told_or_refused() -> None:
    rows: list[dict[str, Any]] = [
        {"on": "2026-01-01", "test": "serum_b12", "value": 150},
        {"on": "2026-02-01", "event": "egfr", "value": "35"},
        {"on": "2026-03-01", "test": "serum_b12", "value": "410 pg/mL"},
        {"on": "2026-04-01", "test": "serum_b12", "value": "410"},
    ]

    audit = GUIDELINE.audit({"b12_deficiency": True}, rows, on=dt.date(2026, 6, 1))
    (told,) = (n for n in audit.notices if "no unit was given" in n)
    assert "serum vitamin B12 was read as pg/mL (rows 1, 4)" in told
    assert "eGFR was read as mL/min (row 2)" in told
    with pytest.raises(PatientError) as caught:
        GUIDELINE.audit({}, rows, on=dt.date(2026, 6, 1), units="required")
    assert [d.code for d in caught.value.diagnostics] == ["GDL734"] * 3
    assert "row 1, `value`: `serum_b12`" in caught.value.diagnostics[0].message
    strict = patient_from({}, units="required")
    with pytest.raises(PatientError):
        GUIDELINE.audit(strict, rows, on=dt.date(2026, 6, 1))
    GUIDELINE.audit({}, rows[2:3], on=dt.date(2026, 6, 1), units="required")
