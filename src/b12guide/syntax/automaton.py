"""Reads a text with the tables that Lark made of the grammar, in a loop of our own.

Lark serves every grammar: it counts lines and columns, looks for keywords with regular expressions,
asks a chain of callbacks at each rule, and makes trees of what is repeated only to take them apart.
This loop does none of that. It looks keywords up in a `dict`, steps over blanks and comments in the
match that finds the word before them, and calls the builders itself. It takes less than half of the
time.

Of errors it says nothing but that there are some. Lark reads the text once more then, so that there
is one account of what is wrong.

What it looks at, Lark does not promise to keep: the table of the parser, the words that each state
of it looks for, the parts of a rule. All of it is gone through when the automaton is made. Where
Lark looks different there is none, and `grammar.read` leaves the reading to Lark: slower, with the
same result. `tests/unit/syntax/test_automaton.py` fails when that happens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from sys import intern
from typing import Any, TypeAlias

from attrs import define, field, frozen
from lark import Lark, Token
from lark.lexer import PatternRE, PatternStr

from b12guide.syntax.build.pieces import Builder, Children

_END = "$END"

_Match: TypeAlias = Callable[[str, int, int], re.Match[str] | None]
_Reduction: TypeAlias = tuple[int, str, Builder]
"""How many values become one, of which rule, and what makes it."""


class Unread(Exception):  # noqa: N818 - Lark has the word on errors; this one reaches nobody
    """Stops the reading of a text that has errors; never leaves `b12guide.syntax`."""


@frozen(kw_only=True, eq=False)
class _Words:
    """The words that some states look for.

    Attributes:
        match: Finds one of them, with the blanks and comments behind it.
        kinds: For each group of `match`, its keywords by spelling, and what it is otherwise.
    """

    match: _Match
    kinds: tuple[tuple[Mapping[str, str], str], ...]


@define(kw_only=True, eq=False)
class _State:
    """A state of the automaton. States lead to each other, so they are filled once all are made.

    Attributes:
        words: The words that are looked for in it.
        reductions: By the kind of the next word, the rule that ends before it.
        steps: By the kind of a word or the name of a rule, the state behind it.
    """

    words: _Words
    reductions: dict[str, _Reduction] = field(factory=dict)
    steps: dict[str, _State] = field(factory=dict)


@frozen(kw_only=True, eq=False)
class Automaton:
    """The states in which a text of each kind begins and ends, and what may stand before it."""

    _first: Mapping[str, _State]
    _last: Mapping[str, _State]
    _skip: _Match

    def read(self, characters: str, start: str, begin: int, end: int) -> Any:
        """What the builders make of `characters` between two offsets.

        Raises:
            Unread: It has errors.
            Refusal: A builder refuses it.
        """
        state, last = self._first[start], self._last[start]
        states: list[_State] = [state]
        values: list[Any] = []
        new = str.__new__
        blank = self._skip(characters, begin, end)
        at = begin if blank is None else blank.end()
        while True:
            if at < end:
                found = state.words.match(characters, at, end)
                if found is None:
                    raise Unread
                group = found.lastindex or 0
                text = found[group]
                keywords, kind = state.words.kinds[group]
                kind = keywords.get(text, kind)
                # `Token(...)` would first look long at its arguments. Nobody asks for its line.
                word = new(Token, text)
                word.type, word.value = kind, text
                word.start_pos, word.end_pos = at, at + len(text)
                at = found.end()
            else:
                kind = _END
            while (reduction := state.reductions.get(kind)) is not None:
                size, rule, build = reduction
                if size == 1:
                    states.pop()
                    if build is not _alone:
                        values[-1] = build([values[-1]])
                elif size:
                    children = values[-size:]
                    del values[-size:], states[-size:]
                    values.append(build(children))
                else:
                    values.append(build([]))
                state = states[-1].steps[rule]
                states.append(state)
            if kind is _END:
                if state is last:
                    return values[-1]
                raise Unread
            if kind not in state.steps:
                raise Unread
            state = state.steps[kind]
            states.append(state)
            values.append(word)


def automaton_of(lark: Lark, builders: Mapping[str, Builder]) -> Automaton | None:
    """What reads as `lark` does and builds with `builders`; None where Lark looks different."""
    try:
        return _made(lark, builders)
    except (AttributeError, LookupError, TypeError, ValueError):
        return None


def _made(lark: Any, builders: Mapping[str, Builder]) -> Automaton:
    front = lark.parser
    table = front.parser._parse_table  # noqa: SLF001 - this module is about what is inside
    words = _words(lark.terminals, front)
    states = {number: _State(words=words[number]) for number in table.states}
    reductions = {rule: _reduction(rule, builders) for rule in lark.rules}
    for number, row in table.states.items():
        state = states[number]
        for kind, (action, argument) in row.items():
            if action.name == "Shift":
                state.steps[_plain(kind)] = states[argument]
            else:
                state.reductions[_plain(kind)] = reductions[argument]
    return Automaton(
        first={start: states[number] for start, number in table.start_states.items()},
        last={start: states[number] for start, number in table.end_states.items()},
        skip=re.compile(_blanks(front.lexer_conf)).match,
    )


def _plain(name: str) -> str:
    """A name of the grammar, some of which Lark keeps as tokens: these compare slowly."""
    return intern(str(name))


# ------------------------------------------------------------------------------ words


def _blanks(conf: Any) -> str:
    """A pattern of what may stand between words: blanks and comments."""
    patterns = (conf.terminals_by_name[name].pattern for name in conf.ignore)
    return f"(?:{'|'.join(pattern.to_regexp() for pattern in patterns)})*"


def _words(terminals: Any, front: Any) -> Mapping[int, _Words]:
    """The words that each state looks for.

    Lark reads a keyword as the word around it, such as a name, if the state looks for such a word
    and its pattern matches all of the keyword; else as a word of its own.
    """
    conf = front.lexer_conf
    blanks, ignored = _blanks(conf), frozenset(conf.ignore)
    kinds = {terminal.name: _keywords(terminal, terminals) for terminal in terminals}
    made: dict[Any, _Words] = {}
    for lexer in front.lexer.lexer.lexers.values():
        if lexer not in made:
            sought = [t for t in lexer.terminals if t.name not in ignored]
            made[lexer] = _words_of(sought, kinds, blanks)
    return {number: made[lexer] for number, lexer in front.lexer.lexer.lexers.items()}


def _words_of(
    sought: Sequence[Any], keywords: Mapping[str, Mapping[str, str]], blanks: str
) -> _Words:
    names = {terminal.name for terminal in sought}
    kinds = {
        name: {text: word for text, word in keywords[name].items() if word in names}
        for name in names
    }
    inside = {word for words in kinds.values() for word in words.values()}
    outside = [terminal for terminal in sought if terminal.name not in inside]
    choice = "|".join(f"({terminal.pattern.to_regexp()})" for terminal in outside)
    return _Words(
        match=re.compile(f"(?:{choice}){blanks}").match,
        kinds=(({}, ""), *((kinds[t.name], _plain(t.name)) for t in outside)),
    )


def _keywords(terminal: Any, terminals: Any) -> Mapping[str, str]:
    """The keywords among all that a terminal matches, by their spelling."""
    if not isinstance(terminal.pattern, PatternRE):
        return {}
    pattern = re.compile(terminal.pattern.to_regexp())
    if pattern.groups:
        raise ValueError(terminal.name)
    return {
        other.pattern.value: _plain(other.name)
        for other in terminals
        if isinstance(other.pattern, PatternStr)
        and other.priority == terminal.priority
        and pattern.fullmatch(other.pattern.value)
    }


# ------------------------------------------------------------------------------ rules


def _alone(children: Children) -> Any:
    """The only child, as it is."""
    return children[0]


def _children(children: Children) -> Any:
    """What is repeated, as a list for the rule around it."""
    return children


def _longer(children: Children) -> Any:
    """A list of what is repeated, and one more of it."""
    first, *more = children
    first.extend(more)
    return first


def _reduction(rule: Any, builders: Mapping[str, Builder]) -> _Reduction:
    """What becomes of the values of a rule when all of it was read."""
    origin, size = _plain(rule.origin.name), len(rule.expansion)
    lists = [at for at, each in enumerate(rule.expansion) if _is_list(each)]
    if _is_list(rule.origin):
        if lists == [0]:
            return size, origin, _longer
        build: Builder = _children
    elif rule.options.expand1 and not rule.alias and size == 1:
        build = _alone
    else:
        build = builders[rule.alias or origin]
    return size, origin, _united(lists, build) if lists else build


def _is_list(symbol: Any) -> bool:
    """Whether it is one of the rules that Lark makes of `*` and `+`."""
    return not symbol.is_term and symbol.name.startswith("__")


def _united(lists: Sequence[int], build: Builder) -> Builder:
    """Builds of children some of which are lists of children."""

    def build_of_all(children: Children) -> Any:
        found: list[Any] = []
        for at, child in enumerate(children):
            found.extend(child if at in lists else (child,))
        return build(found)

    return build_of_all
