"""What a site says about one part of a guideline, and where."""

from __future__ import annotations

from enum import IntEnum

from attrs import frozen

from b12guide.record import Record

__all__ = ["Entry", "Weight", "anchor_of"]


class Weight(IntEnum):
    """How much a place says; a reference leads to the greatest."""

    ROW = 1
    DOCUMENT = 2


@frozen(kw_only=True, repr=False)
class Entry(Record):
    """One part of a guideline at one place.

    Attributes:
        kind: `rule`, `decision`, `fact`, `definition`, `assumption`, ...
        anchor: The identity of the place on the page `document`.
        title: What it is called beside its name.
        note: Its strength, where it has one.
    """

    kind: str
    guideline: str
    name: str
    document: str
    anchor: str
    title: str
    note: str = ""
    weight: Weight = Weight.DOCUMENT

    @property
    def full_name(self) -> str:
        """The name with that of the guideline before it."""
        if self.kind == "guideline":
            return self.name
        return f"{self.guideline}.{self.name}"


def anchor_of(guideline: str, kind: str, name: str) -> str:
    """The identity of a place, the same in every build."""
    return f"{guideline}.{kind}.{name}"
