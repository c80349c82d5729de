"""The pages of GDL401 and GDL6xx show what they speak of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from b12guide.evaluate.evaluator import Evaluator
from b12guide.prove.everything import prove
from b12guide.show.reports import proof_diagnostic
from b12guide.show.trial import trial_diagnostics
from b12guide.trial.report import coverage
from b12guide.trial.run import run_examples
from tests.unit.prove.writing import GROUNDS, checked

PAGES = sorted((Path(__file__).parents[3] / "docs" / "diagnostics").glob("GDL6*.md"))
SHOWN = [page for page in PAGES if page.stem != "GDL619"]


def block(page: Path, title: str) -> str:
    """The guideline under a title, its rules with grounds."""
    pattern = rf"^## {title}\n.*?^```gdl\n(.*?)^```$"
    markdown = page.read_text(encoding="utf-8")
    found = re.search(pattern, markdown, flags=re.DOTALL | re.MULTILINE)
    assert found is not None
    rules = re.split(
        r"^(?=rule |invariant |example |conflict |define )",
        found[1],
        flags=re.MULTILINE,
    )
    return "".join(
        rule + (GROUNDS if "strength" not in rule else "    cites page\n")
        if rule.startswith("rule ")
        else rule
        for rule in rules
    )


def codes(text: str) -> set[str]:
    """Every code that trying and proving the guideline brings about."""
    found = checked(text)
    assert found.graph is not None, [d.message for d in found.diagnostics]
    results = run_examples(Evaluator.of(found.graph), found.draft)
    reached = coverage(found.graph, found.draft, results)
    told = [*trial_diagnostics(results, reached, found.graph)]
    proofs = prove(found.graph, found.draft)
    told += [proof_diagnostic(p, found.graph) for p in proofs if p.is_open]
    return {diagnostic.code for diagnostic in told}


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.stem)
def test_what_is_to_be_avoided_is_told(page: Path) -> None:
    assert page.stem in codes(block(page, "Avoid"))


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.stem)
def test_what_is_to_be_preferred_is_not(page: Path) -> None:
    assert page.stem not in codes(block(page, "Prefer"))
