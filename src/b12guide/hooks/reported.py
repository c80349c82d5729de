"""What clinicians did with cards, as a client reports it: checked, and given back for a log.

Nothing is kept here. What comes back holds no comment in free text unless the one who runs the
service asks for it, because a comment may name a patient.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from attrs import frozen

from b12guide.frozen import Record
from b12guide.guideline import Guideline
from b12guide.hooks.refused import HookError, Issue, malformed
from b12guide.hooks.services import service_of
from b12guide.panels import Panel

__all__ = ["Outcome", "feedback"]

_MOST = 1000
_ACCEPTED, _OVERRIDDEN = "accepted", "overridden"
_UTC = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)")


@frozen(kw_only=True, repr=False)
class Outcome(Record):
    """What became of one card.

    Attributes:
        service: The id of the service that sent it.
        digest: The digest of the guideline that is served there.
        card: Its `uuid`.
        outcome: `accepted` or `overridden`.
        at: When, in UTC.
        accepted: The `uuid` of each suggestion that was taken over.
        reason: The terminology and the code of the reason for not following it.
        comment: What the clinician wrote, where it is wanted.
    """

    service: str
    digest: str
    card: str
    outcome: str
    at: dt.datetime
    accepted: tuple[str, ...] = ()
    reason: tuple[str, str] | None = None
    comment: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The outcome as plain data, for a line of a log."""
        found: dict[str, Any] = {
            "service": self.service,
            "guideline": self.digest,
            "card": self.card,
            "outcome": self.outcome,
            "at": self.at.isoformat(),
        }
        if self.accepted:
            found["acceptedSuggestions"] = [*self.accepted]
        if self.reason is not None:
            system, code = self.reason
            found["reason"] = {"system": system, "code": code}
        if self.comment is not None:
            found["comment"] = self.comment
        return found


def feedback(
    guidelines: Guideline | Panel | Iterable[Guideline],
    service: str,
    request: Mapping[str, Any],
    *,
    comments: bool = False,
) -> tuple[Outcome, ...]:
    """What a client reports with `POST /cds-services/{id}/feedback`, checked.

    Args:
        guidelines: Those that are served, as for `discovery`.
        service: The id of the service.
        request: The decoded JSON of the body.
        comments: Whether what clinicians wrote is kept; it may name a patient.

    Raises:
        HookError: There is no such service (404), or the report is malformed (400).
    """
    called = service_of(guidelines, service)
    given: object = request
    entries = given.get("feedback") if isinstance(given, Mapping) else None
    if not isinstance(entries, list | tuple) or not 0 < len(entries) <= _MOST:
        text = f"`feedback` is not a list of 1 to {_MOST} reports"
        remedy = "send `feedback` with a report for each card"
        raise HookError(400, [malformed(text, remedy, "feedback", "required")])
    issues = [
        issue
        for number, entry in enumerate(entries)
        for issue in _issues(entry, f"feedback[{number}]")
    ]
    if issues:
        raise HookError(400, issues)
    digest = called.guideline.digest
    return tuple(_outcome(one, called.id, digest, comments=comments) for one in entries)


def _outcome(
    entry: Mapping[str, Any], service: str, digest: str, *, comments: bool
) -> Outcome:
    override = entry.get("overrideReason") or {}
    reason = override.get("reason")
    comment = override.get("userComment")
    accepted = entry.get("acceptedSuggestions") or ()
    moment = dt.datetime.fromisoformat(entry["outcomeTimestamp"].upper())
    return Outcome(
        service=service,
        digest=digest,
        card=_uuid(entry["card"]) or "",
        outcome=entry["outcome"],
        at=moment.astimezone(dt.UTC),
        accepted=tuple(_uuid(one["id"]) or "" for one in accepted),
        reason=None if reason is None else (reason.get("system", ""), reason["code"]),
        comment=comment if comments else None,
    )


def _uuid(value: Any) -> str | None:
    """A UUID in its usual spelling."""
    try:
        return str(UUID(value.removeprefix("urn:uuid:"))) if _is_word(value) else None
    except ValueError:
        return None


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _issues(entry: Any, place: str) -> Iterator[Issue]:
    if not isinstance(entry, Mapping):
        yield malformed(f"`{place}` is not an object", "send an object", place)
        return
    if _uuid(entry.get("card")) is None:
        text, remedy = f"`{place}.card` is not a UUID", "send the `uuid` of the card"
        yield malformed(text, remedy, f"{place}.card", "value")
    outcome = entry.get("outcome")
    if outcome not in (_ACCEPTED, _OVERRIDDEN):  # it may be anything, hashable or not
        text = f"`{place}.outcome` is neither `{_ACCEPTED}` nor `{_OVERRIDDEN}`"
        yield malformed(text, "send one of the two", f"{place}.outcome", "value")
    yield from _accepted(entry, outcome, place)
    yield from _reason(entry.get("overrideReason"), f"{place}.overrideReason")
    if not _is_moment(entry.get("outcomeTimestamp")):
        text = f"`{place}.outcomeTimestamp` is not a moment with its offset from UTC"
        remedy = "send it as `2026-01-31T10:05:31Z`"
        yield malformed(text, remedy, f"{place}.outcomeTimestamp", "value")


def _accepted(entry: Mapping[str, Any], outcome: Any, place: str) -> Iterator[Issue]:
    at = f"{place}.acceptedSuggestions"
    accepted = entry.get("acceptedSuggestions")
    if accepted is None:
        if outcome == _ACCEPTED:
            text = f"`{at}` is missing, although the card was accepted"
            remedy = "name each suggestion that was taken over"
            yield malformed(text, remedy, at, "required")
        return
    is_list = isinstance(accepted, list | tuple) and bool(accepted)
    if not is_list or not all(
        isinstance(one, Mapping) and _uuid(one.get("id")) for one in accepted
    ):
        text = f"`{at}` is not a list of objects with the `id` of a suggestion"
        yield malformed(text, "send the `uuid` of each as its `id`", at, "value")


def _reason(given: Any, place: str) -> Iterator[Issue]:
    if given is None:
        return
    reason = given.get("reason") if isinstance(given, Mapping) else None
    comment = given.get("userComment") if isinstance(given, Mapping) else None
    if reason is None and not _is_word(comment):
        text = f"`{place}` has neither a `reason` nor a `userComment`"
        yield malformed(text, "send one of them, or leave it out", place, "required")
    if reason is not None and not (
        isinstance(reason, Mapping)
        and _is_word(reason.get("code"))
        and isinstance(reason.get("system", ""), str)
    ):
        text = f"`{place}.reason` is not a Coding with its `code`"
        yield malformed(text, "send the Coding of the card", f"{place}.reason", "value")


def _is_moment(value: Any) -> bool:
    if not isinstance(value, str) or not _UTC.fullmatch(value):
        return False
    try:
        dt.datetime.fromisoformat(value.upper()).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return False
    return True
