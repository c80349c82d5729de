"""What the tables of builders are put together from.

A builder makes one thing of the children of a rule of the grammar. A child is a token, or what an
earlier builder made. The parser keeps every token, keywords too, so that the span of a node is that
of its first and last child.
"""

# ruff: noqa: SIM905 - words read best as words

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from enum import Enum
from operator import itemgetter
from typing import Any, TypeAlias, TypeVar

from attrs import frozen
from lark import Token

from b12guide.syntax.ast import Name, Node, Prose, Quantity
from b12guide.text import Span
from b12guide.values.calendar import days_within, parse_date

Children: TypeAlias = list[Any]
Builder: TypeAlias = Callable[[Children], Any]
N = TypeVar("N")

_ESCAPED = re.compile(r"\\(.)")


class Doubt(Enum):
    """What the grammar lets through although no author can mean it."""

    REPEATED = "a clause is written twice"
    RESERVED = "a word of the language stands where a name belongs"
    NOT_WHOLE = "a count is not a whole number"
    NO_SUCH_DATE = "this day is not in the calendar"
    NOT_A_UNIT = "a word that can be no unit follows a number"
    DOSE_PER_TIME = "the unit of a dose says how often it is given"
    NOT_A_ROUTE = "a frequency or duration stands where the route belongs"


class Refusal(Exception):  # noqa: N818 - it refuses a text, and is no error of the program
    """Stops a parse that the grammar accepts; never leaves `b12guide.syntax`."""

    def __init__(self, doubt: Doubt, span: Span, word: str) -> None:
        self.doubt = doubt
        self.span = span
        self.word = word
        super().__init__(doubt, span, word)


# Words that begin an item or a clause, or join conditions. As a name, such a word nearly always
# means that the name before it was forgotten.
RESERVED = frozenset(
    "language guideline part vocabulary examples version revised status scope uses statements "
    "finding measure choice event drug test site implication asks synonyms also code "
    "plausible molar values implies source assumption challenge define rule silent "
    "conflict invariant example printed link exception outside when strength "
    "states cites because patient section assumes challenged never always load maintain "
    "give avoid contraindicated withhold check inject continue conclude note may given expect "
    "and or not is from to until unless then assuming every per times".split()
)

NOT_UNITS = RESERVED | frozenset(
    "on for at by as after before with once twice daily weekly monthly yearly indefinitely life "
    "doses form route kind link missing printed code IM SC PO IV im sc po iv oral orally".split()
)

PER_TIME = re.compile(r"/(d|day|days|w|wk|week|weeks|mo|month|months|y|yr|year|years)$")

FREQUENCY_WORDS = frozenset(
    "bid bd tid tds qid qds qd od qod eod qw qm q2w q4w q3m hs prn stat biweekly fortnightly "
    "quarterly annually hourly nightly lifelong forever permanently ongoing indefinite "
    "twice once alternate".split()
)


@frozen(kw_only=True)
class Clause(Node):
    """A clause on its way into the item that it belongs to."""

    keyword: str
    value: Any


@frozen(kw_only=True)
class Pieces(Node):
    """Names, values or quantities on their way into the node that lists them."""

    values: tuple[Any, ...]


# ------------------------------------------------------------------- of the children


def span(children: Sequence[Any]) -> Span:
    """From the first child to the last."""
    first, last = children[0], children[-1]
    return Span(
        (first.start_pos or 0) if type(first) is Token else first.span.start,
        (last.end_pos or 0) if type(last) is Token else last.span.end,
    )


def token_span(token: Token) -> Span:
    """Where a token stands."""
    return Span(token.start_pos or 0, token.end_pos or 0)


def tokens(children: Iterable[Any], kind: str) -> Iterator[Token]:
    """The children that are tokens of one kind."""
    return (c for c in children if type(c) is Token and c.type == kind)


def nodes(children: Iterable[Any], kind: type[N]) -> tuple[N, ...]:
    """The children that are nodes of one kind."""
    return tuple(c for c in children if isinstance(c, kind))


def only(children: Iterable[Any], kind: Any) -> Any:
    """The child that is a node of one kind, if there is one."""
    return next((c for c in children if isinstance(c, kind)), None)


def prose(children: Iterable[Any]) -> Prose | None:
    """The child that is prose, if there is one."""
    return next((c for c in children if isinstance(c, Prose)), None)


def name(token: Token) -> Name:
    """A name; refused where it is a word of the language."""
    where = Span(token.start_pos or 0, token.end_pos or 0)
    text = str(token)
    if text in RESERVED:
        raise Refusal(Doubt.RESERVED, where, text)
    return Name(span=where, text=text)


def names(children: Iterable[Any]) -> tuple[Name, ...]:
    """The children that are names, in order."""
    return tuple(
        name(c) for c in children if type(c) is Token and c.type in {"NAME", "PATH"}
    )


