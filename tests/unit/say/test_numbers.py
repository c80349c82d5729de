"""Numbers in English: one reading on every surface, which never says more than there is."""

from __future__ import annotations

import datetime as dt
import math
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import b12guide
from b12guide import Guideline
from b12guide.say.numbers import exact_text, measured, number_text, quantity_text

VOCABULARY = """language 1
vocabulary metals
measure age "age"
    unit year
    plausible 0 to 130
measure level "level of gold"
    unit mg
    plausible 0 to 999999
drug gold "gold"
route oral "by mouth"
"""
GUIDELINE = """language 1
guideline gold "Lack of gold"
    version    1.0.0
    revised    2026-01-01
    uses       metals
    statements A1 to A1
source page "A page on gold"
    by         "Nobody", 2026
    printed as 1
rule old "Old enough"
    when     age >= 0.25 years and level < 123456.789 mg
    maintain gold 123456.789 mg oral daily
    strength required
    states   A1
    cites    page
"""


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(123456), "123456"),
        (Fraction("123456.789"), "123456.789"),
        (Fraction("0.0000005"), "0.0000005"),
        (Fraction(1, 3), "0.3333"),
        (Fraction(-2, 3), "-0.6667"),
        (Fraction(1, 3000), "0.0003333"),
        (Fraction("123456.789") / 7, "17636.6841"),
        (50 - Fraction(1, 3 * 10**6), "49.9999996667"),
        (Fraction(10**40 + 1), "1" + "0" * 40),
    ],
)
def test_numbers(number: Fraction, text: str) -> None:
    assert number_text(number) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1, "year", "1 year"),
        (1, "years", "1 year"),
        (Fraction(1, 3), "years", "0.3333 years"),
        (40, "x10^9/L", "40 \u00d710⁹/L"),
        (4, "10*12/L", "4 \u00d710¹²/L"),
        (1000, "mcg", "1000 µg"),
        (3, None, "3"),
    ],
)
def test_amounts(value: Fraction | int, unit: str | None, text: str) -> None:
    assert quantity_text(value, unit) == text


def test_a_range_takes_its_unit_in_the_plural() -> None:
    assert measured("1 to 2", "month") == "1 to 2 months"


@given(
    st.fractions(-(10**12), 10**12, max_denominator=10**12),
    st.integers(-(10**6), 10**6),
)
def test_no_number_seems_to_have_reached_a_bound(number: Fraction, bound: int) -> None:
    near = bound + number / (1 + abs(number)) / 10**6
    for one in (number, near):
        read = Fraction(number_text(one))
        assert (read > bound) == (one > bound)
        assert (read < bound) == (one < bound)
        assert abs(read - one) < Fraction(1, 10**3)
        assert math.floor(read) == math.floor(one)


@given(st.fractions(-(10**12), 10**12, max_denominator=10**15))
def test_exact_numbers_are_read_back(number: Fraction) -> None:
    assert Fraction(exact_text(number)) == number


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> Guideline:
    folder: Path = tmp_path_factory.mktemp("gold")
    (folder / "metals.gdl").write_text(VOCABULARY, encoding="utf-8")
    (folder / "gold.gdl").write_text(GUIDELINE, encoding="utf-8")
    return b12guide.load(folder / "gold.gdl", cache=False)


def test_every_surface_reads_a_number_alike(gold: Guideline) -> None:
    """A third of a year, and an amount of nine digits."""
    patient = {"age": "4 months", "level": "123456.7 mg"}
    day = dt.date(2026, 1, 1)
    given = [{"on": "2026-01-01", "dose": "gold", "amount": "123456.7 mg"}]
    answer = gold.recommend(patient)
    for page, words in (
        (answer, ("age 0.3333 years", "123456.7 mg", "123456.789 mg by mouth")),
        (
            gold.explain("old", patient),
            ("age 0.3333 years ≥ 0.25 years", "123456.7 mg < 123456.789 mg"),
        ),
        (gold.timeline(patient, start=day), ("gold 123456.789 mg by mouth",)),
        (
            gold.audit(patient, given, on=day),
            ("dose was 123456.7 mg", "says 123456.789 mg", "Expected 123456.789 mg"),
        ),
        (gold.document(), ("age of at least 0.25 years", "below 123456.789 mg")),
    ):
        assert_all(words, " ".join(page.to_text(width=500).split()))
    assert_all(("123456.789 milligrams",), answer.to_text(audience="patient"))


def assert_all(words: tuple[str, ...], text: str) -> None:
    assert [one for one in words if one not in text] == [], text
