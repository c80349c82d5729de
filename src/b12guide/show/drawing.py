"""Drawings: shapes and words at their places, and how a browser is to show them (SVG).

A drawing is laid out once. Here it becomes SVG, which needs nothing else; `b12guide.plot` makes a
chart of Altair of the same shapes. Its own title, subtitle and notice belong to a file that stands
alone; on a page, which has them already, only the body is shown.

Colours of data are the same on every paper, so a colour has one meaning wherever it is met; words
and lines take the paper's own ink. Nothing is reported by colour alone: shapes, hatching and hollow
shapes say the same, and every shape has words for a pointer that rests on it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from hashlib import sha256
from html import escape
from typing import TypeAlias, assert_never

from attrs import evolve, frozen

from b12guide.notice import EDUCATION_NOTICE
from b12guide.show.palette import DATA, INSIDE, LIGHT, theme_style
from b12guide.show.terminal import one_line, wrapped

WIDE, NARROW = 920.0, 358.0
"""How wide a drawing is on a desk, and on a phone of 390 px."""

LETTER, BOLD_LETTER = 0.53, 0.6
"""How wide a letter is, as a share of its size, on the safe side for the fonts of browsers."""


class Fill(Enum):
    """How a shape is filled; what is hollow is open, and what is hatched is not known."""

    SOLID = "solid"
    HOLLOW = "hollow"
    HATCHED = "hatched"
    FAINT = "faint"


@frozen
class Box:
    """A rectangle from its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    fill: Fill = Fill.SOLID
    said: str = ""
    corner: float = 0

    def hatching(self) -> tuple[Segment, ...]:
        """The slanting lines of a hatched box, cut off at its edges."""
        if self.fill is not Fill.HATCHED:
            return ()
        found = []
        start = self.x - self.height + _HATCH / 2
        while start < self.x + self.width:
            left, right = (
                max(start, self.x),
                min(start + self.height, self.x + self.width),
            )
            low = self.y + self.height
            found.append((left, low - (left - start), right, low - (right - start)))
            start += _HATCH
        return tuple(found)


class Shape(Enum):
    """What a mark is: the shape repeats what the colour says."""

    DOT = "circle"
    SQUARE = "square"
    DIAMOND = "diamond"
    TRIANGLE = "triangle-up"
    CROSS = "cross"
    ARROW = "triangle-right"


@frozen
class Mark:
    """A small shape around a point."""

    x: float
    y: float
    radius: float
    colour: str
    shape: Shape = Shape.DOT
    fill: Fill = Fill.SOLID
    said: str = ""


Segment: TypeAlias = tuple[float, float, float, float]
"""From x and y to x and y."""


@frozen
class Strokes:
    """Thin lines of one colour."""

    segments: tuple[Segment, ...]
    colour: str = "line"
    width: float = 1
    dashed: bool = False


@frozen
class Words:
    """A line of text from the point where it starts, ends or has its middle, on its base line."""

    x: float
    y: float
    text: str
    size: float = 12
    is_bold: bool = False
    colour: str = "ink"
    anchor: str = "start"


Part: TypeAlias = Box | Mark | Strokes | Words


@frozen(kw_only=True)
class Drawing:
    """A picture: what it is called, what it says in words, and its parts from back to front.

    Attributes:
        about: The lines below the title, such as the guideline, its status and the days.
        words: All that it shows, for those who do not see it.
        parts: Their places count from the upper left corner of the body.
    """

    title: str
    about: tuple[str, ...]
    words: str
    width: float
    height: float
    parts: tuple[Part, ...]


# ----------------------------------------------------------------------------- as SVG

_SCOPE = "b12guide-picture"
_CROSS = tuple(
    (a * s, b * t)
    for s, t, corners in (
        (1, -1, ((0.35, 1.1), (0.35, 0.35), (1.1, 0.35))),
        (1, 1, ((1.1, 0.35), (0.35, 0.35), (0.35, 1.1))),
        (-1, 1, ((0.35, 1.1), (0.35, 0.35), (1.1, 0.35))),
        (-1, -1, ((1.1, 0.35), (0.35, 0.35), (0.35, 1.1))),
    )
    for a, b in corners
)
_FONT = "system-ui, sans-serif"
_HATCH, _MARGIN, _TITLE, _LINE = 7, 16, 22, 17


