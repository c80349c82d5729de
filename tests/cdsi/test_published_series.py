"""The published test cases of two vaccine series, through `Guideline.due` alone.

A series is a guideline and a line of marks; nothing of either stands in the package. Where the
published rules print no last day the guideline has one more than a century away, because a length
of the language has no open end.
"""

from __future__ import annotations

import csv
import datetime as dt
from functools import cache
from pathlib import Path

import pytest
from attrs import frozen

import b12guide
from b12guide import Due
from b12guide.due.model import Counting, JudgedDose

GRACE = "doses=27,early=4"
"""Four days early; four weeks late are too late, so the last good day is one less."""
LONG_AFTER = dt.date(2100, 1, 1)


@frozen
class Series:
    """One published series: its guideline, what its doses bring about, and its cases.

    Attributes:
        drugs: The drugs by the published number of their vaccine; None where all are one.
        reasons: The published reason by the rule that a dose departs from, the first that is met.
    """

    name: str
    marks: dict[str, int | str]
    drugs: dict[str, str] | None
    reasons: dict[str, str]
    ids: tuple[str, ...]


HEPATITIS_A = Series(
    name="hepatitis_a",
    marks={"any_dose": "dose", "first_dose": 1, "second_dose": 2},
    drugs=None,
    reasons={
        "second_dose_interval": "Interval: too short",
        "first_dose_age": "Age: Too Young",
    },
    ids=(
        *("2013-0185", "2013-0186", "2013-0188", "2013-0189", "2013-0190"),
        *("2013-0191", "2013-0192", "2013-0193", "2013-0194", "2013-0196"),
        *("2013-0197", "2019-0010", "2019-0011", "2019-0012", "2019-0013"),
        *("2019-0014", "2020-0001"),
    ),
)
ZOSTER = Series(
    name="zoster",
    marks={
        "recombinant_dose": "zoster_recombinant",
        "first_recombinant": "zoster_recombinant 1",
        "second_recombinant": "zoster_recombinant 2",
        "live_zoster_dose": "zoster_live",
        "live_zoster_counted": "zoster_live 1",
        "varicella_dose": "varicella_vaccine",
        "measles_dose": "measles_vaccine",
    },
    drugs={
        "187": "zoster_recombinant",
        "121": "zoster_live",
        "21": "varicella_vaccine",
        "03": "measles_vaccine",
    },
    reasons={
        "second_dose_interval": "Interval: too short",
        "live_after_measles": "Live Virus Conflict",
    },
    ids=(
        *("2015-0013", "2015-0014", "2015-0016", "2015-0018", "2015-0019"),
        *("2018-0001", "2018-0002", "2018-0003", "2018-0004", "2018-0005"),
        *("2018-0006", "2018-0008", "2018-0009", "2018-0011", "2018-0012"),
        *("2018-0013", "2018-0014", "2019-0001", "2019-0002", "2019-0003"),
    ),
)
CASES = [(series, name) for series in (HEPATITIS_A, ZOSTER) for name in series.ids]


@cache
def guideline(name: str) -> b12guide.Guideline:
    return b12guide.load(Path(__file__).with_name(f"{name}.gdl"))


@pytest.fixture(scope="module")
def published(third_party_data: Path) -> dict[str, dict[str, str]]:
    path = third_party_data / "cdsi" / "hepa_zoster_cases_v4.28.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["CDC_Test_ID"]: row for row in csv.DictReader(file)}


def doses_of(case: dict[str, str]) -> list[int]:
    """The numbers of the doses that a case has."""
    return [n for n in (1, 2, 3) if case[f"Date_Administered_{n}"]]


def what_is_due(series: Series, case: dict[str, str]) -> Due:
    history = [
        {
            "on": case[f"Date_Administered_{n}"],
            "dose": "hepatitis_a_vaccine"
            if series.drugs is None
            else series.drugs[case[f"CVX_{n}"]],
        }
        for n in doses_of(case)
    ]
    birth = {"value": True, "on": case["DOB"]}
    return guideline(series.name).due(
        {"facts": {"birth": birth}, "otherwise": "absent"},
        history,
        on=case["Assessment_Date"],
        tolerance=GRACE,
        marks=series.marks,
    )


def status(dose: JudgedDose) -> str:
    """As it is published; whether a contraindicated dose counts, a guideline does not say."""
    return "Valid" if dose.counting is Counting.COUNTS else "Not Valid"


def reason(series: Series, dose: JudgedDose) -> str:
    if dose.counting is Counting.COUNTS:
        return ""
    against = {name for remark in dose.remarks for name in remark.rules}
    return next(said for rule, said in series.reasons.items() if rule in against)


def days(answer: Due) -> tuple[str, str, str, str]:
    """The number of the next dose, and its earliest, recommended and last good day."""
    dose = answer.next_dose
    if dose is None:
        return ("", "", "", "")
    first, asked, last = (
        dose.days.earliest,
        dose.days.recommended,
        dose.days.accepted_until,
    )
    assert first is not None
    assert asked is not None
    assert last is not None
    until = last.isoformat() if last < LONG_AFTER else ""
    return (str(dose.number), first.isoformat(), asked.isoformat(), until)


@pytest.mark.parametrize(("series", "case_id"), CASES, ids=[name for _, name in CASES])
def test_a_published_case_is_reproduced(
    published: dict[str, dict[str, str]], series: Series, case_id: str
) -> None:
    case = published[case_id]
    answer = what_is_due(series, case)

    # Doses of other vaccines are there for what they bring about, and are not judged.
    own = {dose.on.isoformat() for dose in answer.given}
    told = [
        (case[f"Evaluation_Status_{n}"], case.get(f"Evaluation_Reason_{n}") or "")
        for n in doses_of(case)
        if case[f"Date_Administered_{n}"] in own
    ]
    assert [(status(dose), reason(series, dose)) for dose in answer.given] == told
    assert days(answer) == (
        case["Forecast_#"].strip("-"),
        case["Earliest_Date"],
        case["Recommended_Date"],
        case["Past_Due_Date"],
    )


def test_no_published_case_is_left_out(published: dict[str, dict[str, str]]) -> None:
    assert set(published) == {name for _, name in CASES}


def test_the_machinery_knows_no_vaccine() -> None:
    package = Path(b12guide.__file__).parent
    floors = ("due", "audit", "timeline", "regimen", "evaluate")
    found = [
        file.name
        for floor in floors
        for file in (package / floor).rglob("*.py")
        if any(
            word in file.read_text("utf-8").lower()
            for word in ("vaccin", "zoster", "hepatitis", "immunis")
        )
    ]

    assert found == []
