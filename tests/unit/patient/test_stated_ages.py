"""How old a fact is on the day asked for, as its days say (M83 to M86)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from b12guide import written
from b12guide.errors import PatientError
from b12guide.library import Library, SourceFile
from b12guide.patient.model import Patient, Stated
from b12guide.patient.stated import state

WRITTEN = """\
language 1
guideline g "G"
    version 1.0.0
    revised 2026-01-01
    status  submitted
finding numbness "numbness (of hands)"
event surgery "surgery was done"
rule long
    when     numbness for more than 4 weeks
    note     "Long."
    strength claim
rule short
    when     numbness within 1 month
    note     "Short."
    strength claim
rule old
    when     surgery at least 2 months ago
    note     "Old."
    strength claim
"""
GRAPH = written.compiled(
    written.check(Library(SourceFile("ages.gdl", WRITTEN.encode())))
).graph
LONG, SHORT = "numbness.for_more_than_4_weeks", "numbness.within_1_month"
OLD = "surgery.at_least_2_months_ago"


def on(raw: Any, day: str | None, otherwise: str = "unknown") -> Stated:
    patient = Patient(facts=raw, otherwise=otherwise)
    return state(patient, GRAPH, None if day is None else dt.date.fromisoformat(day))


def so(day: str, *, value: bool | None = True) -> dict[str, object]:
    return {"value": value, "on": day}


def ages(stated: Stated) -> dict[str, object]:
    return {name: value for name, value in stated.values.items() if "." in name}


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        ("2026-01-01", False, True),
        ("2026-01-29", False, True),
        ("2026-01-30", True, True),
        ("2026-02-01", True, True),
        ("2026-02-02", True, False),
    ],
)
def test_an_age_turns_on_its_day(day: str, long: bool, short: bool) -> None:
    assert ages(on({"numbness": so("2026-01-01")}, day)) == {LONG: long, SHORT: short}


@pytest.mark.parametrize(
    ("record", "day"),
    [
        ({"numbness": True}, "2026-03-01"),
        ({"numbness": so("2026-01-01")}, None),
        ({"numbness": so("2026-01-01", value=False)}, "2026-03-01"),
        ({"numbness": so("2026-04-01")}, "2026-03-01"),
        ({}, "2026-03-01"),
    ],
)
def test_nothing_is_said_of_an_age_that_no_day_tells(
    record: dict[str, object], day: str | None
) -> None:
    assert ages(on(record, day, "absent")) == {}


@pytest.mark.parametrize(
    ("numbness", "expected"),
    [
        # Since the first of its days.
        ([so("2026-01-01"), so("2026-02-25")], {LONG: True, SHORT: False}),
        # After a break it began again.
        (
            [so("2025-01-01"), so("2026-02-20", value=False), so("2026-02-25")],
            {LONG: False, SHORT: True},
        ),
        # After a gap it may have been so all the time: nothing that is not reached is known.
        ([so("2025-01-01"), so("2026-02-20", value=None), so("2026-02-25")], {}),
        (
            [so("2025-01-01"), so("2025-02-20", value=None), so("2026-01-25")],
            {LONG: True, SHORT: False},
        ),
        # What comes later is not known yet.
        ([so("2026-02-25"), so("2026-03-05", value=False)], {LONG: False, SHORT: True}),
    ],
)
def test_a_finding_is_so_since_the_first_day_without_a_break(
    numbness: list[object], expected: dict[str, bool]
) -> None:
    assert ages(on({"numbness": numbness}, "2026-03-01")) == expected


def test_of_an_event_the_latest_day_counts() -> None:
    surgery = [so("2025-01-01"), so("2026-02-01")]

    assert ages(on({"surgery": surgery}, "2026-03-01")) == {OLD: False}
    assert ages(on({"surgery": surgery}, "2026-04-01")) == {OLD: True}


def test_an_answer_holds_until_the_day_before_the_next_age_turns() -> None:
    record = {"numbness": so("2026-01-01"), "surgery": so("2025-12-31")}

    assert on(record, "2026-01-20").holds_until == dt.date(2026, 1, 29)
    assert on(record, "2026-01-29").holds_until == dt.date(2026, 1, 29)
    assert on(record, "2026-01-30").holds_until == dt.date(2026, 2, 1)
    assert on(record, "2026-02-10").holds_until == dt.date(2026, 2, 27)
    assert on(record, "2026-03-05").holds_until is None
    assert on(record, None).holds_until is None


@pytest.mark.parametrize("name", [LONG, "numbness for more than 4 weeks"])
def test_an_age_can_be_stated_by_its_words(name: str) -> None:
    assert ages(on({name: True}, "2026-03-01")) == {LONG: True}
    both = {name: True, "numbness": so("2026-01-01")}
    assert ages(on(both, "2026-03-01"))[LONG] is True


def test_an_age_that_the_day_contradicts_is_refused() -> None:
    with pytest.raises(PatientError) as caught:
        on({LONG: False, "numbness": so("2026-01-01")}, "2026-03-01")

    (found,) = caught.value.diagnostics
    assert found.code == "GDL718"
    assert "(2026-01-01)" in found.message


def test_an_age_has_no_day_of_its_own() -> None:
    with pytest.raises(PatientError) as caught:
        on({LONG: so("2026-01-01")}, "2026-03-01")

    (found,) = caught.value.diagnostics
    assert found.code == "GDL717"


def test_what_follows_is_not_shown_as_stated() -> None:
    stated = on({"numbness": so("2026-01-01")}, "2026-03-01")

    assert dict(stated.recorded) == {"numbness": True}
