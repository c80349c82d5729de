"""Measures that are worked out from other columns, for every patient for whom none is stated (M93).

An equation is worked out once for each combination of values that some row has, exactly as for a
single patient; so a row says what the patient alone would be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from b12guide.cohort.bits import everybody, pack, rows_of, unpack
from b12guide.cohort.column_values import Cells, Choices, Measures
from b12guide.cohort.columns import Column
from b12guide.cohort.threads import go_on
from b12guide.diagnostics import Label
from b12guide.graph.model import Derivation, RuleGraph
from b12guide.patient.model import FactValue
from b12guide.patient.worked_out import result
from b12guide.text import Span, Text


def columns_of_derived(graph: RuleGraph, there: Sequence[str]) -> tuple[Column, ...]:
    """Columns for the measures that have none, and of which all parts have one."""
    known, found = set(there), []
    for name, derivation in graph.derivations.items():
        if name not in known and known.issuperset(derivation.parts):
            place = Label(text=Text(_WORKED_OUT, name), span=Span(0, len(name)))
            subject = graph.vocabulary.facts[name]
            found.append(Column(name=name, subject=subject, place=place))
            known.add(name)
    return tuple(found)


_WORKED_OUT = "what is worked out"


def with_derived(
    graph: RuleGraph, cells: Mapping[str, Cells], rows: int
) -> dict[str, Cells]:
    """The cells with what can be worked out from them where a measure is not known."""
    found = dict(cells)
    for name, derivation in graph.derivations.items():
        own = found.get(name)
        parts = [found[part] for part in derivation.parts if part in found]
        if isinstance(own, Measures) and len(parts) == len(derivation.parts):
            found[name] = _worked_out(own, derivation, parts, graph, rows)
    return found


def _worked_out(
    own: Measures,
    derivation: Derivation,
    parts: Sequence[Cells],
    graph: RuleGraph,
    rows: int,
) -> Measures:
    where = everybody(rows) & ~own.known & ~own.bad
    for part in parts:
        where &= part.known
    chosen = rows_of(where, rows)
    if not len(chosen):
        return own
    told = [_told(part, chosen, rows) for part in parts]
    # One number for each combination of values that some row has.
    codes = np.zeros(len(chosen), np.int64)
    first = np.zeros(1, np.intp)
    for values, places in told:
        joint = codes * len(values) + places
        _, first, codes = np.unique(joint, return_index=True, return_inverse=True)
    results: list[Fraction | None] = []
    for row in first.tolist():
        go_on()
        known = [values[int(places[row])] for values, places in told]
        one = result(own.fact.name, derivation, known, graph)
        results.append(one.value if one.hindrance is None else None)
    is_known = np.zeros(rows, np.bool_)
    is_known[chosen] = np.array([one is not None for one in results])[codes]
    if not is_known.any():
        return own
    numbers = np.zeros(rows, np.intp)
    numbers[chosen] = codes
    made = tuple(Fraction(0) if one is None else one for one in results)
    return own.derived(made, numbers, pack(is_known))


def _told(
    part: Cells, chosen: NDArray[np.intp], rows: int
) -> tuple[Sequence[FactValue], NDArray[np.int64]]:
    """The different values of a column, and which of them each of the rows chosen has."""
    match part:
        case Measures():
            return part.told(chosen)
        case Choices():
            places = np.zeros(rows, np.int64)
            for number, plane in enumerate(part.planes):
                places[unpack(plane, rows)] = number
            return part.fact.values, places[chosen]
        case _:
            return (False, True), unpack(part.true, rows)[chosen].astype(np.int64)
