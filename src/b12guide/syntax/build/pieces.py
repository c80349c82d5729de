"""The small pieces that the methods of `FromTree` are put together from.

A child is a token or a node that an earlier method built. The parser keeps every token, keywords
too, so that the span of a node is that of its first and last child.
"""

# ruff: noqa: SIM905 - words read best as words
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias, TypeVar

from attrs import frozen
from lark import Token

from b12guide.syntax.ast import Grounds, Name, Node, Prose, Quantity
from b12guide.text import Span
from b12guide.values.term import Strength

Children: TypeAlias = list[Any]
N = TypeVar("N")

_ESCAPED = re.compile(r"\\(.)")


class Doubt(Enum):
    """What the grammar lets through although no author can mean it."""

    REPEATED = "a clause is written twice"
    RESERVED = "a word of the language stands where a name belongs"
    NOT_WHOLE = "a count is not a whole number"
    NO_SUCH_DATE = "the calendar has no such day"
    NOT_A_UNIT = "a word that can be no unit follows a number"
    DOSE_PER_TIME = "the unit of a dose says how often it is given"
    NOT_A_ROUTE = "a frequency or duration stands where the route belongs"


class Refusal(Exception):  # noqa: N818 - it refuses a tree, it is no error of the program
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
    "give avoid contraindicated withhold check inject continue note may given expect "
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


def only(children: Iterable[Any], kind: type[N]) -> N | None:
    """The child that is a node of one kind, if there is one."""
    return next((c for c in children if isinstance(c, kind)), None)


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


def prose(children: Iterable[Any]) -> Prose | None:
    """The child that is prose, if there is one."""
    return only(children, Prose)


def whole(token: Token) -> int:
    """A number that counts something."""
    if "." in token:
        raise Refusal(Doubt.NOT_WHOLE, token_span(token), str(token))
    return int(token)


def day(token: Token) -> str:
    """A date as written, if the calendar has it."""
    try:
        date.fromisoformat(token)
    except ValueError:
        raise Refusal(Doubt.NO_SUCH_DATE, token_span(token), str(token)) from None
    return str(token)


def quantity(children: Sequence[Any], unit: str | None = None) -> Quantity:
    """The number or range among the children, with the unit among them or the one given."""
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


def one(where: Span, unit: str | None) -> Quantity:
    """The quantity 1 of a unit that a word such as `daily` stands for."""
    return Quantity(span=where, low=Decimal(1), high=Decimal(1), unit=unit)


def clause(keyword: str, children: Sequence[Any], value: object) -> Clause:
    """A clause for the item around it."""
    return Clause(span=span(children), keyword=keyword, value=value)


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


GROUNDS_ONCE = frozenset({"strength", "because", "patient", "section"})


def grounds(children: Sequence[Any]) -> Grounds:
    """The clauses that say on what grounds an item stands."""
    found = clauses(children, GROUNDS_ONCE)
    inside = [c for c in children if isinstance(c, Clause) and c.keyword in _GROUNDS]
    end = span(children).end
    strength: Strength | None = first(found, "strength")
    return Grounds(
        span=span(inside) if inside else Span(end, end),
        strength=strength,
        states=joined(found, "states"),
        cites=joined(found, "cites"),
        section=first(found, "section"),
        because=first(found, "because"),
        patient=first(found, "patient"),
        assumes=joined(found, "assumes"),
        challenged=joined(found, "challenged"),
    )


_GROUNDS = GROUNDS_ONCE | {"states", "cites", "assumes", "challenged"}
