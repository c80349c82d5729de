"""Laws of adherence over time: its states are the findings of the audit, laid on the calendar."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from b12guide import load
from b12guide.audit.finding import FindingRow, Gravity
from b12guide.audit.periods import AdherencePeriod, AdherencePeriods, PeriodState
from b12guide.truth import Truth
from tests.clinical.dosing import Rows
from tests.clinical.people import known_people
from tests.property.test_audit_laws import some_histories, treated_people

GUIDELINE = load("mecobalamin_im")
_WEIGHTY = {Gravity.VIOLATION, Gravity.WARNING}


def kept(
    facts: dict[str, Any], rows: Rows, on: str, every: str, start: str = "first event"
) -> AdherencePeriods:
    patient = {"facts": facts, "otherwise": "absent"}
    return GUIDELINE.adherence(patient, rows, on=on, every=every, start=start)


def stretches(row: FindingRow) -> tuple[tuple[dt.date, dt.date], ...]:
    return row.lasts or ((row.on, row.on),)


def touches(row: FindingRow, one: AdherencePeriod) -> bool:
    return any(first < one.stop and last >= one.start for first, last in stretches(row))


@given(known_people() | treated_people(), some_histories(), st.integers(1, 90))
def test_a_rule_is_departed_from_where_the_audit_finds_a_violation_or_warning(
    facts: dict[str, Any], history: tuple[Rows, str], days: int
) -> None:
    rows, on = history
    found = kept(facts, rows, on, f"{days} days")
    of_rule: dict[str, list[FindingRow]] = {}
    for finding in found.audit.findings:
        for row in finding.rows:
            of_rule.setdefault(row.rule.name, []).append(row)

    for one in found.periods:
        weighty = [
            row
            for row in of_rule.get(one.rule.name, ())
            if row.gravity in _WEIGHTY and touches(row, one)
        ]
        if one.state is PeriodState.DEPARTS:
            assert set(one.rows) <= set(weighty)
            assert one.rows
        if one.state is PeriodState.ADHERES:
            # What began earlier lasts only as long as the rule binds.
            begun = [stretches(row)[0][0] for row in weighty]

            assert all(not one.start <= first < one.stop for first in begun)
    for name, each in of_rule.items():
        periods = found.of(name) if name in found.rules else ()
        for row in each:
            first = stretches(row)[0][0]
            home = [p for p in periods if p.start <= first < p.stop]
            if row.gravity in _WEIGHTY and home:
                assert home[0].state in {PeriodState.DEPARTS, PeriodState.UNDECIDABLE}


@given(known_people() | treated_people(), some_histories())
def test_stretches_of_findings_lie_between_their_day_and_that_of_the_audit(
    facts: dict[str, Any], history: tuple[Rows, str]
) -> None:
    rows, on = history
    found = kept(facts, rows, on, "1 month")

    for finding in found.audit.findings:
        for row in finding.rows:
            for first, last in row.lasts:
                assert row.on <= first <= last <= dt.date.fromisoformat(on)


@given(
    known_people() | treated_people(),
    some_histories(),
    st.integers(1, 45),
    st.sampled_from(("first event", "rule applies")),
)
def test_an_interval_is_the_sum_of_its_halves(
    facts: dict[str, Any], history: tuple[Rows, str], days: int, start: str
) -> None:
    rows, on = history
    halves = kept(facts, rows, on, f"{days} days", start)
    wholes = kept(facts, rows, on, f"{2 * days} days", start)

    assert halves.rules == wholes.rules
    for name in wholes.rules:
        parts = halves.of(name)
        for one in wholes.of(name):
            states = {p.state for p in parts[2 * one.period : 2 * one.period + 2]}
            departs = PeriodState.DEPARTS

            assert (departs in states) is (one.state is departs)
            if one.state is PeriodState.NOT_APPLICABLE:
                assert states == {PeriodState.NOT_APPLICABLE}
            if one.state is PeriodState.NO_RECORD:
                assert PeriodState.ADHERES not in states


@given(known_people() | treated_people(), some_histories(), st.integers(1, 60))
def test_intervals_follow_one_another_up_to_the_day_of_the_audit(
    facts: dict[str, Any], history: tuple[Rows, str], days: int
) -> None:
    rows, on = history
    found = kept(facts, rows, on, f"{days} days", "rule applies")

    for name in found.rules:
        periods = found.of(name)

        assert [p.period for p in periods] == [*range(len(periods))]
        assert periods[0].tstart == 0
        assert [p.stop for p in periods[:-1]] == [p.start for p in periods[1:]]
        assert periods[-1].stop == dt.date.fromisoformat(on) + dt.timedelta(days=1)
        assert all((p.stop - p.start).days == p.tstop - p.tstart for p in periods)
        # Once departed, always departed from; never unsure again.
        ever = [p.departed is Truth.TRUE for p in periods]

        assert ever == sorted(ever)


@given(known_people() | treated_people(), some_histories())
@settings(max_examples=15)
def test_what_is_remembered_of_others_changes_no_interval(
    facts: dict[str, Any], history: tuple[Rows, str]
) -> None:
    rows, on = history
    patient = {"facts": facts, "otherwise": "absent"}
    fresh = load("mecobalamin_im").adherence(patient, rows, on=on, every="1 month")
    found = kept(facts, rows, on, "1 month")

    assert found.rows() == fresh.rows()
    assert [one.lasts for p in found.periods for one in p.rows] == [
        one.lasts for p in fresh.periods for one in p.rows
    ]
