"""Lowers the declarations of a checked draft: its words, and what they imply."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from b12guide.graph.condition import Condition, OneOf
from b12guide.graph.condition_from_syntax import lower_condition, truth_of
from b12guide.graph.model import Code, Fact, Implication, Place, Vocabulary, Word
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Scope
from b12guide.semantics.types import (
    dose,
    dose_unit_of,
    in_unit_of,
    molar_mass_of,
    printed_unit,
    settled,
    with_unit_of,
)
from b12guide.syntax import ast
from b12guide.text import Text
from b12guide.values.term import Kind

__all__ = ["as_title", "lower_implications", "lower_vocabulary", "prose"]


def prose(written: ast.Prose | None) -> str | None:
    """What is said, if something is."""
    return None if written is None else written.text


def as_title(name: str) -> str:
    """A name in words, where its author gave it no title."""
    return name.replace("_", " ")


def lower_vocabulary(draft: Draft) -> Vocabulary:
    """Every word that the files of a draft declare."""
    facts: dict[str, Fact] = {}
    words: dict[Kind, dict[str, Word]] = {
        kind: {} for kind in (Kind.DRUG, Kind.TEST, Kind.ROUTE, Kind.SITE)
    }
    for text, declaration in draft.each(ast.Declaration):
        name = declaration.name.text
        if declaration.kind in words:
            words[declaration.kind][name] = _word(text, declaration)
        else:
            facts[name] = _fact(text, declaration)
    return Vocabulary(
        facts=facts,
        drugs=words[Kind.DRUG],
        tests=words[Kind.TEST],
        routes=words[Kind.ROUTE],
        sites=words[Kind.SITE],
    )


def _codes(declaration: ast.Declaration) -> tuple[Code, ...]:
    return tuple(
        Code(
            system=code.system.text,
            code=code.code,
            value=None if code.value is None else code.value.text,
            seen=code.seen,
        )
        for code in declaration.codes
    )


def _word(text: Text, declaration: ast.Declaration) -> Word:
    plausible: tuple[Fraction, Fraction] | None = None
    unit: str | None = None
    if declaration.plausible_dose is not None:
        low, high, unit = settled(dose(declaration.plausible_dose, declaration))
        plausible = (low, high)
    elif declaration.kind is Kind.DRUG:
        unit = dose_unit_of(declaration)
    return Word(
        kind=declaration.kind,
        name=declaration.name.text,
        label=prose(declaration.label) or as_title(declaration.name.text),
        synonyms=declaration.synonyms,
        codes=_codes(declaration),
        plausible_dose=plausible,
        dose_unit=unit,
        place=Place(text=text, span=declaration.name.span),
    )


def _fact(text: Text, declaration: ast.Declaration) -> Fact:
    absent = _in_own_unit(declaration, declaration.absent)
    return Fact(
        kind=declaration.kind,
        name=declaration.name.text,
        label=prose(declaration.label) or as_title(declaration.name.text),
        asks=prose(declaration.asks),
        synonyms=declaration.synonyms,
        codes=_codes(declaration),
        unit=printed_unit(declaration.unit),
        also_written=declaration.also_written,
        plausible=_in_own_unit(declaration, declaration.plausible),
        molar_mass=molar_mass_of(declaration),
        absent=None if absent is None else absent[0],
        values=tuple(value.name.text for value in declaration.values),
        value_labels=tuple(
            prose(value.label) or as_title(value.name.text)
            for value in declaration.values
        ),
        place=Place(text=text, span=declaration.name.span),
    )


def _in_own_unit(
    measure: ast.Declaration, quantity: ast.Quantity | None
) -> tuple[Fraction, Fraction] | None:
    """Both ends of a quantity of a declaration, in the unit declared with it."""
    if quantity is None:
        return None
    return settled(in_unit_of(measure, with_unit_of(measure, quantity)))


def lower_implications(draft: Draft, scope: Scope) -> Iterator[Implication]:
    """What the files say follows from what, in the order written."""
    for _, item in draft.each(ast.Implication):
        yield Implication(
            name=item.name.text,
            premise=lower_condition(item.premise, scope),
            conclusion=lower_condition(item.conclusion, scope),
        )
    for _, declaration in draft.each(ast.Declaration):
        for number, conclusion in enumerate(declaration.implies, start=1):
            suffix = "" if number == 1 else f"_{number}"
            yield Implication(
                name=f"{declaration.name.text}_implies{suffix}",
                premise=_is_present(declaration, scope),
                conclusion=lower_condition(conclusion, scope),
            )


def _is_present(declaration: ast.Declaration, scope: Scope) -> Condition:
    """What `implies` starts from: the finding, or any value of a choice but `none`."""
    if declaration.kind is Kind.CHOICE:
        values = (value.name.text for value in declaration.values)
        return OneOf(declaration.name.text, tuple(v for v in values if v != "none"))
    return truth_of(declaration.name, scope)
