"""Measures that are worked out from others where nobody states them (M93, M94).

What is stated goes before what is worked out, as long as it counts. What is worked out is a value
like any other: it has a day, the oldest of those of the measures that it takes, and it becomes too
old as they do. It is never read back as if it had been stated: it is worked out again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from attrs import evolve, frozen

from b12guide.frozen import Record
from b12guide.graph.model import Derivation, RuleGraph
from b12guide.patient.model import Datum, Derived, FactValue, Hindrance, Stated
from b12guide.patient.over_time import DatedValue
from b12guide.values.calendar import add, add_days
from b12guide.values.equation import EQUATIONS, Part, worked_out

# ----------------------------------------------------------------------------- the value


@frozen(repr=False)
class Result(Record):
    """What an equation comes to, in the unit of its measure, and why that does not count."""

    value: Fraction | None
    hindrance: Hindrance | None = None


def result(
    fact: str, derivation: Derivation, parts: Sequence[FactValue], graph: RuleGraph
) -> Result:
    """What `derivation` makes of known parts, each in its own unit."""
    taken: list[Part] = []
    for part, factor in zip(parts, derivation.factors, strict=True):
        if factor is None:
            taken.append(str(part))
        else:
            taken.append(Fraction(part) * factor)
    found = worked_out(EQUATIONS[derivation.equation], tuple(taken))
    if found is None:
        return Result(None, Hindrance.NOT_MADE_FOR)
    value = found * derivation.factor
    plausible = graph.vocabulary.facts[fact].plausible
    if plausible is not None and not plausible[0] <= value <= plausible[1]:
        return Result(value, Hindrance.IMPLAUSIBLE)
    return Result(value)


# ---------------------------------------------------------------------------- on one day


def with_derived(stated: Stated, graph: RuleGraph) -> Stated:
    """`stated` with the measures that can be worked out, where they are not stated."""
    if not graph.derivations:
        return stated
    counting = {d.fact: d for d in stated.data if d.counts}
    values, found = dict(stated.values), dict[str, Derived]()
    for name, derivation in graph.derivations.items():
        parts = [values.get(part) for part in derivation.parts]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            continue
        made = result(name, derivation, known, graph)
        days, ends = _days(derivation, counting, found)
        on, currency = min(days, default=None), graph.currencies.get(name)
        if on is not None and currency is not None:
            end = add(on, currency.length)
            ends += [] if end is None else [end]
        until, hindrance = min(ends, default=None), made.hindrance
        if hindrance is None and until and stated.on and until < stated.on:
            hindrance = Hindrance.OUTDATED
        if values.get(name) is not None or name in stated.bounds:
            hindrance = Hindrance.STATED
        found[name] = Derived(
            fact=name,
            equation=derivation.equation,
            parts=tuple(zip(derivation.parts, known, strict=True)),
            value=made.value,
            on=on,
            until=until,
            hindrance=hindrance,
        )
        if hindrance is None:
            values[name] = made.value
    if not found:
        return stated
    return evolve(stated, values=values, derived=tuple(found.values()))


def _days(
    derivation: Derivation, data: Mapping[str, Datum], derived: Mapping[str, Derived]
) -> tuple[list[dt.date], list[dt.date]]:
    """The days of the measures that an equation takes, and until when they count."""
    days, ends = [], []
    for part, factor in zip(derivation.parts, derivation.factors, strict=True):
        one = derived.get(part)
        behind: Datum | Derived | None = data.get(part)
        if one is not None and one.hindrance is None:
            behind = one
        # What a person is, such as their sex, is not older or newer.
        if behind is not None and behind.on is not None and factor is not None:
            days.append(behind.on)
        if behind is not None and behind.until is not None:
            ends.append(behind.until)
    return days, ends


def unknown_parts(
    graph: RuleGraph, fact: str, known: Mapping[str, FactValue | None]
) -> tuple[str, ...]:
    """The unknown facts that would do instead of a measure, where it can be worked out."""
    derivation = graph.derivations.get(fact)
    if derivation is None:
        return ()
    return tuple(p for p in derivation.parts if known.get(p) is None)


# --------------------------------------------------------------------------- day by day


@frozen(repr=False)
class _Known(Record):
    """A value from one day on, and the day on which it was found."""

    value: FactValue | None
    on: dt.date | None


_NOTHING = _Known(None, None)


def derived_over_time(
    graph: RuleGraph,
    first: Mapping[str, FactValue | None],
    dated: Mapping[str, Sequence[DatedValue]],
) -> tuple[dict[str, FactValue | None], dict[str, list[DatedValue]]]:
    """What is known before anything was dated and from each day on, derived measures included.

    Args:
        graph: The guideline.
        first: What is recorded without a day.
        dated: What is known of each fact from each day on, None from when on it is too old.
    """
    undated = dict(first)
    found = {name: list(values) for name, values in dated.items()}
    series = {
        name: [(day, _Known(value, day)) for day, value in _sorted_days(values)]
        for name, values in dated.items()
    }
    for name, derivation in graph.derivations.items():
        named = (name, *derivation.parts)
        own = _own_series(name, derivation, graph, undated, series)
        if undated.get(name) is None:
            parts = [undated.get(part) for part in derivation.parts]
            undated[name] = _value(name, derivation, parts, graph)
        if any(part in series for part in named):
            series[name] = own
            found[name] = [(day, known.value) for day, known in own]
        if undated[name] is None and name not in first:
            del undated[name]
    return undated, found


def _sorted_days(values: Iterable[DatedValue]) -> list[DatedValue]:
    """The values in the order of their days; of one day, the last."""
    return sorted(dict(sorted(values, key=lambda pair: pair[0])).items())


def _value(
    name: str,
    derivation: Derivation,
    parts: Sequence[FactValue | None],
    graph: RuleGraph,
) -> Fraction | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    made = result(name, derivation, known, graph)
    return None if made.hindrance is not None else made.value


def _own_series(
    name: str,
    derivation: Derivation,
    graph: RuleGraph,
    first: Mapping[str, FactValue | None],
    series: Mapping[str, Sequence[tuple[dt.date, _Known]]],
) -> list[tuple[dt.date, _Known]]:
    """What is known of a derived measure from each day on."""
    named = (name, *derivation.parts)
    changes: dict[dt.date, dict[str, _Known]] = {}
    for one in named:
        for day, known in series.get(one, ()):
            changes.setdefault(day, {})[one] = known
    now = {one: _Known(first.get(one), None) for one in named}
    currency = graph.currencies.get(name)

    def at(day: dt.date) -> tuple[_Known, dt.date | None]:
        """What is known on a day, and the day from which on it is too old by itself."""
        if now[name].value is not None:
            return now[name], None
        parts = [now[part] for part in derivation.parts]
        value = _value(name, derivation, [part.value for part in parts], graph)
        days = [
            part.on
            for part, factor in zip(parts, derivation.factors, strict=True)
            if part.on is not None and factor is not None
        ]
        on = min(days, default=None)
        last = None
        if on is not None and currency is not None:
            last = add(on, currency.length)
        over = None if last is None else add_days(last, 1)
        if value is None or (over is not None and over <= day):
            return _NOTHING, None
        return _Known(value, on), over

    ends = set()
    for day in sorted(changes):
        now |= changes[day]
        _, over = at(day)
        ends.add(over or day)
    told = []
    now = {one: _Known(first.get(one), None) for one in named}
    for day in sorted(ends | changes.keys()):
        now |= changes.get(day, {})
        told.append((day, at(day)[0]))
    return told
