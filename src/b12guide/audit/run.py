"""A dosing history audited against a guideline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise, product

from attrs import evolve, frozen

from b12guide.audit.administration import form_findings, technique_findings
from b12guide.audit.departure import Departure, findings_of
from b12guide.audit.event import (
    Event,
    Given,
    History,
    Noted,
    Started,
    Tested,
    by_day,
)
from b12guide.audit.finding import USUAL, Audit, Family, Finding, Gravity, Tolerance
from b12guide.audit.knowledge import OPEN, Knowledge, Rulings
from b12guide.audit.loading import loading_findings, series_findings
from b12guide.audit.maintenance import (
    continuation_findings,
    doses_due,
    maintenance_findings,
)
from b12guide.audit.monitoring import monitoring_findings
from b12guide.audit.replay import Replay, loading_choices, phases_of
from b12guide.audit.withheld import withheld_findings
from b12guide.diagnostics import Diagnostic, Help
from b12guide.errors import PatientError
from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.context import remarks_on_record, unread_facts
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.memory import Work
from b12guide.graph.model import (
    Decision,
    Instruction,
    Monitoring,
    NotNeeded,
    Prohibition,
    Routes,
    RuleGraph,
    Silence,
    Target,
    Technique,
)
from b12guide.graph.query import brief_text, facts_read_by
from b12guide.patient.model import Patient, Units
from b12guide.patient.stated import state
from b12guide.text import shortened
from b12guide.truth import Truth


@frozen
class Gap:
    """From one dose of the treatment to the next.

    Attributes:
        loading: Whether both doses belong to one loading course.
        rules: The rules on its length: those of that course, else those on long-term doses that
            applied on the day of the later dose.
    """

    days: int
    loading: bool
    rules: frozenset[str] = frozenset()


@frozen(kw_only=True)
class Pattern:
    """The course of a history as a whole.

    Attributes:
        applied: Rules that applied, with what was known then, at some time up to the audit.
        open: Rules that never applied and that, at some time, were not ruled out either.
        recorded: Of those that applied, the rules that the history could have broken or kept: it
            says something of what they are about.
        gaps: In the order of the days.
    """

    applied: frozenset[str]
    recorded: frozenset[str]
    open: frozenset[str]
    gaps: tuple[Gap, ...]


_OPEN = {Verdict.UNKNOWN, Verdict.INDETERMINATE}


def pattern_of(replay: Replay) -> Pattern:
    """The pattern of a history."""
    verdicts = [
        verdict
        for known in replay.knowledge.over(dt.date.min, replay.on)
        for verdict in known.verdicts.values()
        if not verdict.rule.outside_scope
    ]
    applied = {v.rule.name for v in verdicts if v.verdict is Verdict.APPLIES}
    open_ = {v.rule.name for v in verdicts if v.verdict in _OPEN}
    return Pattern(
        applied=frozenset(applied),
        open=frozenset(open_ - applied),
        recorded=frozenset(n for n in applied if _is_recorded(replay, n)),
        gaps=tuple(_gaps(replay)),
    )


def _is_recorded(replay: Replay, name: str) -> bool:
    """Whether a history says anything by which this rule can be judged.

    That nothing was found against a rule on tests means little where no test is on record.
    """
    match replay.graph.rules[name].value:
        case Monitoring(tests=tests):
            return any(replay.tests(test) for test in tests)
        case Target(measure=measure):
            return any(tested.value is not None for tested in replay.tests(measure))
        case Technique(instructions=instructions):
            return any(_says(d, i) for d in replay.doses for i in instructions)
        case Routes():
            return any(event.route for event in replay.treatment)
        case Prohibition():
            return any(isinstance(event, Given | Started) for event in replay.events)
        case _ if replay.graph.rules[name].decision is Decision.ADJUNCT:
            return any(isinstance(event, Given | Started) for event in replay.events)
        case _:
            return bool(replay.treatment)


def _says(dose: Given, instruction: Instruction) -> bool:
    """Whether the record of a dose says what an instruction is about."""
    if instruction.gauge:
        return dose.needle is not None
    if instruction.pressure:
        return dose.pressure is not None
    if dose.site is None or dose.site != instruction.site or instruction.avoid:
        return dose.site is not None
    said = dose.quadrant if instruction.quadrant else dose.direction
    return said is not None


def _gaps(replay: Replay) -> Iterator[Gap]:
    loading = {
        course.rule.name: {id(d) for d in course.doses} for course in replay.loading
    }
    for first, second in pairwise(replay.doses):
        both = {id(first), id(second)}
        courses = {name for name, mine in loading.items() if both <= mine}
        lasting = {
            verdict.rule.name
            for verdict in replay.knowledge.on(second.on).of(
                Decision.MAINTENANCE, Verdict.APPLIES
            )
        }
        yield Gap(
            days=(second.on - first.on).days,
            loading=bool(courses),
            rules=frozenset(courses or lasting),
        )


OUT_OF_SCOPE = (
    "the guideline is not written for this patient, so nothing is judged by it"
)
SCOPE_UNKNOWN = (
    "it is not known whether the guideline is written for this patient; "
    "the findings hold if it is"
)
NO_DOSE = "the history records no dose of the treatment"
NOT_INDICATED = (
    "with what is on record, nothing in the guideline gives a reason for the treatment"
)
LATER = "{count} of the events lie after {on} and were not assessed"


def audit(  # noqa: PLR0913 -- an audit has a who, a what, a when and two settings
    evaluator: Evaluator,
    patient: Patient,
    history: History,
    on: dt.date,
    *,
    families: Iterable[Family] = tuple(Family),
    tolerance: Tolerance = USUAL,
    work: Work | None = None,
    units: Units | None = None,
) -> Audit:
    """Where `history` departs from the guideline, judged with what was known on each day.

    Args:
        evaluator: The guideline.
        patient: Who it is about; dated facts count from their day on.
        history: What was done.
        on: The day of the audit: what became due later is not missing yet.
        families: What to look at.
        tolerance: How late is late.
        work: What the answers of all days may cost together.
        units: Whether numbers may lack their unit; what the patient says of it if left out.

    Raises:
        PatientError: The patient's record cannot be used, or it takes more work than it may.
    """
    stated = state(patient, evaluator.graph, on, units)
    bare = tuple(_bare(history))
    if bare and stated.units is Units.REQUIRED:
        message = f"{history.name} cannot be used"
        raise PatientError(message, [_unit_missing(event) for event in bare])
    replay = replay_of(evaluator, patient, history, on, tolerance=tolerance, work=work)
    found = audited(replay, history, families)
    unread = unread_facts(stated, evaluator.graph, evaluator.heeded, found.silences)
    told = remarks_on_record(stated, evaluator.graph, unread)
    return evolve(
        found,
        notices=(*found.notices, *told, *_assumed_in(bare, evaluator.graph)),
        stated=stated,
        assumed_absent=replay.knowledge.on(on).recommendation.assumed_absent,
        history=history.rows,
        record=replay.events,
        due=tuple(doses_due(replay)),
    )


def _bare(history: History) -> Iterator[Tested | Noted]:
    """The events whose value is a number without a unit, where the measure has one."""
    for event in history.events:
        if isinstance(event, Tested | Noted) and event.assumed is not None:
            yield event


def _name(event: Tested | Noted) -> str:
    return event.test if isinstance(event, Tested) else event.fact


def _unit_missing(event: Tested | Noted) -> Diagnostic:
    """GDL734, of a row of the history."""
    return Diagnostic(
        code="GDL734",
        message=f"row {event.row}, `value`: `{_name(event)}` has a number without a unit, and "
        "units are required",
        help=(
            Help(message=f"write the unit of the report, as in `... {event.assumed}`"),
        ),
    )


def _assumed_in(events: Iterable[Tested | Noted], graph: RuleGraph) -> Iterator[str]:
    """What is to be said of the numbers without a unit."""
    found: dict[tuple[str, str | None], list[str]] = {}
    for event in events:
        found.setdefault((_name(event), event.assumed), []).append(str(event.row))
    if found:
        said = (
            f"{brief_text(graph, name)} was read as {unit} ("
            + ("row " if len(rows) == 1 else "rows ")
            + shortened(", ".join(rows))
            + ")"
            for (name, unit), rows in found.items()
        )
        yield f"no unit was given in the history: {', '.join(said)}"


def audited(
    replay: Replay, history: History, families: Iterable[Family] = tuple(Family)
) -> Audit:
    """What a replay of `history` shows."""
    asked = tuple(f for f in Family if f in set(families))
    scope = replay.knowledge.on(replay.on).recommendation.scope
    findings = () if scope is Truth.FALSE else _findings(replay, asked)
    later = len(history.events) - len(replay.events)
    return Audit(
        graph=replay.graph,
        on=replay.on,
        tolerance=replay.tolerance,
        families=asked,
        findings=tuple(findings),
        events=len(replay.events),
        later=later,
        scope=scope,
        notices=tuple(_notices(replay, scope, later)),
        silences=_silences(replay),
        warnings=history.warnings,
    )


def _notices(replay: Replay, scope: Truth, later: int) -> Iterator[str]:
    if scope is Truth.FALSE:
        yield OUT_OF_SCOPE
    elif scope is Truth.UNKNOWN:
        yield SCOPE_UNKNOWN
    if later:
        yield LATER.format(count=later, on=replay.on)
    if not replay.treatment:
        yield NO_DOSE
    if scope is not Truth.FALSE and not _is_indicated(replay):
        yield NOT_INDICATED


def _is_indicated(replay: Replay) -> bool:
    """Whether a regimen applied, or may have applied, at any time up to the audit."""
    return any(
        phases_of(verdict.rule)
        for known in replay.knowledge.over(dt.date.min, replay.on)
        for decision in (Decision.LOADING, Decision.MAINTENANCE)
        for verdict in known.of(decision, *OPEN)
    )


def _silences(replay: Replay) -> tuple[Silence, ...]:
    """What the guideline does not address and the patient brought up by the day of the audit."""
    return tuple(
        dict.fromkeys(
            silence
            for known in replay.knowledge.over(dt.date.min, replay.on)
            for silence in known.recommendation.silences
        )
    )


def replay_of(  # noqa: PLR0913 -- as an audit, with what other patients' brought
    evaluator: Evaluator,
    patient: Patient,
    history: History,
    on: dt.date,
    *,
    tolerance: Tolerance = USUAL,
    answers: Rulings | None = None,
    work: Work | None = None,
) -> Replay:
    """The replay, in which a loading course that the history shows to be complete counts as such.

    Its completion is known from then on, as if somebody had recorded it, unless the patient's
    record speaks of it.

    Args:
        evaluator: The guideline.
        patient: Who it is about.
        history: What was done; what lies after `on` is left aside.
        on: The day of the audit.
        tolerance: How late is late.
        answers: Those worked out before, which patients with the same `otherwise` may share.
        work: What the answers of all days may cost together; else each has its own limit.

    Raises:
        PatientError: The patient's record cannot be used.
    """
    events = tuple(e for e in history.events if e.on <= on)
    knowledge = Knowledge.of(evaluator, patient, events, answers, work)
    replay = Replay(
        graph=evaluator.graph,
        knowledge=knowledge,
        events=events,
        on=on,
        tolerance=tolerance,
    )
    replay = _with_loading(replay)
    shown = tuple(_shown(replay))
    if not shown:
        return replay
    together = tuple(sorted((*events, *shown), key=by_day))
    replay = evolve(
        replay,
        knowledge=Knowledge.of(evaluator, patient, together, knowledge.answers, work),
    )
    return _with_loading(replay)


def _with_loading(replay: Replay) -> Replay:
    """The replay with the course of each loading rule.

    Where a rule offers several regimens, nobody recorded which of them was chosen: it is the one
    from which the history departs least, maintenance included.
    """
    choices = tuple(loading_choices(replay))
    if all(len(each) == 1 for each in choices):
        return evolve(replay, loading=tuple(course for (course,) in choices))
    return min(
        (evolve(replay, loading=c) for c in islice(product(*choices), _MOST_CHOICES)),
        key=_departures_from,
    )


_MOST_CHOICES = 64


def _departures_from(replay: Replay) -> int:
    """How often the doses of a history depart from the schedules of the rules."""
    found = (*loading_findings(replay), *maintenance_findings(replay))
    return sum(departure.ceiling is not Gravity.INFO for departure in found)


def _shown(replay: Replay) -> Iterator[Event]:
    """The events that end loading, on the day after a fixed course had all its doses."""
    ending = _ending_loading(replay.graph)
    for course in replay.loading:
        if course.complete is None:
            continue
        day = course.complete + dt.timedelta(days=1)
        for event in ending:
            if event not in replay.knowledge.on(day).stated.values:
                yield Noted(on=day, fact=event)


def _ending_loading(graph: RuleGraph) -> tuple[str, ...]:
    """The events that say that loading is over: maintenance waits for them, and they end it.

    An event for which maintenance waits need not be the end of loading ("after the stores are
    full"), so a rule by which loading is not needed has to read it as well.
    """
    rules = graph.rules.values()
    ends = {
        fact
        for rule in rules
        if rule.decision is Decision.LOADING and isinstance(rule.value, NotNeeded)
        for fact in facts_read_by(rule.condition, graph.definitions)
    }
    return tuple(
        dict.fromkeys(
            event
            for rule in rules
            if rule.decision is Decision.MAINTENANCE
            for phase in phases_of(rule)
            for event in phase.after
            if event in ends
        )
    )


def _findings(replay: Replay, asked: tuple[Family, ...]) -> tuple[Finding, ...]:
    found = (d for family in asked for d in _departures(replay, family))
    return findings_of(found, replay)


def _departures(replay: Replay, family: Family) -> Iterator[Departure]:
    match family:
        case Family.FORM:
            yield from form_findings(replay)
        case Family.INTERVAL:
            yield from loading_findings(replay)
            yield from maintenance_findings(replay)
            yield from series_findings(replay)
        case Family.FOLATE:
            yield from withheld_findings(replay)
        case Family.TECHNIQUE:
            yield from technique_findings(replay)
        case Family.MONITORING:
            yield from monitoring_findings(replay)
        case Family.CONTINUATION:
            yield from continuation_findings(replay)
