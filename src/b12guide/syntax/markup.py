"""Marks of word processors and of Markdown: bullets, bold words, code fences.

A guideline is pasted from a page or a chat as often as it is typed. The marks mean nothing here, so
each is told once and read as blanks: what stands beside it is judged as if it were alone.
"""

# ruff: noqa: RUF001 - odd dashes and bullets are the mistakes

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

from b12guide.diagnostics import Diagnostic, Edit, Help, Label
from b12guide.syntax import scan
from b12guide.text import Span, Text


@frozen
class Mark:
    """One mark: where it stands, and whether it is that of a list."""

    spans: tuple[Span, ...]
    is_bullet: bool = False


_FENCE = re.compile(r"[ \t]*((?:`{3,}|~{3,})[ \t]*\w*)[ \t]*$")
_BULLET = re.compile(r"[ \t]*((?:[-–—*•‣◦▪·+]|[0-9]{1,2}[.)])[ \t]+)(?=[*_]*[A-Za-z])")
_STARTERS = "|".join(sorted(scan.STARTERS))
# Two asterisks anywhere, one around words, underscores around a word that begins a clause: a name
# may have underscores.
_BOLD = re.compile(
    r"\*{2,}|(?<![\w*])\*(?=\w[^*\n]*\w\*(?!\w))|(?<=\w)\*(?!\w)"
    rf"|(?<!\w)_{{1,3}}(?=(?:{_STARTERS})_{{1,3}}(?!\w))"
)
_TRAILING = re.compile(r"(?<=[a-z])_{1,3}(?!\w)")
_LINE = re.compile(
    r"^[^\n]*(?:\*|__|```|~~~|^[ \t]*[-–—•‣◦▪·+0-9])[^\n]*", re.MULTILINE
)


def marks(characters: str) -> Iterator[Mark]:
    """The marks of a text outside of quotation marks and comments, in order."""
    for line in _LINE.finditer(characters):
        begin, written = line.start(), line.group()
        fence = _FENCE.match(written)
        if fence is not None:
            yield Mark((Span(*fence.span(1)).shifted(begin),))
            continue
        bullet = _BULLET.match(written)
        if bullet is not None:
            yield Mark((Span(*bullet.span(1)).shifted(begin),), is_bullet=True)
        after = bullet.end() if bullet is not None else 0
        plain = scan.masked(written)
        bold = [Span(*m.span()).shifted(begin) for m in _BOLD.finditer(plain, after)]
        if bold and written[bold[0].start - begin] == "_":
            closing = _TRAILING.search(written, bold[0].end - begin)
            bold += [Span(*closing.span()).shifted(begin)] if closing else []
        if bold:
            yield Mark(tuple(bold))


def told(text: Text, mark: Mark) -> Diagnostic:
    """GDL133 for the mark of a list, GDL166 for the others."""
    first, last = mark.spans[0], mark.spans[-1]
    sign = text.slice(first).strip()
    edits = tuple(Edit(text=text, span=span, replacement="") for span in mark.spans)
    if mark.is_bullet:
        return Diagnostic(
            code="GDL133",
            message=f"a line does not begin with `{sign}`",
            labels=(Label(text=text, span=first),),
            help=(
                Help(
                    message="leave it out; each clause begins with its own word",
                    edits=edits,
                ),
            ),
        )
    return Diagnostic(
        code="GDL166",
        message="marks of Markdown mean nothing here",
        labels=(Label(text=text, span=Span(first.start, last.end)),),
        help=(Help(message="leave it out", edits=edits),),
    )


def without(characters: str, found: tuple[Mark, ...]) -> str:
    """The text with blanks in the place of the marks."""
    pieces = list(characters)
    for mark in found:
        for span in mark.spans:
            pieces[span.start : span.end] = " " * (span.end - span.start)
    return "".join(pieces)
