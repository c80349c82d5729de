"""A patient: what is recorded of one person, and what is to be thought of the rest.

`Patient` holds what the caller wrote. `Stated` is the same after the vocabulary was consulted:
every name resolved, every value in the unit of its measure, one value per fact for the day asked.
It keeps each value of the record as a `Datum`, so that an answer can say what was read as what, in
which unit a bare number was taken, and which values did not count.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, ClassVar, Protocol, TypeAlias

from attrs import AttrsInstance, field, frozen

from b12guide.arguments import choice, instance
from b12guide.diagnostics import Diagnostic, Help, Label
from b12guide.errors import PatientError
from b12guide.frozen import DEEPEST, FrozenMap, Record, freeze, frozen_map
from b12guide.patient.notation import shown
from b12guide.text import Span, Text
from b12guide.values.bound import Bound

__all__ = [
    "Datum",
    "Derived",
    "FactValue",
    "Hindrance",
    "Otherwise",
    "Patient",
    "PatientLike",
    "Standing",
    "Stated",
    "Units",
]


class _Dataclass(Protocol):
    """An instance of a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


class _NamedTuple(Protocol):
    """An instance of a named tuple."""

    def _asdict(self) -> Mapping[str, Any]: ...


class _Model(Protocol):
    """An instance of a pydantic model."""

    def model_dump(self) -> dict[str, Any]: ...


FactValue: TypeAlias = bool | int | Fraction | str
"""A finding or event, a measure in its own unit, or the name of a choice's value."""


_CALLED = "patient"
_SHAPE = "GDL703"


class Otherwise(Enum):
    """What holds of the facts that nobody mentioned."""

    UNKNOWN = "unknown"
    ABSENT = "absent"


class Units(Enum):
    """What becomes of a number without a unit, where its measure has one.

    A number is bare wherever no unit stands beside it: `35`, `"35"`, and an age in years too. A
    measure that is a plain number has no unit to lack.
    """

    ASSUME = "assume"
    """It is read in the measure's own unit, and the answer says so."""

    REQUIRED = "required"
    """It is refused."""


def _otherwise(value: Otherwise | str) -> Otherwise:
    return choice(Otherwise, value, "otherwise")


def _units(value: Units | str) -> Units:
    return choice(Units, value, "units")


