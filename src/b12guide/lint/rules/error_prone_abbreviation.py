"""GDL535: an abbreviation that is easily misread."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.wording import said
from b12guide.semantics.checks.report import remark

__all__ = ["RULE"]

_INSTEAD: Mapping[re.Pattern[str], str] = {
    re.compile(r"\b[qQ]\.?[dD]\b\.?"): "daily",
    re.compile(r"\b[qQ]\.?[oO]\.?[dD]\b\.?"): "every other day",
    re.compile(r"\bI\.?U\b\.?|\bi\.?u\b\.?"): "international units",
    re.compile(r"(?<=\d)\s?[uU]\b(?!\.?[A-Za-z])"): "units",
    re.compile(r"(?<=\d)\s?cc\b"): "mL",
}
"""Those that hospitals forbid because doses were misread, with what to write."""


def _find(material: Material) -> Iterator[Diagnostic]:
    for one in said(material):
        for pattern, plain in _INSTEAD.items():
            for written, place in one.matches(pattern):
                yield remark(
                    RULE.code,
                    f"`{written.strip()}` in {one.role.value} of {one.owner} is easily"
                    " misread",
                    (one.text, place),
                    f"write `{plain}`",
                )


RULE = LintRule(
    code="GDL535",
    name="error-prone-abbreviation",
    level=Level.WARNING,
    says="Texts have no abbreviations that were misread before.",
    find=_find,
)
