"""What was found in a cohort: its summary, how each rule was kept, and two guidelines compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from b12guide.audit.finding import Gravity
from b12guide.cohort.audits import Adherence, CohortAudit
from b12guide.evaluate.answer import Outcome, Verdict
from b12guide.graph.model import RuleGraph
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.validity import validity_text
from b12guide.say.words import listing, plural
from b12guide.show.audit_page import tolerance_text
from b12guide.show.citations import definition_details
from b12guide.show.cohort_pictures import KEPT, kept_counts
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.patient_header import assumed_particulars, guideline_particulars
from b12guide.show.share_text import beside, sampling_text
from b12guide.show.terminal import to_csv
from b12guide.show.to_json import guideline_json
from b12guide.truth import Truth

if TYPE_CHECKING:
    from b12guide.cohort.two_guidelines import CohortComparison


class Counts(Protocol):
    """A summary, as `b12guide.cohort.prevalence.Summary` is one."""

    @property
    def graph(self) -> RuleGraph:
        """The guideline that was asked."""

    @property
    def engine(self) -> str:
        """The version of b12guide that counted."""

    @property
    def patients(self) -> int:
        """The number of patients."""

    @property
    def rules(self) -> Mapping[str, Mapping[str, int]]:
        """For each rule, how many patients have each verdict."""

    @property
    def decisions(self) -> Mapping[str, Mapping[str, int]]:
        """For each decision, how many patients have each outcome."""

    @property
    def questions(self) -> Mapping[str, int]:
        """For each fact facts to ask for, for how many patients it is."""

    @property
    def bad(self) -> Mapping[str, int]:
        """For each fact, how many patients have a cell that was set aside."""

    @property
    def assumed(self) -> Mapping[str, bool | str]:
        """What was assumed of patients for whom it is not known."""


def summary_json(summary: Counts) -> dict[str, Any]:
    """The summary as builtin values only."""
    return {
        "schema": "b12guide.cohort/1",
        "guideline": guideline_json(summary.graph),
        "engine": {"name": "b12guide", "version": summary.engine},
        "on": None,
        "notice": EDUCATION_NOTICE,
        "patients": summary.patients,
        "assumed": dict(summary.assumed),
        "rules": [
            {"rule": name, "verdicts": dict(counts)}
            for name, counts in summary.rules.items()
        ],
        "decisions": {name: dict(counts) for name, counts in summary.decisions.items()},
        "questions": [
            {"fact": name, "patients": number}
            for name, number in summary.questions.items()
        ],
        "bad": [
            {"fact": name, "patients": number} for name, number in summary.bad.items()
        ],
    }


def summary_page(summary: Counts) -> Page:
    """The summary as a page: decisions, then rules, then what is facts to ask for."""
    graph = summary.graph
    named = (("Decisions", summary.decisions), ("Rules", summary.rules))
    counted = (
        ("Facts to ask for", summary.questions),
        ("Cells set aside", summary.bad),
    )
    sections = [
        *((title, _items(rows)) for title, rows in named),
        *(
            (title, tuple(Item(label=n, text=f"{c:,}") for n, c in counts.items()))
            for title, counts in counted
        ),
    ]
    return Page(
        title=f"A cohort: {graph.title}",
        warning=validity_text(graph),
        particulars=(
            *guideline_particulars(graph),
            ("Patients", f"{summary.patients:,}"),
            *assumed_particulars(summary.assumed, graph),
        ),
        notice=EDUCATION_NOTICE,
        sections=tuple(Section(title=t, items=items) for t, items in sections if items),
    )


def _items(rows: Mapping[str, Mapping[str, int]]) -> tuple[Item, ...]:
    return tuple(
        Item(
            label=name,
            text=", ".join(f"{n:,} {word}" for word, n in counts.items() if n)
            or "none",
        )
        for name, counts in rows.items()
    )


def summary_text(summary: Counts, *, width: int = 80, colour: bool = False) -> str:
    """The summary as tables, which keep their width."""
    del width, colour
    graph = summary.graph
    lines = [
        graph.title,
        *(f"{label}: {text}" for label, text in guideline_particulars(graph)),
        f"Patients: {summary.patients:,}",
        *(
            f"{label}: {text}"
            for label, text in assumed_particulars(summary.assumed, graph)
        ),
        "",
        *_table("decision", summary.decisions, [o.value for o in Outcome]),
        "",
        *_table("rule", summary.rules, [v.value for v in Verdict]),
        *_counts("facts to ask for", summary.questions),
        *_counts("cells set aside", summary.bad),
        "",
        EDUCATION_NOTICE,
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _table(
    title: str, rows: Mapping[str, Mapping[str, int]], columns: list[str]
) -> Iterator[str]:
    """One line for each row, the numbers under the words that they count."""
    used = [c for c in columns if any(counts[c] for counts in rows.values())]
    widths = {
        c: max(len(c), *(len(f"{counts[c]:,}") for counts in rows.values()))
        for c in used
    }
    first = max(len(title), *map(len, rows)) if rows else len(title)
    yield "  ".join([title.ljust(first), *(c.rjust(widths[c]) for c in used)])
    for name, counts in rows.items():
        cells = (f"{counts[c]:,}".rjust(widths[c]) for c in used)
        yield "  ".join([name.ljust(first), *cells])


def _counts(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    if not counts:
        return
    yield ""
    first = max(len(title), *map(len, counts))
    yield f"{title.ljust(first)}  patients"
    for name, number in counts.items():
        yield f"{name.ljust(first)}  {number:>8,}"


_QUARTILES = ((0.25, "a quarter"), (0.5, "half"), (0.75, "three quarters"), (1, "all"))


def cohort_audit_page(audit: CohortAudit) -> Page:
    """The audits of a cohort: how each rule was kept, the days between doses, what was left out."""
    order = sorted(audit.adherence, key=lambda a: (-a.violation, -a.warning, a.rule))
    sections = [
        Section(
            title="How each rule was kept",
            items=tuple(_kept(row, audit) for row in order if row.applied),
        ),
        Section(title="Adherence over time", items=tuple(_over_time(audit))),
        *(_days_between(audit, loading=loading) for loading in (True, False)),
        Section(title="Left out", items=tuple(_skipped(audit))),
        Section(
            title="Rules not known to apply to any patient",
            items=tuple(_kept(row, audit) for row in order if not row.applied),
            is_behind=True,
        ),
    ]
    return Page(
        title=f"Audit of a cohort: {audit.graph.title}",
        warning=validity_text(audit.graph, audit.on),
        particulars=tuple(_audit_particulars(audit)),
        notice=EDUCATION_NOTICE,
        sections=tuple(section for section in sections if section.items),
    )


def cohort_audit_to_csv(audit: CohortAudit) -> str:
    """A table of the findings, or of the intervals where there are some, with ids as they came."""
    columns, rows = audit.table.column_names, audit.to_dict()["findings"]
    if audit.periods is not None and audit.periods.table is not None:
        table = audit.periods.table
        columns, rows = table.column_names, table.to_pylist()
    return to_csv(columns, rows, exact=columns[:1])


def _audit_particulars(audit: CohortAudit) -> Iterator[tuple[str, str]]:
    yield from guideline_particulars(audit.graph, audit.on)
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


def _kept(row: Adherence, audit: CohortAudit) -> Item:
    """How one rule was kept, with what stands behind it."""
    said = [
        f"{portion.name} {count:,}"
        for portion, count in zip(KEPT.values(), kept_counts(row), strict=True)
        if count
    ]
    text = plural(f"{row.applied:,}", "patient")
    text += f": {', '.join(said)}" if said else ""
    text += f"; not known whether it applied to {row.open:,}" if row.open else ""
    grounds = audit.graph.rules[row.rule].grounds
    return Item(
        label=row.title,
        text=text,
        details=(row.rule, *definition_details(audit.graph, grounds)),
        tone=Tone.CAUTION if row.violation else Tone.PLAIN,
    )


_SHOWN = 5
"""Of the intervals of a rule, so many are shown: the first, the last, and some between them."""


def _over_time(audit: CohortAudit) -> Iterator[Item]:
    """How many kept each rule in some intervals, of those to whom it applied or may have."""
    cut = audit.periods
    if cut is None:
        return
    for rule in cut.rules:
        counts = [one for one in cut.counts if one.rule == rule and one.applied]
        last = len(counts) - 1
        places = sorted({last * n // (_SHOWN - 1) for n in range(_SHOWN)})
        said = [
            f"interval {one.period}: kept by {one.adheres:,} and not by {one.departs:,} "
            f"of {plural(f'{one.applied:,}', 'patient')}"
            for one in (counts[place] for place in places if counts)
        ]
        if said:
            yield Item(
                label=audit.graph.rules[rule].title,
                text="; ".join(said),
                details=(rule, f"intervals of {cut.every}, from {cut.start}"),
            )


def _days_between(audit: CohortAudit, *, loading: bool) -> Section:
    shares = (
        Item(label=words, text=f"within {plural(days, 'day')}")
        for share, words in _QUARTILES
        if (days := audit.days_between(share, loading=loading)) is not None
    )
    doses = "loading" if loading else "all other doses"
    return Section(title=f"Days between doses, {doses}", items=tuple(shares))


_MOST_SKIPPED = 20
"""Of rows that were left out, so many are named."""


def _skipped(audit: CohortAudit) -> Iterator[Item]:
    for problem in audit.skipped[:_MOST_SKIPPED]:
        yield Item(text=problem.text, tone=Tone.CAUTION)
    further = len(audit.skipped) - _MOST_SKIPPED
    if further > 0:
        yield Item(text=f"and {further:,} more", tone=Tone.QUIET)


# ------------------------------------------------------------------- two guidelines

_MOST_CELLS = 12
"""Of a long list of cells, so many are reported; the frames have all of them."""


def comparison_page(found: CohortComparison) -> Page:
    """Whose advice another guideline changes, or the same one read otherwise.

    Decisions without a difference are only named.
    """
    title = "What if" if found.change else "Two guidelines over one cohort"
    same = [decision for decision, count in found.changed.items() if not count]
    sections = [
        *(
            Section(
                title=f"{decision.capitalize()}: advice differs for "
                f"{plural(f'{count:,}', 'patient')}"
                f"{beside(found.changed_shares.get(decision), found.sampling)}",
                items=tuple(_cells(found, decision)),
            )
            for decision, count in found.changed.items()
            if count
        ),
        Section(
            title="Nothing differs in",
            items=(Item(text=listing(same)),) if same else (),
        ),
        Section(
            title="Read by one guideline only",
            items=tuple(Item(label=c, text=f"by {by}") for c, by in found.unread),
        ),
    ]
    return Page(
        title=f"{title}: {found.first.title}",
        particulars=tuple(_comparison_particulars(found)),
        notice=EDUCATION_NOTICE,
        sections=tuple(section for section in sections if section.items),
    )


_CELL_COLUMNS = (
    *("decision", "patients", "same", "first_outcome", "first_value"),
    *("second_outcome", "second_value", "witnesses"),
)


def comparison_to_csv(found: CohortComparison) -> str:
    """A table of the cells, with the patients' ids as they came."""
    cells = found.to_dict()["cells"]
    if found.sampling is None:
        return to_csv(_CELL_COLUMNS, cells, exact=("witnesses",))
    numbers = ("share", "low", "high")
    rows = [cell | {name: cell["share"][name] for name in numbers} for cell in cells]
    return to_csv((*_CELL_COLUMNS, *numbers), rows, exact=("witnesses",))


