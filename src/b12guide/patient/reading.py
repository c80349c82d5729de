"""Reads a measure: its number, its unit, and whether both together can be true."""

from __future__ import annotations

import json
import math
import numbers
from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from attrs import frozen

from b12guide.diagnostics import Diagnostic, Edit, Help, Label
from b12guide.frozen import Record
from b12guide.graph.model import Definition, Fact
from b12guide.patient.fact_names import folded
from b12guide.patient.model import FactValue, Units
from b12guide.patient.notation import Notation, as_json, as_text, shown
from b12guide.values.quantity import (
    MOST_DIGITS,
    Misreading,
    Quantity,
    QuantityMistake,
    format_number,
    format_quantity,
    parse_quantity,
)
from b12guide.values.term import Kind
from b12guide.values.unit import convert, parse_unit, suggest_units

TOO_LONG_REMEDY = "round it: no clinical number has as many digits"


def read_quantity(fact: Fact, written: str, place: Label) -> Quantity | Diagnostic:
    """The quantity that `written` spells, or GDL712 or GDL719 when it spells none."""
    quantity = parse_quantity(written)
    if isinstance(quantity, Quantity):
        return quantity
    too_long = quantity.mistake is QuantityMistake.TOO_LONG
    return Diagnostic(
        code="GDL719" if too_long else "GDL712",
        message=_REASONS[quantity.mistake].format(
            written=shown(written), fact=fact.name
        ),
        labels=(place,),
        help=_remedy(fact, quantity, place),
    )


_REASONS: Mapping[QuantityMistake, str] = {
    QuantityMistake.EMPTY: "the value of `{fact}` is empty",
    QuantityMistake.NO_NUMBER: "`{written}` does not begin with a number and end with its unit",
    QuantityMistake.DECIMAL_COMMA: "`{written}` has a comma in its number",
    QuantityMistake.THOUSANDS: "the number of `{written}` is divided into groups",
    QuantityMistake.EXPONENT: "the number of `{written}` is written with an exponent",
    QuantityMistake.DATE: "`{written}` is a date, and `{fact}` is a number",
    QuantityMistake.RANGE: "`{written}` is a range, and `{fact}` is one number",
    QuantityMistake.BOUND: "`{written}` is a bound, and `{fact}` is one number",
    QuantityMistake.TOO_LONG: f"the number of `{{fact}}` has more than {MOST_DIGITS} digits",
}


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
    if misreading.mistake is QuantityMistake.TOO_LONG:
        return (Help(message=TOO_LONG_REMEDY),)
    if misreading.mistake is QuantityMistake.DATE:
        return (
            Help(message=f"a value has its day beside it: `{notation.dated('...')}`"),
        )
    if misreading.mistake in {QuantityMistake.RANGE, QuantityMistake.BOUND}:
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
    """The value of `quantity` in the unit of `fact`, or why it is implausible.

    A number without a unit counts in the measure's own unit.
    """
    value = _converted(fact, quantity)
    if value is None:
        return _unit_refused(fact, quantity, place)
    if _is_plausible(fact, value):
        return value
    low, high = fact.plausible or (value, value)
    unit = quantity.unit or fact.unit
    written = format_quantity(quantity.value, unit)
    own = format_quantity(value, fact.unit)
    same = "" if written == own else f" (`{own}`)"
    expected = f"{format_number(low)} to {format_quantity(high, fact.unit)}"
    remedies = ["check the number and its unit against the report"]
    fitting = [  # usual units in which the number would be plausible
        format_quantity(quantity.value, text)
        for text in _USUAL_UNITS
        if _is_plausible(fact, _converted(fact, Quantity(quantity.value, text)))
        and parse_unit(text) != parse_unit(unit or "")
    ]
    if fitting:
        listed = " or ".join(f"`{each}`" for each in fitting[:2])
        remedies.insert(0, f"is the unit right? {listed} would be plausible")
    return Diagnostic(
        code="GDL715",
        message=f"`{written}`{same} is not a plausible value of `{fact.name}`",
        labels=(place,),
        notes=(f"{fact.label} is expected from {expected}",),
        help=tuple(Help(message=remedy) for remedy in remedies),
    )


def plausible(fact: Fact, quantity: Quantity) -> Fraction | None:
    """As `with_unit`, without a reason where the value is implausible."""
    value = _converted(fact, quantity)
    return value if _is_plausible(fact, value) else None


def conversion(fact: Fact, unit: str, place: Label) -> Fraction | Diagnostic:
    """What a number in `unit` is to be multiplied by, to be in the unit of `fact`."""
    one = Quantity(Fraction(1), unit)
    factor = _converted(fact, one)
    return _unit_refused(fact, one, place) if factor is None else factor


