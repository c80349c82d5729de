"""What the formatter puts on lines, and how: blocks, words, and the comments of each word.

A `Chain` stays on one line wherever it can; a `Breakable` has the places at which a line is broken
first. A `Block` is an item or a header: its head, and a clause to a line below it. A comment always
ends its line, and what would have stood behind it goes on below.

A comment at the end of a line belongs to the word before it, any other to the word after it. A
word that is not touched by another may stand on either side of a line's end; a comma, a parenthesis
or a word that joins, such as `and`, may not, and changes its side of a comment instead. Comments
never change places among themselves.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import TypeAlias

from attrs import evolve, field, frozen
from lark import Token, Tree

from b12guide.frozen import frozen_map
from b12guide.syntax.ast import Comment
from b12guide.syntax.build.pieces import unquoted
from b12guide.syntax.phrases import quoted
from b12guide.values.unit import parse_unit


@frozen(kw_only=True)
class LaidWord:
    """A word, or a text in quotation marks, with the marks that touch it.

    Attributes:
        prose: What a text says that may be folded; `text` is then what touches its end.
        before: The comments that stand on lines of their own before it.
        after: The comment that ends its line.
    """

    text: str
    prose: str | None = None
    before: tuple[str, ...] = ()
    after: str | None = None


@frozen
class Chain:
    """Words that belong together."""

    words: tuple[LaidWord, ...]


@frozen
class Breakable:
    """Parts, two at least; a line is broken between them before it is broken inside one."""

    parts: tuple[Part, ...]


Part: TypeAlias = Chain | Breakable


@frozen(kw_only=True)
class LaidClause:
    """A clause: its keyword, and what follows."""

    keyword: Chain
    rest: Part | None = None


@frozen
class LooseComment:
    """A comment between items, and whether an empty line stands before it."""

    text: str
    apart: bool


@frozen(kw_only=True)
class Block:
    """An item or a header.

    Attributes:
        above: The comments before it.
        apart: Whether an empty line stands before it, after those comments.
        column: The width of the column of keywords.
        below: The comments after its last clause that belong to it.
    """

    above: tuple[LooseComment, ...]
    apart: bool
    head: Part
    clauses: tuple[LaidClause, ...]
    column: int
    below: tuple[str, ...]


@frozen
class LaidOut:
    """A whole file: its blocks, and the comments after the last."""

    blocks: tuple[Block, ...]
    below: tuple[LooseComment, ...]


def chained(parts: Iterable[Part]) -> Part | None:
    """The parts one after the other; each begins where the one before it ends.

    Lines break where they would break inside the parts, and not between them.
    """
    done: list[Part] = []
    for part in parts:
        inner = part.parts if isinstance(part, Breakable) else (part,)
        if done:
            done[-1] = _touching(done[-1], inner[0])
            done += inner[1:]
        else:
            done += inner
    if len(done) < 2:
        return done[0] if done else None
    return Breakable(tuple(done))


def _touching(left: Part, right: Part) -> Part:
    if isinstance(left, Chain) and isinstance(right, Chain):
        return Chain(left.words + right.words)
    return chained((left, right)) or left


def words_of(part: Part) -> Iterator[LaidWord]:
    """All words of a part, in order."""
    if isinstance(part, Chain):
        yield from part.words
    else:
        for inner in part.parts:
            yield from words_of(inner)


WIDTH = 100
_INDENT = 4


def page_to_text(page: LaidOut) -> str:
    """The text of a file."""
    lines = _Lines()
    for block in page.blocks:
        lines.block(block)
    for remark in page.below:
        lines.remark(remark.text, apart=remark.apart)
    return lines.text()


class _Lines:
    """The lines so far, and the one that is being written."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._line = ""
        self._margin = 0
        self._is_closed = False  # by a comment

    def text(self) -> str:
        """All lines."""
        self._end_line(0)
        return "".join(f"{line}\n" for line in self._done)

    def remark(self, text: str, *, apart: bool) -> None:
        """A comment between items."""
        self._end_line(0)
        self._set_apart(apart)
        self._done.append(text)

    def block(self, block: Block) -> None:
        """An item or a header, with its comments."""
        for remark in block.above:
            self.remark(remark.text, apart=remark.apart)
        self._end_line(0)
        self._set_apart(block.apart)
        self._put(block.head, _INDENT)
        for clause in block.clauses:
            self._clause(clause, block.column)
        for comment in block.below:
            self._end_line(_INDENT)
            self._done.append(" " * _INDENT + comment)

    def _clause(self, clause: LaidClause, column: int) -> None:
        self._end_line(_INDENT)
        self._put(clause.keyword, 2 * _INDENT)
        if clause.rest is not None:
            if not self._is_closed:
                self._line = self._line.ljust(_INDENT + column - 1)
            self._put(clause.rest, 2 * _INDENT)

    def _put(self, part: Part, margin: int) -> bool:
        """Put a part behind what stands on the line; whether it took several lines.

        Its further lines begin at `margin`.
        """
        if self._has_room_for(part):
            for word in words_of(part):
                self._word(word, margin)
            return False
        if isinstance(part, Chain):
            self._put_words(part.words, margin)
        else:
            self._put_parts(part.parts, margin)
        return True

    def _put_words(self, words: Sequence[LaidWord], margin: int) -> None:
        for number, word in enumerate(words):
            fits_below = margin + len(_flat(word)) <= WIDTH
            if number and fits_below and not self._has_room_for(word):
                self._end_line(margin)
            self._word(word, margin)

    def _put_parts(self, parts: Sequence[Part], margin: int) -> None:
        was_broken = False
        for number, part in enumerate(parts):
            if number and (was_broken or self._begins_a_line(part, margin)):
                self._end_line(margin)
            _, *more = words_of(part)
            was_broken = self._put(part, margin + _INDENT if more else margin)

    def _begins_a_line(self, part: Part, margin: int) -> bool:
        """Whether a part goes below; a text that has to be folded anyway does not."""
        first, *more = words_of(part)
        if self._has_room_for(part):
            return False
        if more or first.prose is None or first.before or self._is_closed:
            return True
        if margin + len(_flat(first)) <= WIDTH:
            return True
        return not self._has_room(len(quoted(first.prose.split(" ")[0])))

    def _has_room_for(self, each: Part | LaidWord) -> bool:
        first, *more = [each] if isinstance(each, LaidWord) else words_of(each)
        words = [first, *more]
        if (self._line and first.before) or any(word.before for word in more):
            return False
        if any(word.after for word in words[:-1]):
            return False
        return self._has_room(sum(len(_flat(word)) + 1 for word in words) - 1)

    def _has_room(self, length: int) -> bool:
        if self._is_closed:
            return False
        blank = 1 if self._line else self._margin
        return len(self._line) + blank + length <= WIDTH

    def _word(self, word: LaidWord, margin: int) -> None:
        if self._is_closed or (word.before and self._line):
            self._end_line(margin)
        self._done += [" " * self._margin + comment for comment in word.before]
        if word.prose is None:
            self._add(word.text)
        else:
            first, *others = self._folded(word, margin)
            self._add(first)
            for other in others:
                self._end_line(margin)
                self._add(other)
        if word.after is not None:
            self._line += f"  {word.after}"
            self._is_closed = True

    def _folded(self, word: LaidWord, margin: int) -> Iterator[str]:
        """The text as strings that each fit on a line; side by side they say the same."""
        said, touching = word.prose or "", len(word.text)
        room = WIDTH - (len(self._line) + 1 if self._line else self._margin)
        line: list[str] = []
        for piece in said.split(" "):
            if line and len(quoted(" ".join((*line, piece)))) + touching > room:
                yield quoted(" ".join(line))
                line, room = [], WIDTH - margin
            line.append(piece)
        yield quoted(" ".join(line)) + word.text

    def _add(self, text: str) -> None:
        self._line = f"{self._line} {text}" if self._line else " " * self._margin + text

    def _set_apart(self, apart: bool) -> None:
        if apart and self._done:
            self._done.append("")

    def _end_line(self, margin: int) -> None:
        if self._line:
            self._done.append(self._line.rstrip())
        self._line, self._margin, self._is_closed = "", margin, False


