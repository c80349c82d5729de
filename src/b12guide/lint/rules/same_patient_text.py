"""GDL541: two rules with the same words for the patient."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.wording import Role, said, said_again
from b12guide.semantics.checks.report import finding

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    texts = said(material, Role.PATIENT)
    for first, again in said_again(texts, lambda one: one.role):
        yield finding(
            RULE.code,
            f"{again.owner} says to the patient what {first.owner} says",
            (again.text, again.prose),
            others=((first.text, first.prose, "the same words"),),
            help_="say what is special about each: one page may show both",
            severity=Severity.WARNING,
        )


RULE = LintRule(
    code="GDL541",
    name="same-patient-text",
    level=Level.WARNING,
    says="Each rule has words of its own for the patient.",
    find=_find,
)
