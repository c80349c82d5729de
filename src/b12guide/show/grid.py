"""A grid for pages in HTML: rows and columns under headings, whose cells may open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from attrs import frozen

from b12guide.show.page import Item, Tone
from b12guide.show.terminal import one_line
from b12guide.show.to_html import items_html

STYLE = """
.b12guide .grid { overflow: auto; margin: 1rem 0; }
.b12guide .grid table { border-collapse: collapse; font-size: .9em; width: 100%; }
.b12guide .grid th, .b12guide .grid td { border: 1px solid var(--b12-line);
  padding: .3rem .5rem; text-align: left; vertical-align: top; }
.b12guide .grid thead th { background: var(--b12-band); }
.b12guide .grid ul { padding-left: 0; list-style: none; }
.b12guide .grid ul ul { padding-left: 1rem; }
.b12guide .grid details[open] { min-width: 20rem; }
@media print { .b12guide .grid { overflow: visible; column-span: all; } }
""".strip()


@frozen(kw_only=True)
class Cell:
    """What stands in a cell.

    Attributes:
        word: What is read first; the items open below it.
        tone: How the word is to be looked at.
    """

    items: tuple[Item, ...] = ()
    word: str = ""
    tone: Tone = Tone.PLAIN


def grid(
    title: str,
    columns: Sequence[str],
    rows: Iterable[tuple[str, Sequence[Cell]]],
    below: str = "",
) -> str:
    """The grid with its style; each row begins with its heading, for which there is a column."""
    return "\n".join(_lines(title, columns, rows, below))


def _lines(
    title: str,
    columns: Sequence[str],
    rows: Iterable[tuple[str, Sequence[Cell]]],
    below: str,
) -> Iterator[str]:
    yield f"<style>{STYLE}</style>"
    # What scrolls can be reached with the keys alone, and is named for those who have it read out.
    yield f'<div class="grid" tabindex="0" role="group" aria-label="Table: {_text(title)}">'
    heads = "".join(f'<th scope="col">{_text(one)}</th>' for one in columns)
    yield f"<table><thead><tr>{heads}</tr></thead><tbody>"
    for heading, cells in rows:
        yield f'<tr><th scope="row">{_text(heading)}</th>'
        for cell in cells:
            yield f"<td>{_cell(cell)}</td>"
        yield "</tr>"
    yield "</tbody></table></div>"
    if below:
        yield f'<p class="quiet">{_text(below)}</p>'


def _cell(cell: Cell) -> str:
    word = _text(cell.word)
    items = "\n".join(items_html(cell.items)) if cell.items else ""
    if not word:
        return items
    if not items:
        return f'<span class="{cell.tone.value}">{word}</span>'
    summary = f'<summary class="{cell.tone.value}">{word}</summary>'
    return f"<details>{summary}{items}</details>"


def _text(text: str) -> str:
    return escape(one_line(text), quote=True)
