"""Rows with codes: nothing is stated that no row states, however the rows are written."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b12guide import load
from b12guide.graph.coded import facts_by_code
from b12guide.values.code_system import SYSTEMS
from b12guide.values.term import Kind

pa: Any = pytest.importorskip("pyarrow")

GUIDELINE = load("mecobalamin_im")
ON = dt.date(2026, 3, 1)
PEOPLE = pa.table({"patient": [1, 2, 3]})
KNOWN = facts_by_code(GUIDELINE.graph)
NAMES = {system.name: system for system in SYSTEMS}
COLUMNS = ("patient", "system", "code", "for", "on", "end", "value", "unit")

_days = st.sampled_from([None, "2024-01-01", "2026-01-05", "2026-02-28", "2026-03-02"])


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    system, code = draw(
        st.sampled_from([*KNOWN, ("loinc", "718-7"), ("icd10cm", "D51")])
    )
    coded = KNOWN.get((system, code), ())
    is_measure = any(one.fact.kind is Kind.MEASURE for one in coded)
    unit = next((one.fact.unit for one in coded if is_measure), None)
    return {
        "patient": draw(st.integers(1, 4)),
        "system": system,
        "code": code,
        "for": draw(st.sampled_from([None, *{one.of for one in coded}])),
        "on": draw(_days),
        "end": draw(_days),
        "value": draw(st.sampled_from([None, "12", "30.5"])) if is_measure else None,
        "unit": draw(st.sampled_from([None, unit, "furlong"])),
    }


def table(said: list[dict[str, Any]]) -> Any:
    kinds = [pa.int64(), *[pa.string()] * 7]
    return pa.table(
        {
            name: pa.array([row[name] for row in said], type=kind)
            for name, kind in zip(COLUMNS, kinds, strict=True)
        }
    )


def decoded(said: list[dict[str, Any]], **options: Any) -> Any:
    return GUIDELINE.decode(table(said), on=ON, patients=PEOPLE, **options)


def cells(found: Any) -> list[dict[str, Any]]:
    """What is stated of each patient."""
    return [
        {name: value for name, value in row.items() if value is not None}
        for row in found.frame.to_pylist()
    ]


@given(st.lists(rows(), max_size=6))
def test_what_is_stated_stands_in_a_row_of_the_patient(
    said: list[dict[str, Any]],
) -> None:
    found = decoded(said)

    for facts in cells(found):
        own = [row for row in said if row["patient"] == facts["patient"]]
        stated = {
            one.fact.name
            for row in own
            for one in KNOWN.get((row["system"], row["code"]), ())
        }
        assert facts.keys() - {"patient"} <= stated
        assert False not in facts.values()


@given(st.lists(rows(), max_size=6), st.sampled_from(["b12_deficiency", "diabetes"]))
def test_what_is_complete_is_absent_only_of_those_without_any_such_row(
    said: list[dict[str, Any]], fact: str
) -> None:
    plain, complete = cells(decoded(said)), cells(decoded(said, complete=[fact]))

    for before, after in zip(plain, complete, strict=True):
        own = [row for row in said if row["patient"] == after["patient"]]
        of_it = [
            row
            for row in own
            if row["code"] == "D51"
            or any(
                one.fact.name == fact
                for one in KNOWN.get((row["system"], row["code"]), ())
            )
        ]
        if after.get(fact) is False:
            assert before.get(fact) is None
            assert not [row for row in of_it if row["code"] != "D51" or fact[0] == "b"]
        assert {**after, fact: before.get(fact)} == {**before, fact: before.get(fact)}


@given(st.lists(rows(), max_size=6), st.randoms(use_true_random=False), st.booleans())
def test_order_and_spelling_of_terminologies_change_nothing(
    said: list[dict[str, Any]], random: Any, by_oid: bool
) -> None:
    respelled = [dict(row) for row in said]
    for row in respelled:
        system = NAMES[row["system"]]
        oid = None if system.oid is None else f"urn:oid:{system.oid}"
        row["system"] = (oid if by_oid else None) or system.uri
    random.shuffle(respelled)
    one, other = decoded(said), decoded(respelled)

    assert cells(one) == cells(other)
    assert (one.read, one.unread) == (other.read, other.unread)


@given(st.lists(rows(), max_size=6))
def test_every_row_is_accounted_for(said: list[dict[str, Any]]) -> None:
    found = decoded(said)
    told: dict[str, int] = {}
    for one in (*found.read, *found.unread):
        told[one.code] = told.get(one.code, 0) + one.rows

    for row in said:
        assert told[row["code"]] >= sum(row["code"] == r["code"] for r in said)
