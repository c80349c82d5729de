"""The audits of a cohort as a page: what was found, how each rule was kept, days between doses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from b12guide.audit.finding import Gravity
from b12guide.show.audit_page import tolerance_text
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.stated import assumed_particulars, guideline_particulars
from b12guide.show.wording import EDUCATION_NOTICE, plural
from b12guide.truth import Truth

if TYPE_CHECKING:
    from b12guide.cohort.audit import Adherence, CohortAudit

__all__ = ["cohort_audit_page"]

_QUARTILES = ((0.25, "a quarter"), (0.5, "half"), (0.75, "three quarters"), (1, "all"))


def cohort_audit_page(audit: CohortAudit) -> Page:
    """The page of the audits of a cohort."""
    return Page(
        title=f"Audit of a cohort: {audit.graph.title}",
        particulars=tuple(_particulars(audit)),
        notice=EDUCATION_NOTICE,
        sections=tuple(_sections(audit)),
    )


def _particulars(audit: CohortAudit) -> Iterator[tuple[str, str]]:
    yield from guideline_particulars(audit.graph)
    yield "Audited on", audit.on.isoformat()
    without = audit.without_events
    yield "Patients", f"{audit.patients:,}, {without:,} of them without an event"
    later = f", {audit.later:,} more lie after the day" if audit.later else ""
    yield "Events", f"{audit.events:,}{later}"
    outside, unknown = audit.scope[Truth.FALSE], audit.scope[Truth.UNKNOWN]
    yield "Scope", f"{outside:,} patients outside, {unknown:,} not known to be in it"
    yield from assumed_particulars(audit.assumed, audit.graph)
    yield "Tolerance", tolerance_text(audit.tolerance)
    yield "Looked at", ", ".join(family.value for family in audit.families)
    counts = [f"{audit.counts[g]:,} {g.value}" for g in Gravity]
    yield "Findings", ", ".join(counts)
    yield "Counted", "patients of the table, unweighted"


def _sections(audit: CohortAudit) -> Iterator[Section]:
    order = sorted(audit.adherence, key=lambda a: (-a.violation, -a.warning, a.rule))
    if order:
        yield Section(title="How each rule was kept", items=tuple(map(_item, order)))
    for loading, title in ((True, "loading"), (False, "all other doses")):
        shares = [
            Item(label=words, text=f"within {plural(days, 'day')}")
            for share, words in _QUARTILES
            if (days := audit.days_between(share, loading=loading)) is not None
        ]
        if shares:
            yield Section(title=f"Days between doses, {title}", items=tuple(shares))
    if audit.skipped:
        items = tuple(
            Item(text=problem.text, tone=Tone.CAUTION) for problem in audit.skipped
        )
        yield Section(title="Left out", items=items)


def _item(one: Adherence) -> Item:
    counts = (
        (one.violation, "violation"),
        (one.warning, "warning"),
        (one.unresolved, "could not be assessed"),
        (one.info, "for information"),
        (one.none, "without a finding"),
    )
    said = ", ".join(f"{count:,} {what}" for count, what in counts if count)
    applied = f"applied to {plural(one.applied, 'patient')}" + (
        f": {said}" if said else ""
    )
    more = f"; not known whether it applied to {one.open:,} more" if one.open else ""
    return Item(
        label=one.rule,
        text=applied + more,
        details=(*filter(None, [one.strength]), *one.statements),
        tone=Tone.STRONG if one.violation else Tone.PLAIN,
    )
