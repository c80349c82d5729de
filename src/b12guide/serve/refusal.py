"""What is said where a request is not answered: problems as RFC 9457 has them, without values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic
from b12guide.errors import B12GuideError, PatientError
from b12guide.frozen import FrozenMap, Record, frozen_map

MEDIA_TYPE = "application/problem+json"

RESOURCES = "FHIR resources"
"""What reading resources calls them, and the patient that they are about."""
_OF_RESOURCES = {"GDL760", "GDL761"}
UNREADABLE = frozenset({"GDL701", "GDL702", "GDL705"})
"""Codes of what is no JSON, or not JSON that says one thing."""
TOO_LARGE = "GDL719"


@frozen(kw_only=True, repr=False)
class Fault(Record):
    """One thing that is the matter with a request.

    Attributes:
        code: A stable code such as `SRV002`, which docs/serve.md explains.
        detail: What is the matter.
        remedy: What can be done about it.
        pointer: Where in the body, as a JSON Pointer; None where it is not in the body.
    """

    code: str
    detail: str
    remedy: str
    pointer: str | None = None


class RequestError(B12GuideError):
    """A request that cannot be answered.

    Attributes:
        status: The status of HTTP.
        title: What is the matter, in one sentence.
        faults: What is the matter, one by one.
        headers: Headers that belong to the status, such as `Allow`.
    """

    status: int
    title: str
    faults: tuple[Fault, ...]
    headers: Mapping[str, str]

    def __init__(
        self,
        status: int,
        title: str,
        faults: Iterable[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.title = title
        self.faults = tuple(faults)
        self.headers = FrozenMap(headers or {})
        super().__init__(title)

    def problem(self, status: int | None = None) -> dict[str, Any]:
        """The error as a problem of RFC 9457."""
        return {
            "type": "urn:b12guide:error:RequestError",
            "title": self.title,
            "status": status or self.status,
            "errors": [
                {
                    "code": fault.code,
                    "fact": None,
                    "pointer": fault.pointer,
                    "detail": fault.detail,
                    "remedy": fault.remedy,
                }
                for fault in self.faults
            ],
        }


def refused(  # noqa: PLR0913, PLR0917 -- a fault has as many parts
    status: int,
    code: str,
    title: str,
    detail: str,
    remedy: str,
    headers: Mapping[str, str] | None = None,
) -> RequestError:
    """A request that cannot be answered for one reason, which is not a place in its body."""
    fault = Fault(code=code, detail=detail, remedy=remedy)
    return RequestError(status, title, (fault,), headers)


@frozen(kw_only=True, repr=False)
class Refusal(Record):
    """What is sent where a request is not answered.

    Attributes:
        status: The status of HTTP.
        body: A problem of RFC 9457, or an `OperationOutcome` of FHIR.
        codes: The codes of what is the matter, each once.
        media_type: What the body is.
        headers: Headers that belong to it.
    """

    status: int
    body: Mapping[str, Any] = field(converter=frozen_map)
    codes: tuple[str, ...] = ()
    media_type: str = MEDIA_TYPE
    headers: Mapping[str, str] = field(factory=dict, converter=frozen_map)


def refusal_of(error: Exception) -> Refusal:
    """What is sent for an error; one that is not about the request is a mistake of our own."""
    match error:
        case RequestError():
            problem, headers = error.problem(), error.headers
        case PatientError():
            problem, headers = _of_diagnostics(error, _status_of(error.diagnostics)), {}
        case _:
            problem, headers = _ours(error).problem(), {}
    return Refusal(
        status=problem["status"],
        body=problem,
        codes=tuple(dict.fromkeys(one["code"] for one in problem["errors"])),
        headers=headers,
    )


def _ours(error: Exception) -> RequestError:
    return refused(
        500,
        "SRV011",
        "b12guide made a mistake of its own",
        f"an error of the kind {type(error).__name__} came up",
        "please report it with the name of the request and the version",
    )


def _status_of(diagnostics: Iterable[Diagnostic]) -> int:
    codes = {one.code for one in diagnostics}
    return 400 if codes & UNREADABLE else 422


def _of_diagnostics(error: PatientError, status: int) -> dict[str, Any]:
    """The problem of an error, its pointers into the body of the request."""
    problem = error.problem(status)
    for told, one in zip(problem["errors"], error.diagnostics, strict=True):
        told["pointer"] = pointer_in_body(one)
        place = one.place
        if place is None:
            continue
        if place.text.characters and not place.text.is_rendered:
            position = place.text.position(place.span.start)
            told |= {"line": position.line, "column": position.column}
    return problem


def pointer_in_body(diagnostic: Diagnostic) -> str | None:
    """Where in the body of a request the matter lies, as a JSON Pointer."""
    place, pointer = diagnostic.place, diagnostic.pointer
    if place is None:
        return pointer
    if place.text.name in {"patient", "history"} and pointer is not None:
        return f"/{place.text.name}{pointer}"
    if place.text.name == RESOURCES:
        # A fact has no one place among resources.
        inside = pointer if diagnostic.code in _OF_RESOURCES else ""
        return f"/patient{inside}"
    return pointer
