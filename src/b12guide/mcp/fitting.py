"""Cuts a reply into pages of at most two thousand bytes, as text and as data.

An agent reads with a memory that fills up. So a reply is short, and says how to ask for the rest:
nothing is left out in silence, and every line is on some page. Each page has the notice, and the
guideline with its review status.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any, TypeAlias

from attrs import evolve, field, frozen

from b12guide.frozen import Record
from b12guide.mcp.tool_reply import Line, Problem, ToolReply
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.words import plural
from b12guide.show.patient_header import guideline_particulars
from b12guide.text import shortened

MOST = 2000
"""How many bytes a page may have: its text, and its data as JSON in ASCII."""

SCHEMA = "b12guide.tool/1"
Entry: TypeAlias = Line | Problem

_SIZES = (1200, 900, 600, 400, 250, 150, 90, 60)
"""How long the pieces of a text may be that is too long for a page, in characters."""
_LONGEST_NAME, _MOST_IDS = 60, 6
_MANY = 99_999
"""Stands for numbers of pages and lines that are not known yet."""


@frozen(kw_only=True, repr=False)
class Sheet(Record):
    """One page of a reply.

    Attributes:
        text: What is read.
        json: The same as data, in ASCII; `schema/tool.schema.json` describes it.
    """

    text: str
    json: str = field(repr=False)

    @property
    def data(self) -> dict[str, Any]:
        """The same as data."""
        found: dict[str, Any] = json.loads(self.json)
        return found

    @property
    def size(self) -> int:
        """How many bytes the larger of the two has."""
        return max(len(self.text.encode()), len(self.json))


class NoSuchPage(Exception):  # noqa: N818 - it says how many there are
    """A page that a reply has not; its argument is how many there are."""


def sheet(tool: str, reply: ToolReply, page: int = 1, narrow: str = "") -> Sheet:
    """One page of a reply.

    Args:
        tool: The name of the tool.
        reply: What it replies.
        page: The number of the page, from 1.
        narrow: How to ask for less instead of for the next page, such as `details="S13"`.

    Raises:
        NoSuchPage: It has not as many pages.
    """
    paper = _Paper(tool, reply, narrow)
    pages = [*paper.pages()]
    if not 0 < page <= len(pages):
        raise NoSuchPage(len(pages))
    left = sum(map(len, pages[page:]))
    return paper.sheet(pages[page - 1], page, len(pages), left)


def fits_on_one(tool: str, reply: ToolReply) -> bool:
    """Whether the overview of a reply fits on its first page."""
    paper = _Paper(tool, reply, _NARROW)
    return paper.fits([*reply.problems, *reply.first], 1)


_NARROW = 'details="a_name_of_the_usual_length"'


@frozen
class _Paper:
    """What stands on every page of a reply, and how much room is left."""

    tool: str
    reply: ToolReply
    narrow: str

    def pages(self) -> Iterator[Sequence[Entry]]:
        """The lines and problems of each page; there is at least one."""
        first: tuple[Entry, ...] = (*self.reply.problems, *self.reply.first)
        if not self.reply.first:
            first += self.reply.lines
        number = 0
        for entries in (first, self.reply.lines if self.reply.first else ()):
            here: list[Entry] = []
            for entry in entries:
                for piece in self._pieces(entry):
                    if here and not self.fits([*here, piece], number + 1):
                        yield here
                        here, number = [], number + 1
                    here.append(piece)
            if here or (number == 0 and entries is first):
                yield here
                number += 1

    def sheet(
        self, entries: Sequence[Entry], page: int, pages: int, left: int
    ) -> Sheet:
        """A page with these lines and problems."""
        more = self._more(page, left)
        texts = [self._head(), EDUCATION_NOTICE, *(one.to_text() for one in entries)]
        added = dict(self.reply.more) if page == 1 else {}
        data = {
            "schema": SCHEMA,
            "tool": self.tool,
            "guideline": self._guideline(),
            "on": self.reply.on or None,
            "notice": EDUCATION_NOTICE,
            **added,
            "lines": [one.to_dict() for one in entries if isinstance(one, Line)],
            "problems": [one.to_dict() for one in entries if isinstance(one, Problem)],
            "page": page,
            "pages": pages,
            "more": more,
        }
        text = "\n".join([*filter(None, texts), *([more] if more else [])])
        return Sheet(text=text, json=json.dumps(data, default=dict))

    def fits(self, entries: Sequence[Entry], page: int) -> bool:
        """Whether a page has room for these lines and problems."""
        return self.sheet(entries, page, _MANY, _MANY).size <= MOST - len(str(_MANY))

    def _pieces(self, entry: Entry) -> Iterator[Entry]:
        """The entry, or several in its place where it is too long for any page."""
        if self.fits([entry], 1):
            yield entry
            return
        for most in _SIZES:
            pieces = [*_cut(entry, most)]
            if all(self.fits([piece], 1) for piece in pieces):
                break
        yield from pieces

    def _head(self) -> str:
        about = self._guideline()
        if about is None:
            return ""
        day = f" · on {self.reply.on}" if self.reply.on else ""
        return f"{about['name']} {about['version']} · {about['status']}{day}"

    def _guideline(self) -> dict[str, Any] | None:
        graph = self.reply.graph
        if graph is None:
            return None
        status = dict(guideline_particulars(graph))["Status"]
        return {
            "name": shortened(graph.name, _LONGEST_NAME),
            "version": graph.version,
            "status": shortened(status, 2 * _LONGEST_NAME),
        }

    def _more(self, page: int, left: int) -> str:
        if not left:
            return ""
        instead = f", or for less with {self.narrow}" if self.narrow else ""
        told = plural(left, "line")
        return f"… and {told} more: ask again with page={page + 1}{instead}"


def _cut(entry: Entry, most: int) -> Iterator[Entry]:
    """The entry in pieces, of which no text is longer than `most` characters."""
    if isinstance(entry, Problem):
        first, *others = _texts(entry.message, most)
        *before, last = _texts(entry.remedy, most) if entry.remedy else [""]
        short = evolve(
            entry,
            place=shortened(entry.place, most),
            suggestions=tuple(shortened(one, most) for one in entry.suggestions[:3]),
        )
        yield evolve(short, message=first, remedy="" if before or others else last)
        for text in others:
            yield evolve(short, message=f"… {text}", remedy="", suggestions=())
        if before or others:
            for text in (*before, last):
                yield evolve(short, message="…", remedy=text, suggestions=())
        return
    grounds = (piece for one in entry.grounds for piece in _texts(one, most))
    groups = _grouped(tuple(grounds))
    ids = _grouped(tuple(shortened(one, most) for one in entry.ids))
    parts = zip_longest(_texts(entry.text, most), groups, ids)
    for number, (text, some, named) in enumerate(parts):
        said = text or ""
        yield Line(
            about=shortened(entry.about, most),
            text=f"… {said}".rstrip() if number else said,
            grounds=some or (),
            ids=named or (),
        )


def _grouped(some: tuple[str, ...]) -> list[tuple[str, ...]]:
    """A few at a time."""
    return [some[at : at + _MOST_IDS] for at in range(0, len(some), _MOST_IDS)]


def _texts(text: str, most: int) -> list[str]:
    """The text in pieces between blanks, or anywhere where there are none."""
    found: list[str] = []
    while len(text) > most:
        at = text.rfind(" ", most // 2, most + 1)
        at = most if at < 0 else at
        found.append(text[:at])
        text = text[at:].removeprefix(" ")
    return [*found, text]
