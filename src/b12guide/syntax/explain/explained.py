"""Says why a piece of text cannot be read, for every way in which it can fail.

The questions about a failure are asked in one order, and the first that has an answer gives the
diagnostic: something that is not finished, closed or written once; a word that is unknown,
misspelt or in the wrong place; what authors write instead; what they want to say and cannot.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from unicodedata import category

from lark import Token

from b12guide.diagnostics import Diagnostic, Edit, Help, Label
from b12guide.syntax import admission, scan
from b12guide.syntax.build.pieces import NOT_UNITS, RESERVED, Doubt, token_span
from b12guide.syntax.explain.failure import Failure, all_keywords, keywords, spelling
from b12guide.syntax.explain.slips import CLAUSES, CONDITIONS, NAMES, TEXTS, diagnosed
from b12guide.syntax.explain.slips_in_doses import DOSES, NUMBERS
from b12guide.syntax.explain.slips_of_place import PLACES
from b12guide.syntax.explain.suggest import keyword, spelt_like
from b12guide.syntax.explain.wishes import wished
from b12guide.syntax.scan import ACTIONS, STARTERS
from b12guide.text import Span
from b12guide.values.unit import time_unit

_NEEDED = {
    "when": "a condition",
    "and": "a condition",
    "or": "a condition",
    "not": "a condition",
    "scope": "a condition",
    "implies": "a condition",
    "as": "a condition",
    "(": "a condition",
    "strength": "a strength",
    "status": "a status",
    "until": "an event",
    "after": "an event",
    "every": "a length of time",
    "for": "a length of time",
}

_CLOSED = re.compile(r'"(?:[^"\\\r\n]|\\[^\r\n])*"')


def unclosed(failure: Failure) -> Diagnostic | None:
    """GDL130: a text without its second quotation mark."""
    if failure.found[:1] != '"':
        return None
    at = failure.span.start
    if _CLOSED.match(failure.characters, at):
        return None
    line = failure.characters[at : failure.piece.end].partition("\n")[0]
    span = Span(at, at + len(line.rstrip()))
    lines = _goes_on(failure, span)
    if lines:
        return _over_lines(failure, (span, *lines))
    fixed = line.rstrip().rstrip("\\") + '"'
    return failure.say(
        "GDL130",
        "the text has no quotation mark at its end",
        'write `"` where the text ends; a long text goes on in a second pair of them',
        span=span,
        fix=fixed,
    )


_MOST_LINES = 20


def _goes_on(failure: Failure, first: Span) -> tuple[Span, ...]:
    """The further lines of a text that was begun at `first`, if its end is found."""
    lines: list[Span] = []
    at = failure.characters.find("\n", first.end)
    while 0 <= at < failure.piece.end and len(lines) < _MOST_LINES:
        end = failure.characters.find("\n", at + 1)
        end = failure.piece.end if end < 0 else min(end, failure.piece.end)
        line = failure.characters[at + 1 : end]
        said = line.strip()
        start = end - len(line.lstrip())
        if not said or said.count('"') > 1 or scan.is_start(said):
            return ()
        lines.append(Span(start, start + len(said)))
        if said.endswith('"'):
            return tuple(lines)
        if '"' in said:
            return ()
        at = end
    return ()


def _over_lines(failure: Failure, lines: tuple[Span, ...]) -> Diagnostic:
    """GDL130: a text on several lines."""
    text = failure.text
    places = [*(line.end for line in lines[:-1]), *(line.start for line in lines[1:])]
    return Diagnostic(
        code="GDL130",
        message="the text goes on in the next line",
        labels=(Label(text=text, span=Span(lines[0].start, lines[-1].end)),),
        help=(
            Help(
                message='write `"` before and after each line: texts side by side are joined',
                edits=tuple(
                    Edit(text=text, span=Span(at, at), replacement='"')
                    for at in sorted(places)
                ),
            ),
        ),
    )


_QUOTE = re.compile(r'(?<!\\)"')


def quotes_inside(failure: Failure) -> Diagnostic | None:
    """GDL171: quotation marks in a text that end it where it goes on."""
    at, end = failure.span.start, failure.span.end
    if '"' not in (failure.characters[at - 1 : at], failure.characters[end : end + 1]):
        return None
    begin = failure.characters.rfind("\n", 0, at) + 1
    line = failure.characters[begin : failure.piece.end].partition("\n")[0]
    places = [begin + found.start() for found in _QUOTE.finditer(line)]
    if len(places) < 3:
        return None
    span = Span(places[0], places[-1] + 1)
    doubled = [a for a, b in pairwise(places) if b == a + 1]
    said = 'write `\\"` for those inside, or other words'
    mended = [(at, at, "\\") for at in (places[1:-1] if len(places) % 2 == 0 else ())]
    if len(places) == 3 and doubled:
        said = "leave one of the two out"
        mended = [(doubled[0], doubled[0] + 1, "")]
    edits = tuple(
        Edit(text=failure.text, span=Span(start, end), replacement=instead)
        for start, end, instead in mended
    )
    return Diagnostic(
        code="GDL171",
        message="quotation marks stand inside a text, and end it there",
        labels=(Label(text=failure.text, span=span),),
        help=(Help(message=said, edits=edits),),
    )


_REFUSED = {
    Doubt.REPEATED: (
        "GDL127",
        "`{first}` is written twice",
        "keep one of them, or write a second item",
    ),
    Doubt.NOT_WHOLE: (
        "GDL164",
        "`{word}` is not a whole number",
        "write it without a point",
    ),
    Doubt.NO_SUCH_DATE: (
        "GDL162",
        "the calendar has no day `{word}`",
        "write year, month and day, such as `2026-02-24`",
    ),
}
"""What the tree refuses, whatever the words are."""

_DOUBTED = {
    Doubt.DOSE_PER_TIME: (
        "GDL154",
        "the unit `{word}` says how often the dose is given",
        "write the unit of the dose, then how often, such as `5 mg daily`",
    ),
    Doubt.NOT_A_ROUTE: (
        "GDL154",
        "`{word}` is not a word for how often",
        "say it in full, such as `every 2 weeks` or `3 times per week`",
    ),
}
"""What it refuses where the table of slips knows nothing better."""


def refused(failure: Failure) -> Diagnostic | None:
    """What the grammar lets through and the tree refuses."""
    if failure.doubt is Doubt.REPEATED and (second := _second_rule(failure)):
        return without_rule(failure, second)
    return _of_doubt(failure, _REFUSED)


def doubted(failure: Failure) -> Diagnostic | None:
    """What the tree refuses and the table of slips does not know."""
    return _of_doubt(failure, _DOUBTED)


def _of_doubt(
    failure: Failure, table: Mapping[Doubt, tuple[str, str, str]]
) -> Diagnostic | None:
    if failure.doubt is None or failure.doubt not in table:
        return None
    code, message, remedy = table[failure.doubt]
    word = failure.found
    said = message.format(word=word, first=next(iter(word.split()), ""))
    return failure.say(code, said, remedy)


_GROUNDS = frozenset(
    {
        "strength",
        "certainty",
        "grade",
        "states",
        "cites",
        "because",
        "patient",
        "section",
        "assumes",
    }
)
_HEADS_OF_RULES = frozenset({"when", "exception", "outside"})


def _second_rule(failure: Failure) -> scan.Line | None:
    """The line with which a second rule begins whose head was forgotten.

    A rule says what it does and then on what grounds. A condition or verb after both
    begins something new.
    """
    if failure.piece.keyword != "rule":
        return None
    acts = grounded = False
    end = failure.span.end
    read = scan.Outline(failure.characters, failure.piece.start, end).lines
    begin = max((line.start for line in read if line.word == "rule"), default=0)
    # As it was written: what was found wrong before is blank by now.
    for line in scan.Outline(failure.text.characters, begin, end).lines:
        begins = line.word in _HEADS_OF_RULES or line.word in ACTIONS
        if begins and acts and grounded:
            return line
        acts = acts or line.word in ACTIONS
        grounded = grounded or line.word in _GROUNDS
    return None


def without_rule(failure: Failure, line: scan.Line) -> Diagnostic:
    """GDL123: a clause of a rule, and no rule that it could belong to."""
    heading = _HEADING.search(failure.text.characters, 0, line.start)
    span = Span(line.start, line.start + len(line.word))
    message = f"`{line.word}` stands outside of a rule"
    if heading is not None:
        marks = Span(*heading.span(1))
        edit = Edit(text=failure.text, span=marks, replacement="")
        return Diagnostic(
            code="GDL123",
            message=message,
            labels=(
                Label(text=failure.text, span=span),
                Label(text=failure.text, span=marks, message="this begins a comment"),
            ),
            help=(Help(message=f"leave `{heading[1].strip()}` out", edits=(edit,)),),
        )
    remedies = ["begin the rule above it with `rule` and a name"]
    if line.word == "route":
        label = 'to declare a route, say what it is called: `route oral "by mouth"`'
        remedies.append(label)
    return failure.say("GDL123", message, *remedies, span=span)


# A line that looks like the head of an item and is a comment, right above.
_HEADING = re.compile(r"^[ \t]*(#+[ \t]*)rule[ \t]+\w+[^\n]*\n\s*\Z", re.MULTILINE)


def without_unit(failure: Failure) -> Diagnostic | None:
    """GDL150: a number is followed by a word that can be no unit."""
    for token in failure.tokens[-2:]:
        if token.type == "UNIT" and token in NOT_UNITS:
            return failure.say(
                "GDL150",
                f"a unit belongs in the place of `{token}`",
                "write the unit after the number, such as `mg`, `µg` or `months`",
                span=token_span(token),
            )
    return None


_SIGNS = {"more": ">", "less": "<", "least": ">=", "most": "<="}


def without_ago(failure: Failure) -> Diagnostic | None:
    """GDL142: a comparison is written in words, which are those of how long ago something was."""
    here = failure.span.start
    tokens = [t for t in failure.tokens if (t.start_pos or 0) < here]
    if "AGO" not in failure.expected or len(tokens) < 4:
        return None
    first, second, _, unit = tokens[-4:]
    word = str(second if first.type == "AT" else first)
    words = f"{first} {second}"
    remedies = [f"write `{_SIGNS[word]}` for a measure"]
    if time_unit(str(unit)) is not None:
        remedies += [
            f"write `for {words}` for how long a finding has lasted",
            f"write `ago` after `{unit}` for how long ago something happened",
        ]
    return failure.say(
        "GDL142",
        f"the comparison `{words}` is written in words",
        *remedies,
        span=Span(first.start_pos or 0, second.end_pos or 0),
        fix=_SIGNS[word],
    )


def swallowed(failure: Failure) -> Diagnostic | None:
    """GDL126: a clause ends too early, so that the next keyword was read as its word."""
    tokens = [t for t in failure.tokens if (t.start_pos or 0) < failure.span.start]
    here = Token("HERE", failure.found, failure.span.start)
    recent = [*tokens[-2:], here] if failure.doubt is Doubt.RESERVED else tokens[-2:]
    for token in recent:
        at = token.start_pos or 0
        if (
            token.type not in {"NAME", "UNIT", "PATH", "HERE"}
            or token not in STARTERS | RESERVED
        ):
            continue
        earlier = [t for t in failure.tokens if (t.start_pos or 0) < at]
        if earlier and failure.begins_line(at):
            return _unfinished(failure, earlier[-1], "")
    return None


def _unfinished(failure: Failure, last: Token, missing: str) -> Diagnostic:
    word = str(last) if last.type != "STRING" else "the text"
    needed = _NEEDED.get(str(last)) or missing or "something"
    said = f"{needed} is missing after `{word}`"
    if str(last) in {"rule", "define", "source", "guideline", "part", "vocabulary"}:
        return failure.say(
            "GDL120",
            f"no name stands after `{word}`",
            "write a name of one word after it, with `_` between its parts",
            span=token_span(last),
        )
    if word == ",":
        return failure.say(
            "GDL135",
            "nothing stands after the comma",
            "leave it out, or go on with the list",
            span=token_span(last),
            fix="",
        )
    if last.type == "COMPARISON":
        return failure.say(
            "GDL148",
            f"no number stands after `{word}`",
            f"write a number and its unit, such as `{word} 50 mL/min`",
            span=token_span(last),
        )
    return failure.say(
        "GDL126",
        f"the clause is not finished: {said}",
        "finish it, or leave the whole clause out",
        span=token_span(last),
    )


def parentheses(failure: Failure) -> Diagnostic | None:
    """GDL145: parentheses that do not come in pairs."""
    if failure.found == ")":
        return failure.say(
            "GDL145", "no `(` belongs to this `)`", "leave it out", fix=""
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
    return failure.say(
        "GDL145",
        "no `)` belongs to this `(`",
        "write `)` where the inner condition ends",
        span=token_span(open_[-1]),
    )


def ended(failure: Failure) -> Diagnostic | None:
    """GDL126: the clause, or the file, ends although something is missing."""
    last = failure.before
    here = failure.span.start
    if last is None or failure.doubt is not None:
        return None
    at_edge = failure.found == "" or (
        failure.begins_line(here) and failure.found in all_keywords()
    )
    if not at_edge or failure.is_complete:
        return None
    return _unfinished(failure, last, " or ".join(failure.missing[:3]))


_JOINTS = frozenset({"and", "or", "not", "(", ",", "of", "to", "is", "as", "when"})


_JOINING = frozenset(
    ("then", "for", "until", "every", "after", "and", "or", "from", "not", "assuming")
) | {"unless"}


# Clauses that no item but a rule has.
_OF_RULES_ONLY = scan.ACTIONS | {"when", "exception", "outside"}


def ligature(failure: Failure) -> Diagnostic | None:
    """GDL107, as it was told before: nothing else is known of a word that could not be read."""
    before = failure.before
    places = [failure.span, *([token_span(before)] if before is not None else [])]
    for span in places:
        word = failure.text.slice(span)
        if not word.isascii() and admission.is_longer(word):
            return admission.odd_word(failure.text, span)
    return None


def invisible(failure: Failure) -> Diagnostic | None:
    """GDL108: a blank that is not a plain one, or a sign that is not shown."""
    sign = failure.found
    if sign.isspace():
        return failure.say(
            "GDL108",
            "there is an unusual blank in the text",
            "write a plain blank",
            fix=" ",
        )
    if len(sign) == 1 and category(sign) == "Cf":
        return failure.say(
            "GDL108", "there is an invisible character in the text", "delete it", fix=""
        )
    return None


def capitals(failure: Failure) -> Diagnostic | None:
    """GDL140: a word of the language in capital letters."""
    before = failure.before
    places = [failure.span, *([token_span(before)] if before is not None else [])]
    for span in places:
        word = failure.characters[span.start : span.end]
        if word != word.lower() and word.lower() in all_keywords():
            return failure.say(
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
    elif before is not None and before == "at" and failure.expected == {"LEAST"}:
        # `at` begins `at least 2 of`; a fact so named could be declared, but not asked for.
        if word not in {"and", "or"} and word not in all_keywords():
            return None
        word, span = str(before), token_span(before)
    elif failure.doubt is not Doubt.RESERVED and not (
        failure.expected == {"NAME"} and word in all_keywords()
    ):
        return None
    return failure.say(
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
        return failure.say(
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
        return failure.say(
            "GDL123",
            f"`{word}` stands before anything that it could belong to",
            "begin the item above it, such as `rule` and a name",
        )
    if item != "example" and word in _OF_RULES_ONLY:
        return without_rule(failure, line)
    others = keyword(word, keywords(failure.expected) & scan.CLAUSES)
    return failure.say(
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
        return failure.say(
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
        return failure.say(
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
    return failure.say(
        "GDL124",
        f"`{word}` is not a word of the language",
        f"did you mean `{meant}`?",
        span=span,
        fix=meant,
    )


TABLE = (*PLACES, *TEXTS, *NUMBERS, *NAMES, *CONDITIONS, *DOSES, *CLAUSES)


def explained(failure: Failure) -> Diagnostic:
    """What to tell the author about a failure."""
    for ask in _QUESTIONS:
        diagnostic = ask(failure)
        if diagnostic is not None:
            return diagnostic
    # GDL100: nothing better is known than what could have stood there.
    expected = failure.expected
    missing = [said for said, some in _TOGETHER.items() if some & expected]
    if len(expected) <= _MANY:
        missing = sorted(spelling(one) for one in expected if one != "$END")
    after = "there " if failure.before is None else f"after `{failure.before}` there "
    joint = "; " if any("," in choice for choice in missing) else ", "
    *first, last = missing or ("",)
    choices = f"{joint.join(first)} or {last}" if first else last
    return failure.say(
        "GDL100",
        f"`{failure.found}` cannot stand here",
        *([f"{after}can be {choices}"] if missing else []),
    )


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


_MANY = 7
# What many words together stand for; the first words of clauses count as one.
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


_QUESTIONS: tuple[Callable[[Failure], Diagnostic | None], ...] = (
    quotes_inside,
    lambda failure: diagnosed(failure, PLACES),
    ligature,
    invisible,
    unclosed,
    refused,
    capitals,
    without_ago,
    swallowed,
    _wish,
    lambda failure: diagnosed(failure, TABLE, here=True),
    misspelt,
    unknown_first_word,
    lambda failure: diagnosed(failure, TABLE),
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
