"""The table of mistakes: what authors write instead, what it is called, what to write.

Each row stands beside malformed examples; a test reads every one of them. A row matches the text
around the place where the parser stopped, never the whole file, so that what is right elsewhere
is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic, Edit, Help, Label
from b12guide.syntax.failure import Failure
from b12guide.text import Span

__all__ = ["Found", "Mistake", "diagnosed"]


@frozen(kw_only=True)
class Found:
    """A match of a mistake: its named groups, as the author wrote them, and their places."""

    failure: Failure
    match: re.Match[str]

    @property
    def offset(self) -> int:
        """What is to be added to the places of the match."""
        return self.failure.window.start

    def __getitem__(self, group: str) -> str:
        start, end = self.match.span(group)
        if start < 0:
            return ""
        return self.failure.characters[start + self.offset : end + self.offset]

    @property
    def span(self) -> Span:
        """Where the mistake stands."""
        return Span(*self.match.span("at")).shifted(self.offset)

    @property
    def words(self) -> dict[str, str]:
        """The groups, for the message."""
        return {group: self[group].strip() for group in self.match.groupdict()}


Rewrite: TypeAlias = Callable[[Found], str | None]


def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


@frozen(kw_only=True)
class Mistake:
    """One row of the table.

    Attributes:
        code: The code of the diagnostic.
        pattern: The mistake; the group `at` is its place, and all groups fill the message.
        message: What is the matter.
        help: What to write; `{fix}` is what `fix` makes.
        fix: What belongs in the place of `at`, where that is certain. Without certainty
            `edits` is false, and the fix is only spoken of.
        otherwise: The help where no `fix` is known.
        choices: Further remedies, each with its edit, where the author has to choose: what to
            say, and what belongs in the place of `at`.
        clauses: The first words of the clauses that the mistake is made in; empty for all.
        in_lists: Whether it is never made in a condition.
        stops_parser: Whether it only counts where the parser stopped at it or right after it.
        examples: Clauses of a rule, or whole items, that have the mistake.
    """

    code: str
    pattern: re.Pattern[str] = field(converter=_pattern)
    message: str
    help: str
    fix: Rewrite | str | None = None
    edits: bool = True
    otherwise: str = ""
    choices: tuple[tuple[str, Rewrite], ...] = ()
    clauses: frozenset[str] = frozenset()
    in_lists: bool = False
    stops_parser: bool = False
    examples: tuple[str, ...]

    def found_in(self, failure: Failure, *, here: bool) -> Found | None:
        """The match at the place where the parser stopped, or (not `here`) touching it."""
        if self.clauses and failure.keyword not in self.clauses:
            return None
        if self.in_lists and {"AND", "OR"} <= failure.expected:
            return None
        span = failure.span.shifted(-failure.window.start)
        before = failure.before
        from_ = span.start
        if before is not None:
            from_ += (before.start_pos or 0) - failure.span.start
        touching = [
            match
            for match in self.pattern.finditer(failure.masked)
            if match.start() <= span.end and match.end() >= from_
            if not here
            or (match.start("at") < span.end and match.end("at") > span.start)
            if not self.stops_parser or _holds(match, span)
        ]
        if not touching:
            return None
        nearest = min(touching, key=lambda match: abs(match.start("at") - span.start))
        return Found(failure=failure, match=nearest)

    def diagnostic(self, found: Found) -> Diagnostic:
        """What to tell the author."""
        fix = self.fix(found) if callable(self.fix) else self.fix
        text = found.failure.text
        certain = self.edits and fix is not None
        edit = Edit(text=text, span=found.span, replacement=fix or "")
        words = found.words | {"fix": (fix or "").strip()}
        lacks_fix = fix is None and "{fix}" in self.help
        help_ = self.otherwise if lacks_fix else self.help
        remedies = [(help_, (edit,) if certain else ())] if help_ else []
        for said, rewrite in () if certain else self.choices:
            other = rewrite(found)
            if other is not None:
                edits = (Edit(text=text, span=found.span, replacement=other),)
                remedies.append((said.replace("{fix}", other), edits))
        return Diagnostic(
            code=self.code,
            message=self.message.format_map(words),
            labels=(Label(text=text, span=found.span),),
            help=tuple(
                Help(message=said.format_map(words), edits=edits)
                for said, edits in remedies
            ),
        )


def _holds(match: re.Match[str], span: Span) -> bool:
    return match.start("at") <= span.start <= match.end("at") and span.start < span.end


def diagnosed(
    failure: Failure, table: tuple[Mistake, ...], *, here: bool = False
) -> Diagnostic | None:
    """What the first row of the table that matches has to say."""
    for mistake in table:
        found = mistake.found_in(failure, here=here)
        if found is not None:
            return mistake.diagnostic(found)
    return None
