"""Which rules a history can depart from, and the days of the records by which that is judged.

That nothing was found against a rule on tests means little where no test is on record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from b12guide.arguments import names
from b12guide.audit.event import Given, Started
from b12guide.audit.finding import Family
from b12guide.audit.replay import Replay
from b12guide.errors import ArgumentError, UnknownNameError
from b12guide.graph import model as m
from b12guide.values.term import Strength

JUDGED_BY: Mapping[m.Decision, frozenset[Family]] = {
    m.Decision.FORM: frozenset({Family.FORM}),
    m.Decision.ROUTE: frozenset({Family.FORM}),
    m.Decision.LOADING: frozenset({Family.FORM, Family.INTERVAL}),
    m.Decision.MAINTENANCE: frozenset({Family.FORM, Family.INTERVAL}),
    m.Decision.ADJUNCT: frozenset({Family.FOLATE}),
    m.Decision.PERMISSION: frozenset({Family.FOLATE}),
    m.Decision.TECHNIQUE: frozenset({Family.TECHNIQUE}),
    m.Decision.MONITORING: frozenset({Family.MONITORING}),
    m.Decision.TARGETS: frozenset({Family.MONITORING}),
    m.Decision.CONTINUATION: frozenset({Family.CONTINUATION}),
}
"""The families of findings that hold something against the rules of a decision."""

_WEIGHTY = {
    Strength.REQUIRED,
    Strength.DO_NOT,
    Strength.SHOULD,
    Strength.AVOID,
    Strength.SHOULD_CONSIDER,
}
"""The strengths of which a departure is more than information."""


def can_be_departed_from(rule: m.Rule) -> bool:
    """Whether a finding against a rule can be a violation, a warning, or one left open.

    Not one that only offers something, that asks for a test without saying when, that sets a
    target for a value, or that names the form to prefer without one to keep away from.
    """
    if rule.outside_scope:
        return False
    is_weighty = rule.grounds.strength in _WEIGHTY
    match rule.value:
        case m.Exclusion(outright=True):
            return True
        case m.Regimens() if rule.optional:
            # More frequent doses, when symptoms return, are to be considered.
            is_change = rule.decision is m.Decision.MAINTENANCE
            return is_change and rule.grounds.strength is Strength.SHOULD_CONSIDER
        case _ if rule.optional:
            return False
        case m.Regimens() | m.Exclusion() | m.Routes() | m.Prohibition():
            return is_weighty
        case m.FormChoice(excluded=excluded):
            return is_weighty and bool(excluded)
        case m.Technique() | m.Continuation():
            return is_weighty
        case m.Monitoring() as asked:
            says_when = asked.times or asked.recurring or asked.before_next_dose
            says_with = asked.companions or asked.never_alone
            return is_weighty and bool(says_when or says_with)
        case _:
            return False


def is_recorded(replay: Replay, name: str) -> bool:
    """Whether a history says anything by which the rule of this name can be judged."""
    return any(True for _ in record_days(replay, replay.graph.rules[name]))


def record_days(replay: Replay, rule: m.Rule) -> Iterator[dt.date]:
    """The days of the events that say something of what a rule is about, in order by kind."""
    match rule.value:
        case m.Monitoring(tests=tests) | m.NotChecked(tests=tests):
            yield from (t.on for test in tests for t in replay.tests(test))
        case m.Target(measure=measure):
            yield from (t.on for t in replay.tests(measure) if t.value is not None)
        case m.Technique(instructions=instructions):
            for dose in replay.doses:
                if any(says(dose, instruction) for instruction in instructions):
                    yield dose.on
        case m.Routes():
            yield from (event.on for event in replay.treatment if event.route)
        case m.Prohibition():
            yield from _taken(replay)
        case _ if rule.decision is m.Decision.ADJUNCT:
            yield from _taken(replay)
        case _:
            yield from (event.on for event in replay.treatment)


def _taken(replay: Replay) -> Iterator[dt.date]:
    yield from (e.on for e in replay.events if isinstance(e, Given | Started))


def says(dose: Given, instruction: m.Instruction) -> bool:
    """Whether the record of a dose says what an instruction is about."""
    if instruction.gauge:
        return dose.needle is not None
    if instruction.pressure:
        return dose.pressure is not None
    if dose.site is None or dose.site != instruction.site or instruction.avoid:
        return dose.site is not None
    said = dose.quadrant if instruction.quadrant else dose.direction
    return said is not None


def judged_rules(
    graph: m.RuleGraph, families: Iterable[Family], asked: Any = None
) -> tuple[m.Rule, ...]:
    """The rules that a history can depart from; those of these names, where some are asked for.

    Raises:
        ArgumentError: These are no names, or none at all.
        UnknownNameError: There is no such rule.
    """
    wanted = set(families)
    able = {
        rule.name: rule
        for rule in graph.rules.values()
        if JUDGED_BY.get(rule.decision, frozenset()) & wanted
        and can_be_departed_from(rule)
    }
    named = () if asked is None else names(asked, "rules")
    if asked is not None and not named:
        argument, expected = "rules", "names of rules; leave it out for all of them"
        raise ArgumentError(argument, expected, asked)
    for name in named:
        if name not in able:
            kind = "rule that a history can depart from"
            raise UnknownNameError(kind, name, able)
    return tuple(able[n] for n in able if n in named) if named else tuple(able.values())
