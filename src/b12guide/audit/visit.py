"""What belongs to one visit: the companions of a test, and values that miss their target."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from b12guide.audit.finding import Family, Finding, Gravity, gravity_of
from b12guide.audit.knowledge import OPEN
from b12guide.audit.replay import Replay
from b12guide.audit.wording import called, joined
from b12guide.evaluate.answer import RuleVerdict
from b12guide.evaluate.facts import compare
from b12guide.graph.model import Monitoring, Rule, Target
from b12guide.values.quantity import format_quantity

__all__ = ["visit_findings"]


def visit_findings(replay: Replay) -> Iterator[Finding]:
    """What is wrong with the tests of single days."""
    for rule in replay.graph.rules.values():
        match rule.value:
            case Monitoring() as value if not rule.optional:
                yield from _companions(replay, rule, value)
                yield from _alone(replay, rule, value)
            case Target() as value:
                yield from _off_target(replay, rule, value)
            case _:
                pass


def _binding(replay: Replay, rule: Rule, day: dt.date) -> RuleVerdict | None:
    verdict = replay.verdict(rule, day)
    return verdict if verdict.verdict in OPEN else None


def _companions(replay: Replay, rule: Rule, value: Monitoring) -> Iterator[Finding]:
    """Tests that belong to every visit, and were not done that day."""
    if not value.companions:
        return
    for test in value.tests:
        for day in _visits(replay, test):
            verdict = _binding(replay, rule, day)
            lacking = [c for c in value.companions if not _done(replay, c, day)]
            if verdict is None or not lacking:
                continue
            names = joined(called(replay.graph, c) for c in lacking)
            yield Finding(
                on=day,
                gravity=gravity_of(verdict),
                family=Family.MONITORING,
                rule=rule,
                text=f"{called(replay.graph, test)} was measured without {names}",
                limit="with "
                + joined(called(replay.graph, c) for c in value.companions),
                compared=(day,),
                needs=verdict.needs,
                assumptions=rule.assumptions,
                clears=f"{names} on {day}",
            )


def _alone(replay: Replay, rule: Rule, value: Monitoring) -> Iterator[Finding]:
    """A test that is not to be relied on alone, on a day without any other.

    Whether anybody relied on it is not recorded, so it is unresolved; and where a companion is
    missing anyway, that has been told.
    """
    if not value.never_alone:
        return
    for test in value.tests:
        for day in _visits(replay, test):
            verdict = _binding(replay, rule, day)
            others = (o for o in replay.tests_by_name if o != test)
            is_alone = not any(_done(replay, other, day) for other in others)
            if verdict is None or not is_alone or _has_companions(replay, test, day):
                continue
            yield Finding(
                on=day,
                gravity=Gravity.UNRESOLVED,
                family=Family.MONITORING,
                rule=rule,
                text=f"{called(replay.graph, test)} was the only test of the day; whether it "
                "was relied on alone is not recorded",
                compared=(day,),
                assumptions=rule.assumptions,
                clears="another test on that day",
            )


def _has_companions(replay: Replay, test: str, day: dt.date) -> bool:
    """Whether a rule asks for companions of a test on a day."""
    return any(
        isinstance(rule.value, Monitoring)
        and bool(rule.value.companions)
        and test in rule.value.tests
        and _binding(replay, rule, day) is not None
        for rule in replay.graph.rules.values()
    )


def _visits(replay: Replay, test: str) -> tuple[dt.date, ...]:
    """The days of a test under treatment; one before the first dose watches nothing yet."""
    first = replay.first
    if first is None:
        return ()
    return tuple(dict.fromkeys(t.on for t in replay.tests(test) if t.on > first))


def _done(replay: Replay, test: str, day: dt.date) -> bool:
    return any(t.on == day for t in replay.tests(test))


# -------------------------------------------------------------------------- targets


def _off_target(replay: Replay, rule: Rule, target: Target) -> Iterator[Finding]:
    """Values that miss a target; the guideline sets one without saying what follows."""
    for tested in replay.tests(target.measure):
        verdict = _binding(replay, rule, tested.on)
        if verdict is None or tested.value is None:
            continue
        if compare(target.operator, tested.value, target.low):
            continue
        name = called(replay.graph, target.measure)
        bound = f"{target.operator.value} {format_quantity(target.low, target.unit)}"
        yield Finding(
            on=tested.on,
            gravity=Gravity.INFO,
            family=Family.MONITORING,
            rule=rule,
            text=f"{name} was {format_quantity(tested.value, target.unit)}",
            limit=f"target {bound}",
            compared=(tested.on,),
            assumptions=rule.assumptions,
        )
