"""Questions about a failure: a word that is unknown, misspelt or in the wrong place."""

from __future__ import annotations

from unicodedata import category

from b12guide.diagnostics import Diagnostic
from b12guide.syntax import limits, scan
from b12guide.syntax.failing_ends import without_rule
from b12guide.syntax.failure import Failure, all_keywords, keywords, say
from b12guide.syntax.scan import STARTERS
from b12guide.syntax.suggest import keyword, spelt_like
from b12guide.syntax.tree_pieces import RESERVED, Doubt, token_span
from b12guide.text import Span

__all__ = [
    "capitals",
    "invisible",
    "ligature",
    "misspelt",
    "misspelt_before",
    "out_of_place",
    "reserved",
    "unjoined",
    "unknown_first_word",
    "unknown_word",
]


_JOINTS = frozenset({"and", "or", "not", "(", ",", "of", "to", "is", "as", "when"})


_JOINING = frozenset(
    [
        "then",
        "for",
        "until",
        "every",
        "after",
        "and",
        "or",
        "from",
        "not",
        "assuming",
        "unless",
    ]
)


# Clauses that no item but a rule has.
_OF_RULES_ONLY = scan.ACTIONS | {"when", "exception", "outside"}


def ligature(failure: Failure) -> Diagnostic | None:
    """GDL107, as it was told before: nothing else is known of a word that could not be read."""
    before = failure.before
    places = [failure.span, *([token_span(before)] if before is not None else [])]
    for span in places:
        word = failure.text.slice(span)
        if not word.isascii() and limits.is_longer(word):
            return limits.odd_word(failure.text, span)
    return None


def invisible(failure: Failure) -> Diagnostic | None:
    """GDL108: a blank that is not a plain one, or a sign that is not shown."""
    sign = failure.found
    if sign.isspace():
        return say(
            failure,
            "GDL108",
            "there is an unusual blank in the text",
            "write a plain blank",
            fix=" ",
        )
    if len(sign) == 1 and category(sign) == "Cf":
        return say(
            failure,
            "GDL108",
            "there is an invisible character in the text",
            "delete it",
            fix="",
        )
    return None


def capitals(failure: Failure) -> Diagnostic | None:
    """GDL140: a word of the language in capital letters."""
    before = failure.before
    places = [failure.span, *([token_span(before)] if before is not None else [])]
    for span in places:
        word = failure.characters[span.start : span.end]
        if word != word.lower() and word.lower() in all_keywords():
            return say(
                failure,
                "GDL140",
                f"`{word}` is written with capital letters",
                f"write `{word.lower()}`",
                span=span,
                fix=word.lower(),
            )
    return None


def reserved(failure: Failure) -> Diagnostic | None:
    """GDL122: a word of the language stands where a name belongs."""
    word, span = failure.found, failure.span
    before = failure.before
    if before is not None and before.type == "NAME" and before in RESERVED:
        word, span = str(before), token_span(before)
    elif failure.doubt is not Doubt.RESERVED and not (
        failure.expected == {"NAME"} and word in all_keywords()
    ):
        return None
    return say(
        failure,
        "GDL122",
        f"`{word}` is a word of the language and cannot be a name",
        f"choose another name, such as `{word}_`, or write the name that is missing here",
        span=span,
    )


def unknown_first_word(failure: Failure) -> Diagnostic | None:
    """GDL124: the same, where the clause before is complete."""
    word = failure.found
    if not failure.is_complete or word in STARTERS or not word.isidentifier():
        return None
    return unknown_word(failure) if failure.begins_line(failure.span.start) else None


