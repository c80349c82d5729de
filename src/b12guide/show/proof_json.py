"""Proofs as JSON, schema `b12guide.proofs/1`."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from b12guide.graph.model import Place, RuleGraph
from b12guide.patient.model import FactValue
from b12guide.prove.claim import Proof, Settled
from b12guide.prove.everything import Proofs
from b12guide.prove.example import example_of
from b12guide.show.diagnostic_json import diagnostics_to_json
from b12guide.show.proof_diagnostic import proof_diagnostic
from b12guide.show.record_json import engine_json
from b12guide.show.to_json import guideline_json
from b12guide.values.quantity import format_quantity

__all__ = ["SCHEMA", "patient_json", "proofs_to_json"]

SCHEMA = "b12guide.proofs/1"


def proofs_to_json(answer: Proofs) -> dict[str, Any]:
    """The proofs as a value that `json.dumps` takes."""
    proofs, graph = answer.proofs, answer.graph
    found = tuple(proof_diagnostic(proof, graph) for proof in proofs if proof.is_open)
    return {
        "schema": SCHEMA,
        "guideline": guideline_json(graph),
        "engine": engine_json(answer),
        "on": None,
        "claims": [_proof(proof, graph) for proof in proofs],
        "diagnostics": diagnostics_to_json(found)["diagnostics"],
        "summary": {
            settled.value: sum(proof.settled is settled for proof in proofs)
            for settled in Settled
        },
    }


def _proof(proof: Proof, graph: RuleGraph) -> dict[str, Any]:
    witness = proof.witness
    return {
        "kind": proof.claim.kind.value,
        "name": proof.claim.name,
        "text": proof.claim.text,
        "settled": proof.settled.value,
        "remark": proof.remark,
        "place": None if proof.claim.place is None else _place(proof.claim.place),
        "rules": [
            {"rule": name, "place": _place_of(name, graph)} for name in proof.rules
        ],
        "patient": None if witness is None else patient_json(witness.values, graph),
        "reading": None if witness is None else witness.reading.value,
        "example": example_of(proof, graph),
    }


def patient_json(
    values: Mapping[str, FactValue | None], graph: RuleGraph
) -> dict[str, Any]:
    """A patient as in a patient file."""
    facts = {name: _value(name, value, graph) for name, value in values.items()}
    return {"facts": facts, "otherwise": "unknown"}


def _value(name: str, value: FactValue | None, graph: RuleGraph) -> Any:
    if isinstance(value, Fraction):
        fact = graph.vocabulary.facts.get(name)
        return format_quantity(value, fact.unit if fact else None)
    return value


def _place_of(rule: str, graph: RuleGraph) -> dict[str, Any] | None:
    place = graph.rules[rule].place
    return None if place is None else _place(place)


def _place(place: Place) -> dict[str, Any]:
    position = place.text.position(place.span.start)
    return {
        "file": place.text.name,
        "line": position.line,
        "column": position.column,
    }
