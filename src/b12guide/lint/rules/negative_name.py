"""GDL547: a name that is a negation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark
from b12guide.syntax import ast

__all__ = ["RULE"]

_NEGATIVE = re.compile(r"(?:no|not|non|without|lack_of|absence_of)_")


def _find(material: Material) -> Iterator[Diagnostic]:
    for file in material.files:
        for item in file.items:
            match item:
                case ast.Definition(name=name):
                    pass
                case ast.Declaration(kind=ast.Kind.FINDING | ast.Kind.EVENT, name=name):
                    pass
                case _:
                    continue
            if _NEGATIVE.match(name.text):
                yield remark(
                    RULE.code,
                    f"`{name.text}` is a negation: `not {name.text}` will be hard to read",
                    (file.text, name),
                    "name what is so, and write `not` where it is not",
                )


RULE = LintRule(
    code="GDL547",
    name="negative-name",
    level=Level.WARNING,
    says="Names say what is so, not what is not.",
    find=_find,
)
