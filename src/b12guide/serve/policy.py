"""What a service may cost, what it writes down, and whom it trusts."""

from __future__ import annotations

import datetime as dt
import sys
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from attrs import Attribute, field, frozen

from b12guide.arguments import names, whole_number
from b12guide.errors import ArgumentError
from b12guide.frozen import Record
from b12guide.hooks.policy import Policy as CardPolicy
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


def today() -> dt.date:
    """The day where the service runs."""
    return dt.date.today()  # noqa: DTZ011 -- the day of those who ask is meant


def new_name() -> str:
    """A name for a request that brought none."""
    return str(uuid.uuid4())


def usual_limits() -> Limits:
    """What a request may cost as a rule: 256 KiB, and an answer of some seconds at most."""
    return Limits(bytes=256 * 1024, work=1_000_000)


def _origins(given: Any) -> tuple[str, ...]:
    return names(given, "cors")


def _several(given: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(given)


def _types(given: Any) -> tuple[str, ...]:
    return names(given, "complete")


def _positive(_: object, attribute: Attribute[int], value: object) -> None:
    whole_number(value, attribute.name, least=1)


def _lasting(_: object, attribute: Attribute[Any], value: object) -> None:
    if isinstance(value, int | float) and value > 0 and value is not True:
        return
    expected = "a number of seconds above 0"
    raise ArgumentError(attribute.name, expected, value, is_told=True)


@frozen(kw_only=True, repr=False)
class Policy(Record):
    """What a service may cost, what it writes down, and whom it trusts.

    Attributes:
        suggest: Whether cards of a guideline under review carry suggestions.
        complete: The types of resource, such as `Condition`, of which the clients of CDS Hooks
            send all that there are, so that what is not among them is absent.
        base: The address of the service as its clients know it, such as `https://cds.example.org`.
        clients: The clients of CDS Hooks that are trusted, each a `b12guide.hooks.Issuer`; without
            any, everybody may ask. Where there are some, `base` is needed.
        comments: Whether what clinicians write about a card goes into the log of decisions.
        cors: The origins whose pages may ask from a browser, such as `https://ehr.example`; none
            as a rule.
        limits: How large a request may be, how deeply nested, and how much work its answer.
        edit: Whether drafts of guidelines are checked, tried and proved for those who edit one in a
            browser.
        edit_seconds: How long that may take for one draft; then it is given up.
        at_once: How many answers are worked out at the same time.
        waiting: How many further requests may wait for their turn; the next ones are sent
            away for a moment (503).
        patience: For how many seconds the service waits for the rest of a request.
        log: Takes one entry for each request, without values of patients; standard error as a rule.
        decisions: Takes one entry for each answer; None if no decisions are logged. Where it fails,
            no answer is given.
        keep_patients: Whether the log of decisions holds the requests themselves.
        clock: The time for the logs, and against which the tokens of clients are held.
        today: The day on which cards are asked for; all other questions bring their own.
        namer: Gives a name to each request that brought none.
    """

    suggest: bool = False
    complete: tuple[str, ...] = field(default=(), converter=_types)
    base: str | None = None
    clients: tuple[Any, ...] = field(default=(), converter=_several, repr=False)
    comments: bool = False
    cors: tuple[str, ...] = field(default=(), converter=_origins)
    limits: Limits = field(factory=usual_limits)
    edit: bool = True
    edit_seconds: float = field(default=30, validator=_lasting)
    at_once: int = field(default=2, validator=_positive)
    waiting: int = field(default=64, validator=_positive)
    patience: float = field(default=30, validator=_lasting)
    log: Sink = field(default=to_standard_error, repr=False)
    decisions: Sink | None = field(default=None, repr=False)
    keep_patients: bool = False
    clock: Callable[[], dt.datetime] = field(default=now, repr=False)
    today: Callable[[], dt.date] = field(default=today, repr=False)
    namer: Callable[[], str] = field(default=new_name, repr=False)

    def __attrs_post_init__(self) -> None:
        if self.clients and self.base is None:
            argument, expected = "base", "the address of the service, for its tokens"
            raise ArgumentError(argument, expected, None)

    @property
    def of_cards(self) -> CardPolicy:
        """The part of it that is about cards.

        Raises:
            ArgumentError: `base` is no address.
        """
        return CardPolicy(suggest=self.suggest, complete=self.complete, base=self.base)
