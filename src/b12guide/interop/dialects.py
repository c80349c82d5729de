"""Conditions as expressions of Polars, which are source text of Python, and of SQL.

Both have a third truth value, and "and", "or" and "not" of null are in both what they are here.
What an expression needs is a column already: a fact, a definition, a condition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Protocol, assert_never

from b12guide.graph.condition import Compare, Has, HasValue, Leaf, OneOf
from b12guide.graph.model import Fact
from b12guide.values.term import Kind, Operator

_MOST = Fraction(10) ** 300
"""A number beyond is none; the infinite ones are beyond, and so is what is no number."""


class Wording(Protocol):
    """How a language words what the export consists of."""

    comment: str

    def column(self, name: str) -> str:
        """A column of the table."""

    def fact(self, fact: Fact) -> str:
        """The column of a fact, with null in place of what it cannot hold."""

    def leaf(self, leaf: Leaf) -> str:
        """What asks one fact, whose column is `fact.NAME`."""

    def truth(self, value: bool) -> str:
        """A constant."""

    def negated(self, term: str) -> str:
        """The opposite."""

    def joined(self, terms: Sequence[str], *, is_all: bool) -> str:
        """All or any of some terms, of which there is at least one."""

    def at_least(self, count: int, terms: Sequence[str]) -> str:
        """So many of some terms; null where those that are null decide."""

    def or_else(self, term: str, value: bool) -> str:
        """A term, with a constant where it is null."""

    def is_known(self, term: str) -> str:
        """Whether a term is not null."""

    def only_if(self, condition: str, term: str) -> str:
        """A term where a condition is true, and null elsewhere."""


def bound(operator: Operator, at: Fraction) -> tuple[str, float] | None:
    """A comparison with a bound as one of doubles; None where no double equals the bound.

    A double stands for the shortest number that is read as it. Where the bound is no such number,
    its nearest neighbour lies on one side of it.
    """
    number = float(at)
    written = Fraction(repr(number))
    match operator:
        case Operator.LESS:
            return ("<=" if written < at else "<"), number
        case Operator.AT_MOST:
            return ("<=" if written <= at else "<"), number
        case Operator.MORE:
            return (">" if written <= at else ">="), number
        case Operator.AT_LEAST:
            return (">" if written < at else ">="), number
        case Operator.EQUAL:
            return ("=", number) if written == at else None
        case _:
            assert_never(operator)


class Sql:
    """SQL as DuckDB, PostgreSQL and the standard have it."""

    comment = "--"

    def column(self, name: str) -> str:
        """A column of the table."""
        return '"' + name.replace('"', '""') + '"'

    def text(self, text: str) -> str:
        """A constant text."""
        return "'" + text.replace("'", "''") + "'"

    def compared(self, term: str, operator: Operator, at: Fraction) -> str:
        """A number beside a bound."""
        found = bound(operator, at)
        if found is None:
            return f"{term} <> {term}"
        sign, number = found
        digits = repr(number)
        return f"{term} {sign} {digits}{'' if 'e' in digits else 'e0'}"

    def fact(self, fact: Fact) -> str:
        """The column of a fact, with null in place of what it cannot hold."""
        column = self.column(fact.name)
        if fact.kind is Kind.CHOICE:
            return self.only_if(self.among(column, fact.values), column)
        if fact.kind is not Kind.MEASURE:
            return f"CAST({column} AS BOOLEAN)"
        number = f"CAST({column} AS DOUBLE PRECISION)"
        low, high = fact.plausible or (-_MOST, _MOST)
        ends = (Operator.AT_LEAST, low), (Operator.AT_MOST, high)
        inside = " AND ".join(self.compared(number, *end) for end in ends)
        return self.only_if(inside, number)

    def among(self, term: str, values: Sequence[str]) -> str:
        """Whether a text is one of some."""
        return f"{term} IN ({', '.join(map(self.text, values))})"

    def leaf(self, leaf: Leaf) -> str:
        """What asks one fact, whose column is `fact.NAME`."""
        column = self.column(f"fact.{leaf.fact}")
        match leaf:
            case Has():
                return column
            case OneOf(values=values):
                return f"({self.among(column, values)})"
            case HasValue():
                return self.only_if(f"{column} IS NOT NULL", "true")
            case Compare(operator=operator, low=low, high=high):
                at_low, at_high = (
                    f"({self.compared(column, operator, end)})" for end in (low, high)
                )
                if low == high:
                    return at_low
                return self.only_if(f"{at_low} = {at_high}", at_low)
            case _:
                assert_never(leaf)

    def truth(self, value: bool) -> str:
        """A constant."""
        return "true" if value else "false"

    def negated(self, term: str) -> str:
        """The opposite."""
        return f"(NOT {term})"

    def joined(self, terms: Sequence[str], *, is_all: bool) -> str:
        """All or any of some terms, of which there is at least one."""
        return _joined(terms, " AND " if is_all else " OR ")

    def at_least(self, count: int, terms: Sequence[str]) -> str:
        """So many of some terms; null where those that are null decide."""
        so, possible = (
            " + ".join(
                f"CASE WHEN {self.or_else(term, value)} THEN 1 ELSE 0 END"
                for term in terms
            )
            for value in (False, True)
        )
        return f"CASE WHEN {so} >= {count} THEN true WHEN {possible} < {count} THEN false END"

    def or_else(self, term: str, value: bool) -> str:
        """A term, with a constant where it is null."""
        return f"coalesce({term}, {self.truth(value)})"

    def is_known(self, term: str) -> str:
        """Whether a term is not null."""
        return f"({term} IS NOT NULL)"

    def only_if(self, condition: str, term: str) -> str:
        """A term where a condition is true, and null elsewhere."""
        return f"CASE WHEN {condition} THEN {term} END"


class Polars:
    """Python's source text with expressions of Polars."""

    comment = "#"

    _SIGNS: Mapping[str, str] = {"=": "=="}

    def column(self, name: str) -> str:
        """A column of the table."""
        return f"pl.col({name!r})"

    def compared(self, term: str, operator: Operator, at: Fraction) -> str:
        """A number beside a bound."""
        found = bound(operator, at)
        if found is None:
            return f"({term} != {term})"
        sign, number = found
        return f"({term} {self._SIGNS.get(sign, sign)} {number!r})"

    def fact(self, fact: Fact) -> str:
        """The column of a fact, with null in place of what it cannot hold."""
        column = self.column(fact.name)
        if fact.kind is Kind.CHOICE:
            text = f"{column}.cast(pl.String)"
            return self.only_if(f"{text}.is_in({list(fact.values)!r})", text)
        if fact.kind is not Kind.MEASURE:
            return f"{column}.cast(pl.Boolean)"
        number = f"{column}.cast(pl.Float64)"
        low, high = fact.plausible or (-_MOST, _MOST)
        ends = (Operator.AT_LEAST, low), (Operator.AT_MOST, high)
        inside = " & ".join(self.compared(number, *end) for end in ends)
        return self.only_if(inside, number)

    def leaf(self, leaf: Leaf) -> str:
        """What asks one fact, whose column is `fact.NAME`."""
        column = self.column(f"fact.{leaf.fact}")
        match leaf:
            case Has():
                return column
            case OneOf(values=values):
                return f"{column}.is_in({list(values)!r})"
            case HasValue():
                return self.only_if(f"{column}.is_not_null()", "pl.lit(True)")
            case Compare(operator=operator, low=low, high=high):
                at_low = self.compared(column, operator, low)
                at_high = self.compared(column, operator, high)
                if low == high:
                    return at_low
                return self.only_if(f"{at_low} == {at_high}", at_low)
            case _:
                assert_never(leaf)

    def truth(self, value: bool) -> str:
        """A constant."""
        return f"pl.lit({value})"

    def negated(self, term: str) -> str:
        """The opposite."""
        return f"~({term})"

    def joined(self, terms: Sequence[str], *, is_all: bool) -> str:
        """All or any of some terms, of which there is at least one."""
        return _joined(terms, " & " if is_all else " | ")

    def at_least(self, count: int, terms: Sequence[str]) -> str:
        """So many of some terms; null where those that are null decide."""
        so, possible = (
            " + ".join(f"{self.or_else(term, value)}.cast(pl.Int32)" for term in terms)
            for value in (False, True)
        )
        return (
            f"pl.when({so} >= {count}).then(pl.lit(True))"
            f".when({possible} < {count}).then(pl.lit(False))"
        )

    def or_else(self, term: str, value: bool) -> str:
        """A term, with a constant where it is null."""
        return f"({term}).fill_null({value})"

    def is_known(self, term: str) -> str:
        """Whether a term is not null."""
        return f"({term}).is_not_null()"

    def only_if(self, condition: str, term: str) -> str:
        """A term where a condition is true, and null elsewhere."""
        return f"pl.when({condition}).then({term})"


def _joined(terms: Sequence[str], sign: str) -> str:
    return f"({sign.join(terms)})" if len(terms) > 1 else terms[0]
