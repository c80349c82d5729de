"""A chain of exceptions that leaves nobody to answer, and what is no such gap (M18, M46)."""

from __future__ import annotations

import pytest

from b12guide.prove.claim import ClaimKind, ProofOutcome
from b12guide.prove.everything import prove
from tests.unit.prove.writing import checked, read

CHAIN = """
rule base
    when      b12_deficiency
    form      hydroxocobalamin
    ...
rule middle
    exception to base
    when      diabetes
    form      mecobalamin
    ...
rule last
    exception to middle
    when      nephropathy
    {last}
    ...
"""
COURSE = """
rule course
    when      b12_deficiency
    load      hydroxocobalamin 1 mg IM daily for 1 week
    ...
"""
ALLERGY = """
rule allergy
    when      cobalamin_hypersensitivity
    contraindicated hydroxocobalamin
    ...
"""


def warnings(text: str) -> list[str]:
    return [d.message for d in checked(text).diagnostics if d.code == "GDL421"]


def gaps(text: str) -> list[str]:
    found = read(text)
    proofs = prove(found.graph, found.draft)
    return [
        proof.claim.name
        for proof in proofs
        if proof.claim.kind is ClaimKind.GAP
        and proof.settled is not ProofOutcome.PROVED
    ]


def test_a_chain_whose_last_rule_speaks_of_something_else_is_a_gap() -> None:
    text = CHAIN.format(last="avoid cyanocobalamin")

    (said,) = warnings(text)
    assert said == (
        "`form` has no answer: `base` is overridden by `middle`, `middle` by `last`,"
        " which says nothing on what `base` answers"
    )
    assert gaps(text) == ["form"]


@pytest.mark.parametrize(
    "last", ["form hydroxocobalamin or mecobalamin", "may form mecobalamin"]
)
def test_a_chain_whose_last_rule_answers_is_none(last: str) -> None:
    text = CHAIN.format(last=last)
    if last.startswith("may"):
        text = text.replace("    ...\n", "    strength may\n    cites page\n")

    assert warnings(text) == []
    assert gaps(text) == []


def test_another_rule_may_answer_in_its_place() -> None:
    other = "rule other\n    when nephropathy\n    form hydroxocobalamin\n    ...\n"

    assert warnings(CHAIN.format(last="avoid cyanocobalamin") + other) == []


def test_a_test_that_is_checked_no_more_is_a_gap_beside_other_tests() -> None:
    text = """
rule yearly
    when      b12_deficiency
    check     ferritin every year
    ...
rule instead
    exception to yearly
    when      diabetes
    check     calcium every year
    ...
"""

    assert len(warnings(text)) == 1
    assert gaps(text) == ["monitoring"]
    assert gaps(text.replace("calcium", "ferritin")) == []


def test_a_contraindication_is_an_answer_of_its_own() -> None:
    above = ALLERGY.replace("    when", "    exception to course\n    when")

    for text in (COURSE + ALLERGY, COURSE + above):
        assert warnings(text) == []
        assert gaps(text) == []


def test_contraindications_are_neither_clashes_nor_forbidden_pairs() -> None:
    found = read(COURSE + "rule form\n    form hydroxocobalamin\n    ...\n" + ALLERGY)

    assert {d.code for d in found.diagnostics}.isdisjoint({"GDL401", "GDL421"})
    assert not any(proof.is_open for proof in prove(found.graph, found.draft))


def test_a_dose_beside_a_form_that_only_excludes_is_a_gap() -> None:
    text = """
rule course
    when      b12_deficiency
    load      1000 µg IM daily for 1 week
    ...
rule kidneys
    avoid     cyanocobalamin
    ...
"""

    assert gaps(text) == ["loading"]


def test_to_give_a_drug_answers_whether_it_is_withheld() -> None:
    text = """
rule gate
    withhold  folic_acid until b12_repleted
    ...
rule emergency
    exception to gate
    when      pregnancy
    give      folic_acid 5 mg oral daily
    ...
"""

    assert warnings(text) == []
    assert gaps(text) == []
    assert gaps(text.replace("give      folic_acid 5 mg oral daily", 'note "ask"'))
