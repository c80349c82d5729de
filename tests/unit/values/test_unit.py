"""Units: one table, many spellings, exact conversion."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from b12guide.values.duration import TimeUnit
from b12guide.values.unit import Unit, convert, parse_unit, spellings, time_unit

VITAMIN_B12 = Fraction("1355.4")


def unit(text: str) -> Unit:
    found = parse_unit(text)
    assert found is not None, text
    return found


@pytest.mark.parametrize(
    ("canonical", "others"),
    [
        ("µg", ["mcg", "ug", "\u00b5g", "\u03bcg", "microgram", "micrograms"]),
        ("mg", ["milligram", "milligrams", " mg "]),
        ("mL", ["ml", "millilitre", "milliliters"]),
        ("µL", ["uL", "ul", "mcL", "\u03bcl"]),
        ("x10^9/L", ["10*9/L", "10^9/L", "x10⁹/L", "×10⁹/L", "×10^9/l", "x 10^9/L"]),  # noqa: RUF001 -- as reports print it
        ("x10^9/L", ["G/L", "Gpt/L", "10⁹ / L"]),
        ("x10^3/µL", ["10*3/uL", "K/µL", "k/uL", "x10³/µL"]),
        ("x10^12/L", ["T/L", "10*12/L"]),
        ("/nL", ["1/nL", "cells/nL", "cell/nl"]),
        ("mL/min", ["ml/min", "mL per minute", "mL / min", "ml.min-1"]),
        (
            "mL/min/1.73 m²",
            ["mL/min/1.73m2", "ml/min/1.73 m^2", "mL/min/{1.73_m2}", "ml/min/1,73 m²"],
        ),
        ("year", ["years", "y", "yr", "a"]),
        ("month", ["months", "mo"]),
        ("week", ["weeks", "wk"]),
        ("day", ["days", "d"]),
        ("m²", ["m2", "m^2", "m+2"]),
        ("/m", ["m-1", "m⁻¹", "1/m"]),
        ("%", ["percent"]),
        ("IU", ["[IU]", "[iU]"]),
        ("G", ["gauge"]),
        ("g.m", ["g·m", "g . m"]),
    ],
)
def test_spellings_of_one_unit_are_one_unit(canonical: str, others: list[str]) -> None:
    expected = unit(canonical)

    assert expected.text == canonical
    assert [parse_unit(other) for other in others] == [expected] * len(others)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "MG", "Mg", "mgs", "m/", "/", "//m", "m//s", "mg mg", "5mg", "mg5x"),
        *("10+3/ul", "109/L", "x10e9/L", "M/L", "K/L", "1", "4.s", "0.m", "m^", "m^10"),
        *("mL/min/1.73", "mL/min/{1.73_m2", "{cells}/L", "10*999", "mg{x}", "µ", "mc"),
        "mL/" * 3000,
    ],
)
def test_what_is_no_unit_is_none(text: str) -> None:
    assert parse_unit(text) is None


def test_every_spelling_of_the_table_is_a_unit() -> None:
    assert [text for text in spellings() if parse_unit(text) is None] == []


@pytest.mark.parametrize(
    ("value", "written", "wanted", "expected"),
    [
        ("1000", "µg", "mg", "1"),
        ("0.58", "mL/s", "mL/min", "34.8"),
        ("0.25", "m", "cm", "25"),
        ("250000", "/µL", "x10^9/L", "250"),
        ("250", "/nL", "x10^9/L", "250"),
        ("250", "K/µL", "G/L", "250"),
        ("250000", "/mm3", "G/L", "250"),
        ("200", "pg/mL", "ng/L", "200"),
        ("0.25", "fraction", "%", "25"),
        ("18", "months", "years", "1.5"),
        ("2", "weeks", "days", "14"),
        ("1", "L", "mm3", "1000000"),
        ("3", "L/h", "mL/min", "50"),
        ("1", "dL", "cL", "10"),
    ],
)
def test_conversion_is_exact(
    value: str, written: str, wanted: str, expected: str
) -> None:
    converted = convert(Fraction(value), unit(written), unit(wanted))

    assert converted == Fraction(expected)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("mL/min", "mL/min/1.73 m2"),
        ("months", "days"),
        ("years", "weeks"),
        ("mg", "mL"),
        ("µg", "IU"),
        ("pg/mL", "pmol/L"),
        ("%", "G"),
        ("cm", "cm2"),
    ],
)
def test_incommensurable_units_are_not_converted(written: str, wanted: str) -> None:
    assert not unit(written).is_commensurable_with(unit(wanted))
    assert convert(Fraction(1), unit(written), unit(wanted)) is None
    assert convert(Fraction(1), unit(wanted), unit(written)) is None


def test_a_molar_mass_leads_from_mass_to_substance_and_back() -> None:
    pmol = convert(Fraction(200), unit("pg/mL"), unit("pmol/L"), VITAMIN_B12)
    assert pmol is not None
    back = convert(pmol, unit("pmol/L"), unit("pg/mL"), VITAMIN_B12)

    assert round(float(pmol), 2) == 147.56
    assert back == 200


def test_a_molar_mass_works_in_denominators_too() -> None:
    per_gram = convert(Fraction(2), unit("L/mmol"), unit("L/g"), VITAMIN_B12)

    assert per_gram == Fraction(2) / (VITAMIN_B12 / 1000)


@pytest.mark.parametrize(
    ("written", "wanted"), [("mg/L", "mmol"), ("mg", "mL"), ("mg/min", "mmol/L")]
)
def test_a_molar_mass_does_not_lead_anywhere_else(written: str, wanted: str) -> None:
    assert convert(Fraction(1), unit(written), unit(wanted), VITAMIN_B12) is None


def test_a_molar_mass_of_zero_leads_nowhere() -> None:
    assert convert(Fraction(1), unit("mg"), unit("mmol"), Fraction(0)) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mL/min", "a volume per time"),
        ("pg/mL", "a mass per volume"),
        ("pmol/L", "an amount of substance per volume"),
        ("x10^9/L", "a count per volume"),
        ("%", "a plain number"),
        ("cm", "a length"),
        ("years", "a time in months or years"),
        ("days", "a time"),
        ("/min", "a number per time"),
        ("mL/min/1.73 m2", "a volume per time per standard body surface"),
        ("m/s2", "a length per time to the 2"),
        ("kg.mol", "a mass and amount of substance"),
    ],
)
def test_a_unit_says_what_it_measures(text: str, words: str) -> None:
    assert unit(text).measures == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("weeks", TimeUnit.WEEK),
        ("d", TimeUnit.DAY),
        ("months", TimeUnit.MONTH),
        ("years", TimeUnit.YEAR),
        ("minutes", TimeUnit.MINUTE),
        ("h", TimeUnit.HOUR),
        ("s", TimeUnit.SECOND),
        ("mg", None),
        ("ms", None),
        ("fortnight", None),
    ],
)
def test_time_units_are_told_from_other_units(
    text: str, expected: TimeUnit | None
) -> None:
    assert time_unit(text) is expected


# ---------------------------------------------------------------- published UCUM tests


@pytest.fixture(scope="module")
def ucum(third_party_data: Path) -> ET.Element:
    return ET.parse(third_party_data / "ucum" / "UcumFunctionalTests.xml").getroot()  # noqa: S314 -- a published file


def test_no_text_that_ucum_calls_invalid_is_a_unit(ucum: ET.Element) -> None:
    invalid = [
        c.get("unit", "") for c in ucum.iter("case") if c.get("valid") == "false"
    ]

    assert len(invalid) > 30
    assert [text for text in invalid if parse_unit(text) is not None] == []


def test_most_of_the_units_that_ucum_lists_are_understood(ucum: ET.Element) -> None:
    valid = [c.get("unit", "") for c in ucum.iter("case") if c.get("valid") == "true"]
    understood = [text for text in valid if parse_unit(text) is not None]

    assert len(understood) > len(valid) / 2
    # What is left out has another base unit, an annotation or a bracket.
    left_out = {text for text in valid if parse_unit(text) is None}
    assert {"mL/min", "10*9/L", "ug/d", "pg/mL", "mo", "nmol/h/mL"}.isdisjoint(left_out)


def test_conversions_agree_with_ucum(ucum: ET.Element) -> None:
    checked = 0
    for case in ucum.iterfind("conversion/case"):
        written, wanted = case.get("srcUnit", ""), case.get("dstUnit", "")
        source, target = parse_unit(written), parse_unit(wanted)
        if source is None or target is None:
            continue
        checked += 1
        value = convert(Fraction(case.get("value", "")), source, target)
        outcome = Decimal(case.get("outcome", ""))
        assert value is not None
        # The expectations are rounded to the digits that they print.
        unit_of_last_digit = Fraction(10) ** int(outcome.as_tuple().exponent)
        assert abs(value - Fraction(outcome)) <= unit_of_last_digit / 2, case.get("id")

    assert checked >= 17


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("thou/uL", "x10^3/µL"),
        ("thou/µL", "x10^3/µL"),
        ("x10E3/uL", "x10^3/µL"),
        ("10E3/uL", "x10^3/µL"),
        ("{10*3}/uL", "x10^3/µL"),
        ("{10^9}/L", "x10^9/L"),
        ("x10(9)/L", "x10^9/L"),
        ("10(9)/L", "x10^9/L"),
    ],
)
def test_powers_of_ten_as_laboratories_print_them(written: str, meant: str) -> None:
    unit, other = parse_unit(written), parse_unit(meant)

    assert unit is not None
    assert other is not None
    assert (unit.factor, unit.dimensions) == (other.factor, other.dimensions)


@pytest.mark.parametrize(
    "written", ["{10*3}", "thou", "thou/L", "x10E/L", "10(9/L", "{10*3/uL", "110E3/uL"]
)
def test_half_a_power_of_ten_is_none(written: str) -> None:
    assert parse_unit(written) is None
