"""Kinds and units: what a written number means for the measure, drug or schedule it stands with.

Each function returns the meaning or a `Misfit` that says why there is none. The checks report the
misfits; the lowering, which only sees drafts that passed, takes the meaning with `settled`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeVar

from attrs import evolve, frozen

from b12guide.semantics.scope import Namespace, Scope
from b12guide.syntax.ast import Declaration, Quantity
from b12guide.values.duration import DurationRange
from b12guide.values.quantity import format_quantity
from b12guide.values.unit import convert, parse_unit, time_unit
from b12guide.values.unit_suggestion import suggest_units

__all__ = [
    "DOSE_UNIT",
    "Misfit",
    "dose",
    "dose_unit_of",
    "drug_named",
    "duration",
    "in_unit_of",
    "is_also_written",
    "limits_of",
    "measure_named",
    "molar_mass_of",
    "printed_unit",
    "settled",
    "text_of",
    "unknown_unit",
    "with_unit_of",
]

_GIVEN = frozenset(
    {
        "injection",
        "infusion",
        "application",
        "tablet",
        "capsule",
        "administration",
        "jab",
    }
)
"""What a dose may be called where it is counted."""

DOSE_UNIT = "µg"
"""In which doses are held when neither the rule nor the vocabulary says otherwise."""

T = TypeVar("T")


@frozen
class Misfit:
    """Why a quantity has no meaning where it stands: a diagnostic without its place.

    Attributes:
        instead: What belongs in the place of the quantity, where there is one answer.
    """

    code: str
    message: str
    help: str = ""
    instead: str | None = None


def settled(meaning: T | Misfit) -> T:
    """The meaning of something that passed the checks."""
    if isinstance(meaning, Misfit):
        raise ValueError(meaning.message)  # noqa: TRY004 - the fault is in the text
    return meaning


def with_unit_of(measure: Declaration, quantity: Quantity) -> Quantity:
    """A quantity of a declaration, whose unit may be left out because it is the measure's."""
    if quantity.unit is not None or measure.unit is None:
        return quantity
    return evolve(quantity, unit=measure.unit)


def text_of(quantity: Quantity) -> str:
    """The quantity in the words of the author, numbers printed one way."""
    unit = quantity.unit
    high = format_quantity(Fraction(quantity.high), unit)
    if quantity.low == quantity.high:
        return high
    return f"{format_quantity(Fraction(quantity.low), None)} to {high}"


def limits_of(quantity: Quantity) -> str:
    """The ends of a range, as in "between 25 and 50 mL/min"."""
    low = format_quantity(Fraction(quantity.low), None)
    return f"{low} and {format_quantity(Fraction(quantity.high), quantity.unit)}"


def printed_unit(unit: str | None) -> str | None:
    """The one way in which `unit` is printed."""
    parsed = None if unit is None else parse_unit(unit)
    return unit if parsed is None else parsed.text


def unknown_unit(
    unit: str, own: str | None = None, quantity: Quantity | None = None
) -> Misfit:
    """The misfit of a word that is no unit, where the unit `own` is expected."""
    near = suggest_units(unit, (own,) if own else ())[:2]
    help_ = "did you mean " + " or ".join(f"`{n}`" for n in near) if near else ""
    if not help_ and own:
        help_ = f"give it in `{own}`"
    instead = None
    if quantity is not None and len(near) == 1:
        instead = text_of(evolve(quantity, unit=near[0]))
    return Misfit("GDL307", f"`{unit}` is not a unit", help_, instead)


# ------------------------------------------------------------------------ measures


def molar_mass_of(declaration: Declaration) -> Fraction | None:
    """In g/mol, if the vocabulary gives it."""
    mass = declaration.molar_mass
    if mass is None:
        return None
    unit, gram_per_mole = parse_unit(mass.unit or "g/mol"), parse_unit("g/mol")
    if unit is None or gram_per_mole is None:
        return None
    return convert(Fraction(mass.low), unit, gram_per_mole)


def measure_named(name: str, scope: Scope) -> Declaration:
    """The measure that a word of a checked draft stands for."""
    fact = scope.fact(name)
    if not isinstance(fact, Declaration):
        message = f"`{name}` is not a measure"
        raise ValueError(message)  # noqa: TRY004 - the fault is in the text
    return fact


def is_also_written(unit: str, measure: Declaration) -> bool:
    """Whether the vocabulary takes `unit` for another spelling of the measure's own."""
    return printed_unit(unit) in {printed_unit(u) for u in measure.also_written}


