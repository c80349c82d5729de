"""Reads a measure: its number, its unit, and whether both together can be true."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import assert_never

from b12guide.diagnostics import Diagnostic, Edit, Help, Label
from b12guide.graph.model import Fact
from b12guide.patient.shown import Notation, shown
from b12guide.values.quantity import (
    MOST_DIGITS,
    Misreading,
    Mistake,
    Quantity,
    format_number,
    format_quantity,
    parse_quantity,
)
from b12guide.values.unit import Unit, convert, parse_unit
from b12guide.values.unit_suggestion import suggest_units

__all__ = [
    "TOO_LONG_REMEDY",
    "believed",
    "conversion",
    "read_quantity",
    "same_unit",
    "unit_missing",
    "with_unit",
]


TOO_LONG_REMEDY = "round it: no clinical number has as many digits"


def read_quantity(fact: Fact, written: str, place: Label) -> Quantity | Diagnostic:
    """The quantity that `written` spells, or GDL712 or GDL719 when it spells none."""
    quantity = parse_quantity(written)
    if isinstance(quantity, Quantity):
        return quantity
    too_long = quantity.mistake is Mistake.TOO_LONG
    return Diagnostic(
        code="GDL719" if too_long else "GDL712",
        message=_reason(fact, shown(written), quantity.mistake),
        labels=(place,),
        help=_remedy(fact, quantity, place),
    )


def _reason(fact: Fact, written: str, mistake: Mistake) -> str:
    match mistake:
        case Mistake.EMPTY:
            return f"the value of `{fact.name}` is empty"
        case Mistake.NO_NUMBER:
            return f"`{written}` does not begin with a number and end with its unit"
        case Mistake.DECIMAL_COMMA:
            return f"`{written}` has a comma in its number"
        case Mistake.THOUSANDS:
            return f"the number of `{written}` is divided into groups"
        case Mistake.EXPONENT:
            return f"the number of `{written}` is written with an exponent"
        case Mistake.DATE:
            return f"`{written}` is a date, and `{fact.name}` is a number"
        case Mistake.RANGE:
            return f"`{written}` is a range, and `{fact.name}` is one number"
        case Mistake.BOUND:
            return f"`{written}` is a bound, and `{fact.name}` is one number"
        case Mistake.TOO_LONG:
            return f"the number of `{fact.name}` has more than {MOST_DIGITS} digits"
        case _:
            assert_never(mistake)


def _remedy(fact: Fact, misreading: Misreading, place: Label) -> tuple[Help, ...]:
    meant = misreading.suggestions
    if len(meant) == 1:
        return (
            Help(message=f"did you mean `{meant[0]}`?", edits=_quoted(place, meant[0])),
        )
    if meant:
        return (Help(message="did you mean " + " or ".join(f"`{m}`" for m in meant)),)
    notation = Notation.of(place.text)
    unknown = notation.nothing("when it is not known")
    if misreading.mistake is Mistake.TOO_LONG:
        return (Help(message=TOO_LONG_REMEDY),)
    if misreading.mistake is Mistake.DATE:
        return (
            Help(message=f"a value has its day beside it: `{notation.dated('...')}`"),
        )
    if misreading.mistake in {Mistake.RANGE, Mistake.BOUND}:
        unknown = notation.nothing("when only this much is known")
        remedy = f"write the measured number, or {unknown}"
    elif fact.unit is None:
        remedy = f"write a plain number, or {unknown}"
    else:
        remedy = f"write it like `12 {fact.unit}`, or {unknown}"
    return (Help(message=remedy),)


def _quoted(place: Label, replacement: str) -> tuple[Edit, ...]:
    """An edit of the quoted text at `place`, where it is quoted."""
    written = place.text.slice(place.span)
    if written[:1] != '"' or written[-1:] != '"':
        return ()
    quoted = f'"{replacement}"'
    return (Edit(text=place.text, span=place.span, replacement=quoted),)


# ----------------------------------------------------------------------------- unit


def with_unit(fact: Fact, quantity: Quantity, place: Label) -> Fraction | Diagnostic:
    """The value of `quantity` in the unit of `fact`, or why it cannot be believed.

    A number without a unit counts in the measure's own unit.
    """
    value = _converted(fact, quantity)
    if value is None:
        return _unit_refused(fact, quantity, place)
    if _is_plausible(fact, value):
        return value
    return _implausible(fact, quantity, value, place)


def believed(fact: Fact, quantity: Quantity) -> Fraction | None:
    """As `with_unit`, without a reason where the value cannot be believed."""
    value = _converted(fact, quantity)
    return value if _is_plausible(fact, value) else None


def conversion(fact: Fact, unit: str, place: Label) -> Fraction | Diagnostic:
    """What a number in `unit` is to be multiplied by, to be in the unit of `fact`."""
    one = Quantity(Fraction(1), unit)
    factor = _converted(fact, one)
    return _unit_refused(fact, one, place) if factor is None else factor


def same_unit(fact: Fact, quantity: Quantity, other: str | None) -> bool:
    """Whether `other` makes the same of a number, or is no unit but a word for people."""
    if other is None or (parse_unit(other) is None and other not in fact.also_written):
        return True
    value = _converted(fact, Quantity(quantity.value, other))
    return value is not None and value == _converted(fact, quantity)


def _is_plausible(fact: Fact, value: Fraction | None) -> bool:
    if value is None or fact.plausible is None:
        return value is not None
    low, high = fact.plausible
    return low <= value <= high


def _converted(fact: Fact, quantity: Quantity) -> Fraction | None:
    if quantity.unit is None or (fact.unit is None and _is_no_unit(quantity.unit)):
        return quantity.value
    own = _units(fact)
    if any(quantity.unit == text for text, _ in own):
        return quantity.value
    written = parse_unit(quantity.unit)
    if written is None:
        return None
    for _, unit in own:
        if unit is not None:
            # A further spelling of the unit is one and the same unit, whatever its dimension.
            value = convert(quantity.value, written, unit, fact.molar_mass)
            if value is not None:
                return value
    return None


def _is_no_unit(unit: str) -> bool:
    """Whether this is how UCUM writes that a number has no unit: `1`, or a remark in braces."""
    return unit == "1" or (unit[:1] == "{" and unit[-1:] == "}")


def _units(fact: Fact) -> tuple[tuple[str, Unit | None], ...]:
    """The unit of `fact` and its further spellings, as text and as units."""
    texts = () if fact.unit is None else (fact.unit, *fact.also_written)
    return tuple((text, parse_unit(text)) for text in texts)


def unit_missing(fact: Fact, quantity: Quantity, place: Label) -> Diagnostic:
    """GDL734: a number without a unit, where units are required."""
    written = format_number(quantity.value)
    example = format_quantity(quantity.value, fact.unit)
    accepted = (fact.unit or "", *fact.also_written)
    listed = ", ".join(f"`{unit}`" for unit in accepted)
    return Diagnostic(
        code="GDL734",
        message=f"`{fact.name}` is {written} without a unit, and units are required",
        labels=(place,),
        notes=(
            f"{fact.label} is taken in {listed}, or in what can be converted to it",
        ),
        help=(Help(message=f"write the unit of the report, as in `{example}`"),),
    )


def _unit_refused(fact: Fact, quantity: Quantity, place: Label) -> Diagnostic:
    """GDL713 for what is no unit, GDL714 for the unit of something else."""
    written = quantity.unit or ""
    unit = parse_unit(written)
    if unit is None:
        known = () if fact.unit is None else (fact.unit, *fact.also_written)
        meant = suggest_units(written, known)
        remedies = [
            Help(
                message=f"did you mean `{text}`?",
                edits=_quoted(place, f"{format_number(quantity.value)} {text}"),
            )
            for text in meant[:1]
        ]
        return Diagnostic(
            code="GDL713",
            message=f"`{shown(written)}` is not a known unit",
            labels=(place,),
            help=(*remedies, *_expected(fact)),
        )
    notes: tuple[str, ...] = ()
    own = None if fact.unit is None else parse_unit(fact.unit)
    if own is not None:
        notes += (f"`{unit.text}` is {unit.measures}, `{own.text}` is {own.measures}",)
        if fact.molar_mass is None and convert(Fraction(1), unit, own, Fraction(1)):
            notes += (f"no molar mass is declared for `{fact.name}`",)
    return Diagnostic(
        code="GDL714",
        message=f"`{fact.name}` is not measured in `{shown(written)}`",
        labels=(place,),
        notes=notes,
        help=_expected(fact),
    )


def _expected(fact: Fact) -> tuple[Help, ...]:
    if fact.unit is None:
        return (Help(message=f"`{fact.name}` is a plain number, without a unit"),)
    return (Help(message=f"`{fact.name}` is measured in `{fact.unit}`"),)


# --------------------------------------------------------------------- plausibility

_USUAL_UNITS = (
    *("pg/mL", "ng/L", "ng/mL", "µg/L", "µg/dL", "mg/L", "mg/dL", "g/dL", "g/L"),
    *("pmol/L", "nmol/L", "µmol/L", "mmol/L", "mL/min", "mL/s", "L/h"),
    *("ng", "µg", "mg", "g", "kg", "mm", "cm", "m", "months", "years"),
    *("%", "fraction", "x10^9/L", "/µL"),
)
"""Units that reports print, to be offered where another unit makes a value believable."""


def _implausible(
    fact: Fact, quantity: Quantity, value: Fraction, place: Label
) -> Diagnostic:
    low, high = fact.plausible or (value, value)
    written = format_quantity(quantity.value, quantity.unit or fact.unit)
    own = format_quantity(value, fact.unit)
    same = "" if written == own else f" (`{own}`)"
    believed = f"{format_number(low)} to {format_quantity(high, fact.unit)}"
    remedies = [Help(message="check the number and its unit against the report")]
    fitting = tuple(_fitting_units(fact, quantity))[:2]
    if fitting:
        listed = " or ".join(f"`{format_quantity(quantity.value, u)}`" for u in fitting)
        remedies.insert(
            0, Help(message=f"is the unit right? {listed} would be believable")
        )
    return Diagnostic(
        code="GDL715",
        message=f"`{written}`{same} is not a believable value of `{fact.name}`",
        labels=(place,),
        notes=(f"{fact.label} is believed from {believed}",),
        help=tuple(remedies),
    )


def _fitting_units(fact: Fact, quantity: Quantity) -> Iterator[str]:
    """Usual units in which the number of `quantity` would be plausible."""
    written = parse_unit(quantity.unit or fact.unit or "")
    for text in _USUAL_UNITS:
        value = _converted(fact, Quantity(quantity.value, text))
        if _is_plausible(fact, value) and parse_unit(text) != written:
            yield text
