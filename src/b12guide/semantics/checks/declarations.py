"""GDL307, GDL308 and GDL315: the words of a vocabulary make sense in themselves."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.semantics.checks.report import finding, misfit, remark
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Scope
from b12guide.semantics.types import (
    Misfit,
    dose,
    in_unit_of,
    limits_of,
    molar_mass_of,
    unknown_unit,
    with_unit_of,
)
from b12guide.syntax.ast import Declaration, Definition, Kind, Quantity
from b12guide.values.unit import Dimension, parse_unit

__all__ = [
    "absence_is_plausible",
    "clause_fits_kind",
    "unit_is_known",
    "vocabulary_quantity_fits",
]


_OF_A_DOSE = {
    ((dimension, 1),)
    for dimension in (Dimension.MASS, Dimension.SUBSTANCE, Dimension.ACTIVITY)
}


def clause_fits_kind(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL315: a declaration has the clauses of its kind, and no others."""
    for text, declaration in draft.each(Declaration):
        kind, name = declaration.kind, declaration.name
        for clause, is_written, kinds in (
            (
                "asks",
                declaration.asks,
                {Kind.FINDING, Kind.MEASURE, Kind.CHOICE, Kind.EVENT},
            ),
            ("unit", declaration.unit, {Kind.MEASURE}),
            ("also written", declaration.also_written, {Kind.MEASURE}),
            ("plausible", declaration.plausible, {Kind.MEASURE}),
            ("molar mass", declaration.molar_mass, {Kind.MEASURE}),
            ("absent", declaration.absent, {Kind.MEASURE}),
            ("plausible dose", declaration.plausible_dose, {Kind.DRUG}),
            ("usual dose", declaration.usual_dose, {Kind.DRUG}),
            ("values", declaration.values, {Kind.CHOICE}),
            (
                "implies",
                declaration.implies,
                {Kind.FINDING, Kind.EVENT, Kind.CHOICE},
            ),
        ):
            if is_written and kind not in kinds:
                fitting = " or ".join(
                    f"an {k.value}" if k is Kind.EVENT else f"a {k.value}"
                    for k in Kind
                    if k in kinds
                )
                yield finding(
                    "GDL315",
                    f"the {kind.value} `{name.text}` cannot have `{clause}`",
                    (text, name),
                    help_=f"`{clause}` belongs to {fitting}",
                )
        if kind is Kind.CHOICE and not declaration.values:
            yield finding(
                "GDL315",
                f"the choice `{name.text}` has no values to choose from",
                (text, name),
                help_="name them: `values none, ...`",
            )


def question_is_asked(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL427: what `asks` says is a question."""
    for text, item in draft.each_item():
        if not isinstance(item, Declaration | Definition):
            continue
        asks = item.asks
        if asks is not None and not asks.text.rstrip().endswith("?"):
            yield remark(
                "GDL427",
                f"the question about `{item.name.text}` has no question mark",
                (text, asks),
                'write it as one asks it: `asks "Do your feet tingle?"`',
            )


def unit_is_known(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL307: the unit of a measure is a unit."""
    for text, declaration in draft.each(Declaration):
        if declaration.unit is not None and parse_unit(declaration.unit) is None:
            yield misfit(unknown_unit(declaration.unit), (text, declaration.name))


def vocabulary_quantity_fits(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL304, GDL308 and GDL310: plausible ranges are in a unit of what they are of."""
    for text, declaration in draft.each(Declaration):
        unit = declaration.unit
        if declaration.kind is Kind.MEASURE and (
            unit is None or parse_unit(unit) is not None
        ):
            for quantity in (declaration.plausible, declaration.absent):
                if quantity is not None:
                    meaning = in_unit_of(
                        declaration, with_unit_of(declaration, quantity)
                    )
                    if isinstance(meaning, Misfit):
                        yield misfit(meaning, (text, quantity))
        for amount in (declaration.plausible_dose, declaration.usual_dose):
            misfitting = None if amount is None else _misfit(amount, declaration)
            if amount is not None and misfitting is not None:
                yield misfit(misfitting, (text, amount))
        mass = declaration.molar_mass
        if mass is not None and not molar_mass_of(declaration):
            found = Misfit(
                "GDL304",
                f"`{mass.unit}` is no unit of a molar mass",
                "give it in `g/mol`",
            )
            yield misfit(found, (text, mass))


def absence_is_plausible(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL309: what `absent` stands for is a value that somebody can have."""
    for text, declaration in draft.each(Declaration):
        absent, plausible = declaration.absent, declaration.plausible
        if absent is None or plausible is None:
            continue
        plausible = with_unit_of(declaration, plausible)
        value = in_unit_of(declaration, with_unit_of(declaration, absent))
        ends = in_unit_of(declaration, plausible)
        if isinstance(value, Misfit) or isinstance(ends, Misfit):
            continue
        if not ends[0] <= value[0] <= ends[1]:
            yield finding(
                "GDL309",
                f"`{declaration.name.text}` lies between {limits_of(plausible)}, "
                "so nobody has the value that `absent` stands for",
                (text, absent),
                help_="check the number and its unit",
            )


def _misfit(amount: Quantity, drug: Declaration) -> Misfit | None:
    """Why an amount can be no dose of a drug; None where it can, or there is no drug."""
    if drug.kind is not Kind.DRUG:
        return None
    meaning = dose(amount, drug)
    if isinstance(meaning, Misfit):
        return meaning
    unit = amount.unit or ""
    measured = parse_unit(unit)
    if measured is None or measured.dimensions in _OF_A_DOSE:
        return None
    message = f"`{unit}` is {measured.measures}, and no drug is measured so"
    return Misfit("GDL310", message, "give it in `mg`, `IU` or `mmol`")
