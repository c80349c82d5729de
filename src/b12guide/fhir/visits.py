"""Tests and referrals as drafts of ServiceRequest.

R4 tells a request when to be done by days, and by nothing else: that a test belongs so many months
after the first dose, begins with an event, or comes just before a dose stands in modifier
extensions and in words, as it does for doses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from b12guide.evaluate.answer import Option
from b12guide.fhir.canonical import WORDS, Element, element, extension
from b12guide.fhir.dosages import concept
from b12guide.fhir.quantities import TIME_CODES, decimal_length, duration_value, exact
from b12guide.fhir.sheet import Sheet, decision_concept
from b12guide.frozen import Record
from b12guide.graph.model import Decision, Monitoring, NotChecked, Recurrence, Referral
from b12guide.say.advice import advice_text
from b12guide.say.schedules import length_text
from b12guide.values.duration import DurationRange


@frozen(kw_only=True, repr=False)
class Visit(Record):
    """When a test is done: one time after the start, or so often.

    Attributes:
        at: How long after the start, for a single time.
        stretch: How often, and for how long.
        follows: Whether it begins when the stretch before it is over.
    """

    at: DurationRange | None = None
    stretch: Recurrence | None = None
    follows: bool = False


def visits_of(monitoring: Monitoring) -> tuple[Visit, ...]:
    """The visits that are asked for; one without a time where nothing says when."""
    single = [Visit(at=time) for time in monitoring.times]
    again = [
        Visit(stretch=stretch, follows=place > 0)
        for place, stretch in enumerate(monitoring.recurring)
    ]
    return (*single, *again) or (Visit(),)


def checks_of(option: Option, sheet: Sheet) -> Iterator[tuple[Visit, Element]]:
    """The drafts of a test and of what is tested with it, visit by visit."""
    advice = option.advice
    if not isinstance(advice, Monitoring):
        return
    text = advice_text(advice, sheet.graph)
    for visit in visits_of(advice):
        modifiers = list(_modifiers(advice, visit, sheet))
        for test in (*advice.tests, *advice.companions):
            alone = advice.never_alone and test in advice.tests
            own = [extension("never-alone", valueBoolean=True)] if alone else []
            yield (
                visit,
                _request(
                    sheet,
                    option,
                    concept(sheet.wording.test(test)),
                    modifiers=[*modifiers, *own],
                    occurrenceTiming=_timing(advice, visit),
                    note=sheet.notes(option.rules, text),
                ),
            )


def _modifiers(advice: Monitoring, visit: Visit, sheet: Sheet) -> Iterator[Element]:
    """What nobody may pass over."""
    if visit.at is not None:
        yield extension("after-start", **duration_value(visit.at, "value"))
    if visit.follows:
        before = {
            "coding": [{"system": WORDS, "code": "visits_before"}],
            "text": "the visits before it are over",
        }
        yield extension("follows", valueCodeableConcept=before)
    for name, event in (("after", advice.after), ("until", advice.until)):
        if event is not None:
            found = concept(sheet.wording.fact(event))
            yield extension(name, valueCodeableConcept=found)
    if advice.during is not None:
        part = decision_concept(advice.during)
        yield extension("during", valueCodeableConcept=part)
    if advice.before_next_dose:
        yield extension("before-next-dose", valueBoolean=True)


def _timing(advice: Monitoring, visit: Visit) -> Element:
    if visit.stretch is not None:
        return _recurring(visit.stretch)
    repeat = {"count": 1} if visit.at is not None or advice.once else {}
    code = {}
    if visit.at is not None:
        code = {"text": f"{length_text(visit.at)} after the first dose"}
    return element(repeat=repeat, code=code)


def _recurring(stretch: Recurrence) -> Element:
    every = decimal_length(stretch.every)
    period: dict[str, Any] = {"period": exact(every.low)}
    if every.high != every.low:
        period["periodMax"] = exact(every.high)
    bounds = {} if stretch.lasts is None else duration_value(stretch.lasts, "bounds")
    repeat = {**bounds, "frequency": 1, **period, "periodUnit": TIME_CODES[every.unit]}
    if not stretch.at_least:
        return {"repeat": repeat}
    # More often is as good: a program that reads only "every 3 months" asks for nothing less.
    return {"extension": [extension("at-least", valueBoolean=True)], "repeat": repeat}


def not_checked(option: Option, sheet: Sheet) -> Iterator[Element]:
    """What is not to be tested, each as a request not to."""
    if isinstance(option.advice, NotChecked):
        for test in option.advice.tests:
            code = concept(sheet.wording.test(test))
            yield _request(sheet, option, code, doNotPerform=True)


def referrals_of(option: Option, sheet: Sheet) -> Iterator[Element]:
    """A request to each service to which the patient is sent."""
    if isinstance(option.advice, Referral):
        for service in option.advice.services:
            code = concept(sheet.wording.service(service))
            yield _request(sheet, option, code, decision=Decision.REFERRAL)


def _request(
    sheet: Sheet,
    option: Option,
    code: Element,
    *,
    decision: Decision = Decision.MONITORING,
    modifiers: list[Element] | None = None,
    **fields: Any,
) -> Element:
    said = [code, modifiers or [], fields.get("occurrenceTiming"), list(option.rules)]
    found = {
        "modifierExtension": modifiers or [],
        "instantiatesCanonical": [sheet.canonical],
        "category": [decision_concept(decision)],
        "code": code,
        "subject": dict(sheet.subject),
        "reasonCode": sheet.reasons(option.rules),
        "reasonReference": sheet.evidence(option.rules),
    }
    is_against = bool(fields.get("doNotPerform"))
    return sheet.proposal(
        "ServiceRequest", [*said, is_against], option, **{**found, **fields}
    )