def _comparison_particulars(found: CohortComparison) -> Iterator[tuple[str, str]]:
    yield "First", " ".join(text for _, text in guideline_particulars(found.first))
    if found.change:
        yield "Second", f"the same, read with {listing(found.change)}"
    else:
        yield "Second", " ".join(t for _, t in guideline_particulars(found.second))
    yield "Patients", f"{found.patients:,}"
    differing = f"for {found.differing:,} of {found.patients:,}"
    share = beside(found.differing_share, found.sampling)
    yield "Advice differs", f"{differing}{share}"
    yield from assumed_particulars(found.assumed, found.first, found.second)
    drawn = found.sampling
    rows = (
        "rows of the table, unweighted"
        if drawn is None
        else "rows that weigh something"
    )
    yield "Counted", f"{rows}; of each decision its default"
    if drawn is not None:
        yield "Shares", sampling_text(drawn)


def _cells(found: CohortComparison, decision: str) -> Iterator[Item]:
    """Groups of patients with what the first and the second guideline say to them."""
    cells = [c for c in found.cells if c.decision == decision and not c.same]
    for cell in cells[:_MOST_CELLS]:
        named = ", ".join(str(one) for one in cell.witnesses)
        more = ", ..." if cell.patients > len(cell.witnesses) else ""
        whose = found.patient or "rows"
        second = outcome_text(cell.second_outcome, cell.second_value)
        yield Item(
            label=f"{cell.patients:,}{beside(cell.share, found.sampling)}",
            text=f"first: {outcome_text(cell.first_outcome, cell.first_value)}",
            details=(f"{whose} {named}{more}",),
            tone=Tone.STRONG,
            items=(Item(text=f"second: {second}"),),
        )
    if len(cells) > _MOST_CELLS:
        yield Item(text=f"and {len(cells) - _MOST_CELLS:,} more", tone=Tone.QUIET)


def outcome_text(outcome: str, value: str | None) -> str:
    """What a decision comes to, in the words of the guideline."""
    return f"{value} ({outcome})" if value else outcome
