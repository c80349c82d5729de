"""The pieces of a picture (SVG): a frame that says what it shows, text, shapes, and a time axis.

A colour is given twice: as an attribute, for light paper and for programs that know no style
sheets, and as a class, by which a browser adapts it to its paper.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from html import escape

from attrs import frozen

from b12guide.regimen.schedule import Window
from b12guide.show.palette import LIGHT, theme_style
from b12guide.show.terminal import one_line, wrapped

_SCOPE = ".b12guide-picture"
_FONT = "system-ui, sans-serif"
_TITLE = 96  # letters in a line of a heading


def heading(title: str, subtitle: str) -> Iterator[str]:
    """The title of a picture in as many lines as it takes, and a quieter line below."""
    y = 28
    for words in wrapped(title, _TITLE):
        yield text(16, y, words, size=16, weight=600)
        y += 22
    yield text(16, y, subtitle, colour="quiet")


def picture(
    width: float, height: float, title: str, description: str, body: Iterable[str]
) -> str:
    """The text of an `.svg` file, with a title and a description for those who do not see it."""
    content = "\n".join(body)
    mark = sha256(f"{title}{description}{content}".encode()).hexdigest()[:8]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{_SCOPE[1:]}" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-labelledby="title-{mark} description-{mark}" font-family="{_FONT}">\n'
        f'<title id="title-{mark}">{plain(title)}</title>\n'
        f'<desc id="description-{mark}">{plain(description)}</desc>\n'
        f"<style>{_style()}</style>\n"
        f'<rect width="{width}" height="{height}" {pen(fill="paper")}/>\n'
        f"{content}\n"
        "</svg>\n"
    )


def _style() -> str:
    """The colours by class; hidden from readers of SVG that would not know what to do."""
    fills = (f"{_SCOPE} .f-{c} {{ fill: var(--b12-{c}) }}" for c in LIGHT)
    strokes = (f"{_SCOPE} .s-{c} {{ stroke: var(--b12-{c}) }}" for c in LIGHT)
    rules = "\n".join((theme_style(_SCOPE), *fills, *strokes))
    return f"@supports (fill: var(--b12-ink)) {{\n{rules}\n}}"


def pen(*, fill: str | None = None, stroke: str | None = None) -> str:
    """The attributes that fill and draw in colours of the palette."""
    names = [f"f-{fill}"] if fill else []
    names += [f"s-{stroke}"] if stroke else []
    attributes = [
        f'class="{" ".join(names)}"',
        f'fill="{LIGHT[fill] if fill else "none"}"',
    ]
    attributes += [f'stroke="{LIGHT[stroke]}"'] if stroke else []
    return " ".join(attributes)


def plain(words: str) -> str:
    """Words as they may stand between tags and in attributes."""
    return escape(one_line(words))


def text(  # noqa: PLR0913 -- a text needs its place and its pen
    x: float,
    y: float,
    words: str,
    *,
    size: int = 12,
    weight: int = 400,
    colour: str = "ink",
    anchor: str = "start",
) -> str:
    """Words at a place."""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}" {pen(fill=colour)}>{plain(words)}</text>'
    )


def _closed(element: str, title: str) -> str:
    """An element, with what a pointer over it tells."""
    said = f"<title>{plain(title)}</title>" if title else ""
    name = element.partition(" ")[0]
    return f"<{element}>{said}</{name}>" if said else f"<{element}/>"


def dot(x: float, y: float, radius: float, style: str, title: str = "") -> str:
    """A filled circle."""
    return _closed(f'circle cx="{x}" cy="{y}" r="{radius}" {style}', title)


def diamond(x: float, y: float, radius: float, style: str, title: str = "") -> str:
    """A square on its corner."""
    corners = ((x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y))
    points = " ".join(f"{round(a, 1)},{round(b, 1)}" for a, b in corners)
    return _closed(f'polygon points="{points}" {style}', title)


def rectangle(  # noqa: PLR0913, PLR0917 -- a shape needs its place and its pen
    x: float,
    y: float,
    width: float,
    height: float,
    style: str,
    title: str = "",
    *,
    corner: float = 0,
) -> str:
    """A rectangle, perhaps with round corners."""
    size = f'x="{x}" y="{y}" width="{width}" height="{height}"'
    rounded = f' rx="{corner}"' if corner else ""
    return _closed(f"rect {size}{rounded} {style}", title)


def line(x1: float, y1: float, x2: float, y2: float, colour: str = "line") -> str:
    """A thin line."""
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" {pen(stroke=colour)}/>'


def path(course: str, style: str, title: str = "") -> str:
    """Any other line or shape, by its course."""
    return _closed(f'path d="{course}" {style}', title)


WIDTH, LEFT, ROW = 960, 130, 18
"""Of a picture, of the names before its lanes, and from one row of a lane to the next."""

_RIGHT, _TICK_NAME = 24, 50
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 1200, 12000)
_SHORT = 100
"""Up to so many days, weeks are told instead of months."""


@frozen
class Axis:
    """From the first day to the last."""

    first: dt.date
    last: dt.date

    @property
    def right(self) -> float:
        """Where the last day lies."""
        return WIDTH - _RIGHT

    def x(self, day: dt.date) -> float:
        """Where a day lies; days before the first and after the last lie at the ends."""
        days = max((self.last - self.first).days, 1)
        at = min(max((day - self.first).days, 0), days)
        return round(LEFT + (self.right - LEFT) * at / days, 1)

    def ticks(self, top: float, bottom: float) -> Iterator[str]:
        """A line for each month, or for each week of a short time, and its name above.

        There are fewer where there are many.
        """
        days = (self.last - self.first).days
        if days <= _SHORT:
            step = next(s for s in (1, 7, 14) if days <= 10 * s)
            shown = [self.first + dt.timedelta(n) for n in range(0, days + 1, step)]
            names = [(day, day.isoformat()) for day in shown]
        else:
            names = [(month, month.isoformat()[:7]) for month in self._months()]
            if not names or self.x(names[0][0]) - LEFT > _TICK_NAME:
                yield _tick_name(self.first.isoformat()[:7], LEFT, top)
        for day, name in names:
            x = self.x(day)
            yield line(x, top, x, bottom)
            if x + _TICK_NAME <= WIDTH:
                yield _tick_name(name, x + 2, top)

    def _months(self) -> list[dt.date]:
        """The first days of the months that have a line."""
        months = []
        number = self.first.year * 12 + self.first.month - 1
        for each in range(number, self.last.year * 12 + self.last.month):
            day = dt.date(each // 12, each % 12 + 1, 1)
            if day >= self.first:
                months.append(day)
        step = next(s for s in _STEPS if len(months) <= 14 * s)
        return [m for m in months if (m.year * 12 + m.month - 1) % step == 0]


def _tick_name(name: str, x: float, top: float) -> str:
    return text(x, top - 4, name, size=11, colour="quiet")


def rows(windows: Sequence[Window], axis: Axis, margin: float) -> list[int]:
    """For each window the first row on which it touches no other, with a margin at both ends."""
    ends: list[float] = []
    found = []
    for window in windows:
        left = axis.x(window.earliest) - margin
        right = axis.x(window.latest) + margin
        row = next((r for r, end in enumerate(ends) if end < left), len(ends))
        ends[row : row + 1] = [right]
        found.append(row)
    return found
