"""The course of a history as a whole: what applied, what it says anything of, and its gaps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from attrs import frozen

from b12guide.audit.event import Given, Started
from b12guide.audit.judged import is_recorded, says
from b12guide.audit.knowledge import Ruling
from b12guide.audit.replay import Replay
from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.memory import remembered
from b12guide.graph import model as m


@frozen
class Gap:
    """From one dose of the treatment to the next.

    Attributes:
        loading: Whether both doses belong to one loading course.
        rules: The rules on its length: those of that course, else those on long-term doses that
            applied on the day of the later dose.
        open: Outside loading, the rules on long-term doses that may have applied on that day.
    """

    days: int
    loading: bool
    rules: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()


@frozen(kw_only=True)
class Pattern:
    """The course of a history as a whole.

    Attributes:
        applied: Rules that applied, with what was known then, at some time up to the audit.
        open: Rules that never applied and that, at some time, were not ruled out either.
        recorded: Of those that applied, the rules that the history could have broken or kept: it
            says something of what they are about.
        gaps: In the order of the days.
    """

    applied: frozenset[str]
    recorded: frozenset[str]
    open: frozenset[str]
    gaps: tuple[Gap, ...]


_OPEN = {Verdict.UNKNOWN, Verdict.INDETERMINATE}


def pattern_of(replay: Replay) -> Pattern:
    """The pattern of a history."""
    names = {
        _by_verdict(known.answer)
        for known in replay.knowledge.over(dt.date.min, replay.on)
    }
    applied = frozenset().union(*(one.applied for one in names))
    open_ = frozenset().union(*(one.open for one in names))
    return Pattern(
        applied=applied,
        open=open_ - applied,
        recorded=_recorded(replay, applied),
        gaps=tuple(_gaps(replay)),
    )


@frozen(eq=False)
class _ByVerdict:
    """The rules of a ruling by their verdicts: applied, open, and those on long-term doses.

    Attributes:
        lasting: Rules on long-term doses that applied; `perhaps_lasting` may have.
    """

    applied: frozenset[str]
    open: frozenset[str]
    lasting: frozenset[str]
    perhaps_lasting: frozenset[str]


def _by_verdict(ruling: Ruling) -> _ByVerdict:
    if ruling.kept.by_verdict is None:
        verdicts = [v for v in ruling.verdicts.values() if not v.rule.outside_scope]
        applied = [v.rule for v in verdicts if v.verdict is Verdict.APPLIES]
        open_ = [v.rule for v in verdicts if v.verdict in _OPEN]
        ruling.kept.by_verdict = _ByVerdict(
            applied=frozenset(rule.name for rule in applied),
            open=frozenset(rule.name for rule in open_),
            lasting=_lasting(applied),
            perhaps_lasting=_lasting(open_),
        )
    found: _ByVerdict = ruling.kept.by_verdict
    return found


def _lasting(rules: Iterable[m.Rule]) -> frozenset[str]:
    """Those of the rules that are about long-term doses."""
    return frozenset(r.name for r in rules if r.decision is m.Decision.MAINTENANCE)


class _Said(NamedTuple):
    """What a history says anything of: it decides by which rules that can be judged.

    Attributes:
        is_treated: Whether it has a dose or a course of the treatment; `has_route` by a route.
        has_drug: Whether it has one of any drug.
        tests: The tests that it has; `valued` those with a value.
        technique: The rules on technique by which some dose can be judged.
    """

    is_treated: bool
    has_route: bool
    has_drug: bool
    tests: frozenset[str]
    valued: frozenset[str]
    technique: frozenset[str]

    @classmethod
    def of(cls, replay: Replay) -> _Said:
        return cls(
            is_treated=bool(replay.treatment),
            has_route=any(event.route for event in replay.treatment),
            has_drug=any(isinstance(e, Given | Started) for e in replay.events),
            tests=frozenset(replay.tests_by_name),
            valued=frozenset(
                name
                for name, tests in replay.tests_by_name.items()
                if any(tested.value is not None for tested in tests)
            ),
            technique=frozenset().union(
                *(_technique(replay, dose) for dose in replay.doses)
            ),
        )


def _technique(replay: Replay, dose: Given) -> frozenset[str]:
    """The rules on technique by which a dose can be judged."""

    def work_out() -> frozenset[str]:
        return frozenset(
            rule.name
            for rule, technique in replay.targets.technique
            if any(says(dose, one) for one in technique.instructions)
        )

    key = (
        dose.site,
        dose.quadrant is None,
        dose.direction is None,
        dose.needle is None,
        dose.pressure is None,
    )
    return remembered(replay.knowledge.evaluator.memory.technique, key, work_out)


def _recorded(replay: Replay, names: frozenset[str]) -> frozenset[str]:
    """Those of the rules by which the history can be judged."""

    def work_out() -> frozenset[str]:
        return frozenset(name for name in names if is_recorded(replay, name))

    key = (names, _Said.of(replay))
    return remembered(replay.knowledge.evaluator.memory.recorded_rules, key, work_out)


def _gaps(replay: Replay) -> Iterator[Gap]:
    loading = [(course.rule.name, course.rows) for course in replay.loading]
    for first, second in pairwise(replay.doses):
        courses = [
            name for name, mine in loading if first.row in mine and second.row in mine
        ]
        said = _by_verdict(replay.knowledge.on(second.on).answer)
        yield Gap(
            days=(second.on - first.on).days,
            loading=bool(courses),
            rules=frozenset(courses) or said.lasting,
            open=frozenset() if courses else said.perhaps_lasting,
        )
