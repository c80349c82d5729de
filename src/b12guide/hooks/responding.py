"""What a service answers: a request goes in, cards come out.

A pure function: it reads no clock, calls no server and keeps nothing. The day is an argument.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from b12guide.arguments import instance
from b12guide.audit.event import Given, Started, Stopped
from b12guide.audit.history import history_from
from b12guide.errors import PatientError
from b12guide.evaluate.answer import Recommendation
from b12guide.fhir.reading import Reading, read
from b12guide.fhir.resources import WIDEST, Resources
from b12guide.guideline import Guideline
from b12guide.hooks.card import Card
from b12guide.hooks.drafts import Draft, read_draft
from b12guide.hooks.order_cards import Orders, order_cards
from b12guide.hooks.patient_view import view_cards
from b12guide.hooks.policy import Policy
from b12guide.hooks.refused import unreadable
from b12guide.hooks.request import HookRequest, read_request, unanswered
from b12guide.hooks.services import PATIENT, Service, service_of, type_of
from b12guide.hooks.setting import Setting
from b12guide.limits import USUAL, Limits
from b12guide.notice import VERSION
from b12guide.panels import Panel
from b12guide.patient.from_mapping import day_of

__all__ = ["respond"]

EXTENSION = "com.github.b12guide"
"""Under this name an answer says which guideline and engine gave it."""


def respond(  # noqa: PLR0913 -- what is asked of which guideline, when, and how
    guidelines: Guideline | Panel | Iterable[Guideline],
    service: str,
    request: Mapping[str, Any],
    *,
    on: dt.date | str,
    policy: Policy | None = None,
    limits: Limits | None = None,
) -> dict[str, Any]:
    """The answer of `POST /cds-services/{id}`.

    Args:
        guidelines: Those that are served, as for `discovery`.
        service: The id of the service that is called.
        request: The decoded JSON of the body, as the specification says.
        on: The day on which it is asked.
        policy: What the one who runs the service decided; the usual policy when left out.
        limits: How large the resources may be, and how much work an answer may take; the usual
            limits when left out.

    Returns:
        The cards, the most urgent first. Its `extension` has the version, digest and review status
        of the guideline, the version of the engine, how many resources were not read, and the
        prefetch keys of which not everything was sent.

    Raises:
        HookError: There is no such service (404), the request is malformed (400), or the Patient
            is missing (412); its `outcome` is the body of the answer.
    """
    chosen = Policy() if policy is None else policy
    instance(chosen, Policy, "policy", "a `Policy`")
    day = day_of(on)
    called = service_of(guidelines, service)
    asked = read_request(request, called)
    missing = unanswered(asked, called)
    complete = _complete(called, chosen, missing)
    reading = _read(asked, called, day, complete, limits or WIDEST)
    answer = _recommend(called, reading, day, limits or USUAL)
    setting = Setting(
        answer=answer,
        on=day,
        policy=chosen,
        service=called.id,
        subject=f"Patient/{asked.patient_id}",
        provenance=reading.provenance,
    )
    if called.hook.is_of_orders:
        orders = _orders(asked, reading, called)
        cards = order_cards(setting, orders)
        unread = [why for draft in orders.drafts for why in draft.unread]
    else:
        cards = view_cards(
            setting,
            demographic=_demographic(reading),
            current=_current(reading, called),
        )
        unread = []
    return _answer(cards, called, missing, len(reading.unread) + len(unread))


def _recommend(
    called: Service, reading: Reading, day: dt.date, limits: Limits
) -> Recommendation:
    """What the guideline says; a record that contradicts itself is refused."""
    try:
        return called.guideline.recommend(reading.patient, on=day, limits=limits)
    except PatientError as error:
        raise unreadable(error, "prefetch") from error


def _complete(
    called: Service, policy: Policy, missing: Collection[str]
) -> tuple[str, ...]:
    """The types of resource of which the client sent all, by what the policy says of it."""
    lacking = {type_of(called.prefetch[key]) for key in missing}
    return tuple(kind for kind in policy.complete if kind not in lacking)


def _read(
    asked: HookRequest,
    called: Service,
    day: dt.date,
    complete: Iterable[str],
    limits: Limits,
) -> Reading:
    try:
        return read(
            _thawed(asked.prefetch),
            called.guideline,
            on=day,
            patient=f"Patient/{asked.patient_id}",
            complete=complete,
            limits=limits,
        )
    except PatientError as error:
        raise unreadable(error, "prefetch") from error


def _thawed(value: Any) -> Any:
    """Frozen data as dicts and lists again, as a JSON parser makes them."""
    if isinstance(value, Mapping):
        return {key: _thawed(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_thawed(each) for each in value]
    return value


def _demographic(reading: Reading) -> frozenset[str]:
    """The facts that nothing but the Patient resource states."""
    return frozenset(
        name
        for name, references in reading.provenance.items()
        if all(one.startswith("Patient") for one in references)
    )


def _current(reading: Reading, called: Service) -> tuple[str, ...]:
    """The drugs that the patient takes, as far as a course is on record that did not end."""
    found: dict[str, None] = {}
    for event in history_from(reading.history, called.guideline.graph).events:
        if isinstance(event, Started):
            found[event.drug] = None
        elif isinstance(event, Stopped):
            found.pop(event.drug, None)
    return tuple(found)


def _orders(asked: HookRequest, reading: Reading, called: Service) -> Orders:
    graph = called.guideline.graph
    together = [resource for _, resource in (*asked.drafts, *asked.others)]
    sent = [resource for key, resource in asked.prefetch.items() if key != PATIENT]
    try:
        beside = Resources.of(_thawed([*together, *sent]))
    except PatientError as error:
        raise unreadable(error, "context.draftOrders") from error

    def drafts(some: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[Draft]:
        for reference, resource in some:
            yield read_draft(reference, _thawed(resource), graph, beside)

    history = history_from(reading.history, graph)
    return Orders(
        drafts=tuple(drafts(asked.drafts)),
        others=tuple(drafts(asked.others)),
        given=tuple(one for one in history.events if isinstance(one, Given)),
    )


def _answer(
    cards: Iterable[Card], called: Service, missing: Collection[str], unread: int
) -> dict[str, Any]:
    guideline = called.guideline
    about: dict[str, Any] = {
        "engine": VERSION,
        "guideline": guideline.name,
        "version": guideline.version,
        "status": guideline.status.value,
        "digest": guideline.digest,
        "unread": unread,
    }
    if missing:
        about["unanswered"] = [*missing]
    plain = [card.to_dict() for card in cards]
    return {"cards": plain, "extension": {EXTENSION: about}}
