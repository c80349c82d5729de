"""Tests: whether each was done in time, before a dose, with its companions, and met its target."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from attrs import evolve, frozen

from b12guide.audit.departure import Departure, of_matter
from b12guide.audit.event import Given, Tested, clock
from b12guide.audit.finding import Family, Gravity, Missing, Stretch, What
from b12guide.audit.knowledge import Ruling
from b12guide.audit.replay import Replay
from b12guide.evaluate.answer import RuleVerdict
from b12guide.evaluate.facts import compare
from b12guide.graph.model import Decision, Monitoring, Recurrence, Rule, Target
from b12guide.regimen.interval import exceeds, longest, shortest
from b12guide.say.names import test_text
from b12guide.say.numbers import quantity_text
from b12guide.say.schedules import every_text
from b12guide.say.words import listing, plural
from b12guide.values.calendar import add

_DAY = dt.timedelta(days=1)

MonitoringRules = Sequence[tuple[Rule, Monitoring]]

_Due = tuple[str, dt.date, dt.date, dt.date]
"""A test, the last day on which it is due, the day that is counted from, and the first day."""


def monitoring_findings(replay: Replay) -> Iterator[Departure]:
    """Tests that are missing or late, and what is wrong with those that were done."""
    rules = replay.targets.asked_tests
    # What is missing of the same tests about the same time is one matter, whichever rule asks.
    since: dict[tuple[object, ...], dt.date] = {}
    absent = [*_singles(replay, rules), *_recurring(replay, rules)]
    for one in sorted(absent, key=lambda each: each.on):
        first = since.get(one.matter)
        if first is None or (one.on - first).days > replay.tolerance.tests:
            first = since[one.matter] = one.on
        yield of_matter(one, (*one.matter, first))
    for rule, value in rules:
        for test in value.tests:
            # One a day; those before the first dose watch no treatment.
            visits = {tested.on: tested for tested in reversed(replay.tests(test))}
            for day in sorted(visits):
                verdict = replay.open_verdict(rule, day)
                is_treated = replay.first is not None and day > replay.first
                if verdict is not None and is_treated:
                    yield from _visit(replay, verdict, value, visits[day])
    for rule, advice in replay.targets.not_checked:
        for test in advice.tests:
            yield from _needless(replay, rule, test)
    for rule, target in replay.targets.values:
        yield from _off_target(replay, rule, target)


# ---------------------------------------------------------------- at 3, 6 and 12 months


@frozen(eq=False)
class CheckTime:
    """A time at which a test was due, and the rules that say so.

    It is a day, about which the tolerance holds; or a window, whose ends are the guideline's own
    tolerance (M80).
    """

    test: str
    earliest: dt.date
    due: dt.date
    anchor: dt.date
    rules: tuple[tuple[RuleVerdict, str], ...]

    def spare(self, replay: Replay) -> int:
        """The days by which a test may be early or late."""
        return replay.tolerance.tests if self.earliest == self.due else 0


def _singles(replay: Replay, rules: MonitoringRules) -> Iterator[Departure]:
    """The single tests that were due by now, and that no test serves."""
    for (test, anchor), targets in check_times(replay, rules, replay.on).items():
        taken = [t.on for t in replay.tests(test) if t.on > anchor]
        serving = served(replay, targets, taken)
        spare = sorted(day for day in taken if day not in serving.values())
        for target in targets:
            due = target.due
            is_overdue = (replay.on - due).days > target.spare(replay)
            if target in serving or not is_overdue or waits_for_dose(replay, due, test):
                continue
            later = taken_late(target, spare)
            for verdict, when in target.rules:
                absent = _absent(replay, verdict, (test,), (anchor, due), when, later)
                if target.earliest != due:
                    absent = _of_window(replay, absent, target, when)
                asked = verdict.rule.value
                is_from_dose = isinstance(asked, Monitoring) and asked.after is None
                if is_from_dose and replay.was_treated_before:
                    text = "treatment had begun before this record, so its months are not known"
                    absent = evolve(absent, why=(Missing(What.RECORD, text),))
                yield absent


def check_times(
    replay: Replay, rules: MonitoringRules, until: dt.date
) -> Mapping[tuple[str, dt.date], Sequence[CheckTime]]:
    """The single tests that are due up to a day, by their names and what they are counted from.

    What is due after the day of the audit is due by what is known on that day.
    """
    said: dict[_Due, list[tuple[RuleVerdict, str]]] = {}
    for rule, value in rules:
        anchor = first_anchor(replay, value)
        if anchor is None:
            continue
        for least, most, text in replay.targets.check_times[rule.name]:
            due = add(anchor, most)
            if due is None or due > until:
                continue
            earliest = add(anchor, least) or due
            verdict = replay.open_verdict(rule, min(due, replay.on))
            if verdict is not None and not visits_are_over(replay, value, due):
                for test in value.tests:
                    key = (test, due, anchor, earliest)
                    said.setdefault(key, []).append((verdict, text))
    schedules: dict[tuple[str, dt.date], list[CheckTime]] = {}
    for key, asking in sorted(said.items(), key=lambda each: each[0]):
        test, due, anchor, earliest = key
        target = CheckTime(test, earliest, due, anchor, tuple(asking))
        schedules.setdefault((test, anchor), []).append(target)
    return schedules


def first_anchor(replay: Replay, value: Monitoring) -> dt.date | None:
    """The day from which single tests are counted; None where it has not come."""
    anchor = replay.first if value.after is None else replay.came(value.after)
    if value.during is Decision.MAINTENANCE:
        anchor = _later(anchor, replay.end_of_loading)
    return anchor


def taken_late(target: CheckTime, spare: Sequence[dt.date]) -> dt.date | None:
    """When a test came that serves no other time, if it came late and not as one of its own.

    One that came as late again as the time it was due after is one of its own.
    """
    later = next((day for day in spare if day > target.due), None)
    if later is not None and later - target.due >= target.due - target.anchor:
        return None
    return later


def served(
    replay: Replay, targets: Sequence[CheckTime], taken: Sequence[dt.date]
) -> Mapping[CheckTime, dt.date]:
    """Which test serves which target: as many targets as can be, each by a test of its own.

    So a test in the eleventh month never stands in for the third, the sixth and the twelfth. The
    matching is the largest there is, by augmenting paths: a target takes the nearest test, and
    one that had it before looks for another.
    """
    fits = {
        target: sorted(
            (
                day
                for day in set(taken)
                if target.earliest <= day <= target.due
                or _in_time(replay, target.due, day, target.test, target.spare(replay))
            ),
            key=lambda day, due=target.due: (abs((day - due).days), day),  # type: ignore[misc]
        )
        for target in targets
    }
    by_day: dict[dt.date, CheckTime] = {}

    def place(target: CheckTime, tried: set[dt.date]) -> bool:
        for day in fits[target]:
            if day in tried:
                continue
            tried.add(day)
            if day not in by_day or place(by_day[day], tried):
                by_day[day] = target
                return True
        return False

    for target in targets:
        place(target, set())
    return {target: day for day, target in by_day.items()}


def _of_window(
    replay: Replay, absent: Departure, target: CheckTime, when: str
) -> Departure:
    """What is missing of a window: said with both its ends."""
    window = f"from {target.earliest} to {target.due}"
    return evolve(
        absent,
        lasts=partial(_overdue, replay, (target.test,), target.due, 0),
        text=absent.text.replace(f"due on {target.due}", f"due {window}", 1),
        limit=when,
        clears=absent.clears.replace(f"on {target.due}", window, 1),
    )


def _absent(  # noqa: PLR0913, PLR0917 -- one argument for each thing that the finding tells
    replay: Replay,
    verdict: RuleVerdict,
    tests: Sequence[str],
    compared: tuple[dt.date, dt.date],
    when: str,
    later: dt.date | None = None,
) -> Departure:
    names = listing([test_text(replay.graph, test) for test in tests])
    due = compared[-1]
    was, is_ = ("was", "is") if len(tests) == 1 else ("were", "are")
    text = f"{names} {was} due on {due} and {is_} missing"
    if later is not None:
        late = plural((later - due).days, "day")
        text = f"{names} {was} due on {due} and came {late} late, on {later}"
    return Departure(
        on=due,
        family=Family.MONITORING,
        verdict=verdict,
        matter=("missing", frozenset(tests)),
        text=text,
        limit=f"{when}, within {plural(replay.tolerance.tests, 'day')}",
        compared=compared,
        clears=f"{names} on {due} or just before the dose nearest to it",
        about=frozenset(tests),
        why=tuple(replay.contradiction(verdict.rule, due)),
        lasts=partial(_overdue, replay, tests, due, replay.tolerance.tests),
    )


def _overdue(
    replay: Replay, tests: Sequence[str], due: dt.date, spare: int
) -> tuple[Stretch, ...]:
    """The days on which tests were overdue: until each of them was taken."""
    first = min(due + (spare + 1) * _DAY, replay.on)
    taken = [
        next((t.on - _DAY for t in replay.tests(name) if t.on >= first), replay.on)
        for name in tests
    ]
    return ((first, max(first, *taken)),)


# ------------------------------------------------------------------------- recurring


def _recurring(replay: Replay, rules: MonitoringRules) -> Iterator[Departure]:
    """The recurring tests that were due by now, those of one visit together."""
    for rule, value in rules:
        start = start_of(replay, rule, value)
        if not value.recurring or start is None:
            continue
        intervals, spare = intervals_of(value, start), replay.tolerance.tests
        missed: dict[tuple[dt.date, dt.date, Recurrence], list[str]] = {}
        for test in value.tests:
            done = replay.test_days.get(test, ())
            # A test shortly before the event that it waits for has seen what came of it.
            early = [day for day in done if (day - start).days <= spare]
            reference = max([start, *early]) if value.after is not None else start
            later = [day for day in done if day > reference]
            for first, second in zip([reference, *later], [*later, None], strict=True):
                last = replay.on if second is None else second
                found = kept(intervals, first, spare)
                if found is None:  # no test is due any more
                    continue
                recurrence, due = found
                length = longest(recurrence.every)
                is_late = exceeds(first, last, length, spare)
                if not is_late or (last - due).days <= spare:
                    continue
                if (
                    waits_for_dose(replay, due, test)
                    if second is None
                    else _in_time(replay, due, second, test)
                ):
                    continue
                missed.setdefault((first, due, recurrence), []).append(test)
        for (first, due, recurrence), tests in missed.items():
            verdict = replay.open_verdict(rule, due)
            if verdict is not None and not visits_are_over(replay, value, due):
                when = every_text(recurrence.every)
                yield _absent(replay, verdict, tests, (first, due), when)


Intervals = Sequence[tuple[Recurrence, dt.date, dt.date | None]]
"""Each interval with the day from which on it is kept, and the last day; None for no end."""


def intervals_of(value: Monitoring, start: dt.date) -> Intervals:
    """The intervals of a rule on the calendar, one after the other (M98)."""
    found: list[tuple[Recurrence, dt.date, dt.date | None]] = []
    begins: dt.date | None = start
    for one in value.recurring:
        if begins is None:
            break
        ends = None if one.lasts is None else add(begins, longest(one.lasts))
        found.append((one, begins, ends))
        begins = ends
    return found


def kept(
    intervals: Intervals, last: dt.date, spare: int
) -> tuple[Recurrence, dt.date] | None:
    """The interval that counts after a test on the day `last`, and when the next one is due.

    A test that would be due when its interval is no more kept, the tolerance aside, is due by the
    next one, counted from the same test and not before that begins.
    """
    for one, begins, ends in intervals:
        due = add(last, longest(one.every))
        is_past = ends is not None and last >= ends
        if due is None or is_past:
            continue
        due = max(due, begins)
        if ends is None or (due - ends).days <= spare:
            return one, due
    return None


def visits_are_over(replay: Replay, value: Monitoring, day: dt.date) -> bool:
    """Whether the visits of a rule have ended by a day, as far as the record tells."""
    if value.during is Decision.LOADING:
        ends = replay.end_of_loading
        if ends is not None and day > ends:
            return True
    return _is_so(replay, value.until, day)


def start_of(replay: Replay, rule: Rule, value: Monitoring) -> dt.date | None:
    """The day from which a recurring test is counted, in its part of the treatment."""
    if value.during is not Decision.MAINTENANCE:
        return _anchor(replay, rule, value)
    anchor = replay.first if value.after is None else _anchor(replay, rule, value)
    return _later(anchor, replay.end_of_loading)


def _later(one: dt.date | None, other: dt.date | None) -> dt.date | None:
    """The later of two days, once both have come."""
    return None if one is None or other is None else max(one, other)


def _anchor(replay: Replay, rule: Rule, value: Monitoring) -> dt.date | None:
    """The day from which a recurring test is counted.

    That is the event that it waits for or, where nobody recorded it, the last of the single
    checks of the same test; else the day on which there was reason for it.
    """
    first = replay.first
    if value.after is None:
        begun = replay.events[0].on if replay.events else None
        return replay.knowledge.since(rule, replay.on) or first or begun
    happened = replay.came(value.after)
    if happened is not None or first is None:
        return happened
    checks = [
        day
        for length in replay.targets.single_checks[rule.name]
        if (day := add(first, length)) is not None
    ]
    return max(checks, default=None)


def _is_so(replay: Replay, event: str | None, day: dt.date) -> bool:
    return replay.knowledge.on(day).stated.values.get(event or "") is True


# -------------------------------------------------------------------- about its time


def _in_time(
    replay: Replay, due: dt.date, day: dt.date, test: str, spare: int | None = None
) -> bool:
    """Whether a test was taken about when it was due, or just before the dose nearest to then."""
    if abs((day - due).days) <= (replay.tolerance.tests if spare is None else spare):
        return True
    nearest = nearest_dose(replay, due, test)
    return nearest is not None and 0 <= (nearest - day).days <= trough_window(replay)


def trough_window(replay: Replay) -> int:
    """How many days before a dose still are just before it: the day before at least."""
    return max(1, replay.tolerance.doses)


def nearest_dose(replay: Replay, day: dt.date, test: str) -> dt.date | None:
    """The dose before which a test that is due on `day` may be taken, if it belongs before one.

    It is the dose nearest to that day, the earlier of two, and within half an interval of it.
    """
    if not _belongs_before_dose(replay, test, day):
        return None
    index = bisect_left(replay.dose_days, day)
    around = replay.dose_days[max(index - 1, 0) : index + 1]
    nearest = min(around, key=lambda on: (abs((on - day).days), on), default=None)
    if nearest is None or 2 * abs((nearest - day).days) > _interval_days(replay, day):
        return None
    return nearest


def waits_for_dose(replay: Replay, due: dt.date, test: str) -> bool:
    """Whether a test that was due belongs before a dose that is still to come in its time."""
    if not replay.doses or not _belongs_before_dose(replay, test, due):
        return False
    last = replay.doses[-1].on
    interval = replay.interval_on(last)
    expected = None if interval is None else add(last, longest(interval))
    if last > due or expected is None or replay.on > expected:
        return False
    away = abs((expected - due).days)
    return away < (due - last).days and 2 * away <= _interval_days(replay, due)


def _interval_days(replay: Replay, day: dt.date) -> int:
    """The length in days of the longest interval between doses that the guideline allows."""
    interval = replay.interval_on(day)
    after = None if interval is None else add(day, longest(interval))
    return 0 if after is None else (after - day).days


def _belongs_before_dose(replay: Replay, test: str, day: dt.date) -> bool:
    return test in replay.knowledge.on(day).once(_before_dose)


def _before_dose(ruling: Ruling) -> frozenset[str]:
    """The tests that belong before a dose by some rule that binds, or may bind."""
    return frozenset(
        test
        for v in ruling.binding.get(Decision.MONITORING, ())
        if isinstance(v.rule.value, Monitoring) and v.rule.value.before_next_dose
        for test in v.rule.value.tests
    )


# ----------------------------------------------------------------- what was done, and how


def _visit(
    replay: Replay, verdict: RuleVerdict, value: Monitoring, tested: Tested
) -> Iterator[Departure]:
    """A test that was not taken just before a dose, or without those that belong to it."""
    test, day = tested.test, tested.on
    done = replay.tests_by_day[day]
    lacking = [other for other in value.companions if other not in done]
    is_off = value.before_next_dose and not _is_trough(replay, tested)
    # Where a companion is missing anyway, that is said above.
    is_alone = (
        value.never_alone
        and done == {test}
        and not any(
            other.companions
            and test in other.tests
            and replay.open_verdict(rule, day) is not None
            for rule, other in replay.targets.monitoring
        )
    )
    if not (lacking or is_off or is_alone):
        return
    name = test_text(replay.graph, test)
    plain = Departure(
        on=day,
        family=Family.MONITORING,
        verdict=verdict,
        matter=("visit", day, test),
        text="",
        about={test},
    )
    if is_off:
        index = bisect_right(replay.dose_days, day)
        before = replay.dose_days[index - 1] if index else day
        since = plural((day - before).days, "day")
        yield evolve(
            plain,
            like=("trough", test),
            text=f"{name} was measured {since} after a dose and not just before the next",
            common=f"{name} was not measured just before a dose",
            limit="on the day before a dose, or on its day before it is given",
            compared=(before, day),
            clears=f"{name} just before the next dose",
        )
    if lacking:
        names = listing(test_text(replay.graph, other) for other in lacking)
        asked = listing(test_text(replay.graph, other) for other in value.companions)
        yield evolve(
            plain,
            like=("companions", test, tuple(lacking)),
            text=f"{name} was measured without {names}",
            limit=f"with {asked}",
            clears=f"{names} on that day",
            about={test, *lacking},
        )
    if is_alone:
        text = "whether it was relied on alone is not recorded"
        yield evolve(
            plain,
            like=("alone", test),
            text=f"{name} was the only test of the day",
            limit="not to be relied on alone",
            clears="another test on that day",
            why=(Missing(What.RECORD, text),),
        )


def _needless(replay: Replay, rule: Rule, test: str) -> Iterator[Departure]:
    """Tests that were done although a rule advises against them; more than needed harms nobody."""
    name = test_text(replay.graph, test)
    for tested in replay.tests(test):
        verdict = replay.open_verdict(rule, tested.on)
        if verdict is not None:
            yield Departure(
                on=tested.on,
                family=Family.MONITORING,
                verdict=verdict,
                matter=("needless", tested.on, tested.row, test),
                like=("needless", test),
                text=f"{name} was measured",
                limit=f"do not check {name}",
                about={test},
                why=tuple(replay.contradiction(rule, tested.on)),
                ceiling=Gravity.INFO,
            )


def _is_trough(replay: Replay, tested: Tested) -> bool:
    """Whether a test was taken just before a dose, or when one was due, or cannot be judged."""
    if any(
        course.start.drug in replay.drugs and course.runs_after(tested.on)
        for course in replay.courses
    ):
        return True
    window = trough_window(replay)
    index = bisect_left(replay.dose_days, tested.on)
    while index < len(replay.doses) and not _is_after(replay.doses[index], tested):
        index += 1
    earlier, later = replay.doses[:index], replay.doses[index : index + 1]
    if later and (later[0].on - tested.on).days <= window:
        return True
    if not earlier:
        return True
    interval = replay.interval_on(tested.on)
    if interval is None:
        return not later
    soonest = add(earlier[-1].on, shortest(interval))
    latest = add(earlier[-1].on, longest(interval))
    if soonest is None or latest is None:
        return not later
    if not later:
        return (soonest - tested.on).days <= window or (
            (replay.on - tested.on).days <= window
        )
    was_late = (later[0].on - latest).days > replay.tolerance.doses
    return was_late and abs((latest - tested.on).days) <= window


def _is_after(dose: Given, tested: Tested) -> bool:
    """Whether a dose came after a test; on one day it did, unless their times say otherwise."""
    if dose.on != tested.on:
        return dose.on > tested.on
    if dose.time is None or tested.time is None:
        return True
    if (dose.time.utcoffset() is None) is not (tested.time.utcoffset() is None):
        return True  # one has an offset from UTC and the other has none
    return clock(dose.time) >= clock(tested.time)


def _off_target(replay: Replay, rule: Rule, target: Target) -> Iterator[Departure]:
    """Values that miss a target; the guideline sets one without saying what follows."""
    name = test_text(replay.graph, target.measure)
    for tested in replay.tests(target.measure):
        verdict = replay.open_verdict(rule, tested.on)
        if verdict is None or tested.value is None:
            continue
        if not compare(target.operator, tested.value, target.low):
            bound = quantity_text(target.low, target.unit)
            yield Departure(
                on=tested.on,
                family=Family.MONITORING,
                verdict=verdict,
                matter=("value", tested.on, tested.row, target.measure),
                like=("value", target.measure),
                text=f"{name} was {quantity_text(tested.value, target.unit)}",
                common=f"{name} missed its target",
                limit=f"target {target.operator.value} {bound}",
                about={target.measure},
                ceiling=Gravity.INFO,
            )
