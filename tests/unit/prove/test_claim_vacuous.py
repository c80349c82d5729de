"""Claims that hold because they speak of nothing (M58), and claims about two drugs."""

from __future__ import annotations

import pytest

from b12guide.prove.claim import ClaimKind, Proof
from b12guide.prove.everything import prove
from tests.unit.prove.writing import read

RULES = """
rule folate
    when      folate_deficiency
    give      folic_acid 5 mg oral daily
    ...
rule gate
    when      b12_deficiency
    withhold  folic_acid until b12_repleted
    ...
rule renal_form
    when      egfr < 50 mL/min
    form      hydroxocobalamin, not cyanocobalamin
    ...
rule course
    when      b12_deficiency
    load      hydroxocobalamin 1 mg IM daily for 1 week
    ...
"""


def proof_of(claim: str, more: str = "") -> Proof:
    found = read(f"{RULES}{more}invariant claim\n    {claim}\n")
    (proof,) = (
        proof
        for proof in prove(found.graph, found.draft)
        if proof.claim.kind is ClaimKind.INVARIANT
    )
    return proof


@pytest.mark.parametrize(
    ("claim", "settled", "remark"),
    [
        ("never cyanocobalamin", "vacuous", "no rule can ever offer `cyanocobalamin`"),
        ("never folic_acid before mecobalamin", "vacuous", "offer `mecobalamin`"),
        ("never mecobalamin before folic_acid", "vacuous", "offer `mecobalamin`"),
        (
            "never load hydroxocobalamin 2 mg IM daily for 1 week",
            "vacuous",
            "for any patient",
        ),
        ("never route oral", "vacuous", "for any patient"),
        ("never avoid mecobalamin", "vacuous", "for any patient"),
        (
            "always form hydroxocobalamin when severe_deficiency and not b12_deficiency",
            "vacuous",
            "no patient can meet",
        ),
        (
            "never folic_acid when bariatric_procedure is roux_en_y and not bariatric_surgery",
            "vacuous",
            "no patient can meet",
        ),
        ("never folic_acid when not folate_deficiency", "proved", ""),
        ("never folic_acid when b12_deficiency", "broken", ""),
        ("never folic_acid when b12_deficiency unless b12_repleted", "proved", ""),
        (
            "never load hydroxocobalamin 1 mg IM daily for 1 week unless b12_deficiency",
            "proved",
            "",
        ),
        ("always avoid cyanocobalamin when egfr < 50 mL/min", "proved", ""),
        (
            "always form hydroxocobalamin, not cyanocobalamin when egfr < 50 mL/min",
            "proved",
            "",
        ),
        ("always avoid cyanocobalamin", "broken", ""),
        ("always contraindicated cyanocobalamin when egfr < 50 mL/min", "broken", ""),
        (
            "always form hydroxocobalamin, not mecobalamin when egfr < 50 mL/min",
            "broken",
            "",
        ),
        ("always form mecobalamin when egfr < 50 mL/min", "broken", ""),
        ("never avoid cyanocobalamin when diabetes", "broken", ""),
        (
            "never give folic_acid 5 mg oral daily when b12_deficiency unless b12_repleted",
            "proved",
            "",
        ),
    ],
)
def test_a_claim_is_vacuous_when_nothing_could_break_it(
    claim: str, settled: str, remark: str
) -> None:
    proof = proof_of(claim)

    assert proof.settled.value == settled
    assert remark in proof.remark
    assert proof.is_open is (settled != "proved")


def test_what_is_contraindicated_or_withheld_is_spoken_of() -> None:
    no = "rule no\n    contraindicated hydroxocobalamin\n    ...\n"

    assert proof_of("never hydroxocobalamin", no).settled.value == "proved"
    later = "rule firm\n    withhold folic_acid unless pregnancy\n    ...\n"
    assert (
        proof_of("never folic_acid unless pregnancy", later).settled.value == "proved"
    )


def test_a_claim_about_two_drugs_is_broken_where_both_are_offered() -> None:
    proof = proof_of("never folic_acid before hydroxocobalamin")
    apart = "rule firm\n    withhold folic_acid unless pregnancy\n    ...\n"

    assert proof.settled.value == "broken"
    assert proof.witness is not None
    assert "folate_deficiency" in proof.witness.values
    assert proof_of(
        "never folic_acid before hydroxocobalamin", apart
    ).settled.value == ("broken")
    never = apart.replace(" unless pregnancy", "")
    assert proof_of(
        "never folic_acid before hydroxocobalamin", never
    ).settled.value == ("proved")


def test_the_smallest_patient_breaks_a_claim_for_certain() -> None:
    proof = proof_of("never give folic_acid 5 mg oral daily when b12_deficiency")

    assert proof.witness is not None
    assert {*proof.witness.values} == {
        "b12_deficiency",
        "b12_repleted",
        "folate_deficiency",
    }
