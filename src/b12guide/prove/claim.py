"""A claim about every possible patient, and what became of it."""

from __future__ import annotations

from enum import Enum

from attrs import field, frozen

from b12guide.graph.model import Place
from b12guide.prove.smallest import Witness
from b12guide.record import Record

__all__ = ["Claim", "Kind", "Proof", "Settled"]


class Kind(Enum):
    """What is claimed; the value is how the claim is listed."""

    GAP = "no gap"
    CONFLICT = "no undeclared conflict"
    FORBIDDEN = "no forbidden pair"
    DEAD = "no dead rule"
    REDUNDANT = "no redundant exception"
    WITHHELD = "withheld on every visit"
    LASTING = "learning overturns nothing"
    INVARIANT = "invariant"


class Settled(Enum):
    """What became of a claim; beyond the limit nothing is ever called proved.

    A vacuous claim holds, but only because it speaks of nothing: it would hold whatever the rules
    said of the patients it is meant to protect (M58).
    """

    PROVED = "proved"
    BROKEN = "broken"
    VACUOUS = "vacuous"
    NOT_PROVED = "not proved (limit)"


@frozen(kw_only=True, repr=False)
class Claim(Record):
    """Something that is to hold for every patient.

    Attributes:
        name: The rule, decision or invariant that it is about.
        text: The claim as a sentence.
        rules: The rules concerned.
        place: Where it is written, for an invariant.
    """

    kind: Kind
    name: str
    text: str
    rules: tuple[str, ...] = ()
    place: Place | None = field(default=None, eq=False)


@frozen(kw_only=True, repr=False)
class Proof(Record):
    """A claim, settled or not.

    Attributes:
        witness: The smallest patient who breaks it, where a patient does.
        rules: The rules that are at odds for this patient.
        remark: What the reader is to know besides, such as conflicts that were accepted.
        expected: What an example of the witness should expect, in the language.
    """

    claim: Claim
    settled: Settled
    witness: Witness | None = None
    rules: tuple[str, ...] = ()
    remark: str = ""
    expected: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether there is something for the author to do."""
        return self.settled is not Settled.PROVED
