"""What a CDS Hooks request is answered with that cannot be served: a status, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import frozen

from b12guide.errors import B12GuideError, PatientError
from b12guide.frozen import Record

__all__ = ["HookError", "Issue"]

SYSTEM = "urn:b12guide:hooks:issue"


@frozen(kw_only=True, repr=False)
class Issue(Record):
    """One thing that is wrong with a request. It holds no value of a patient.

    Attributes:
        code: A word of ours, such as `patient-missing`.
        kind: The code of FHIR for it, such as `required`.
        text: What is wrong.
        remedy: What to do about it.
        place: Where in the request, such as `context.patientId`; empty for the request itself.
    """

    code: str
    kind: str
    text: str
    remedy: str
    place: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The issue of an `OperationOutcome`."""
        found: dict[str, Any] = {
            "severity": "error",
            "code": self.kind,
            "details": {
                "coding": [{"system": SYSTEM, "code": self.code}],
                "text": self.text,
            },
            "diagnostics": self.remedy,
        }
        if self.place:
            found["expression"] = [self.place]
        return found


class HookError(B12GuideError):
    """A request of CDS Hooks that cannot be served.

    Attributes:
        status: The status of the HTTP answer: 400, 401, 404 or 412.
        issues: What is wrong, one by one.
    """

    status: int
    issues: tuple[Issue, ...]

    def __init__(self, status: int, issues: Iterable[Issue]) -> None:
        self.status = status
        self.issues = tuple(issues)
        super().__init__("; ".join(issue.text for issue in self.issues))

    @property
    def outcome(self) -> dict[str, Any]:
        """The `OperationOutcome` that is the body of the HTTP answer."""
        return {
            "resourceType": "OperationOutcome",
            "issue": [issue.to_dict() for issue in self.issues],
        }


def malformed(
    text: str, remedy: str, place: str = "", kind: str = "structure"
) -> Issue:
    """An issue of a request that is not what the specification says."""
    return Issue(code="malformed", kind=kind, text=text, remedy=remedy, place=place)


def unreadable(error: PatientError, place: str) -> HookError:
    """The answer to a request whose resources cannot be read, without any value of them."""
    found = [
        Issue(
            code=one["code"],
            kind="invalid",
            text=one["detail"],
            remedy="correct the resource that is named, or leave it out",
            place=f"{place}{_steps(one['pointer'])}",
        )
        for one in error.problem(400)["errors"]
    ]
    title = error.problem(400)["title"]
    remedy = "send the resources as FHIR R4 has them"
    return HookError(400, found or [malformed(title, remedy, place)])


def _steps(pointer: str | None) -> str:
    """A JSON Pointer as the steps of a path."""
    steps = [step for step in (pointer or "").split("/") if step]
    return "".join(f"[{s}]" if s.isdecimal() else f".{s}" for s in steps)
