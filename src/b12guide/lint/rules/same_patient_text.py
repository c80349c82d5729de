"""GDL541: two rules with the same words for the patient."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.wording import Role, Said, said
from b12guide.semantics.checks.report import finding

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    first: dict[str, Said] = {}
    for one in said(material, Role.PATIENT):
        key = " ".join(one.prose.text.casefold().split())
        if key in first:
            yield finding(
                RULE.code,
                f"{one.owner} says to the patient what {first[key].owner} says",
                (one.text, one.prose),
                others=((first[key].text, first[key].prose, "the same words"),),
                help_="say what is special about each: one page may show both",
                severity=Severity.WARNING,
            )
        first.setdefault(key, one)


RULE = LintRule(
    code="GDL541",
    name="same-patient-text",
    level=Level.WARNING,
    says="Each rule has words of its own for the patient.",
    find=_find,
)
