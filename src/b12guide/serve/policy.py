"""What a service may cost, what it writes down, and whom it trusts."""

from __future__ import annotations

import datetime as dt
import sys
import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from attrs import Attribute, field, frozen

from b12guide.arguments import names, whole_number
from b12guide.errors import ArgumentError
from b12guide.frozen import Record
from b12guide.limits import Limits
from b12guide.serve.spelled import canonical

__all__ = ["Entry", "Policy", "Sink"]

Entry: TypeAlias = Mapping[str, Any]
"""What one line of a log says."""
Sink: TypeAlias = Callable[[Entry], None]
"""What takes the entries of a log."""


def to_standard_error(entry: Entry) -> None:
    """Write an entry as one line of JSON; where standard error is closed, nobody reads it."""
    if sys.stderr is not None:
        sys.stderr.write(canonical(entry) + "\n")
        sys.stderr.flush()


def now() -> dt.datetime:
    """The time of an entry. No answer depends on it."""
    return dt.datetime.now(dt.UTC)


def new_name() -> str:
    """A name for a request that brought none."""
    return str(uuid.uuid4())


def usual_limits() -> Limits:
    """What a request may cost as a rule: 256 KiB, and an answer of some seconds at most."""
    return Limits(bytes=256 * 1024, work=1_000_000)


def _origins(given: Any) -> tuple[str, ...]:
    return names(given, "cors")


def _positive(_: object, attribute: Attribute[int], value: object) -> None:
    whole_number(value, attribute.name, least=1)


def _lasting(_: object, attribute: Attribute[Any], value: object) -> None:
    if isinstance(value, int | float) and value > 0 and value is not True:
        return
    expected = "a number of seconds above 0"
    raise ArgumentError(attribute.name, expected, value)


@frozen(kw_only=True, repr=False)
class Policy(Record):
    """What a service may cost, what it writes down, and whom it trusts.

    Attributes:
        suggest: Whether cards of a guideline under review carry suggestions.
        cors: The origins whose pages may ask from a browser, such as `https://ehr.example`; none
            as a rule.
        limits: How large a request may be, how deeply nested, and how much work its answer.
        at_once: How many answers are worked out at the same time.
        waiting: How many further requests may wait for their turn; the next ones are sent
            away for a moment (503).
        patience: For how many seconds the service waits for the rest of a request.
        log: Takes one entry for each request, without values of patients; standard error as a rule.
        decisions: Takes one entry for each answer; None if no decisions are logged. Where it fails,
            no answer is given.
        keep_patients: Whether the log of decisions holds the requests themselves.
        clock: The time for the logs.
        namer: Gives a name to each request that brought none.
    """

    suggest: bool = False
    cors: tuple[str, ...] = field(default=(), converter=_origins)
    limits: Limits = field(factory=usual_limits)
    at_once: int = field(default=2, validator=_positive)
    waiting: int = field(default=64, validator=_positive)
    patience: float = field(default=30, validator=_lasting)
    log: Sink = field(default=to_standard_error, repr=False)
    decisions: Sink | None = field(default=None, repr=False)
    keep_patients: bool = False
    clock: Callable[[], dt.datetime] = field(default=now, repr=False)
    namer: Callable[[], str] = field(default=new_name, repr=False)