def _flat(word: LaidWord) -> str:
    """The word on one line."""
    return word.text if word.prose is None else quoted(word.prose) + word.text


JOINTS = frozenset({"AND", "OR", "THEN"})
_CLOSING = frozenset({"COMMA", "RPAR"})
_OPERATORS = {"\u2264": "<=", "\u2265": ">="}
_MICRO = re.compile(r"(?:mc|u|\u03bc)(?=[A-Za-z])")
_EMPTY_LINE = re.compile(r"\n[ \t\f]*\n")


@frozen(kw_only=True)
class BetweenItems:
    """What stands between two items: comments of the one above, and of the one below.

    Attributes:
        apart: Whether there is an empty line right above the item below.
    """

    above: tuple[str, ...]
    below: tuple[LooseComment, ...]
    apart: bool


@frozen(kw_only=True)
class SpacedText:
    """The words by the offset of their token, and what stands before each item and at the end."""

    words: Mapping[int, LaidWord] = field(converter=frozen_map)
    between: Mapping[int, BetweenItems] = field(converter=frozen_map)
    end: BetweenItems


@frozen(kw_only=True)
class _Said:
    """A word with what touches it, and the comments since the word before."""

    start: int
    end: int
    text: str
    comments: tuple[Comment, ...] = field(default=())


