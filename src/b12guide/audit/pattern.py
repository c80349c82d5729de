"""What a history shows besides its findings: which rules spoke, and how far doses lie apart."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from attrs import frozen

from b12guide.audit.replay import Replay
from b12guide.evaluate.answer import Verdict

__all__ = ["Gap", "Pattern", "pattern_of"]


@frozen
class Gap:
    """From one dose of the treatment to the next.

    Attributes:
        loading: Whether both doses belong to one loading course.
    """

    days: int
    loading: bool


@frozen(kw_only=True)
class Pattern:
    """The course of a history as a whole.

    Attributes:
        applied: Rules that applied, with what was known then, at some time up to the audit.
        open: Rules that never applied and that, at some time, were not ruled out either.
        gaps: In the order of the days.
    """

    applied: frozenset[str]
    open: frozenset[str]
    gaps: tuple[Gap, ...]


_OPEN = {Verdict.UNKNOWN, Verdict.INDETERMINATE}


def pattern_of(replay: Replay) -> Pattern:
    """The pattern of a history."""
    verdicts = [
        verdict
        for known in replay.knowledge.over(dt.date.min, replay.on)
        for verdict in known.verdicts.values()
        if not verdict.rule.outside_scope
    ]
    applied = {v.rule.name for v in verdicts if v.verdict is Verdict.APPLIES}
    open_ = {v.rule.name for v in verdicts if v.verdict in _OPEN}
    return Pattern(
        applied=frozenset(applied),
        open=frozenset(open_ - applied),
        gaps=_gaps(replay),
    )


def _gaps(replay: Replay) -> tuple[Gap, ...]:
    loading = [{id(d) for d in course.doses} for course in replay.loading]
    return tuple(
        Gap(
            days=(second.on - first.on).days,
            loading=any({id(first), id(second)} <= mine for mine in loading),
        )
        for first, second in pairwise(replay.doses)
    )
