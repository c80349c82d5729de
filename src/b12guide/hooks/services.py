"""The services of CDS Hooks: one for each guideline and hook, with the data that each asks for.

A client calls a service by its id, `GUIDELINE-HOOK`. Each hook has an id of its own, because
clients keep services by their id; the cards of the order hooks that say the same have the same
`uuid`, so that a client can tell that one takes the place of the other.

A prefetch template has no token but `{{context.patientId}}`, and no search parameter but
`patient` and `code`: what goes beyond that is not understood by every client.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any

from attrs import frozen

from b12guide.frozen import Record
from b12guide.graph.model import Fact, RuleGraph
from b12guide.graph.query import facts_read
from b12guide.guideline import Guideline
from b12guide.hooks.policy import Policy
from b12guide.hooks.refused import HookError, Issue
from b12guide.notice import EDUCATION_NOTICE
from b12guide.panels import Panel
from b12guide.several.called import labels_of
from b12guide.show.patient_header import reminder
from b12guide.values.code_system import uri_of
from b12guide.values.term import Kind

__all__ = ["Hook", "Service", "describe", "discovery"]

SPECIFICATION = "3.0.0-ballot"
"""The version of CDS Hooks that the services are made for."""
_HOOK_VERSION = "1.0"


class Hook(Enum):
    """The moments at which a client asks."""

    PATIENT_VIEW = "patient-view"
    ORDER_SELECT = "order-select"
    ORDER_SIGN = "order-sign"

    @property
    def is_of_orders(self) -> bool:
        """Whether there are draft orders to be looked at."""
        return self is not Hook.PATIENT_VIEW


_TITLES = {
    Hook.PATIENT_VIEW: "What the guideline says about this patient",
    Hook.ORDER_SELECT: "Orders that were selected, beside the guideline",
    Hook.ORDER_SIGN: "Orders to be signed, beside the guideline",
}
_DOES = {
    Hook.PATIENT_VIEW: (
        "A card for each decision that is settled and needs something to be done, one for what "
        "to ask next, and one where the guideline contradicts itself."
    ),
    Hook.ORDER_SELECT: (
        "Cards on the drugs and tests that were just selected: what is withheld, contraindicated "
        "or not named, a dose or interval outside the regimen, a test that is not to be done."
    ),
    Hook.ORDER_SIGN: (
        "Cards on all draft orders: what is withheld, contraindicated or not named, a dose or "
        "interval outside the regimen, a test that is not to be done."
    ),
}
_REQUIRES = (
    "The Patient is required, or the answer has status 412. Everything else may be left out: "
    "what is not sent is unknown, never absent. Resources are FHIR R4."
)


@frozen(kw_only=True, repr=False)
class Service(Record):
    """One service: a guideline that is asked at one moment.

    Attributes:
        label: How the guideline is called among the others that are served.
    """

    guideline: Guideline
    hook: Hook
    label: str

    @property
    def id(self) -> str:
        """The last step of its address."""
        return f"{self.label}-{self.hook.value}"

    @property
    def prefetch(self) -> Mapping[str, str]:
        """The queries whose answers it asks for, by their keys."""
        return dict(_prefetch(self.guideline.graph))

    def to_dict(self) -> dict[str, Any]:
        """The service as `GET /cds-services` lists it."""
        graph = self.guideline.graph
        return {
            "hook": self.hook.value,
            "title": f"{_TITLES[self.hook]}: {graph.title}",
            "description": f"{_DOES[self.hook]} {reminder(graph)}",
            "id": self.id,
            "prefetch": self.prefetch,
            "usageRequirements": _REQUIRES,
            "version": SPECIFICATION,
            "hookVersion": _HOOK_VERSION,
        }


def services_of(
    guidelines: Guideline | Panel | Iterable[Guideline],
) -> tuple[Service, ...]:
    """The services of some guidelines, in their order.

    Raises:
        GuidelineError: Two of them have the same name and version.
    """
    if isinstance(guidelines, Guideline):
        several: tuple[Guideline, ...] = (guidelines,)
    else:
        of = guidelines.guidelines if isinstance(guidelines, Panel) else guidelines
        several = tuple(of)
    graphs = [one.graph for one in several]
    labels = labels_of(graphs) if len(graphs) > 1 else [g.name for g in graphs]
    return tuple(
        Service(guideline=one, hook=hook, label=_in_address(label))
        for one, label in zip(several, labels, strict=True)
        for hook in Hook
    )


def _in_address(label: str) -> str:
    """A label as a step of an address: letters, digits, `.`, `_` and `-`."""
    kept = (sign if sign.isalnum() or sign in "._-" else "-" for sign in label)
    return "".join(kept).strip("-")


def discovery(guidelines: Guideline | Panel | Iterable[Guideline]) -> dict[str, Any]:
    """The answer of `GET /cds-services`: all services of some guidelines.

    Args:
        guidelines: One guideline, several, or a panel of them.

    Raises:
        GuidelineError: Two of them have the same name and version.

    >>> from b12guide import load
    >>> [one["id"] for one in discovery(load("mecobalamin_im"))["services"]]
    ['mecobalamin_im-patient-view', 'mecobalamin_im-order-select', 'mecobalamin_im-order-sign']
    """
    return {"services": [service.to_dict() for service in services_of(guidelines)]}


def service_of(
    guidelines: Guideline | Panel | Iterable[Guideline], service_id: str
) -> Service:
    """The service of an id.

    Raises:
        HookError: There is none (404).
    """
    known = {service.id: service for service in services_of(guidelines)}
    if service_id in known:
        return known[service_id]
    text = "there is no service of this id"
    remedy = "GET /cds-services lists the services"
    issue = Issue(code="no-such-service", kind="not-found", text=text, remedy=remedy)
    raise HookError(404, [issue])


# -------------------------------------------------------------------------- prefetch

PATIENT = "patient"
_BY_PATIENT = "patient={{context.patientId}}"
_LISTS = {
    "conditions": "Condition",
    "procedures": "Procedure",
    "allergies": "AllergyIntolerance",
    "medicationRequests": "MedicationRequest",
    "medicationStatements": "MedicationStatement",
    "medicationAdministrations": "MedicationAdministration",
}
_LOINC = "loinc"


def _prefetch(graph: RuleGraph) -> Iterator[tuple[str, str]]:
    yield PATIENT, "Patient/{{context.patientId}}"
    yield from ((key, f"{kind}?{_BY_PATIENT}") for key, kind in _LISTS.items())
    codes = [
        f"{uri_of(_LOINC)}|{code.code}"
        for fact in _measured(graph)
        for code in fact.codes
        if code.system == _LOINC
    ]
    if codes:
        listed = ",".join(dict.fromkeys(codes))
        yield "observations", f"Observation?{_BY_PATIENT}&code={listed}"


def _measured(graph: RuleGraph) -> Iterator[Fact]:
    """The measures that the guideline reads and that an Observation may state."""
    read = facts_read(graph)
    for fact in graph.vocabulary.facts.values():
        if fact.kind is Kind.MEASURE and fact.name in read:
            yield fact


# ---------------------------------------------------------------------- registration


def describe(
    guidelines: Guideline | Panel | Iterable[Guideline], policy: Policy | None = None
) -> dict[str, Any]:
    """What the one who registers the services with a client is asked for.

    Args:
        guidelines: As for `discovery`.
        policy: What the one who runs the service decided; the usual policy when left out.

    Returns:
        The notice, the addresses, and of each service the guideline with its version, status and
        digest, the types of resource that it reads, and whether its cards may carry suggestions.
    """
    chosen = Policy() if policy is None else policy
    base = chosen.base or ""
    return {
        "notice": EDUCATION_NOTICE,
        "specification": f"CDS Hooks {SPECIFICATION}",
        "discovery": f"{base}/cds-services",
        "signing": ["ES384", "RS384"],
        "keeps": "no data of patients; what was asked is forgotten once it is answered",
        "writes": "nothing; it calls no FHIR server",
        "services": [
            {
                "id": service.id,
                "hook": service.hook.value,
                "url": f"{base}/cds-services/{service.id}",
                "feedback": f"{base}/cds-services/{service.id}/feedback",
                "guideline": {
                    "name": service.guideline.name,
                    "title": service.guideline.graph.title,
                    "version": service.guideline.version,
                    "status": service.guideline.status.value,
                    "digest": service.guideline.digest,
                },
                "reads": sorted({*map(type_of, service.prefetch.values())}),
                "required": ["Patient"],
                "suggestionsWhileUnderReview": chosen.suggest,
            }
            for service in services_of(guidelines)
        ],
    }


def type_of(query: str) -> str:
    """The type of resource that a query is for."""
    return query.partition("?")[0].partition("/")[0]
