"""Says why a piece of text cannot be read, for every way in which it can fail.

The table of mistakes comes first, because it knows what authors mean. What it does not know is told
from the place alone: what stands there, what was read before, and what could have followed.
"""

from __future__ import annotations

from collections.abc import Callable

from lark import Token

from b12guide.diagnostics import Diagnostic, Edit, Help, Label
from b12guide.syntax import scan
from b12guide.syntax.failure import Failure, all_keywords, keywords, spelling
from b12guide.syntax.mistakes import diagnosed
from b12guide.syntax.mistakes_in_conditions import CONDITIONS
from b12guide.syntax.mistakes_in_doses import DOSES, NUMBERS
from b12guide.syntax.mistakes_in_items import CLAUSES, NAMES, TEXTS
from b12guide.syntax.suggest import keyword
from b12guide.syntax.tree_pieces import Doubt
from b12guide.text import Span

__all__ = ["TABLE", "explained"]

TABLE = (*TEXTS, *NUMBERS, *NAMES, *CONDITIONS, *DOSES, *CLAUSES)

_STARTERS = scan.CLAUSES | scan.HEADERS | scan.DECLARATIONS | scan.GUIDELINE_ITEMS
_JOINTS = frozenset({"and", "or", "not", "(", ",", "of", "to", "is", "as", "when"})


def explained(failure: Failure) -> Diagnostic:
    """What to tell the author about a failure."""
    for ask in _QUESTIONS:
        diagnostic = ask(failure)
        if diagnostic is not None:
            return diagnostic
    return _unexpected(failure)


def _say(
    failure: Failure,
    code: str,
    message: str,
    *help_: str,
    span: Span | None = None,
    fix: str | None = None,
) -> Diagnostic:
    span = failure.span if span is None else span
    edit = Edit(text=failure.text, span=span, replacement=fix or "")
    return Diagnostic(
        code=code,
        message=message,
        labels=(Label(text=failure.text, span=span),),
        help=tuple(
            Help(message=text, edits=(edit,) if fix is not None and not i else ())
            for i, text in enumerate(help_)
        ),
    )


def _span(token: Token) -> Span:
    return Span(token.start_pos or 0, token.end_pos or 0)


def _unclosed(failure: Failure) -> Diagnostic | None:
    """GDL130: a text without its second quotation mark."""
    if failure.found[:1] != '"':
        return None
    line = failure.characters[failure.span.start :].splitlines()[0]
    kind, start, end = next(scan.words(line))
    if kind != "string" or (end - start > 1 and line[start:end].endswith('"')):
        if line[start:end] != '"' and not line[start:end].endswith('\\"'):
            return None
    at = failure.span.start
    span = Span(at, at + len(line.rstrip()))
    fixed = line.rstrip().rstrip("\\") + '"'
    return _say(
        failure,
        "GDL130",
        "the text has no quotation mark at its end",
        'write `"` where the text ends; a long text goes on in a second pair of them',
        span=span,
        fix=fixed,
    )


def _doubted(failure: Failure) -> Diagnostic | None:
    """What the grammar lets through and the tree refuses."""
    word = failure.found
    match failure.doubt:
        case Doubt.REPEATED:
            return _say(
                failure,
                "GDL127",
                f"`{failure.keyword}` is written twice",
                "keep one of them, or write a second item",
            )
        case Doubt.NOT_WHOLE:
            return _say(
                failure,
                "GDL164",
                f"`{word}` is not a whole number",
                "write it without a point",
            )
        case Doubt.NO_SUCH_DATE:
            return _say(
                failure,
                "GDL162",
                f"the calendar has no day `{word}`",
                "write year, month and day, such as `2026-02-24`",
            )
        case Doubt.NOT_A_UNIT:
            return _say(
                failure,
                "GDL150",
                f"a unit belongs in the place of `{word}`",
                "write the unit after the number, such as `mg`, `µg` or `months`",
            )
        case _:
            return None