def written(
    characters: str,
    tokens: Sequence[Token],
    comments: Sequence[Comment],
    firsts: Collection[int],
) -> SpacedText:
    """The words of a text whose items begin at the offsets `firsts`."""
    words: dict[int, LaidWord] = {}
    between: dict[int, BetweenItems] = {}
    before, margin = _Said(start=-1, end=0, text=""), 0
    for said in _said(characters, tokens, comments):
        ends_line, own = _sides(characters, said.comments)
        if before.start in words:
            words[before.start] = evolve(words[before.start], after=ends_line)
        if said.start in firsts:
            margin = _margin(characters, said.start)
        if said.start in firsts or said.start == len(characters):
            between[said.start] = _between(characters, before, own, said, margin)
            own = ()
        texts = tuple(comment.text.rstrip() for comment in own)
        words[said.start] = LaidWord(text=said.text, before=texts)
        before = said
    return SpacedText(words=words, between=between, end=between[len(characters)])


def one_spelling(unit: str) -> str:
    """The unit with `µ` for micro, however the author wrote it: `mcg`, `ug`."""
    return "/".join(map(_micro, unit.split("/")))


def _micro(unit: str) -> str:
    if not _MICRO.match(unit):
        return unit
    meant = parse_unit(unit)
    if meant is None or not meant.text.startswith("\N{MICRO SIGN}"):
        return unit
    return _MICRO.sub("\N{MICRO SIGN}", unit, count=1)


def _said(
    characters: str, tokens: Sequence[Token], comments: Sequence[Comment]
) -> Iterator[_Said]:
    """The words with what touches them, and last an empty word at the end of the text."""
    coming = [*reversed(comments)]
    last: _Said | None = None
    joins, opening, since = False, "", list[Comment]()
    before, is_called = "", False  # what `equation(` takes touches it
    for token in tokens:
        start, end = token.start_pos or 0, token.end_pos or 0
        while coming and coming[-1].span.start < start:
            since.append(coming.pop())
        calls = token.type == "LPAR" and before == "NAME"
        if (token.type in _CLOSING or calls or is_called) and last:
            last = evolve(last, text=last.text + token, end=end)
        elif token.type == "LPAR":
            opening += token
        else:
            if last:
                moved = tuple(since) if joins else ()
                yield evolve(last, comments=last.comments + moved)
                since = [] if joins else since
            text = opening + _text(token)
            last = _Said(start=start, end=end, text=text, comments=tuple(since))
            joins, opening, since = token.type in JOINTS, "", []
        before, is_called = token.type, calls
    if last:
        yield last
    everything = len(characters)
    rest = (*since, *reversed(coming))
    yield _Said(start=everything, end=everything, text="", comments=rest)


def _text(token: Token) -> str:
    match token.type:
        case "UNIT":
            return one_spelling(token)
        case "COMPARISON":
            return _OPERATORS.get(token, str(token))
        case "STRING":
            return quoted(unquoted(token))
        case _:
            return str(token)


