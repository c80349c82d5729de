"""What became of the mutants of a guideline as JSON, schema `b12guide.mutation/1`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from b12guide.graph.model import RuleGraph
from b12guide.prove.mutation import Fate, Judged
from b12guide.show.proof_json import patient_json

__all__ = ["SCHEMA", "mutation_to_json"]

SCHEMA = "b12guide.mutation/1"


def mutation_to_json(judged: Sequence[Judged], graph: RuleGraph) -> dict[str, Any]:
    """The mutants as a value that `json.dumps` takes."""
    return {
        "schema": SCHEMA,
        "guideline": graph.name,
        "mutants": [_mutant(one, graph) for one in judged],
        "summary": {
            fate.value: sum(one.fate is fate for one in judged) for fate in Fate
        },
    }


def _mutant(one: Judged, graph: RuleGraph) -> dict[str, Any]:
    witness = one.witness
    return {
        "of": one.mutant.of,
        "mistake": one.mutant.mistake.value,
        "text": one.mutant.text,
        "fate": one.fate.value,
        "by": one.by or None,
        "decision": None if one.decision is None else one.decision.value,
        "patient": None if witness is None else patient_json(witness.values, graph),
    }
