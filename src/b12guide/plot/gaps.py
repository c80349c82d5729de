"""The days between doses of a cohort, as a histogram over the range that a rule advises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import altair as alt

from b12guide.cohort.audits import CohortAudit
from b12guide.errors import UnknownNameError
from b12guide.graph.model import Regimens, Rule, RuleGraph
from b12guide.plot.form import data, finished
from b12guide.regimen.interval import longest, shortest
from b12guide.regimen.model import Every
from b12guide.say.schedules import every_text
from b12guide.say.words import listing, plural
from b12guide.show.citations import definition_details
from b12guide.show.palette import DATA
from b12guide.show.patient_header import guideline_particulars
from b12guide.values.calendar import add
from b12guide.values.duration import Duration, DurationRange

_WIDTH, _HEIGHT = 640, 260
_MOST_BARS = 60
_BAR_DAYS = (1, 2, 5, 7, 10, 14, 30, 60, 90, 180, 365)
_ONE_BY_ONE = 0.95
"""The share of the gaps that are shown where they lie; the rest are shown together at the end."""


def gaps_chart(
    audit: CohortAudit, rule: str, *, loading: bool | None
) -> alt.LayerChart:
    """The chart of the gaps of those to whom a rule applied when the later dose was given."""
    speaking = _rule(audit.graph, rule)
    advised = {every: _days(every) for every in _advised(speaking)}
    bands = list(advised.values())
    gaps = {
        one.days: one.count
        for one in audit.spacing_by_rule
        if one.rule == rule and loading in {None, one.loading}
    }
    last = _last(gaps, max(high for _, high in bands))
    width = next(
        (w for w in _BAR_DAYS if last <= _MOST_BARS * w), 1 + last // _MOST_BARS
    )
    bars = list(_bars(gaps, width, last))
    total = sum(gaps.values())
    grounds = " ".join((rule, *definition_details(audit.graph, speaking.grounds)))
    said = [
        f"{every_text(every)}, that is {low} to {high} days"
        for every, (low, high) in advised.items()
    ]
    about = dict(guideline_particulars(audit.graph))
    counted = f"{plural(total, 'gap')} between doses while {rule} applied"
    people = f"{plural(audit.patients, 'patient')} audited"
    subtitle = [
        f"{counted}, of {people}; a bar holds {plural(width, 'day')}",
        f"Green band: {'; or '.join(said)} ({grounds})",
        _beside(gaps, bands)
        if total
        else "No two doses follow each other while it applied",
    ]
    beyond = sum(count for days, count in gaps.items() if days > last)
    if beyond:
        subtitle.append(f"Last bar: {plural(beyond, 'gap')} of more than {last} days")
    subtitle.append(f"{about['Guideline']}: {about['Status']}")
    chart = alt.layer(_bands(bands), _histogram(bars, last, has_more=bool(beyond)))
    return finished(
        chart.properties(width=_WIDTH, height=_HEIGHT),
        f"Days between doses: {speaking.title}",
        subtitle,
        ". ".join(f"{bar['said']}: {bar['count']}" for bar in bars if bar["count"]),
    )


def _rule(graph: RuleGraph, name: str) -> Rule:
    """The rule of this name, if it says how often.

    Raises:
        UnknownNameError: There is no such rule.
    """
    known = [rule.name for rule in graph.rules.values() if any(_advised(rule))]
    if name not in known:
        kind = "rule with an interval"
        raise UnknownNameError(kind, name, known)
    return graph.rules[name]


def _advised(rule: Rule) -> Iterator[DurationRange]:
    """The intervals that a rule advises between doses."""
    if isinstance(rule.value, Regimens):
        for regimen in rule.value.regimens:
            for phase in regimen.phases:
                if isinstance(phase.frequency, Every):
                    yield phase.frequency.interval


def _days(interval: DurationRange) -> tuple[int, int]:
    """The fewest and the most days that an interval has, whatever the months."""
    return min(_lengths(shortest(interval))), max(_lengths(longest(interval)))


def _lengths(length: Duration) -> Iterator[int]:
    """How many days a length of time has from each day of four years on, a leap year among them."""
    for ordinal in range(
        dt.date(2023, 1, 1).toordinal(), dt.date(2027, 1, 1).toordinal()
    ):
        day = dt.date.fromordinal(ordinal)
        later = add(day, length)
        if later is not None:
            yield (later - day).days


def _beside(gaps: Mapping[int, int], bands: list[tuple[int, int]]) -> str:
    """How many gaps lie in the bands, and on which side of them the others."""
    least, most = min(low for low, _ in bands), max(high for _, high in bands)
    inside = sum(n for d, n in gaps.items() if any(a <= d <= b for a, b in bands))
    below = sum(n for d, n in gaps.items() if d < least)
    above = sum(n for d, n in gaps.items() if d > most)
    between = sum(gaps.values()) - inside - below - above
    said = [f"{inside} in the band", f"{below} below it", f"{above} above it"]
    return listing([*said, f"{between} between two bands"] if between else said)


def _last(gaps: Mapping[int, int], advised: int) -> int:
    """The days up to which gaps are shown where they lie, well beyond what is advised."""
    wanted, seen, last = _ONE_BY_ONE * sum(gaps.values()), 0, 0
    for days in sorted(gaps):
        if seen >= wanted:
            break
        seen, last = seen + gaps[days], days
    return max(last, 2 * advised)


def _bars(gaps: Mapping[int, int], width: int, last: int) -> Iterator[dict[str, Any]]:
    for start in range(0, last + 1, width):
        end = start + width
        count = sum(
            n for days, n in gaps.items() if start <= days < end and days <= last
        )
        said = plural(start, "day") if width == 1 else f"{start} to {end - 1} days"
        yield {"from": start, "to": end, "count": count, "said": said}
    beyond = sum(count for days, count in gaps.items() if days > last)
    if beyond:
        end = (last // width + 2) * width  # apart from the others by an empty bar
        said = f"more than {last} days"
        yield {"from": end, "to": end + width, "count": beyond, "said": said}


def _bands(bands: list[tuple[int, int]]) -> alt.Chart:
    return (
        data([{"from": low, "to": high + 1} for low, high in bands])
        .mark_rect(color=DATA["green"], opacity=0.3, stroke=DATA["green"])
        .encode(x="from:Q", x2="to:Q")
    )


def _histogram(bars: list[dict[str, Any]], last: int, *, has_more: bool) -> alt.Chart:
    """The bars; that of all longer gaps has a name of its own below it, inside the frame."""
    end = bars[-1]["to"]
    step = next(s for s in (1, 7, 14, 28, 56, 91, 182, 364, 3640) if last <= 12 * s)
    ticks = list(range(0, last + 1, step))
    middle = (bars[-1]["from"] + end) / 2
    axis = alt.Axis(
        values=[*ticks, middle] if has_more else ticks,
        labelExpr=f"datum.value == {middle} ? '> {last}' : format(datum.value, 'd')"
        if has_more
        else alt.Undefined,
        format="d",
    )
    days = alt.X(
        "from:Q",
        bin="binned",
        title="Days from one dose to the next",
        scale=alt.Scale(domain=[0, end], nice=False),
        axis=axis,
    )
    count = alt.Y("count:Q", title="Gaps", axis=alt.Axis(tickMinStep=1, format="d"))
    return (
        data(bars)
        .mark_bar(color=DATA["blue"], binSpacing=1)
        .encode(
            x=days,
            x2="to:Q",
            y=count
            if any(bar["count"] for bar in bars)
            else count.scale(domain=[0, 1]),
            tooltip=[
                alt.Tooltip("said:N", title="From one dose to the next"),
                alt.Tooltip("count:Q", title="Gaps"),
            ],
        )
    )
