"""Doses as drafts of MedicationRequest: one for each drug, with the schedule as the answer has it.

A schedule that leaves a choice of drugs is drafted once for each, the preferred one first. Phases
of different drugs are drafts of their own, of which a later one says that it follows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve, frozen

from b12guide.answers import Asked
from b12guide.errors import ArgumentError
from b12guide.evaluate.answer import Option
from b12guide.fhir.canonical import WORDS, Element, extension
from b12guide.fhir.dosages import concept, dosage_of
from b12guide.fhir.sheet import Sheet, decision_concept, origin, subject_of
from b12guide.fhir.wording import graph_of
from b12guide.frozen import Record
from b12guide.graph.model import Change, Decision, Regimens, RuleGraph
from b12guide.regimen.model import Phase, Regimen

__all__ = ["medication_request"]


@frozen(kw_only=True, repr=False)
class Course(Record):
    """One way of following a regimen: a drug for each phase.

    Attributes:
        runs: Phases of one drug that follow each other, each with its place from 1.
    """

    runs: tuple[tuple[str, tuple[tuple[int, Phase], ...]], ...]

    @property
    def drugs(self) -> frozenset[str]:
        """The drugs that are given."""
        return frozenset(drug for drug, _ in self.runs)


def courses_of(regimen: Regimen, against: Iterable[str] = ()) -> Iterator[Course]:
    """The ways of following a regimen without the drugs that something speaks `against`.

    One for each drug that all its phases may have, in the order of preference; where they have
    none in common, one with the first drug of each phase. None where a phase has no drug left.
    """
    barred = frozenset(against)
    choices = [
        [drug for drug in phase.drugs if drug not in barred] for phase in regimen.phases
    ]
    if not all(choices):
        return
    common = [
        drug for drug in choices[0] if all(drug in others for others in choices[1:])
    ]
    for drug in common:
        yield _course(regimen, [drug] * len(choices))
    if not common:
        yield _course(regimen, [some[0] for some in choices])


def _course(regimen: Regimen, drugs: list[str]) -> Course:
    runs: list[tuple[str, tuple[tuple[int, Phase], ...]]] = []
    for place, (phase, drug) in enumerate(zip(regimen.phases, drugs, strict=True), 1):
        one = (place, evolve(phase, drugs=(drug,)))
        if runs and runs[-1][0] == drug:
            runs[-1] = (drug, (*runs[-1][1], one))
        else:
            runs.append((drug, (one,)))
    return Course(runs=tuple(runs))


def regimen_of(advice: object) -> Regimen | None:
    """The regimen that is advised, one that takes the place of another included."""
    match advice:
        case Regimen():
            return advice
        case Change(to=Regimens(regimens=(regimen,))):
            return regimen
        case _:
            return None


def requests_of(  # noqa: PLR0913 -- one argument for each thing that bears on a draft
    course: Course,
    sheet: Sheet,
    *,
    decision: Decision | None = None,
    option: Option | None = None,
    after_loading: bool = False,
    issues: Iterable[str] = (),
) -> list[Element]:
    """The MedicationRequests of one course, in their order.

    Args:
        course: Which drug is given in which phase.
        sheet: What all drafts share.
        decision: What it is an answer to.
        option: What was advised, with its rules and strength.
        after_loading: Whether nothing of it begins before loading is over.
        issues: The full URLs of what is to be minded.
    """
    rules = () if option is None else option.rules
    made: list[Element] = []
    for drug, phases in course.runs:
        dosages = [dosage_of(phase, sheet.wording, place) for place, phase in phases]
        modifiers = list(_modifiers(option, made, after_loading=after_loading))
        strength = None if option is None else option.strength
        said = [
            decision.value if decision else "",
            drug,
            dosages,
            modifiers,
            list(rules),
        ]
        request = sheet.resource(
            "MedicationRequest",
            said,
            extension=origin(rules, strength),
            modifierExtension=modifiers,
            status="draft",
            intent="proposal",
            category=[] if decision is None else [decision_concept(decision)],
            medicationCodeableConcept=concept(sheet.wording.drug(drug)),
            subject=dict(sheet.subject),
            authoredOn=sheet.day,
            reasonCode=sheet.reasons(rules),
            reasonReference=sheet.evidence(rules),
            instantiatesCanonical=[sheet.canonical],
            note=sheet.notes(rules),
            dosageInstruction=dosages,
            detectedIssue=[{"reference": one} for one in issues],
        )
        made.append(request)
    return made


def _modifiers(
    option: Option | None, made: list[Element], *, after_loading: bool
) -> Iterator[Element]:
    """What nobody may pass over: what comes first, and what it takes the place of."""
    if made:
        drug = made[-1]["medicationCodeableConcept"]["text"]
        text = f"the course of {drug} before it is over"
        coding = {"system": WORDS, "code": "phase_before"}
        before = {"coding": [coding], "text": text}
        yield extension("follows", valueCodeableConcept=before)
    elif after_loading:
        loading = decision_concept(Decision.LOADING, "loading is over")
        yield extension("follows", valueCodeableConcept=loading)
    if option is not None and isinstance(option.advice, Change):
        present = f"the present {option.advice.of.value}"
        replaced = decision_concept(option.advice.of, present)
        yield extension("in-place-of", valueCodeableConcept=replaced)


def medication_request(
    advised: Regimen | Option,
    guideline: Asked | RuleGraph,
    *,
    drug: str | None = None,
    subject: str | Mapping[str, Any] | None = None,
    on: dt.date | None = None,
) -> dict[str, Any]:
    """One draft of a MedicationRequest for a regimen, whatever else an answer says about it.

    Whether it may be given is for the caller to know: `Recommendation.to_fhir` drafts only what is
    certain and not withheld. The id is the same for the same draft of the same guideline.

    Args:
        advised: The regimen, or the option of an answer, whose rules and strength it then has.
        guideline: Whose words and codes are used.
        drug: Which of its drugs; the first one when left out.
        subject: The reference of the patient, such as `Patient/1`.
        on: The day that goes on the draft.

    Raises:
        ArgumentError: The regimen names no drug, not this one in all its phases, or several where
            one is needed.
        DosageError: A number of the schedule has no decimal.
    """
    graph = graph_of(guideline)
    option = advised if isinstance(advised, Option) else None
    regimen = regimen_of(advised.advice if isinstance(advised, Option) else advised)
    if graph is None:
        argument, expected = "guideline", "a guideline, as `b12guide.load` gives it"
        raise ArgumentError(argument, expected, guideline)
    if regimen is None:
        argument, expected = "advised", "a regimen, or an option that advises one"
        raise ArgumentError(argument, expected, advised)
    courses = [
        one
        for one in courses_of(regimen)
        if len(one.runs) == 1 and (drug is None or one.drugs == {drug})
    ]
    if not courses:
        argument, expected = "drug", "a drug that every phase of the regimen may have"
        raise ArgumentError(argument, expected, drug)
    sheet = Sheet(graph=graph, subject=subject_of(subject), on=on)
    (request,) = requests_of(courses[0], sheet, option=option)
    return request
