"""The pieces of a picture (SVG): a frame that says what it shows, text, shapes.

A colour is given twice: as an attribute, for light paper and for programs that know no style
sheets, and as a class, by which a browser adapts it to its paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from html import escape

from b12guide.show.palette import LIGHT, theme_style
from b12guide.show.width import one_line, wrapped

__all__ = [
    "diamond",
    "dot",
    "heading",
    "line",
    "path",
    "pen",
    "picture",
    "plain",
    "rectangle",
    "text",
]

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