def _sides(
    characters: str, comments: tuple[Comment, ...]
) -> tuple[str | None, tuple[Comment, ...]]:
    """The comment that ends the line of the word before, and those on lines of their own."""
    if not comments or not _line_before(characters, comments[0].span.start).strip():
        return None, comments
    return comments[0].text.rstrip(), comments[1:]


def _between(
    characters: str, before: _Said, own: Sequence[Comment], said: _Said, margin: int
) -> BetweenItems:
    """The comments before an item; what is indented more than the item belongs to the last."""
    above = tuple(
        comment.text.rstrip()
        for comment in takewhile(
            lambda c: len(_line_before(characters, c.span.start)) > margin, own
        )
    )
    if before.start < 0:
        above = ()
    end = before.end
    remarks: list[LooseComment] = []
    for number, comment in enumerate(own):
        apart = _has_empty_line(characters, end, comment.span.start)
        if number >= len(above):
            remarks.append(LooseComment(comment.text.rstrip(), apart))
        end = comment.span.end
    apart = _has_empty_line(characters, end, said.start)
    return BetweenItems(above=above, below=tuple(remarks), apart=apart)


def _has_empty_line(characters: str, start: int, end: int) -> bool:
    return _EMPTY_LINE.search(characters, start, end) is not None


def _line_before(characters: str, at: int) -> str:
    """The line up to an offset."""
    return characters[characters.rfind("\n", 0, at) + 1 : at]


def _margin(characters: str, at: int) -> int:
    """The blanks at the beginning of the line of an offset."""
    line = _line_before(characters, at)
    return len(line) - len(line.lstrip())


Branch: TypeAlias = Tree[Token] | Token

# The column of keywords is as wide as the longest keyword that is one word.
_COLUMNS = {
    **dict.fromkeys(("guideline", "part", "vocabulary"), len("statements ")),
    **dict.fromkeys(
        (
            *("finding", "measure", "choice", "event", "conclusion"),
            *("drug", "test", "route", "site", "service"),
        ),
        len("plausible "),
    ),
    "source": len("printed "),
    "challenge": len("by "),
    "implication": len("when "),
    "example": len("expect "),
}
_COLUMN_OF_RULES = len("strength ")

# Keywords of more than one word.
_LONG_KEYWORDS = frozenset(
    {
        ("do", "not", "check"),
        ("exception", "to"),
        ("outside", "scope"),
        ("challenged", "by"),
        ("also", "written"),
        ("molar", "mass"),
        ("plausible", "dose"),
        ("reviewed", "by"),
        ("intended", "for"),
        ("superseded", "by"),
    }
)

# Where a clause begins that the grammar has no rule for.
_CLAUSE_TOKENS = {
    "challenge": frozenset({"BY"}),
    "definition": frozenset({"AS"}),
    "implication": frozenset({"WHEN", "THEN"}),
}

# What belongs to the head of an item although it is a rule of its own.
_IN_HEAD = frozenset({"text", "names", "noted_as", "assuming"})

# A line may be broken before these, and before a word that joins; nowhere in a moment in time.
_BREAK_BEFORE = frozenset(
    {
        *("WHEN", "UNLESS", "COVERING", "text", "timing"),
        *("withhold_until", "withhold_unless"),
        *(
            "for_time",
            "for_doses",
            "for_life",
            "indefinitely",
            "until",
            "after",
            "gates",
        ),
    }
)
_WHOLE = frozenset({"at_times"})


def page(
    tree: Tree[Token], characters: str, comments: Sequence[Comment] = ()
) -> LaidOut:
    """The blocks of a text, whose lines end with a line feed, and its comments."""
    items = [*_items(tree)]
    tokens = [*_tokens(tree)]
    firsts = {_start(item) for item in items}
    found = written(characters, tokens, comments, firsts)
    between = [found.between[_start(item)] for item in items] + [found.end]
    blocks = tuple(
        _block(item, found, above, below)
        for item, above, below in zip(items, between, between[1:], strict=False)
    )
    return LaidOut(blocks, found.end.below)


