"""The shapes of a picture of a rule graph: boxes, lines, words and their colours (SVG).

Shapes and words carry the meaning, colour only repeats it. The style follows the reader's light or
dark, and that of the page where it has a mind of its own (Furo, Jupyter).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from html import escape
from typing import TypeAlias

from attrs import frozen

from b12guide.graph.model import RuleGraph
from b12guide.show.graph_layout import Box, Lane, Layout, Part
from b12guide.show.palette import ON_DARK, ON_LIGHT
from b12guide.show.width import columns, one_line, wrapped
from b12guide.show.wording import EDUCATION_NOTICE, brief_text

__all__ = [
    "EDGE",
    "LINE",
    "Card",
    "Link",
    "card_lines",
    "draw_card",
    "draw_document",
    "draw_fact",
    "draw_lane",
    "draw_legend",
    "draw_note",
    "draw_reading",
    "draw_text",
    "fact_height",
    "width_of",
]

Link: TypeAlias = Callable[[str], "str | None"]
"""From the name of a rule, fact or definition to the address that its box leads to."""

_LEFT, _BETWEEN, _RIGHT, EDGE = 176, 72, 372, 14
_FACT_COLUMNS, _RULE_COLUMNS, _NAME_COLUMNS = 25, 58, 48
LINE, _PADDING = 15, 8
_MOST_LINES = 3


@frozen
class Card:
    """What a box on the right says.

    Attributes:
        small: The line of small print.
        look: Its classes in the style.
        whole: What the box says in full.
    """

    name: str
    lines: tuple[str, ...]
    small: str
    look: str
    whole: str

    @property
    def height(self) -> int:
        """How high the box is."""
        count = 1 + len(self.lines) + bool(self.small)
        return count * LINE + 2 * _PADDING


def card_lines(text: str) -> tuple[str, ...]:
    """The text in a few lines; what does not fit is for the page and the tooltip."""
    lines = list(wrapped(one_line(text), _RULE_COLUMNS))
    if len(lines) > _MOST_LINES:
        lines = lines[:_MOST_LINES]
        lines[-1] = _cut(lines[-1] + " …", _RULE_COLUMNS, always=True)
    return tuple(lines)


def _cut(said: str, room: int, *, always: bool = False) -> str:
    said = one_line(said)
    if columns(said) <= room and not always:
        return said
    while columns(said) > room - 1:
        said = said[:-1]
    return said.rstrip(" …,;") + "…"


def width_of(layout: Layout) -> int:
    """How wide a picture with this layout is."""
    return 2 * EDGE + _LEFT + _BETWEEN + _RIGHT + max(layout.room + 8, 0)


def draw_document(
    body: list[str], width: int, height: float, title: str, said: Iterable[str]
) -> str:
    """A whole picture around `body`; `said` is what it shows, in words."""
    title, description = escape(one_line(title)), escape(one_line(" ".join(said)))
    size = f"{width} {round(height)}"
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="b12guide-graph" '
        f'viewBox="0 0 {size}" width="{width}" height="{round(height)}" '
        f'role="img" aria-label="{title}" font-family="system-ui, sans-serif" '
        'font-size="12">'
    )
    return "\n".join(
        [
            opening,
            f"<title>{title}</title>",
            f"<desc>{description}</desc>",
            _style(),
            f'<rect class="paper" width="{width}" height="{round(height)}" rx="6"/>',
            *body,
            "</svg>\n",
        ]
    )


def _fact_lines(graph: RuleGraph, name: str) -> list[str]:
    lines = list(wrapped(one_line(brief_text(graph, name)), _FACT_COLUMNS))
    return [_cut(line, _FACT_COLUMNS + 2) for line in lines]


def fact_height(graph: RuleGraph, name: str) -> int:
    """How high the box of a fact or definition is."""
    return len(_fact_lines(graph, name)) * LINE + _PADDING


def draw_fact(graph: RuleGraph, name: str, box: Box, link: Link) -> str:
    """What is read, on the left: a fact, or a definition with pointed ends."""
    left, top, bottom = EDGE, box.top, box.top + box.height
    if name in graph.definitions:
        middle, right = box.middle, EDGE + _LEFT
        points = (
            f"{left},{middle} {left + 9},{top} {right - 9},{top} "
            f"{right},{middle} {right - 9},{bottom} {left + 9},{bottom}"
        )
        shape = f'<polygon class="defined" points="{points}"/>'
    else:
        shape = (
            f'<rect class="fact" x="{left}" y="{top}" width="{_LEFT}" '
            f'height="{box.height}" rx="{min(box.height / 2, 14)}"/>'
        )
    lines = (
        draw_text(left + _LEFT / 2, top + 15 + LINE * n, line, "ink", anchor="middle")
        for n, line in enumerate(_fact_lines(graph, name))
    )
    return _linked(link(name), f"<title>{escape(name)}</title>{shape}{''.join(lines)}")


def draw_card(card: Card, place: Box, link: Link) -> str:
    """What reads, on the right."""
    left = EDGE + _LEFT + _BETWEEN
    frame = (
        f'<rect class="{card.look}" x="{left}" y="{place.top}" width="{_RIGHT}" '
        f'height="{place.height}" rx="4"/>'
    )
    lines = [f"<title>{escape(one_line(card.whole))}</title>", frame]
    y = place.top + _PADDING + 11
    lines.append(draw_text(left + 10, y, _cut(card.name, _NAME_COLUMNS), "ink name"))
    for line in card.lines:
        y += LINE
        lines.append(draw_text(left + 10, y, line, "ink"))
    if card.small:
        small = _cut(card.small, _RULE_COLUMNS + 4)
        lines.append(draw_text(left + 10, y + LINE, small, "quiet small"))
    return _linked(link(card.name), "".join(lines))


def _linked(address: str | None, inner: str) -> str:
    """The shape as a link for the mouse; others find the links in the words of the page."""
    if address is None:
        return f"<g>{inner}</g>"
    return f'<a href="{escape(address)}" tabindex="-1">{inner}</a>'


def draw_reading(layout: Layout, part: Part) -> str:
    """The lines from what a part reads to the part, the last part of them spread out."""
    start, end = EDGE + _LEFT, EDGE + _LEFT + _BETWEEN
    half = (start + end) / 2
    box = layout.right[part.name]
    sources = sorted(layout.left[name].middle for name in part.reads)
    step = min(9.0, (box.height - 12) / max(len(sources), 1))
    first = box.middle - step * (len(sources) - 1) / 2
    return "".join(
        f'<path class="reads" d="M{start} {y} C{half} {y} {half} {first + step * n:.1f} '
        f'{end} {first + step * n:.1f}"/>'
        for n, y in enumerate(sources)
    )


def draw_lane(layout: Layout, lane: Lane) -> Iterator[str]:
    """The exceptions to one part, with the tip at the part that gives way."""
    right = EDGE + _LEFT + _BETWEEN + _RIGHT
    x = right + lane.offset
    end = layout.right[lane.end].middle - 6
    for name in lane.starts:
        y = layout.right[name].middle + 6
        yield f'<path class="excepts" d="M{right} {y} H{x} V{end} H{right + 8}"/>'
    yield (
        f'<polygon class="tip" points="{right},{end} {right + 9},{end - 5} '
        f'{right + 9},{end + 5}"/>'
    )


def draw_legend(y: float) -> Iterator[str]:
    """What the shapes mean."""
    x = float(EDGE)
    for look, words in (
        ("fact", "a fact"),
        ("defined", "a definition"),
        ("rule", "a rule"),
        ("rule option", "an option"),
        ("excepts", "exception: the tip gives way"),
    ):
        if look == "excepts":
            shape = (
                f'<path class="excepts" d="M{x + 8} {y - 4} H{x + 26}"/>'
                f'<polygon class="tip" points="{x},{y - 4} {x + 9},{y - 9} '
                f'{x + 9},{y + 1}"/>'
            )
        elif look == "defined":
            shape = (
                f'<polygon class="defined" points="{x},{y - 4} {x + 5},{y - 10} '
                f'{x + 21},{y - 10} {x + 26},{y - 4} {x + 21},{y + 2} {x + 5},{y + 2}"/>'
            )
        else:
            radius = 6 if look == "fact" else 2
            shape = (
                f'<rect class="{look}" x="{x}" y="{y - 10}" width="26" height="12" '
                f'rx="{radius}"/>'
            )
        yield shape + draw_text(x + 32, y, words, "quiet")
        x += 52 + 6.2 * len(words)


def draw_note(y: float, width: int) -> Iterator[str]:
    """The notice that every reader is to see."""
    for number, line in enumerate(wrapped(EDUCATION_NOTICE, int((width - 28) / 6.2))):
        yield draw_text(EDGE, y + LINE * number, line, "quiet")


def draw_text(  # noqa: PLR0913 -- a text needs its place and its pen
    x: float, y: float, text: str, look: str, *, size: int = 0, anchor: str = ""
) -> str:
    """A line of text."""
    style = f' style="font-size:{size}px"' if size else ""
    middle = f' text-anchor="{anchor}"' if anchor else ""
    said = escape(one_line(text))
    return f'<text class="{look}" x="{x}" y="{y}"{middle}{style}>{said}</text>'


_LIGHT = {
    ".paper": "fill:#ffffff",
    ".ink": "fill:#1b1f24",
    ".quiet": "fill:#57606a",
    ".fact": "fill:#e7f0fa;stroke:#0b5cad",
    ".defined": "fill:#f3ecfb;stroke:#6f42c1",
    ".rule": "fill:#f6f8fa;stroke:#57606a",
    ".reads": "stroke:#8c959f",
    ".excepts": "stroke:#a04000",
    ".tip": "fill:#a04000",
}
_DARK = {
    ".paper": "fill:#131416",
    ".ink": "fill:#e6edf3",
    ".quiet": "fill:#a5aeb8",
    ".fact": "fill:#10233a;stroke:#79b8ff",
    ".defined": "fill:#241b3a;stroke:#b392f0",
    ".rule": "fill:#1c2128;stroke:#8b949e",
    ".reads": "stroke:#6e7681",
    ".excepts": "stroke:#f0a35e",
    ".tip": "fill:#f0a35e",
}
_PLAIN = (
    "{0}{{font-family:system-ui,sans-serif;font-size:12px}}"
    "{0} path{{fill:none;stroke-width:1.2}}{0} .name{{font-weight:600}}"
    "{0} .excepts{{stroke-width:1.6}}{0} .option{{stroke-dasharray:4 3}}"
    "{0} .small{{font-size:11px}}"
    "{0} a{{text-decoration:none}}{0} a:hover .ink{{text-decoration:underline}}"
)


def _style() -> str:
    me = ".b12guide-graph"

    def rules(prefix: str, colours: dict[str, str]) -> str:
        return "".join(f"{prefix}{me} {c}{{{look}}}" for c, look in colours.items())

    return (
        f"<style>{_PLAIN.format(me)}{rules('', _LIGHT)}"
        f"@media (prefers-color-scheme:dark){{{rules('', _DARK)}}}"
        f"{rules(f'{ON_DARK} ', _DARK)}{rules(f'{ON_LIGHT} ', _LIGHT)}</style>"
    )
