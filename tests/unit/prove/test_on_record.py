"""Proofs about what is on record: a search over complete patients must not take it for granted."""

from __future__ import annotations

import pytest

from b12guide.graph.model import Decision
from b12guide.prove.claim import ClaimKind, ProofOutcome
from b12guide.prove.difference import Sameness, TwoGuidelines
from b12guide.prove.everything import prove
from b12guide.prove.search import Nobody
from b12guide.prove.witness import Witness, given_text
from tests.strategies.sought import find_patient
from tests.unit.prove.writing import read

RULES = """rule unmeasured
    when serum_b12 is not measured
    form mecobalamin
    ...
rule measured
    when serum_b12 is measured
    form hydroxocobalamin
    ...
"""


def settled(text: str) -> dict[tuple[ClaimKind, str], ProofOutcome]:
    written = read(text)
    return {
        (proof.claim.kind, proof.claim.name): proof.settled
        for proof in prove(written.graph, written.draft)
    }


def test_a_rule_for_those_without_a_measurement_can_apply() -> None:
    found = settled(RULES)

    assert found[ClaimKind.DEAD, "unmeasured"] is ProofOutcome.PROVED
    assert found[ClaimKind.DEAD, "measured"] is ProofOutcome.PROVED
    assert found[ClaimKind.CONFLICT, "form"] is ProofOutcome.PROVED
    assert ProofOutcome.BROKEN not in found.values()


def test_what_an_author_asks_of_the_record_may_change_with_it() -> None:
    written = read(RULES)
    (lasting,) = [
        p
        for p in prove(written.graph, written.draft)
        if p.claim.kind is ClaimKind.LASTING
    ]

    assert lasting.settled is ProofOutcome.PROVED
    assert lasting.remark == "what is recorded may change it: serum_b12"


def test_a_claim_is_broken_by_somebody_of_whom_less_is_recorded() -> None:
    written = read(RULES + "invariant never_mecobalamin\n    never form mecobalamin\n")
    (proof,) = [
        p
        for p in prove(written.graph, written.draft)
        if p.claim.kind is ClaimKind.INVARIANT
    ]

    assert proof.settled is ProofOutcome.BROKEN
    assert proof.witness is not None
    assert given_text(proof.witness.values, written.graph) == "nothing known"


@pytest.mark.parametrize(
    ("condition", "patient"),
    [
        ("serum_b12 is not measured and numbness", "numbness"),
        ("numbness is not recorded", "nothing known"),
        ("numbness is recorded", "not numbness"),
        ("numbness is recorded and numbness is not established", "not numbness"),
        ("serum_b12 is not measured and serum_b12 < 100 pg/mL", None),
        ("numbness is established and numbness is not recorded", None),
        ("bariatric_procedure is recorded", "not bariatric_surgery"),
        ("nerves is not recorded", "nothing known"),
        ("nerves is recorded and not numbness", "not paresthesia, not numbness"),
    ],
)
def test_the_smallest_patient_has_the_record_that_is_asked_for(
    condition: str, patient: str | None
) -> None:
    text = (
        f"define nerves as any of paresthesia, numbness\ndefine asked as {condition}\n"
    )
    graph = read(text + "rule r\n    when asked\n    form mecobalamin\n    ...\n").graph
    found = find_patient(graph.definitions["asked"].condition, graph)

    if patient is None:
        assert isinstance(found, Nobody)
    else:
        assert isinstance(found, Witness)
        assert given_text(found.values, graph) == patient


@pytest.mark.parametrize(
    ("other", "sameness"),
    [
        ("serum_b12 is recorded", Sameness.SAME),
        ("not serum_b12 is not measured", Sameness.SAME),
        ("serum_b12 >= 0 pg/mL", Sameness.DIFFERENT),
        ("homocysteine is measured", Sameness.DIFFERENT),
        ("serum_b12 is measured or numbness", Sameness.DIFFERENT),
    ],
)
def test_guidelines_that_ask_for_other_records_are_told_apart(
    other: str, sameness: Sameness
) -> None:
    rule = "rule r\n    when {}\n    form mecobalamin\n    ...\n"
    one, two = (
        read(rule.format(asked)).graph for asked in ("serum_b12 is measured", other)
    )

    assert TwoGuidelines.of(one, two).decision(Decision.FORM).sameness is sameness


def test_the_other_solver_agrees() -> None:
    pytest.importorskip("z3", reason="the extra prove is not installed")
    from b12guide.prove.to_z3 import disagreements, is_possible  # noqa: PLC0415

    written = read(
        RULES + "rule nobody\n"
        "    when numbness is established and numbness is not recorded\n"
        "    route oral\n    ...\n"
    )
    proofs = prove(written.graph, written.draft)

    assert list(disagreements(proofs, written.graph)) == []
    dead = {p.claim.name: p.settled for p in proofs if p.claim.kind is ClaimKind.DEAD}
    assert dead["nobody"] is ProofOutcome.BROKEN
    assert is_possible(written.graph.rules["unmeasured"].condition, written.graph)
