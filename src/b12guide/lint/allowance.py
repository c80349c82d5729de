"""Allowances: comments that let a finding stand, with the reason why.

    # lint: allow GDL562 because the source gives one sentence for both
    rule second ...

Above the `language` line an allowance covers the file; above an item, the item; above a clause,
the clause; at the end of a line, what is found on that line, and on the lines before it on which
its clause began. A reason is part of it: whoever reads the file later has a right to know.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic, Help, Label, Severity
from b12guide.syntax import ast
from b12guide.syntax.scan import STARTERS, Outline
from b12guide.text import Span, Text

__all__ = ["BAD", "UNUSED", "Allowance", "allowances", "bad_allowances", "unused"]

BAD = "GDL590"
UNUSED = "GDL591"

_LINT = re.compile(r"#+[ \t]*lint[ \t]*:[ \t]*", re.IGNORECASE)
_ALLOW = re.compile(
    r"allow\b(?P<codes>.*?)(?:[ \t]because\b(?P<reason>.*))?", re.IGNORECASE
)
_CODE = re.compile(r"[^\s,]+")
_FORM = "write `# lint: allow CODE because ...`"
_SPACE_AND_COMMENTS = re.compile(r"(?:\s+|#[^\r\n]*)*")


@frozen(kw_only=True)
class Allowance:
    """One code of one comment.

    Attributes:
        place: The code in the comment.
        covers: Where a finding has to begin to be allowed.
    """

    code: str
    text: Text = field(repr=False)
    place: Span
    covers: Span

    def allows(self, diagnostic: Diagnostic) -> bool:
        """Whether it lets `diagnostic` stand."""
        place = diagnostic.place
        return (
            place is not None
            and diagnostic.code == self.code
            and place.text is self.text
            and self.covers.start <= place.span.start <= self.covers.end
        )


def allowances(file: ast.File, codes: Collection[str]) -> Iterator[Allowance]:
    """The allowances of a file that are whole; those that are not allow nothing."""
    for comment in file.comments:
        matched = _written(comment)
        if matched is None or not (matched["reason"] or "").strip():
            continue
        covers = _covered(file, comment)
        for place in _codes(comment, matched):
            code = file.text.slice(place)
            if code in codes:
                yield Allowance(code=code, text=file.text, place=place, covers=covers)


def bad_allowances(file: ast.File, codes: Collection[str]) -> Iterator[Diagnostic]:
    """GDL590: an allowance names codes that there are, and says why."""
    for comment in file.comments:
        begin = _LINT.match(comment.text)
        if begin is None:
            continue
        matched = _written(comment)
        if matched is None:
            yield _bad(file.text, comment.span, "this is no allowance", _FORM)
            continue
        places = tuple(_codes(comment, matched))
        if not places:
            yield _bad(file.text, comment.span, "this allowance names no code", _FORM)
        for place in places:
            code = file.text.slice(place)
            if code not in codes:
                yield _unknown(file.text, place, code, codes)
        if not (matched["reason"] or "").strip():
            yield _bad(
                file.text,
                comment.span,
                "this allowance gives no reason",
                "add `because ...`: a finding that stands needs one",
            )


def unused(allowance: Allowance) -> Diagnostic:
    """GDL591: an allowance that lets nothing stand."""
    return Diagnostic(
        code=UNUSED,
        severity=Severity.WARNING,
        message=f"nothing is found that this allowance of {allowance.code} covers",
        labels=(Label(text=allowance.text, span=allowance.place),),
        help=(Help(message="remove it, or move it to what it is meant for"),),
    )


# ------------------------------------------------------------------------- reading


def _written(comment: ast.Comment) -> re.Match[str] | None:
    begin = _LINT.match(comment.text)
    return (
        None if begin is None else _ALLOW.fullmatch(comment.text.rstrip(), begin.end())
    )


def _codes(comment: ast.Comment, matched: re.Match[str]) -> Iterator[Span]:
    start = comment.span.start + matched.start("codes")
    for found in _CODE.finditer(matched["codes"]):
        yield Span(start + found.start(), start + found.end())


def _covered(file: ast.File, comment: ast.Comment) -> Span:
    """What the allowance covers; an empty stretch where nothing follows it."""
    characters = file.text.characters
    start = comment.span.start
    line = max(characters.rfind("\n", 0, start), characters.rfind("\r", 0, start)) + 1
    if characters[line:start].strip():
        lines = Outline(characters, 0, start).lines
        starts = (line.start for line in lines if line.word in STARTERS)
        return Span(max(starts, default=line), comment.span.end)
    following = _SPACE_AND_COMMENTS.match(characters, comment.span.end)
    begin = comment.span.end if following is None else following.end()
    if characters.startswith("language", begin):
        return Span(0, len(characters))
    around = None
    for node in (*file.headers, *file.items):
        if node.span.start == begin:
            return node.span
        if node.span.start < begin < node.span.end:
            around = node
    if around is None:
        return Span(comment.span.end, comment.span.end)
    lines = Outline(characters, begin, around.span.end).lines
    starts = (line.start for line in lines if line.word in STARTERS)
    end = next((s for s in starts if s > begin), around.span.end)
    return Span(begin, end - 1)


# ------------------------------------------------------------------------- telling


def _bad(text: Text, span: Span, message: str, remedy: str) -> Diagnostic:
    return Diagnostic(
        code=BAD,
        severity=Severity.WARNING,
        message=message,
        labels=(Label(text=text, span=span),),
        help=(Help(message=remedy),),
    )


def _unknown(text: Text, span: Span, code: str, codes: Collection[str]) -> Diagnostic:
    near = get_close_matches(code.upper(), sorted(codes), n=1, cutoff=0.6)
    remedy = f"did you mean `{near[0]}`?" if near else "docs/linting.md lists all codes"
    return _bad(text, span, f"there is no finding `{code}` that can be allowed", remedy)
