"""Records of plain values, read at once: what a value says is worked out when it is first met.

Most records give each fact a Boolean, a number, a text or None, and nothing beside it. What such a
value says follows from its name, from itself, and from whether numbers have to state their unit;
so it is kept, and the next record that has it is read by looking it up. Whatever is otherwise (a
day, a list, the scalar of an array) and whatever is wrong is left to `b12guide.patient.stated`,
which also worked out what is kept here: a record says the same however it is read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any, TypeAlias

from attrs import frozen

from b12guide.frozen import FrozenMap
from b12guide.graph.model import RuleGraph
from b12guide.limits import Limits
from b12guide.patient.fact_names import FactNames
from b12guide.patient.model import Datum, FactValue, Otherwise, Patient, Stated, Units
from b12guide.patient.shape import PatientPlaces
from b12guide.patient.stated import read_entries
from b12guide.patient.worked_out import with_derived
from b12guide.values.quantity import MOST_DIGITS
from b12guide.values.term import Kind

_PLAIN = (bool, int, float, str, type(None))
_RESOURCE_TYPE = "resourceType"
"""The key by which a resource of FHIR is known, which is no patient."""

_MOST = 1 << 14
"""The values that are kept; what is full starts anew."""

_LARGEST = 200
"""The size of the largest value that is kept, as `Limits` counts it."""


@frozen(eq=False, repr=False)
class KnownValue:
    """A value that was read before, and its size as `Limits` counts it."""

    datum: Datum
    size: int


KnownValues: TypeAlias = dict[tuple[str, type, Any, bool], KnownValue]
"""What was read so far, by name, class and value, and whether units are required.

