"""What is due for patients of the shipped guidelines: days reckoned by hand from their sources."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

import b12guide
from b12guide import Due, PatientError, Truth
from b12guide.due.model import Counting, Timing

GUIDELINE = b12guide.load("mecobalamin_im")
OTHERWISE_WELL = {
    "age": "50 years",
    "egfr": "80 mL/min",
    "platelets": "250 x10^9/L",
    "bariatric_surgery": False,
    "bariatric_procedure": "none",
    "ileal_resection": "0 cm",
    "crohns_disease": False,
    "pregnancy": False,
}
NERVES = {**OTHERWISE_WELL, "b12_deficiency": True, "paresthesia": True}
MONDAY = dt.date(2026, 1, 5)


def doses(*days: str, **other: Any) -> list[dict[str, Any]]:
    plain = {"dose": "mecobalamin", "amount": "1000 µg", "route": "IM"}
    return [{"on": day, **plain, **other} for day in days]


LOADING = doses("2026-01-05", "2026-01-07", "2026-01-09", "2026-01-11", "2026-01-13")
PLATEAU = {"on": "2026-01-14", "event": "neurological_plateau"}


def due(history: list[dict[str, Any]], on: str, **facts: Any) -> Due:
    return GUIDELINE.due({**NERVES, **facts}, history, on=on)


def certain(answer: Due) -> list[tuple[str, str | None, str]]:
    """The doses that are certain: the rule, the recommended day, and the timing."""
    return [
        (
            dose.rules[0],
            None if (day := dose.days.recommended) is None else day.isoformat(),
            dose.timing(answer.on).value,
        )
        for dose in answer.doses
        if dose.certain
    ]


def test_on_alternate_days_the_next_dose_comes_two_days_later() -> None:
    answer = due(LOADING, "2026-01-14")

    assert certain(answer) == [("loading_neurological", "2026-01-15", "later")]
    assert answer.overdue is Truth.FALSE
    (phase,) = answer.phases
    assert (phase.stage, phase.doses, phase.since) == (1, 5, MONDAY)
    assert phase.ends_with == "neurological_plateau"
    assert answer.counted == 5
    assert answer.phase == phase


@pytest.mark.parametrize(
    ("on", "timing"),
    [
        ("2026-01-14", Timing.LATER),
        ("2026-01-15", Timing.NOW),
        ("2026-01-16", Timing.PERHAPS_OVERDUE),
    ],
)
def test_a_dose_is_later_then_now_then_perhaps_overdue(on: str, timing: Timing) -> None:
    """Perhaps, because the event that ends loading may have come without a record of it."""
    dose = due(LOADING, on).doses[0]

    assert dose.timing(dt.date.fromisoformat(on)) is timing


def test_that_the_event_is_denied_makes_it_overdue() -> None:
    answer = due(LOADING, "2026-01-16", neurological_plateau=False)

    assert answer.doses[0].overdue is Truth.TRUE


def test_after_the_plateau_maintenance_is_due_two_months_later() -> None:
    answer = due([*LOADING, PLATEAU], "2026-02-01")

    assert certain(answer) == [("maintenance_neurological", "2026-03-13", "later")]
    days = answer.doses[0].days
    assert (days.accepted_from, days.accepted_until) == (
        dt.date(2026, 3, 6),
        dt.date(2026, 3, 20),
    )


def test_the_day_after_the_tolerance_is_overdue_as_an_audit_says() -> None:
    history = [*LOADING, PLATEAU]
    in_time, late = due(history, "2026-03-20"), due(history, "2026-03-21")

    assert (in_time.overdue, late.overdue) == (Truth.FALSE, Truth.TRUE)
    for on, is_late in (("2026-03-20", False), ("2026-03-21", True)):
        found = GUIDELINE.audit(NERVES, history, on=on, families=["interval"])
        assert any(f.gravity.value == "violation" for f in found.findings) is is_late


def test_without_tolerance_the_printed_day_is_the_last() -> None:
    answer = GUIDELINE.due(
        NERVES, [*LOADING, PLATEAU], on="2026-03-14", tolerance="strict"
    )

    assert answer.overdue is Truth.TRUE
    assert answer.doses[0].days.accepted_until == dt.date(2026, 3, 13)


def test_nothing_given_is_due_from_the_day_of_the_reason() -> None:
    answer = due([], "2026-01-20", b12_deficiency={"value": True, "on": "2026-01-10"})

    (dose,) = answer.doses
    assert dose.days.recommended == dt.date(2026, 1, 10)
    assert dose.days.latest is None
    assert dose.overdue is Truth.TRUE
    assert "no day by which it has to begin" in dose.text


def test_without_a_day_of_the_reason_nobody_can_say_that_it_is_not_overdue() -> None:
    answer = due([], "2026-01-20")

    assert answer.overdue is Truth.UNKNOWN
    assert answer.doses[0].timing(answer.on) is Timing.NO_DAY


NO_NERVES = dict.fromkeys(
    (
        *("paresthesia", "numbness", "gait_disturbance", "cognitive_difficulty"),
        *("memory_problem", "other_neurological_symptom", "glossitis"),
    ),
    False,
)


def test_long_term_doses_without_a_day_of_the_reason_are_perhaps_overdue() -> None:
    answer = due([], "2026-01-20", **NO_NERVES, loading_complete=True)
    asked = [d for d in answer.doses if d.decision.value == "maintenance"]

    assert asked
    assert {dose.overdue for dose in asked if not dose.is_optional} == {Truth.UNKNOWN}


def test_a_dose_more_than_asked_for_does_not_count() -> None:
    five = ("2026-01-05", "2026-01-07", "2026-01-09", "2026-01-12", "2026-01-14")
    answer = due(doses(*five, "2026-01-16", "2026-01-17"), "2026-01-18", **NO_NERVES)

    *asked_for, extra = answer.given
    assert {dose.counting for dose in asked_for} == {Counting.COUNTS}
    assert extra.counting is Counting.DOES_NOT_COUNT
    assert "one more than" in extra.remarks[0].text


def test_a_dose_before_there_was_a_reason_does_not_count() -> None:
    answer = due(
        doses("2025-06-01", "2026-01-12"),
        "2026-01-13",
        b12_deficiency=[
            {"value": False, "on": "2025-05-01"},
            {"value": True, "on": "2026-01-10"},
        ],
        b12_treatment={"value": False, "on": "2025-05-01"},
    )

    first, second = answer.given
    assert first.counting is Counting.DOES_NOT_COUNT
    assert "gave no reason" in first.remarks[0].text
    assert second.counting is Counting.COUNTS


def test_another_amount_or_route_leaves_a_dose_in_doubt() -> None:
    history = [
        *LOADING,
        PLATEAU,
        *doses("2026-03-13", amount="100 µg"),
        *doses("2026-05-13", route="oral"),
    ]
    answer = due(history, "2026-05-14")

    *_, small, oral = answer.given
    assert (small.counting, oral.counting) == (Counting.IN_DOUBT, Counting.IN_DOUBT)
    assert "100 µg" in small.remarks[0].text
    assert "oral" in oral.remarks[0].text
    assert sum("counts" in one.text for one in answer.unsettled) == 2


def test_a_dose_of_no_amount_counts_with_a_remark() -> None:
    history = [{"on": "2026-01-05", "dose": "mecobalamin", "route": "IM"}]
    (dose,) = due(history, "2026-01-06").given

    assert dose.counting is Counting.COUNTS
    assert [one.text for one in dose.remarks] == [
        "the amount of the dose is not recorded"
    ]


def test_a_dose_that_came_late_counts_and_is_said_to_be_late() -> None:
    answer = due(doses("2026-01-05", "2026-01-12"), "2026-01-13")

    assert answer.given[1].counting is Counting.COUNTS
    assert answer.given[1].remarks[0].text == (
        "it came 5 days after its last day, 2026-01-07"
    )


def test_what_lies_after_the_day_is_left_aside_and_said_so() -> None:
    answer = due(LOADING, "2026-01-08")

    assert answer.next_dose is not None
    assert answer.next_dose.days.recommended == dt.date(2026, 1, 9)
    assert (answer.later, answer.counted) == (3, 2)
    assert any("3 of the events lie after" in notice for notice in answer.notices)


def test_a_dose_that_is_perhaps_overdue_is_told_before_one_that_is_later() -> None:
    answer = due(doses("2026-01-05", "2026-01-07"), "2026-01-14")

    assert [
        (one.decision.value, one.timing(answer.on).value) for one in answer.next_doses
    ] == [("loading", "perhaps overdue"), ("maintenance", "later")]
    assert answer.next_dose == answer.next_doses[0]
    head = answer.to_text().partition("Overdue ")[0]
    assert "Next dose  Loading dose 3: on 2026-01-09; perhaps overdue" in head
    assert "Or         Maintenance dose 1: on 2026-03-07; later" in head


def test_a_dose_that_is_overdue_for_certain_is_told_first() -> None:
    answer = due(doses("2026-01-05", "2026-01-07"), "2026-05-01")

    assert [
        (one.decision.value, one.timing(answer.on).value) for one in answer.next_doses
    ] == [("maintenance", "overdue"), ("loading", "perhaps overdue")]


def test_where_the_next_dose_is_known_nothing_stands_in_its_place() -> None:
    answer = due(LOADING, "2026-01-14")

    assert len(answer.next_doses) == 1
    assert "\nOr " not in answer.to_text()


def test_rules_that_ask_for_the_same_day_are_no_choice() -> None:
    given = doses("2026-01-05", dose="cyanocobalamin")
    facts = {"age": "50 years", "paresthesia": True, "b12_treatment": True}
    answer = GUIDELINE.due(
        {"facts": facts, "otherwise": "absent"}, given, on="2026-08-07"
    )

    assert len(answer.doses) > 1
    assert len(answer.next_doses) == 1


def test_a_dose_whose_drug_the_guideline_leaves_open_is_told_without_one() -> None:
    guideline = b12guide.load("aafp_2017")
    facts = {"age": "50 years", "bariatric_surgery": True}
    answer = guideline.due({"facts": facts, "otherwise": "absent"}, [], on="2026-01-05")

    assert answer.doses[0].drugs == ()
    for text in (answer.to_text(), answer.to_markdown(), answer.to_html()):
        assert "aintenance dose 1: 1000 µg by mouth" in text


def test_a_dose_of_no_rule_has_no_empty_brackets() -> None:
    answer = b12guide.load("bnf_2021").due(
        {"facts": {"age": "50 years", "b12_deficiency": True}, "otherwise": "absent"},
        doses("2026-01-05", dose="cyanocobalamin"),
        on="2026-03-02",
    )

    assert "does not count" in answer.to_text()
    assert "()" not in answer.to_text()


def test_nobody_for_whom_it_is_not_written_has_anything_due() -> None:
    answer = due(LOADING, "2026-01-20", age="10 years")

    assert answer.scope is Truth.FALSE
    assert (answer.doses, answer.tests, answer.phases) == ((), (), ())
    assert any("not written for this patient" in n for n in answer.notices)


def test_folic_acid_that_is_withheld_is_said_beside_the_schedule() -> None:
    answer = due(LOADING, "2026-01-14")

    assert any("no folic acid until" in one.text for one in answer.beside)


def test_single_tests_are_counted_from_the_first_dose() -> None:
    answer = due([*LOADING, PLATEAU], "2026-02-01")
    three_months = next(t for t in answer.tests if "three_month_check" in t.rules)

    assert three_months.days.recommended == dt.date(2026, 4, 5)
    assert three_months.days.accepted_until == dt.date(2026, 4, 19)
    assert three_months.before_dose
    assert {"serum_b12", "ferritin", "transferrin_saturation"} <= {*three_months.tests}


def test_a_test_that_was_done_gives_way_to_the_next() -> None:
    history = [*LOADING, PLATEAU, {"on": "2026-04-05", "test": "serum_b12"}]
    answer = due(history, "2026-04-20")
    first = next(t for t in answer.tests if "first_year" in t.rules)

    assert not any("three_month_check" in test.rules for test in answer.tests)
    assert first.days.recommended == dt.date(2026, 7, 5)
    assert first.last == dt.date(2026, 4, 5)


def test_a_drug_that_is_contraindicated_is_held_back_and_not_overdue() -> None:
    patient = {**NERVES, "cobalamin_hypersensitivity": True}
    history = doses("2026-01-05", dose="hydroxocobalamin")
    answer = b12guide.load("bnf_2021").due(patient, history, on="2026-01-08")
    asked = [dose for dose in answer.doses if "hydroxocobalamin" in dose.drugs]

    assert asked
    assert {dose.timing(answer.on) for dose in asked} == {Timing.HELD_BACK}
    assert {dose.overdue for dose in asked} == {Truth.FALSE}
    assert all("contraindicated" in dose.held_back[0].text for dose in asked)


def test_bare_numbers_are_refused_where_units_are_required() -> None:
    history = [{"on": "2026-01-05", "test": "serum_b12", "value": 100}]

    with pytest.raises(PatientError):
        GUIDELINE.due(NERVES, history, on=MONDAY, units="required")
    assert any(
        "no unit was given in the history" in n
        for n in due(history, "2026-01-06").notices
    )


def test_every_line_has_its_rule_and_its_statements() -> None:
    answer = due([*LOADING, PLATEAU], "2026-04-01")

    grounds = [one.rules for one in (*answer.doses, *answer.tests)]
    grounds += [one.rules for one in answer.beside]
    grounds += [one.rules for one in answer.given]
    assert all(grounds)
    assert all(map(answer.statements, grounds))


def test_a_row_that_cannot_be_read_may_be_a_dose() -> None:
    broken = [*LOADING, {"on": "2026-02-30", "dose": "mecobalamin"}]
    with pytest.raises(PatientError):
        due(broken, "2026-01-14")
    answer = GUIDELINE.due(NERVES, broken, on="2026-01-14", on_bad="skip")

    assert answer.overdue is Truth.UNKNOWN
    assert not any(dose.certain for dose in answer.doses)
    assert {item.overdue for item in (*answer.doses, *answer.tests)} == {Truth.UNKNOWN}
    assert "2026-02-30" in answer.unread[0].message
    assert any("2026-02-30" in one.text for one in answer.unsettled)
    assert Due.from_json(answer.to_json()) == answer


PAGE = (Path(__file__).parents[3] / "docs" / "due.md").read_text("utf-8")


def test_the_page_shows_what_the_code_on_it_gives() -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 -- the example of the page
    rows = re.findall(r"^\| `(.+?)` \| `(.+?)` \|$", PAGE, re.MULTILINE)
    told = [row for row in rows if "answer." in row[0] or "days." in row[0]]

    assert len(told) == 6
    for asked, said in told:
        assert str(eval(asked, names)) == said  # noqa: S307 -- what the page shows
