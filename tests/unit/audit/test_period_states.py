"""How a rule was kept, interval by interval: histories worked out by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from b12guide import Guideline, load
from b12guide.audit.periods import (
    AdherencePeriod,
    AdherencePeriods,
    FollowUp,
    Grid,
    PeriodState,
)
from b12guide.errors import ArgumentError, PatientError, UnknownNameError
from b12guide.truth import Truth
from b12guide.values.duration import TimeUnit
from tests.clinical.asking import ADULT
from tests.clinical.dosing import LOADED, Rows, alternate_days, checked, injected

A, D, U = PeriodState.ADHERES, PeriodState.DEPARTS, PeriodState.UNDECIDABLE
N, R = PeriodState.NOT_APPLICABLE, PeriodState.NO_RECORD
DONE = {**ADULT, "loading_complete": True}


@pytest.fixture(scope="module")
def guideline() -> Guideline:
    return load("mecobalamin_im")


def kept(
    guideline: Guideline,
    rows: Rows,
    on: str,
    *,
    facts: dict[str, Any] = DONE,
    otherwise: str = "absent",
    **how: Any,
) -> AdherencePeriods:
    """The intervals of a history, of a month each unless something else is asked."""
    patient = {"facts": facts, "otherwise": otherwise}
    return guideline.adherence(patient, rows, on=on, **{"every": "1 month", **how})


def states(found: AdherencePeriods, rule: str) -> list[PeriodState]:
    return [period.state for period in found.of(rule)]


def test_a_late_dose_departs_from_the_day_after_the_tolerance_to_the_day_before_it(
    guideline: Guideline,
) -> None:
    # Due by 6 April, in time until 13 April, given on 30 May.
    rows = injected("2025-01-06", "2025-05-30")
    found = kept(guideline, rows, "2025-06-30", rules="maintenance_standard")
    days = kept(
        guideline, rows, "2025-06-30", every="1 day", rules="maintenance_standard"
    )
    departs = [day.start for day in days.periods if day.state is D]

    assert states(found, "maintenance_standard") == [A, A, A, D, D, A]
    assert (departs[0], departs[-1]) == (dt.date(2025, 4, 14), dt.date(2025, 5, 29))
    assert len(departs) == 46


def test_a_dose_inside_the_tolerance_is_in_time(guideline: Guideline) -> None:
    rows = injected("2025-01-06", "2025-04-13")

    usual = kept(guideline, rows, "2025-04-30", rules="maintenance_standard")
    strict = kept(
        guideline,
        rows,
        "2025-04-30",
        rules="maintenance_standard",
        tolerance="strict",
        every="1 day",
    )
    departs = [day.start for day in strict.periods if day.state is D]

    assert set(states(usual, "maintenance_standard")) == {A}
    assert departs == [dt.date(2025, 4, day) for day in range(7, 13)]


def test_a_dose_that_never_comes_departs_to_the_day_of_the_audit(
    guideline: Guideline,
) -> None:
    found = kept(
        guideline, injected("2025-01-06"), "2025-07-01", rules="maintenance_standard"
    )

    assert states(found, "maintenance_standard") == [A, A, A, D, D, D]
    assert found.periods[-1].stop == dt.date(2025, 7, 2)


def test_the_intervals_are_counted_from_the_first_day_and_the_last_is_cut(
    guideline: Guideline,
) -> None:
    rows = injected("2025-01-31", "2025-03-20")
    found = kept(guideline, rows, "2025-04-10", rules="maintenance_standard")
    told = [(p.period, p.tstart, p.tstop, p.start, p.stop) for p in found.periods]

    assert told == [
        (0, 0, 28, dt.date(2025, 1, 31), dt.date(2025, 2, 28)),
        (1, 28, 59, dt.date(2025, 2, 28), dt.date(2025, 3, 31)),
        (2, 59, 70, dt.date(2025, 3, 31), dt.date(2025, 4, 11)),
    ]


def test_a_rule_that_comes_to_apply_is_judged_on_the_part_in_which_it_does(
    guideline: Guideline,
) -> None:
    rows = [
        *injected("2025-01-06", "2025-03-10", "2025-05-12"),
        {"on": "2025-03-20", "event": "paresthesia"},
    ]
    facts = {**DONE, "paresthesia": None}
    del facts["paresthesia"]
    found = kept(guideline, rows, "2025-06-05", facts=facts)
    own = kept(guideline, rows, "2025-06-05", facts=facts, start="rule applies")
    first = own.of("maintenance_neurological")[0]

    assert states(found, "maintenance_neurological")[:2] == [N, N]
    assert states(found, "maintenance_neurological")[2] is not N
    assert [p.eligible for p in found.of("maintenance_neurological")][:4] == [
        *[Truth.FALSE] * 3,
        Truth.TRUE,
    ]
    assert (first.start, first.tstart, first.eligible) == (
        dt.date(2025, 3, 20),
        0,
        Truth.TRUE,
    )


def test_what_is_not_known_is_never_kept(guideline: Guideline) -> None:
    facts = {"age": 50, "b12_deficiency": True, "loading_complete": True}
    found = kept(
        guideline,
        injected("2025-01-06"),
        "2025-03-05",
        facts=facts,
        otherwise="unknown",
    )

    assert set(states(found, "maintenance_standard")) == {U}
    assert {p.departed for p in found.of("maintenance_standard")} == {Truth.UNKNOWN}
    assert {p.cells()["adheres"] for p in found.of("maintenance_standard")} == {None}
    assert {p.cells()["eligible"] for p in found.of("maintenance_standard")} == {None}


def test_a_late_dose_departs_only_from_rules_that_are_known_to_apply(
    guideline: Guideline,
) -> None:
    facts = {name: value for name, value in DONE.items() if name != "egfr"}
    rows = injected("2025-01-06", "2025-05-30")
    found = kept(guideline, rows, "2025-06-30", facts=facts)
    rows_of = {
        row.rule.name: row for f in found.audit.findings for row in f.rows if row.lasts
    }

    assert rows_of["renal_maintenance"].gravity.value == "violation"
    assert states(found, "maintenance_standard")[3] is D
    assert set(states(found, "renal_maintenance")) == {U}


def test_without_a_test_on_record_there_is_nothing_to_judge_by(
    guideline: Guideline,
) -> None:
    rows = injected("2025-01-06", "2025-03-06", "2025-05-06")
    found = kept(guideline, rows, "2025-06-30")

    # Nothing says when a level was taken before the next dose.
    assert set(states(found, "trough")) == {R}
    # A test that is not due yet is not missing; one that is, is: due on 6 April, and 14 days.
    assert states(found, "three_month_check") == [A, A, A, D, D, D]
    assert set(states(found, "first_year")) == {A}
    # Yearly checks are counted from an event that nobody recorded.
    assert set(states(found, "yearly_check")) == {R}


def test_a_record_counts_from_its_own_day_on(guideline: Guideline) -> None:
    rows = [*injected("2025-01-06", "2025-03-06", "2025-05-06"), *checked("2025-03-06")]
    found = kept(guideline, rows, "2025-06-05")

    assert states(found, "iron_status") == [R, R, A, A, A]


def test_a_test_that_comes_late_ends_what_was_missing(guideline: Guideline) -> None:
    rows = [*injected("2025-01-06", "2025-03-06", "2025-05-06"), *checked("2025-05-20")]
    found = kept(
        guideline, rows, "2025-06-30", rules="three_month_check", every="1 day"
    )
    departs = [day.start for day in found.periods if day.state is D]

    assert (departs[0], departs[-1]) == (dt.date(2025, 4, 21), dt.date(2025, 5, 19))


def test_one_wrong_dose_departs_on_its_day_and_a_course_as_long_as_it_runs(
    guideline: Guideline,
) -> None:
    renal = {**DONE, "egfr": "35 mL/min"}
    dose = injected("2025-01-06", drug="hydroxocobalamin") + injected(
        "2025-03-10", drug="cyanocobalamin"
    )
    course: Rows = [
        *injected("2025-01-06"),
        {
            "on": "2025-02-10",
            "start": "cyanocobalamin",
            "amount": "1000 µg",
            "route": "oral",
        },
        {"on": "2025-04-20", "stop": "cyanocobalamin"},
    ]
    once = kept(guideline, dose, "2025-05-30", facts=renal, rules="renal_form")
    long = kept(guideline, course, "2025-06-30", facts=renal, rules="renal_form")

    assert states(once, "renal_form") == [A, A, D, A, A]
    assert states(long, "renal_form") == [A, D, D, D, A, A]


def test_from_the_first_departure_on_whoever_is_to_keep_the_rule_is_censored(
    guideline: Guideline,
) -> None:
    rows = injected("2025-01-06", "2025-05-30")
    found = kept(guideline, rows, "2025-06-30", rules="maintenance_standard")
    cells = [(p.cells()["adheres"], p.cells()["censored"]) for p in found.periods]

    assert cells == [(1, 0), (1, 0), (1, 0), (0, 1), (0, 1), (1, 1)]


def test_loading_departs_where_a_dose_of_it_is_late_or_missing(
    guideline: Guideline,
) -> None:
    late = injected(*alternate_days("2025-01-06", 3), "2025-01-20", "2025-01-22")
    found = kept(
        guideline,
        late,
        "2025-02-10",
        facts=ADULT,
        every="7 days",
        rules="loading_standard",
    )
    fine = kept(
        guideline,
        LOADED,
        "2025-02-10",
        facts=ADULT,
        every="7 days",
        rules="loading_standard",
    )

    assert D in states(found, "loading_standard")
    assert D not in states(fine, "loading_standard")


def test_withheld_until_it_may_be_given(guideline: Guideline) -> None:
    rows: Rows = [
        {"on": "2025-01-06", "start": "folic_acid", "amount": "5 mg"},
        *injected("2025-02-10"),
    ]
    facts = {**ADULT, "folate_deficiency": True}
    found = kept(guideline, rows, "2025-05-30", facts=facts, rules="folate_gate")

    assert found.periods[0].state is D
    assert found.periods[0].rows[0].gravity.value == "violation"


def test_a_state_has_the_rows_that_decided_it_and_the_statements_behind(
    guideline: Guideline,
) -> None:
    rows = injected("2025-01-06", "2025-05-30")
    found = kept(guideline, rows, "2025-06-30", rules="maintenance_standard")
    late: AdherencePeriod = found.periods[3]

    assert [row.text for row in late.rows] == [
        "144 days passed between the doses of 2025-01-06 and 2025-05-30"
    ]
    assert (
        late.statements
        == guideline.graph.rules["maintenance_standard"].grounds.statements
    )
    assert found.periods[0].rows == ()


def test_outside_the_scope_nothing_is_judged(guideline: Guideline) -> None:
    facts = {"age": 5, "b12_deficiency": True, "inherited_cobalamin_defect": True}
    found = kept(guideline, injected("2025-01-06"), "2025-06-30", facts=facts)

    assert found.audit.scope is Truth.FALSE
    assert found.periods == ()


def test_follow_up_may_begin_on_a_given_day(guideline: Guideline) -> None:
    rows = injected("2025-01-06", "2025-05-30")
    how: dict[str, Any] = {"rules": "maintenance_standard"}
    given = kept(guideline, rows, "2025-06-30", start="2025-04-20", **how)
    never = kept(guideline, [], "2025-06-30", **how)

    # It is late already, from before the first day on.
    assert states(given, "maintenance_standard") == [D, D, A]
    assert never.periods == ()
    with pytest.raises(ArgumentError, match="no later than the day of the audit"):
        kept(guideline, rows, "2025-06-30", start=dt.date(2025, 7, 1), **how)


def test_only_the_families_that_are_looked_at_have_rules(guideline: Guideline) -> None:
    found = kept(
        guideline, injected("2025-01-06"), "2025-03-05", families=["monitoring"]
    )

    assert "three_month_check" in found.rules
    assert "maintenance_standard" not in found.rules


@pytest.mark.parametrize(
    "every", ["soon", "0 days", "-1 month", "30", "12 hours", 3, None]
)
def test_an_interval_is_a_length_of_whole_days(
    guideline: Guideline, every: Any
) -> None:
    with pytest.raises(
        ArgumentError, match=r"`every` has to be a length of whole days"
    ):
        kept(guideline, injected("2025-01-06"), "2025-03-05", every=every)


def test_there_are_not_more_intervals_than_anybody_looks_at(
    guideline: Guideline,
) -> None:
    with pytest.raises(ArgumentError, match="at most 10,000 intervals"):
        kept(guideline, LOADED, "2025-03-05", every="1 day", start="1800-01-01")


def test_lengths_are_read_as_elsewhere() -> None:
    read = {text: Grid.of(text).every for text in ("30 d", "4 weeks", "1 month", "1 y")}

    assert [one.unit for one in read.values()] == [
        TimeUnit.DAY,
        TimeUnit.WEEK,
        TimeUnit.MONTH,
        TimeUnit.YEAR,
    ]
    assert Grid.of("1 month", "rule applies").start is FollowUp.RULE
    assert Grid.of(Grid.of("1 month").every, FollowUp.RULE).start is FollowUp.RULE


def test_a_start_is_a_day_or_one_of_two_words(guideline: Guideline) -> None:
    with pytest.raises(ArgumentError, match="`start` has to be"):
        kept(guideline, LOADED, "2025-03-05", start=3)
    with pytest.raises(PatientError) as refused:
        kept(guideline, LOADED, "2025-03-05", start="whenever")

    assert "the day `start`" in refused.value.diagnostics[0].message


def test_a_rule_that_nothing_can_depart_from_has_no_intervals(
    guideline: Guideline,
) -> None:
    for name in ("homocysteine_target", "monthly", "neurological_review", "nothing"):
        with pytest.raises(UnknownNameError, match="that a history can depart from"):
            kept(guideline, LOADED, "2025-03-05", rules=name)


def test_the_long_form_is_rows_for_any_frame(guideline: Guideline) -> None:
    found = kept(guideline, LOADED, "2025-03-05", rules="folate_gate")

    assert found.rows()[0] == {
        "rule": "folate_gate",
        "period": 0,
        "tstart": 0,
        "tstop": 31,
        "start": dt.date(2025, 1, 6),
        "stop": dt.date(2025, 2, 6),
        "state": "adheres",
        "adheres": 1,
        "eligible": 1,
        "censored": 0,
    }


def test_a_departure_ends_where_the_rule_stops_applying(guideline: Guideline) -> None:
    # Late from 14 April on; from 25 April another rule holds, and the dose comes in June.
    rows = [
        *injected("2025-01-06", "2025-06-20"),
        {"on": "2025-04-25", "event": "paresthesia"},
    ]
    facts = {name: value for name, value in DONE.items() if name != "paresthesia"}
    found = kept(
        guideline,
        rows,
        "2025-06-30",
        facts=facts,
        every="1 day",
        rules="maintenance_without_neurology",
    )
    departs = [day.start for day in found.periods if day.state is D]

    assert departs == [dt.date(2025, 4, day) for day in range(14, 25)]
    assert {day.state for day in found.periods if day.start > departs[-1]} == {N}
    assert found.periods[-1].departed is Truth.TRUE
