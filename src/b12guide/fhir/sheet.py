"""What all drafts of one answer share: whom they are for, what they rest on, how they are named.

Nothing of a draft is an order. Each is a `proposal` in the state `draft`, names the guideline with
its version and digest and whether anybody approved it, and says that it is for education and
research.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import field, frozen

from b12guide.arguments import instance
from b12guide.errors import ArgumentError
from b12guide.evaluate.answer import Option, Recommendation
from b12guide.fhir.canonical import BASE, Element, element, extension, resource_id
from b12guide.fhir.dosages import concept
from b12guide.fhir.published import canonical
from b12guide.fhir.wording import Wording
from b12guide.frozen import Record, frozen_map
from b12guide.graph.model import Decision, Rule, RuleGraph, Status
from b12guide.graph.query import facts_read_by
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.names import decision_text
from b12guide.show.citations import grounds_details, rules_named, sources_of
from b12guide.values.term import Strength

DECISIONS = f"{BASE}/CodeSystem/decision"
"""The code system of what a guideline decides."""

NOBODY: Mapping[str, Any] = {"display": "the patient of this answer"}
"""The subject of drafts for which nobody named the patient."""

_REASONS = ("Condition/", "Observation/")
"""What R4 lets a draft give as its reason by reference."""


def subject_of(subject: str | Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The Reference of a patient.

    Raises:
        ArgumentError: It is neither a reference nor text that could be one.
    """
    if subject is None:
        return NOBODY
    if isinstance(subject, Mapping):
        return dict(subject)
    argument, expected = "subject", "a reference, such as `Patient/1`"
    given = instance(subject, str, argument, expected)
    if not given or " " in given:
        raise ArgumentError(argument, expected, given)
    return {"reference": given}


def guideline_note(graph: RuleGraph) -> str:
    """The guideline, whether anybody approved it, and its digest."""
    status = graph.status.value
    if graph.status is not Status.APPROVED:
        status += ", not approved"
    return f"Guideline {graph.name} {graph.version}: {status}; digest {graph.digest}."


def rule_note(graph: RuleGraph, rule: Rule) -> str:
    """What one rule rests on."""
    strength = rule.grounds.strength
    details = (
        f"rule {rule.name}",
        *([] if strength is None else [strength.value]),
        *grounds_details(graph, [rule]),
    )
    because = "" if rule.grounds.because is None else f" {rule.grounds.because}"
    return f"{rule.title} ({'; '.join(details)}).{because}"


@frozen(kw_only=True, repr=False)
class Sheet(Record):
    """What the drafts of one answer have in common.

    Attributes:
        subject: The Reference of the patient.
        on: The day that goes on the drafts; None for none.
        known: The facts that the patient has.
        provenance: By fact, the references of the resources that state it.
    """

    graph: RuleGraph
    subject: Mapping[str, Any] = NOBODY
    on: dt.date | None = None
    known: frozenset[str] = frozenset()
    provenance: Mapping[str, tuple[str, ...]] = field(
        factory=dict, converter=frozen_map
    )

    @classmethod
    def of(
        cls,
        recommendation: Recommendation,
        subject: Mapping[str, Any],
        on: dt.date | None,
        provenance: Mapping[str, tuple[str, ...]],
    ) -> Sheet:
        """What the drafts of `recommendation` share."""
        return cls(
            graph=recommendation.graph,
            subject=subject,
            on=on,
            known=recommendation.stated.own,
            provenance=provenance,
        )

    @property
    def wording(self) -> Wording:
        """The words of the guideline."""
        return Wording(self.graph)

    @property
    def day(self) -> str | None:
        """The day as FHIR writes it."""
        return None if self.on is None else self.on.isoformat()

    def resource(self, kind: str, said: object, **fields: Any) -> Element:
        """A resource whose id is made of what it says."""
        id_ = resource_id(self.graph, kind, said)
        return {"resourceType": kind, "id": id_, **element(**fields)}

    def proposal(
        self, kind: str, said: object, option: Option, **fields: Any
    ) -> Element:
        """A draft that proposes what an option advises, with its rules, strength and notices."""
        common = {
            "extension": origin(option.rules, option.strength),
            "status": "draft",
            "intent": "proposal",
            "authoredOn": self.day,
            "note": self.notes(option.rules),
        }
        return self.resource(kind, said, **{**common, **fields})

    def notes(self, rules: Iterable[str], *further: str) -> list[Element]:
        """What stands on every draft: the notice, the guideline, the rules behind it."""
        return [{"text": text} for text in self.texts(rules, *further)]

    def texts(self, rules: Iterable[str], *further: str) -> Iterator[str]:
        """The same as lines."""
        yield EDUCATION_NOTICE
        yield guideline_note(self.graph)
        yield from further
        for rule in rules_named(self.graph, rules):
            yield rule_note(self.graph, rule)

    def reasons(self, rules: Iterable[str]) -> list[Element]:
        """The facts that the patient has and the rules read."""
        return [concept(self.wording.fact(name)) for name in self._read(rules)]

    def evidence(self, rules: Iterable[str]) -> list[Element]:
        """The resources that state these facts, where it is known which."""
        found = (
            ref for name in self._read(rules) for ref in self.provenance.get(name, ())
        )
        kept = (ref for ref in dict.fromkeys(found) if ref.startswith(_REASONS))
        return [{"reference": ref} for ref in kept]

    def _read(self, rules: Iterable[str]) -> list[str]:
        read: set[str] = set()
        for rule in rules_named(self.graph, rules):
            read |= facts_read_by(rule.condition, self.graph.definitions)
        return sorted(read & self.known)

    def citations(self, rules: Iterable[str]) -> list[Element]:
        """The sources behind the rules."""
        names = sources_of(rules_named(self.graph, rules))
        sources = [self.graph.sources[name] for name in names]
        return [
            element(
                type="citation",
                display=source.title,
                url=source.link if source.resolves else None,
            )
            for source in sources
        ]

    @property
    def canonical(self) -> str:
        """The guideline as a PlanDefinition, with its version."""
        return canonical("PlanDefinition", self.graph)


def decision_concept(decision: Decision, text: str = "") -> Element:
    """What is decided, as a CodeableConcept."""
    coding = {"system": DECISIONS, "code": decision.value}
    return {"coding": [coding], "text": text or decision_text(decision)}


def origin(rules: Iterable[str], strength: Strength | None = None) -> list[Element]:
    """The rules behind a draft, and how strongly the source says it, for programs."""
    found = [extension("rule", valueCode=name) for name in rules]
    if strength is not None:
        found.append(extension("strength", valueCode=strength.value))
    return found
