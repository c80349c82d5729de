"""GDL507: a rule that a wider one makes superfluous."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, permutations

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.saying import MOST_PAIRS, Overlap, alike, overlap
from b12guide.semantics.checks.report import finding

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    everybody = material.everybody
    if everybody is None:
        return
    for group in alike(material):
        covered = set[str]()
        for (text, narrow), (_, wide) in islice(permutations(group, 2), MOST_PAIRS):
            if (
                narrow.name.text not in covered
                and narrow.grounds.strength is wide.grounds.strength
                and overlap(narrow, wide, everybody) is Overlap.INSIDE
            ):
                covered.add(narrow.name.text)
                yield finding(
                    RULE.code,
                    f"`{wide.name.text}` says the same, as strongly, to everybody to whom"
                    f" `{narrow.name.text}` applies",
                    (text, narrow.name),
                    others=((material.text_of(wide), wide.name, "the wider rule"),),
                    help_="leave the narrower rule out, or say what is special about it",
                    severity=Severity.WARNING,
                )


RULE = LintRule(
    code="GDL507",
    name="covered-rule",
    level=Level.WARNING,
    says="A rule says something that no wider rule says already.",
    find=_find,
)
