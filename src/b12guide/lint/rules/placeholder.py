"""GDL545: a text that is still to be written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.wording import said
from b12guide.semantics.checks.report import remark

__all__ = ["RULE"]

_LEFT = re.compile(
    r"\b(?:TODO|FIXME|TBD|TBC|XXX)\b|\?{2,}|\blorem ipsum\b|^\s*(?:\.{2,}|\u2026|-+)?\s*$",
)


def _find(material: Material) -> Iterator[Diagnostic]:
    for one in said(material):
        for written, place in one.matches(_LEFT):
            what = f"`{written.strip()}`" if written.strip() else "nothing"
            yield remark(
                RULE.code,
                f"{one.role.value} of {one.owner} is still to be written: it says {what}",
                (one.text, place),
            )
            break


RULE = LintRule(
    code="GDL545",
    name="placeholder",
    level=Level.WARNING,
    says="No text is left to be written.",
    find=_find,
)
