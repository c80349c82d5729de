"""The tests that are due next, by each rule that asks for them and holds or may hold.

Single tests are held against those that were taken as an audit does it; of recurring tests the next
is counted from the last.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from attrs import evolve

from b12guide.audit.finding import Family, Missing, What
from b12guide.audit.knowledge import OPEN
from b12guide.audit.monitoring import (
    CheckTime,
    check_times,
    intervals_of,
    kept,
    served,
    start_of,
    taken_late,
    visits_are_over,
    waits_for_dose,
)
from b12guide.audit.replay import Replay
from b12guide.due.model import DueDays, DueTest
from b12guide.due.weighing import (
    Certainty,
    certainty,
    day_after,
    first_in_time,
    last_in_time,
)
from b12guide.evaluate.answer import RuleVerdict
from b12guide.graph.model import Monitoring, Rule
from b12guide.regimen.interval import longest, shortest
from b12guide.values.calendar import add

BEFORE_DOSE = "just before the next dose"
NO_DAY_PRINTED = "the guideline names no day for it"
ALREADY_TREATED = "treatment had begun before this record, so its months are not known"
FIRST_DOSE = "it is counted from the first dose"


def tests_due(replay: Replay) -> tuple[DueTest, ...]:
    """The tests that are due next or overdue, the earliest first; one day's tests together."""
    rules = [
        (rule, value)
        for rule, value in replay.targets.monitoring
        if not rule.optional
        and replay.verdict(rule, replay.on).verdict in OPEN
        and not visits_are_over(replay, value, replay.on)
    ]
    found = [
        *_singles(replay, rules),
        *(test for rule, value in rules for test in _recurring(replay, rule, value)),
        *(test for rule, value in rules for test in _without_day(replay, rule, value)),
    ]
    return tuple(sorted(_together([*_qualified(found)]), key=_place))


_Rules = Sequence[tuple[Rule, Monitoring]]


def _place(test: DueTest) -> tuple[bool, dt.date, tuple[str, ...], tuple[str, ...]]:
    day = test.days.recommended or test.days.latest
    return (day is None, day or dt.date.max, test.tests, test.rules)


# ----------------------------------------------------------------------- single tests


def _singles(replay: Replay, rules: _Rules) -> Iterator[DueTest]:
    """Of the single tests of each name those that are missing, and the next that is to come."""
    for (test, anchor), times in check_times(replay, rules, dt.date.max).items():
        taken = [t.on for t in replay.tests(test) if t.on > anchor]
        serving = served(replay, times, taken)
        spare = sorted(day for day in taken if day not in serving.values())
        for time in times:
            if time in serving:
                continue
            is_past = (replay.on - time.due).days > time.spare(replay)
            if is_past and taken_late(time, spare) is not None:
                continue
            for verdict, _ in time.rules:
                yield _single(replay, verdict, time, taken, is_past=is_past)
            if not is_past:
                break


def _single(
    replay: Replay,
    verdict: RuleVerdict,
    time: CheckTime,
    taken: Sequence[dt.date],
    *,
    is_past: bool,
) -> DueTest:
    spare = time.spare(replay)
    value = _monitoring(verdict)
    why = []
    if value.after is None and replay.was_treated_before:
        why.append(Missing(What.RECORD, ALREADY_TREATED))
    waits = waits_for_dose(replay, time.due, time.test)
    is_window = time.earliest != time.due
    return _test(
        replay,
        verdict,
        (time.test,),
        DueDays(
            earliest=time.earliest,
            recommended=time.earliest,
            latest=time.due,
            accepted_from=time.earliest if is_window else day_after(time.due, -spare),
            accepted_until=day_after(time.due, spare),
        ),
        is_past=is_past and not waits,
        last=max(taken, default=None),
        why=tuple(why),
    )


# ------------------------------------------------------------------------- recurring


def _recurring(replay: Replay, rule: Rule, value: Monitoring) -> Iterator[DueTest]:
    """The next of the recurring tests of a rule, those of one day together."""
    start, spare = start_of(replay, rule, value), replay.tolerance.tests
    if not value.recurring or start is None:
        return
    verdict = replay.verdict(rule, replay.on)
    intervals = intervals_of(value, start)
    for test in value.tests:
        done = sorted({t.on for t in replay.tests(test)})
        early = [day for day in done if (day - start).days <= spare]
        reference = max([start, *early]) if value.after is not None else start
        later = [day for day in done if day > reference]
        first = later[-1] if later else reference
        found = kept(intervals, first, spare)
        if found is None:  # no test is due any more
            continue
        recurrence, due = found
        length = longest(recurrence.every)
        soonest = add(first, shortest(recurrence.every)) or due
        until = last_in_time(first, due, length, spare)
        until = max(until, day_after(due, spare))
        earliest = day_after(first, 1) if recurrence.at_least else min(soonest, due)
        accepted = first_in_time(first, earliest, shortest(recurrence.every), spare)
        is_past = replay.on > until and not waits_for_dose(replay, due, test)
        if is_past and visits_are_over(replay, value, due):
            continue
        yield _test(
            replay,
            verdict,
            (test,),
            DueDays(
                earliest=earliest,
                recommended=due if recurrence.at_least else min(soonest, due),
                latest=due,
                accepted_from=max(min(accepted, earliest), day_after(first, 1)),
                accepted_until=until,
            ),
            is_past=is_past,
            last=done[-1] if done else None,
        )


