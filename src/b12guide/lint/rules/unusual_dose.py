"""GDL536: a dose outside what is usual."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.dosing import regimens
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.doses import drugs_of_the_form
from b12guide.semantics.checks.report import finding
from b12guide.semantics.types import Misfit, dose, drug_named, text_of
from b12guide.syntax import ast
from b12guide.text import Text

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    of_the_form = tuple(drugs_of_the_form(material.draft, material.scope))
    for text, rule in material.each(ast.Rule):
        for regimen in regimens(rule):
            name: ast.Name | None = None
            for phase in regimen.phases:
                name = phase.drug or name
                drug = drug_named(name.text if name else None, material.scope)
                candidates = of_the_form if name is None else (drug,) if drug else ()
                usual = [each for each in candidates if each.usual_dose is not None]
                if usual and not any(_is_usual(phase.dose, each) for each in usual):
                    yield _finding(text, phase.dose, usual[0])


def _finding(text: Text, dose: ast.Quantity, drug: ast.Declaration) -> Diagnostic:
    usual = text_of(drug.usual_dose or dose)
    return finding(
        RULE.code,
        f"a dose of {text_of(dose)} of `{drug.name.text}` is unusual",
        (text, dose),
        notes=(f"usual is {usual}",),
        help_="see whether the source prints it so, and then allow it with that reason",
        severity=Severity.WARNING,
    )


def _is_usual(quantity: ast.Quantity, drug: ast.Declaration) -> bool:
    meaning = dose(quantity, drug)
    usual = None if drug.usual_dose is None else dose(drug.usual_dose, drug)
    if usual is None or isinstance(meaning, Misfit) or isinstance(usual, Misfit):
        return True
    return usual[0] <= meaning[0] and meaning[1] <= usual[1]


RULE = LintRule(
    code="GDL536",
    name="unusual-dose",
    level=Level.WARNING,
    says="A dose is what doses of the drug usually are.",
    find=_find,
)
