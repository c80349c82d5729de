"""The services of CDS Hooks: who may ask, the cards that come back, and what became of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from attrs import define, field, frozen

from b12guide import hooks
from b12guide.errors import PatientError
from b12guide.frozen import Record
from b12guide.hooks.policy import Policy as CardPolicy
from b12guide.hooks.refused import HookError, Issue
from b12guide.hooks.reported import feedback
from b12guide.hooks.responding import respond
from b12guide.hooks.services import discovery
from b12guide.limits import Limits
from b12guide.serve.body import OddError, read_carefully, read_quickly
from b12guide.serve.policy import Policy
from b12guide.serve.question import Served
from b12guide.serve.refusal import Refusal, refusal_of
from b12guide.serve.spelled import as_bytes, digest_of

CARDS = "cds-services"
PATH = f"/{CARDS}"
FEEDBACK = "b12guide.feedback/1"
EXTENSION = "com.github.b12guide"
_SECRET = ("fhirAuthorization", "fhirServer")
"""What of a request is neither needed nor ever written down."""
_OF_A_PATIENT = ("context", "prefetch")


@frozen(kw_only=True, repr=False)
class Carded(Record):
    """A request of CDS Hooks with its cards.

    Attributes:
        service: The id of the service.
        on: The day for which it was asked.
        policy: What the one who runs the service decided.
        sent: What was asked, without what is secret.
        data: The answer as plain data.
    """

    service: str
    on: dt.date
    policy: CardPolicy
    sent: Mapping[str, Any] = field(repr=False)
    data: Mapping[str, Any] = field(repr=False)

    @property
    def about(self) -> Mapping[str, Any]:
        """The guideline and the engine behind the cards."""
        found: Mapping[str, Any] = self.data["extension"][EXTENSION]
        return found

    @property
    def id(self) -> str:
        """The digest of the answer, whatever the version of b12guide that gave it."""
        about = {key: self.about[key] for key in self.about if key != "engine"}
        return digest_of({"cards": self.data["cards"], "extension": {EXTENSION: about}})

    def entry(self, *, with_request: bool) -> dict[str, Any]:
        """What the log of decisions says of it; see `b12guide.serve.decisions.entry_of`."""
        about = self.about
        patient = {key: self.sent[key] for key in _OF_A_PATIENT if key in self.sent}
        entry = {
            "schema": "b12guide.decision/1",
            "question": CARDS,
            "service": self.service,
            "on": self.on.isoformat(),
            "policy": {
                "suggest": self.policy.suggest,
                "complete": list(self.policy.complete),
                "base": self.policy.base,
            },
            "guideline": {
                "name": about["guideline"],
                "version": about["version"],
                "status": about["status"],
                "digest": about["digest"],
            },
            "engine": {"name": "b12guide", "version": about["engine"]},
            "asked": digest_of(dict(self.sent)),
            "patient": digest_of(patient),
            "answer": self.id,
        }
        return entry | ({"request": self.sent} if with_request else {})


def carded(  # noqa: PLR0913 -- a request, and how it is to be answered
    service: str,
    content: bytes,
    served: Served,
    *,
    on: dt.date,
    policy: CardPolicy,
    limits: Limits,
) -> Carded:
    """The cards for a request of CDS Hooks.

    Raises:
        HookError: There is no such service, or the request is malformed.
        PatientError: The body is no JSON, or too large.
    """
    sent = _sent(content, limits)
    data = respond(tuple(served.values()), service, sent, on=on, policy=policy)
    return Carded(service=service, on=on, policy=policy, sent=sent, data=data)


def _sent(content: bytes, limits: Limits) -> Any:
    try:
        found = read_quickly(content, limits).plain
    except OddError:
        found = read_carefully(content, limits).plain
    if isinstance(found, dict):
        return {key: found[key] for key in found if key not in _SECRET}
    return found


def reported(
    service: str, content: bytes, served: Served, policy: Policy
) -> list[dict[str, Any]]:
    """What became of cards, as entries of the log of decisions.

    Raises:
        HookError: There is no such service, or the report is malformed.
        PatientError: The body is no JSON, or too large.
    """
    sent = _sent(content, policy.limits)
    found = feedback(tuple(served.values()), service, sent, comments=policy.comments)
    return [{"schema": FEEDBACK} | one.to_dict() for one in found]


def listed(served: Served) -> bytes:
    """The answer of `GET /cds-services`."""
    return as_bytes(discovery(tuple(served.values())))


# ------------------------------------------------------------------------------ who may ask


@define
class Gatekeeper:
    """Lets only those ask who are trusted, and each token only once."""

    policy: Policy
    seen: dict[tuple[str, str], float] = field(factory=dict)

    def check(self, authorization: str | None, path: str) -> None:
        """Refuse a request whose token is not to be trusted.

        Raises:
            HookError: It is not (401).
        """
        if self.policy.clients:
            hooks.check_token(  # opens PyJWT, which only this needs
                authorization,
                audience=f"{(self.policy.base or '').rstrip('/')}{path}",
                issuers=self.policy.clients,
                now=self.policy.clock().timestamp(),
                seen=self.seen,
            )


# ------------------------------------------------------------------------------ refusals

_KINDS: Mapping[int, str] = {
    400: "structure",
    404: "not-found",
    405: "not-supported",
    408: "timeout",
    413: "too-long",
    415: "not-supported",
    422: "invalid",
    503: "transient",
}


def outcome_of(error: Exception) -> Refusal:
    """What is sent for an error: an `OperationOutcome`."""
    if not isinstance(error, HookError):
        error = _of_hooks(refusal_of(error), error)
    headers = {"www-authenticate": "Bearer"} if error.status == 401 else {}
    return Refusal(
        status=error.status,
        body=error.outcome,
        codes=tuple(dict.fromkeys(issue.code for issue in error.issues)),
        media_type="application/json",
        headers=headers | dict(getattr(error, "more", {})),
    )


class _RefusedError(HookError):
    """A refusal of the service as one of CDS Hooks, with the headers that belong to it."""

    more: Mapping[str, str]


def _of_hooks(refusal: Refusal, error: Exception) -> HookError:
    status = 400 if isinstance(error, PatientError) else refusal.status
    issues = [
        Issue(
            code=one["code"],
            kind=_KINDS.get(status, "exception"),
            text=one["detail"],
            remedy=one["remedy"] or "see the documentation",
        )
        for one in refusal.body["errors"]
    ]
    found = _RefusedError(status, issues)
    found.more = refusal.headers
    return found
