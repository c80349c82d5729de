"""The trial of a guideline's examples as JSON, schema `b12guide.trial/1`."""

from __future__ import annotations

from typing import Any

from b12guide.graph.model import Place, RuleGraph
from b12guide.show.diagnostic_json import diagnostics_to_json
from b12guide.show.record_json import engine_json
from b12guide.show.to_json import guideline_json
from b12guide.show.trial_diagnostic import answered_in_gdl, trial_diagnostics
from b12guide.trial.coverage import AtomCoverage, Coverage
from b12guide.trial.report import TrialReport
from b12guide.trial.result import ExampleResult, Trial
from b12guide.truth import Truth

__all__ = ["SCHEMA", "trial_to_json"]

SCHEMA = "b12guide.trial/1"


def trial_to_json(report: TrialReport) -> dict[str, Any]:
    """The trial as a value that `json.dumps` takes."""
    results, reached, graph = report.results, report.reached, report.graph
    diagnostics = trial_diagnostics(results, reached, graph)
    return {
        "schema": SCHEMA,
        "guideline": guideline_json(graph),
        "engine": engine_json(report),
        "on": None,
        "titled": report.titled,
        "examples": [_example(result, graph) for result in results],
        "coverage": None if reached is None else _coverage(reached),
        "diagnostics": diagnostics_to_json(diagnostics)["diagnostics"],
        "summary": {
            **{t.value: sum(r.trial is t for r in results) for t in Trial},
            "expectations": sum(r.expectations for r in results),
        },
    }


def _example(result: ExampleResult, graph: RuleGraph) -> dict[str, Any]:
    return {
        "title": result.title,
        "trial": result.trial.value,
        "place": _place(result.place),
        "expectations": result.expectations,
        "unmet": [
            {
                "expected": unmet.expected,
                "answered": answered_in_gdl(unmet, graph),
                "place": _place(unmet.place),
            }
            for unmet in result.unmet
        ],
        "vacuous": [
            {"expected": one.expected, "place": _place(one.place)}
            for one in result.vacuous
        ],
        "mistakes": [diagnostic.message for diagnostic in result.diagnostics],
    }


def _coverage(reached: Coverage) -> dict[str, Any]:
    return {
        "rules": [
            {
                "rule": rule.name,
                "place": _place(rule.place),
                "decisive_in": list(rule.decisive_in),
                "exceptions": [
                    {"rule": exception, "overrides_in": list(titles)}
                    for exception, titles in rule.exceptions
                ],
            }
            for rule in reached.rules
        ],
        "conditions": [
            {
                "of": condition.name or None,
                "place": _place(condition.place),
                "atoms": [_atom(atom) for atom in condition.atoms],
            }
            for condition in reached.conditions
        ],
        "summary": {
            "rules": _share(reached.decisive),
            "exceptions": _share(reached.overriding),
            "truth_values": _share(reached.values),
        },
    }


def _atom(atom: AtomCoverage) -> dict[str, Any]:
    return {
        "written": atom.written,
        "place": _place(atom.place),
        **{truth.value: truth in atom.seen for truth in Truth},
    }


def _share(counts: tuple[int, int]) -> dict[str, int]:
    reached, total = counts
    return {"reached": reached, "total": total}


def _place(place: Place) -> dict[str, Any]:
    position = place.text.position(place.span.start)
    return {
        "file": place.text.name,
        "line": position.line,
        "column": position.column,
    }
