"""Each value of a record: as stated, as read, its unit and day, and what became of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from b12guide.errors import PatientError
from b12guide.graph.model import RuleGraph
from b12guide.patient.model import Datum, Patient, Standing, Stated, Units
from b12guide.patient.stated import state

DAY = dt.date(2026, 1, 1)
UTC = dt.UTC


def of(graph: RuleGraph, facts: dict[str, Any], **options: Any) -> Stated:
    return state(Patient(facts=facts), graph, **options)


def only(graph: RuleGraph, raw: Any, **options: Any) -> Datum:
    (datum,) = of(graph, {"egfr": raw}, **options).data
    return datum


# ---------------------------------------------------------------------------- units


@pytest.mark.parametrize(
    ("name", "raw", "assumed"),
    [
        ("egfr", 35, "mL/min"),
        ("egfr", 35.5, "mL/min"),
        ("egfr", Decimal("35.5"), "mL/min"),
        ("egfr", "35", "mL/min"),
        ("egfr", " 35 ", "mL/min"),
        ("egfr", {"value": 35}, "mL/min"),
        ("egfr", {"value": "35", "on": "2026-01-01"}, "mL/min"),
        ("egfr", {"value": 35, "unit": None}, "mL/min"),
        ("egfr", {"value": 35, "unit": " "}, "mL/min"),
        ("age", 54, "years"),
        ("age", "54", "years"),
        ("ferritin", 20, "µg/L"),
        ("egfr", "35 mL/min", None),
        ("egfr", "35 mL/min/1.73 m²", None),
        ("egfr", {"value": 35, "unit": "mL/min"}, None),
        ("egfr", {"value": 35, "code": "mL/min/{1.73_m2}"}, None),
        ("egfr", None, None),
        ("age", "54 years", None),
        ("injections", 6, None),
        ("injections", "6", None),
        ("injections", {"value": 6, "unit": "1"}, None),
        ("injections", {"value": 6, "code": "{injections}"}, None),
        ("paresthesia", True, None),
        ("bariatric_procedure", "none", None),
    ],
    ids=repr,
)
def test_a_bare_number_is_read_in_the_measures_unit_and_marked_or_refused(
    graph: RuleGraph, name: str, raw: Any, assumed: str | None
) -> None:
    stated = of(graph, {name: raw})

    assert [d.assumed for d in stated.data] == [assumed]
    assert [d.fact for d in stated.assumed] == [name] * (assumed is not None)
    if assumed is None:
        assert of(graph, {name: raw}, units=Units.REQUIRED).values == stated.values
    else:
        with pytest.raises(PatientError) as caught:
            of(graph, {name: raw}, units=Units.REQUIRED)
        (diagnostic,) = caught.value.diagnostics
        assert diagnostic.code == "GDL734"
        assert f"`{name}`" in diagnostic.message
        assert f"`{assumed}`" in diagnostic.notes[0]
        assert f" {assumed}`" in diagnostic.help[0].message


def test_a_patient_says_whether_units_are_required_unless_somebody_else_does(
    graph: RuleGraph,
) -> None:
    strict = Patient(facts={"egfr": 35}, units=Units.REQUIRED)

    with pytest.raises(PatientError, match="GDL734"):
        state(strict, graph)
    assert state(strict, graph, units=Units.ASSUME).values == {"egfr": 35}


def test_a_number_is_read_in_the_unit_that_stands_beside_it(graph: RuleGraph) -> None:
    datum = only(graph, {"value": 0.58, "unit": "mL/s"})

    assert (datum.value, datum.stated, datum.unit) == (Fraction("34.8"), 0.58, "mL/s")


def test_the_code_counts_before_the_words_for_people(graph: RuleGraph) -> None:
    raw = {"value": 35, "unit": "ml pro Minute", "code": "mL/min"}

    assert only(graph, raw).unit == "mL/min"


# -------------------------------------------------------------------- what is kept


def test_a_value_keeps_what_was_written_and_where(graph: RuleGraph) -> None:
    stated = of(
        graph,
        {
            "GFR": [
                {"value": "0.58 mL/s", "on": "2025-03-05"},
                {"value": 40, "on": "2025-06-01T10:00+02:00"},
                {"value": None, "on": "2062-01-01"},
            ],
            "paresthesia": None,
        },
        on=DAY,
    )
    first, second, third, other = stated.data

    assert {d.fact for d in stated.data[:3]} == {"egfr"}
    assert {d.key for d in stated.data[:3]} == {"GFR"}
    assert [d.index for d in stated.data] == [0, 1, 2, None]
    assert [d.path for d in stated.data] == [
        *("GFR[0].value", "GFR[1].value", "GFR[2].value", "paresthesia")
    ]
    assert [d.stated for d in stated.data] == ["0.58 mL/s", 40, None, None]
    assert (first.on, first.at) == (dt.date(2025, 3, 5), None)
    assert second.at == dt.datetime(2025, 6, 1, 8, tzinfo=UTC)
    assert [d.standing for d in stated.data] == [
        *(Standing.SUPERSEDED, Standing.COUNTS, Standing.LATER, Standing.COUNTS)
    ]
    assert stated.dropped == (first, third)
    assert stated.assumed == (second,)
    assert other.value is None


# -------------------------------------------------------------------- times of day


@pytest.mark.parametrize(
    "moments",
    [
        ("2025-12-31", "2026-01-01"),
        ("2026-01-01T10:00", "2026-01-01T18:00"),
        ("2026-01-01 10:00", "2026-01-01T10:00:01"),
        ("2026-01-01T10:00:00.1", "2026-01-01T10:00:00.2"),
        ("2025-12-31T23:00", "2026-01-01"),
        ("2025-12-31T23:00Z", "2026-01-01T01:00"),
        ("2026-01-01T10:00+02:00", "2026-01-01T10:00+01:00"),
        ("2026-01-01T10:00+0200", "2026-01-01T09:00Z"),
        # written in UTC on one day, in local time on the day before
        ("2026-01-01T01:00Z", "2025-12-31T23:30-05:00"),
        (dt.date(2025, 12, 31), dt.date(2026, 1, 1)),
        (dt.datetime(2026, 1, 1, 10), dt.datetime(2026, 1, 1, 18)),  # noqa: DTZ001
        (dt.datetime(2026, 1, 1, 10, tzinfo=UTC), "2026-01-01T11:30+01:00"),
    ],
)
def test_the_later_of_two_values_counts(
    graph: RuleGraph, moments: tuple[Any, Any]
) -> None:
    earlier, later = (
        {"value": v, "on": on} for v, on in zip((35, 70), moments, strict=True)
    )
    for raw in ([earlier, later], [later, earlier]):
        stated = of(graph, {"egfr": raw}, on=DAY)

        assert stated.values == {"egfr": 70}
        assert [d.value for d in stated.dropped] == [35]


@pytest.mark.parametrize(
    ("moments", "told"),
    [
        (("2026-01-01", "2026-01-01"), "on 2026-01-01"),
        (("2026-01-01T10:00", "2026-01-01T10:00:00"), "on 2026-01-01 at 10:00"),
        (("2026-01-01T10:00Z", "2026-01-01T12:00+02:00"), "on 2026-01-01 at 12:00"),
        (("2026-01-01T10:00", "2026-01-01"), "neither is known to be the later"),
        (("2026-01-01T10:00", "2026-01-01T18:00Z"), "neither is known to be the later"),
        (
            (dt.date(2026, 1, 1), dt.datetime(2026, 1, 1, 18, tzinfo=UTC)),
            "neither is known to be the later",
        ),
    ],
)
def test_values_of_which_neither_is_later_have_to_agree(
    graph: RuleGraph, moments: tuple[Any, Any], told: str
) -> None:
    one, other = moments

    with pytest.raises(PatientError) as caught:
        of(graph, {"egfr": [{"value": 35, "on": one}, {"value": 36, "on": other}]})
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "GDL718"
    assert told in diagnostic.message
    agreed = [{"value": 35, "on": one}, {"value": "35 mL/min", "on": other}]
    assert of(graph, {"egfr": agreed}).values == {"egfr": 35}


def test_a_value_without_a_time_may_agree_with_the_latest(graph: RuleGraph) -> None:
    raw = [
        {"value": 35, "on": "2026-01-01T10:00"},
        {"value": 70, "on": "2026-01-01"},
        {"value": 70, "on": "2026-01-01T18:00"},
    ]

    assert of(graph, {"egfr": raw}).values == {"egfr": 70}


def test_a_time_of_day_does_not_make_a_value_later_than_the_day_asked_for(
    graph: RuleGraph,
) -> None:
    raw = {"value": 35, "on": "2026-01-01T23:59:59.999"}

    assert of(graph, {"egfr": raw}, on=DAY).values == {"egfr": 35}
    assert of(graph, {"egfr": raw}, on=dt.date(2025, 12, 31)).values == {"egfr": None}


def test_many_values_of_a_day_are_read_in_a_time_that_grows_with_their_number(
    graph: RuleGraph,
) -> None:
    raw = [
        {
            "value": n % 200,
            "on": f"2026-01-01T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z",
        }
        for n in range(20_000)
    ]

    assert of(graph, {"egfr": raw}, on=DAY).values == {"egfr": 19_999 % 200}
