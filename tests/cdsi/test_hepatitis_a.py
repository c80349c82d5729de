"""The published test cases of the hepatitis A series, through the audit and the next-due days.

Whether a dose counts, and why not, comes from the audit; what is due next from the timeline.
"""

from __future__ import annotations

import csv
import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from b12guide.audit.finding import Family, Finding, Gravity, Tolerance
from b12guide.audit.history import history_from
from b12guide.audit.run import audit
from b12guide.audit.targets import phases_of
from b12guide.evaluate.answer import Outcome
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import Decision
from b12guide.patient.model import Otherwise, Patient
from b12guide.patient.stated import state
from b12guide.pipeline import load
from b12guide.regimen.interval import counted
from b12guide.regimen.schedule import Window
from b12guide.timeline.dosing import next_dose
from b12guide.timeline.plan import plan

GRACE = Tolerance(name="immunisation", doses=27, tests=0, early=4)
"""Four days early; four weeks late are too late, so the last good day is one less."""

IDS = (
    *("2013-0185", "2013-0186", "2013-0188", "2013-0189", "2013-0190", "2013-0191"),
    *("2013-0192", "2013-0193", "2013-0194", "2013-0196", "2013-0197", "2019-0010"),
    *("2019-0011", "2019-0012", "2019-0013", "2019-0014", "2020-0001"),
)
REASONS = {"any_dose": "Interval: too short", "birth": "Age: Too Young"}


@frozen
class Replayed:
    """What came of a case: each dose's status and reason, and what is due next."""

    doses: tuple[tuple[str, str], ...]
    number: str
    due: tuple[str, str, str]


@cache
def evaluator() -> Evaluator:
    return Evaluator.of(load(Path(__file__).with_name("hepatitis_a.gdl")).graph)


@pytest.fixture(scope="module")
def cases(third_party_data: Path) -> dict[str, dict[str, str]]:
    path = third_party_data / "cdsi" / "hepa_zoster_cases_v4.28.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["Vaccine_Group"] == "HepA"]
    return {row["CDC_Test_ID"]: row for row in rows}


def replayed(case: dict[str, str]) -> Replayed:
    born = dt.date.fromisoformat(case["DOB"])
    patient = Patient(
        facts={"birth": {"value": True, "on": born.isoformat()}},
        otherwise=Otherwise.ABSENT,
    )
    rows: list[dict[str, Any]] = []
    doses = []
    valid = 0
    happened = {"birth": born}
    for number in (1, 2, 3):
        day = case[f"Date_Administered_{number}"]
        if not day:
            break
        dose = {"on": day, "dose": "hepatitis_a_vaccine", "route": "IM"}
        against = too_early(patient, [*rows, dose], day)
        rows += [dose, {"on": day, "event": "any_dose"}]
        happened["any_dose"] = dt.date.fromisoformat(day)
        if against:
            doses.append(("Not Valid", reason_of(against)))
            continue
        valid += 1
        event = ("first_dose", "second_dose")[valid - 1]
        rows.append({"on": day, "event": event})
        happened[event] = dt.date.fromisoformat(day)
        doses.append(("Valid", ""))
    number_due, due = forecast(patient, happened, valid)
    return Replayed(tuple(doses), number_due, due)


def reason_of(against: list[Finding]) -> str:
    """The reason as published: of a dose too soon by both counts, the interval is named."""
    events = {
        one.event
        for finding in against
        for phase in phases_of(finding.rule)
        if (one := counted(phase)) is not None
    }
    return next(reason for event, reason in REASONS.items() if event in events)


def too_early(patient: Patient, rows: list[dict[str, Any]], day: str) -> list[Finding]:
    on = dt.date.fromisoformat(day)
    found = audit(
        evaluator(),
        patient,
        history_from(rows, evaluator().graph),
        on,
        families=[Family.INTERVAL],
        tolerance=GRACE,
    )
    return [f for f in found.findings if f.on == on and f.gravity is Gravity.VIOLATION]


def forecast(
    patient: Patient, happened: dict[str, dt.date], valid: int
) -> tuple[str, tuple[str, str, str]]:
    facts = {**patient.facts, **dict.fromkeys(happened, True)}
    known = Patient(facts=facts, otherwise=Otherwise.ABSENT)
    answer = recommend(evaluator(), state(known, evaluator().graph))
    if answer.decisions[Decision.LOADING].outcome is Outcome.NOT_NEEDED:
        return "", ("", "", "")
    due = next_dose(answer, happened, dt.timedelta(days=GRACE.doses))
    assert due is not None
    first = due.earliest.isoformat()
    return str(valid + 1), (first, first, due.latest.isoformat())


@pytest.mark.parametrize("case_id", IDS)
def test_a_published_case_is_reproduced(
    cases: dict[str, dict[str, str]], case_id: str
) -> None:
    case = cases[case_id]
    answer = replayed(case)

    published = []
    for number in (1, 2, 3):
        if case[f"Date_Administered_{number}"]:
            reason = case.get(f"Evaluation_Reason_{number}") or ""
            published.append((case[f"Evaluation_Status_{number}"], reason))
    assert list(answer.doses) == published
    assert answer.number == case["Forecast_#"].strip("-")
    assert answer.due == (
        case["Earliest_Date"],
        case["Recommended_Date"],
        case["Past_Due_Date"],
    )


def test_no_published_case_is_left_out(cases: dict[str, dict[str, str]]) -> None:
    assert set(cases) == set(IDS)


def test_the_timeline_of_a_newborn_shows_the_first_dose() -> None:
    born = dt.date(2022, 10, 19)
    patient = Patient(facts={"birth": True}, otherwise=Otherwise.ABSENT)
    answer = recommend(evaluator(), state(patient, evaluator().graph))
    (dated,) = plan(answer, born, events={"birth": born}).entries
    (undated,) = plan(answer, born).entries

    assert dated.window == Window(dt.date(2023, 10, 19), dt.date(2024, 10, 19))
    assert (undated.window, undated.after) == (None, ("birth",))


def test_a_dose_that_nobody_gave_is_overdue() -> None:
    patient = Patient(
        facts={"birth": {"value": True, "on": "2004-10-19"}}, otherwise=Otherwise.ABSENT
    )
    history = history_from([], evaluator().graph)
    before, after = (
        audit(evaluator(), patient, history, dt.date(2006, 11, day), tolerance=GRACE)
        for day in (15, 16)
    )

    assert before.findings == ()
    assert [(str(f.on), f.rule.name) for f in after.findings] == [
        ("2006-10-19", "first_dose_age")
    ]
