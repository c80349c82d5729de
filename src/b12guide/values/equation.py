"""Equations that work out one measure from others: named, cited, with published test points.

A guideline names them (`derive egfr from ckd_epi_2021(creatinine, age, sex)`) and never writes
arithmetic of its own. What an equation comes to is worked out in decimals of 40 digits, so that it
is the same on every machine, and is then rounded as a laboratory prints it: to `decimals`, a half
away from zero. The rounded number is the value, exactly; rules compare that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from attrs import field, frozen

from b12guide.frozen import FrozenMap, Record

__all__ = ["EQUATIONS", "Argument", "Equation", "Example", "Part", "worked_out"]

Part: TypeAlias = Fraction | str
"""What an equation takes: a number in the unit of its argument, or the value of a choice."""


@frozen(kw_only=True, repr=False)
class Argument(Record):
    """One of the things that an equation takes.

    Attributes:
        name: What it is, such as `creatinine`.
        unit: The unit in which a measure is taken; None for a choice.
        least: The least number, in `unit`, for which the equation was made; None for any.
        above: What the number has to be above, in `unit`; None for any.
        values: The values that a choice needs to have; none for a measure.
    """

    name: str
    unit: str | None = None
    least: Fraction | None = None
    above: Fraction | None = None
    values: tuple[str, ...] = ()

    def takes(self, part: Part) -> bool:
        """Whether the equation was made for people like this."""
        if isinstance(part, str):
            return part in self.values
        if self.least is not None and part < self.least:
            return False
        return self.above is None or part > self.above


@frozen(kw_only=True, repr=False)
class Example(Record):
    """A test point that somebody published.

    Attributes:
        parts: What the equation takes, in order, in the units of its arguments.
        value: What it comes to, in the unit of the equation, with the digits that were printed.
        seen: Where it was published.
    """

    parts: tuple[Part, ...]
    value: Decimal
    seen: str


@frozen(kw_only=True, repr=False)
class Equation(Record):
    """A published equation.

    Attributes:
        name: Its name in the language.
        title: What clinicians call it.
        formula: The equation as it is printed.
        takes: What it takes, in order.
        unit: The unit of what it comes to.
        decimals: The decimals to which that is rounded.
        said_of: For whom it was made, where it is not for everybody.
        citation: Who published it, and where.
        link: Where it can be read.
        examples: Published test points.
        work: What it comes to for these parts, before it is rounded.
    """

    name: str
    title: str
    formula: str
    takes: tuple[Argument, ...]
    unit: str
    decimals: int
    said_of: str | None = None
    citation: str
    link: str
    examples: tuple[Example, ...]
    work: Callable[..., Decimal] = field(eq=False)


_DIGITS = Context(prec=40)


def _decimal(number: Fraction) -> Decimal:
    return _DIGITS.divide(Decimal(number.numerator), Decimal(number.denominator))


@lru_cache(maxsize=1 << 14)
def worked_out(equation: Equation, parts: tuple[Part, ...]) -> Fraction | None:
    """What an equation comes to, in its own unit, rounded; None for whom it was not made.

    Args:
        equation: The equation.
        parts: What it takes, in order, in the units of its arguments.
    """
    for argument, part in zip(equation.takes, parts, strict=True):
        if not argument.takes(part):
            return None
    own = [part if isinstance(part, str) else _decimal(part) for part in parts]
    step = Decimal(1).scaleb(-equation.decimals)
    found = equation.work(*own)
    return Fraction(found.quantize(step, rounding=ROUND_HALF_UP, context=_DIGITS))


# ------------------------------------------------------------------------ the equations


@frozen(repr=False)
class _BySex(Record):
    """The coefficients of the CKD-EPI equation of 2021 that differ between women and men."""

    kappa: Decimal
    alpha: Decimal
    factor: Decimal


_CKD_EPI_2021: Mapping[str, _BySex] = FrozenMap(
    {
        "female": _BySex(Decimal("0.7"), Decimal("-0.241"), Decimal("1.012")),
        "male": _BySex(Decimal("0.9"), Decimal("-0.302"), Decimal(1)),
    }
)


def _ckd_epi_2021(creatinine: Decimal, age: Decimal, sex: str) -> Decimal:
    by_sex, one = _CKD_EPI_2021[sex], Decimal(1)
    ratio = _DIGITS.divide(creatinine, by_sex.kappa)
    low = _DIGITS.power(min(ratio, one), by_sex.alpha)
    high = _DIGITS.power(max(ratio, one), Decimal("-1.200"))
    years = _DIGITS.power(Decimal("0.9938"), age)
    return _product(Decimal(142), low, high, years, by_sex.factor)


def _body_mass_index(weight: Decimal, height: Decimal) -> Decimal:
    return _DIGITS.divide(weight, _product(height, height))


def _product(*factors: Decimal) -> Decimal:
    found = Decimal(1)
    for factor in factors:
        found = _DIGITS.multiply(found, factor)
    return found


_SEXES = ("female", "male")
_NOTHING = Fraction(0)
_ADMIRAL = "pharmaverse/admiral, tests of compute_egfr, after the calculator of the NKF"


def _in_mg_per_dl(micromoles: str) -> Fraction:
    """A creatinine in µmol/L, by the factor of 88.42 that the published tests use."""
    return Fraction(micromoles) / Fraction("88.42")


EQUATIONS: Mapping[str, Equation] = FrozenMap(
    {
        equation.name: equation
        for equation in (
            Equation(
                name="ckd_epi_2021",
                title="CKD-EPI 2021",
                formula="142 x min(creatinine/k, 1)^a x max(creatinine/k, 1)^-1.200 x 0.9938^age "
                "(x 1.012 in women), with k 0.7 in women and 0.9 in men, a -0.241 and -0.302",
                takes=(
                    Argument(name="creatinine", unit="mg/dL", above=_NOTHING),
                    Argument(name="age", unit="years", least=Fraction(18)),
                    Argument(name="sex", values=_SEXES),
                ),
                unit="mL/min/1.73 m²",
                decimals=0,
                said_of="adults, from 18 years on",
                citation="Inker LA, Eneanya ND, Coresh J, et al. New creatinine- and cystatin "
                "C-based equations to estimate GFR without race. N Engl J Med 2021;385:1737-1749",
                link="https://www.kidney.org/ckd-epi-creatinine-equation-2021",
                examples=(
                    Example(
                        parts=(Fraction("1.09"), Fraction(55), "male"),
                        value=Decimal(80),
                        seen=_ADMIRAL,
                    ),
                    Example(
                        parts=(_in_mg_per_dl("85"), Fraction(65), "female"),
                        value=Decimal(66),
                        seen=_ADMIRAL,
                    ),
                    Example(
                        parts=(_in_mg_per_dl("96.3"), Fraction(55), "male"),
                        value=Decimal("80.2293"),
                        seen=_ADMIRAL,
                    ),
                    Example(
                        parts=(_in_mg_per_dl("70"), Fraction(52), "female"),
                        value=Decimal("89.7175"),
                        seen=_ADMIRAL,
                    ),
                    Example(
                        parts=(_in_mg_per_dl("77"), Fraction(67), "male"),
                        value=Decimal("94.5453"),
                        seen=_ADMIRAL,
                    ),
                    Example(
                        parts=(_in_mg_per_dl("65"), Fraction(76), "female"),
                        value=Decimal("84.4646"),
                        seen=_ADMIRAL,
                    ),
                ),
                work=_ckd_epi_2021,
            ),
            Equation(
                name="body_mass_index",
                title="body mass index",
                formula="weight / height squared",
                takes=(
                    Argument(name="weight", unit="kg", above=_NOTHING),
                    Argument(name="height", unit="m", above=_NOTHING),
                ),
                unit="kg/m²",
                decimals=1,
                citation="World Health Organization. Obesity: preventing and managing the global "
                "epidemic. WHO Technical Report Series 894. Geneva: WHO; 2000",
                link="https://iris.who.int/handle/10665/42330",
                examples=(
                    Example(
                        parts=(Fraction(70), Fraction("1.75")),
                        value=Decimal("22.86"),
                        seen="https://questions.collegedunia.com, how is BMI calculated",
                    ),
                    Example(
                        parts=(Fraction(68), Fraction("1.65")),
                        value=Decimal("24.98"),
                        seen="http://bmi.emedtv.com/bmi/bmi-formula.html",
                    ),
                ),
                work=_body_mass_index,
            ),
        )
    }
)
"""Every equation that a guideline may name, by its name in the language."""