def unquoted(token: Token) -> str:
    """What a string says, without its quotation marks and backslashes."""
    body = token[1:-1]
    return _ESCAPED.sub(r"\1", body) if "\\" in body else str(body)


def whole(token: Token) -> int:
    """A number that counts something."""
    if "." in token:
        raise Refusal(Doubt.NOT_WHOLE, token_span(token), str(token))
    return int(token)


def quantity(children: Sequence[Any], unit: str | None = None) -> Quantity:
    """The number or range among the children, with the unit among them or the one given.

    Without a number it is 1: `every week`.
    """
    parts = [c for c in children if type(c) is Token and c.type in {"NUMBER", "UNIT"}]
    numbers = [Decimal(c) for c in parts if c.type == "NUMBER"]
    if parts[-1].type == "UNIT":
        unit = str(parts[-1])
        if unit in NOT_UNITS:
            doubt = Doubt.RESERVED if unit in RESERVED else Doubt.NOT_A_UNIT
            raise Refusal(doubt, token_span(parts[-1]), unit)
    low = numbers[0] if numbers else Decimal(1)
    high = numbers[-1] if numbers else low
    return Quantity(span=span(parts), low=low, high=high, unit=unit)


def clauses(
    children: Iterable[Any], once: Iterable[str] = ()
) -> dict[str, tuple[Any, ...]]:
    """The values of the clauses by keyword; those of `once` may be written once only."""
    found: dict[str, tuple[Any, ...]] = {}
    for child in children:
        if isinstance(child, Clause):
            if child.keyword in found and child.keyword in once:
                raise Refusal(Doubt.REPEATED, child.span, child.keyword)
            found[child.keyword] = (*found.get(child.keyword, ()), child.value)
    return found


def first(found: dict[str, tuple[Any, ...]], keyword: str) -> Any:
    """The value of a clause, or None where it was not written."""
    return found.get(keyword, (None,))[0]


def joined(found: dict[str, tuple[Any, ...]], keyword: str) -> tuple[Any, ...]:
    """The values of all clauses with one keyword, end to end."""
    return tuple(value for values in found.get(keyword, ()) for value in values)


# ------------------------------------------------------------------------- builders


def node(kind: Callable[..., Any], /, **fields: Builder) -> Builder:
    """Builds a node, each of whose fields is built of the children."""
    made = tuple(fields.items())

    def build(children: Children) -> Any:
        return kind(
            span=span(children), **{field: value(children) for field, value in made}
        )

    return build


def always(value: object) -> Builder:
    """Builds the same of any children."""
    return lambda _: value


_nothing = always(None)


def clause(keyword: str, value: Builder = _nothing) -> Builder:
    """Builds a clause for the item around it."""
    return lambda c: Clause(span=span(c), keyword=keyword, value=value(c))


def spoken(children: Children) -> Clause:
    """A clause that is nothing but words, such as `does not apply`."""
    return Clause(span=span(children), keyword=" ".join(children), value=None)


def pieces(values: Builder) -> Builder:
    """Builds a list for the node around it."""
    return lambda c: Pieces(span=span(c), values=values(c))


def only_clause(keyword: str) -> Builder:
    """Builds the value of a clause among the children; None where there is none."""
    return lambda c: first(clauses(c), keyword)


def every_other(children: Children) -> tuple[Any, ...]:
    """The children between which a comma or a word stands."""
    return tuple(children[::2])


child = itemgetter
"""Builds the child at an index."""


def values(at: int) -> Builder:
    """Builds the values of the list at an index."""
    return lambda c: c[at].values


def word(at: int) -> Builder:
    """Builds a name."""
    return lambda c: name(c[at])


def any_word(at: int) -> Builder:
    """Builds a name that may be a word of the language."""
    return lambda c: Name(span=token_span(c[at]), text=str(c[at]))


def text(at: int) -> Builder:
    """Builds the characters of a token."""
    return lambda c: str(c[at])


def said(at: int) -> Builder:
    """Builds what a string says."""
    return lambda c: unquoted(c[at])


def count(at: int) -> Builder:
    """Builds a whole number."""
    return lambda c: whole(c[at])


def _dated(at: int, of: Callable[[str], object | None]) -> Builder:
    def build(children: Children) -> str:
        written = children[at]
        if of(written) is None:
            raise Refusal(Doubt.NO_SUCH_DATE, token_span(written), str(written))
        return str(written)

    return build


def day(at: int) -> Builder:
    """Builds a date as written, if the calendar has it."""
    return _dated(at, parse_date)


def partial_day(at: int) -> Builder:
    """Builds a date as written that may lack its day, or its month and day."""
    return _dated(at, days_within)
