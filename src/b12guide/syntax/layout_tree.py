"""From the words of a text, by grammar rule, to what the formatter puts on lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from attrs import evolve
from lark import Token, Tree

from b12guide.syntax.ast import Comment
from b12guide.syntax.layout import (
    Block,
    Chain,
    Clause,
    Page,
    Part,
    Row,
    Word,
    chained,
    words_of,
)
from b12guide.syntax.layout_words import JOINTS, Between, Written, written
from b12guide.syntax.text_pieces import quoted
from b12guide.syntax.tree_pieces import unquoted

__all__ = ["page"]

Branch: TypeAlias = Tree[Token] | Token

# The column of keywords is as wide as the longest keyword that is one word.
_COLUMNS = {
    **dict.fromkeys(("guideline", "part", "vocabulary"), len("statements ")),
    **dict.fromkeys(
        ("finding", "measure", "choice", "event", "drug", "test", "route", "site"),
        len("plausible "),
    ),
    "source": len("printed "),
    "challenge": len("by "),
    "implication": len("when "),
    "example": len("expect "),
}
_COLUMN_OF_RULES = len("strength ")

# Keywords of two words.
_PAIRS = frozenset(
    {
        ("exception", "to"),
        ("outside", "scope"),
        ("challenged", "by"),
        ("also", "written"),
        ("molar", "mass"),
        ("plausible", "dose"),
    }
)

# Where a clause begins that the grammar has no rule for.
_CLAUSE_TOKENS = {
    "challenge": frozenset({"BY"}),
    "definition": frozenset({"AS"}),
    "implication": frozenset({"WHEN", "THEN"}),
}

# What belongs to the head of an item although it is a rule of its own.
_IN_HEAD = frozenset({"text", "names", "noted_as"})

# A line may be broken before these, besides a word that joins; and nowhere in a moment in time.
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


def page(tree: Tree[Token], characters: str, comments: Sequence[Comment] = ()) -> Page:
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
    return Page(blocks, found.end.below)


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


def _block(item: Tree[Token], found: Written, above: Between, below: Between) -> Block:
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


def _clause(children: Sequence[Branch], found: Written) -> Clause:
    if len(children) == 1 and isinstance(children[0], Tree):
        children = children[0].children
    pair = tuple(str(child) for child in children[:2] if isinstance(child, Token))
    length = 2 if pair in _PAIRS else 1
    keyword = [word for child in children[:length] for word in _words(child, found)]
    return Clause(keyword=Chain(tuple(keyword)), rest=_row(children[length:], found))


def _row(children: Iterable[Branch], found: Written) -> Part | None:
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
    return Row(tuple(parts))


def _part(branch: Branch, found: Written) -> Part | None:
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


def _words(branch: Branch, found: Written) -> Iterator[Word]:
    """The words of a branch; a token that touches another is no word of its own."""
    starts = (token.start_pos or 0 for token in _tokens(branch))
    return (found.words[start] for start in starts if start in found.words)


def _prose(text: Tree[Token], found: Written) -> Iterator[Word]:
    """The strings of a text, joined where no comment stands between them."""
    last: Word | None = None
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
