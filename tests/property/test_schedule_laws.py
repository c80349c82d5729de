"""Laws of schedules: where two meet, and the days of one, whatever its phases are."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise

from attrs import evolve
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from b12guide.frozen import spelled
from b12guide.regimen.burden import burden, in_turn
from b12guide.regimen.model import (
    Every,
    ForDoses,
    ForTime,
    Phase,
    Regimen,
    Times,
    Until,
)
from b12guide.regimen.schedule import (
    DoseDay,
    Pending,
    Stretch,
    Window,
    is_counted,
    periods,
    shifted,
)
from b12guide.resources import read
from b12guide.show.timeline_data import timeline_to_json
from b12guide.show.timeline_page import timeline_page
from b12guide.show.timeline_svg import timeline_to_svg
from b12guide.show.to_text import to_text
from b12guide.timeline.model import EntryKind
from b12guide.values.duration import DurationRange, TimeUnit
from tests.strategies.schedules import (
    DAY,
    MONTH,
    WEEK,
    YEAR,
    days,
    happenings,
    phases,
    regimens,
    related,
    to_come,
    writable,
    written,
)
from tests.unit.timeline.test_plan_schedules import guideline, timeline_of

_DAY = dt.timedelta(days=1)


def later(day: dt.date, years: int) -> dt.date:
    return dt.date(day.year + years, day.month, min(day.day, 28))


# ------------------------------------------------------------------------ two that meet


def shown(phase: Phase | None) -> str:
    """A phase with the units in which it is printed, which equality leaves out."""
    return spelled(phase)


@given(related(2))
def test_it_does_not_matter_which_of_two_stands_first(
    found: tuple[Phase, Phase],
) -> None:
    one, two = found

    assert shown(one.intersection(two)) == shown(two.intersection(one))


@given(related(3))
def test_it_does_not_matter_which_of_three_meet_first(
    found: tuple[Phase, Phase, Phase],
) -> None:
    one, two, three = found
    first, second = one.intersection(two), two.intersection(three)
    left = None if first is None else first.intersection(three)
    right = None if second is None else one.intersection(second)

    assert shown(left) == shown(right)


@given(phases(), st.sampled_from([DAY, WEEK, MONTH, YEAR]))
def test_once_in_a_time_is_every_such_time(phase: Phase, unit: TimeUnit) -> None:
    time = DurationRange(Fraction(1), Fraction(1), unit)
    once = evolve(phase, frequency=Times(1, 1, time))

    assert shown(once) == shown(evolve(phase, frequency=Every(time)))


@given(phases())
def test_what_one_leaves_open_the_other_decides(phase: Phase) -> None:
    for opened in (
        evolve(phase, route=None),
        evolve(phase, frequency=None),
        evolve(phase, bound=None),
        evolve(phase, after=()),
    ):
        assert shown(opened.intersection(phase)) == shown(phase)


@given(phases())
def test_a_phase_meets_itself_in_itself(phase: Phase) -> None:
    assert shown(phase.intersection(phase)) == shown(phase)
    assert phase in evolve(phase)


@given(related(2))
def test_where_two_meet_both_are_followed(found: tuple[Phase, Phase]) -> None:
    one, two = found
    met = one.intersection(two)
    if met is None:
        return

    assert met in one
    assert met in two
    assert {*one.after, *two.after} == {*met.after}


# --------------------------------------------------------------------------- its days


@st.composite
def laid_out(
    draw: st.DrawFn, *, exact: bool = False
) -> tuple[Regimen, dt.date, dict[str, dt.date]]:
    start = draw(days)
    return draw(regimens(exact=exact)), start, draw(happenings(start))


LaidOut = tuple[Regimen, dt.date, dict[str, dt.date]]


def end_of(stretch: Stretch, events: Mapping[str, dt.date]) -> dt.date | None:
    """The last day on which a dose may lie, by hand."""
    begins, bound = stretch.begins, stretch.phase.bound
    assert begins is not None
    match bound:
        case ForTime(length=length):
            end = shifted(begins.latest, length.high, length.unit)
            return None if end is None else end - _DAY
        case Until(event=event):
            return events.get(event)
        case _:
            return None


@given(laid_out())
def test_no_dose_lies_past_the_end_of_its_phase(found: LaidOut) -> None:
    regimen, start, events = found
    schedule = regimen.doses_due(start, events=events, until=later(start, 1))

    for stretch in schedule.stretches:
        if isinstance(stretch.phase.bound, ForDoses):
            assert len(stretch.doses) <= stretch.phase.bound.count
        if stretch.begins is None:
            assert stretch.doses == ()
            continue
        end = end_of(stretch, events)
        for dose in stretch.doses:
            assert end is None or dose.window.latest <= end
            assert dose.window.earliest <= dose.window.latest
            assert stretch.begins.earliest <= dose.window.earliest <= schedule.until


@given(laid_out())
def test_doses_and_phases_follow_each_other(found: LaidOut) -> None:
    regimen, start, events = found
    schedule = regimen.doses_due(start, events=events, until=later(start, 1))

    assert [s.phase for s in schedule.stretches] == list(regimen.phases)
    for stretch in schedule.stretches:
        assert [d.number for d in stretch.doses] == [
            n for n, _ in enumerate(stretch.doses, start=1)
        ]
    # A phase that may be over early lets the next one begin beside what it may leave out.
    for one, two in pairwise(d for d in schedule.doses if not d.is_optional):
        assert one.window.earliest <= two.window.earliest
        if one.stage != two.stage:
            assert one.window.earliest < two.window.earliest


@given(laid_out())
def test_no_phase_begins_before_any_event_that_it_waits_for(found: LaidOut) -> None:
    regimen, start, events = found
    schedule = regimen.doses_due(start, events=events, until=later(start, 1))

    waits: set[str] = set()
    for stretch in schedule.stretches:
        waits |= {name for name in stretch.phase.after if name not in events}
        if stretch.begins is not None:
            assert not waits
            assert all(
                events[n] <= stretch.begins.earliest for n in stretch.phase.after
            )
        elif stretch.pending is Pending.EVENT:
            assert set(stretch.waits_for) == waits
        if stretch.open_end is not None:
            assert all(dose.is_open for dose in stretch.doses)
            waits.add(stretch.open_end)


@given(laid_out(), st.integers(0, 500), st.integers(0, 500))
def test_a_later_last_day_only_adds_doses(
    found: LaidOut, short: int, more: int
) -> None:
    regimen, start, events = found
    until = start + dt.timedelta(days=short)
    few = regimen.doses_due(start, events=events, until=until).doses
    many = regimen.doses_due(start, events=events, until=until + more * _DAY).doses

    assert few == tuple(dose for dose in many if dose.window.earliest <= until)


@given(laid_out())
def test_every_phase_has_days_or_a_reason_for_having_none(found: LaidOut) -> None:
    regimen, start, events = found
    schedule = regimen.doses_due(start, events=events, until=later(start, 1))

    for stretch in schedule.stretches:
        assert (stretch.begins is None) is (stretch.pending is not None)
        if stretch.pending is Pending.EVENT:
            assert stretch.waits_for
        if stretch.begins is not None and not stretch.doses:
            is_late = stretch.begins.earliest > schedule.until
            bound = stretch.phase.bound
            assert is_late or (
                isinstance(bound, Until)
                and events[bound.event] < stretch.begins.earliest
            )


# ------------------------------------------------------------- whoever follows it


def day_of(dose: DoseDay) -> dt.date:
    return dose.spread or dose.window.earliest


@given(laid_out(exact=True))
def test_doses_given_on_their_days_belong_to_their_phases(found: LaidOut) -> None:
    regimen, start, events = found
    schedule = regimen.doses_due(start, events=events, until=later(start, 1))
    given_days = [day_of(dose) for dose in schedule.doses]
    # Without a frequency, or with an end that nobody recorded, a dose says little of its phase.
    assume(all(p.frequency is not None for p in regimen.phases))

    placed = regimen.stages(given_days, events)

    assert [(s.stage, s.number) if s else None for s in placed] == [
        (dose.stage, dose.number) for dose in schedule.doses
    ]


@given(phases(), days, st.data())
def test_doses_given_on_their_days_fill_their_periods(
    phase: Phase, start: dt.date, data: st.DataObject
) -> None:
    events = data.draw(happenings(start))
    assume(not is_counted(phase))
    alone = Regimen((evolve(phase, after=()),))
    until = later(start, 1)
    due = alone.doses_due(start, events=events, until=until + 400 * _DAY)
    wanted = [
        p
        for p in periods(phase, start, events=events, until=until)
        if p.last <= until or p.high is None
    ]

    for pick in (lambda d: d.window.earliest, day_of):
        given_days = [pick(dose) for dose in due.doses]
        for period in wanted:
            inside = sum(period.first <= day <= period.last for day in given_days)
            if phase.frequency is None:
                assert inside >= min(1, period.low)
            else:
                assert inside >= period.low
                assert period.high is None or inside <= period.high


@given(regimens(exact=True))
def test_the_burden_of_a_year_is_the_number_of_its_doses(regimen: Regimen) -> None:
    # Of other phases the burden is a range: nothing says how often, or when the next begins.
    assume(not any(isinstance(p.bound, Until) for p in in_turn([regimen])))
    assume(all(p.frequency or p.is_single_dose for p in regimen.phases))
    start = dt.date(2026, 1, 1)
    found = burden(None, regimen)
    happened = {name: dt.date.min for phase in regimen.phases for name in phase.after}
    schedule = regimen.doses_due(start, events=happened, until=dt.date(2036, 1, 1))

    for number, year in enumerate(found.years, start=1):
        inside = [dose for dose in schedule.doses if day_of(dose).year == 2025 + number]
        sure = [dose for dose in inside if not dose.is_optional]
        if not any(is_counted(phase) for phase in regimen.phases):
            assert [year.doses.low, year.doses.high] == [len(sure), len(inside)]


# ------------------------------------------------------------ from text to every surface


@settings(max_examples=max(30, settings().max_examples // 2))
@given(st.lists(regimens(), min_size=1, max_size=2), regimens(), st.data())
def test_a_written_schedule_is_on_its_timeline_in_every_form(
    loads: list[Regimen], maintains: Regimen, data: st.DataObject
) -> None:
    loads = [writable(one) for one in loads]
    maintains = writable(maintains)
    start = data.draw(days)
    events = to_come(data.draw(happenings(start)), start)
    text = guideline(
        "load " + " or ".join(map(written, loads)), f"maintain {written(maintains)}"
    )
    # IU are no unit of a drug that is measured by mass.
    assume(" IU" not in text)
    found = timeline_of(text, start, events=events)
    answer = found.recommendation

    assert [o.advice for o in answer.loading.options] == list(dict.fromkeys(loads))
    assert [o.advice for o in answer.maintenance.options] == [maintains]
    first = Regimen((*loads[0].phases, *maintains.phases))
    due = first.doses_due(start, events=events, until=found.until)
    on_it = [
        e for e in found.entries if e.kind is EntryKind.DOSE and e.window is not None
    ]
    windows = [w for e in on_it for w in e.further or (e.window,)]
    assert sorted(map(ends, windows)) == sorted(ends(d.window) for d in due.doses)
    assert sum(len(r.phases) for r in (loads[0], maintains)) <= len(
        {(e.decision, e.stage) for e in found.entries if e.kind is EntryKind.DOSE}
    ) + sum(is_over(s) for s in due.stretches)
    if len({*loads}) > 1:
        assert "another choice" in to_text(timeline_page(found)).lower()
    SCHEMA.validate(json.loads(json.dumps(timeline_to_json(found))))
    assert "</svg>" in timeline_to_svg(found)


def ends(window: Window | None) -> tuple[dt.date, dt.date]:
    assert window is not None
    return (window.earliest, window.latest)


def is_over(stretch: Stretch) -> bool:
    """Whether a phase is over before it begins."""
    return stretch.begins is not None and not stretch.doses


SCHEMA = Draft202012Validator(json.loads(read("schema", "timeline.schema.json")))
