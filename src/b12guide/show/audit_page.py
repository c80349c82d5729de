"""An audit as a page: what departs, what cannot be judged, what is only told."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.audit.finding import Audit, Finding, Gravity, Tolerance
from b12guide.show.grounds import challenge_items, grounds_details
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.stated import guideline_particulars
from b12guide.show.unaddressed import HEADING, unaddressed, unaddressed_beside
from b12guide.show.wording import (
    EDUCATION_NOTICE,
    capitalised,
    fact_text,
    listing,
    plural,
)

__all__ = ["audit_page", "tolerance_text"]

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
    return Page(
        title=f"Audit of a dosing history: {audit.graph.title}",
        particulars=(
            *guideline_particulars(audit.graph),
            ("Audited on", audit.on.isoformat()),
            ("Events", str(audit.events)),
            ("Tolerance", tolerance_text(audit.tolerance)),
            ("Looked at", ", ".join(family.value for family in audit.families)),
            ("Found", _summary(audit)),
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
    notes = [Item(text=capitalised(t), tone=Tone.CAUTION) for t in audit.notices]
    if audit.undated:
        names = listing(fact_text(audit.graph, name) for name in audit.undated)
        text = f"Without a date on record, taken as always known: {names}"
        notes.append(Item(text=text))
    own = () if audit.stated is None else audit.stated.own
    sections = [
        Section(title="Note", items=tuple(notes)),
        Section(
            title=HEADING,
            items=tuple(unaddressed(audit.silences, audit.graph, own=own)),
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
    items += unaddressed_beside(finding.silences, audit.graph)
    return Item(
        label=finding.on.isoformat(),
        text=capitalised(finding.text),
        details=(", ".join(finding.rules), *grounds_details(audit.graph, rules)),
        tone=_TONES[finding.gravity],
        items=tuple(items),
    )
