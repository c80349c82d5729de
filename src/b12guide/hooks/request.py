"""A request of CDS Hooks, read and checked; what is not as the specification says is refused.

What the client did not send is unknown. A key that is left out was not asked, `null` is a query
without a result, and an `OperationOutcome` is a query that failed: none of them says that
something is absent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen

from b12guide.frozen import Record, freeze
from b12guide.hooks.refused import HookError, Issue, malformed
from b12guide.hooks.services import PATIENT, Hook, Service

__all__ = ["HookRequest", "read_request", "unanswered"]

_MOST_DRAFTS = 200


@frozen(kw_only=True, repr=False)
class HookRequest(Record):
    """A request that can be served.

    Attributes:
        instance: The name of this one call, given by the client.
        patient_id: The id of the Patient.
        prefetch: What the client sent, by the keys of the service; keys without any result are
            left out, and so are those that the service did not ask for.
        failed: The keys of queries that the client says have failed.
        asked: The keys of queries that were carried out, `null` included.
        drafts: The draft orders to be looked at, each with its reference, such as
            `MedicationRequest/1`.
        others: The draft orders that were not selected just now.
    """

    hook: Hook
    instance: str
    patient_id: str
    prefetch: Mapping[str, Any] = field(converter=freeze, eq=False, repr=False)
    failed: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    drafts: tuple[tuple[str, Mapping[str, Any]], ...] = field(
        default=(), converter=freeze, eq=False, repr=False
    )
    others: tuple[tuple[str, Mapping[str, Any]], ...] = field(
        default=(), converter=freeze, eq=False, repr=False
    )


def read_request(request: Any, service: Service) -> HookRequest:
    """The request for a service, checked.

    Args:
        request: The decoded JSON of the body.
        service: The service that is called.

    Raises:
        HookError: It is malformed (400), or lacks the Patient (412).
    """
    if not isinstance(request, Mapping):
        text, remedy = "the request is not a JSON object", "send the body of CDS Hooks"
        raise _refused(text, remedy)
    issues = [*_head(request, service)]
    context = request.get("context")
    patient_id = _patient_id(context, issues)
    prefetch = request.get("prefetch", {})
    if not isinstance(prefetch, Mapping):
        text, remedy = (
            "`prefetch` is not an object",
            "send an object of keys and resources",
        )
        issues.append(malformed(text, remedy, "prefetch"))
        prefetch = {}
    drafts: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    if service.hook.is_of_orders and isinstance(context, Mapping):
        drafts = tuple(_drafts(context, patient_id, issues))
    chosen = _selected(context, drafts, service.hook, issues)
    if issues:
        raise HookError(400, issues)
    wanted = {k: v for k, v in prefetch.items() if k in service.prefetch}
    _refuse_without_patient(wanted.get(PATIENT), patient_id)
    try:
        return HookRequest(
            hook=service.hook,
            instance=request["hookInstance"],
            patient_id=patient_id,
            prefetch={k: v for k, v in wanted.items() if not (v is None or _failed(v))},
            failed=tuple(k for k, v in wanted.items() if _failed(v)),
            asked=tuple(k for k, v in wanted.items() if not _failed(v)),
            drafts=tuple(one for one in drafts if one[0] in chosen),
            others=tuple(one for one in drafts if one[0] not in chosen),
        )
    except RecursionError as error:
        text = "the request is nested too deeply"
        raise _refused(text, "send resources as FHIR R4 has them") from error


def unanswered(asked: HookRequest, service: Service) -> tuple[str, ...]:
    """The keys of which the client did not send all that there is.

    It left them out, its query failed, or it sent the first page of several.
    """
    return tuple(
        key
        for key in service.prefetch
        if key not in asked.asked or _has_more(asked.prefetch.get(key))
    )


def _has_more(bundle: Any) -> bool:
    links = bundle.get("link") if isinstance(bundle, Mapping) else None
    return any(
        isinstance(one, Mapping) and one.get("relation") == "next"
        for one in (links if isinstance(links, list | tuple) else ())
    )


def _refused(text: str, remedy: str, place: str = "") -> HookError:
    return HookError(400, [malformed(text, remedy, place)])


def _head(request: Mapping[str, Any], service: Service) -> Iterator[Issue]:
    hook = service.hook.value
    if request.get("hook") != hook:
        text = f"`hook` is not `{hook}`, which is what this service is for"
        yield malformed(
            text, f"send `hook: {hook}`, or call another service", "hook", "value"
        )
    if not _is_word(request.get("hookInstance")):
        text, remedy = "`hookInstance` is missing", "send a UUID of this one call"
        yield malformed(text, remedy, "hookInstance", "required")
    if not isinstance(request.get("context"), Mapping):
        text, remedy = "`context` is not an object", "send the context of the hook"
        yield malformed(text, remedy, "context", "required")
    elif not _is_word(request["context"].get("userId")):
        text, remedy = (
            "`context.userId` is missing",
            "send who asks, as `Practitioner/1`",
        )
        yield malformed(text, remedy, "context.userId", "required")
    if "fhirAuthorization" in request and not _is_word(request.get("fhirServer")):
        text = "`fhirAuthorization` stands without `fhirServer`"
        yield malformed(text, "send both, or neither", "fhirServer", "required")


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _patient_id(context: Any, issues: list[Issue]) -> str:
    found = context.get("patientId") if isinstance(context, Mapping) else None
    if not _is_word(found):
        text, remedy = "`context.patientId` is missing", "send the id of the Patient"
        issues.append(malformed(text, remedy, "context.patientId", "required"))
        return ""
    return str(found).strip().removeprefix("Patient/")


def _failed(value: Any) -> bool:
    return (
        isinstance(value, Mapping) and value.get("resourceType") == "OperationOutcome"
    )


# ---------------------------------------------------------------------- the patient


def _refuse_without_patient(sent: Any, patient_id: str) -> None:
    patient = _patient_in(sent)
    if patient is None:
        issue = Issue(
            code="patient-missing",
            kind="required",
            text="the Patient is missing, and without it nothing can be said",
            remedy=f"send the prefetch key `{PATIENT}`; this service calls no FHIR server",
            place=f"prefetch.{PATIENT}",
        )
        raise HookError(412, [issue])
    found = patient.get("id")
    if found is not None and found != patient_id:
        text = f"the Patient under `prefetch.{PATIENT}` is not the one of `context.patientId`"
        raise _refused(text, "send the data of one patient", f"prefetch.{PATIENT}.id")


def _patient_in(sent: Any) -> Mapping[str, Any] | None:
    """The Patient that was sent, by itself or as the only one of a Bundle."""
    if not isinstance(sent, Mapping):
        return None
    if sent.get("resourceType") == "Patient":
        return sent
    entries = sent.get("entry") if sent.get("resourceType") == "Bundle" else None
    found = [
        entry["resource"]
        for entry in (entries if isinstance(entries, list | tuple) else ())
        if isinstance(entry, Mapping)
        and isinstance(entry.get("resource"), Mapping)
        and entry["resource"].get("resourceType") == "Patient"
    ]
    return found[0] if len(found) == 1 else None


# ------------------------------------------------------------------------ the orders


def _drafts(
    context: Mapping[str, Any], patient_id: str, issues: list[Issue]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The draft orders with their references; one without an id goes by its place."""
    place = "context.draftOrders"
    bundle = context.get("draftOrders")
    if not isinstance(bundle, Mapping) or bundle.get("resourceType") != "Bundle":
        text, remedy = f"`{place}` is not a Bundle", "send the draft orders as a Bundle"
        issues.append(malformed(text, remedy, place, "required"))
        return
    entries = bundle.get("entry", ())
    if not isinstance(entries, list | tuple) or len(entries) > _MOST_DRAFTS:
        text = f"`{place}.entry` is not a list of at most {_MOST_DRAFTS} orders"
        issues.append(malformed(text, "send fewer orders at a time", f"{place}.entry"))
        return
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        resource = entry.get("resource") if isinstance(entry, Mapping) else None
        kind = resource.get("resourceType") if isinstance(resource, Mapping) else None
        at = f"{place}.entry[{number}].resource"
        if not isinstance(resource, Mapping) or not isinstance(kind, str):
            text, remedy = (
                f"`{at}` is not a resource",
                "send a resource with its `resourceType`",
            )
            issues.append(malformed(text, remedy, at))
            continue
        if _is_of_another(resource, patient_id):
            text = f"`{at}` is an order for another patient than `context.patientId`"
            remedy = "send the orders of one patient"
            issues.append(malformed(text, remedy, f"{at}.subject", "value"))
            continue
        named = resource.get("id")
        reference = f"{kind}/{named}" if _is_word(named) else f"{kind}/#{number}"
        if reference in seen:
            text = f"`{at}.id` is the id of another draft order too"
            issues.append(
                malformed(text, "give each order its own id", f"{at}.id", "value")
            )
            continue
        seen.add(reference)
        yield reference, resource


