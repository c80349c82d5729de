"""GDL546: a title with a full stop, or a sentence without."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.wording import Role, Said, said
from b12guide.semantics.checks.report import finding

__all__ = ["RULE"]

_TITLES = frozenset({Role.TITLE, Role.LABEL, Role.SECTION})
_ENDS = (".", "!", "?", ".)", '."', "\u2026")


def _find(material: Material) -> Iterator[Diagnostic]:
    for one in said(material):
        written = one.prose.text.rstrip()
        if not written:
            continue
        if one.role in _TITLES:
            if written.endswith((".", ",", ";", ":")) and not written.endswith(".."):
                message = f"{one.role.value} of {one.owner} ends with `{written[-1]}`"
                yield _finding(message, one, "leave it out: it is no sentence")
        elif not written.endswith(_ENDS):
            message = f"{one.role.value} of {one.owner} does not end as a sentence does"
            yield _finding(message, one, "end it with a full stop")


def _finding(message: str, one: Said, remedy: str) -> Diagnostic:
    place = (one.text, one.prose)
    return finding(RULE.code, message, place, help_=remedy, severity=Severity.INFO)


RULE = LintRule(
    code="GDL546",
    name="punctuation",
    level=Level.INFO,
    says="Titles end without a full stop, sentences with one.",
    find=_find,
)
