"""Adherence over time as a picture: of each interval, how many patients kept the rule.

A column is an interval. Its parts are shares of the patients to whom the rule applied in it, or may
have; how many these are stands below. What could not be judged is hollow or hatched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from b12guide.cohort.adherence_periods import PeriodCount
from b12guide.cohort.audits import CohortAudit
from b12guide.errors import CohortError, UnknownNameError
from b12guide.say.words import plural
from b12guide.show import drawing as d
from b12guide.show.citations import definition_details
from b12guide.show.cohort_pictures import Portion
from b12guide.show.patient_header import guideline_particulars

PORTIONS = {
    "adheres": Portion("kept", "green"),
    "no_record": Portion("no record to judge by", "grey", d.Fill.HATCHED),
    "undecidable": Portion("could not be judged", "purple", d.Fill.HOLLOW),
    "departs": Portion("not kept", "red"),
}
"""The states from the bottom of a column to its top; the names are fields of a count."""

_LEFT, _HEIGHT, _MOST = 72.0, 240.0, 120
_SHARES = (0, 25, 50, 75, 100)
_LABEL = 46.0


def periods_drawing(audit: CohortAudit, rule: str, width: float = d.WIDE) -> d.Drawing:
    """How a rule was kept in each interval, as shares of those to whom it applied.

    Raises:
        CohortError: The audit was made without intervals.
        UnknownNameError: The rule has no intervals.
    """
    cut = audit.periods
    if cut is None:
        message = (
            "this audit was made without intervals; "
            'say how long they are, as in `audit_cohort(..., periods="1 month")`'
        )
        raise CohortError(message)
    if rule not in cut.rules:
        kind = "rule with intervals"
        raise UnknownNameError(kind, rule, cut.rules)
    counts = [one for one in cut.counts if one.rule == rule]
    shown = [one for one in counts[:_MOST] if one.applied]
    speaking = audit.graph.rules[rule]
    about = dict(guideline_particulars(audit.graph))
    grounds = " ".join((rule, *definition_details(audit.graph, speaking.grounds)))
    lines = [
        f"Intervals of {cut.every}, counted {_start_text(cut.start)}; up to {audit.on}",
        f"Shares of the patients to whom the rule applied, or may have ({grounds})",
        "" if shown else "The rule applied to no patient, as far as is known",
        f"Only the first {_MOST} of {len(counts)} intervals"
        if len(counts) > _MOST
        else "",
        f"{about['Guideline']}: {about['Status']}",
    ]
    used = [
        (d.Box(0, -5, 16, 10, portion.colour, portion.fill), portion.name)
        for field, portion in reversed(PORTIONS.items())
        if any(getattr(one, field) for one in shown)
    ]
    parts, y = d.legend(used, width, 6) if used else ([], 0.0)
    if shown:
        y += 14
        parts += _scale(width, y)
        parts += _columns(counts[:_MOST], width, y)
        y += _HEIGHT + 46
    return d.Drawing(
        title=f"Adherence over time: {speaking.title}",
        about=tuple(filter(None, lines)),
        words=" ".join(_words(one) for one in shown),
        width=width,
        height=y + 4,
        parts=tuple(parts),
    )


def _start_text(start: str) -> str:
    """From when the intervals are counted, in words."""
    match start:
        case "first event":
            return "from the first event of each patient"
        case "rule applies":
            return "from the first day on which the rule applied to each patient"
        case _:
            return f"from {start}"


def _words(one: PeriodCount) -> str:
    said = [
        f"{portion.name} {getattr(one, field):,}"
        for field, portion in PORTIONS.items()
        if getattr(one, field)
    ]
    return f"Interval {one.period}, {plural(f'{one.applied:,}', 'patient')}: {', '.join(said)}."


def _scale(width: float, top: float) -> Iterator[d.Part]:
    """The shares at the left, with a line across for each."""
    for share in _SHARES:
        y = top + _HEIGHT * (1 - share / 100)
        yield d.Strokes(((_LEFT, y, width, y),))
        yield d.Words(
            _LEFT - 8, y + 4, f"{share}%", size=11, colour="quiet", anchor="end"
        )


def _columns(
    counts: Sequence[PeriodCount], width: float, top: float
) -> Iterator[d.Part]:
    """The columns with the numbers of the intervals and of patients below."""
    step = (width - _LEFT) / max(len(counts), 12)
    gap = min(3.0, step / 4)
    each = next(n for n in (1, 2, 3, 6, 12, 24, 60, 120) if n * step >= _LABEL)
    foot = top + _HEIGHT
    yield d.Words(0, foot + 18, "Interval", size=11, colour="quiet")
    yield d.Words(0, foot + 34, "Patients", size=11, colour="quiet")
    for place, one in enumerate(counts):
        left = _LEFT + step * place
        if one.applied:
            yield from _column(one, left + gap / 2, step - gap, foot)
        if place % each == 0:
            middle = left + step / 2
            for below, text in ((18, f"{one.period}"), (34, f"{one.applied:,}")):
                yield d.Words(middle, foot + below, text, size=11, anchor="middle")


def _column(
    one: PeriodCount, left: float, width: float, foot: float
) -> Iterator[d.Part]:
    bottom = foot
    for field, portion in PORTIONS.items():
        count = getattr(one, field)
        if not count:
            continue
        height = _HEIGHT * count / one.applied
        said = (
            f"Interval {one.period}: {portion.name} {count:,} of {one.applied:,} "
            f"({100 * count / one.applied:.0f}%)"
        )
        look = (portion.colour, portion.fill, said)
        yield d.Box(left, bottom - height, width, max(height - 0.5, 0.5), *look)
        bottom -= height
