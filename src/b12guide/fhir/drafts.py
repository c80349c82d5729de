"""An answer as FHIR R4: a Bundle of drafts for people to check, and what stands against them.

The Bundle holds a GuidanceResponse (what was answered and what is still needed), a RequestGroup
with an action for each decision, and the drafts: MedicationRequest, ServiceRequest, Task, Goal; and
DetectedIssue for what speaks against a treatment.

A dose is drafted only if the answer advises it for certain, does not withhold it, and has nothing
to say against its drug, not even perhaps; and only for a patient for whom the guideline is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from b12guide.arguments import instance, mapping
from b12guide.errors import ArgumentError
from b12guide.evaluate.answer import Decided, Option, Outcome, Recommendation
from b12guide.fhir.canonical import Element, element, resource_id, urn
from b12guide.fhir.dosages import concept
from b12guide.fhir.issues import Issue, issues_of, spoken_against
from b12guide.fhir.orders import courses_of, regimen_of, requests_of
from b12guide.fhir.quantities import duration_value, quantity
from b12guide.fhir.request_group import Actions, Group, Part
from b12guide.fhir.response import response_of
from b12guide.fhir.sheet import Sheet, decision_concept, origin, subject_of
from b12guide.fhir.visits import checks_of, not_checked, referrals_of
from b12guide.frozen import Record
from b12guide.graph.model import (
    Change,
    Concluded,
    Continuation,
    Decision,
    Exclusion,
    FormChoice,
    Instruction,
    Monitoring,
    NotChecked,
    NotNeeded,
    Prohibition,
    Referral,
    Routes,
    Stop,
    Target,
)
from b12guide.regimen.model import Regimen
from b12guide.say.advice import advice_text
from b12guide.say.names import decision_text, decisions_read
from b12guide.truth import Truth
from b12guide.values.term import Operator

_DOSES = (Decision.LOADING, Decision.MAINTENANCE, Decision.ADJUNCT, Decision.CHANGE)
_COMPARATORS = {
    Operator.LESS: "<",
    Operator.AT_MOST: "<=",
    Operator.MORE: ">",
    Operator.AT_LEAST: ">=",
    Operator.EQUAL: "",
}


def bundle_of(
    recommendation: Recommendation,
    *,
    subject: str | Mapping[str, Any] | None = None,
    on: dt.date | None = None,
    provenance: Mapping[str, Sequence[str]] | None = None,
) -> Element:
    """The answer as a Bundle of drafts.

    Args:
        recommendation: The answer.
        subject: The reference of the patient, such as `Patient/1`, or a whole Reference.
        on: The day that goes on the drafts; that of the answer when left out.
        provenance: By fact, the references of the resources that state it.

    Raises:
        ArgumentError: The day is not the one that was asked for, or an argument is of a wrong kind.
        DosageError: A number of a schedule has no decimal.
    """
    told = mapping(provenance, "provenance", "a mapping of facts to references")
    sheet = Sheet.of(
        recommendation,
        subject_of(subject),
        _day(recommendation, on),
        {name: tuple(references) for name, references in told.items()},
    )
    drafting = _Drafting.of(recommendation, sheet)
    actions = Actions(sheet=sheet, groups=drafting.groups())
    group = actions.group()
    response = response_of(
        recommendation, sheet, None if group is None else urn(group["id"])
    )
    resources = [response, *([] if group is None else [group]), *actions.resources]
    entries = [{"fullUrl": urn(one["id"]), "resource": one} for one in resources]
    ids = [one["id"] for one in resources]
    return element(
        resourceType="Bundle",
        id=resource_id(recommendation.graph, "Bundle", ids),
        type="collection",
        entry=entries,
    )


def _day(recommendation: Recommendation, on: dt.date | None) -> dt.date | None:
    if on is None:
        return recommendation.on
    argument, expected = "on", "the day for which was asked, or any where none was"
    day = instance(on, dt.date, argument, "a date")
    if recommendation.on not in {None, day}:
        raise ArgumentError(argument, expected, on)
    return day


@frozen(repr=False)
class _Drafting(Record):
    """Makes the drafts of one answer.

    Attributes:
        issues: All that speaks against something, or is left open.
        barred: The drugs that are not drafted because of it.
    """

    recommendation: Recommendation
    sheet: Sheet
    issues: tuple[Issue, ...]
    barred: frozenset[str]

    @classmethod
    def of(cls, recommendation: Recommendation, sheet: Sheet) -> _Drafting:
        """What makes the drafts of `recommendation`."""
        issues = issues_of(recommendation)
        barred = spoken_against(recommendation, issues)
        return cls(recommendation, sheet, issues, barred)

    def groups(self) -> tuple[Group, ...]:
        """The groups of drafts, in the order in which an answer is read."""
        decisions = self.recommendation.decisions
        is_meant = self.recommendation.scope is Truth.TRUE
        found: list[Group] = []
        for decision in decisions_read():
            decided = decisions.get(decision)
            if decided is None:
                continue
            if is_meant and decision in _DOSES:
                found += self._doses(decided)
            treatment = next((one.name for one in found if one.is_treatment), None)
            parts = [*self._advised(decided, treatment)] if is_meant else []
            parts += self._minded(decision)
            if parts:
                beside = any(one.name == decision.value for one in found)
                name = f"{decision.value}-beside" if beside else decision.value
                found.append(self._group(name, decision, parts))
        not_addressed = self._minded(None)
        if not_addressed:
            title = "Not addressed by the guideline"
            found.append(
                self._group("not-addressed", Decision.NOTE, not_addressed, title)
            )
        return tuple(found)

    def _minded(self, decision: Decision | None) -> list[Part]:
        return [
            Part(title=one.told, resource=one.resource(self.sheet))
            for one in self.issues
            if one.decision is decision
        ]

    def _group(
        self, name: str, decision: Decision, parts: Sequence[Part], title: str = ""
    ) -> Group:
        title = title or decision_text(decision)
        return Group(name=name, decision=decision, title=title, parts=tuple(parts))

    # ------------------------------------------------------------------------ doses

    def _doses(self, decided: Decided) -> Iterator[Group]:
        """The doses that may be drafted, those in one group of which one is to be chosen."""
        decision = decided.decision
        if decided.outcome is Outcome.CONFLICT:
            return
        after_loading = decision is Decision.MAINTENANCE and self._may_load()
        together: list[tuple[frozenset[object], list[Part]]] = []
        open_ = _left_open(decided)
        for option in sorted(decided.options, key=lambda one: one.alternative):
            regimen = regimen_of(option.advice)
            if regimen is None or not is_draftable(option):
                continue
            about = _about(option, regimen, decision)
            if option.alternative and about & open_:
                continue  # nobody is offered the alternative to what may yet be the default
            parts = [*self._courses(option, regimen, decision, after_loading)]
            same = [pair for pair in together if pair[0] & about]
            merged = about.union(*(matter for matter, _ in same))
            before = [part for _, some in same for part in some]
            place = together.index(same[0]) if same else len(together)
            together = [pair for pair in together if not pair[0] & about]
            together.insert(place, (merged, [*before, *parts]))
        found = [parts for _, parts in together if parts]
        for number, parts in enumerate(found, start=1):
            yield Group(
                name=decision.value if number == 1 else f"{decision.value}-{number}",
                decision=decision,
                title=decision_text(decision),
                parts=tuple({part.resource["id"]: part for part in parts}.values()),
                one_of=True,
                after_loading=after_loading,
            )

    def _courses(
        self, option: Option, regimen: Regimen, decision: Decision, after_loading: bool
    ) -> Iterator[Part]:
        open_ = [one for one in self.issues if one.decision is None]
        minded = [urn(one.resource(self.sheet)["id"]) for one in open_]
        for course in courses_of(regimen, self.barred):
            for request in requests_of(
                course,
                self.sheet,
                decision=decision,
                option=option,
                after_loading=after_loading,
                issues=minded,
            ):
                dosages = request["dosageInstruction"]
                text = ", then ".join(each["text"] for each in dosages)
                yield Part(title=_title(text, option), resource=request)

    def _may_load(self) -> bool:
        """Whether loading comes first, or may."""
        loading = self.recommendation.decisions.get(Decision.LOADING)
        return loading is not None and (
            bool(loading.options) or loading.outcome is Outcome.CONFLICT
        )

    # ------------------------------------------------------------------------ all else

    def _advised(self, decided: Decided, treatment: str | None) -> Iterator[Part]:
        """What else is advised for certain."""
        if decided.outcome is Outcome.CONFLICT:
            return
        for option in sorted(decided.options, key=lambda one: one.alternative):
            if not is_draftable(option):
                continue
            text = advice_text(option.advice, self.sheet.graph)
            match option.advice:
                case Regimen() | Prohibition() | Exclusion() | NotNeeded():
                    pass
                case Monitoring():
                    yield from self._checks(option, text, treatment)
                case NotChecked():
                    for one in not_checked(option, self.sheet):
                        yield Part(title=_title(text, option), resource=one)
                case Referral():
                    for one in referrals_of(option, self.sheet):
                        yield Part(title=_title(text, option), resource=one)
                case Target():
                    yield Part(
                        title=_title(text, option),
                        resource=self._goal(option, option.advice),
                    )
                case Change() if regimen_of(option.advice) is not None:
                    pass
                case (
                    FormChoice()
                    | Routes()
                    | Instruction()
                    | Continuation()
                    | Stop()
                    | Change()
                    | Concluded()
                ):
                    resource = self._task(option, decided.decision, text)
                    yield Part(title=_title(text, option), resource=resource)

    def _checks(
        self, option: Option, text: str, treatment: str | None
    ) -> Iterator[Part]:
        for visit, request in checks_of(option, self.sheet):
            related: tuple[Element, ...] = ()
            if visit.at is not None and treatment is not None:
                related = (
                    {
                        "actionId": treatment,
                        "relationship": "after-start",
                        **duration_value(visit.at, "offset"),
                    },
                )
            title = _title(f"{request['code']['text']}: {text}", option)
            yield Part(title=title, resource=request, related=related)

    def _task(self, option: Option, decision: Decision, text: str) -> Element:
        """What no kind of request is made for: to go on, to stop, to change, how to inject."""
        reasons = self.sheet.reasons(option.rules)
        return self.sheet.proposal(
            "Task",
            [decision.value, text, list(option.rules)],
            option,
            instantiatesCanonical=self.sheet.canonical,
            code=decision_concept(decision),
            description=text,
            reasonCode=reasons[0] if reasons else None,
            **{"for": dict(self.sheet.subject)},
        )

    def _goal(self, option: Option, target: Target) -> Element:
        text = advice_text(target, self.sheet.graph)
        return self.sheet.resource(
            "Goal",
            [text, list(option.rules)],
            extension=origin(option.rules, option.strength),
            lifecycleStatus="proposed",
            description={"text": text},
            subject=dict(self.sheet.subject),
            startDate=self.sheet.day,
            target=[
                {
                    "measure": concept(self.sheet.wording.fact(target.measure)),
                    **_bound(target, text),
                }
            ],
            note=self.sheet.notes(option.rules),
        )


def _title(text: str, option: Option) -> str:
    """How an action is called: an alternative as one, with the strength of the source."""
    either = "or " if option.alternative else ""
    return f"{either}{text} ({option.strength.value})"


def is_draftable(option: Option) -> bool:
    """Whether an option holds whatever is unknown, and may be done today."""
    is_open = option.withheld or option.drugs_open or option.avoided
    return option.certain and not is_open


def _left_open(decided: Decided) -> frozenset[object]:
    """What the doses are about of which it is not certain that they are the default."""
    found: set[object] = set()
    for option in decided.options:
        regimen = regimen_of(option.advice)
        if regimen is not None and not (option.alternative or option.certain):
            found |= _about(option, regimen, decided.decision)
    return frozenset(found)


def _about(option: Option, regimen: Regimen, decision: Decision) -> frozenset[object]:
    """What a course is about: no two that share some of it are given together."""
    if decision is Decision.ADJUNCT:
        return frozenset(regimen.drugs)
    of = option.advice.of if isinstance(option.advice, Change) else decision
    return frozenset([of])


def _bound(target: Target, text: str) -> Element:
    """The bound; in words where the source prints a range for it."""
    if target.low != target.high:
        return {"detailString": text}
    sign = _COMPARATORS[target.operator]
    return {"detailQuantity": quantity(target.low, target.unit, sign)}
