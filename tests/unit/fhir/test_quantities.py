"""Numbers, units and lengths of time, as FHIR has them."""

from __future__ import annotations

from fractions import Fraction

import pytest

import b12guide
from b12guide.errors import DosageError
from b12guide.fhir.quantities import (
    decimal_length,
    duration_value,
    exact,
    quantity,
    ucum,
)
from b12guide.values.duration import DurationRange, TimeUnit
from b12guide.values.unit import parse_unit

UNITS = {
    "mg": "mg",
    "µg": "ug",
    "IU": "[iU]",
    "mIU/L": "m[iU]/L",
    "mg/kg": "mg/kg",
    "mg/m²": "mg/m2",
    "mL/min/1.73 m²": "mL/min/{1.73_m2}",
    "x10^9/L": "10*9/L",
    "pg/mL": "pg/mL",
    "%": "%",
    "fraction": "1",
    "kg/m²": "kg/m2",
}


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_has_its_code_in_ucum(unit: str) -> None:
    assert ucum(unit) == UNITS[unit]


def test_what_is_no_unit_has_no_code() -> None:
    assert ucum("tablets") is None


@pytest.mark.parametrize("name", ["mecobalamin_im", "nice_ng239", "bomss_2020"])
def test_every_unit_of_a_vocabulary_has_a_code_that_reads_back(name: str) -> None:
    facts = b12guide.load(name).graph.vocabulary.facts.values()
    units = {fact.unit for fact in facts if fact.unit}

    assert units
    for unit in units:
        code = ucum(unit)
        assert code is not None, unit
        assert parse_unit(code) == parse_unit(unit)


@pytest.mark.parametrize("text", ["1", "0.1", "1000.5", "0.000001", "123456789012"])
def test_a_decimal_is_the_number(text: str) -> None:
    assert Fraction(repr(exact(Fraction(text)))) == Fraction(text)


@pytest.mark.parametrize("text", ["1/3", "0.1234567890123456789"])
def test_a_number_that_would_be_another_is_refused(text: str) -> None:
    with pytest.raises(DosageError) as caught:
        exact(Fraction(text))

    assert [each.code for each in caught.value.diagnostics] == ["DOS202"]


def test_a_third_of_a_day_is_eight_hours() -> None:
    third = DurationRange(Fraction(1, 3), Fraction(1), TimeUnit.DAY)

    assert decimal_length(third) == third
    assert decimal_length(third).unit is TimeUnit.HOUR


def test_a_length_that_has_no_decimal_is_refused() -> None:
    third = Fraction(1, 3)

    with pytest.raises(DosageError):
        decimal_length(DurationRange(third, third, TimeUnit.MONTH))


def test_a_range_is_a_range() -> None:
    length = DurationRange(Fraction(2), Fraction(3), TimeUnit.MONTH)

    assert duration_value(length, "offset") == {
        "offsetRange": {"low": _months(2), "high": _months(3)}
    }


def test_one_length_is_a_duration() -> None:
    length = DurationRange(Fraction(2), Fraction(2), TimeUnit.MONTH)

    assert duration_value(length, "offset") == {"offsetDuration": _months(2)}


def _months(count: int) -> dict[str, object]:
    system = "http://unitsofmeasure.org"
    return {"value": count, "unit": "months", "system": system, "code": "mo"}


def test_a_bound_has_its_sign() -> None:
    assert quantity(Fraction(5), "µmol/L", "<") == {
        "value": 5,
        "comparator": "<",
        "unit": "µmol/L",
        "system": "http://unitsofmeasure.org",
        "code": "umol/L",
    }
    assert quantity(Fraction(5), None) == {"value": 5}
