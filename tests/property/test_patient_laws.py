"""Laws of reading patients."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b12guide.diagnostics import Diagnostic
from b12guide.errors import PatientError
from b12guide.graph.model import Fact, RuleGraph, Vocabulary
from b12guide.patient.from_file import patient_from_text
from b12guide.patient.from_json import read_json
from b12guide.patient.model import Patient
from b12guide.patient.notation import Located, LocatedItems, LocatedTable, plain
from b12guide.patient.stated import state
from b12guide.text import Text
from b12guide.values.quantity import format_quantity
from b12guide.values.term import Kind

GRAPH = RuleGraph(
    name="small",
    title="A small guideline",
    version="1.0.0",
    vocabulary=Vocabulary(
        facts={
            fact.name: fact
            for fact in (
                Fact(kind=Kind.FINDING, name="numbness", label="numbness"),
                Fact(kind=Kind.MEASURE, name="egfr", label="eGFR", unit="mL/min"),
                Fact(kind=Kind.CHOICE, name="gene", label="gene", values=("MTR",)),
            )
        }
    ),
)


def json_values() -> st.SearchStrategy[Any]:
    # Keys stay below the 1024 characters that YAML allows, escapes included.
    keys = st.text(max_size=40)
    scalars = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text()
    return st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4)
        ),
        max_leaves=20,
    )


def measured() -> st.SearchStrategy[tuple[Fraction, str, Fraction]]:
    """A number, a unit, and what both together are in mL/min."""
    units = {"mL/min": "1", "mL/s": "60", "L/min": "1000", "µL/s": "0.06"}
    numbers = st.decimals(0, 10**6, places=4).map(Fraction)
    return st.tuples(numbers, st.sampled_from(sorted(units))).map(
        lambda pair: (*pair, pair[0] * Fraction(units[pair[1]]))
    )


def diagnostics_of(action: Callable[[], object]) -> tuple[Diagnostic, ...] | None:
    """The diagnostics of the error that `action` ends with; None if it ends well."""
    try:
        action()
    except PatientError as error:
        return error.diagnostics
    return None


def within(outer: Located, inner: Located) -> bool:
    return outer.span.start < inner.span.start and inner.span.end < outer.span.end


def children(written: Located) -> list[Located]:
    match written:
        case LocatedTable(entries=entries):
            return [entry.value for entry in entries]
        case LocatedItems(items=items):
            return list(items)
        case _:
            return []


@given(json_values(), st.sampled_from([None, 2]), st.booleans())
def test_json_means_what_the_standard_library_wrote(
    value: Any, indent: int | None, ascii_only: bool
) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return
    text = Text("x", json.dumps(value, indent=indent, ensure_ascii=ascii_only))
    written = read_json(text)

    assert plain(written) == value
    pending = [written]
    while pending:
        outer = pending.pop()
        assert json.loads(text.slice(outer.span)) == plain(outer)
        assert all(within(outer, inner) for inner in children(outer))
        pending += children(outer)


@given(st.text(alphabet="{}[]\",:\\ \n0123456789.-+eEtrufalsn/#'", max_size=40))
def test_json_is_refused_when_the_standard_library_refuses_it(text: str) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        with pytest.raises(PatientError):
            read_json(Text("x", text))
    else:
        found = plain(read_json(Text("x", text)))
        assert json.loads(json.dumps(found, default=float)) == expected


@given(
    st.sampled_from([".json", ".toml", ".yaml"]),
    st.text(max_size=60)
    | st.text(alphabet="facts:{}[]\"'=\n- #.egfr&*!|>", max_size=60),
)
def test_nothing_but_a_patient_error_comes_out_of_any_text(
    suffix: str, characters: str
) -> None:
    found = diagnostics_of(
        lambda: state(patient_from_text(Text("x", characters), suffix), GRAPH)
    )

    assert found != ()
    assert all(d.code.startswith("GDL7") for d in found or ())
    assert all(d.place is not None for d in found or ())


@given(
    st.dictionaries(st.sampled_from(["numbness", "egfr", "gene", "x"]), json_values())
)
def test_nothing_but_a_patient_error_comes_out_of_any_facts(
    facts: dict[str, Any],
) -> None:
    found = diagnostics_of(lambda: state(Patient(facts=facts), GRAPH))

    assert found != ()
    assert all(d.message.isprintable() for d in found or ())


@given(st.dictionaries(st.text(max_size=40), json_values(), max_size=4))
def test_yaml_and_json_are_read_alike(facts: dict[str, Any]) -> None:
    document = {"facts": facts}
    characters = json.dumps(document)
    from_json = patient_from_text(Text("x", characters), ".json")
    from_yaml = patient_from_text(Text("x", characters), ".yaml")

    assert from_yaml == from_json


@given(measured())
def test_the_unit_in_which_a_measure_is_written_changes_nothing(
    measure: tuple[Fraction, str, Fraction],
) -> None:
    number, unit, expected = measure
    patient = Patient(facts={"egfr": format_quantity(number, unit)})

    assert state(patient, GRAPH).values == {"egfr": expected}


@given(
    st.dictionaries(st.dates(), st.integers(0, 200), min_size=1, max_size=6),
    st.none() | st.dates(),
    st.randoms(use_true_random=False),
)
def test_the_order_of_dated_values_changes_nothing(
    values: dict[dt.date, int], on: dt.date | None, random: Any
) -> None:
    entries = [{"value": v, "on": day.isoformat()} for day, v in values.items()]
    shuffled = random.sample(entries, len(entries))
    counting = [day for day in values if on is None or day <= on]

    found = state(Patient(facts={"egfr": shuffled}), GRAPH, on).values["egfr"]

    assert found == (values[max(counting)] if counting else None)