def to_svg(drawing: Drawing, *, alone: bool = True) -> str:
    """The drawing as SVG; `alone`, it carries its title, what it is about and the notice."""
    head = list(_head(drawing)) if alone else []
    margin = _MARGIN if alone else 0
    top = max((part.y for part in head), default=0) + margin
    below = top + drawing.height + 8
    foot = [
        Words(_MARGIN, below + _LINE * number, line, colour="quiet")
        for number, line in enumerate(fitted(EDUCATION_NOTICE, drawing.width), 1)
        if alone
    ]
    height = max((part.y for part in foot), default=top + drawing.height) + margin
    width = drawing.width + 2 * margin
    body = "\n".join(
        (
            *map(_painted, head),
            f'<g transform="translate({_n(margin)} {_n(top)})">',
            *map(_painted, drawing.parts),
            "</g>",
            *map(_painted, foot),
        )
    )
    mark = sha256(f"{drawing.title}{drawing.words}{body}".encode()).hexdigest()[:8]
    size = f"{_n(width)} {_n(height)}"
    # The inks of the page instead of those of light paper, where a reader of SVG knows
    # them.
    rules = (
        f'.{_SCOPE} [{way}="{colour}"] {{ {way}: var(--b12-{name}) }}'
        for name, colour in LIGHT.items()
        for way in ("fill", "stroke")
    )
    inner = "\n".join((theme_style(f".{_SCOPE}"), *rules))
    style = f"@supports (fill: var(--b12-ink)) {{\n{inner}\n}}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{_SCOPE}" viewBox="0 0 {size}" '
        f'width="{_n(width)}" height="{_n(height)}" role="img" '
        f'aria-labelledby="title-{mark} words-{mark}" font-family="{_FONT}">\n'
        f'<title id="title-{mark}">{plain(drawing.title)}</title>\n'
        f'<desc id="words-{mark}">{plain(drawing.words)}</desc>\n'
        f"<style>{style}</style>\n"
        + (
            f'<rect width="{_n(width)}" height="{_n(height)}" {_paint("paper")}/>\n'
            * alone
        )
        + f"{body}\n</svg>\n"
    )


@frozen
class Picture:
    """A picture in two ways.

    Attributes:
        alone: As SVG that carries its title, what it is about and the notice.
        body: As HTML for a page, which has these already.
    """

    alone: str
    body: str


def picture(draw: Callable[[float], Drawing]) -> Picture:
    """A drawing as a picture; for a page it is laid out for a desk and again for a phone.

    Shrunk to the width of a phone, its words could not be read; a reader is shown one of the two,
    whether they see it or have it read out.
    """
    wide, narrow = draw(WIDE), draw(NARROW)
    return Picture(
        alone=to_svg(wide),
        body=f'<div class="wide">{to_svg(wide, alone=False)}</div>'
        f'<div class="narrow">{to_svg(narrow, alone=False)}</div>',
    )


def _head(drawing: Drawing) -> Iterator[Words]:
    y = _MARGIN + 12.0
    for line in fitted(drawing.title, drawing.width, 16, is_bold=True):
        yield Words(_MARGIN, y, line, size=16, is_bold=True)
        y += _TITLE
    for about in drawing.about:
        for line in fitted(about, drawing.width):
            yield Words(_MARGIN, y, line, colour="quiet")
            y += _LINE


def _painted(part: Part) -> str:
    match part:
        case Box():
            rounded = f' rx="{_n(part.corner)}"' if part.corner else ""
            shape = (
                f'rect x="{_n(part.x)}" y="{_n(part.y)}" width="{_n(part.width)}" '
                f'height="{_n(part.height)}"{rounded} {_filled(part)}'
            )
            return _told(shape, part.said) + _lines(part.hatching(), part.colour)
        case Mark():
            return _told(f"{_outline(part)} {_filled(part)}", part.said)
        case Strokes():
            return _lines(part.segments, part.colour, part.width, dashed=part.dashed)
        case Words():
            bold = ' font-weight="600"' if part.is_bold else ""
            anchor = f' text-anchor="{part.anchor}"' if part.anchor != "start" else ""
            return (
                f'<text x="{_n(part.x)}" y="{_n(part.y)}" font-size="{_n(part.size)}"{bold}'
                f"{anchor} {_paint(part.colour)}>{plain(part.text)}</text>"
            )
        case _:
            assert_never(part)


def _outline(mark: Mark) -> str:
    """The element of a mark with its place."""
    x, y, r = mark.x, mark.y, mark.radius
    if mark.shape is Shape.DOT:
        return f'circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(r)}"'
    corners = {
        Shape.SQUARE: ((-1, -1), (1, -1), (1, 1), (-1, 1)),
        Shape.DIAMOND: ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
        Shape.TRIANGLE: ((0, -1.1), (1.1, 0.9), (-1.1, 0.9)),
        Shape.ARROW: ((-1, -1.1), (1, 0), (-1, 1.1)),
        Shape.CROSS: _CROSS,
    }[mark.shape]
    points = " ".join(f"{_n(x + r * a)},{_n(y + r * b)}" for a, b in corners)
    return f'polygon points="{points}"'


def _filled(part: Box | Mark) -> str:
    colour = part.colour
    match part.fill:
        case Fill.SOLID:
            return _paint(colour)
        case Fill.FAINT:
            return f'{_paint(colour)} fill-opacity="0.16"'
        case Fill.HOLLOW:
            dashes = ' stroke-dasharray="3 2"' if isinstance(part, Box) else ""
            return f'{_paint("paper", colour)} stroke-width="1.5"{dashes}'
        case Fill.HATCHED:
            return _paint("paper", colour)
        case _:
            assert_never(part.fill)


def _paint(fill: str | None = None, stroke: str | None = None) -> str:
    found = f'fill="{colour_of(fill) if fill else "none"}"'
    return f'{found} stroke="{colour_of(stroke)}"' if stroke else found