The class is part of it since True is equal to 1, and 1 to 1.0.
"""


def plainly_stated(  # noqa: PLR0913, PLR0917 -- a record, and how it is to be read
    record: Patient | Mapping[str, Any],
    graph: RuleGraph,
    known: KnownValues,
    on: dt.date | None,
    units: Units | None,
    limits: Limits,
) -> Stated | None:
    """What a record of plain values states; None for any other record, and for a wrong one.

    Args:
        record: A patient, or a mapping of facts to values.
        graph: The guideline to be asked.
        known: The values that it was told so far; more are added.
        on: The day asked for.
        units: Whether numbers may lack their unit; what the patient says of it if left out.
        limits: How large the record may be.
    """
    if isinstance(record, Patient):
        facts, otherwise, name = record.facts, record.otherwise, record.name
        asked, places = units or record.units, record.places
    else:
        facts, otherwise, name = FrozenMap(record), Otherwise.UNKNOWN, "patient"
        asked, places = units or Units.ASSUME, FrozenMap()
    is_strict = asked is Units.REQUIRED
    values: dict[str, FactValue | None] = {}
    renamed: dict[str, str] = {}
    data: list[Datum] = []
    size = 2 + 2 * len(facts)
    try:
        for key, raw in facts.items():
            found = known.get((key, type(raw), raw, is_strict))
            if found is None:
                found = _read(key, raw, graph, asked)
                if found is None:
                    return None
                _keep(known, (key, type(raw), raw, is_strict), found)
            datum = found.datum
            if datum.fact in values:
                return None
            if datum.fact != key:
                renamed[datum.fact] = key
            values[datum.fact] = datum.value
            data.append(datum)
            size += found.size
    except TypeError:  # a value that cannot be looked up, such as a list
        return None
    if size > limits.bytes:
        return None
    stated = Stated(
        values=values,
        otherwise=otherwise,
        on=on,
        units=asked,
        data=tuple(data),
        places=PatientPlaces(facts, name, places, renamed),
    )
    return with_derived(stated, graph)


def _read(key: Any, raw: Any, graph: RuleGraph, asked: Units) -> KnownValue | None:
    if type(key) is not str or key == _RESOURCE_TYPE or type(raw) not in _PLAIN:
        return None
    names = FactNames(graph)
    subject = names.find(key)
    if subject is None or ("|" in key and names.is_one_kind(key)):
        return None
    read = read_entries(subject, raw, _NOWHERE, key, asked)
    if read.diagnostics:
        return None
    size = len(key) + 2
    if isinstance(raw, str):
        size += len(raw) + 2
    elif isinstance(raw, int):
        size += raw.bit_length() // 3 + 1
    else:
        size += 4
    return KnownValue(read.entries[0], size)


def _keep(
    known: KnownValues, key: tuple[str, type, Any, bool], found: KnownValue
) -> None:
    _, kind, raw, _ = key
    # 0.0 is equal to -0.0, which is shown otherwise.
    if found.size <= _LARGEST and not (kind is float and raw == 0):
        if len(known) >= _MOST:
            known.clear()
        known[key] = found


_NOWHERE = PatientPlaces(FrozenMap(), "patient")


# ------------------------------------------------------------------ the values alone


@frozen(eq=False, repr=False)
class PlainFacts:
    """What each fact of a guideline can be stated to be without a word beside it, by its name.

    Attributes:
        names: All facts.
        findings: The findings and events, which are true or false.
        choices: The values of each choice.
        spans: The least and the greatest whole number that is plausible of each measure.
        widest: The most that a fact with such a value comes to, as `Limits` counts it.
        taken: The facts from which a measure is worked out.
    """

    names: frozenset[str]
    findings: frozenset[str]
    choices: Mapping[str, frozenset[str]]
    spans: Mapping[str, tuple[int, int]]
    widest: int
    taken: frozenset[str] = frozenset()

    @classmethod
    def of(cls, graph: RuleGraph) -> PlainFacts:
        """The facts of `graph`."""
        facts = {n: f for n, f in graph.vocabulary.facts.items() if n != _RESOURCE_TYPE}
        choices = {n: f.values for n, f in facts.items() if f.kind is Kind.CHOICE}
        most = 10**MOST_DIGITS - 1
        spans = {}
        for name, fact in facts.items():
            if fact.kind is Kind.MEASURE:
                low, high = fact.plausible or (-most, most)
                spans[name] = max(ceil(low), -most), min(floor(high), most)
        words = (*facts, *(value for values in choices.values() for value in values))
        return cls(
            names=frozenset(facts),
            findings=frozenset(facts.keys() - choices.keys() - spans.keys()),
            choices=FrozenMap({n: frozenset(values) for n, values in choices.items()}),
            spans=FrozenMap(spans),
            widest=2 * max([_LARGEST, *map(len, words)]) + 8,
            taken=frozenset(
                part for one in graph.derivations.values() for part in one.parts
            ),
        )

    def values(
        self, record: dict[str, Any], known: KnownValues, limits: Limits
    ) -> dict[str, FactValue] | None:
        """The facts that have a value, where numbers may lack their unit.

        None where that is more than a glance can tell: of a wrong record as of a strange one.

        Args:
            record: Names of facts, and their values.
            known: The values that the guideline was told so far.
            limits: How large the record may be.
        """
        values = record.copy()
        if 2 + len(values) * self.widest > limits.bytes:
            return None
        if not self.taken.isdisjoint(values):
            return None
        findings, names = self.findings, self.names
        unknown: list[str] = []
        others: list[str] = []
        for name, raw in values.items():
            if raw is True or raw is False:
                if name not in findings:
                    return None
            elif raw is None:
                if name not in names:
                    return None
                unknown.append(name)
            else:
                others.append(name)
        for name in others:
            raw = values[name]
            kind = type(raw)
            if kind is str and raw in self.choices.get(name, ()):
                continue
            if kind is int:
                low, high = self.spans.get(name, _NO_NUMBERS)
                if low <= raw <= high:
                    continue
            elif kind is float or kind is str:
                found = known.get((name, kind, raw, False))
                if found is not None and found.datum.fact == name:
                    read = found.datum.value
                    if type(read) is Fraction and read.denominator == 1:
                        read = int(read)
                    if read is not None:
                        values[name] = read
                        continue
            return None
        for name in unknown:
            del values[name]
        return values


_NO_NUMBERS = (1, 0)
