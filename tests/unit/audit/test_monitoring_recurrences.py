"""Tests whose interval changes with time, or that end with loading: audit and timeline (M98)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import b12guide
from b12guide.timeline.plan import Pick, as_history

TEXT = """language 1
guideline intervals "Intervals"
    version 1.0.0
    revised 2026-01-01
    uses b12
source page "A page"
    by "Somebody", 2026
    printed as 1
rule course "A course"
    when     b12_deficiency
    load     hydroxocobalamin 1000 µg IM weekly for 5 doses
    strength should
    cites    page
rule course_done "The course is over"
    exception to course
    when     loading_complete is established
    load     not needed
    strength should
    cites    page
rule doses_after "Further doses"
    when     b12_deficiency
    maintain hydroxocobalamin 1000 µg IM every 2 months for life
    strength should
    cites    page
rule follow_up "Follow-up"
    when     b12_deficiency
    check    ferritin every 3 months for 1 year then yearly
    strength should
    cites    page
rule while_loading "At the start"
    when     b12_deficiency
    check    potassium every 2 weeks during loading
    strength should
    cites    page
rule while_maintained "Later"
    when     b12_deficiency
    check    folate every 6 months for 1 year during maintenance
    strength should
    cites    page
"""
TREATED: dict[str, Any] = {"facts": {"b12_deficiency": True}, "otherwise": "absent"}
LOADING = {
    "facts": {"b12_deficiency": True, "loading_complete": False},
    "otherwise": "absent",
}
START = dt.date(2026, 1, 5)
DOSES = [
    {
        "on": str(START + dt.timedelta(weeks=number)),
        "dose": "hydroxocobalamin",
        "amount": "1000 µg",
        "route": "intramuscular",
    }
    for number in range(5)
]
QUARTERS = ["2026-04-05", "2026-07-05", "2026-10-05", "2027-01-05"]


@pytest.fixture(scope="module")
def guideline(tmp_path_factory: pytest.TempPathFactory) -> b12guide.Guideline:
    file = tmp_path_factory.mktemp("intervals") / "intervals.gdl"
    file.write_text(TEXT, "utf-8")
    return b12guide.load(file, cache=False)


def missing(
    guideline: b12guide.Guideline, test: str, days: list[str], on: str
) -> list[str]:
    rows = [*DOSES, *({"on": day, "test": test} for day in days)]
    audit = guideline.audit(TREATED, rows, on=dt.date.fromisoformat(on))
    name = {"ferritin": "ferritin", "potassium": "potassium", "folate": "serum folate"}
    return [
        str(f.on)
        for f in audit.findings
        if f.family.value == "monitoring" and f.text.startswith(name[test])
    ]


@pytest.mark.parametrize(
    ("days", "on", "absent"),
    [
        (QUARTERS, "2028-01-10", []),
        (QUARTERS, "2028-02-01", ["2028-01-05"]),
        (QUARTERS[:3], "2027-03-01", ["2027-01-05"]),
        (QUARTERS[1:], "2027-03-01", ["2026-04-05"]),
        # Late by a week each: the last of the year is due all the same.
        (["2026-04-12", "2026-07-12", "2026-10-12"], "2027-03-01", ["2027-01-12"]),
        # Shortly before the year is over, and within the tolerance.
        (["2026-04-05", "2026-07-05", "2026-10-05", "2026-12-28"], "2027-12-20", []),
        ([*QUARTERS, "2028-01-05", "2029-01-05"], "2030-02-01", ["2030-01-05"]),
    ],
)
def test_each_interval_has_its_own_tests(
    guideline: b12guide.Guideline, days: list[str], on: str, absent: list[str]
) -> None:
    assert missing(guideline, "ferritin", days, on) == absent


def test_tests_during_loading_end_with_it(guideline: b12guide.Guideline) -> None:
    done = ["2026-01-19", "2026-02-02"]

    assert missing(guideline, "potassium", done, "2026-12-01") == []
    assert missing(guideline, "potassium", done[1:], "2026-12-01") == []  # by tolerance
    assert missing(guideline, "potassium", [], "2026-12-01") == ["2026-01-19"]


def test_those_of_maintenance_begin_after_it_and_end(
    guideline: b12guide.Guideline,
) -> None:
    done = ["2026-08-02", "2027-02-02"]

    assert missing(guideline, "folate", done, "2029-01-01") == []
    assert missing(guideline, "folate", done[:1], "2029-01-01") == ["2027-02-02"]
    assert missing(guideline, "folate", [], "2026-08-10") == []


def test_a_timeline_draws_every_interval(guideline: b12guide.Guideline) -> None:
    found = guideline.timeline(LOADING, start=START, until=dt.date(2029, 6, 1))

    days: dict[str, list[str]] = {}
    for entry in found.entries:
        if entry.tests and entry.window is not None:
            days.setdefault(entry.tests[0], []).append(str(entry.window.earliest))
    assert days["ferritin"] == [*QUARTERS, "2028-01-05", "2029-01-05"]
    assert days["potassium"] == ["2026-01-19", "2026-02-02"]
    assert len(days["folate"]) == 2


@pytest.mark.parametrize("pick", Pick)
def test_who_follows_the_timeline_misses_nothing(
    guideline: b12guide.Guideline, pick: Pick
) -> None:
    plan = guideline.timeline(LOADING, start=START, until=dt.date(2030, 1, 1))
    audit = guideline.audit(TREATED, as_history(plan, pick), on=dt.date(2030, 1, 1))

    assert not [f for f in audit.findings if f.family.value == "monitoring"]


def test_answers_say_it(guideline: b12guide.Guideline) -> None:
    answer = guideline.recommend(LOADING)

    text = answer.to_text()
    assert "ferritin every 3 months for 1 year, then yearly" in text
    assert "every 2 weeks, during loading" in text
    assert "during the first doses" in answer.to_text(audience="patient")
    options = answer.to_dict()["decisions"]["monitoring"]["options"]
    by_test = {one["test"]: one for one in options}
    assert by_test["ferritin"]["for"] == {"value": 1, "unit": "year"}
    assert by_test["ferritin"]["then"] == [
        {"every": {"low": 1, "high": 1, "unit": "year"}, "at_least": False}
    ]
    assert by_test["potassium"]["during"] == "loading"
    assert "for" not in by_test["potassium"]
    assert "then" not in by_test["potassium"]
