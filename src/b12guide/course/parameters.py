"""The published ranges from which people are made up: `guidelines/b12.kinetics.toml`, read once.

Every number of the simulation stands there, with the publication in which it was read. A caller
may narrow or replace a range; what is not a parameter, or in the unit of something else, is
refused.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any

from attrs import evolve, field, frozen

from b12guide import resources
from b12guide.arguments import mapping
from b12guide.errors import ArgumentError, UnknownNameError
from b12guide.frozen import Record, frozen_map
from b12guide.pipeline import load
from b12guide.say.numbers import number_text
from b12guide.values.quantity import quantity_in
from b12guide.values.unit import convert, parse_unit

__all__ = ["FILE", "FORMS", "Grade", "Parameter", "Parameters", "Spread", "parameters"]

FORMS = ("hydroxocobalamin", "cyanocobalamin", "mecobalamin")
"""The forms of B12 of which numbers are published, by their names in the vocabulary."""

FILE = "b12.kinetics.toml"
"""Where the ranges stand, in the folder `guidelines`."""

_UNITS = ("µg", "L", "d", "fraction", "ng/mL", "L/d", "/d")
"""The units in which the equations count, one for each thing that is measured."""

_OWN = "given by the caller"
"""The source of a range that is the caller's."""

_FIELDS = frozenset(("low", "high", "spread", "about", "source", "derived", "grade"))


class Spread(Enum):
    """How people are spread over a range."""

    EVEN = "even"
    LOG = "log"


class Grade(Enum):
    """How a range is known."""

    VERIFIED = "verified"
    SECONDARY = "secondary"
    UNKNOWN = "unknown"


@frozen(kw_only=True, repr=False)
class Parameter(Record):
    """One number of the simulation, as the range that is published of it.

    Attributes:
        name: The name by which a caller may replace it.
        low: The lower end, in `unit`.
        high: The upper end, in `unit`; the same where one number is published.
        unit: The unit in which it is written.
        spread: How people are spread over the range.
        about: What it is, in plain words.
        source: Where it was read; for a range of the caller's, that it is theirs.
        derived: How it was worked out, where it is not printed as such.
        grade: How it is known.
    """

    name: str
    low: Fraction
    high: Fraction
    unit: str
    spread: Spread
    about: str
    source: str
    derived: str = ""
    grade: Grade

    @property
    def ends(self) -> tuple[float, float]:
        """Both ends as the equations count (µg, L, days, shares, ng/mL, L/d or 1/d)."""
        return (self._counted(self.low), self._counted(self.high))

    def _counted(self, value: Fraction) -> float:
        unit = parse_unit(self.unit)
        assert unit is not None  # noqa: S101 -- it was parsed when the range was read
        for name in _UNITS:
            wanted = parse_unit(name)
            found = None if wanted is None else convert(value, unit, wanted)
            if found is not None:
                return float(found)
        message = f"nothing counts in `{self.unit}`"
        raise AssertionError(message)

    @property
    def is_own(self) -> bool:
        """Whether the caller gave it."""
        return self.source == _OWN

    @property
    def text(self) -> str:
        """The range in words, such as `5.9 to 22.3 L`."""
        low, high = number_text(self.low), number_text(self.high)
        numbers = low if low == high else f"{low} to {high}"
        return f"{numbers} {self.unit}"


@frozen(repr=False)
class Parameters(Record):
    """All ranges, by name, in the order of the file."""

    rows: Mapping[str, Parameter] = field(converter=frozen_map)

    def __getitem__(self, name: str) -> Parameter:
        return self.rows[name]

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.rows.values())

    def replaced(
        self, given: Mapping[str, Any] | None, *, serum: Any = None, store: Any = None
    ) -> Parameters:
        """The same with some ranges replaced.

        >>> parameters().replaced({"store_loss": ("0.1 %/d", "0.2 %/d")})["store_loss"].text
        '0.1 to 0.2 %/d'

        Args:
            given: New ranges by name: a pair, or one value; each a text with a unit, or a number
                in the unit of the parameter.
            serum: The level at the start, likewise.
            store: The store at the start, likewise.

        Raises:
            UnknownNameError: There is no parameter of that name.
            ArgumentError: A range cannot be read, or cannot be.
        """
        rows = dict(self.rows)
        by_name = mapping(given, "parameters", "ranges by name")
        for name, value in by_name.items():
            if not isinstance(name, str) or name not in rows:
                what = "parameter"
                raise UnknownNameError(what, str(name), rows)
            rows[name] = _replaced(rows[name], value, f"parameters[{name!r}]")
        for argument, value in (("serum", serum), ("store", store)):
            name = f"{argument}_at_start"
            if value is None:
                continue
            if name in by_name:
                expected = f"left out where `parameters` has `{name}`"
                raise ArgumentError(argument, expected, value, is_told=True)
            rows[name] = _replaced(rows[name], value, argument)
        return Parameters(rows)


