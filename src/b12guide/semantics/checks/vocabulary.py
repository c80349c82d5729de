"""Checks of declarations: each name is declared once, with the clauses and units of its kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.semantics.checks.report import finding, misfit, remark
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import (
    Declared,
    Misfit,
    Namespace,
    Scope,
    dose,
    duration,
    folded,
    in_unit_of,
    limits_of,
    molar_mass_of,
    text_of,
    unknown_unit,
    with_unit_of,
)
from b12guide.syntax import ast
from b12guide.text import Text
from b12guide.values.calendar import add
from b12guide.values.duration import Duration
from b12guide.values.term import Kind
from b12guide.values.unit import Dimension, parse_unit


def duplicate_name(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL201: a name is declared once."""
    first: dict[tuple[str, str], tuple[Text, ast.Name, str]] = {}
    declared: list[tuple[str, Text, ast.Name, str]] = [
        (entry.namespace.value, entry.text, entry.item.name, entry.noun)
        for entry in scope.declared
    ]
    for text, invariant in draft.each(ast.Invariant):
        declared.append(("invariant", text, invariant.name, "an invariant"))
    for text, implication in draft.each(ast.Implication):
        declared.append(("implication", text, implication.name, "an implication"))
    for text, choice in draft.each(ast.Declaration):
        for value in choice.values:
            kind = f"value of {choice.name.text}"
            declared.append((kind, text, value.name, "a value"))
    for kind, text, name, noun in declared:
        key = (kind, name.text)
        if key in first:
            where, before, was = first[key]
            yield finding(
                "GDL201",
                f"`{name.text}` is already {was}",
                (text, name),
                others=((where, before, "declared here first"),),
                help_="give one of the two another name",
            )
        else:
            first[key] = (text, name, noun)


def _synonyms(scope: Scope) -> Iterator[tuple[Declared, str, tuple[str, ...]]]:
    for entry in scope.declared:
        if isinstance(entry.item, ast.Declaration):
            for synonym in entry.item.synonyms:
                names = scope.spellings[entry.namespace].get(folded(synonym), ())
                others = tuple(n for n in names if n != entry.name)
                if others:
                    yield entry, synonym, others


