"""States the facts of a patient in the words and units of a guideline.

Everything that is wrong with a record is told at once, each with its place.
"""

from __future__ import annotations

import datetime as dt

from attrs import evolve

from b12guide.diagnostics import (
    MOST_ALIKE,
    Diagnostic,
    Severity,
    and_more,
    curtailed,
    in_order,
)
from b12guide.errors import PatientError
from b12guide.graph.model import RuleGraph
from b12guide.patient.dated import read_entries, standing_on
from b12guide.patient.model import Datum, FactValue, Patient, Stated, Units
from b12guide.patient.name import Names
from b12guide.patient.name_mistake import stated_twice, unknown_name
from b12guide.patient.places import places_of

__all__ = ["state"]


def state(
    patient: Patient,
    graph: RuleGraph,
    on: dt.date | None = None,
    units: Units | None = None,
) -> Stated:
    """The facts that hold of `patient` on the day `on`, as `graph` understands them.

    Args:
        patient: The patient, as recorded.
        graph: The guideline to be asked.
        on: The day asked for; the latest value of each fact counts if there is none.
        units: Whether numbers may lack their unit; what the patient says of it if left out.

    Raises:
        PatientError: The record cannot be used; all its mistakes are told at once.
    """
    names = Names(graph)
    written = places_of(patient)
    asked = patient.units if units is None else units
    values: dict[str, FactValue | None] = {}
    data: list[Datum] = []
    keys: dict[str, str] = {}
    diagnostics: list[Diagnostic] = []
    unknown = 0
    for key, raw in patient.facts.items():
        subject = names.find(key)
        if subject is None:
            unknown += 1
            if unknown <= MOST_ALIKE:  # to find what was meant takes long
                diagnostics.append(unknown_name(names, key, raw, written))
            continue
        if subject.name in keys:
            twice = stated_twice(subject, keys[subject.name], key, written)
            diagnostics.append(evolve(twice, fact=subject.name))
            continue
        keys[subject.name] = key
        entries = read_entries(subject, raw, written, key, asked)
        diagnostics += (evolve(d, fact=subject.name) for d in entries.diagnostics)
        found, latest = standing_on(entries.entries, on)
        data.extend(found)
        values[subject.name] = None if latest is None else latest.value
    if diagnostics:
        message = f"{patient.name} cannot be used"
        told = curtailed(in_order(diagnostics))
        if unknown > MOST_ALIKE:
            told += (and_more("GDL707", Severity.ERROR, unknown - MOST_ALIKE),)
        raise PatientError(message, told)
    return Stated(
        values=values,
        otherwise=patient.otherwise,
        on=on,
        units=asked,
        data=tuple(data),
        places=places_of(patient, {n: k for n, k in keys.items() if n != k}),
    )