def _swallowed(failure: Failure) -> Diagnostic | None:
    """GDL126: a clause ends too early, so that the next keyword was read as its word."""
    tokens = [t for t in failure.tokens if (t.start_pos or 0) < failure.span.start]
    here = Token("HERE", failure.found, failure.span.start)
    recent = [*tokens[-2:], here] if failure.doubt is Doubt.RESERVED else tokens[-2:]
    for token in recent:
        at = token.start_pos or 0
        if token.type not in {"NAME", "UNIT", "PATH", "HERE"} or token not in _STARTERS:
            continue
        earlier = [t for t in failure.tokens if (t.start_pos or 0) < at]
        if earlier and failure.begins_line(at):
            return _unfinished(failure, earlier[-1], "")
    return None


def _unfinished(failure: Failure, last: Token, missing: str) -> Diagnostic:
    word = str(last) if last.type != "STRING" else "the text"
    said = f"{missing or 'something'} is missing after `{word}`"
    if str(last) in {"rule", "define", "source", "guideline", "part", "vocabulary"}:
        return _say(
            failure,
            "GDL120",
            f"no name stands after `{word}`",
            f"write a name of one word after it, such as `{word} loading_dose`",
            span=_span(last),
        )
    if word == ",":
        return _say(
            failure,
            "GDL135",
            "nothing stands after the comma",
            "leave it out, or go on with the list",
            span=_span(last),
            fix="",
        )
    if last.type == "COMPARISON":
        return _say(
            failure,
            "GDL148",
            f"no number stands after `{word}`",
            f"write a number and its unit, such as `{word} 50 mL/min`",
            span=_span(last),
        )
    return _say(
        failure,
        "GDL126",
        f"the clause is not finished: {said}",
        "finish it, or leave the whole clause out",
        span=_span(last),
    )


def _reserved(failure: Failure) -> Diagnostic | None:
    """GDL122: a word of the language stands where a name belongs."""
    word = failure.found
    needs_name = failure.expected == {"NAME"} and word in all_keywords()
    if failure.doubt is not Doubt.RESERVED and not needs_name:
        return None
    return _say(
        failure,
        "GDL122",
        f"`{word}` is a word of the language and cannot be a name",
        f"choose another name, such as `{word}_`, or write the name that is missing here",
    )


def _capitals(failure: Failure) -> Diagnostic | None:
    """GDL140: a word of the language in capital letters."""
    before = failure.before
    places = [failure.span, *([_span(before)] if before is not None else [])]
    for span in places:
        word = failure.characters[span.start : span.end]
        if word != word.lower() and word.lower() in all_keywords():
            return _say(
                failure,
                "GDL140",
                f"`{word}` is written with capital letters",
                f"write `{word.lower()}`",
                span=span,
                fix=word.lower(),
            )
    return None


def _table(failure: Failure) -> Diagnostic | None:
    return diagnosed(failure, TABLE)


def _parentheses(failure: Failure) -> Diagnostic | None:
    """GDL145: parentheses that do not come in pairs."""
    if failure.found == ")":
        return _say(
            failure,
            "GDL145",
            "no `(` belongs to this `)`",
            "leave it out",
            fix="",
        )
    open_: list[Token] = []
    for token in failure.tokens:
        if token.type == "LPAR":
            open_.append(token)
        elif token.type == "RPAR":
            open_.pop()
    if not open_ or "RPAR" not in failure.expected:
        return None
    if not (failure.found == "" or failure.begins_line(failure.span.start)):
        return None
    return _say(
        failure,
        "GDL145",
        "no `)` belongs to this `(`",
        "write `)` where the inner condition ends",
        span=_span(open_[-1]),
    )


def _ended(failure: Failure) -> Diagnostic | None:
    """GDL126: the clause, or the file, ends although something is missing."""
    last = failure.before
    here = failure.span.start
    if last is None or failure.doubt is not None:
        return None
    at_edge = failure.found == "" or (
        failure.begins_line(here) and failure.found in _STARTERS
    )
    if not at_edge or failure.expected & _FOLLOWERS:
        return None
    return _unfinished(failure, last, " or ".join(failure.missing[:3]))


_FOLLOWERS = frozenset({"STRENGTH", "RULE", "FINDING", "$END", "EXPECT", "BECAUSE"})


