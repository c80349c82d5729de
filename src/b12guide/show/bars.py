"""Counts as bars: one for each line, in parts of the whole.

What is not known is hatched or hollow. A part has its number in it where there is room; the others
stand under the bar, so that none is without its number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from attrs import frozen

from b12guide.show.drawing import (
    WIDE,
    Box,
    Drawing,
    Fill,
    Part,
    Strokes,
    Words,
    fitted,
    legend,
    room_of,
)

_GUTTER, _AFTER, _BAR, _LINE, _NARROW = 330.0, 130.0, 18.0, 14.0, 500.0


@frozen
class Portion:
    """What a stretch of a bar stands for."""

    name: str
    colour: str
    fill: Fill = Fill.SOLID


@frozen
class Bar:
    """A line: its name, small print below it, how many of each portion, what is said after it."""

    name: str
    counts: Sequence[int]
    small: str = ""
    after: str = ""


def bars_drawing(
    title: str,
    about: Sequence[str],
    portions: Sequence[Portion],
    bars: Sequence[Bar],
    width: float = WIDE,
) -> Drawing:
    """The drawing of bars, under a legend of the portions that any of them has."""
    used = [
        (Box(0, -5, 16, 10, portion.colour, portion.fill), portion.name)
        for portion, *counts in zip(
            portions, *(bar.counts for bar in bars), strict=True
        )
        if any(counts)
    ]
    parts, y = legend(used, width, 6) if used else ([], 0.0)
    for bar in bars:
        found, y = _drawn(bar, portions, width, y + 6)
        parts += found
    return Drawing(
        title=title,
        about=tuple(about),
        words=" ".join(
            (*(f"{line}." for line in about), *(_words(b, portions) for b in bars))
        ),
        width=width,
        height=y + 4,
        parts=tuple(parts),
    )


def _words(bar: Bar, portions: Sequence[Portion]) -> str:
    """A bar in words."""
    counts = ", ".join(f"{p.name} {n:,}" for p, n in _counted(bar, portions))
    small = f" ({bar.small})" if bar.small else ""
    after = f"; {bar.after}" if bar.after else ""
    return f"{bar.name}{small}: {counts or 'nobody'}{after}."


def _counted(bar: Bar, portions: Sequence[Portion]) -> Iterator[tuple[Portion, int]]:
    yield from ((p, n) for p, n in zip(portions, bar.counts, strict=True) if n)


def _drawn(
    bar: Bar, portions: Sequence[Portion], width: float, y: float
) -> tuple[list[Part], float]:
    """A bar from `y` on, and where it ends."""
    is_narrow = width < _NARROW
    left = 0.0 if is_narrow else _GUTTER
    room = width - left - (0 if is_narrow else _AFTER)
    name_room = width if is_narrow else _GUTTER - 16
    parts: list[Part] = []
    line = y
    for size, colour, text in ((12.0, "ink", bar.name), (11.0, "quiet", bar.small)):
        for words in fitted(text, name_room, size) if text else ():
            parts.append(Words(0, line + 11, words, size=size, colour=colour))
            line += _LINE
    top = line + 2 if is_narrow else y
    total = sum(bar.counts)
    unsaid = []
    ends = accumulate((n for _, n in _counted(bar, portions)), initial=0)
    for (portion, count), start in zip(_counted(bar, portions), ends, strict=False):
        x, size = left + room * start / total, room * count / total
        said = f"{portion.name}: {count:,} of {total:,}"
        look = (portion.colour, portion.fill, said)
        parts.append(Box(x, top, max(size - 0.5, 0.5), _BAR, *look))
        number = f"{count:,}"
        if portion.fill is not Fill.SOLID or size < room_of(number, 11) + 6:
            unsaid.append(f"{portion.name} {number}")
        if size >= room_of(number, 11) + 6 and portion.fill is not Fill.HATCHED:
            inside = "inside" if portion.fill is Fill.SOLID else "ink"
            middle = x + size / 2
            parts.append(
                Words(middle, top + 13, number, 11, colour=inside, anchor="middle")
            )
            unsaid = [u for u in unsaid if u != f"{portion.name} {number}"]
    bottom = top + _BAR
    under = [", ".join(unsaid)] if unsaid else []
    if is_narrow and bar.after:
        under.append(bar.after)
    for text in under:
        for words in fitted(text, room, 11):
            bottom += _LINE
            parts.append(Words(left, bottom - 2, words, size=11, colour="quiet"))
    if not is_narrow:
        for index, words in enumerate(fitted(bar.after, _AFTER - 14, 11)):
            place = top + 12 + _LINE * index
            parts.append(
                Words(width - _AFTER + 12, place, words, size=11, colour="quiet")
            )
            bottom = max(bottom, place + 4)
    bottom = max(bottom, line) + 6
    parts.append(Strokes(((0, bottom, width, bottom),), "line"))
    return parts, bottom
