"""Doses and schedules: complete, usual, and written so that nobody misreads them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from b12guide.diagnostics import Diagnostic, Edit, Help
from b12guide.lint.material import Level, Material, finding, lint_rule, said, written_as
from b12guide.semantics.checks.quantities import drugs_of_the_form
from b12guide.semantics.scope import Misfit, dose, drug_named, is_by_weight, text_of
from b12guide.syntax import ast
from b12guide.text import Span, Text

_MICRO = re.compile(
    r"(?<![A-Za-z_])(?:mcg|([u\u00b5\u03bc])(?:g|mol|L|l))(?![A-Za-z_])"
)
_CALLED = {
    "\u00b5": "the micro sign",
    "\u03bc": "the Greek letter mu",
    "u": "the letter u",
    "mcg": "the letters mc",
}
_CANONICAL = "\u00b5"


@lint_rule("GDL533", Level.WARNING, fixes=True)
def mixed_micro(material: Material) -> Iterator[Diagnostic]:
    """One spelling of micro: `µg`, `mcg` or `ug`."""
    found = [
        (file.text, match)
        for file in material.files
        for match in _MICRO.finditer(file.text.characters)
    ]
    counts = Counter(_kind(match) for _, match in found)
    if len(counts) < 2:
        return
    usual = max(counts, key=lambda kind: (counts[kind], kind == _CANONICAL, kind))
    for text, match in found:
        if (kind := _kind(match)) == usual:
            continue
        written, span = match.group(), Span(*match.span())
        unit = "g" if written == "mcg" else written[1:]
        prefix = usual
        if usual == "mcg":  # which is written of grams only
            prefix = "mc" if unit == "g" else _CANONICAL
        yield finding(
            f"`{written}` has {_CALLED[kind]}, elsewhere {_CALLED[usual]} stands",
            (text, ast.Node(span=span)),
            written_as(text, span, prefix + unit),
        )


def _kind(match: re.Match[str]) -> str:
    return match[1] or "mcg"


_UNIT = r"(?=\s?(?:mg|[u\u00b5\u03bc]g|mcg|ng|g|mL|ml)\b)"
_RISKY = re.compile(rf"(?<![\d.])(?:\d+\.0+(?!\d)|\.\d+){_UNIT}")
_ZEROS = re.compile(r"(?<=[0-9])\.0+(?![0-9])")


@lint_rule("GDL534", Level.WARNING, fixes=True)
def risky_decimal(material: Material) -> Iterator[Diagnostic]:
    """A dose has no zero behind the point, and one before it."""
    for text, node in material.each_node(ast.Phase):
        if isinstance(node, ast.Phase):
            span = node.dose.span
            written = text.slice(span)
            zeros = (
                Span(span.start + found.start(), span.start + found.end())
                for found in _ZEROS.finditer(written)
            )
            edits = tuple(Edit(text=text, span=z, replacement="") for z in zeros)
            if edits:
                yield _misread_dose(written, (text, node.dose), edits)
    for one in said(material):
        for number, place in one.matches(_RISKY):
            yield _misread_dose(number, (one.text, place))


def _misread_dose(
    number: str, place: tuple[Text, ast.Node], edits: tuple[Edit, ...] = ()
) -> Diagnostic:
    message = "write a zero before the point" if number[0] == "." else "leave `.0` out"
    return finding(
        f"where the point of `{number}` is overlooked, the dose is ten times as large",
        place,
        help_=Help(message=message, edits=edits),
    )


_INSTEAD: Mapping[re.Pattern[str], str] = {
    re.compile(r"\b[qQ]\.?[dD]\b\.?"): "daily",
    re.compile(r"\b[qQ]\.?[oO]\.?[dD]\b\.?"): "every other day",
    re.compile(r"\bI\.?U\b\.?|\bi\.?u\b\.?"): "international units",
    re.compile(r"(?<=\d)\s?[uU]\b(?!\.?[A-Za-z])"): "units",
    re.compile(r"(?<=\d)\s?cc\b"): "mL",
}
"""Those that hospitals forbid because doses were misread, with what to write."""


@lint_rule("GDL535", Level.WARNING)
def error_prone_abbreviation(material: Material) -> Iterator[Diagnostic]:
    """Texts have no abbreviations that were misread before."""
    for one in said(material):
        for pattern, plain in _INSTEAD.items():
            for written, place in one.matches(pattern):
                yield finding(
                    f"`{written.strip()}` in {one.role.value} of {one.owner} is easily"
                    " misread",
                    (one.text, place),
                    f"write `{plain}`",
                )


def _regimens(
    material: Material,
) -> Iterator[tuple[Text, ast.Rule, tuple[ast.Phase, ...]]]:
    """The schedules of the rules that load, maintain or give."""
    for text, rule in material.each(ast.Rule):
        for action in rule.actions:
            said = action.to if isinstance(action, ast.Change) else action
            if isinstance(said, ast.Load | ast.Maintain | ast.Give):
                for regimen in said.plan.regimens:
                    yield text, rule, regimen.phases


@lint_rule("GDL536", Level.WARNING)
def unusual_dose(material: Material) -> Iterator[Diagnostic]:
    """A dose is what doses of the drug usually are."""
    of_the_form = tuple(drugs_of_the_form(material.draft, material.scope))
    for text, _, phases in _regimens(material):
        name: ast.Name | None = None
        for phase in phases:
            name = phase.drug or name
            drug = drug_named(name.text if name else None, material.scope)
            candidates = of_the_form if name is None else (drug,) if drug else ()
            usual = [each for each in candidates if each.usual_dose is not None]
            if usual and not any(_is_usual(phase.dose, each) for each in usual):
                named, range_ = usual[0].name.text, usual[0].usual_dose or phase.dose
                yield finding(
                    f"a dose of {text_of(phase.dose)} of `{named}` is unusual",
                    (text, phase.dose),
                    "see whether the source prints it so, and then allow it with that"
                    " reason",
                    notes=(f"usual is {text_of(range_)}",),
                )


def _is_usual(quantity: ast.Quantity, drug: ast.Declaration) -> bool:
    if is_by_weight(quantity):  # what it comes to differs from patient to patient
        return True
    meaning = dose(quantity, drug)
    usual = None if drug.usual_dose is None else dose(drug.usual_dose, drug)
    if usual is None or isinstance(meaning, Misfit) or isinstance(usual, Misfit):
        return True
    return usual[0] <= meaning[0] and meaning[1] <= usual[1]


@lint_rule("GDL537", Level.WARNING)
def interval_without_bound(material: Material) -> Iterator[Diagnostic]:
    """A schedule says when it ends."""
    for text, rule, phases in _regimens(material):
        for place, phase in enumerate(phases, start=1):
            if phase.frequency is not None and phase.bound is None:
                yield finding(
                    f"the schedule of `{rule.name.text}` does not say how long it goes on",
                    (text, phase),
                    "say `for ...`, `until ...`, `for life` or `indefinitely`",
                )
            elif place < len(phases) and isinstance(phase.bound, ast.ForLife):
                yield finding(
                    f"a phase of `{rule.name.text}` goes on for life, so that what"
                    " follows never begins",
                    (text, phase),
                    "say `for ...` or `until ...`",
                )


@lint_rule("GDL538", Level.WARNING)
def incomplete_dose(material: Material) -> Iterator[Diagnostic]:
    """A dose says by which route and how often."""
    for text, rule, phases in _regimens(material):
        for phase in phases:
            lacking = ["by which route"] if phase.route is None else []
            is_single = isinstance(phase.bound, ast.ForDoses) and phase.bound.count == 1
            is_spaced = phase.frequency is not None or phase.apart is not None
            if not is_spaced and not is_single and not phase.as_needed:
                lacking.append("how often")
            if lacking:
                yield finding(
                    f"a dose of `{rule.name.text}` does not say {' or '.join(lacking)}",
                    (text, phase),
                    "write it as the source does: `1000 µg IM every 2 months`",
                )