def units_of(fact: Fact) -> tuple[tuple[str, Fraction], ...]:
    """The usual units of a measure, its own first, each with its factor to the measure's own."""
    if fact.unit is None:
        return ()
    found: dict[str, Fraction] = {fact.unit: Fraction(1)}
    seen = {parse_unit(fact.unit)}
    for unit in (*fact.also_written, *_USUAL_UNITS):
        factor = _converted(fact, Quantity(Fraction(1), unit))
        parsed = parse_unit(unit)
        if factor is None or unit in found or (parsed is not None and parsed in seen):
            continue
        found[unit] = factor
        seen.add(parsed)
    return tuple(found.items())


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
    """The number in the unit of `fact`; None where the unit measures something else."""
    unit = quantity.unit
    own = () if fact.unit is None else (fact.unit, *fact.also_written)
    if unit is None or unit in own:
        return quantity.value
    if fact.unit is None and (unit == "1" or (unit[:1] == "{" and unit[-1:] == "}")):
        return quantity.value  # how UCUM writes that a number has no unit
    written = parse_unit(unit)
    for known in map(parse_unit, own):
        if written is not None and known is not None:
            # A further spelling of the unit is one and the same unit, whatever its dimension.
            value = convert(quantity.value, written, known, fact.molar_mass)
            if value is not None:
                return value
    return None


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


@frozen(repr=False)
class ReadValue(Record):
    """The value of a fact, None for unknown, or the diagnostics that say why there is none.

    Attributes:
        assumed: The unit in which a number was read that had none.
    """

    value: FactValue | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    assumed: str | None = None


def read_value(
    subject: Fact | Definition,
    raw: Any,
    place: Label,
    units: Units = Units.ASSUME,
    beside: tuple[str, ...] = (),
) -> ReadValue:
    """What `raw` says of `subject`.

    Args:
        subject: The fact or definition.
        raw: The value as it was stated.
        place: Where it stands.
        units: Whether the number of a measure may lack its unit.
        beside: The units of a measure that stand beside its number, the one that counts first.
    """
    if raw is None:
        return ReadValue()
    if isinstance(subject, Definition):
        return _truth(subject, raw, place)
    match subject.kind:
        case Kind.CHOICE:
            return _choice(subject, raw, place)
        case Kind.MEASURE:
            return _measure(subject, raw, place, units, beside)
        case _:
            return _truth(subject, raw, place)


def _instead(place: Label, raw: Any, *meant: str) -> tuple[Help, ...]:
    """Help that offers `meant`, with an edit where one remedy is certain."""
    if not meant:
        return ()
    notation = Notation.of(place.text)
    meant = tuple(map(notation.word, meant))
    if notation is Notation.TOML and meant == ("null",):
        return (Help(message=notation.nothing(_UNLESS_KNOWN)),)
    listed = " or ".join(f"`{text}`" for text in meant)
    edits: tuple[Edit, ...] = ()
    if len(meant) == 1 and place.text.slice(place.span) == as_json(raw):
        edits = (Edit(text=place.text, span=place.span, replacement=meant[0]),)
    return (Help(message=f"did you mean {listed}?", edits=edits),)


# ------------------------------------------------------------------ true and false

_YES = frozenset({"true", "yes", "y", "1", "present", "positive", "ja", "on"})
_NO = frozenset({"false", "no", "n", "0", "absent", "negative", "none", "off"})
_UNKNOWN = frozenset({"unknown", "null", "na", "n/a", "?", "", "not known", "nan"})


def _truth(subject: Fact | Definition, raw: Any, place: Label) -> ReadValue:
    if isinstance(raw, bool):
        return ReadValue(raw)
    written = folded(as_text(raw)) if isinstance(raw, str | int | float) else "?!"
    meant: tuple[str, ...] = ()
    for words, word in ((_YES, "true"), (_NO, "false"), (_UNKNOWN, "null")):
        if written in words:
            meant = (word,)
    notation = Notation.of(place.text)
    either = f"`{notation.word('true')}`, `{notation.word('false')}`"
    write = f"write {either}, or {notation.nothing(_UNLESS_KNOWN)}"
    diagnostic = Diagnostic(
        code="GDL710",
        message=f"`{subject.name}` is true or false, and `{shown(raw)}` is neither",
        labels=(place,),
        help=_instead(place, raw, *meant) or (Help(message=write),),
    )
    return ReadValue(None, (diagnostic,))


_UNLESS_KNOWN = "when it is not known"


