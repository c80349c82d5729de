"""GDL542: a long sentence for patients."""

from __future__ import annotations

import re
from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.wording import Role, said
from b12guide.semantics.checks.report import finding

__all__ = ["RULE"]

_MOST = 30
"""In words; half as many again as writing guides advise."""

_END = re.compile(r"[.!?:;]\s+")


def _find(material: Material) -> Iterator[Diagnostic]:
    for one in said(material, Role.PATIENT):
        longest = max(len(part.split()) for part in _END.split(one.prose.text))
        if longest > _MOST:
            yield finding(
                RULE.code,
                f"the text for patients of {one.owner} has a sentence of {longest} words",
                (one.text, one.prose),
                help_=f"make two of it; up to {_MOST} words are easily read",
                severity=Severity.INFO,
            )


RULE = LintRule(
    code="GDL542",
    name="long-sentence",
    level=Level.INFO,
    says="Sentences for patients are short.",
    find=_find,
)