def _unknown_word(failure: Failure) -> Diagnostic | None:
    """GDL124: a line begins with a word that begins no clause."""
    places = [failure.span]
    before = failure.before
    if before is not None and before.type in {"NAME", "UNIT"}:
        earlier = [t for t in failure.tokens if (t.start_pos or 0) < (before.start_pos or 0)]
        if not earlier or str(earlier[-1]) not in _JOINTS:
            places.insert(0, _span(before))
    for span in places:
        word = failure.characters[span.start : span.end]
        if not word.isidentifier() or not failure.begins_line(span.start):
            continue
        if word in _STARTERS:
            continue
        candidates = keywords(failure.expected) & _STARTERS or _STARTERS
        meant = keyword(word, candidates) or keyword(word, _STARTERS)
        return _say(
            failure,
            "GDL124",
            f"no clause begins with `{word}`",
            *(f"did you mean `{other}`?" for other in meant),
            span=span,
            fix=meant[0] if meant else None,
        )
    return None


def _out_of_place(failure: Failure) -> Diagnostic | None:
    """GDL123 and GDL128: a clause outside of an item, or in one that has no such clause."""
    word = failure.found
    if word not in scan.CLAUSES or not failure.begins_line(failure.span.start):
        return None
    item = failure.piece.keyword
    if item in scan.HEADERS and word not in _HEADER_CLAUSES:
        return _say(
            failure,
            "GDL123",
            f"`{word}` stands outside of a rule",
            "begin the rule above it with `rule` and a name",
        )
    if not item:
        return _say(
            failure,
            "GDL123",
            f"`{word}` stands before anything that it could belong to",
            "begin the item above it, such as `rule` and a name",
        )
    others = keyword(word, keywords(failure.expected) & scan.CLAUSES)
    return _say(
        failure,
        "GDL128",
        f"`{word}` does not belong in a `{item}`",
        *(f"did you mean `{other}`?" for other in others),
        "write it under the item that it belongs to",
    )


_HEADER_CLAUSES = frozenset({"version", "revised", "status", "scope", "uses", "statements"})


def _unjoined(failure: Failure) -> Diagnostic | None:
    """GDL146: two conditions side by side."""
    if not {"AND", "OR"} & failure.expected or failure.begins_line(failure.span.start):
        return None
    word = failure.found
    if word == ",":
        return _say(
            failure,
            "GDL146",
            "a comma does not join conditions",
            "write `and` or `or`, or begin the list with `any of` or `all of`",
        )
    if word.isidentifier() or word in {"(", "not"}:
        return _say(
            failure,
            "GDL146",
            f"neither `and` nor `or` stands before `{word}`",
            "write `and` or `or` between two conditions",
        )
    return None


def _misspelt(failure: Failure) -> Diagnostic | None:
    """GDL124: a word that looks like one that could have stood there."""
    word = failure.found
    if not word.isidentifier():
        return None
    meant = keyword(word, keywords(failure.expected))
    if not meant or word in all_keywords():
        return None
    return _say(
        failure,
        "GDL124",
        f"`{word}` is not a word of the language",
        f"did you mean `{meant[0]}`?",
        fix=meant[0],
    )


def _unexpected(failure: Failure) -> Diagnostic:
    """GDL100: nothing better is known than what could have stood there."""
    word = failure.found
    missing = failure.missing
    if not word:
        message = "the text ends too early"
    elif word.isspace():
        message = "something is missing here"
    else:
        message = f"`{word}` cannot stand here"
    before = failure.before
    after = f"after `{before}` there " if before is not None else "there "
    choice = " or ".join(missing) if len(missing) <= 5 else ""
    return _say(failure, "GDL100", message, *([f"{after}can be {choice}"] if choice else []))


_QUESTIONS: tuple[Callable[[Failure], Diagnostic | None], ...] = (
    _unclosed,
    _capitals,
    _swallowed,
    _table,
    _reserved,
    _doubted,
    _parentheses,
    _ended,
    _unknown_word,
    _out_of_place,
    _unjoined,
    _misspelt,
)
