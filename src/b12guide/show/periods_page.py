"""How each rule was kept over time, as a page, as JSON and as a table in the long form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from b12guide.audit.periods import (
    AdherencePeriod,
    AdherencePeriods,
    FollowUp,
    PeriodState,
)
from b12guide.graph.model import Rule
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.schedules import length_text
from b12guide.say.validity import validity_text
from b12guide.say.words import capitalised, plural
from b12guide.show import json_parts, patient_header
from b12guide.show.audit_page import tolerance_text, warning_json
from b12guide.show.citations import grounds_details
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.terminal import to_csv
from b12guide.show.to_json import guideline_json
from b12guide.truth import Truth

SCHEMA = "b12guide.adherence/1"

WORDS = {
    PeriodState.ADHERES: "kept",
    PeriodState.DEPARTS: "not kept",
    PeriodState.UNDECIDABLE: "could not be judged",
    PeriodState.NO_RECORD: "no record to judge by",
    PeriodState.NOT_APPLICABLE: "did not apply",
}
"""The states as a nurse would say them."""

_TONES = {
    PeriodState.DEPARTS: Tone.CAUTION,
    PeriodState.NOT_APPLICABLE: Tone.QUIET,
    PeriodState.NO_RECORD: Tone.QUIET,
}


def periods_page(kept: AdherencePeriods) -> Page:
    """The page of how a patient kept the rules: a section each, with intervals alike together."""
    audit, graph = kept.audit, kept.graph
    return Page(
        title=f"How the rules were kept over time: {graph.title}",
        warning=validity_text(graph, audit.on),
        particulars=(
            *patient_header.guideline_particulars(graph, audit.on),
            ("Follow-up", f"{start_text(kept.grid.start)}, to {audit.on}"),
            ("Intervals", length_text(kept.grid.every)),
            ("Events", str(audit.events)),
            ("Tolerance", tolerance_text(audit.tolerance)),
            ("Looked at", ", ".join(family.value for family in audit.families)),
            ("Scope", patient_header.SCOPE[audit.scope]),
        ),
        notice=EDUCATION_NOTICE,
        sections=tuple(section for section in _sections(kept) if section.items),
    )


def start_text(start: FollowUp | dt.date) -> str:
    """From when follow-up is counted, in words."""
    match start:
        case FollowUp.FIRST_EVENT:
            return "from the first event"
        case FollowUp.RULE:
            return "for each rule from the first day on which it applied"
        case _:
            return f"from {start}"


def _sections(kept: AdherencePeriods) -> Iterator[Section]:
    notes = [Item(text=capitalised(t), tone=Tone.CAUTION) for t in kept.audit.notices]
    if not kept.periods:
        text = "No rule that can be judged applied during follow-up, as far as is known"
        notes.append(Item(text=text))
    yield Section(title="Note", items=tuple(notes))
    for name in kept.rules:
        periods = kept.of(name)
        rule = periods[0].rule
        runs = groupby(periods, key=lambda one: (one.state, one.rows))
        yield Section(
            title=rule.title,
            items=(
                *(_item(tuple(run), state) for (state, _), run in runs),
                Item(text=name, details=grounds_details(kept.graph, [rule])),
            ),
        )


def _item(run: tuple[AdherencePeriod, ...], state: PeriodState) -> Item:
    """Intervals in a row of which the same is to be said."""
    last = run[-1].stop - dt.timedelta(days=1)
    return Item(
        label=f"{run[0].start} to {last}",
        text=capitalised(WORDS[state]),
        details=(plural(len(run), "interval"),),
        tone=_TONES.get(state, Tone.PLAIN),
        items=tuple(
            Item(text=capitalised(text))
            for text in dict.fromkeys(row.text for row in run[0].rows)
        ),
    )


# ------------------------------------------------------------------------------- data


def periods_to_json(kept: AdherencePeriods) -> dict[str, Any]:
    """How the rules were kept as a value that `json.dumps` takes."""
    audit, graph, stated = kept.audit, kept.graph, kept.audit.stated
    start = kept.grid.start
    return {
        "schema": SCHEMA,
        "guideline": guideline_json(graph),
        "engine": json_parts.engine_json(kept),
        "education": EDUCATION_NOTICE,
        "on": audit.on.isoformat(),
        "every": length_text(kept.grid.every),
        "start": start.value if isinstance(start, FollowUp) else start.isoformat(),
        "asked": list(kept.asked),
        "options": None if stated is None else json_parts.options_json(stated),
        "patient": None
        if stated is None
        else json_parts.patient_record(stated, graph, audit.assumed_absent),
        "history": [
            {name: json_parts.as_stated(value) for name, value in row}
            for row in audit.history
        ],
        "scope": _SCOPE[audit.scope],
        "tolerance": audit.tolerance.to_dict(),
        "families": [family.value for family in audit.families],
        "rules": [_rule(graph.rules[name]) for name in kept.rules],
        "periods": [_period(one) for one in kept.periods],
        "notices": list(audit.notices),
        "diagnostics": [warning_json(warning) for warning in audit.warnings],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    strength = rule.grounds.strength
    return {
        "rule": rule.name,
        "title": rule.title,
        "decision": rule.decision.value,
        "strength": None if strength is None else strength.value,
        "statements": list(rule.grounds.statements),
    }


def _period(one: AdherencePeriod) -> dict[str, Any]:
    return {
        **one.cells(),
        "start": one.start.isoformat(),
        "stop": one.stop.isoformat(),
        "because": [
            {"on": row.on.isoformat(), "severity": row.gravity.value, "text": row.text}
            for row in one.rows
        ],
    }


_SCOPE = {
    Truth.TRUE: "applies",
    Truth.FALSE: "does not apply",
    Truth.UNKNOWN: "unknown",
}

COLUMNS = (
    *("rule", "period", "tstart", "tstop", "start", "stop", "state"),
    *("adheres", "eligible", "censored", "because"),
)


def periods_to_csv(kept: AdherencePeriods) -> str:
    """A table with a row for each rule and interval; what is not known is empty."""
    return to_csv(
        COLUMNS,
        (
            {**_period(one), "because": "; ".join(row.text for row in one.rows)}
            for one in kept.periods
        ),
    )