@cache
def parameters() -> Parameters:
    """The ranges that ship.

    Raises:
        ValueError: The file has a row that is not a range with its source.
    """
    return parameters_from(resources.read("guidelines", FILE))


def parameters_from(text: str) -> Parameters:
    """The ranges of a file in TOML.

    Raises:
        ValueError: A row lacks something, has something else, or cannot be read.
    """
    data = tomllib.loads(text, parse_float=Decimal)
    return Parameters({name: _row(name, row) for name, row in data.items()})


def _row(name: str, row: Any) -> Parameter:
    if not isinstance(row, dict) or not all(isinstance(v, str) for v in row.values()):
        message = f"`{name}` is no table of texts"
        raise ValueError(message)
    missing = _FIELDS - {"derived"} - row.keys()
    unknown = row.keys() - _FIELDS
    if missing or unknown:
        wrong = ", ".join(f"`{field}`" for field in sorted(missing | unknown))
        message = f"`{name}`: a row has {', '.join(sorted(_FIELDS))}; look at {wrong}"
        raise ValueError(message)
    low, high = (quantity_in(row[end]) for end in ("low", "high"))
    if low is None or high is None or low.unit is None or low.unit != high.unit:
        message = f"`{name}`: `low` and `high` are numbers with one unit"
        raise ValueError(message)
    made = Parameter(
        name=name,
        low=low.value,
        high=high.value,
        unit=low.unit,
        spread=Spread(row["spread"]),
        about=row["about"],
        source=row["source"],
        derived=row.get("derived", ""),
        grade=Grade(row["grade"]),
    )
    if _wrong(made):
        message = f"`{name}`: {_wrong(made)}"
        raise ValueError(message)
    return made


def _wrong(row: Parameter) -> str:
    """What keeps a row from being a range."""
    unit = parse_unit(row.unit)
    if unit is None:
        return f"`{row.unit}` is no unit"
    if not 0 <= row.low <= row.high:
        return "`low` lies between nothing and `high`"
    if row.unit == "%" and row.high > 100:
        return "a share is 100 % at most"
    may_be_none = row.unit == "%"
    if row.low == 0 and (row.spread is Spread.LOG or not may_be_none):
        return "it is more than nothing"
    return ""


def _replaced(row: Parameter, value: Any, argument: str) -> Parameter:
    expected = f"a range such as {_example(row)}, or one of both"
    ends = value if isinstance(value, tuple | list) else (value, value)
    if len(ends) != 2:
        raise ArgumentError(argument, expected, value, is_told=True)
    low, high = (_amount(end, row.unit) for end in ends)
    if low is None or high is None:
        raise ArgumentError(argument, expected, value, is_told=True)
    made = evolve(row, low=low, high=high, source=_OWN, derived="")
    wrong = _wrong(made)
    if wrong:
        raise ArgumentError(argument, f"{expected}: {wrong}", value, is_told=True)
    return made


def _example(row: Parameter) -> str:
    low, high = (f"{number_text(end)} {row.unit}" for end in (row.low, row.high))
    return f'("{low}", "{high}")'


@cache
def _molar_mass() -> Fraction | None:
    """Of B12 in g/mol, as the vocabulary has it: for levels in pmol/L."""
    return load("mecobalamin_im").graph.vocabulary.facts["serum_b12"].molar_mass


def _amount(value: Any, unit: str) -> Fraction | None:
    """A number in `unit`, given as a number in it or as text with a unit of its kind."""
    if isinstance(value, str):
        written = quantity_in(value)
        wanted = parse_unit(unit)
        if written is None or wanted is None:
            return None
        given = parse_unit(written.unit or unit)
        if given is None:
            return None
        return convert(written.value, given, wanted, _molar_mass())
    if isinstance(value, bool) or not isinstance(
        value, int | float | Decimal | Fraction
    ):
        return None
    return Fraction(str(value)) if math.isfinite(value) else None
