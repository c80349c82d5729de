"""What is due as a page and for programs: the next dose and tests first, then what they rest on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from b12guide.due.model import (
    Counting,
    CurrentPhase,
    Due,
    DueDays,
    DueDose,
    DueTest,
    HeldBack,
    JudgedDose,
    Timing,
)
from b12guide.graph.model import RuleGraph
from b12guide.graph.query import fact_text
from b12guide.notice import EDUCATION_NOTICE
from b12guide.regimen.model import Regimen
from b12guide.say.names import Audience, decision_text, drug_text, route_text, test_text
from b12guide.say.schedules import dose_text, schedule_text
from b12guide.say.validity import validity_text
from b12guide.say.words import capitalised, choice_text, listing, plural
from b12guide.show import json_parts, patient_header
from b12guide.show.audit_page import tolerance_text, warning_json
from b12guide.show.citations import grounds_details, rules_named
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.to_json import guideline_json, silences_json
from b12guide.truth import Truth

_TONES = {
    Timing.OVERDUE: Tone.CAUTION,
    Timing.PERHAPS_OVERDUE: Tone.STRONG,
    Timing.NOW: Tone.STRONG,
    Timing.LATER: Tone.PLAIN,
    Timing.NO_DAY: Tone.PLAIN,
    Timing.HELD_BACK: Tone.CAUTION,
}
_ANSWERS = {
    Truth.TRUE: "yes",
    Truth.FALSE: "no",
    Truth.UNKNOWN: "cannot be said for certain",
}


def due_page(due: Due) -> Page:
    """The page of what is due."""
    graph = due.graph
    said = [_short(dose, due) for dose in due.next_doses] or ["no dose"]
    return Page(
        title=f"What is due: {graph.title}",
        warning=validity_text(graph, due.on),
        particulars=(
            *patient_header.guideline_particulars(graph, due.on),
            ("On", due.on.isoformat()),
            ("Next dose", said[0]),
            *(("Or", text) for text in said[1:]),
            ("Overdue", _ANSWERS[due.overdue]),
            ("Tolerance", tolerance_text(due.tolerance)),
            ("Scope", patient_header.SCOPE[due.scope]),
        ),
        notice=EDUCATION_NOTICE,
        sections=tuple(s for s in _sections(due) if s.items),
    )


def _short(dose: DueDose, due: Due) -> str:
    """A dose in a few words, with its day and where today stands to it."""
    timing = dose.timing(due.on).value
    day = days_text(dose.days)
    return f"{dose_title(dose)}: {'; '.join(filter(None, (day, timing)))}"


def _sections(due: Due) -> Iterator[Section]:
    graph = due.graph
    own = frozenset() if due.stated is None else due.stated.own
    notes = (Item(text=capitalised(t), tone=Tone.CAUTION) for t in due.notices)
    yield Section(title="Note", items=tuple(notes))
    silent = patient_header.unaddressed(due.silences, graph, own=own)
    yield Section(title=patient_header.HEADING, items=tuple(silent))
    doses = [dose for dose in due.doses if not dose.is_optional]
    options = [dose for dose in due.doses if dose.is_optional]
    for title, some in (
        ("Next doses", [dose for dose in doses if not dose.needs]),
        ("Next doses, if more were known", [dose for dose in doses if dose.needs]),
        ("Options beside them", options),
    ):
        yield Section(title=title, items=tuple(_dose_item(d, due) for d in some))
    for title, is_open in (
        ("Next tests", False),
        ("Next tests, if more were known", True),
    ):
        tests = [test for test in due.tests if bool(test.needs) is is_open]
        yield Section(title=title, items=tuple(_test_item(t, due) for t in tests))
    yield Section(
        title="Also today", items=tuple(_held_item(one, due) for one in due.beside)
    )
    yield Section(
        title="Where the patient is",
        items=tuple(_phase_item(phase, due) for phase in due.phases),
    )
    yield Section(
        title="Doses so far", items=tuple(_given_item(one, due) for one in due.given)
    )
    yield Section(
        title="What cannot be known",
        items=tuple(
            Item(text=capitalised(one.text), details=_details(graph, one.rules))
            for one in due.unsettled
        ),
    )
    assumptions = (Item(label=a.name, text=a.text) for a in due.assumptions)
    yield Section(title="Assumptions", items=tuple(assumptions))


# ------------------------------------------------------------------------------ doses


def dose_title(dose: DueDose) -> str:
    """Which dose it is, such as "loading dose 3"."""
    text = f"{decision_text(dose.decision)} dose {dose.number}"
    return f"{text} (phase {dose.stage})" if dose.stage > 1 else text


def dose_what(dose: DueDose, graph: RuleGraph) -> str:
    """The drug, the amount and the route of a dose."""
    named = tuple(drug_text(graph, drug) for drug in dose.drugs)
    drugs = choice_text(named) if named else ""
    route = dose.phase.route
    how = "" if route is None else route_text(graph, route, Audience.PROFESSIONAL)
    return " ".join(filter(None, (drugs, dose_text(dose.phase.dose), how)))


def days_text(days: DueDays) -> str:
    """The days of a dose or test in words; nothing where the guideline names none."""
    first, asked, last = days.earliest, days.recommended, days.latest
    if first is not None and first == asked == last:
        return f"on {first}"
    said = []
    if asked is not None:
        said.append(f"recommended {asked}")
    if first is not None and first != asked:
        said.append(f"earliest {first}")
    if last is not None:
        said.append(f"latest {last}")
    return ", ".join(said)


def accepted_text(days: DueDays) -> str:
    """The days that the tolerance accepts, where they are others than those printed."""
    first, last = days.accepted_from, days.accepted_until
    if (first, last) == (days.earliest, days.latest) or last is None:
        return ""
    if first is None or first == last:
        return f"in time up to {last}"
    return f"in time from {first} to {last}"


def _dose_item(dose: DueDose, due: Due) -> Item:
    graph = due.graph
    timing = dose.timing(due.on)
    said = [f"{dose_title(dose)}: {dose_what(dose, graph)}", *_said(dose, due)]
    return Item(
        label=timing.value,
        text=capitalised("; ".join(filter(None, said))),
        details=(", ".join(dose.rules), *_details(graph, dose.rules)),
        tone=_TONES[timing],
        items=tuple(_open_items(dose, due)),
    )


def _said(item: DueDose | DueTest, due: Due) -> Iterator[str]:
    yield days_text(item.days)
    yield accepted_text(item.days)
    yield item.text
    if item.waits_for:
        events = listing(fact_text(due.graph, name) for name in item.waits_for)
        yield f"waits until {events}"


def _open_items(item: DueDose | DueTest, due: Due) -> Iterator[Item]:
    """Why it is held back, or not certain."""
    for one in item.held_back:
        yield _held_item(one, due, label="Not now")
    for missing in item.why_open:
        text = f"{missing.text}: {missing.quote}" if missing.quote else missing.text
        yield Item(label="Not certain", text=text)


def _test_item(test: DueTest, due: Due) -> Item:
    graph, timing = due.graph, test.timing(due.on)
    names = listing(test_text(graph, name) for name in test.tests)
    last = "" if test.last is None else f"last done {test.last}"
    return Item(
        label=timing.value,
        text=capitalised("; ".join(filter(None, (names, *_said(test, due), last)))),
        details=(", ".join(test.rules), *_details(graph, test.rules)),
        tone=_TONES[timing],
        items=tuple(_open_items(test, due)),
    )


def _held_item(one: HeldBack, due: Due, label: str = "") -> Item:
    return Item(
        label=label,
        text=capitalised(one.text),
        details=(", ".join(one.rules), *_details(due.graph, one.rules)),
        tone=Tone.STRONG,
    )


# ---------------------------------------------------------------------- what came before


def _phase_item(phase: CurrentPhase, due: Due) -> Item:
    graph = due.graph
    schedule = schedule_text(Regimen((phase.phase,)), graph)
    place = f"phase {phase.stage} of {phase.stages}" if phase.stages > 1 else ""
    given = f"{plural(phase.doses, 'dose')} so far" if phase.doses else "no dose yet"
    if phase.since is not None:
        given += f", since {phase.since}"
    if phase.until is not None and not phase.is_complete:
        given += f", over on {phase.until}"
    state = "all doses given" if phase.is_complete else ""
    ends = ""
    if phase.ends_with is not None:
        ends = f"goes on until {fact_text(graph, phase.ends_with)}"
    perhaps = "" if phase.certain else "if its rule holds, which is not known"
    said = (schedule, place, given, state, ends, perhaps)
    return Item(
        label=decision_text(phase.decision),
        text=capitalised("; ".join(filter(None, said))),
        details=(phase.rule, *_details(graph, (phase.rule,))),
        tone=Tone.PLAIN if phase.certain else Tone.QUIET,
    )


def _given_item(dose: JudgedDose, due: Due) -> Item:
    graph = due.graph
    parts = [drug_text(graph, dose.drug)]
    if dose.amount is not None:
        parts.append(str(dose.amount))
    if dose.route is not None:
        parts.append(route_text(graph, dose.route, Audience.PROFESSIONAL))
    place = ""
    if dose.decision is not None and dose.number is not None:
        place = f", {decision_text(dose.decision)} dose {dose.number}"
        if dose.stage is not None and dose.stage > 1:
            place += f" of phase {dose.stage}"
    tone = Tone.QUIET if dose.counting is Counting.COUNTS else Tone.STRONG
    return Item(
        label=dose.on.isoformat(),
        text=f"{capitalised(' '.join(parts))}: {dose.counting.value}{place}",
        details=_grounds(graph, dose.rules),
        tone=tone,
        items=tuple(
            Item(text=capitalised(one.text), details=_grounds(graph, one.rules))
            for one in dose.remarks
        ),
    )


def _grounds(graph: RuleGraph, rules: tuple[str, ...]) -> tuple[str, ...]:
    """Some rules by name with what stands behind them; nothing where there is no rule."""
    return (", ".join(rules), *_details(graph, rules)) if rules else ()


def _details(graph: RuleGraph, rules: Iterable[str]) -> tuple[str, ...]:
    return grounds_details(graph, rules_named(graph, rules))


# ------------------------------------------------------------------------------- data

SCHEMA = "b12guide.due/1"

_SCOPE = {
    Truth.TRUE: "applies",
    Truth.FALSE: "does not apply",
    Truth.UNKNOWN: "unknown",
}
_OVERDUE = {Truth.TRUE: "yes", Truth.FALSE: "no", Truth.UNKNOWN: "unknown"}


def due_to_json(due: Due) -> dict[str, Any]:
    """What is due as a value that `json.dumps` takes."""
    graph, stated = due.graph, due.stated
    own = frozenset() if stated is None else stated.own
    return {
        "schema": SCHEMA,
        "guideline": guideline_json(graph),
        "engine": json_parts.engine_json(due),
        "education": EDUCATION_NOTICE,
        "on": due.on.isoformat(),
        "options": None if stated is None else json_parts.options_json(stated),
        "patient": None
        if stated is None
        else json_parts.patient_record(stated, graph, due.assumed_absent),
        "history": [
            {name: json_parts.as_stated(value) for name, value in row}
            for row in due.history
        ],
        "marks": dict(due.marks),
        "scope": _SCOPE[due.scope],
        "tolerance": due.tolerance.to_dict(),
        "overdue": _OVERDUE[due.overdue],
        "phases": [_phase_json(phase, due) for phase in due.phases],
        "doses": [_dose_json(dose, due) for dose in due.doses],
        "tests": [_test_json(test, due) for test in due.tests],
        "given": [_given_json(dose, due) for dose in due.given],
        "beside": [_held_json(one, due) for one in due.beside],
        "unsettled": [
            {"text": one.text, "facts": list(one.facts), **_grounded(one.rules, due)}
            for one in due.unsettled
        ],
        "assumptions": [{"id": a.name, "text": a.text} for a in due.assumptions],
        "silent": silences_json(due.silences, graph, own),
        "notices": list(due.notices),
        "unread": [warning_json(one) for one in due.unread],
        "later": due.later,
        "diagnostics": [warning_json(warning) for warning in due.warnings],
    }


def _grounded(rules: tuple[str, ...], due: Due) -> dict[str, Any]:
    return {"rules": list(rules), "statements": list(due.statements(rules))}


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _held_json(one: HeldBack, due: Due) -> dict[str, Any]:
    return {"text": one.text, **_grounded(one.rules, due)}


def _phase_json(phase: CurrentPhase, due: Due) -> dict[str, Any]:
    return {
        "decision": phase.decision.value,
        "text": schedule_text(Regimen((phase.phase,)), due.graph),
        "stage": phase.stage,
        "stages": phase.stages,
        "doses": phase.doses,
        "since": _day(phase.since),
        "until": _day(phase.until),
        "ends_with": phase.ends_with,
        "complete": phase.is_complete,
        "certain": phase.certain,
        **_grounded((phase.rule,), due),
    }


def _item_json(item: DueDose | DueTest, due: Due) -> dict[str, Any]:
    """What doses and tests have alike."""
    days = item.days
    return {
        "timing": item.timing(due.on).value,
        "overdue": _OVERDUE[item.overdue],
        "earliest": _day(days.earliest),
        "recommended": _day(days.recommended),
        "latest": _day(days.latest),
        "accepted_from": _day(days.accepted_from),
        "accepted_until": _day(days.accepted_until),
        "certain": item.certain,
        "waits_for": list(item.waits_for),
        "held_back": [_held_json(one, due) for one in item.held_back],
        "missing": [
            {"what": m.what.value, "text": m.text, "quote": m.quote}
            for m in item.why_open
        ],
        "needs": list(item.needs),
        "text": item.text,
        **_grounded(item.rules, due),
    }


def _dose_json(dose: DueDose, due: Due) -> dict[str, Any]:
    (phase,) = json_parts.advice_json(Regimen((dose.phase,)))
    return {
        "decision": dose.decision.value,
        "stage": dose.stage,
        "number": dose.number,
        "drugs": list(dose.drugs),
        "dose": dose_text(dose.phase.dose),
        "route": dose.phase.route,
        "phase": phase,
        "optional": dose.is_optional,
        "as_needed": dose.as_needed,
        **_item_json(dose, due),
    }


def _test_json(test: DueTest, due: Due) -> dict[str, Any]:
    return {
        "tests": list(test.tests),
        "before_dose": test.before_dose,
        "last": _day(test.last),
        **_item_json(test, due),
    }


def _given_json(dose: JudgedDose, due: Due) -> dict[str, Any]:
    return {
        "on": dose.on.isoformat(),
        "row": dose.row,
        "drug": dose.drug,
        "amount": None if dose.amount is None else str(dose.amount),
        "route": dose.route,
        "counting": dose.counting.value,
        "decision": None if dose.decision is None else dose.decision.value,
        "stage": dose.stage,
        "number": dose.number,
        **_grounded(dose.rules, due),
        "remarks": [
            {"text": one.text, **_grounded(one.rules, due)} for one in dose.remarks
        ],
    }