def unknown_word(failure: Failure) -> Diagnostic | None:
    """GDL124: a line begins with a word that begins no clause."""
    places = [failure.span]
    before = failure.before
    if before is not None and before.type in {"NAME", "UNIT"}:
        earlier = [
            t for t in failure.tokens if (t.start_pos or 0) < (before.start_pos or 0)
        ]
        if not earlier or str(earlier[-1]) not in _JOINTS:
            places.insert(0, token_span(before))
    for span in places:
        word = failure.characters[span.start : span.end]
        if not word.isidentifier() or not failure.begins_line(span.start):
            continue
        if word in STARTERS:
            continue
        candidates = keywords(failure.expected) & STARTERS or STARTERS
        meant = keyword(word, candidates) or keyword(word, STARTERS)
        otherwise = (
            "begin a clause with a word such as `when`, `form` or `strength`; what no verb of "
            "the language says is said in a `note`"
        )
        advice = [f"did you mean `{other}`?" for other in meant] or [otherwise]
        return say(
            failure,
            "GDL124",
            f"no clause begins with `{word}`",
            *advice,
            span=span,
            fix=meant[0] if meant else None,
        )
    return None


def out_of_place(failure: Failure) -> Diagnostic | None:
    """GDL123 and GDL128: a clause outside of an item, or in one that has no such clause."""
    word = failure.found
    if word not in scan.CLAUSES or not failure.begins_line(failure.span.start):
        return None
    item = failure.piece.keyword
    line = scan.Line(start=failure.span.start, word=word)
    if item in scan.HEADERS and word not in scan.HEADER_CLAUSES:
        return without_rule(failure, line)
    if not item:
        return say(
            failure,
            "GDL123",
            f"`{word}` stands before anything that it could belong to",
            "begin the item above it, such as `rule` and a name",
        )
    if item != "example" and word in _OF_RULES_ONLY:
        return without_rule(failure, line)
    others = keyword(word, keywords(failure.expected) & scan.CLAUSES)
    return say(
        failure,
        "GDL128",
        f"`{word}` does not belong in {'an' if item[0] in 'aeiou' else 'a'} `{item}`",
        *(f"did you mean `{other}`?" for other in others),
        "write it under the item that it belongs to",
    )


def unjoined(failure: Failure) -> Diagnostic | None:
    """GDL146: two conditions side by side."""
    if not {"AND", "OR"} <= failure.expected or failure.begins_line(failure.span.start):
        return None
    word = failure.found
    if word == ",":
        return say(
            failure,
            "GDL146",
            "a comma does not join conditions",
            "write `and` or `or`, or begin the list with `any of` or `all of`",
        )
    if word.isidentifier() or word in {"(", "not"}:
        before = failure.before
        one_name = []
        if before is not None and before.type == "NAME" and word.isidentifier():
            name = f"{before}_{word}"
            one_name = [f'or declare one fact for both words, `finding {name} "..."`']
        return say(
            failure,
            "GDL146",
            f"neither `and` nor `or` stands before `{word}`",
            "write `and` or `or` between two conditions",
            *one_name,
        )
    return None


def misspelt(failure: Failure) -> Diagnostic | None:
    """GDL124: a word that looks like one that could have stood there."""
    candidates = keywords(failure.expected)
    return _corrected(failure, failure.span, candidates)


def misspelt_before(failure: Failure) -> Diagnostic | None:
    """GDL124: a word that was read as a name although it looks like a keyword."""
    for token in reversed(failure.tokens[-4:]):
        if token.type == "NAME" and (token.start_pos or 0) >= failure.statement.start:
            corrected = _corrected(failure, token_span(token), _JOINING)
            if corrected is not None:
                return corrected
    return None


def _corrected(
    failure: Failure, span: Span, candidates: frozenset[str]
) -> Diagnostic | None:
    word = failure.characters[span.start : span.end]
    if not word.isidentifier() or len(word) < 3 or word in all_keywords():
        return None
    meant = spelt_like(word, candidates)
    if meant is None:
        return None
    return say(
        failure,
        "GDL124",
        f"`{word}` is not a word of the language",
        f"did you mean `{meant}`?",
        span=span,
        fix=meant,
    )
