"""The picture of regimens side by side: bars to the fewest, and on to the most.

What is sure is filled, and what lies between the fewest and the most is hollow. Every number stands
beside its bar; a cost that is not known has words and no bar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial, reduce
from typing import TypeAlias

from attrs import evolve, frozen

from b12guide.course.model_misfit import misfit
from b12guide.course.notice import LIMITS, SERUM_IS_NOT_STORE
from b12guide.extras import load
from b12guide.regimen.burden import CountRange
from b12guide.regimens.comparison import ComparedRegimen, RegimenComparison
from b12guide.regimens.notes import STANDINGS, missing_text, range_of
from b12guide.say.words import plural
from b12guide.show import drawing as d
from b12guide.show.patient_header import guideline_particulars

_GUTTER, _AFTER, _BAR, _STEP, _NARROW = 250.0, 190.0, 16.0, 15.0, 500.0


@frozen(kw_only=True)
class _Panel:
    """A heading, and a bar for each regimen on a scale of its own.

    Attributes:
        counts: None where a number is not known.
        middles: What is marked within each bar, if anything is.
        most: The end of the scale, where other panels have the same; the largest number if 0.
        places: How many decimals the numbers have.
    """

    title: str
    colour: str
    counts: tuple[CountRange | None, ...]
    middles: tuple[CountRange | None, ...] = ()
    most: Fraction = Fraction(0)
    places: int | None = None


def comparison_picture(found: RegimenComparison) -> d.Picture | None:
    """The picture of a comparison, if there is a regimen in it."""
    if not found.regimens:
        return None
    return d.picture(partial(comparison_drawing, found))


def comparison_to_svg(found: RegimenComparison) -> str:
    """The picture as SVG, with its title and the notice."""
    return d.to_svg(comparison_drawing(found))


def comparison_drawing(found: RegimenComparison, width: float = d.WIDE) -> d.Drawing:
    """What the regimens ask, cost and come to, one quantity below the other."""
    parts: list[d.Part] = []
    words: list[str] = []
    y = 0.0
    names = [one.name for one in found.regimens]
    for panel in _panels(found):
        drawn, y = _drawn(panel, names, width, y)
        parts += drawn
        words.append(_words(panel, names))
    if found.cohort is not None:
        standing = _standings(found, width)
        parts.append(d.Words(0, y + 14, standing.title, is_bold=True))
        parts += [d.moved(part, 0, y + 22) for part in standing.parts]
        y += 22 + standing.height
        words.append(f"{standing.title}: {standing.words}")
    return d.Drawing(
        title=f"Regimens compared over {plural(found.years, 'year')}",
        about=tuple(_about(found)),
        words=" ".join(words),
        width=width,
        height=y + 4,
        parts=tuple(parts),
    )


def _about(found: RegimenComparison) -> Iterator[str]:
    if found.graph is not None:
        about = dict(guideline_particulars(found.graph))
        yield f"{about['Guideline']}: {about['Status']}"
    if any(one.levels is not None for one in found.regimens):
        yield SERUM_IS_NOT_STORE
        yield misfit().short
        yield LIMITS[0]
    yield "Filled: the fewest; hollow: on to the most, where something is a range or not known"
    if found.costs is not None:
        yield f"Unit costs: {found.costs.told}"
        yield from (missing_text(one) for one in found.regimens if one.missing)


# ------------------------------------------------------------------------------- panels

_Number: TypeAlias = Callable[[ComparedRegimen], CountRange | None]


def _panels(found: RegimenComparison) -> Iterator[_Panel]:
    over = plural(found.years, "year")

    def panel(title: str, colour: str, number: _Number, places: int | None) -> _Panel:
        counts = tuple(number(one) for one in found.regimens)
        return _Panel(title=title, colour=colour, counts=counts, places=places)

    a_year = [
        panel("Injections, year 1", "blue", lambda one: one.years[0].injections, None)
    ]
    if found.years > 1:
        a_year.append(panel("Injections, each later year", "blue", _later, None))
    most = max(_most(count) for one in a_year for count in one.counts)
    yield from (evolve(one, most=most) for one in a_year)
    if found.years > 1:
        yield panel(
            f"Injections, {over}", "blue", lambda one: one.total.injections, None
        )
    if found.costs is not None:
        currency = found.costs.currency
        yield panel(
            f"Cost, {over} ({currency})", "orange", lambda one: one.total.cost, 0
        )
    if found.model is not None:
        yield panel(
            f"Injections given, {over}, as expected with missed and late doses",
            "green",
            _given,
            1,
        )
    if found.people:
        yield _uncovered(found)
    if any(one.levels is not None for one in found.regimens):
        yield from _levels(found)


def _later(one: ComparedRegimen) -> CountRange:
    _, *later = one.years
    return reduce(CountRange.or_, (year.injections for year in later))


def _given(one: ComparedRegimen) -> CountRange | None:
    return None if one.adherence is None else one.adherence.given_injections


def _uncovered(found: RegimenComparison) -> _Panel:
    """The days without cover: a bar over ninety of a hundred people, with the median."""
    counts, middles = [], []
    for one in found.regimens:
        spread = one.adherence and one.adherence.uncovered_days
        by = dict(spread.percentiles) if spread else {}
        counts.append(CountRange(by[5].low, by[95].high) if by else None)
        middles.append(by.get(50))
    return _Panel(
        title="Days that no dose covers, in nine people of ten; the mark is the median",
        colour="purple",
        counts=tuple(counts),
        middles=tuple(middles),
    )


def _levels(found: RegimenComparison) -> Iterator[_Panel]:
    """Serum and store when the years are over, over ninety of a hundred people."""
    over = plural(found.years, "year")
    last = [
        None if one.levels is None or not one.levels.years else one.levels.years[-1]
        for one in found.regimens
    ]
    serum = [None if one is None else (one.serum, one.serum_median) for one in last]
    store = [None if one is None else (one.store, one.store_median) for one in last]
    for name, unit, colour, places, levels in (
        ("Serum", "pg/mL", "red", 0, serum),
        ("Store", "mg", "purple", 1, store),
    ):
        yield _Panel(
            title=f"{name} after {over} ({unit}), in nine people of ten; the mark is the "
            "median",
            colour=colour,
            counts=tuple(None if one is None else one[0] for one in levels),
            middles=tuple(
                None if one is None else CountRange(one[1], one[1]) for one in levels
            ),
            places=places,
        )


def _words(panel: _Panel, names: Sequence[str]) -> str:
    told = (
        f"{name} {range_of(count, places=panel.places)}"
        for name, count in zip(names, panel.counts, strict=True)
    )
    return f"{panel.title}: {'; '.join(told)}."


def _drawn(
    panel: _Panel, names: Sequence[str], width: float, y: float
) -> tuple[list[d.Part], float]:
    """A panel from `y` on, and where it ends."""
    is_narrow = width < _NARROW
    left = 0.0 if is_narrow else _GUTTER
    room = width - left - _AFTER
    parts: list[d.Part] = []
    for line in d.fitted(panel.title, width, 12, is_bold=True):
        y += _STEP
        parts.append(d.Words(0, y, line, is_bold=True))
    y += 6
    most = panel.most or max(_most(count) for count in panel.counts)
    scale = room / float(most) if most else 0.0
    middles = panel.middles or (None,) * len(names)
    for name, count, middle in zip(names, panel.counts, middles, strict=True):
        lines = d.fitted(name, width if is_narrow else _GUTTER - 16)
        for number, line in enumerate(lines):
            parts.append(d.Words(0, y + 12 + _STEP * number, line))
        top = y + _STEP * len(lines) + 2 if is_narrow else y
        parts += _bar(panel, name, count, middle, (left, top, scale, room))
        y = max(top + _BAR, y + _STEP * len(lines)) + 5
    return parts, y + 8


def _most(count: CountRange | None) -> Fraction:
    if count is None:
        return Fraction(0)
    return count.low if count.high is None else count.high


def _bar(
    panel: _Panel,
    name: str,
    count: CountRange | None,
    middle: CountRange | None,
    place: tuple[float, float, float, float],
) -> Iterator[d.Part]:
    left, top, scale, room = place
    text = range_of(count, places=panel.places)
    if middle is not None:
        text = f"{range_of(middle, places=panel.places)} ({text})"
    said = f"{name}, {panel.title}: {text}"
    end = left
    if count is not None:
        low = float(count.low) * scale
        if low and not panel.middles:
            yield d.Box(left, top, max(low, 1), _BAR, panel.colour, said=said)
        high = room if count.high is None else float(count.high) * scale
        if high > low:
            yield d.Box(
                left + low, top, high - low, _BAR, panel.colour, d.Fill.HOLLOW, said
            )
        end = left + max(low, high)
        if count.high is None:
            at = (end + 6, top + _BAR / 2, 5)
            yield d.Mark(*at, panel.colour, d.Shape.ARROW, said=said)
            end += 12
    if middle is not None:
        for number in dict.fromkeys((middle.low, middle.high or middle.low)):
            at = (left + float(number) * scale, top + _BAR / 2, 5)
            yield d.Mark(*at, panel.colour, d.Shape.DIAMOND, said=said)
    yield d.Words(end + 6, top + 12, text)


# ---------------------------------------------------------------------------- standings

_PORTIONS = {
    "advised": ("green", d.Fill.SOLID),
    "option": ("blue", d.Fill.SOLID),
    "withheld": ("purple", d.Fill.SOLID),
    "against": ("red", d.Fill.SOLID),
    "other": ("orange", d.Fill.SOLID),
    "open": ("grey", d.Fill.HATCHED),
    "silent": ("grey", d.Fill.HOLLOW),
    "not_needed": ("purple", d.Fill.HOLLOW),
}
"""What is not known is hatched, and where a guideline says nothing the bar is hollow."""


def _standings(found: RegimenComparison, width: float) -> d.Drawing:
    """For how many patients each regimen is what."""
    bars = load("b12guide.show.cohort_pictures", extra="cohort")
    drawing: d.Drawing = bars.bars_drawing(
        "What the guideline says of each to these patients",
        (),
        [
            bars.Portion(STANDINGS[name].partition(",")[0], colour, fill)
            for name, (colour, fill) in _PORTIONS.items()
        ],
        [
            bars.Bar(
                name=one.name,
                counts=[getattr(one.standing, name) for name in _PORTIONS],
            )
            for one in found.regimens
            if one.standing is not None
        ],
        width,
    )
    return drawing
