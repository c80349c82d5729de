"""What some rules say together about one decision, as data."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from functools import cached_property

from attrs import frozen

from b12guide.evaluate.answer import Advice, Side
from b12guide.graph.model import Rule
from b12guide.values.term import Strength

__all__ = ["ORDER", "Composed", "Entry", "Kind", "strongest"]

ORDER = (
    Strength.REQUIRED,
    Strength.DO_NOT,
    Strength.SHOULD,
    Strength.AVOID,
    Strength.TARGET,
    Strength.SHOULD_CONSIDER,
    Strength.ACCEPTABLE_ALTERNATIVE,
    Strength.MAY,
    Strength.CLAIM,
    Strength.DEFINITION,
)
"""From the strongest to the weakest."""


def strongest(strengths: Iterable[Strength]) -> Strength:
    """The strongest of some strengths, `may` where there is none."""
    return min(strengths, key=ORDER.index, default=Strength.MAY)


class Kind(Enum):
    """What the rules amount to."""

    ADVICE = "advice"
    CONFLICT = "conflict"
    NOT_NEEDED = "not needed"
    SILENT = "silent"


@frozen
class Entry:
    """A piece of advice and the rules behind it."""

    advice: Advice
    rules: tuple[Rule, ...]


@frozen(kw_only=True, slots=False, eq=False)
class Composed:
    """What some rules say together. It equals nothing but itself.

    Attributes:
        default: What is advised.
        alternatives: What may be done instead or besides.
        sides: The sides of a conflict.
        idle: The rules that say that nothing is needed.
    """

    kind: Kind
    default: tuple[Entry, ...] = ()
    alternatives: tuple[Entry, ...] = ()
    sides: tuple[Side, ...] = ()
    idle: tuple[Rule, ...] = ()

    @cached_property
    def advice(self) -> tuple[Kind, frozenset[Advice]]:
        """The default alone, without its reasons."""
        return (self.kind, frozenset(entry.advice for entry in self.default))

    @cached_property
    def everything(self) -> tuple[Kind, frozenset[Advice], frozenset[Advice]]:
        """Default and alternatives, without their reasons."""
        return (*self.advice, frozenset(entry.advice for entry in self.alternatives))
