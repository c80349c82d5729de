"""From text to syntax tree, or to diagnostics that say why not.

A text that has errors is read item by item. In an item that fails, the clause at fault is blanked
and the item is read again, so that further errors in it are found; the item itself is left out of
the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from attrs import frozen
from lark import UnexpectedInput, UnexpectedToken

from b12guide.diagnostics import Diagnostic, found_at, in_order
from b12guide.errors import GuidelineError
from b12guide.syntax import admission, grammar, scan
from b12guide.syntax.ast import Comment, File, Rule
from b12guide.syntax.build.pieces import Refusal
from b12guide.syntax.explain.explained import explained
from b12guide.syntax.explain.failure import Piece, all_keywords, failure_of
from b12guide.syntax.explain.suggest import keyword
from b12guide.syntax.grammar import Parts
from b12guide.text import Span, Text

_MOST_IN_AN_ITEM = 20
MOST_IN_A_FILE = 200

_LINE = re.compile(r"^[ \t\f]*([^\W\d]\w*)", re.MULTILINE)

# What is measured or tested, and when: `measure serum_b12 every year` begins no declaration.
_TIMED = re.compile(
    r"(?:measure|test)[ \t]+\w+[ \t]+"
    r"(?:every|at|once|daily|weekly|monthly|yearly|before|after|until)\b"
)

# In a guideline a route is declared by a name and a label; what a rule says of routes has no label.
_GAP = r"(?:[ \t\f\r\n]|#[^\r\n]*[\r\n])"
DECLARED_ROUTE = re.compile(rf"route{_GAP}+\w+{_GAP}*[\"\u201c\u201e]")

# An item that says nothing, to stand for the head of one that cannot be read, so that its clauses
# can.
STAND_INS = {
    "rule": "rule x",
    "define": "define x as x",
    "source": 'source x ""',
    "silent": "silent on x",
    "example": 'example ""',
    "guideline": "guideline x",
    "part": "part x",
    "vocabulary": "vocabulary x",
} | {kind: f"{kind} x" for kind in scan.DECLARATIONS - {"implication", "derive"}}


def recovered(text: Text, characters: str) -> tuple[Parts, tuple[Diagnostic, ...]]:
    """What can be read of `characters`, and what is wrong with the rest."""
    parts = Parts()
    diagnostics: list[Diagnostic] = []
    found = tuple(pieces(characters))
    for piece in found:
        read = read_piece(characters, piece)
        if isinstance(read, Parts):
            parts += read
            continue
        diagnostics += wrong(text, characters, piece).diagnostics
        if len(diagnostics) >= MOST_IN_A_FILE:
            break
    if not diagnostics:
        diagnostics += _misplaced(text, found)
    if not diagnostics:
        whole = Piece(start=0, end=len(characters), keyword="", read_as="file")
        diagnostics.append(explained(failure_of(text, characters, whole)))
    return parts, tuple(diagnostics)


def pieces(characters: str) -> Iterator[Piece]:
    """The items and headers of the text, as far as its lines show them."""
    start, item = scan.first_word(characters), ""
    lines = [
        (line.start(1), line[1])
        for line in _LINE.finditer(characters)
        if line[1] in scan.ITEM_WORDS and not _TIMED.match(characters, line.start(1))
    ]
    in_vocabulary = any(word == "vocabulary" for _, word in lines)
    for at, word in lines:
        if word != "route" or in_vocabulary or DECLARED_ROUTE.match(characters, at):
            if at > start:
                yield _piece(characters, start, at, item)
            start, item = at, word
        if word in scan.HEADERS - {"language"}:
            in_vocabulary = word == "vocabulary"
    if start < len(characters):
        yield _piece(characters, start, len(characters), item)


def _piece(characters: str, start: int, end: int, item: str) -> Piece:
    only_there = item == "vocabulary" or (
        item == "route" and not DECLARED_ROUTE.match(characters, start)
    )
    read_as: grammar.Start = "vocabulary_chunk" if only_there else "guideline_chunk"
    return Piece(start=start, end=end, keyword=item, read_as=read_as)


class PieceFault(Enum):
    """How a piece fails."""

    UNFINISHED = "its end is reached too early"
    BROKEN = "something in it cannot stand there"


def read_piece(characters: str, piece: Piece) -> Parts | PieceFault:
    """What a piece says, or how it fails."""
    try:
        return grammar.read(characters, piece.read_as, piece.start, piece.end)
    except UnexpectedToken as error:
        return (
            PieceFault.UNFINISHED if error.token.type == "$END" else PieceFault.BROKEN
        )
    except (UnexpectedInput, Refusal):
        return PieceFault.BROKEN


@frozen
class Wrong:
    """What is wrong with a piece, and what it says without that.

    Attributes:
        rest: Its parts without the clauses at fault; None where its head is at fault.
    """

    diagnostics: tuple[Diagnostic, ...]
    rest: Parts | None = None


def wrong(text: Text, characters: str, piece: Piece) -> Wrong:
    """What is wrong with a piece that fails, one clause after the other."""
    seen: set[int] = set()
    diagnostics: list[Diagnostic] = []
    head = _first_line(characters, piece)
    is_headed = True
    for _ in range(_MOST_IN_AN_ITEM):
        failure = failure_of(text, characters, piece)
        diagnostic = explained(failure)
        diagnostics.append(diagnostic)
        place = diagnostic.labels[0].span.start
        # The cause may stand before the word that could not be read, so the clause of the cause
        # goes. Where it went already, that of the word has to: else nothing would change.
        around = failure.clause_around(
            failure.span.start if place in seen else min(place, failure.span.start),
            _Clauses(characters, _columns_of_clauses(characters, piece)).begin_at,
        )
        seen.add(place)
        blanked = _without(characters, around, piece, diagnostic)
        if blanked is None or blanked == characters:
            break
        # An item whose head was made up has no name that others could refer to.
        is_headed = is_headed and not _meant(diagnostic)
        characters = blanked
        rest = read_piece(characters, piece)
        if isinstance(rest, Parts):
            is_headed = is_headed and _first_line(characters, piece) == head
            return Wrong(tuple(diagnostics), rest if is_headed else None)
    return Wrong(tuple(diagnostics))


def _first_line(characters: str, piece: Piece) -> str:
    return characters[piece.start : piece.end].partition("\n")[0]


@frozen
class _Clauses:
    """Which lines the author takes for the first of a clause.

    Indentation means nothing to the language, and something to its author: what stands
    under the clauses is one more of them, whatever its first word.
    """

    characters: str
    columns: frozenset[int]

    def begin_at(self, line: scan.Line) -> bool:
        """Whether a line begins with a word or mark that may stand for a clause's first."""
        if not line.word or line.word in scan.CLAUSES | _TAKEN_FOR_CLAUSES:
            return True
        if line.word in all_keywords():
            return False
        is_under = _column(self.characters, line) in self.columns
        return is_under or bool(keyword(line.word, scan.CLAUSES))


