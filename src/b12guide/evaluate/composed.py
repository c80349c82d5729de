"""What some rules say together about one decision, as data, and the order of its parts."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from enum import Enum
from functools import cached_property

from attrs import frozen

from b12guide.evaluate.answer import Advice, Side
from b12guide.graph.model import Exclusion, FormChoice, Rule
from b12guide.record import spelled
from b12guide.regimen.model import Regimen
from b12guide.values.term import Strength

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


def reading_order(rule: Rule) -> tuple[tuple[str, ...], int, str, str, str]:
    """Where a rule stands among others: by what it encodes and says, by its name at the last."""
    strength = rule.grounds.strength
    return (
        rule.grounds.statements,
        len(ORDER) if strength is None else ORDER.index(strength),
        spelled(rule.value),
        spelled(rule.condition),
        rule.name,
    )


class Kind(Enum):
    """What the rules amount to; of several matters, the first of these that some come to."""

    CONFLICT = "conflict"
    ADVICE = "advice"
    NOT_NEEDED = "not needed"
    SILENT = "silent"


@frozen
class Entry:
    """A piece of advice and the rules behind it."""

    advice: Advice
    rules: tuple[Rule, ...]


@frozen
class Barred:
    """What some rules would offer, were not all its drugs contraindicated (M46)."""

    advice: Advice
    drugs: tuple[str, ...]
    by: tuple[Rule, ...]
    offered_by: tuple[Rule, ...]


@frozen(kw_only=True, slots=False, eq=False)
class Composed:
    """What some rules say together. It equals nothing but itself.

    Attributes:
        default: What is advised.
        alternatives: What may be done instead or besides; of the form also what is excluded.
        sides: The sides of a conflict.
        idle: The rules that say that nothing is needed.
        barred: What is not offered because it is contraindicated.
    """

    kind: Kind
    default: tuple[Entry, ...] = ()
    alternatives: tuple[Entry, ...] = ()
    sides: tuple[Side, ...] = ()
    idle: tuple[Rule, ...] = ()
    barred: tuple[Barred, ...] = ()

    @cached_property
    def advice(self) -> tuple[Kind, frozenset[Advice]]:
        """The default alone, without its reasons."""
        return (self.kind, frozenset(entry.advice for entry in self.default))

    @cached_property
    def everything(self) -> tuple[Hashable, ...]:
        """All that is said, without the reasons: what two answers have to share to be the same."""
        return (
            *self.advice,
            frozenset(entry.advice for entry in self.alternatives),
            frozenset(side.advice for side in self.sides),
            frozenset((one.advice, one.drugs) for one in self.barred),
        )


# ------------------------------------------------------------- what rules say of drugs


def named(rule: Rule) -> tuple[str, ...]:
    """The drugs that a rule on the form names."""
    return rule.value.drugs if isinstance(rule.value, FormChoice) else ()


def excluded_by(rule: Rule) -> tuple[str, ...]:
    """The drugs that a rule on the form advises against or forbids."""
    match rule.value:
        case FormChoice(excluded=drugs) | Exclusion(drugs=drugs):
            return drugs
        case _:
            return ()


def strength_of(rules: Iterable[Rule]) -> Strength:
    """The strongest that some rules give."""
    strengths = (rule.grounds.strength for rule in rules)
    return strongest(s for s in strengths if s is not None)


def contraindicated(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """The contraindicated drugs, with the rules that say so."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        if is_contraindication(rule):
            for drug in excluded_by(rule):
                found.setdefault(drug, []).append(rule)
    return found


def is_contraindication(rule: Rule) -> bool:
    """Whether a rule forbids drugs outright."""
    return isinstance(rule.value, Exclusion) and rule.value.outright


def barred_by(
    advice: Advice,
    drugs: Iterable[str],
    out: Mapping[str, Sequence[Rule]],
    offered_by: Sequence[Rule],
) -> Barred:
    """What is not offered, with the contraindications behind it."""
    taken = tuple(drug for drug in drugs if drug in out)
    by = {rule.name: rule for drug in taken for rule in out[drug]}
    return Barred(advice, taken, tuple(by.values()), tuple(offered_by))


def drugs_of(advice: Advice) -> tuple[str, ...]:
    """The drugs that are given, or to be chosen from."""
    match advice:
        case Regimen() | FormChoice():
            return advice.drugs
        case _:
            return ()
