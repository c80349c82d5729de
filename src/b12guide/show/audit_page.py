"""An audit as a page: what departs, what cannot be judged, what is only told."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.audit.finding import Audit, Finding, Gravity
from b12guide.show.grounds import grounds_details
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.stated import guideline_particulars
from b12guide.show.wording import EDUCATION_NOTICE, capitalised, plural

__all__ = ["audit_page"]

_TITLES = {
    Gravity.VIOLATION: "Violations",
    Gravity.WARNING: "Warnings",
    Gravity.UNRESOLVED: "Not to be judged",
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
    return Page(
        title=f"Audit of a dosing history: {audit.graph.title}",
        particulars=(
            *guideline_particulars(audit.graph),
            ("Audited on", audit.on.isoformat()),
            ("Events", str(audit.events)),
            ("Tolerance", _tolerance(audit)),
            ("Looked at", ", ".join(family.value for family in audit.families)),
            ("Found", _summary(audit)),
        ),
        notice=EDUCATION_NOTICE,
        sections=tuple(_sections(audit)),
    )


def _tolerance(audit: Audit) -> str:
    tolerance = audit.tolerance
    doses, tests = plural(tolerance.doses, "day"), plural(tolerance.tests, "day")
    return f"{tolerance.name}: {doses} for doses, {tests} for tests"


def _summary(audit: Audit) -> str:
    nouns = {
        Gravity.VIOLATION: "violation",
        Gravity.WARNING: "warning",
    }
    said = [
        plural(count, nouns[g]) if g in nouns else f"{count} {g.value}"
        for g, count in audit.counts.items()
        if count
    ]
    return ", ".join(said) or "nothing"


def _sections(audit: Audit) -> Iterator[Section]:
    if audit.notices:
        items = (
            Item(text=capitalised(text), tone=Tone.CAUTION) for text in audit.notices
        )
        yield Section(title="First", items=tuple(items))
    for gravity, title in _TITLES.items():
        found = [f for f in audit.findings if f.gravity is gravity]
        if found:
            items = (_item(finding, audit) for finding in found)
            yield Section(title=title, items=tuple(items))
    if audit.assumptions:
        yield Section(
            title="Assumptions",
            items=tuple(Item(label=a.name, text=a.text) for a in audit.assumptions),
        )


def _item(finding: Finding, audit: Audit) -> Item:
    details = (finding.rule.name, *grounds_details(audit.graph, (finding.rule,)))
    said = [
        ("Limit", finding.limit),
        ("Clears", finding.clears),
        ("Rests on", " ".join(finding.assumptions)),
    ]
    items = (Item(label=label, text=text) for label, text in said if text)
    return Item(
        label=finding.on.isoformat(),
        text=capitalised(finding.text),
        details=details,
        tone=_TONES[finding.gravity],
        items=tuple(items),
    )
