"""A page as text for a terminal or a pipe, and as Markdown (CommonMark)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.terminal import (
    COLOURED,
    PLAIN,
    Ink,
    Style,
    columns,
    one_line,
    visible,
    wrapped,
)

_NARROW = 56
_LEAST = 20
_MOST = 100  # longer lines are hard to read
_BULLET = "- "

_INKS = {
    Tone.PLAIN: Ink.NONE,
    Tone.STRONG: Ink.BOLD,
    Tone.CAUTION: Ink.CAUTION,
    Tone.QUIET: Ink.QUIET,
}


def to_text(page: Page, *, width: int = 80, colour: bool = False) -> str:
    """The page in lines of at most `width` columns, with a line end at its end."""
    style = COLOURED if colour else PLAIN
    width = min(max(width, _LEAST), _MOST)
    lines = [*_head(page, width, style)]
    for section in page.sections:
        lines += ["", *_section(section, width, style)]
    return "\n".join(lines) + "\n"


def _head(page: Page, width: int, style: Style) -> Iterator[str]:
    for line in wrapped(page.warning, width) if page.warning else []:
        yield style(Ink.CAUTION, line)
    for line in wrapped(page.title, width):
        yield style(Ink.BOLD, line)
    indent = max((columns(label) for label, _ in page.particulars), default=0) + 2
    for label, text in page.particulars:
        yield from _labelled(label, text, indent, width, style)
    for line in wrapped(page.notice, width) if page.notice else []:
        yield style(Ink.CAUTION, line)


def _labelled(
    label: str, text: str, indent: int, width: int, style: Style
) -> Iterator[str]:
    first, *rest = wrapped(text, width - indent)
    yield style(Ink.QUIET, visible(label).ljust(indent)) + first
    for line in rest:
        yield " " * indent + line


def _section(section: Section, width: int, style: Style) -> Iterator[str]:
    yield from (style(Ink.HEADING, line) for line in wrapped(section.title, width))
    for line in section.verbatim.splitlines():
        yield f"  {visible(line.expandtabs(4))}".rstrip()
    if section.rows:
        yield from _table(section, width, style)
    column = _label_column(section.items) if width >= _NARROW else 0
    for item in section.items:
        yield from _item(item, "  ", column, width, style)


def _table(section: Section, width: int, style: Style) -> Iterator[str]:
    """The table in columns; where these do not fit, row by row."""
    cells = [tuple(map(one_line, row)) for row in (section.heads, *section.rows)]
    sizes = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    if 2 + sum(sizes) + 2 * (len(sizes) - 1) <= width:
        for number, row in enumerate(cells):
            padded = (
                text + " " * (size - columns(text))
                for text, size in zip(row, sizes, strict=True)
            )
            line = f"  {'  '.join(padded)}".rstrip()
            yield style(Ink.QUIET, line) if number == 0 else line
        return
    heads, *rows = cells
    for first, *others in rows:
        told = zip(heads[1:], others, strict=True)
        items = tuple(Item(label=head, text=text) for head, text in told if text)
        yield from _item(Item(text=first, items=items), "  ", 0, width, style)


def _label_column(items: tuple[Item, ...]) -> int:
    """How many columns the labels take, with the gap after them."""
    return max(
        (columns(one_line(item.label)) + 2 for item in items if item.label), default=0
    )


def _item(
    item: Item, margin: str, column: int, width: int, style: Style
) -> Iterator[str]:
    """The item, its small print and its items, all to the right of its label."""
    label = one_line(item.label)
    if label and not column:
        yield margin + style(Ink.BOLD, label)
        label, margin = "", f"{margin}  "
    first = margin + style(Ink.BOLD, label) + " " * (column - columns(label))
    indent = margin + " " * column
    if not item.label:
        first, indent = f"{margin}{_BULLET}", f"{margin}{' ' * len(_BULLET)}"
    for line in _inside(item, indent, width, style):
        yield first + line.removeprefix(indent)
        first = indent


def _inside(item: Item, indent: str, width: int, style: Style) -> Iterator[str]:
    """The lines of an item; one that is only a label leads straight to its items."""
    if item.text or not item.items:
        room = max(width - columns(indent), _LEAST // 2)
        yield from (indent + line for line in _lines(item, room, style))
    column = _label_column(item.items) if width >= _NARROW else 0
    for child in item.items:
        yield from _item(child, indent, column, width, style)


def _lines(item: Item, room: int, style: Style) -> Iterator[str]:
    """The text, and its small print after it."""
    *lines, last = wrapped(item.text, room)
    ink = _INKS[item.tone]
    for line in lines:
        yield style(ink, line)
    if not item.details:
        yield style(ink, last)
        return
    details = f"({' · '.join(item.details)})"
    first, *rest = wrapped(details, room, columns(last) + 1)
    yield style(ink, last) + (" " + style(Ink.QUIET, first) if first else "")
    for line in rest:
        yield style(Ink.QUIET, line)


_SPECIAL = re.compile(r"([\\`*_\[\]#|~])")
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
"""A renderer that knows no backslashes still shows these as characters."""
_LIST_LIKE = re.compile(r"^(\d+)([.)])|^([-+])")


def to_markdown(page: Page) -> str:
    """The page as Markdown, with a line end at its end."""
    lines = [f"> **{escaped(page.warning)}**", ""] if page.warning else []
    lines += [f"# {escaped(page.title)}", ""]
    lines += [
        f"- **{escaped(label)}:** {escaped(text)}" for label, text in page.particulars
    ]
    if page.notice:
        lines += ["", f"> {escaped(page.notice)}"]
    for section in page.sections:
        lines += ["", f"## {escaped(section.title)}", ""]
        if section.verbatim:
            lines += [
                f"    {visible(line.expandtabs(4))}"
                for line in section.verbatim.splitlines()
            ]
            lines += [""] if section.items or section.rows else []
        if section.rows:
            heads, *rows = (
                " | ".join(map(_in_line, row)) for row in (section.heads, *section.rows)
            )
            lines += [f"| {heads} |", "|---" * len(section.heads) + "|"]
            lines += [f"| {row} |" for row in rows]
            lines += [""] if section.items else []
        for item in section.items:
            lines += _markdown_item(item, "")
    return "\n".join(lines) + "\n"


def items_to_markdown(items: Iterable[Item]) -> str:
    """Items as a Markdown list, in which nothing of a title or label is markup."""
    return "\n".join(line for item in items for line in _markdown_item(item, ""))


def _markdown_item(item: Item, margin: str) -> Iterator[str]:
    text = escaped(item.text)
    if item.tone in {Tone.STRONG, Tone.CAUTION} and text:
        text = f"**{text}**"
    label = f"**{escaped(item.label)}:** " if item.label else ""
    details = f" ({escaped(' · '.join(item.details))})" if item.details else ""
    yield f"{margin}- {label}{text}{details}".rstrip()
    for child in item.items:
        yield from _markdown_item(child, f"{margin}  ")


def _in_line(text: str) -> str:
    """Text on one line that does not begin it, in which nothing is markup."""
    return _SPECIAL.sub(r"\\\1", one_line(text)).translate(_MARKUP)


def escaped(text: str) -> str:
    """Text on one line, in which nothing is markup."""
    text = _in_line(text)
    return _LIST_LIKE.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", text)
