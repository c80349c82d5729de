"""GDL310, GDL311, GDL317 and GDL318: doses that somebody could mean, as often as anybody could."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from b12guide.diagnostics import Diagnostic
from b12guide.regimen.phase import Times, most_per_day
from b12guide.regimen.schedule import MOST_PER_DAY
from b12guide.semantics.checks.quantities import namespace_drugs
from b12guide.semantics.checks.report import finding, misfit
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Scope
from b12guide.semantics.types import (
    Misfit,
    dose,
    drug_named,
    duration,
    limits_of,
    text_of,
)
from b12guide.syntax import ast
from b12guide.syntax.ast import Declaration
from b12guide.text import Text

__all__ = [
    "dose_fits",
    "dose_is_plausible",
    "doses_are_countable",
    "given_drug_is_named",
]


def _doses(draft: Draft) -> Iterator[tuple[Text, ast.Phase, ast.Name | None, bool]]:
    """Every phase with the drug that it is of, and whether the verb is `give`."""
    for text, node in draft.each_node(ast.Load, ast.Maintain, ast.Give):
        if not isinstance(node, ast.Load | ast.Maintain | ast.Give):
            continue
        for regimen in node.plan.regimens:
            drug: ast.Name | None = None
            for phase in regimen.phases:
                drug = phase.drug or drug
                yield text, phase, drug, isinstance(node, ast.Give)


def given_drug_is_named(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL317: `give` names the drug."""
    for text, phase, drug, is_given in _doses(draft):
        if drug is None and is_given:
            yield finding(
                "GDL317",
                f"`give` does not say which drug {text_of(phase.dose)} is of",
                (text, phase),
                help_=f"such as `give folic_acid {text_of(phase.dose)}`",
            )


def dose_fits(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL310: a dose is a mass, or measured as the vocabulary measures that drug."""
    for text, phase, name, _ in _doses(draft):
        meaning = dose(phase.dose, drug_named(name.text if name else None, scope))
        if isinstance(meaning, Misfit):
            yield misfit(meaning, (text, phase.dose))


def dose_is_plausible(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL311: a dose lies where doses of the drug lie; a slip of the unit is a thousandfold."""
    of_the_form = tuple(drugs_of_the_form(draft, scope))
    for text, phase, name, _ in _doses(draft):
        drug = drug_named(name.text if name else None, scope)
        candidates = of_the_form if name is None else (drug,) if drug else ()
        limits = [c for c in candidates if c.plausible_dose is not None]
        if limits and not any(_is_plausible(phase.dose, c) for c in limits):
            nearest = limits[0]
            limit = nearest.plausible_dose or phase.dose
            yield finding(
                "GDL311",
                f"a dose of {text_of(phase.dose)}{_of(drug)} is not believable",
                (text, phase.dose),
                notes=(
                    f"doses of `{nearest.name.text}` lie between {limits_of(limit)}",
                ),
                help_=_other_unit(phase.dose, nearest),
            )


def doses_are_countable(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL318: nobody takes more than 24 doses a day, and no timeline lists them."""
    for text, phase, _drug, _is_given in _doses(draft):
        match phase.frequency:
            case ast.Every(interval=interval):
                length, most = duration(interval), 1
            case ast.Times(count=count, per=per):
                length, most = duration(per), int(count.high)
            case None:
                continue
        if isinstance(length, Misfit):
            continue
        frequency = Times(most, most, length)
        if most and most_per_day(frequency) > MOST_PER_DAY:
            yield finding(
                "GDL318",
                f"these are more than {MOST_PER_DAY} doses a day",
                (text, phase.frequency),
                help_="check the number and the unit of time",
            )


def _of(drug: Declaration | None) -> str:
    return "" if drug is None else f" of `{drug.name.text}`"


def drugs_of_the_form(draft: Draft, scope: Scope) -> Iterator[Declaration]:
    """The drugs that a dose without a drug may be of: those that `form` rules speak of."""
    named: set[str] = set()
    given: set[str] = set()
    for _, node in draft.each_node(ast.Form, ast.Give):
        match node:
            case ast.Form(drugs=drugs):
                named |= {name.text for name in drugs}
            case ast.Give(plan=plan):
                phases = (p for r in plan.regimens for p in r.phases)
                given |= {p.drug.text for p in phases if p.drug is not None}
            case _:
                pass
    formed = {id(drug_named(name, scope)) for name in named}
    apart = {id(drug_named(name, scope)) for name in given}
    for drug in namespace_drugs(scope):
        if id(drug) in formed or (not named and id(drug) not in apart):
            yield drug


def _limits(drug: Declaration) -> tuple[Fraction, Fraction, str] | None:
    if drug.plausible_dose is None:
        return None
    limits = dose(drug.plausible_dose, drug)
    return None if isinstance(limits, Misfit) else limits


def _is_plausible(quantity: ast.Quantity, drug: Declaration) -> bool:
    meaning, limits = dose(quantity, drug), _limits(drug)
    if isinstance(meaning, Misfit) or limits is None:
        return True
    return limits[0] <= meaning[0] and meaning[1] <= limits[1]


def _other_unit(quantity: ast.Quantity, drug: Declaration) -> str:
    """The same number with the unit that makes it believable, if there is one."""
    for unit in ("µg", "mg", "g"):
        other = ast.Quantity(
            span=quantity.span, low=quantity.low, high=quantity.high, unit=unit
        )
        if _is_plausible(other, drug):
            return f"did you mean `{text_of(other)}`"
    return "check the number and its unit"