def _items(tree: Tree[Token]) -> Iterator[Tree[Token]]:
    """The headers and items of a file, in order."""
    for child in _branches(tree):
        if child.data.endswith("_section"):
            yield from _branches(child)
        else:
            yield child


def _branches(tree: Tree[Token]) -> Iterator[Tree[Token]]:
    return (child for child in tree.children if isinstance(child, Tree))


def _tokens(branch: Branch) -> Iterator[Token]:
    if isinstance(branch, Token):
        yield branch
    else:
        for child in branch.children:
            yield from _tokens(child)


def _start(branch: Branch) -> int:
    return next(_tokens(branch)).start_pos or 0


def _block(
    item: Tree[Token], found: SpacedText, above: BetweenItems, below: BetweenItems
) -> Block:
    head, *clauses = _clauses(item)
    shown = _row(head, found)
    keyword = str(next(_tokens(item)))
    return Block(
        above=above.below,
        apart=above.apart,
        head=shown or Chain(()),
        clauses=tuple(_clause(clause, found) for clause in clauses),
        column=_COLUMNS.get(keyword, _COLUMN_OF_RULES),
        below=below.above,
    )


def _clauses(item: Tree[Token]) -> Iterator[list[Branch]]:
    """The head of an item, and then each of its clauses."""
    begin = _CLAUSE_TOKENS.get(item.data, frozenset())
    part: list[Branch] = []
    in_head, is_begun = True, False
    for child in item.children:
        if isinstance(child, Token):
            begins = child.type in begin
        else:
            begins = not is_begun and not (in_head and child.data in _IN_HEAD)
        if begins:
            yield part
            part, in_head = [], False
        part.append(child)
        is_begun = begins and isinstance(child, Token)
    yield part


def _clause(children: Sequence[Branch], found: SpacedText) -> LaidClause:
    if len(children) == 1 and isinstance(children[0], Tree):
        children = children[0].children
    words = tuple(str(child) for child in children[:3] if isinstance(child, Token))
    length = next((n for n in (3, 2) if words[:n] in _LONG_KEYWORDS), 1)
    keyword = [word for child in children[:length] for word in _words(child, found)]
    return LaidClause(
        keyword=Chain(tuple(keyword)), rest=_row(children[length:], found)
    )


def _row(children: Iterable[Branch], found: SpacedText) -> Part | None:
    """The children, in parts that end with a comma or before a word that joins."""
    runs: list[list[Part]] = []
    for child in children:
        part = _part(child, found)
        if part is not None:
            if not runs or _begins(child) or _ends(runs[-1][-1]):
                runs.append([])
            runs[-1].append(part)
    parts = [part for part in map(chained, runs) if part is not None]
    if len(parts) < 2:
        return parts[0] if parts else None
    return Breakable(tuple(parts))


def _part(branch: Branch, found: SpacedText) -> Part | None:
    if isinstance(branch, Token) or branch.data in _WHOLE:
        words = tuple(_words(branch, found))
        return Chain(words) if words else None
    if branch.data == "text":
        return Chain(tuple(_prose(branch, found)))
    return _row(branch.children, found)


def _begins(branch: Branch) -> bool:
    kind = branch.type if isinstance(branch, Token) else branch.data
    return kind in JOINTS or kind in _BREAK_BEFORE


def _ends(part: Part) -> bool:
    *_, last = words_of(part)
    return last.text.endswith(",")


def _words(branch: Branch, found: SpacedText) -> Iterator[LaidWord]:
    """The words of a branch; a token that touches another is no word of its own."""
    starts = (token.start_pos or 0 for token in _tokens(branch))
    return (found.words[start] for start in starts if start in found.words)


def _prose(text: Tree[Token], found: SpacedText) -> Iterator[LaidWord]:
    """The strings of a text, joined where no comment stands between them."""
    last: LaidWord | None = None
    for token in _tokens(text):
        word, said = found.words[token.start_pos or 0], unquoted(token)
        touching = word.text.removeprefix(quoted(said))
        if last is None or last.after is not None or word.before:
            if last is not None:
                yield last
            last = evolve(word, text=touching, prose=said)
        else:
            last = evolve(
                last, text=touching, prose=f"{last.prose} {said}", after=word.after
            )
    if last is not None:
        yield last
