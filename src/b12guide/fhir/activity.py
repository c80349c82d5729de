"""What a rule has somebody do: `ActivityDefinition` resources, and the parts of its action.

A definition never asks for more than its rule does. Where a rule withholds a drug, advises against
it or says that a test is not to be done, the definition has `doNotPerform`. A rhythm that a FHIR
timing cannot hold whole stands there in words alone, never in part. What FHIR has no activity for,
such as a treatment that is never to be stopped, is a part of the action with words and codes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, TypeAlias, assert_never

from attrs import evolve, frozen

from b12guide.errors import DosageError
from b12guide.fhir.canonical import Element, element
from b12guide.fhir.dosages import concept, dosages_of
from b12guide.fhir.published import canonical, head, id_of, own_coding
from b12guide.fhir.quantities import TIME_CODES, decimal_length, exact
from b12guide.fhir.wording import Wording
from b12guide.graph import model as m
from b12guide.regimen.model import Regimen
from b12guide.say.advice import advice_text
from b12guide.say.names import (
    Audience,
    drug_text,
    route_text,
    service_text,
    value_label,
)
from b12guide.say.schedules import schedule_text
from b12guide.say.words import listing

Part: TypeAlias = tuple[Element, Element | None]
"""A part of an action, and the activity that it names, if there is one."""


def parts_of(rule: m.Rule, graph: m.RuleGraph, on: dt.date | None) -> tuple[Part, ...]:
    """The parts of a rule's action, in the order of the rule; none where it only says something.

    Args:
        rule: The rule.
        graph: The guideline that it is part of.
        on: The day for which the guideline is said to hold.
    """
    return tuple(_Writer(rule, graph, on).parts(rule.value))


@frozen
class _Writer:
    rule: m.Rule
    graph: m.RuleGraph
    on: dt.date | None

    @property
    def wording(self) -> Wording:
        """The words and codes of the guideline."""
        return Wording(self.graph)

    def parts(self, value: m.Value) -> Iterator[Part]:
        """What `value` comes to, one part for each thing to do or not to do."""
        graph = self.graph
        match value:
            case m.Regimens(regimens=regimens):
                for number, regimen in enumerate(regimens, start=1):
                    yield self._doses(regimen, str(number))
            case m.FormChoice(drugs=drugs, excluded=excluded):
                named = [
                    self._part(drug_text(graph, drug), self._drug(drug))
                    for drug in drugs
                ]
                if excluded and len(named) > 1:
                    text = advice_text(m.FormChoice(drugs=drugs), graph)
                    choice = {"selectionBehavior": "exactly-one", "action": named}
                    named = [{**self._part(text), **choice}]
                yield from ((one, None) for one in named)
                yield from (self._no_drug(drug, advises=value) for drug in excluded)
            case m.Exclusion(drugs=drugs) | m.Prohibition(drugs=drugs):
                yield from (self._no_drug(drug, advises=value) for drug in drugs)
            case m.Monitoring():
                yield from self._checks(value)
            case m.NotChecked(tests=tests):
                for test in tests:
                    text = advice_text(m.NotChecked(tests=(test,)), graph)
                    code = concept(self.wording.test(test))
                    yield self._service(text, code, f"not-{test}", doNotPerform=True)
            case m.Referral(services=services):
                for service in services:
                    text = f"refer to {service_text(graph, service)}"
                    code = concept(self.wording.service(service))
                    yield self._service(text, code, service)
            case m.Routes(routes=routes):
                for route in routes:
                    text = route_text(graph, route, Audience.PROFESSIONAL)
                    code = concept(self.wording.route(route))
                    yield self._part(text, code), None
            case m.Change(to=to):
                yield from self.parts(to)
            case m.Technique(instructions=instructions):
                for instruction in instructions:
                    yield self._part(advice_text(instruction, graph)), None
            case m.Continuation(treatment=treatment) | m.Stop(treatment=treatment):
                yield self._part(advice_text(value, graph), self._any(treatment)), None
            case m.Target(measure=measure):
                yield self._part(advice_text(value, graph), self._any(measure)), None
            case m.Concluded(conclusion=conclusion, value=concluded):
                label = value_label(graph, conclusion, concluded)
                coding = own_coding(
                    id_of(graph.name), f"{conclusion}.{concluded}", label
                )
                code = {"coding": [coding], "text": label}
                yield self._part(advice_text(value, graph), code), None
            case m.NotNeeded() | m.Remark():
                return
            case _:
                assert_never(value)

    # --------------------------------------------------------------------- activities

    def _doses(self, regimen: Regimen, name: str) -> Part:
        """A regimen; the drugs of which one is to be chosen stand together in one text."""
        text, drugs = schedule_text(regimen, self.graph), regimen.drugs
        fits_all = all(phase.drugs == drugs for phase in regimen.phases)
        product = None
        if fits_all and len(drugs) == 1:
            product = self._drug(drugs[0])
        elif fits_all and drugs:
            names = [drug_text(self.graph, drug) for drug in drugs]
            product = {"text": listing(names, "or")}
        return self._activity(
            name,
            text,
            kind="MedicationRequest",
            productCodeableConcept=product,
            dosage=_dosages(regimen, self.graph),
        )

    def _no_drug(self, drug: str, advises: m.Advice) -> Part:
        """A drug that is not to be given, in the words of its rule."""
        match advises:
            case m.Exclusion() | m.Prohibition():
                text = advice_text(evolve(advises, drugs=(drug,)), self.graph)
            case _:
                text = f"not {drug_text(self.graph, drug)}"
        return self._activity(
            f"not-{drug}",
            text,
            kind="MedicationRequest",
            doNotPerform=True,
            productCodeableConcept=self._drug(drug),
        )

    def _checks(self, monitoring: m.Monitoring) -> Iterator[Part]:
        """Each test by itself; "never rely on it alone" asks for no test."""
        is_caution = monitoring == m.Monitoring(
            tests=monitoring.tests, never_alone=True
        )
        for test in monitoring.tests:
            text = advice_text(evolve(monitoring, tests=(test,)), self.graph)
            code = concept(self.wording.test(test))
            if is_caution:
                yield self._part(text, code), None
                continue
            timing = element(repeat=_rhythm(monitoring), code={"text": text})
            yield self._service(text, code, test, timingTiming=timing)

    def _service(self, text: str, code: Element, name: str, **fields: Any) -> Part:
        return self._activity(name, text, kind="ServiceRequest", code=code, **fields)

    def _activity(self, name: str, text: str, **fields: Any) -> Part:
        names = (self.rule.name, name)
        about = f"{self.rule.title}: {text}"
        definition = {
            **head(
                "ActivityDefinition",
                self.graph,
                *names,
                title=text,
                about=about,
                on=self.on,
            ),
            **element(
                library=[canonical("Library", self.graph)], intent="proposal", **fields
            ),
        }
        return self._part(text, definition=definition), definition

    # -------------------------------------------------------------------------- parts

    def _part(
        self, text: str, code: Element | None = None, definition: Element | None = None
    ) -> Element:
        named = definition and f"{definition['url']}|{definition['version']}"
        codes = None if code is None else [code]
        return element(title=text, code=codes, definitionCanonical=named)

    def _drug(self, name: str) -> Element:
        return concept(self.wording.drug(name))

    def _any(self, name: str) -> Element:
        """A treatment or measure, which may be a word of any kind."""
        known = self.graph.vocabulary
        if name in known.drugs:
            return self._drug(name)
        if name in known.services:
            return concept(self.wording.service(name))
        return concept(self.wording.fact(name))


def _dosages(regimen: Regimen, graph: m.RuleGraph) -> list[Element]:
    """The dosage of each phase; all of them in words, where a number has no decimal."""
    try:
        return dosages_of(regimen, graph)
    except DosageError:
        return [{"sequence": 1, "text": schedule_text(regimen, graph)}]


def _rhythm(monitoring: m.Monitoring) -> Element | None:
    """How often a test recurs, where that is all that is said of its days."""
    alone = m.Monitoring(tests=monitoring.tests, every=monitoring.every)
    if monitoring.every is None or monitoring != alone:
        return None
    try:
        every = decimal_length(monitoring.every)
    except DosageError:
        return None
    most = None if every.low == every.high else exact(every.high)
    return element(
        frequency=1,
        period=exact(every.low),
        periodMax=most,
        periodUnit=TIME_CODES[every.unit],
    )
