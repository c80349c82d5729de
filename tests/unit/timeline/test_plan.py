"""Timelines: ranges stay ranges, open ends stay open, tests go before doses."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import Decision
from b12guide.patient.model import Otherwise, Patient
from b12guide.patient.stated import state
from b12guide.timeline.model import Entry, EntryKind, Timeline
from b12guide.timeline.plan import Pick, as_history, plan
from tests.clinical.asking import ADULT, shipped

START = dt.date(2026, 1, 5)
PROPHYLAXIS: dict[str, Any] = {"b12_deficiency": False}


def timeline(
    start: dt.date = START,
    *,
    until: dt.date | None = None,
    events: dict[str, dt.date] | None = None,
    otherwise: str = "absent",
    **facts: Any,
) -> Timeline:
    loaded, evaluator = shipped()
    patient = Patient(facts={**ADULT, **facts}, otherwise=Otherwise(otherwise))
    answer = recommend(evaluator, state(patient, loaded.graph, start))
    return plan(answer, start, until=until, events=events)


def entries(found: Timeline, kind: EntryKind, decision: Decision) -> list[Entry]:
    return [e for e in found.entries if e.kind is kind and e.decision is decision]


def days(found: list[Entry]) -> list[tuple[str, str]]:
    return [
        (e.window.earliest.isoformat(), e.window.latest.isoformat())
        for e in found
        if e.window is not None
    ]


def test_three_times_a_week_for_two_weeks_is_six_doses_within_their_weeks() -> None:
    doses = entries(timeline(), EntryKind.DOSE, Decision.LOADING)

    assert [d.number for d in doses] == [1, 2, 3, 4, 5, 6]
    assert days(doses)[0] == ("2026-01-05", "2026-01-05")
    assert days(doses)[-1] == ("2026-01-14", "2026-01-18")
    assert [str(d.spread) for d in doses] == [
        *("2026-01-05", "2026-01-07", "2026-01-09"),
        *("2026-01-12", "2026-01-14", "2026-01-16"),
    ]


def test_a_range_of_months_stays_an_earliest_and_a_latest_day() -> None:
    doses = entries(timeline(), EntryKind.DOSE, Decision.MAINTENANCE)

    assert days(doses)[:2] == [
        ("2026-03-14", "2026-04-18"),
        ("2026-05-14", "2026-07-18"),
    ]


def test_loading_until_an_event_is_open_with_the_review_to_make() -> None:
    found = timeline(paresthesia=True, until=dt.date(2026, 3, 1))
    doses = entries(found, EntryKind.DOSE, Decision.LOADING)
    (review,) = entries(found, EntryKind.DECISION, Decision.LOADING)
    (maintenance,) = entries(found, EntryKind.DOSE, Decision.MAINTENANCE)

    assert all(d.is_open for d in doses)
    assert days(doses)[:3] == [
        (day, day) for day in ("2026-01-05", "2026-01-07", "2026-01-09")
    ]
    assert (review.after, review.is_open) == (("neurological_plateau",), True)
    assert maintenance.window is None


def test_an_expected_event_ends_loading_and_begins_maintenance() -> None:
    plateau = {"neurological_plateau": dt.date(2026, 2, 1)}
    found = timeline(paresthesia=True, events=plateau)
    loading = entries(found, EntryKind.DOSE, Decision.LOADING)
    maintenance = entries(found, EntryKind.DOSE, Decision.MAINTENANCE)

    assert days(loading)[-1] == ("2026-01-31", "2026-01-31")
    assert not any(d.is_open for d in loading)
    assert days(maintenance)[:3] == [
        (day, day) for day in ("2026-03-31", "2026-05-31", "2026-07-31")
    ]


def test_prophylaxis_begins_on_the_first_day() -> None:
    found = timeline(dt.date(2026, 1, 31), ileal_resection="30 cm", **PROPHYLAXIS)

    assert days(entries(found, EntryKind.DOSE, Decision.MAINTENANCE))[:4] == [
        (day, day) for day in ("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30")
    ]
    assert entries(found, EntryKind.DOSE, Decision.LOADING) == []


def test_tests_stand_before_the_dose_nearest_to_their_day_with_companions() -> None:
    tests = entries(timeline(), EntryKind.TEST, Decision.MONITORING)

    assert [str(t.target) for t in tests] == ["2026-04-05", "2026-07-05", "2027-01-05"]
    assert days(tests)[0] == ("2026-03-14", "2026-04-18")
    assert all(t.before_dose for t in tests)
    assert {t.tests for t in tests} == {
        ("serum_b12", "ferritin", "transferrin_saturation")
    }


def test_what_cannot_be_placed_is_told() -> None:
    open_ended = timeline(paresthesia=True)
    texts = [one.text for one in open_ended.unplaced]

    assert sum("belongs before a dose" in text for text in texts) == 3
    assert any("names no day for review" in text for text in texts)


def test_recurring_tests_follow_the_first_year() -> None:
    found = timeline(until=dt.date(2029, 1, 5))
    targets = [
        str(t.target) for t in entries(found, EntryKind.TEST, Decision.MONITORING)
    ]

    assert targets[3:] == ["2028-01-05", "2029-01-05"]


def test_a_conflict_of_the_source_is_a_decision_and_has_no_doses() -> None:
    found = timeline(ileal_resection="30 cm", egfr="35 mL/min", **PROPHYLAXIS)
    (decision,) = entries(found, EntryKind.DECISION, Decision.MAINTENANCE)[:1]

    assert "contradict each other" in decision.text
    assert entries(found, EntryKind.DOSE, Decision.MAINTENANCE) == []


def test_a_test_before_a_dose_waits_while_maintenance_is_to_be_decided() -> None:
    found = timeline(bariatric_procedure="roux_en_y", ileal_resection="30 cm")
    checks = entries(found, EntryKind.TEST, Decision.MONITORING)

    before_doses = [entry for entry in checks if entry.before_dose]
    assert before_doses
    assert all(entry.awaits_dose for entry in before_doses)


def test_an_unknown_fact_on_which_loading_depends_leaves_doses_without_days() -> None:
    loaded, evaluator = shipped()
    patient = Patient(facts=ADULT)
    answer = recommend(evaluator, state(patient, loaded.graph, START))
    found = plan(answer, START)
    decision, *possible = entries(found, EntryKind.DECISION, Decision.LOADING)

    assert "depends on what is not known" in decision.text
    assert {e.text for e in possible} == {"one possible regimen"}
    assert entries(found, EntryKind.DOSE, Decision.LOADING) == []


def test_a_choice_of_the_source_is_told_beside_the_doses() -> None:
    found = timeline(bariatric_procedure="sleeve_gastrectomy", **PROPHYLAXIS)
    beside = entries(found, EntryKind.DECISION, Decision.MAINTENANCE)

    assert "oral" in {entry.route for entry in beside}


def test_folic_acid_waits_for_its_event() -> None:
    waiting = timeline(folate_deficiency=True)
    expected = timeline(
        folate_deficiency=True, events={"b12_repleted": dt.date(2026, 3, 1)}
    )
    (decision,) = entries(waiting, EntryKind.DECISION, Decision.ADJUNCT)
    (course,) = entries(expected, EntryKind.DOSE, Decision.ADJUNCT)

    tests = entries(expected, EntryKind.TEST, Decision.MONITORING)

    assert (decision.window, decision.after) == (None, ("b12_repleted",))
    assert days(tests)[0] == ("2026-03-14", "2026-04-18")
    assert days([course]) == [("2026-03-01", "2026-03-01")]


def test_nothing_lies_before_the_first_day_or_begins_after_the_last() -> None:
    found = timeline(until=dt.date(2026, 8, 1))

    for entry in found.entries:
        if entry.window is not None and entry.kind is EntryKind.DOSE:
            assert START <= entry.window.earliest <= found.until


def test_the_named_assumptions_stand_below() -> None:
    assert {"T35", "T36", "T44", "T45"} <= {a.name for a in timeline().assumptions}


@pytest.mark.parametrize("pick", Pick)
def test_a_timeline_can_be_followed(pick: Pick) -> None:
    rows = as_history(timeline(), pick)

    assert rows[0]["on"] == "2026-01-05"
    assert rows == sorted(rows, key=lambda row: str(row["on"]))
    assert all(row["on"] <= "2027-01-05" for row in rows)


def test_a_drug_beside_the_treatment_is_a_course_in_the_history() -> None:
    repleted = {"b12_repleted": dt.date(2026, 3, 1)}
    rows = as_history(timeline(folate_deficiency=True, events=repleted))

    assert {
        "on": "2026-03-01",
        "start": "folic_acid",
        "frequency": "every 1 day",
        "amount": "5 mg",
        "route": "oral",
    } in rows
