"""What was counted of a cohort: who has what, what decides, what it costs; as pages and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from b12guide.cohort.audits import CohortAudit
from b12guide.cohort.burden import CohortBurden, GroupBurden
from b12guide.cohort.decisive_facts import Hinges
from b12guide.cohort.measured import MeasureCounts
from b12guide.cohort.prevalence import Prevalence, RuleCount
from b12guide.cohort.shares import Sampling, Share
from b12guide.cohort.subgroups import Subgroups
from b12guide.cohort.table_one import TableOne
from b12guide.cohort.two_guidelines import CohortComparison
from b12guide.evaluate.recommend import DECISIONS
from b12guide.graph.model import Decision
from b12guide.notice import EDUCATION_NOTICE
from b12guide.regimen.burden import CountRange, Year
from b12guide.say.names import decision_text
from b12guide.say.numbers import number_text
from b12guide.say.validity import validity_text
from b12guide.say.words import listing, plural
from b12guide.show import citations
from b12guide.show.cohort_page import outcome_text
from b12guide.show.json_parts import engine_json
from b12guide.show.page import Item, Page, Section, Tone, shortened
from b12guide.show.patient_header import assumed_particulars, guideline_particulars
from b12guide.show.share_text import beside, bounds_text, sampling_text, share_text
from b12guide.show.to_json import guideline_json

if TYPE_CHECKING:
    Counted: TypeAlias = (
        CohortAudit
        | CohortBurden
        | Hinges
        | MeasureCounts
        | Prevalence
        | Subgroups
        | TableOne
    )


def _page(
    title: str,
    found: Prevalence | Hinges | CohortBurden,
    particulars: Iterable[tuple[str, str]],
    sections: Iterable[Section],
) -> Page:
    graph = found.graph
    assumed = assumed_particulars(found.assumed, graph)
    return Page(
        title=f"{title}: {graph.title}",
        warning=validity_text(graph),
        particulars=(*guideline_particulars(graph), *particulars, *assumed),
        notice=EDUCATION_NOTICE,
        sections=tuple(section for section in sections if section.items),
    )


def _count(patients: int) -> str:
    return plural(f"{patients:,}", "patient")


# ----------------------------------------------------------------------- how often


def prevalence_page(found: Prevalence) -> Page:
    """How often each decision comes to what, and each rule has which verdict."""
    sections = (
        Section(title="Decisions", items=tuple(_decisions(found))),
        Section(
            title="Rules",
            items=tuple(_rule(row, found) for row in found.rules),
            is_behind=True,
        ),
    )
    particulars = [
        ("Patients", f"{found.patients:,}"),
        ("Shares", sampling_text(found.sampling)),
    ]
    return _page("Prevalence in a cohort", found, particulars, sections)


def _decisions(found: Prevalence) -> Iterator[Item]:
    level = found.sampling.level
    for row in found.decisions:
        values = [
            Item(
                text=f"{one.patients:,}: {outcome_text(one.outcome, one.value)}",
                details=_details(one.share, level, "if all on whom it depends got it"),
            )
            for one in found.values
            if one.decision == row.decision
        ]
        # What stands behind the rules on a decision that apply to somebody.
        speaking = [
            r.rule for r in found.rules if r.decision == row.decision and r.applies
        ]
        grounds = citations.grounds_details(
            found.graph, citations.rules_named(found.graph, speaking)
        )
        yield Item(
            label=_name(row.decision),
            text=f"determined for {row.determined:,} of {found.patients:,}, "
            f"{share_text(row.shares['determined'], found.sampling.level)}; "
            f"nothing is open for {row.settled:,}",
            details=grounds,
            items=shortened(values),
        )


def _name(decision: str) -> str:
    return decision_text(Decision(decision))


def _details(share: Share, level: float, condition: str) -> tuple[str, ...]:
    """A share with its interval, and how far what is not known could raise it."""
    if share.share is None:
        return ()
    found = (share_text(share, level), bounds_text(share, condition))
    return tuple(filter(None, found))


def _rule(row: RuleCount, found: Prevalence) -> Item:
    graph = found.graph
    verdicts = {
        "applies to": row.applies,
        "does not apply to": row.does_not_apply,
        "not known of": row.unknown,
        "left open by the source's own threshold for": row.indeterminate,
        "overridden for": row.overridden,
    }
    said = [f"{words} {count:,}" for words, count in verdicts.items() if count]
    shares = _details(
        row.shares["applies"],
        found.sampling.level,
        "if it applied to all for whom that is open",
    )
    details = (
        row.rule,
        *shares,
        *citations.definition_details(graph, graph.rules[row.rule].grounds),
    )
    return Item(label=row.title, text="; ".join(said) or "nobody", details=details)


# ----------------------------------------------------------------- what to ask for


def hinges_page(found: Hinges) -> Page:
    """On which facts the answers hinge, and in which order they are best asked for."""
    drawn = found.sampling
    facts = [
        Item(
            label=one.label,
            text=f"answers to {_count(one.hinges)}{beside(one.hinges_share, drawn)} hinge on it; "
            f"it would settle {one.alone:,} alone{beside(one.alone_share, drawn)}",
            details=(one.fact,),
        )
        for one in found.facts
    ]
    labels = {one.fact: one.label for one in found.facts}
    order = [
        Item(
            text=f"{labels.get(step.fact, step.fact)}: settles {step.more:,} more, "
            f"{step.settled:,} of {found.patients:,} so far{beside(step.settled_share, drawn)}"
        )
        for step in found.order
    ]
    sections = (
        Section(title="Facts", items=shortened(facts)),
        Section(title="To be asked for, the next best first", items=shortened(order)),
        Section(title="Decision by decision", items=tuple(_by_decision(found))),
    )
    settled = f"{found.settled:,} of {found.patients:,}"
    settled += beside(found.settled_share, drawn)
    particulars = [("Patients", f"{found.patients:,}"), ("Nothing to ask", settled)]
    if drawn is not None:
        particulars.append(("Shares", sampling_text(drawn)))
    if found.decision is not None:
        particulars.append(("Decision", _name(found.decision)))
    return _page("Facts on which answers hinge", found, particulars, sections)


def _by_decision(found: Hinges) -> Iterator[Item]:
    """For whom nothing is open in each decision, and what would settle most of the others."""
    if found.decision is not None:
        return
    for decision in DECISIONS:
        of = found.of(decision)
        facts = [f"{one.label} ({one.hinges:,})" for one in of.facts[:3]]
        hinges = f"; it hinges on {listing(facts)}" if facts else ""
        yield Item(
            label=decision_text(decision),
            text=f"nothing is open for {of.settled:,} of {found.patients:,}"
            f"{beside(of.settled_share, found.sampling)}{hinges}",
        )


# -------------------------------------------------------------------------- burden


def burden_page(found: CohortBurden) -> Page:
    """What the advised regimens ask of a cohort in its first year and in each later one."""

    def share(name: str) -> str:
        return beside(found.shares.get(name), found.sampling)

    sections = (
        Section(title="All who are settled, together", items=tuple(_years(found))),
        Section(
            title="One of the settled people on average",
            items=tuple(
                Item(label=label, text=_year(mean))
                for label, mean in (
                    ("First year", found.mean_first),
                    ("Each later year", found.mean_later),
                )
                if mean is not None
            ),
        ),
        Section(
            title="What one patient is advised",
            items=shortened([_group(one, found.sampling) for one in found.groups]),
        ),
    )
    particulars = [
        ("Patients", f"{found.patients:,}"),
        ("Settled", f"{found.settled:,}{share('settled')}"),
        ("Open", f"{found.open:,}{share('open')}; what is settled leaves them out"),
        ("No regimen", f"{found.without:,}{share('without')}"),
    ]
    if found.sampling is not None:
        particulars.append(("Shares", sampling_text(found.sampling)))
        rows = "rows that weigh something; means are of the people, by weight"
        particulars.append(("Counted", rows))
    return _page("Burden of treatment", found, particulars, sections)


def _years(found: CohortBurden) -> Iterator[Item]:
    if found.settled:
        yield Item(label="First year", text=_year(found.first))
        yield Item(label="Each later year", text=_year(found.later))


def _year(year: Year) -> str:
    parts = [
        f"injections {_range(year.injections)}",
        f"visits {_range(year.visits)}",
        *(f"{_range(amount)} {unit}" for unit, amount in year.amounts),
    ]
    return ", ".join(parts)


def _range(count: CountRange) -> str:
    low = number_text(count.low)
    if count.high is None:
        return f"at least {low}"
    high = number_text(count.high)
    return low if low == high else f"{low} to {high}"


def _group(group: GroupBurden, sampling: Sampling | None) -> Item:
    advised = [
        f"{name} {value}"
        for name, value in (
            ("loading", group.loading),
            ("maintenance", group.maintenance),
        )
        if value
    ]
    items: tuple[Item, ...] = ()
    if group.burden is not None:
        _, *further = group.burden.years
        items = (
            Item(label="First year", text=_year(group.burden.first)),
            *(
                Item(label=f"Year {number}", text=_year(year))
                for number, year in enumerate(further, start=2)
            ),
            Item(label="Each later year", text=_year(group.burden.later)),
        )
    return Item(
        label=f"{_count(group.patients)}{beside(group.share, sampling)}",
        text="; ".join(advised) or "no regimen",
        tone=Tone.PLAIN if group.settled else Tone.QUIET,
        details=() if group.settled else ("not settled",),
        items=items,
    )


SCHEMAS = {
    "CohortAudit": "b12guide.cohort-audit/1",
    "CohortBurden": "b12guide.burden/1",
    "CohortComparison": "b12guide.comparison/1",
    "CohortCourses": "b12guide.cohort-courses/1",
    "Course": "b12guide.course/1",
    "Hinges": "b12guide.hinges/1",
    "MeasureCounts": "b12guide.measures/1",
    "Prevalence": "b12guide.prevalence/1",
    "RegimenComparison": "b12guide.regimens/1",
    "Subgroups": "b12guide.subgroups/1",
    "Summary": "b12guide.cohort/1",
    "TableOne": "b12guide.table-one/1",
}
"""By the name of the class."""


def counts_to_json(counted: Counted) -> dict[str, Any]:
    """The counts as a value that `json.dumps` takes."""
    return {
        "schema": SCHEMAS[type(counted).__name__],
        "guideline": guideline_json(counted.graph),
        "engine": engine_json(counted),
        "education": EDUCATION_NOTICE,
        "on": None,
        "frames": counted.kind,
        **counted.plain(),
    }


def comparison_to_json(found: CohortComparison) -> dict[str, Any]:
    """The comparison as a value that `json.dumps` takes."""
    return {
        "schema": SCHEMAS["CohortComparison"],
        "first": guideline_json(found.first),
        "second": guideline_json(found.second),
        "engine": engine_json(found),
        "education": EDUCATION_NOTICE,
        "on": None,
        "frames": found.kind,
        **found.plain(),
    }
