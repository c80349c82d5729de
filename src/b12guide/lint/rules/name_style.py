"""GDL548: a name in another style."""

from __future__ import annotations

import re
from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.wording import owner_of
from b12guide.semantics.checks.report import finding
from b12guide.syntax import ast

__all__ = ["RULE"]

_STYLE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")


def _find(material: Material) -> Iterator[Diagnostic]:
    for file in material.files:
        for item in file.items:
            if isinstance(
                item,
                ast.Rule
                | ast.Definition
                | ast.Declaration
                | ast.Invariant
                | ast.Implication
                | ast.Source,
            ) and not _STYLE.fullmatch(item.name.text):
                yield finding(
                    RULE.code,
                    f"the name of {owner_of(item)} is not in the style of the language",
                    (file.text, item.name),
                    help_=f"such as `{_styled(item.name.text)}`",
                    severity=Severity.INFO,
                )


def _styled(name: str) -> str:
    """The name in the style: `RenalForm` is `renal_form`."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"_+", "_", apart).strip("_").lower()


RULE = LintRule(
    code="GDL548",
    name="name-style",
    level=Level.INFO,
    says="Names are in small letters, with `_` between words.",
    find=_find,
)
