"""An audit as JSON, schema `b12guide.audit/1`."""

from __future__ import annotations

from typing import Any

from b12guide.audit.finding import Audit, Finding
from b12guide.show.diagnostic_json import diagnostics_to_json
from b12guide.show.to_json import guideline_json
from b12guide.show.wording import EDUCATION_NOTICE
from b12guide.truth import Truth

__all__ = ["SCHEMA", "audit_to_json", "finding_row"]

SCHEMA = "b12guide.audit/1"

_SCOPE = {
    Truth.TRUE: "applies",
    Truth.FALSE: "does not apply",
    Truth.UNKNOWN: "unknown",
}


def audit_to_json(audit: Audit) -> dict[str, Any]:
    """The audit as a value that `json.dumps` takes."""
    return {
        "schema": SCHEMA,
        "guideline": guideline_json(audit.graph),
        "education": EDUCATION_NOTICE,
        "on": audit.on.isoformat(),
        "scope": _SCOPE[audit.scope],
        "tolerance": {
            "name": audit.tolerance.name,
            "doses": audit.tolerance.doses,
            "tests": audit.tolerance.tests,
        },
        "families": [family.value for family in audit.families],
        "findings": [finding_row(finding) for finding in audit.findings],
        "summary": {
            **{gravity.value: count for gravity, count in audit.counts.items()},
            "events": audit.events,
            "later": audit.later,
        },
        "assumptions": [{"id": a.name, "text": a.text} for a in audit.assumptions],
        "notices": list(audit.notices),
        "diagnostics": diagnostics_to_json(audit.warnings)["diagnostics"],
    }


def finding_row(finding: Finding) -> dict[str, Any]:
    """One finding as plain data: a row for a table."""
    return {
        "on": finding.on.isoformat(),
        "severity": finding.gravity.value,
        "family": finding.family.value,
        "rule": finding.rule.name,
        "statements": list(finding.statements),
        "text": finding.text,
        "limit": finding.limit,
        "compared": [day.isoformat() for day in finding.compared],
        "needs": list(finding.needs),
        "assumptions": list(finding.assumptions),
        "clears": finding.clears,
    }
