"""A page: what a person is to read, before anyone decides on which paper.

Text, Markdown and HTML are made from the same page, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from attrs import frozen

from b12guide.frozen import Record


class Tone(Enum):
    """How an item is to be looked at."""

    PLAIN = "plain"
    STRONG = "strong"
    CAUTION = "caution"
    QUIET = "quiet"


@frozen(kw_only=True, repr=False)
class Item(Record):
    """One thing to read.

    Attributes:
        label: What it is about, set beside it.
        details: Small print: strength, certainty, statements, citations.
        items: Items that belong to it.
    """

    text: str
    label: str = ""
    details: tuple[str, ...] = ()
    tone: Tone = Tone.PLAIN
    items: tuple[Item, ...] = ()


class SectionShape(Enum):
    """How the items of a section stand on a page."""

    LIST = "list"
    CARD = "card"
    CHIPS = "chips"


@frozen(kw_only=True, repr=False)
class Section(Record):
    """Items under a heading.

    Attributes:
        shape: How its items stand where there is more than a column of text.
        verbatim: Text to be read as it stands, line by line, before the items.
        heads: The heads of the columns of a table, which stands before the items.
        rows: Its rows; the first cell of each is its head.
        is_behind: Whether it stands behind what the page says; a notebook folds it.
    """

    title: str
    items: tuple[Item, ...] = ()
    verbatim: str = ""
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    is_behind: bool = False
    shape: SectionShape = SectionShape.LIST


@frozen(kw_only=True, repr=False)
class Page(Record):
    """A whole page.

    Attributes:
        warning: What stands before everything else, such as that the guideline is retired.
        particulars: Label and text of what identifies the page: version, status, patient.
        notice: What every reader is to know first.
    """

    title: str
    warning: str = ""
    particulars: tuple[tuple[str, str], ...] = ()
    notice: str = ""
    sections: tuple[Section, ...] = ()


_MOST = 12


def shortened(items: Sequence[Item]) -> tuple[Item, ...]:
    """The first of many items, and how many more there are; frames have all of them."""
    rest = len(items) - _MOST
    if rest <= 0:
        return tuple(items)
    return (*items[:_MOST], Item(text=f"and {rest:,} more", tone=Tone.QUIET))
