"""Tests: whether each was done in time, before a dose, with its companions, and met its target."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from b12guide.audit.departure import Departure
from b12guide.audit.event import Given, Tested, clock
from b12guide.audit.finding import Family, Gravity, Missing, What
from b12guide.audit.knowledge import OPEN
from b12guide.audit.replay import Replay
from b12guide.audit.wording import called, days, joined, length_text
from b12guide.evaluate.answer import RuleVerdict
from b12guide.evaluate.facts import compare
from b12guide.graph.model import Decision, Monitoring, Rule, Target
from b12guide.regimen.interval import exceeds, longest, shortest
from b12guide.say.schedules import every_text
from b12guide.values.calendar import add
from b12guide.values.quantity import format_quantity


def visit_findings(replay: Replay) -> Iterator[Departure]:
    """What is wrong with the tests of single days."""
    for rule in replay.graph.rules.values():
        match rule.value:
            case Monitoring() as value if not rule.optional:
                yield from _troughs(replay, rule, value)
                yield from _companions(replay, rule, value)
                yield from _alone(replay, rule, value)
            case Target() as value:
                yield from _off_target(replay, rule, value)
            case _:
                pass


def _open_verdict(replay: Replay, rule: Rule, day: dt.date) -> RuleVerdict | None:
    verdict = replay.verdict(rule, day)
    return verdict if verdict.verdict in OPEN else None


def _visits(replay: Replay, test: str) -> tuple[Tested, ...]:
    """The tests of one name, one a day; those before the first dose watch no treatment."""
    first = replay.first
    if first is None:
        return ()
    by_day = {tested.on: tested for tested in reversed(replay.tests(test))}
    return tuple(by_day[day] for day in sorted(by_day) if day > first)


# ------------------------------------------------------------------- before a dose


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
    return any(
        isinstance(v.rule.value, Monitoring)
        and v.rule.value.before_next_dose
        and test in v.rule.value.tests
        for v in replay.binding(Decision.MONITORING, day)
    )


def _troughs(replay: Replay, rule: Rule, value: Monitoring) -> Iterator[Departure]:
    """Tests that were to be taken just before a dose, and were not."""
    if not value.before_next_dose:
        return
    for test in value.tests:
        for tested in _visits(replay, test):
            verdict = _open_verdict(replay, rule, tested.on)
            if verdict is None or _is_trough(replay, tested):
                continue
            name = called(replay.graph, test)
            index = bisect_right(replay.dose_days, tested.on)
            before = replay.dose_days[index - 1] if index else tested.on
            yield Departure(
                on=tested.on,
                family=Family.MONITORING,
                verdict=verdict,
                matter=("visit", tested.on, test),
                like=("trough", test),
                text=f"{name} was measured {days((tested.on - before).days)} after a dose "
                "and not just before the next",
                common=f"{name} was not measured just before a dose",
                limit="on the day before a dose, or on its day before it is given",
                compared=(before, tested.on),
                clears=f"{name} just before the next dose",
                about={test},
            )


def _is_trough(replay: Replay, tested: Tested) -> bool:
    """Whether a test was taken just before a dose, or when one was due, or cannot be judged."""
    if any(
        c.start.drug in replay.drugs
        and c.start.on <= tested.on
        and (c.until is None or c.until > tested.on)
        for c in replay.courses
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


# --------------------------------------------------------------- with other tests


def _companions(replay: Replay, rule: Rule, value: Monitoring) -> Iterator[Departure]:
    """Tests that belong to every visit, and were not done that day."""
    if not value.companions:
        return
    for test in value.tests:
        for tested in _visits(replay, test):
            verdict = _open_verdict(replay, rule, tested.on)
            lacking = [c for c in value.companions if not _done(replay, c, tested.on)]
            if verdict is None or not lacking:
                continue
            names = joined(called(replay.graph, c) for c in lacking)
            yield Departure(
                on=tested.on,
                family=Family.MONITORING,
                verdict=verdict,
                matter=("visit", tested.on, test),
                like=("companions", test, tuple(lacking)),
                text=f"{called(replay.graph, test)} was measured without {names}",
                limit="with "
                + joined(called(replay.graph, c) for c in value.companions),
                compared=(tested.on,),
                clears=f"{names} on that day",
                about={test, *lacking},
            )


def _alone(replay: Replay, rule: Rule, value: Monitoring) -> Iterator[Departure]:
    """A test that is not to be relied on alone, on a day without any other.

    Whether anybody relied on it is not recorded, so it is unresolved; and where a companion is
    missing anyway, that has been told.
    """
    if not value.never_alone:
        return
    why = Missing(What.RECORD, "whether it was relied on alone is not recorded")
    for test in value.tests:
        for tested in _visits(replay, test):
            verdict = _open_verdict(replay, rule, tested.on)
            others = (o for o in replay.tests_by_name if o != test)
            is_alone = not any(_done(replay, other, tested.on) for other in others)
            if verdict is None or not is_alone:
                continue
            if _has_companions(replay, test, tested.on):
                continue
            yield Departure(
                on=tested.on,
                family=Family.MONITORING,
                verdict=verdict,
                matter=("visit", tested.on, test),
                like=("alone", test),
                text=f"{called(replay.graph, test)} was the only test of the day",
                limit="not to be relied on alone",
                compared=(tested.on,),
                clears="another test on that day",
                about={test},
                why=(why,),
            )


def _has_companions(replay: Replay, test: str, day: dt.date) -> bool:
    """Whether a rule asks for companions of a test on a day."""
    return any(
        isinstance(rule.value, Monitoring)
        and bool(rule.value.companions)
        and test in rule.value.tests
        and _open_verdict(replay, rule, day) is not None
        for rule in replay.graph.rules.values()
    )


def _done(replay: Replay, test: str, day: dt.date) -> bool:
    return any(t.on == day for t in replay.tests(test))


# -------------------------------------------------------------------------- targets


def _off_target(replay: Replay, rule: Rule, target: Target) -> Iterator[Departure]:
    """Values that miss a target; the guideline sets one without saying what follows."""
    for tested in replay.tests(target.measure):
        verdict = _open_verdict(replay, rule, tested.on)
        if verdict is None or tested.value is None:
            continue
        if compare(target.operator, tested.value, target.low):
            continue
        name = called(replay.graph, target.measure)
        bound = f"{target.operator.value} {format_quantity(target.low, target.unit)}"
        yield Departure(
            on=tested.on,
            family=Family.MONITORING,
            verdict=verdict,
            matter=("value", tested.on, tested.row, target.measure),
            like=("value", target.measure),
            text=f"{name} was {format_quantity(tested.value, target.unit)}",
            common=f"{name} missed its target",
            limit=f"target {bound}",
            compared=(tested.on,),
            about={target.measure},
            ceiling=Gravity.INFO,
        )


def monitoring_findings(replay: Replay) -> Iterator[Departure]:
    """Tests that are missing or late, single ones and recurring ones."""
    rules = [
        (rule, rule.value)
        for rule in replay.graph.rules.values()
        if isinstance(rule.value, Monitoring) and not rule.optional
    ]
    found = [*_singles(replay, rules), *_recurring(replay, rules)]
    yield from _one_matter(found, replay.tolerance.tests)


_Rules = Sequence[tuple[Rule, Monitoring]]


def _one_matter(found: Sequence[Departure], spare: int) -> Iterator[Departure]:
    """What is missing, that of the same tests about the same time being one matter."""
    since: dict[tuple[object, ...], dt.date] = {}
    for one in sorted(found, key=lambda each: each.on):
        first = since.get(one.matter)
        if first is None or (one.on - first).days > spare:
            first = since[one.matter] = one.on
        yield evolve(one, matter=(*one.matter, first))


def _binding(replay: Replay, rule: Rule, day: dt.date) -> RuleVerdict | None:
    verdict = replay.verdict(rule, day)
    return verdict if verdict.verdict in OPEN else None


def _happened(replay: Replay, event: str) -> dt.date | None:
    """The day on which an event was recorded; the first dose, where it was known all along."""
    first = replay.first
    if first is not None and _is_so(replay, event, first):
        return first
    for day in replay.knowledge.days:
        if day <= replay.on and _is_so(replay, event, day):
            return day
    return None


def _is_so(replay: Replay, event: str, day: dt.date) -> bool:
    return replay.knowledge.on(day).stated.values.get(event) is True


def _is_over(replay: Replay, value: Monitoring, day: dt.date) -> bool:
    """Whether the event until which a test is asked for had come by a day."""
    return value.until is not None and _is_so(replay, value.until, day)


# -------------------------------------------------------------- at 3, 6 and 12 months


@frozen
class _Target:
    """A day on which a test was due, and the rules that say so."""

    test: str
    due: dt.date
    anchor: dt.date
    rules: tuple[tuple[RuleVerdict, str], ...]


def _singles(replay: Replay, rules: _Rules) -> Iterator[Departure]:
    schedules: dict[tuple[str, dt.date], list[_Target]] = {}
    for target in _targets(replay, rules):
        schedules.setdefault((target.test, target.anchor), []).append(target)
    for (test, anchor), targets in schedules.items():
        taken = [t.on for t in replay.tests(test) if t.on > anchor]
        served = _served(replay, targets, taken)
        spare = [day for day in taken if day not in served.values()]
        for target in targets:
            if target not in served and _is_overdue(replay, target.due, test):
                for verdict, when in target.rules:
                    yield _missing(replay, verdict, target, when, spare)


def _targets(replay: Replay, rules: _Rules) -> Iterator[_Target]:
    """The single checks of every rule that binds when they are due, in the order of their days."""
    found: dict[tuple[str, dt.date, dt.date], list[tuple[RuleVerdict, str]]] = {}
    for rule, value in rules:
        anchor = replay.first if value.after is None else _happened(replay, value.after)
        for time in value.at:
            due = None if anchor is None else add(anchor, time)
            if anchor is None or due is None or due > replay.on:
                continue
            verdict = _binding(replay, rule, due)
            if verdict is not None and not _is_over(replay, value, due):
                for test in value.tests:
                    key = (test, due, anchor)
                    found.setdefault(key, []).append((verdict, length_text(time)))
    for (test, due, anchor), said in sorted(found.items(), key=lambda each: each[0]):
        yield _Target(test, due, anchor, tuple(said))


def _served(
    replay: Replay, targets: Sequence[_Target], taken: Sequence[dt.date]
) -> dict[_Target, dt.date]:
    """Which test serves which target: as many targets as can be, each by a test of its own."""
    fits = {
        target: sorted(
            (
                day
                for day in set(taken)
                if _in_time(replay, target.due, day, target.test)
            ),
            key=lambda day, due=target.due: (abs((day - due).days), day),  # type: ignore[misc]
        )
        for target in targets
    }
    by_day: dict[dt.date, _Target] = {}

    def place(target: _Target, tried: set[dt.date]) -> bool:
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


def _is_overdue(replay: Replay, due: dt.date, test: str) -> bool:
    return (replay.on - due).days > replay.tolerance.tests and not waits_for_dose(
        replay, due, test
    )


def _in_time(replay: Replay, due: dt.date, day: dt.date, test: str) -> bool:
    """Whether a test was taken about when it was due, or just before the dose nearest to then."""
    if abs((day - due).days) <= replay.tolerance.tests:
        return True
    nearest = nearest_dose(replay, due, test)
    return nearest is not None and 0 <= (nearest - day).days <= trough_window(replay)


def _missing(
    replay: Replay,
    verdict: RuleVerdict,
    target: _Target,
    when: str,
    spare: Sequence[dt.date],
) -> Departure:
    later = next((day for day in sorted(spare) if day > target.due), None)
    if later is not None and (later - target.due) >= (target.due - target.anchor):
        later = None
    value = verdict.rule.value
    counts_from_dose = isinstance(value, Monitoring) and value.after is None
    why = (
        Missing(
            What.RECORD,
            "treatment had begun before this record, so its months are not known",
        ),
    )
    return _absent(
        replay,
        verdict,
        (target.test,),
        (target.anchor, target.due),
        when=when,
        later=later,
        why=why if counts_from_dose and replay.was_treated_before else (),
    )


def _absent(  # noqa: PLR0913 -- one argument for each thing that the finding tells
    replay: Replay,
    verdict: RuleVerdict,
    tests: Sequence[str],
    compared: tuple[dt.date, dt.date],
    *,
    when: str,
    later: dt.date | None = None,
    why: tuple[Missing, ...] = (),
) -> Departure:
    names = joined(called(replay.graph, test) for test in tests)
    due = compared[-1]
    was, is_ = ("was", "is") if len(tests) == 1 else ("were", "are")
    text = f"{names} {was} due on {due} and {is_} missing"
    if later is not None:
        late = days((later - due).days)
        text = f"{names} {was} due on {due} and came {late} late, on {later}"
    return Departure(
        on=due,
        family=Family.MONITORING,
        verdict=verdict,
        matter=("missing", frozenset(tests)),
        text=text,
        limit=f"{when}, with {days(replay.tolerance.tests)} to spare",
        compared=compared,
        clears=f"{names} on {due} or just before the dose nearest to it",
        about=frozenset(tests),
        why=why,
    )


# ------------------------------------------------------------------------- recurring


def _recurring(replay: Replay, rules: _Rules) -> Iterator[Departure]:
    for rule, value in rules:
        start = None if value.every is None else _start(replay, rule, value)
        if value.every is None or start is None:
            continue
        missed: dict[tuple[dt.date, dt.date], list[str]] = {}
        for test in value.tests:
            for first, due in _gaps(replay, value, test, start):
                missed.setdefault((first, due), []).append(test)
        for compared, tests in missed.items():
            verdict = _binding(replay, rule, compared[-1])
            if verdict is not None and not _is_over(replay, value, compared[-1]):
                when = every_text(value.every)
                yield _absent(replay, verdict, tests, compared, when=when)


def _gaps(
    replay: Replay, value: Monitoring, test: str, start: dt.date
) -> Iterator[tuple[dt.date, dt.date]]:
    """Each test after which the next was too late, or the start, and when that was due."""
    if value.every is None:
        return
    length, spare = longest(value.every), replay.tolerance.tests
    done = sorted({t.on for t in replay.tests(test)})
    before = [day for day in done if (day - start).days <= spare]
    reference = max([start, *before]) if value.after is not None else start
    later = [day for day in done if day > reference]
    for first, second in zip([reference, *later], [*later, None], strict=True):
        due = add(first, length)
        last = replay.on if second is None else second
        if due is None or not exceeds(first, last, length, spare):
            continue
        if second is None and waits_for_dose(replay, due, test):
            continue
        if second is None or not _in_time(replay, due, second, test):
            yield first, due


def _start(replay: Replay, rule: Rule, value: Monitoring) -> dt.date | None:
    """The day from which a recurring test is counted.

    That is the event that it waits for or, where nobody recorded it, the last of the single
    checks of the same test; else the day on which there was reason for it.
    """
    if value.after is not None:
        return _happened(replay, value.after) or _last_check(replay, value)
    since = replay.knowledge.since(rule, replay.on)
    if since is not None:
        return since
    if replay.first is not None:
        return replay.first
    return replay.events[0].on if replay.events else None


def _last_check(replay: Replay, value: Monitoring) -> dt.date | None:
    first = replay.first
    if first is None:
        return None
    days_ = [
        day
        for rule in replay.graph.rules.values()
        if isinstance(rule.value, Monitoring)
        and set(rule.value.tests) & set(value.tests)
        for time in rule.value.at
        if (day := add(first, time)) is not None
    ]
    return max(days_, default=None)
