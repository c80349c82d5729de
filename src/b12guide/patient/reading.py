"""Reads the value of one fact: what it says, and what is wrong with it.

A number without a unit is read in the unit of its measure, or refused, as the caller asks. There is
no exception for ages: `18` may be months on a ward for children.
"""

from __future__ import annotations

import json
import math
import numbers
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from attrs import frozen

from b12guide.diagnostics import Diagnostic, Edit, Help, Label
from b12guide.graph.model import Definition, Fact
from b12guide.patient.measure import (
    TOO_LONG_REMEDY,
    read_quantity,
    same_unit,
    unit_missing,
    with_unit,
)
from b12guide.patient.model import FactValue, Units
from b12guide.patient.name import folded
from b12guide.patient.shown import Notation, as_json, as_text, shown
from b12guide.record import Record
from b12guide.values.quantity import MOST_DIGITS, Quantity
from b12guide.values.term import Kind

__all__ = ["Reading", "read_value"]


@frozen(repr=False)
class Reading(Record):
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
) -> Reading:
    """What `raw` says of `subject`.

    Args:
        subject: The fact or definition.
        raw: The value as it was stated.
        place: Where it stands.
        units: Whether the number of a measure may lack its unit.
        beside: The units of a measure that stand beside its number, the one that counts first.
    """
    if raw is None:
        return Reading()
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


def _truth(subject: Fact | Definition, raw: Any, place: Label) -> Reading:
    if isinstance(raw, bool):
        return Reading(raw)
    written = folded(as_text(raw)) if isinstance(raw, str | int | float) else "?!"
    meant: tuple[str, ...] = ()
    for words, word in ((_YES, "true"), (_NO, "false"), (_UNKNOWN, "null")):
        if written in words:
            meant = (word,)
    diagnostic = Diagnostic(
        code="GDL710",
        message=f"`{subject.name}` is true or false, and `{shown(raw)}` is neither",
        labels=(place,),
        help=_instead(place, raw, *meant) or (_true_or_false(place),),
    )
    return Reading(None, (diagnostic,))


def _true_or_false(place: Label) -> Help:
    notation = Notation.of(place.text)
    words = f"`{notation.word('true')}`, `{notation.word('false')}`"
    return Help(message=f"write {words}, or {notation.nothing(_UNLESS_KNOWN)}")


_UNLESS_KNOWN = "when it is not known"


# ------------------------------------------------------------------------- choices


def _choice(fact: Fact, raw: Any, place: Label) -> Reading:
    if isinstance(raw, str) and raw in fact.values:
        return Reading(raw)
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
    return Reading(None, (diagnostic,))


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
) -> Reading:
    if isinstance(raw, str):
        quantity = read_quantity(fact, raw, place)
    else:
        quantity = _number(fact, raw, place)
    if isinstance(quantity, Diagnostic):
        return Reading(None, (quantity,))
    if beside:
        unlike = (quantity.unit,) if quantity.unit not in {None, beside[0]} else ()
        quantity = Quantity(quantity.value, beside[0])
        for other in (*beside[1:], *unlike):
            if not same_unit(fact, quantity, other):
                return Reading(None, (_two_units(fact, beside[0], other, place),))
    value = with_unit(fact, quantity, place)
    if isinstance(value, Diagnostic):
        return Reading(None, (value,))
    if quantity.unit is not None or fact.unit is None:
        return Reading(value)
    if units is Units.REQUIRED:
        return Reading(None, (unit_missing(fact, quantity, place),))
    return Reading(value, (), fact.unit)


def _two_units(fact: Fact, unit: str, other: str | None, place: Label) -> Diagnostic:
    return Diagnostic(
        code="GDL717",
        message=f"`{fact.name}` is said to be in `{shown(unit)}` and in `{shown(other)}`",
        labels=(place,),
        help=(Help(message="keep the unit of the report"),),
    )


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
            if _is_short(raw):
                return Quantity(Fraction(raw))
            return _too_long(fact, place)
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


def _is_short(number: Decimal) -> bool:
    return len(number.as_tuple().digits) <= MOST_DIGITS and (
        number == 0 or abs(number.adjusted()) <= MOST_DIGITS
    )


def _too_long(fact: Fact, place: Label) -> Diagnostic:
    return Diagnostic(
        code="GDL719",
        message=f"the number of `{fact.name}` has more than {MOST_DIGITS} digits",
        labels=(place,),
        help=(Help(message=TOO_LONG_REMEDY),),
    )
