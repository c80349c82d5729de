"""Says why a piece of text cannot be read, for every way in which it can fail.

The table of mistakes comes first, because it knows what authors mean. What it does not know is told
from the place alone: what stands there, what was read before, and what could have followed.
"""

from __future__ import annotations

from collections.abc import Callable

from b12guide.diagnostics import Diagnostic
from b12guide.syntax.failing_ends import (
    doubted,
    ended,
    parentheses,
    quotes_inside,
    refused,
    swallowed,
    unclosed,
    without_unit,
)
from b12guide.syntax.failing_words import (
    capitals,
    invisible,
    ligature,
    misspelt,
    misspelt_before,
    out_of_place,
    reserved,
    unjoined,
    unknown_first_word,
    unknown_word,
)
from b12guide.syntax.failure import Failure, say, spelling
from b12guide.syntax.mistakes import diagnosed
from b12guide.syntax.mistakes_in_conditions import CONDITIONS
from b12guide.syntax.mistakes_in_doses import DOSES, NUMBERS
from b12guide.syntax.mistakes_in_items import CLAUSES, NAMES, TEXTS
from b12guide.syntax.mistakes_of_place import PLACES
from b12guide.syntax.wishes import wished

__all__ = ["TABLE", "explained"]

TABLE = (*PLACES, *TEXTS, *NUMBERS, *NAMES, *CONDITIONS, *DOSES, *CLAUSES)


def explained(failure: Failure) -> Diagnostic:
    """What to tell the author about a failure."""
    for ask in _QUESTIONS:
        diagnostic = ask(failure)
        if diagnostic is not None:
            return diagnostic
    return _unexpected(failure)


def _place(failure: Failure) -> Diagnostic | None:
    return diagnosed(failure, PLACES)


def _wish(failure: Failure) -> Diagnostic | None:
    before, span = failure.before, failure.span
    start = span.start
    is_new = failure.is_complete and failure.begins_line(start)
    if before is not None and not is_new:  # what was read last may be a part of it
        start = before.start_pos or 0
    end = span.end
    if failure.found in {",", ";", "("}:  # what follows is what they introduce
        rest = failure.characters[end : end + 9]
        end += len(rest) - len(rest.lstrip()) + 1
    return wished(failure.text, failure.characters, start, end)


def _last_wish(failure: Failure) -> Diagnostic | None:
    if not failure.found.isidentifier():
        return None
    span = failure.span
    return wished(failure.text, failure.characters, span.start, span.end, is_last=True)


def _table_here(failure: Failure) -> Diagnostic | None:
    return diagnosed(failure, TABLE, here=True)


def _table(failure: Failure) -> Diagnostic | None:
    return diagnosed(failure, TABLE)


def _unexpected(failure: Failure) -> Diagnostic:
    """GDL100: nothing better is known than what could have stood there."""
    word = failure.found
    missing = _what_can_follow(failure.expected)
    before = failure.before
    after = f"after `{before}` there " if before is not None else "there "
    joint = "; " if any("," in choice for choice in missing) else ", "
    *first, last = missing or ("",)
    choices = f"{joint.join(first)} or {last}" if first else last
    return say(
        failure,
        "GDL100",
        f"`{word}` cannot stand here",
        *([f"{after}can be {choices}"] if missing else []),
    )


_MANY = 7
# What many words together stand for; the first words of clauses are told as one.
_TOGETHER = {
    "how often, such as `daily` or `every 2 months`": {"DAILY", "EVERY", "ON"},
    "how long, such as `for 2 weeks`": {"FOR", "UNTIL", "INDEFINITELY"},
    "`then` and a further phase": {"THEN"},
    "`or` and another": {"OR"},
    "`and` and another": {"AND"},
    "`after` and an event": {"AFTER"},
    "a time, such as `at 3 months`": {"AT"},
    "`assuming` and an assumption": {"ASSUMING"},
    "a comma and more of the list": {"COMMA"},
    "a comparison such as `<=`": {"COMPARISON"},
    "the next clause": {"STRENGTH", "EXPECT", "BECAUSE", "RULE", "FINDING"},
    "a name": {"NAME"},
    "a number": {"NUMBER"},
    "a text in quotation marks": {"STRING"},
}


def _what_can_follow(expected: frozenset[str]) -> tuple[str, ...]:
    """What could have stood there: each word, or what many words together stand for.

    A part of them would be a lie about the rest.
    """
    if len(expected) <= _MANY:
        return tuple(sorted(spelling(one) for one in expected if one != "$END"))
    return tuple(said for said, some in _TOGETHER.items() if some & expected)


_QUESTIONS: tuple[Callable[[Failure], Diagnostic | None], ...] = (
    quotes_inside,
    _place,
    ligature,
    invisible,
    unclosed,
    refused,
    capitals,
    swallowed,
    _wish,
    _table_here,
    misspelt,
    unknown_first_word,
    _table,
    without_unit,
    parentheses,
    ended,
    reserved,
    doubted,
    unknown_word,
    out_of_place,
    unjoined,
    misspelt_before,
    _last_wish,
)
