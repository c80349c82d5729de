"""GDL544: a name of the language in a text for people."""

from __future__ import annotations

import re
from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.wording import said
from b12guide.semantics.checks.report import remark
from b12guide.semantics.scope import Namespace
from b12guide.syntax import ast

__all__ = ["RULE"]

_NAME = re.compile(r"\b[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+\b")


def _find(material: Material) -> Iterator[Diagnostic]:
    names = {name for n in Namespace for name in material.scope.entries[n]}
    for one in said(material):
        if isinstance(one.item, ast.Example):
            continue  # its title is for authors
        for written, place in one.matches(_NAME):
            if written in names:
                yield remark(
                    RULE.code,
                    f"{one.role.value} of {one.owner} has the name `{written}` in it",
                    (one.text, place),
                    "say it in words",
                )


RULE = LintRule(
    code="GDL544",
    name="name-in-text",
    level=Level.WARNING,
    says="Texts are in words, not in names of the language.",
    find=_find,
)
