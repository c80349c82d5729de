"""The cards of a CDS Hooks answer, as frozen data and as the JSON of the specification.

A member that has nothing to say is left out: the specification allows neither null nor an empty
value, but for the list of cards itself. `selectionBehavior` stands exactly where there are
suggestions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from attrs import field, frozen

from b12guide.frozen import Record, freeze

__all__ = ["Action", "Card", "Coding", "Indicator", "Link", "Source", "Suggestion"]

LONGEST_SUMMARY = 139
"""The characters of a summary: fewer than 140."""

NAMESPACE = uuid5(NAMESPACE_URL, "urn:b12guide:hooks")


class Indicator(Enum):
    """How urgent a card is, the least urgent first."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Its place among the cards of an answer: what is most urgent comes first."""
        return -list(Indicator).index(self)


@frozen(kw_only=True, repr=False)
class Coding(Record):
    """A code with the words for it."""

    system: str
    code: str
    display: str

    def to_dict(self) -> dict[str, Any]:
        """The coding as plain data."""
        return {"system": self.system, "code": self.code, "display": self.display}


@frozen(kw_only=True, repr=False)
class Link(Record):
    """A page to open, by its absolute address."""

    label: str
    url: str

    def to_dict(self) -> dict[str, Any]:
        """The link as plain data."""
        return {"label": self.label, "url": self.url, "type": "absolute"}


@frozen(kw_only=True, repr=False)
class Source(Record):
    """Who says what a card says.

    Attributes:
        url: An absolute address of the source, where it has one.
        topic: The decision of the guideline that the card is about.
    """

    label: str
    url: str | None = None
    topic: Coding | None = None

    def to_dict(self) -> dict[str, Any]:
        """The source as plain data."""
        topic = None if self.topic is None else self.topic.to_dict()
        return _filled(label=self.label, url=self.url, topic=topic)


@frozen(kw_only=True, repr=False)
class Action(Record):
    """One change that a suggestion makes: a resource is created, updated or deleted.

    Attributes:
        resource: The whole resource that is created or that takes the place of another.
        resource_id: What is deleted, as a relative reference.
    """

    type: str
    description: str
    resource: Mapping[str, Any] | None = field(
        default=None, converter=freeze, eq=False, repr=False
    )
    resource_id: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The action as plain data."""
        return _filled(
            type=self.type,
            description=self.description,
            resource=_plain(self.resource),
            resourceId=self.resource_id,
        )


@frozen(kw_only=True, repr=False)
class Suggestion(Record):
    """Changes that a clinician may take over together.

    Attributes:
        is_recommended: Whether it is the first choice among several.
    """

    label: str
    uuid: UUID
    actions: tuple[Action, ...]
    is_recommended: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The suggestion as plain data."""
        return _filled(
            label=self.label,
            uuid=str(self.uuid),
            isRecommended=self.is_recommended or None,
            actions=[action.to_dict() for action in self.actions],
        )


@frozen(kw_only=True, repr=False)
class Card(Record):
    """What a clinician is shown.

    Attributes:
        summary: One line of fewer than 140 characters.
        detail: The whole of it, in GitHub Flavored Markdown.
        takes_one: Whether at most one of the suggestions may be taken, rather than any of them.
        override_reasons: What a clinician may answer who does not follow the card.
    """

    summary: str
    detail: str
    indicator: Indicator
    source: Source
    uuid: UUID
    suggestions: tuple[Suggestion, ...] = ()
    takes_one: bool = True
    override_reasons: tuple[Coding, ...] = ()
    links: tuple[Link, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The card as plain data."""
        selection = "at-most-one" if self.takes_one else "any"
        return _filled(
            uuid=str(self.uuid),
            summary=self.summary,
            detail=self.detail,
            indicator=self.indicator.value,
            source=self.source.to_dict(),
            suggestions=[one.to_dict() for one in self.suggestions],
            selectionBehavior=selection if self.suggestions else None,
            overrideReasons=[one.to_dict() for one in self.override_reasons],
            links=[one.to_dict() for one in self.links],
        )


def uuid_of(*facts: str) -> UUID:
    """The name of a card or suggestion, made of facts that hold nothing about a patient.

    The same advice of the same guideline has the same name for every patient and every call, so
    that what clinicians answer can be counted by rule, without any record of patients.
    """
    return uuid5(NAMESPACE, "\n".join(facts))


def fitting(texts: Iterable[str], ending: str = "") -> str:
    """The first of several wordings that is short enough for a summary.

    The last is cut between words where even that is too long. A wording is never cut
    elsewhere: a dose without its end would be another dose.
    """
    room = LONGEST_SUMMARY - len(ending)
    last = ""
    for text in texts:
        last = " ".join(text.split())
        if last and len(last) <= room:
            return last + ending
    cut = last[: room - 4]
    return re.sub(r"\s+\S*$", "", cut) + " ..." + ending


def _filled(**members: Any) -> dict[str, Any]:
    return {
        name: value
        for name, value in members.items()
        if value is not None and value not in ("", [], {})
    }


def _plain(value: Any) -> Any:
    """Frozen data as dicts and lists again."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value