def _column(characters: str, line: scan.Line) -> int:
    return line.start - characters.rfind("\n", 0, line.start) - 1


def _columns_of_clauses(characters: str, piece: Piece) -> frozenset[int]:
    """Where in their lines the clauses of a piece begin, but for the very edge."""
    lines = scan.Outline(characters, piece.start, piece.end).lines
    found = (_column(characters, line) for line in lines if line.word in scan.CLAUSES)
    return frozenset(found) - {0}


_TAKEN_FOR_CLAUSES = frozenset({"else", "otherwise", "unless", "except", "elif"})


def _without(
    characters: str, clause: Span, piece: Piece, diagnostic: Diagnostic
) -> str | None:
    """The text without a clause; the head of an item is replaced by one that says nothing."""
    place = diagnostic.labels[0].span.start
    mended = _mended(characters, diagnostic, piece.end)
    if mended is not None:
        return mended
    meant = _meant(diagnostic)
    if meant and _is_of_the_head(characters, place, piece):
        meant = None
    if meant and place != piece.start:
        # The text with a head in the place of the line at `start`; the next line
        # stays.
        lines = scan.Outline(characters, place, piece.end).lines
        following = next(
            (line.start for line in lines if line.start > place), piece.end
        )
        room = min(following, piece.end) - place
        if room <= len(meant):
            return None
        return (
            characters[:place] + f"{meant}\n".ljust(room) + characters[place + room :]
        )
    blanked = scan.blanked(characters, clause.start, clause.end)
    if clause.start != piece.start:
        return blanked
    stand_in = STAND_INS.get(piece.keyword) or meant
    if stand_in is None:
        return None if clause.end == piece.end or piece.keyword else blanked
    if len(stand_in) > clause.end - clause.start:
        return None
    return blanked[: clause.start] + stand_in + blanked[clause.start + len(stand_in) :]


def _mended(characters: str, diagnostic: Diagnostic, end: int) -> str | None:
    """The text with the first word of an item as it is meant; what follows stays as it is.

    The text keeps its length: a shorter word is padded, a longer one takes the next line end.
    """
    if not diagnostic.help or len(diagnostic.help[0].edits) != 1:
        return None
    (edit,) = diagnostic.help[0].edits
    start, stop, word = edit.span.start, edit.span.end, edit.replacement
    if diagnostic.code != "GDL107" and word not in STAND_INS:
        return None
    more = len(word) - (stop - start)
    if more <= 0:
        return characters[:start] + word.ljust(stop - start) + characters[stop:]
    line_end = characters.find("\n", stop, end)
    if more > 1 or not characters[line_end + 1 : line_end + 2].isspace():
        return None
    rest = characters[stop:line_end] + characters[line_end + 1 :]
    return characters[:start] + word + rest


def _is_of_the_head(characters: str, place: int, piece: Piece) -> bool:
    """Whether the header of a file goes on below, so that no rule begins there."""
    lines = scan.Outline(characters, place, piece.end).lines
    words = {line.word for line in lines}
    return piece.keyword in scan.HEADERS and not words.isdisjoint(scan.HEADER_CLAUSES)


