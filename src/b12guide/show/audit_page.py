"""An audit as a page and as JSON: what departs, what could not be assessed, what is only told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from b12guide.audit.finding import Audit, Finding, FindingRow, Gravity, Tolerance
from b12guide.diagnostics import Diagnostic
from b12guide.graph.model import RuleGraph
from b12guide.graph.query import fact_text
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.validity import validity_text
from b12guide.say.words import capitalised, listing, plural
from b12guide.show import json_parts, patient_header
from b12guide.show.citations import challenge_items, grounds_details
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.terminal import to_csv
from b12guide.show.to_json import challenge_json, guideline_json, silences_json
from b12guide.truth import Truth

_TITLES = {
    Gravity.VIOLATION: "Violations",
    Gravity.WARNING: "Warnings",
    Gravity.UNRESOLVED: "Could not be assessed",
    Gravity.INFO: "For information",
}
_TONES = {
    Gravity.VIOLATION: Tone.CAUTION,
    Gravity.WARNING: Tone.STRONG,
    Gravity.UNRESOLVED: Tone.PLAIN,
    Gravity.INFO: Tone.QUIET,
}


def audit_page(audit: Audit) -> Page:
    """The page of an audit, gravest findings first."""
    nouns = {Gravity.VIOLATION: "violation", Gravity.WARNING: "warning"}
    said = [
        plural(count, nouns[g]) if g in nouns else f"{count} {g.value}"
        for g, count in audit.counts.items()
        if count
    ]
    summary = ", ".join(said) or "nothing"
    return Page(
        title=f"Audit of a dosing history: {audit.graph.title}",
        warning=validity_text(audit.graph, audit.on),
        particulars=(
            *patient_header.guideline_particulars(audit.graph, audit.on),
            ("Audited on", audit.on.isoformat()),
            ("Events", str(audit.events)),
            ("Tolerance", tolerance_text(audit.tolerance)),
            ("Looked at", ", ".join(family.value for family in audit.families)),
            ("Found", summary),
        ),
        notice=EDUCATION_NOTICE,
        sections=tuple(_sections(audit)),
    )


def tolerance_text(tolerance: Tolerance) -> str:
    """A tolerance in words."""
    return (
        f"{tolerance.name}: {plural(tolerance.doses, 'day')} for doses in months, "
        f"{plural(tolerance.loading, 'day')} for doses in days and weeks, "
        f"{plural(tolerance.tests, 'day')} for tests"
    )


def _sections(audit: Audit) -> Iterator[Section]:
    notes = [Item(text=capitalised(t), tone=Tone.CAUTION) for t in audit.notices]
    if audit.undated:
        names = listing(fact_text(audit.graph, name) for name in audit.undated)
        text = f"Without a date on record, taken as always known: {names}"
        notes.append(Item(text=text))
    own = () if audit.stated is None else audit.stated.own
    sections = [
        Section(title="Note", items=tuple(notes)),
        Section(
            title=patient_header.HEADING,
            items=tuple(
                patient_header.unaddressed(audit.silences, audit.graph, own=own)
            ),
        ),
    ]
    for gravity, title in _TITLES.items():
        found = (_item(f, audit) for f in audit.findings if f.gravity is gravity)
        sections.append(Section(title=title, items=tuple(found)))
    assumptions = (Item(label=a.name, text=a.text) for a in audit.assumptions)
    sections += [
        Section(title="Assumptions", items=tuple(assumptions)),
        Section(
            title="Challenged by other evidence",
            items=tuple(challenge_items(audit.challenges, audit.graph)),
        ),
    ]
    yield from (section for section in sections if section.items)


def _item(finding: Finding, audit: Audit) -> Item:
    rules = [audit.graph.rules[name] for name in finding.rules]
    undated = ", ".join(fact_text(audit.graph, name) for name in finding.undated)
    said = [
        ("Expected", finding.limit),
        ("Resolve by", finding.clears),
        ("Rests on", " ".join(finding.assumptions)),
        ("Challenged by", " ".join(finding.challenges)),
        ("Without a date, taken as always known", undated),
    ]
    items = [Item(label=label, text=text) for label, text in said if text]
    items += patient_header.unaddressed_beside(finding.silences, audit.graph)
    return Item(
        label=finding.on.isoformat(),
        text=capitalised(finding.text),
        details=(", ".join(finding.rules), *grounds_details(audit.graph, rules)),
        tone=_TONES[finding.gravity],
        items=tuple(items),
    )


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
        "engine": json_parts.engine_json(audit),
        "education": EDUCATION_NOTICE,
        "on": audit.on.isoformat(),
        "options": None if stated is None else json_parts.options_json(stated),
        "patient": None
        if stated is None
        else json_parts.patient_record(stated, audit.graph, audit.assumed_absent),
        "history": [
            {name: json_parts.as_stated(value) for name, value in row}
            for row in audit.history
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
        "diagnostics": [warning_json(warning) for warning in audit.warnings],
    }


def warning_json(warning: Diagnostic) -> dict[str, Any]:
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


def audit_to_csv(audit: Audit) -> str:
    """A table with a row for each rule and day."""
    return to_csv(COLUMNS, finding_rows(audit))


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
