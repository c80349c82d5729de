"""What the one who runs a service decides: suggestions, complete lists, addresses of pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from attrs import field, frozen

from b12guide.arguments import instance
from b12guide.errors import ArgumentError
from b12guide.fhir.absences import lists_of
from b12guide.frozen import Record
from b12guide.graph.model import RuleGraph, Status
from b12guide.say.validity import standing_text

__all__ = ["Policy"]


def _lists(value: Iterable[str] | str) -> tuple[str, ...]:
    return tuple(sorted(lists_of(value)))


def _address(value: str | None) -> str | None:
    if value is None:
        return None
    expected = "an address that begins with https:// or http://"
    instance(value, str, "base", expected)
    if not value.startswith(("https://", "http://")):
        argument = "base"
        raise ArgumentError(argument, expected, value, is_told=True)
    return value.rstrip("/")


@frozen(kw_only=True, repr=False)
class Policy(Record):
    """What the one who runs a service decides.

    Attributes:
        suggest: Whether cards carry suggestions while a guideline is under review; those of an
            approved guideline always do.
        complete: The types of resource, such as `Condition`, of which a client that answers the
            prefetch key sends all that there are, so that what is not among them is absent.
        base: The address of the service, such as `https://cds.example.org`, for links to pages
            that it has itself; without one, cards link to the sources only.
    """

    suggest: bool = False
    complete: tuple[str, ...] = field(default=(), converter=_lists)
    base: str | None = field(default=None, converter=_address)

    def may_suggest(self, graph: RuleGraph, on: dt.date) -> bool:
        """Whether cards of this guideline carry suggestions on a day.

        Never those of a guideline that is retired, superseded or not yet in effect.
        """
        if standing_text(graph, on):
            return False
        return self.suggest or graph.status is Status.APPROVED