def _meant(diagnostic: Diagnostic) -> str | None:
    """The head of an item that is missing or misspelt."""
    if diagnostic.code == "GDL123":
        return STAND_INS["rule"]
    for help_ in diagnostic.help:
        for edit in help_.edits:
            if edit.replacement in STAND_INS:
                return STAND_INS[edit.replacement]
    return None


def _misplaced(text: Text, pieces: tuple[Piece, ...]) -> Iterator[Diagnostic]:
    """GDL113 and GDL114: heads and items that are right in themselves and out of place."""
    head = ""
    for number, piece in enumerate(pieces):
        word, code = piece.keyword, "GDL114"
        said = help_ = ""
        if word == "language":
            if number:
                code, said = "GDL113", "does not stand in the first line"
                help_ = "write it once, before everything else"
        elif word in scan.HEADERS:
            if head and (word == "vocabulary" or head != "vocabulary"):
                code, said = "GDL113", f"stands after `{head}`"
                help_ = (
                    "a file holds one guideline, with a vocabulary before it at most; "
                    "put this one in a file of its own"
                )
            head = word
        elif not head:
            said = "stands before the file says what it is"
            help_ = "write `guideline`, `part` or `vocabulary` and a name above it"
        elif head == "examples" and word != "example":
            said, help_ = "stands among examples", "write it in the guideline itself"
        elif head == "vocabulary" and word in scan.GUIDELINE_ITEMS:
            said = "stands in a vocabulary"
            help_ = "write `guideline` and a name above it, or put it in another file"
        if said:
            span = Span(piece.start, piece.start + len(word))
            yield found_at(text, span, code, f"`{word}` {said}", help_)
        if said and code == "GDL114" and head != "examples":
            return  # so does everything below it


_STRING_OR_COMMENT = re.compile(r'"(?:[^"\\\r\n]|\\[^\r\n])*"?|#[^\r\n]*')


def parse(text: Text) -> File:
    """The syntax tree of `text`.

    Raises:
        GuidelineError: The text has errors; its diagnostics name all that were found.
    """
    file, diagnostics = parse_partial(text)
    if diagnostics:
        message = f"`{text.name}` cannot be read"
        raise GuidelineError(message, diagnostics)
    return file


def parse_bytes(data: bytes, name: str) -> File:
    """The syntax tree of a file with the bytes `data`, known as `name`.

    Raises:
        GuidelineError: The bytes are not UTF-8, or the text has errors.
    """
    return parse(decoded(data, name))


def decoded(data: bytes, name: str) -> Text:
    """The text of a file with the bytes `data`, known as `name`.

    Raises:
        GuidelineError: The bytes are too many, or not UTF-8.
    """
    message = f"`{name}` cannot be read"
    if len(data) > admission.MOST_BYTES:
        raise GuidelineError(message, [admission.too_large(Text(name, ""), len(data))])
    try:
        return Text(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        diagnostic = admission.not_utf8(data, name, error)
        raise GuidelineError(message, [diagnostic]) from None


def parse_partial(text: Text) -> tuple[File, tuple[Diagnostic, ...]]:
    """The items of `text` that are free of errors, and all diagnostics."""
    admitted = admission.admitted(text)
    if admitted.characters is None:
        return _file(text, Parts()), admitted.diagnostics
    parts, diagnostics = _read(text, admitted.characters)
    found = (*admitted.diagnostics, *diagnostics)
    found += tuple(after_reading(text, admitted.characters, parts, found))
    return _file(text, parts), in_order(found)


def _read(text: Text, characters: str) -> tuple[Parts, tuple[Diagnostic, ...]]:
    try:
        return grammar.read(characters, "file"), ()
    except (UnexpectedInput, Refusal):
        return recovered(text, characters)


def after_reading(
    text: Text, characters: str, parts: Parts, before: tuple[Diagnostic, ...]
) -> Iterator[Diagnostic]:
    """What can only be said once the text is read."""
    if not parts.languages and (not before or not admission.tries_language(characters)):
        yield admission.without_language(text)
    for line in parts.languages:
        if str(line.value) not in admission.LANGUAGES:
            yield admission.other_language(text, line.span, str(line.value))
    rules = [item for item in parts.items if isinstance(item, Rule)]
    if len(rules) > admission.MOST_RULES:
        yield admission.too_many_rules(text, rules[admission.MOST_RULES].name.span)


def _file(text: Text, parts: Parts) -> File:
    return File(
        text=text,
        language=parts.languages[0].value if parts.languages else None,
        headers=parts.headers,
        items=parts.items,
        comments=comments_in(text),
    )


def comments_in(text: Text) -> tuple[Comment, ...]:
    """The comments of a text, in order."""
    return tuple(
        Comment(span=Span(*found.span()), text=found.group())
        for found in _STRING_OR_COMMENT.finditer(text.characters)
        if found.group().startswith("#")
    )