# ------------------------------------------------------------------------- choices


def _choice(fact: Fact, raw: Any, place: Label) -> ReadValue:
    if isinstance(raw, str) and raw in fact.values:
        return ReadValue(raw)
    listed = ", ".join(f"`{value}`" for value in fact.values)
    diagnostic = Diagnostic(
        code="GDL711",
        message=f"`{shown(raw)}` is not a value of `{fact.name}`",
        labels=(place,),
        help=(
            *_instead(place, raw, *_values_meant(fact, raw)),
            Help(
                message=f"its values are {listed}, or "
                + Notation.of(place.text).nothing(_UNLESS_KNOWN)
            ),
        ),
    )
    return ReadValue(None, (diagnostic,))


def _values_meant(fact: Fact, raw: Any) -> tuple[str, ...]:
    """The values that `raw` was probably meant to be, quoted, by meaning before spelling."""
    if raw is False and "none" in fact.values:
        return ('"none"',)
    if not isinstance(raw, str):
        return ()
    wanted = folded(raw)
    if wanted in _UNKNOWN:
        return ("null",)
    if wanted in _NO and "none" in fact.values:
        return ('"none"',)
    phrases = {folded(value): value for value in fact.values}
    labels = zip(fact.value_labels, fact.values, strict=False)
    phrases |= {folded(label): value for label, value in labels}
    if wanted in phrases:
        return (json.dumps(phrases[wanted]),)
    words = set(wanted.split())
    near = [p for p in phrases if words < set(p.split()) or words > set(p.split())]
    near += get_close_matches(wanted, phrases, n=2)
    meant = dict.fromkeys(json.dumps(phrases[phrase]) for phrase in near)
    return tuple(meant)[:2]


# ------------------------------------------------------------------------ measures


def _measure(
    fact: Fact, raw: Any, place: Label, units: Units, beside: tuple[str, ...]
) -> ReadValue:
    if isinstance(raw, str):
        quantity = read_quantity(fact, raw, place)
    else:
        quantity = _number(fact, raw, place)
    if isinstance(quantity, Diagnostic):
        return ReadValue(None, (quantity,))
    if beside:
        unlike = (quantity.unit,) if quantity.unit not in {None, beside[0]} else ()
        quantity = Quantity(quantity.value, beside[0])
        for other in (*beside[1:], *unlike):
            if not same_unit(fact, quantity, other):
                units_said = f"`{shown(beside[0])}` and in `{shown(other)}`"
                two = Diagnostic(
                    code="GDL717",
                    message=f"`{fact.name}` is said to be in {units_said}",
                    labels=(place,),
                    help=(Help(message="keep the unit of the report"),),
                )
                return ReadValue(None, (two,))
    value = with_unit(fact, quantity, place)
    if isinstance(value, Diagnostic):
        return ReadValue(None, (value,))
    if quantity.unit is not None or fact.unit is None:
        return ReadValue(value)
    if units is Units.REQUIRED:
        return ReadValue(None, (unit_missing(fact, quantity, place),))
    return ReadValue(value, (), fact.unit)


def _number(fact: Fact, raw: Any, place: Label) -> Quantity | Diagnostic:
    """A bare number."""
    match raw:
        case bool():
            pass
        case numbers.Rational():
            value = Fraction(int(raw.numerator), int(raw.denominator))
            if max(abs(value.numerator), value.denominator) < 10**MOST_DIGITS:
                return Quantity(value)
            return _too_long(fact, place)
        case Decimal() if raw.is_finite():
            is_long = len(raw.as_tuple().digits) > MOST_DIGITS
            if is_long or (raw != 0 and abs(raw.adjusted()) > MOST_DIGITS):
                return _too_long(fact, place)
            return Quantity(Fraction(raw))
        case numbers.Real() if math.isfinite(raw):
            # The shortest decimal that means this float is what was written.
            return _number(fact, Decimal(repr(float(raw))), place)
    unit = "" if fact.unit is None else f" with its unit, such as `... {fact.unit}`"
    return Diagnostic(
        code="GDL712",
        message=f"`{fact.name}` is a number, and `{shown(raw)}` is not one",
        labels=(place,),
        help=(
            Help(
                message=f"write the number{unit}, or "
                + Notation.of(place.text).nothing(_UNLESS_KNOWN)
            ),
        ),
    )


def _too_long(fact: Fact, place: Label) -> Diagnostic:
    return Diagnostic(
        code="GDL719",
        message=f"the number of `{fact.name}` has more than {MOST_DIGITS} digits",
        labels=(place,),
        help=(Help(message=TOO_LONG_REMEDY),),
    )
