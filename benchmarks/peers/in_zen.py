"""The guideline in ZEN, GoRules' engine (Rust, PyPI `zen-engine`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from contest import Contestant, NotInstalledError, Plain, made, timed
from rails_text import Dialect, rule_texts

from b12guide.evaluate.evaluator import Evaluator

__all__ = ["contestants"]


def contestants(
    evaluator: Evaluator, patients: Sequence[Plain]
) -> Iterator[Contestant]:
    """One compiled expression for all rules, and a decision with an expression node."""
    try:
        import zen  # noqa: PLC0415 - only where it is installed
    except ImportError as error:
        message = "ZEN: pip install zen-engine"
        raise NotInstalledError(message) from error
    dialect = Dialect(conjunction=" and ", disjunction=" or ", negation="not ")
    texts = [
        f"({rule.applies}) ? 1 : (({rule.falls}) ? 0 : (({rule.overridden}) ? 2 : 3))"
        for rule in rule_texts(evaluator, dialect)
    ]
    whole, making = made(lambda: zen.compile_expression(f"[{', '.join(texts)}]"))
    decision = zen.ZenEngine().create_decision(json.dumps(_decision(texts)))
    mappings = [dict(patient) for patient in patients]
    names = [f"r{number}" for number in range(len(texts))]

    def ask(mapping: dict[str, Any]) -> list[int]:
        found = decision.evaluate(mapping)["result"]
        return [found[name] for name in names]

    yield timed(
        "ZEN (Rust), one compiled expression",
        lambda: [whole.evaluate(mapping) for mapping in mappings],
        making,
    )
    yield timed(
        "ZEN (Rust), `decision.evaluate`", lambda: [ask(one) for one in mappings]
    )


def _decision(texts: Sequence[str]) -> dict[str, Any]:
    expressions = [
        {"id": f"e{number}", "key": f"r{number}", "value": text}
        for number, text in enumerate(texts)
    ]
    kinds = {"in": "inputNode", "rules": "expressionNode", "out": "outputNode"}
    return {
        "nodes": [
            {
                "id": name,
                "name": name,
                "type": kind,
                "position": {"x": 0, "y": 0},
                "content": {"expressions": expressions} if name == "rules" else {},
            }
            for name, kind in kinds.items()
        ],
        "edges": [
            {"id": f"{a}-{b}", "type": "edge", "sourceId": a, "targetId": b}
            for a, b in (("in", "rules"), ("rules", "out"))
        ],
    }
