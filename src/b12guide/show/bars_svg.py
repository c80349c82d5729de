"""A picture of counts (SVG): a bar for each line, in parts of the whole.

A part that is not known, or could not be assessed, is hollow. Every part that is wide enough has
its number in it; all of them are in the words that the picture carries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from b12guide.notice import EDUCATION_NOTICE
from b12guide.show.svg import pen, picture, rectangle, text
from b12guide.show.terminal import wrapped

_WIDTH, _LEFT, _RIGHT, _ROW, _BAR = 960, 340, 170, 34, 18
_TITLE, _NAME, _AFTER = 96, 48, 24
_DIGIT = 7
"""How wide a digit is, about, in a bar."""


@frozen
class Part:
    """What a stretch of a bar stands for."""

    name: str
    colour: str
    is_hollow: bool = False


@frozen
class Bar:
    """A line: its name, how many there are of each part, and what is said after it."""

    name: str
    counts: Sequence[int]
    after: str = ""


def bars_to_svg(
    title: str, subtitle: str, parts: Sequence[Part], bars: Sequence[Bar]
) -> str:
    """The picture as the text of an `.svg` file."""
    head = [text(16, 28, title, size=16, weight=600)]
    lines = wrapped(subtitle, _TITLE + 24)
    head += [
        text(16, 50 + 16 * n, line, colour="quiet") for n, line in enumerate(lines)
    ]
    top = 50 + 16 * len(lines) + 14
    body = [*head, *_legend(parts, top)]
    top += 24
    for number, bar in enumerate(bars):
        body += _bar(bar, parts, top + _ROW * number)
    bottom = top + _ROW * len(bars)
    body.append(text(16, bottom + 20, EDUCATION_NOTICE, size=11, colour="quiet"))
    said = [_words(bar, parts) for bar in bars]
    description = " ".join((f"{subtitle}.", *said, EDUCATION_NOTICE))
    return picture(_WIDTH, bottom + 36, title, description, body)


def _words(bar: Bar, parts: Sequence[Part]) -> str:
    """A bar in words."""
    counts = ", ".join(
        f"{part.name} {count:,}"
        for part, count in zip(parts, bar.counts, strict=True)
        if count
    )
    after = f" ({bar.after})" if bar.after else ""
    return f"{bar.name}: {counts or 'nobody'}{after}."


def _style(part: Part) -> str:
    if part.is_hollow:
        return f'{pen(fill="paper", stroke=part.colour)} stroke-dasharray="3 2"'
    return pen(fill=part.colour, stroke=part.colour)


def _legend(parts: Sequence[Part], y: float) -> Iterator[str]:
    x = 16.0
    for part in parts:
        yield rectangle(x, y - 9, 12, 10, _style(part))
        yield text(x + 18, y, part.name, colour="quiet")
        x += 44 + 6.4 * len(part.name)


def _bar(bar: Bar, parts: Sequence[Part], y: float) -> Iterator[str]:
    for number, line in enumerate(wrapped(bar.name, _NAME)[:2]):
        lift = 6 if len(bar.name) > _NAME else 0
        yield text(_LEFT - 12, y + 17 - lift + 13 * number, line, anchor="end")
    room, total = _WIDTH - _LEFT - _RIGHT, sum(bar.counts)
    yield rectangle(_LEFT, y + 4, room, _BAR, pen(fill="band"))
    x = float(_LEFT)
    for part, count in zip(parts, bar.counts, strict=True):
        if not count:
            continue
        width = round(room * count / total, 1)
        said = f"{part.name}: {count:,} of {total:,}"
        yield rectangle(x, y + 4, width, _BAR, _style(part), said)
        number_ = f"{count:,}"
        if width > _DIGIT * len(number_) + 6:
            colour = "ink" if part.is_hollow else "paper"
            middle = round(x + width / 2, 1)
            yield text(middle, y + 17, number_, colour=colour, anchor="middle")
        x = round(x + width, 1)
    if bar.after:
        yield text(_WIDTH - _RIGHT + 12, y + 17, bar.after, colour="quiet")
