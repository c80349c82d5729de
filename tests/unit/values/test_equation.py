"""Equations come to what was published, and to nothing for whom they were not made."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from b12guide.values.equation import EQUATIONS, Equation, Example, Part, worked_out
from b12guide.values.unit import parse_unit

PUBLISHED = [
    pytest.param(equation, example, id=f"{equation.name}-{number}")
    for equation in EQUATIONS.values()
    for number, example in enumerate(equation.examples)
]
CKD_EPI = EQUATIONS["ckd_epi_2021"]


def digits_of(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    return -exponent


@pytest.mark.parametrize(("equation", "example"), PUBLISHED)
def test_it_comes_to_what_was_published(equation: Equation, example: Example) -> None:
    own = [
        part if isinstance(part, str) else Decimal(part.numerator) / part.denominator
        for part in example.parts
    ]

    assert round(equation.work(*own), digits_of(example.value)) == example.value
    found = worked_out(equation, example.parts)
    assert found is not None
    assert abs(found - Fraction(example.value)) <= Fraction(1, 10**equation.decimals)


def ckd_epi(creatinine: str, age: int, sex: str) -> Fraction | None:
    return worked_out(CKD_EPI, (Fraction(creatinine), Fraction(age), sex))


def test_at_kappa_only_age_and_sex_count() -> None:
    # 142 x 0.9938^18 is 126.96, and 142 x 0.9938^50 x 1.012 is 105.3.
    assert ckd_epi("0.9", 18, "male") == 127
    assert ckd_epi("0.7", 50, "female") == 105


@pytest.mark.parametrize(
    "parts",
    [
        (Fraction(1), Fraction(17), "male"),
        (Fraction(0), Fraction(60), "male"),
        (Fraction(1), Fraction(60), "other"),
    ],
)
def test_it_comes_to_nothing_for_whom_it_was_not_made(parts: tuple[Part, ...]) -> None:
    assert worked_out(CKD_EPI, parts) is None


def test_a_half_is_rounded_away_from_zero() -> None:
    bmi = EQUATIONS["body_mass_index"]

    assert worked_out(bmi, (Fraction("80.05"), Fraction(1))) == Fraction("80.1")
    assert worked_out(bmi, (Fraction("80.15"), Fraction(1))) == Fraction("80.2")


def test_more_creatinine_never_means_better_kidneys() -> None:
    for sex in ("female", "male"):
        found = [ckd_epi(f"{n / 20}", 60, sex) or 0 for n in range(1, 200)]

        assert found == sorted(found, reverse=True)


@pytest.mark.parametrize("equation", EQUATIONS.values(), ids=lambda e: e.name)
def test_each_is_cited_tested_and_measured(equation: Equation) -> None:
    assert equation.citation
    assert equation.link.startswith("https://")
    assert equation.examples
    assert parse_unit(equation.unit) is not None
    for argument in equation.takes:
        is_measure = argument.unit is not None and parse_unit(argument.unit) is not None
        assert is_measure or argument.values