def ambiguous_synonym(_: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL218: a synonym stands for one word."""
    for entry, synonym, others in _synonyms(scope):
        names = scope.spellings[entry.namespace][folded(synonym)]
        is_a_name = folded(synonym) in {folded(name) for name in others}
        if entry.name != names[0] and not is_a_name:
            yield finding(
                "GDL218",
                f"`{synonym}` is a synonym of `{names[0]}` and of `{entry.name}`",
                (entry.text, entry.item.name),
                others=(declared_here(scope.entries[entry.namespace][names[0]]),),
                help_="keep it at one of them",
            )


def shadowed_synonym(_: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL219: a synonym is not the name of another word."""
    for entry, synonym, others in _synonyms(scope):
        if folded(synonym) in {folded(name) for name in others}:
            yield remark(
                "GDL219",
                f"the synonym `{synonym}` of `{entry.name}` is the name of another"
                f" {entry.namespace.value}, which it will stand for",
                (entry.text, entry.item.name),
                "leave the synonym out",
            )


def declared_here(entry: Declared) -> tuple[Text, ast.Name, str]:
    """The place of a declaration, as a further place of a diagnostic."""
    return entry.text, entry.item.name, "declared here"


_OF_A_DOSE = {
    ((dimension, 1),)
    for dimension in (Dimension.MASS, Dimension.SUBSTANCE, Dimension.ACTIVITY)
}


def clause_fits_kind(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL315: a declaration has the clauses of its kind, and no others."""
    for text, declaration in draft.each(ast.Declaration):
        kind, name = declaration.kind, declaration.name
        for clause, is_written, kinds in (
            (
                "asks",
                declaration.asks,
                {Kind.FINDING, Kind.MEASURE, Kind.CHOICE, Kind.EVENT},
            ),
            ("lay ... for", declaration.lay_for, {Kind.CHOICE}),
            ("unit", declaration.unit, {Kind.MEASURE}),
            ("also written", declaration.also_written, {Kind.MEASURE}),
            ("plausible", declaration.plausible, {Kind.MEASURE}),
            ("molar mass", declaration.molar_mass, {Kind.MEASURE}),
            ("absent", declaration.absent, {Kind.MEASURE}),
            ("current", declaration.current, {Kind.FINDING, Kind.MEASURE, Kind.CHOICE}),
            ("plausible dose", declaration.plausible_dose, {Kind.DRUG}),
            ("usual dose", declaration.usual_dose, {Kind.DRUG}),
            ("values", declaration.values, {Kind.CHOICE, Kind.CONCLUSION}),
            ("implies", declaration.implies, {Kind.FINDING, Kind.EVENT, Kind.CHOICE}),
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
        if kind is Kind.CONCLUSION and not declaration.values:
            yield finding(
                "GDL315",
                f"the conclusion `{name.text}` has no values to conclude",
                (text, name),
                help_="name them: `values confirmed, unlikely`",
            )


def question_is_asked(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL427: what `asks` says is a question."""
    for text, item in draft.each_item():
        if not isinstance(item, ast.Declaration | ast.Definition):
            continue
        asks = item.asks
        if asks is not None and not asks.text.rstrip().endswith("?"):
            yield remark(
                "GDL427",
                f"the question about `{item.name.text}` has no question mark",
                (text, asks),
                'write it as one asks it: `asks "Do your feet tingle?"`',
            )


def lay_words_differ(_: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL239: what patients read for a word, they read for no other of its kind."""
    first: dict[tuple[Namespace, str], Declared] = {}
    for entry in scope.declared:
        if isinstance(entry.item, ast.Declaration) and entry.item.lay:
            word = entry.item.lay[0]
            before = first.setdefault((entry.namespace, folded(word)), entry)
            if before is not entry and before.name != entry.name:
                yield remark(
                    "GDL239",
                    f"patients read `{word}` for `{before.name}` and for `{entry.name}`",
                    (entry.text, entry.item.name),
                    "put another word first at one of them",
                )


def unit_is_known(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL307: the unit of a measure is a unit."""
    for text, declaration in draft.each(ast.Declaration):
        if declaration.unit is not None and parse_unit(declaration.unit) is None:
            yield misfit(unknown_unit(declaration.unit), (text, declaration.name))


def vocabulary_quantity_fits(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL304, GDL308 and GDL310: plausible ranges are in a unit of what they are of."""
    for text, declaration in draft.each(ast.Declaration):
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
    for text, declaration in draft.each(ast.Declaration):
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
                "so no patient can have the value of `absent`",
                (text, absent),
                help_="check the number and its unit",
            )


def currency_is_of_days(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL312, GDL314: a value counts to the end of a day, and an age is counted in days."""
    lengths = [
        (text, declared.current)
        for text, declared in draft.each(ast.Declaration)
        if declared.current is not None
    ]
    lengths += [(text, item.length) for text, item in draft.each(ast.Currency)]
    for text, node in draft.each_node(ast.Aged):
        if isinstance(node, ast.Aged):
            lengths.append((text, node.length))
    for text, length in lengths:
        meaning = duration(length)
        if isinstance(meaning, Misfit):
            yield misfit(meaning, (text, length))
        elif add(dt.date(2000, 1, 1), Duration(meaning.low, meaning.unit)) is None:
            yield finding(
                "GDL312",
                f"`{text_of(length)}` does not end with a day",
                (text, length),
                help_="write a whole number of days, weeks, months or years",
            )


def events_stay_current(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL321: what has happened does not become too old."""
    for text, item in draft.each(ast.Currency):
        for name in item.facts:
            declared = scope.fact(name.text)
            if isinstance(declared, ast.Declaration) and declared.kind is Kind.EVENT:
                yield finding(
                    "GDL321",
                    f"the event `{name.text}` does not become too old: what has happened "
                    "has happened",
                    (text, name),
                    help_=f"leave `{name.text}` out",
                )


def currency_is_said_once(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL231: how long the values of a fact count is said once."""
    before: dict[str, tuple[Text, ast.Name, str]] = {}
    for text, item in draft.each(ast.Currency):
        for name in item.facts:
            here = (text, name, "it is said here first")
            first = before.setdefault(scope.name(Namespace.FACT, name.text), here)
            if first is not here:
                yield finding(
                    "GDL231",
                    f"how long `{name.text}` counts is said twice",
                    (text, name),
                    others=(first,),
                    help_="keep one of the two",
                )


def _misfit(amount: ast.Quantity, drug: ast.Declaration) -> Misfit | None:
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