def in_unit_of(
    measure: Declaration, quantity: Quantity
) -> tuple[Fraction, Fraction] | Misfit:
    """Both ends of `quantity` in the unit of `measure`."""
    low, high = Fraction(quantity.low), Fraction(quantity.high)
    name, own = measure.name.text, measure.unit
    if low > high:
        return reversed_range(quantity)
    if own is None:
        if quantity.unit is None:
            return low, high
        message = (
            f"`{name}` is a plain number, but here it has the unit `{quantity.unit}`"
        )
        return Misfit("GDL306", message, "leave the unit out")
    if quantity.unit is None:
        message = f"`{text_of(quantity)}` lacks its unit"
        instead = text_of(evolve(quantity, unit=own))
        help_ = f"`{name}` is measured in `{own}`: write `{instead}` if that is meant"
        return Misfit("GDL305", message, help_, instead)
    if is_also_written(quantity.unit, measure):
        return low, high
    written, wanted = parse_unit(quantity.unit), parse_unit(own)
    if written is None:
        return unknown_unit(quantity.unit, own, quantity)
    if wanted is None:
        return unknown_unit(own)
    mass = molar_mass_of(measure)
    ends = (convert(low, written, wanted, mass), convert(high, written, wanted, mass))
    if ends[0] is None or ends[1] is None:
        message = f"`{quantity.unit}` is {written.measures}, but `{name}` is {wanted.measures}"
        return Misfit("GDL304", message, f"give it in `{own}`")
    return ends[0], ends[1]


def reversed_range(quantity: Quantity) -> Misfit:
    """The misfit of a range whose larger end comes first."""
    turned = Quantity(
        span=quantity.span, low=quantity.high, high=quantity.low, unit=quantity.unit
    )
    return Misfit(
        "GDL308",
        f"the range `{text_of(quantity)}` runs backwards",
        f"write `{text_of(turned)}`",
        text_of(turned),
    )


# --------------------------------------------------------------------------- doses


def drug_named(name: str | None, scope: Scope) -> Declaration | None:
    """The drug that a word stands for."""
    entry = None if name is None else scope.find(Namespace.DRUG, name)
    return entry.item if entry and isinstance(entry.item, Declaration) else None


def dose_unit_of(drug: Declaration | None) -> str:
    """The unit in which doses of `drug` are held: that of its plausible dose."""
    if drug is None or drug.plausible_dose is None or drug.plausible_dose.unit is None:
        return DOSE_UNIT
    return printed_unit(drug.plausible_dose.unit) or DOSE_UNIT


def dose(
    quantity: Quantity, drug: Declaration | None
) -> tuple[Fraction, Fraction, str] | Misfit:
    """Both ends of a dose and the unit in which it is held."""
    own = dose_unit_of(drug)
    if quantity.low > quantity.high:
        return reversed_range(quantity)
    if quantity.unit is None:
        return Misfit("GDL305", f"the dose `{text_of(quantity)}` lacks its unit")
    written, wanted = parse_unit(quantity.unit), parse_unit(own)
    if written is None:
        return unknown_unit(quantity.unit, own, quantity)
    if wanted is None:
        return unknown_unit(own)
    low = convert(Fraction(quantity.low), written, wanted)
    high = convert(Fraction(quantity.high), written, wanted)
    if low is None or high is None:
        message = (
            f"`{quantity.unit}` is {written.measures}, but a dose is {wanted.measures}"
        )
        return Misfit("GDL310", message, f"give the dose in `{own}`")
    if low <= 0:
        return Misfit("GDL314", f"a dose of `{text_of(quantity)}` is none")
    return low, high, own


# ---------------------------------------------------------------------------- time


def duration(quantity: Quantity) -> DurationRange | Misfit:
    """A length of time."""
    unit = None if quantity.unit is None else time_unit(quantity.unit)
    if unit is None and (quantity.unit or "").rstrip("s") in _GIVEN:
        counted = text_of(evolve(quantity, unit=None))
        doses = "1 dose" if counted == "1" else f"{counted} doses"
        return Misfit(
            "GDL312",
            f"`{text_of(quantity)}` is not a length of time",
            f"write `{doses}` for a number of doses",
            doses if quantity.low == quantity.high else None,
        )
    if unit is None:
        return Misfit(
            "GDL312",
            f"`{text_of(quantity)}` is not a length of time",
            "give it in days, weeks, months or years",
        )
    if quantity.low > quantity.high:
        return reversed_range(quantity)
    if quantity.low <= 0:
        return Misfit("GDL314", f"`{text_of(quantity)}` is no length of time")
    return DurationRange(Fraction(quantity.low), Fraction(quantity.high), unit)
