"""Suggestions for what is no unit."""

from __future__ import annotations

import pytest

from b12guide.values.unit import suggest_units


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("MG", "mg"),
        ("MCG", "µg"),
        ("mcgs", "µg"),
        ("cc/min", "mL/min"),
        ("NG/L", "ng/L"),
        ("x10e9/L", "x10^9/L"),
        ("milligramms", "mg"),
        ("pmol/Lt", "pmol/L"),
        ("y/o", "years"),
        ("µM", "µmol/L"),
        ("pM", "pmol/L"),
        ("Mmol / L", "mmol/L"),
    ],
)
def test_meaning_and_capitals_come_first(written: str, meant: str) -> None:
    assert suggest_units(written) == (meant,)


def test_a_misspelling_is_looked_for_among_the_expected_units() -> None:
    assert suggest_units("mL/mn", ["mL/min", "pg/mL"])[0] == "mL/min"


def test_nothing_is_suggested_for_something_else() -> None:
    assert suggest_units("mmHg", ["mL/min"]) == ()


@pytest.mark.parametrize(
    ("written", "meant"), [("mgg", "mg"), ("mll", "mL"), ("pg/mll", "pg/mL")]
)
def test_a_letter_struck_twice_is_a_slip_in_a_short_unit_too(
    written: str, meant: str
) -> None:
    assert suggest_units(written, ("µg",)) == (meant,)
