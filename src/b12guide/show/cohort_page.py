"""An audited cohort as a page and a picture: how each rule was kept, and what was left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from b12guide.audit.finding import Gravity
from b12guide.cohort.audit import Adherence, CohortAudit
from b12guide.show.bars_svg import Bar, Part, bars_to_svg
from b12guide.show.grounds import definition_details
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.stated import assumed_particulars, guideline_particulars
from b12guide.show.wording import EDUCATION_NOTICE, plural
from b12guide.truth import Truth

__all__ = ["cohort_audit_page", "cohort_audit_to_svg"]

_MOST = 20
"""Of rows that were left out, so many are named."""

_SCOPE = {
    Truth.TRUE: "inside",
    Truth.FALSE: "outside",
    Truth.UNKNOWN: "not known to be either",
}
_PARTS = {
    "none": Part("nothing found", "green"),
    "info": Part("for information", "blue"),
    "unresolved": Part("could not be assessed", "purple", is_hollow=True),
    "warning": Part("warning", "orange"),
    "violation": Part("violation", "vermillion"),
}


def cohort_audit_page(audit: CohortAudit) -> Page:
    """The page of an audited cohort."""
    kept = [row for row in audit.adherence if row.applied]
    others = [row for row in audit.adherence if not row.applied]
    sections = (
        Section(title="How the rules were kept", items=_kept(kept, audit)),
        Section(
            title="Rules not known to apply to anybody",
            items=_kept(others, audit),
            is_behind=True,
        ),
        Section(title="Left out", items=tuple(_skipped(audit))),
    )
    return Page(
        title=f"Audit of a cohort: {audit.graph.title}",
        particulars=tuple(_particulars(audit)),
        notice=EDUCATION_NOTICE,
        sections=tuple(section for section in sections if section.items),
    )


def _particulars(audit: CohortAudit) -> Iterator[tuple[str, str]]:
    yield from guideline_particulars(audit.graph)
    yield "Audited on", audit.on.isoformat()
    without = (
        f", {audit.without_events:,} without events" if audit.without_events else ""
    )
    yield "Patients", f"{audit.patients:,}{without}"
    counts = [f"{n:,} {_SCOPE[truth]}" for truth, n in audit.scope.items() if n]
    if counts:
        yield "Scope", ", ".join(counts)
    later = f", {audit.later:,} later" if audit.later else ""
    yield "Events", f"{audit.events:,}{later}"
    yield from assumed_particulars(audit.assumed, audit.graph)
    yield "Tolerance", audit.tolerance.name
    yield "Looked at", ", ".join(family.value for family in audit.families)
    found = [f"{audit.counts[g]:,} {g.value}" for g in Gravity if audit.counts[g]]
    yield "Findings", ", ".join(found) or "none"


def _kept(rows: Sequence[Adherence], audit: CohortAudit) -> tuple[Item, ...]:
    return tuple(_item(row, audit) for row in rows)


def _item(row: Adherence, audit: CohortAudit) -> Item:
    """How one rule was kept, with what stands behind it."""
    said = [
        f"{part.name} {count:,}"
        for name, part in _PARTS.items()
        if (count := getattr(row, name))
    ]
    applied = f"{plural(f'{row.applied:,}', 'patient')}" + (
        f": {', '.join(said)}" if said else ""
    )
    open_ = f"; not known whether it applied to {row.open:,}" if row.open else ""
    grounds = audit.graph.rules[row.rule].grounds
    return Item(
        label=row.title,
        text=applied + open_,
        details=(row.rule, *definition_details(audit.graph, grounds)),
        tone=Tone.CAUTION if row.violation else Tone.PLAIN,
    )


def _skipped(audit: CohortAudit) -> Iterator[Item]:
    for problem in audit.skipped[:_MOST]:
        yield Item(text=problem.text)
    if len(audit.skipped) > _MOST:
        yield Item(text=f"and {len(audit.skipped) - _MOST:,} more", tone=Tone.QUIET)


def cohort_audit_to_svg(audit: CohortAudit) -> str:
    """How the rules that applied to anybody were kept, as the text of an `.svg` file."""
    about = dict(guideline_particulars(audit.graph))
    subtitle = (
        f"{plural(f'{audit.patients:,}', 'patient')} audited on {audit.on}; "
        f"{about['Guideline']}, {about['Status']}"
    )
    bars = [
        Bar(
            row.title,
            [getattr(row, name) for name in _PARTS],
            f"{row.applied:,}" + (f", not known {row.open:,}" if row.open else ""),
        )
        for row in audit.adherence
        if row.applied
    ]
    title = f"Audit of a cohort: {audit.graph.title}"
    return bars_to_svg(title, subtitle, tuple(_PARTS.values()), bars)
