"""Small guidelines for tests, with all that cards are about."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import evolve

import b12guide

HEAD = """
language 1
guideline g "A guideline"
    version    1.0.0
    revised    2026-02-24
    status     under review
    scope      age >= 18 years
    uses       b12
    statements S1 to S9
source book "A book" by "Someone", 2026
    kind    guideline
    printed as 1
    link    "https://example.org/book"
"""


@cache
def guideline(*rules: str) -> b12guide.Guideline:
    """A guideline of some rules, under review."""
    text = HEAD + "\n".join(rules)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "g.gdl"
        file.write_text(text, encoding="utf-8")
        return b12guide.load(file, cache=False)


def approved(given: b12guide.Guideline) -> b12guide.Guideline:
    """The same guideline, approved."""
    graph = evolve(
        given.graph,
        status=b12guide.Status.APPROVED,
        approved_by="A committee",
        approved_on="2026-03-01",
    )
    return b12guide.Guideline(evolve(given.loaded, graph=graph))


def rule(name: str, verb: str, *lines: str, strength: str = "should") -> str:
    """A rule with what every rule has."""
    return "\n".join(
        (
            f'rule {name} "Rule {name}"',
            *(f"    {line}" for line in lines),
            f"    {verb}",
            f"    strength {strength}",
            "    states S1",
            "    cites book",
            '    because "The book says so."',
            "",
        )
    )