# ------------------------------------------------------------------------ without a day


def _without_day(replay: Replay, rule: Rule, value: Monitoring) -> Iterator[DueTest]:
    """The tests that wait for an event, for the first dose, or for which no day is printed."""
    verdict = replay.verdict(rule, replay.on)
    done = [day for test in value.tests for day in (t.on for t in replay.tests(test))]
    last = max(done, default=None)
    if value.recurring and start_of(replay, rule, value) is not None:
        return
    is_waiting = value.after is not None and not _has_come(replay, value.after)
    if value.times or value.recurring:
        if value.times and replay.first is not None and not is_waiting:
            return
        text = "" if is_waiting else FIRST_DOSE
    elif value.once and done:
        return
    else:
        text = BEFORE_DOSE if value.before_next_dose else NO_DAY_PRINTED
    waits = (value.after,) if is_waiting and value.after is not None else ()
    test = _test(replay, verdict, value.tests, DueDays(), last=last, text=text)
    yield evolve(test, waits_for=waits)


def _has_come(replay: Replay, event: str) -> bool:
    return replay.knowledge.on(replay.on).stated.values.get(event) is True


# ------------------------------------------------------------------------------- parts


def _test(  # noqa: PLR0913 -- one argument for each thing that is told of a test
    replay: Replay,
    verdict: RuleVerdict,
    tests: tuple[str, ...],
    days: DueDays,
    *,
    is_past: bool = False,
    last: dt.date | None = None,
    text: str = "",
    why: tuple[Missing, ...] = (),
) -> DueTest:
    value = _monitoring(verdict)
    why = (*why, *replay.contradiction(verdict.rule, replay.on))
    sure: Certainty = certainty(replay, verdict, tests, why, Family.MONITORING)
    if value.before_next_dose and not text:
        text = BEFORE_DOSE
    return DueTest(
        days=days,
        overdue=sure.overdue(is_past=is_past),
        certain=sure.is_certain,
        why_open=sure.why_open,
        needs=sure.needs,
        text=text,
        rules=(verdict.rule.name,),
        tests=(*tests, *value.companions),
        monitoring=value,
        before_dose=value.before_next_dose,
        last=last,
    )


def _monitoring(verdict: RuleVerdict) -> Monitoring:
    value = verdict.rule.value
    assert isinstance(value, Monitoring)  # noqa: S101 -- chosen as one
    return value


def _qualified(found: Sequence[DueTest]) -> Iterator[DueTest]:
    """The tests, with what rules say of them that name no time of their own.

    `check serum_b12 with ferritin` and `check serum_b12 before the next dose` are about the tests
    that other rules ask for; where none does, they stand for themselves.
    """
    asked = [test for test in found if not _is_manner(test.monitoring)]
    manners = [test for test in found if _is_manner(test.monitoring)]
    for test in asked:
        about = [m for m in manners if set(m.monitoring.tests) & set(test.tests)]
        more = (name for m in about for name in m.monitoring.companions)
        is_before = any(m.before_dose for m in about)
        yield evolve(
            test,
            tests=tuple(dict.fromkeys((*test.tests, *more))),
            before_dose=test.before_dose or is_before,
            text=test.text or (BEFORE_DOSE if is_before else ""),
            rules=tuple(dict.fromkeys(n for t in (test, *about) for n in t.rules)),
        )
    known = {name for test in asked for name in test.tests}
    yield from (m for m in manners if not set(m.monitoring.tests) & known)


def _is_manner(value: Monitoring) -> bool:
    """Whether a rule only says how tests are done, and not when."""
    has_time = value.times or value.recurring or value.once or value.after
    says = value.before_next_dose or value.companions or value.never_alone
    return bool(says and not has_time)


def _together(found: Sequence[DueTest]) -> Iterator[DueTest]:
    """Tests of one rule on one day are one visit; of two rules alike, one line."""
    visits: dict[tuple[object, ...], DueTest] = {}
    for test in found:
        key = (
            test.rules,
            test.days,
            test.overdue,
            test.why_open,
            test.text,
            test.waits_for,
        )
        before = visits.get(key)
        if before is None:
            visits[key] = test
        else:
            names = tuple(dict.fromkeys((*before.tests, *test.tests)))
            visits[key] = evolve(before, tests=names)
    alike: dict[tuple[object, ...], DueTest] = {}
    for test in visits.values():
        key = (
            test.tests,
            test.days,
            test.overdue,
            test.why_open,
            test.text,
            test.waits_for,
        )
        before = alike.get(key)
        rules = test.rules if before is None else (*before.rules, *test.rules)
        alike[key] = evolve(test, rules=tuple(dict.fromkeys(rules)))
    yield from alike.values()