def _is_of_another(order: Mapping[str, Any], patient_id: str) -> bool:
    """Whether an order names a patient by type and id, and not the one who is meant."""
    subject = order.get("subject")
    named = subject.get("reference") if isinstance(subject, Mapping) else None
    if not isinstance(named, str):
        return False
    kind, _, name = named.partition("/_history/")[0].rpartition("/")
    return kind.rpartition("/")[2] == "Patient" and name != patient_id


def _selected(
    context: Any,
    drafts: tuple[tuple[str, Mapping[str, Any]], ...],
    hook: Hook,
    issues: list[Issue],
) -> frozenset[str]:
    """The references of the draft orders to be looked at."""
    everything = frozenset(reference for reference, _ in drafts)
    if hook is not Hook.ORDER_SELECT or not isinstance(context, Mapping):
        return everything
    place = "context.selections"
    asked = context.get("selections")
    if not isinstance(asked, list | tuple) or not all(map(_is_word, asked)):
        text, remedy = (
            f"`{place}` is not a list of references",
            "send `[MedicationRequest/1]`",
        )
        issues.append(malformed(text, remedy, place, "required"))
        return everything
    by_id = {reference.partition("/")[2]: reference for reference in everything}
    chosen = {one if one in everything else by_id.get(one, "") for one in asked}
    if "" in chosen:
        text = f"`{place}` names an order that is not in `context.draftOrders`"
        issues.append(malformed(text, "send the orders that are named", place, "value"))
    return frozenset(chosen)