def colour_of(name: str) -> str:
    """A colour of data, or of light paper, by its name."""
    return INSIDE if name == "inside" else DATA.get(name) or LIGHT[name]


def _lines(
    segments: Iterable[Segment], colour: str, width: float = 1, *, dashed: bool = False
) -> str:
    course = "".join(f"M{_n(a)} {_n(b)}L{_n(c)} {_n(d)}" for a, b, c, d in segments)
    dashes = ' stroke-dasharray="3 3"' if dashed else ""
    thick = f' stroke-width="{_n(width)}"' if width != 1 else ""
    return (
        f'<path d="{course}" {_paint(stroke=colour)}{thick}{dashes}/>' if course else ""
    )


def _told(element: str, said: str) -> str:
    """An element, with what a pointer over it tells."""
    if not said:
        return f"<{element}/>"
    return f"<{element}><title>{plain(said)}</title></{element.partition(' ')[0]}>"


def _n(number: float) -> str:
    """A number of pixels, without a fraction that nobody sees."""
    return f"{round(number, 1):g}"


def plain(words: str) -> str:
    """Words as they may stand between tags and in attributes."""
    return escape(one_line(words))


# ------------------------------------------------------------------------- words, days


def fitted(
    text: str, room: float, size: float = 12, *, is_bold: bool = False
) -> list[str]:
    """Text in lines that fit into so many pixels."""
    letter = size * (BOLD_LETTER if is_bold else LETTER)
    return wrapped(text, max(int(room / letter), 8))


def room_of(text: str, size: float = 12) -> float:
    """About how many pixels a text takes."""
    return len(text) * size * LETTER


def legend(
    samples: Sequence[tuple[Part, str]], width: float, y: float
) -> tuple[list[Part], float]:
    """Marks with their meanings, in as many lines as they take, and where the lines end.

    A sample is drawn around the point 8, 0.
    """
    parts: list[Part] = []
    x, lines = 0.0, 1
    for sample, words in samples:
        needed = 24 + room_of(words, 11)
        if x and x + needed > width:
            x, y, lines = 0.0, y + 4 + 14 * lines, 1
        parts.append(moved(sample, x, y))
        said = fitted(words, width - 24, 11)
        for number, line in enumerate(said):
            place = y + 4 + 14 * number
            parts.append(Words(x + 22, place, line, size=11, colour="quiet"))
        lines = max(lines, len(said))
        x += needed + 18
    return parts, y + 4 + 14 * lines


def moved(part: Part, x: float, y: float) -> Part:
    """A part at another place."""
    if isinstance(part, Strokes):
        shifted = ((a + x, b + y, c + x, d + y) for a, b, c, d in part.segments)
        return evolve(part, segments=tuple(shifted))
    return evolve(part, x=part.x + x, y=part.y + y)


@frozen
class Axis:
    """Days from left to right, between two places.

    Attributes:
        is_dated: Whether days have their dates, or are counted from the first.
    """

    first: dt.date
    last: dt.date
    left: float
    right: float
    is_dated: bool = True

    def x(self, day: dt.date) -> float:
        """Where a day lies; days before the first and after the last lie at the ends."""
        days = max((self.last - self.first).days, 1)
        at = min(max((day - self.first).days, 0), days)
        return round(self.left + (self.right - self.left) * at / days, 1)

    def names(self, y: float) -> Iterator[Part]:
        """The names of days or months on a line at `y`, as far as none touches the one before."""
        end = -math.inf
        for day, name in self._named():
            x, room = self.x(day), room_of(name, 11)
            left = min(max(x - room / 2, self.left - 6), self.right + 12 - room)
            if left > end + 4:
                yield Words(left, y, name, size=11, colour="quiet")
                end = left + room

    def lines(self, top: float, bottom: float) -> Strokes:
        """A line from top to bottom for each of them."""
        days = (self.x(day) for day, _ in self._named())
        return Strokes(tuple((x, top, x, bottom) for x in days), "line")

    def _named(self) -> Iterator[tuple[dt.date, str]]:
        """Days at even distances with their names: days up to a quarter, else months or years."""
        days = (self.last - self.first).days
        most = max((self.right - self.left) / 84, 2)
        if days <= _SHORT:
            step = next(s for s in (1, 2, 7, 14, 28, _SHORT) if days <= most * s)
            for number in range(0, days + 1, step):
                day = self.first + dt.timedelta(number)
                yield day, day.isoformat() if self.is_dated else f"day {number + 1}"
            return
        first = self.first.year * 12 + self.first.month - 1
        last = self.last.year * 12 + self.last.month - 1
        steps = (1, 2, 3, 6, 12, 24, 60, 120, 1200, 12000)
        step = next(s for s in steps if last - first <= most * s)
        is_begun = False
        for number in range(first, last + 1):
            month = dt.date(number // 12, number % 12 + 1, 1)
            if number % step == 0 and month >= self.first:
                if number - first > step / 2 and not is_begun:
                    yield self.first, self.first.isoformat()
                is_begun = True
                after = f"{number - first} months" if number > first else "first dose"
                yield month, month.isoformat()[:7] if self.is_dated else after


_SHORT = 92
"""Up to so many days, days are named instead of months."""
