"""An audit as JSON, schema `b12guide.audit/1`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from b12guide.audit.finding import Audit, Finding, FindingRow
from b12guide.diagnostics import Diagnostic
from b12guide.graph.model import RuleGraph
from b12guide.show.record_json import (
    as_stated,
    engine_json,
    options_json,
    patient_record,
)
from b12guide.show.to_json import challenge_json, guideline_json, silences_json
from b12guide.show.wording import EDUCATION_NOTICE, fact_text
from b12guide.truth import Truth

__all__ = ["COLUMNS", "SCHEMA", "audit_to_json", "finding_rows"]

SCHEMA = "b12guide.audit/1"

_SCOPE = {
    Truth.TRUE: "applies",
    Truth.FALSE: "does not apply",
    Truth.UNKNOWN: "unknown",
}


def audit_to_json(audit: Audit) -> dict[str, Any]:
    """The audit as a value that `json.dumps` takes."""
    stated = audit.stated
    return {
        "schema": SCHEMA,
        "guideline": guideline_json(audit.graph),
        "engine": engine_json(audit),
        "education": EDUCATION_NOTICE,
        "on": audit.on.isoformat(),
        "options": None if stated is None else options_json(stated),
        "patient": None
        if stated is None
        else patient_record(stated, audit.graph, audit.assumed_absent),
        "history": [
            {name: as_stated(value) for name, value in row} for row in audit.history
        ],
        "scope": _SCOPE[audit.scope],
        "tolerance": audit.tolerance.to_dict(),
        "families": [family.value for family in audit.families],
        "findings": [
            _finding(finding, audit.graph, _own(audit)) for finding in audit.findings
        ],
        "summary": {
            **{gravity.value: count for gravity, count in audit.counts.items()},
            "events": audit.events,
            "later": audit.later,
        },
        "assumptions": [{"id": a.name, "text": a.text} for a in audit.assumptions],
        "challenges": [challenge_json(c, audit.graph) for c in audit.challenges],
        "silent": silences_json(audit.silences, audit.graph, _own(audit)),
        "undated": [
            {"fact": name, "label": fact_text(audit.graph, name)}
            for name in audit.undated
        ],
        "notices": list(audit.notices),
        "diagnostics": [_warning(warning) for warning in audit.warnings],
    }


def _warning(warning: Diagnostic) -> dict[str, Any]:
    """What is to be said of a row, which stands in the record itself: there it points."""
    row = (warning.pointer or "").removeprefix("/events")
    plain: dict[str, Any] = {"pointer": f"/history{row}", "place": None, "labels": []}
    return {**warning.to_dict(), **plain}


def _finding(finding: Finding, graph: RuleGraph, own: frozenset[str]) -> dict[str, Any]:
    """One finding, and under `rows` what each rule says to it, day by day."""
    return {
        **_said(finding, graph, own),
        "family": finding.family.value,
        "rules": list(finding.rules),
        "rows": [_said(row, graph, own) for row in finding.rows],
    }


def _own(audit: Audit) -> frozenset[str]:
    """The patient's own facts, where the audit is of one patient."""
    return frozenset() if audit.stated is None else audit.stated.own


def _said(
    one: Finding | FindingRow, graph: RuleGraph, own: frozenset[str]
) -> dict[str, Any]:
    """What a finding as a whole and each of its rows have alike."""
    return {
        "on": one.on.isoformat(),
        "severity": one.gravity.value,
        "rule": one.rule.name,
        "statements": list(one.statements),
        "text": one.text,
        "limit": one.limit,
        "compared": [day.isoformat() for day in one.compared],
        "needs": list(one.needs),
        "assumptions": list(one.assumptions),
        "challenges": list(one.challenges),
        "missing": [
            {"what": m.what.value, "text": m.text, "quote": m.quote}
            for m in one.missing
        ],
        "silent": silences_json(one.silences, graph, own),
        "undated": list(one.undated),
        "clears": one.clears,
    }


COLUMNS = (
    *("finding", "on", "severity", "family", "rule", "statements", "text", "limit"),
    *("compared", "needs", "assumptions", "challenges", "missing", "silent", "clears"),
)


def finding_rows(audit: Audit) -> Iterator[dict[str, Any]]:
    """The rows of a table: one for each rule and day, with the number of its finding."""
    for number, finding in enumerate(audit.findings, start=1):
        for row in finding.rows:
            noted = (name for silence in row.silences for name in silence.noted_as)
            yield {
                **_said(row, audit.graph, _own(audit)),
                "finding": number,
                "family": finding.family.value,
                "missing": "; ".join(m.text for m in row.missing),
                "silent": list(dict.fromkeys(noted)),
            }
