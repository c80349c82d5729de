"""What is said of a drug that a rule withholds and another offers all the same."""

from __future__ import annotations

import pytest

from b12guide.prove.claim import ClaimKind, Proof, ProofOutcome, example_of
from b12guide.prove.everything import prove
from b12guide.show.reports import proof_diagnostic
from tests.unit.prove.writing import read

GATE = """rule gate
    when pregnancy
    withhold hydroxocobalamin until b12_repleted
    ...
"""
FORM = """rule first_choice
    when b12_deficiency
    form {drugs}
    ...
rule course
    when b12_deficiency
    load 1000 µg IM weekly for 4 weeks
    ...
"""


def withheld(text: str) -> tuple[Proof, str, str]:
    """The proof that the drug is withheld, its remedy and its example."""
    written = read(text)
    (proof,) = (
        proof
        for proof in prove(written.graph, written.draft)
        if proof.claim.kind is ClaimKind.WITHHELD
    )
    (remedy,) = proof_diagnostic(proof, written.graph).help
    return proof, remedy.message, example_of(proof, written.graph) or ""


@pytest.mark.parametrize(
    "drugs", ["hydroxocobalamin", "mecobalamin or hydroxocobalamin"]
)
def test_a_form_offers_what_it_names_and_is_named_in_the_remedy(drugs: str) -> None:
    proof, remedy, example = withheld(GATE + FORM.format(drugs=drugs))

    assert proof.settled is ProofOutcome.BROKEN
    assert proof.rules == ("gate", "first_choice")
    assert "`first_choice`" in remedy
    assert "`gate`" in remedy
    assert "expect no form hydroxocobalamin" in example


def test_an_exception_that_lets_the_drug_through_is_looked_for_elsewhere() -> None:
    text = (
        GATE
        + """rule course
    when b12_deficiency
    load hydroxocobalamin 1000 µg IM weekly for 4 weeks
    ...
rule urgent
    exception to gate
    when numbness
    note "It cannot wait."
    ...
"""
    )
    proof, remedy, _ = withheld(text)

    assert proof.settled is ProofOutcome.BROKEN
    assert proof.rules == ("gate",)
    assert "exception" in remedy


def test_a_form_that_leaves_the_drug_out_meanwhile_keeps_the_claim() -> None:
    text = GATE + FORM.format(drugs="hydroxocobalamin").replace(
        "when b12_deficiency\n    form", "when not pregnancy\n    form"
    )
    written = read(text)
    found = {p.claim.kind: p.settled for p in prove(written.graph, written.draft)}

    assert found[ClaimKind.WITHHELD] is ProofOutcome.PROVED
