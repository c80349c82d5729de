"""What asks for several values is proved and changed as the rest of a guideline is (M96, M97)."""

from __future__ import annotations

import pytest

from b12guide.graph.model import Decision, RuleGraph
from b12guide.prove.difference import Sameness, difference
from b12guide.prove.mutation import Fate, mutants, mutate
from b12guide.show.reports import diff_text
from tests.unit.prove.writing import read

TEXT = """\
measure hb "haemoglobin"
    unit g/L
rule twice
    when     last 2 serum_b12 > 1000 pg/mL
    form     mecobalamin
    ...
"""


def changed(old: str, new: str) -> set[Decision | None]:
    """The decisions in which two guidelines differ."""
    found = difference(read(old).graph, read(new).graph)
    return {
        one.compared.decision
        for one in found.treated
        if one.compared.sameness is not Sameness.SAME
    }


@pytest.mark.parametrize(
    ("condition", "same"),
    [
        ("last 3 serum_b12 > 1000 pg/mL", False),
        ("last 2 serum_b12 > 900 pg/mL", False),
        ("last 2 serum_b12 > 1000 pg/mL and serum_b12 > 900 pg/mL", True),
        ("last 2 serum_b12 > 1000 pg/mL and last 2 serum_b12 > 900 pg/mL", True),
        ("last 2 serum_b12 > 1000 pg/mL and serum_b12 > 1001 pg/mL", False),
        ("last 2 serum_b12 > 1000 pg/mL or last 3 serum_b12 > 1000 pg/mL", True),
    ],
)
def test_those_of_two_guidelines_are_tied_to_each_other(
    condition: str, same: bool
) -> None:
    other = TEXT.replace("last 2 serum_b12 > 1000 pg/mL", condition)

    assert (changed(TEXT, other) == set()) is same


def test_a_patient_who_is_treated_differently_is_told_in_the_words_of_both() -> None:
    other = TEXT.replace("last 2", "last 3")

    told = " ".join(diff_text(difference(read(TEXT).graph, read(other).graph)).split())

    assert "last 2 serum_b12 > 1000 pg/mL" in told
    assert "not last 3 serum_b12 > 1000 pg/mL" in told


def texts(graph: RuleGraph) -> set[str]:
    return {one.text for one in mutants(graph)}


def test_mutants_change_how_many_values_how_far_and_how_long() -> None:
    rise = "hb rose less than 10 g/L in 4 weeks"

    assert texts(read(TEXT).graph) >= {
        "serum_b12 last 3 for 2",
        "serum_b12 last 1 for 2",
        "serum_b12 bound +1",
        "serum_b12 bound -1",
        "serum_b12 >= for >",
    }
    found = texts(read(TEXT.replace("last 2 serum_b12 > 1000 pg/mL", rise)).graph)
    assert found >= {
        "hb the other direction",
        "hb at most for less than",
        "hb more than for less than",
        "hb bound -1",
        "hb length +1",
        "hb length -1",
    }


NOTICED = (
    TEXT
    + """\
example "both"
    given  serum_b12 1001 pg/mL on 2026-01-01, serum_b12 1200 pg/mL on 2026-02-01
    expect form mecobalamin
example "one"
    given  serum_b12 1000 pg/mL on 2026-01-01, serum_b12 1200 pg/mL on 2026-02-01
    expect rule twice does not apply
"""
)


def test_examples_with_dated_values_notice_them() -> None:
    alive = survivors(NOTICED[: NOTICED.index('example "one"')])

    assert alive >= {"serum_b12 >= for >", "serum_b12 last 1 for 2"}
    assert survivors(NOTICED) == {"option for default"}


def survivors(text: str) -> set[str]:
    """The mistakes that no example notices."""
    unit = read(text)
    judged = mutate(unit.graph, unit.draft)
    return {one.mutant.text for one in judged if one.fate is Fate.SURVIVED}
