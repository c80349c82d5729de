"""Doses and schedules: complete, usual, and written so that nobody misreads them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from b12guide.diagnostics import Diagnostic, Edit, Help, Severity
from b12guide.lint.material import Level, LintRule, Material, said
from b12guide.semantics.checks.quantities import drugs_of_the_form
from b12guide.semantics.checks.report import finding, remark
from b12guide.semantics.scope import Misfit, dose, drug_named, text_of
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


def mixed_micro(material: Material) -> Iterator[Diagnostic]:
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
        kind = _kind(match)
        if kind != usual:
            yield _other_micro(text, match, usual)


def _kind(match: re.Match[str]) -> str:
    return match[1] or "mcg"


def _other_micro(text: Text, match: re.Match[str], usual: str) -> Diagnostic:
    written = match.group()
    unit = "g" if written == "mcg" else written[1:]
    better = "mcg" if usual == "mcg" and unit == "g" else f"{usual[:1]}{unit}"
    if usual == "mcg" and unit != "g":
        better = f"{_CANONICAL}{unit}"
    edit = Edit(text=text, span=Span(*match.span()), replacement=better)
    return finding(
        MIXED_MICRO.code,
        f"`{written}` has {_CALLED[_kind(match)]}, elsewhere {_CALLED[usual]} stands",
        (text, ast.Node(span=edit.span)),
        help_=Help(message=f"write `{better}`", edits=(edit,)),
        severity=Severity.WARNING,
    )


MIXED_MICRO = LintRule(
    code="GDL533",
    name="mixed-micro",
    level=Level.WARNING,
    says="One spelling of micro: `µg`, `mcg` or `ug`.",
    find=mixed_micro,
    fixes=True,
)


_UNIT = r"(?=\s?(?:mg|[u\u00b5\u03bc]g|mcg|ng|g|mL|ml)\b)"
_RISKY = re.compile(rf"(?<![\d.])(?:\d+\.0+(?!\d)|\.\d+){_UNIT}")
_ZEROS = re.compile(r"(?<=[0-9])\.0+(?![0-9])")


def risky_decimal(material: Material) -> Iterator[Diagnostic]:
    for text, node in material.each_node(ast.Phase):
        if isinstance(node, ast.Phase):
            yield from _in_dose(text, node.dose)
    for one in said(material):
        for number, place in one.matches(_RISKY):
            yield _misread_dose(number, (one.text, place))


def _in_dose(text: Text, dose: ast.Quantity) -> Iterator[Diagnostic]:
    written = text.slice(dose.span)
    edits = tuple(
        Edit(
            text=text,
            span=Span(dose.span.start + zeros.start(), dose.span.start + zeros.end()),
            replacement="",
        )
        for zeros in _ZEROS.finditer(written)
    )
    if edits:
        yield _misread_dose(written, (text, dose), edits)


def _misread_dose(
    number: str, place: tuple[Text, ast.Node], edits: tuple[Edit, ...] = ()
) -> Diagnostic:
    message = "write a zero before the point" if number[0] == "." else "leave `.0` out"
    return finding(
        RISKY_DECIMAL.code,
        f"where the point of `{number}` is overlooked, the dose is ten times as large",
        place,
        help_=Help(message=message, edits=edits),
        severity=Severity.WARNING,
    )


RISKY_DECIMAL = LintRule(
    code="GDL534",
    name="risky-decimal",
    level=Level.WARNING,
    says="A dose has no zero behind the point, and one before it.",
    find=risky_decimal,
    fixes=True,
)


_INSTEAD: Mapping[re.Pattern[str], str] = {
    re.compile(r"\b[qQ]\.?[dD]\b\.?"): "daily",
    re.compile(r"\b[qQ]\.?[oO]\.?[dD]\b\.?"): "every other day",
    re.compile(r"\bI\.?U\b\.?|\bi\.?u\b\.?"): "international units",
    re.compile(r"(?<=\d)\s?[uU]\b(?!\.?[A-Za-z])"): "units",
    re.compile(r"(?<=\d)\s?cc\b"): "mL",
}
"""Those that hospitals forbid because doses were misread, with what to write."""


def error_prone_abbreviation(material: Material) -> Iterator[Diagnostic]:
    for one in said(material):
        for pattern, plain in _INSTEAD.items():
            for written, place in one.matches(pattern):
                yield remark(
                    ERROR_PRONE_ABBREVIATION.code,
                    f"`{written.strip()}` in {one.role.value} of {one.owner} is easily"
                    " misread",
                    (one.text, place),
                    f"write `{plain}`",
                )


ERROR_PRONE_ABBREVIATION = LintRule(
    code="GDL535",
    name="error-prone-abbreviation",
    level=Level.WARNING,
    says="Texts have no abbreviations that were misread before.",
    find=error_prone_abbreviation,
)


def regimens(rule: ast.Rule) -> tuple[ast.Regimen, ...]:
    """The schedules of a rule that loads, maintains or gives."""
    return tuple(
        regimen
        for action in rule.actions
        if isinstance(action, ast.Load | ast.Maintain | ast.Give)
        for regimen in action.plan.regimens
    )


def unusual_dose(material: Material) -> Iterator[Diagnostic]:
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
                    yield _outside_the_usual(text, phase.dose, usual[0])


def _outside_the_usual(
    text: Text, dose: ast.Quantity, drug: ast.Declaration
) -> Diagnostic:
    usual = text_of(drug.usual_dose or dose)
    return finding(
        UNUSUAL_DOSE.code,
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


UNUSUAL_DOSE = LintRule(
    code="GDL536",
    name="unusual-dose",
    level=Level.WARNING,
    says="A dose is what doses of the drug usually are.",
    find=unusual_dose,
)


def interval_without_bound(material: Material) -> Iterator[Diagnostic]:
    for text, rule in material.each(ast.Rule):
        for regimen in regimens(rule):
            for phase, following in pairwise((*regimen.phases, None)):
                if phase is None:
                    continue
                if phase.frequency is not None and phase.bound is None:
                    yield remark(
                        INTERVAL_WITHOUT_BOUND.code,
                        f"the schedule of `{rule.name.text}` does not say how long it "
                        "goes on",
                        (text, phase),
                        "say `for ...`, `until ...`, `for life` or `indefinitely`",
                    )
                elif following is not None and isinstance(phase.bound, ast.ForLife):
                    yield remark(
                        INTERVAL_WITHOUT_BOUND.code,
                        f"a phase of `{rule.name.text}` goes on for life, so that what "
                        "follows never begins",
                        (text, phase),
                        "say `for ...` or `until ...`",
                    )


INTERVAL_WITHOUT_BOUND = LintRule(
    code="GDL537",
    name="interval-without-bound",
    level=Level.WARNING,
    says="A schedule says when it ends.",
    find=interval_without_bound,
)


def incomplete_dose(material: Material) -> Iterator[Diagnostic]:
    for text, rule in material.each(ast.Rule):
        for regimen in regimens(rule):
            for phase in regimen.phases:
                lacking = tuple(_lacking(phase))
                if lacking:
                    yield remark(
                        INCOMPLETE_DOSE.code,
                        f"a dose of `{rule.name.text}` does not say"
                        f" {' or '.join(lacking)}",
                        (text, phase),
                        "write it as the source does: `1000 µg IM every 2 months`",
                    )


def _lacking(phase: ast.Phase) -> Iterator[str]:
    if phase.route is None:
        yield "by which route"
    is_single = isinstance(phase.bound, ast.ForDoses) and phase.bound.count == 1
    if phase.frequency is None and not is_single:
        yield "how often"


INCOMPLETE_DOSE = LintRule(
    code="GDL538",
    name="incomplete-dose",
    level=Level.WARNING,
    says="A dose says by which route and how often.",
    find=incomplete_dose,
)