def _as_it_is(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts as they are now, whatever the caller does with the record afterwards."""
    given: object = facts
    if not isinstance(given, Mapping):
        told = (
            f"the facts are a mapping of names to values, and `{shown(facts)}` is none"
        )
        raise _refused(_SHAPE, told, 'write `Patient(facts={"b12_deficiency": True})`')
    try:
        kept: Mapping[str, Any] = freeze(given)
    except RecursionError as error:
        # GDL719: facts that contain themselves, or nearly so.
        message = f"lists and mappings are nested more than {DEEPEST} deep"
        remedy = 'a fact is a value, `{"value": ..., "on": ...}`, or a list of such'
        endless = _refused("GDL719", message, remedy)
        raise endless from error
    return kept


def _refused(code: str, message: str, remedy: str) -> PatientError:
    text = Text(_CALLED, "", is_private=True, is_rendered=True)
    found = Diagnostic(
        code=code,
        message=message,
        labels=(Label(text=text, span=Span(0, 0)),),
        help=(Help(message=remedy),),
    )
    return PatientError(f"{_CALLED} cannot be used", (found,))


def _told_apart(value: Any) -> Any:
    """`value` such that True is not equal to 1: as a finding one is stated, the other refused."""
    if isinstance(value, bool):
        return (bool, value)
    if isinstance(value, FrozenMap):
        return FrozenMap({key: _told_apart(each) for key, each in value.items()})
    return tuple(map(_told_apart, value)) if isinstance(value, tuple) else value


def _name(value: str) -> str:
    return instance(value, str, "name", "text")


@frozen(kw_only=True, repr=False)
class Patient(Record):
    """One person, as recorded.

    Attributes:
        facts: By fact name: a Boolean, a number or text with a unit, the value of a choice, None
            for unknown, `{"value": ..., "on": "2025-03-05"}`, or a list of such.
        otherwise: What holds of everything not mentioned: unknown, or absent.
        name: What diagnostics call this patient, such as the file's name.
        places: Where each fact was written, if it was read from a text.
        units: Whether numbers may lack their unit, unless the one who asks says otherwise.
    """

    facts: Mapping[str, Any] = field(factory=dict, converter=_as_it_is, eq=_told_apart)
    otherwise: Otherwise = field(default=Otherwise.UNKNOWN, converter=_otherwise)
    name: str = field(default=_CALLED, converter=_name)
    places: Mapping[str, Label] = field(
        factory=dict, converter=frozen_map, eq=False, repr=False
    )
    units: Units = field(default=Units.ASSUME, converter=_units)


PatientLike: TypeAlias = (
    Patient | Mapping[str, object] | AttrsInstance | _Dataclass | _NamedTuple | _Model
)
"""A mapping of facts, or a record whose fields are named so; a patient can be made of either."""


class Standing(Enum):
    """What becomes of a value on the day asked for."""

    COUNTS = "counts"
    SUPERSEDED = "superseded by a later value"
    LATER = "after the day asked for"
    OUTDATED = "older than it counts"


@frozen(kw_only=True, repr=False)
class Datum(Record):
    """One value of a fact: as it was stated, as it was read, and what became of it.

    Attributes:
        fact: The name of the fact or definition.
        key: The name by which the record calls it, which may be a synonym.
        index: Its place in the record's list of values, from 0; None where it stands alone.
        stated: The value as it was stated, such as `"0.58 mL/s"`, `35` or None.
        unit: The unit that stood beside it, as in `{"value": 35, "unit": "mL/min"}`.
        value: The value as it was read: a measure in its own unit; None for unknown.
        assumed: The unit in which a bare number was read; None where a unit was stated, or where
            there is none to state.
        on: The day on which it was found; None for no particular day.
        at: The moment, where a time of day was stated, with its offset if it had one.
        until: The last day on which it counts, where the guideline says for how long.
        path: Where it stands in the record, such as `egfr[1].value`.
        standing: Whether it counts on the day asked for.
        bound: The ends between which a measure lies, in its own unit, where no value is known.
    """

    fact: str
    key: str
    index: int | None = None
    stated: bool | int | float | Decimal | Fraction | str | None
    unit: str | None = None
    value: FactValue | None
    assumed: str | None = None
    on: dt.date | None = None
    at: dt.datetime | None = None
    until: dt.date | None = None
    path: str
    standing: Standing = Standing.COUNTS
    bound: Bound | None = None

    @property
    def counts(self) -> bool:
        """Whether it counts on the day asked for."""
        return self.standing is _COUNTS


class Hindrance(Enum):
    """Why a value that could be worked out does not count."""

    STATED = "a value was stated"
    OUTDATED = "older than it counts"
    NOT_MADE_FOR = "the equation was not made for this patient"
    IMPLAUSIBLE = "not plausible"


@frozen(kw_only=True, repr=False)
class Derived(Record):
    """A measure that was worked out from other facts (M93).

    Attributes:
        fact: The measure.
        equation: The name of the equation, see `b12guide.values.equation`.
        parts: The facts that it took, with their values in their own units.
        value: What it comes to, in the unit of the measure; None where the equation was not made
            for this patient.
        on: The oldest day of the measures that it took; None where none has a day.
        until: The last day on which it counts, where it or a part of it becomes too old.
        hindrance: Why it does not count; None where it does.
    """

    fact: str
    equation: str
    parts: tuple[tuple[str, FactValue], ...]
    value: Fraction | None
    on: dt.date | None = None
    until: dt.date | None = None
    hindrance: Hindrance | None = None

    @property
    def counts(self) -> bool:
        """Whether it is the value of the measure on the day asked for."""
        return self.hindrance is None


@frozen(kw_only=True, repr=False)
class Stated(Record):
    """The facts stated of a patient on one day; a value of None is stated to be unknown.

    A definition of the guideline may be stated like a finding.

    Attributes:
        on: The day asked for; None where the latest values count.
        units: Whether numbers had to state their unit.
        turns: For each fact that follows from the days of another, the day on which it becomes
            so, stops being so, or is no longer known, if nothing else is recorded; only days that
            are still to come.
        data: Every value of the record in the order written, those that do not count included.
        deciding: For each fact that stands for several values of a measure, the values that make
            it so, or not so, the latest first.
        derived: What was worked out from these, what does not count included.
        bounds: The ends of each measure of which the value that counts is known no better.
    """

    values: Mapping[str, FactValue | None] = field(converter=frozen_map)
    otherwise: Otherwise
    on: dt.date | None = None
    places: Mapping[str, Label] = field(factory=dict, eq=False, repr=False)
    units: Units = Units.ASSUME
    data: tuple[Datum, ...] = field(default=(), eq=False, repr=False)
    turns: Mapping[str, dt.date] = field(
        factory=dict, converter=frozen_map, eq=False, repr=False
    )
    derived: tuple[Derived, ...] = field(default=(), eq=False, repr=False)

    deciding: Mapping[str, tuple[Datum, ...]] = field(
        factory=dict, converter=frozen_map, eq=False, repr=False
    )
    bounds: Mapping[str, Bound] = field(
        factory=FrozenMap, converter=frozen_map, repr=False
    )

    @property
    def assumed(self) -> tuple[Datum, ...]:
        """The values that count and were read in a unit that nobody stated."""
        return tuple(d for d in self.data if d.assumed and d.counts)

    @property
    def own(self) -> frozenset[str]:
        """The facts that the patient has, stated and neither denied nor unknown."""
        return frozenset(
            name
            for name, value in self.values.items()
            if value is not None and value is not False
        )

    @property
    def recorded(self) -> Mapping[str, FactValue | None]:
        """The values that were stated, and none that follows from others (M83, M93)."""
        if not self.data:
            return self.values
        told = {datum.fact for datum in self.data} - {d.fact for d in self.worked_out}
        return {name: value for name, value in self.values.items() if name in told}

    @property
    def worked_out(self) -> tuple[Derived, ...]:
        """The measures whose value was worked out and not stated (M93)."""
        return tuple(d for d in self.derived if d.counts)

    @property
    def outdated(self) -> tuple[Datum, ...]:
        """The latest values of facts of which none counts any more, being too old (M71)."""
        derived = {d.fact for d in self.worked_out}
        outdated = (d for d in self.data if d.standing is Standing.OUTDATED)
        return tuple(d for d in outdated if d.fact not in derived)

    @property
    def holds_until(self) -> dt.date | None:
        """The last day on which the same values count, if nothing else is recorded.

        None where no value has an end, or no day was asked for.
        """
        if self.on is None:
            return None
        ends = [d.until for d in self.data if d.until and d.counts]
        ends += [d.until for d in self.worked_out if d.until]
        ends += [day - dt.timedelta(days=1) for day in self.turns.values()]
        return min(ends, default=None)

    @property
    def dropped(self) -> tuple[Datum, ...]:
        """The values that do not count on the day asked for."""
        return tuple(d for d in self.data if not d.counts)


_COUNTS = Standing.COUNTS
