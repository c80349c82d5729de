"""The difference between two guidelines as JSON, schema `b12guide.diff/1`."""

from __future__ import annotations

from typing import Any

from b12guide.graph.model import RuleGraph
from b12guide.prove.difference import Difference, Treated
from b12guide.show.diff_text import about, said_of
from b12guide.show.proof_json import patient_json
from b12guide.show.record_json import engine_json
from b12guide.show.to_json import guideline_json

__all__ = ["SCHEMA", "diff_to_json"]

SCHEMA = "b12guide.diff/1"


def diff_to_json(difference: Difference) -> dict[str, Any]:
    """The difference as a value that `json.dumps` takes."""
    return {
        "schema": SCHEMA,
        "old": guideline_json(difference.old),
        "new": guideline_json(difference.new),
        "engine": engine_json(difference),
        "on": None,
        "rules": [
            {"rule": one.name, "change": one.change.value, "parts": list(one.parts)}
            for one in difference.rules
        ],
        "decisions": [_treated(one, difference.old) for one in difference.treated],
        "nobody_is_treated_differently": difference.is_proved_same,
    }


def _treated(treated: Treated, graph: RuleGraph) -> dict[str, Any]:
    compared = treated.compared
    witness = compared.witness
    return {
        "about": about(compared),
        "sameness": compared.sameness.value,
        "facts": list(compared.facts),
        "patient": None if witness is None else patient_json(witness.values, graph),
        "reading": None if witness is None else witness.reading.value,
        "old": None if treated.old is None else said_of(compared, treated.old),
        "new": None if treated.new is None else said_of(compared, treated.new),
    }
