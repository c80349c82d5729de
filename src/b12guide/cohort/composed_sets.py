"""Sets of compositions, and what an answer can see of one.

A decision has many sets of completions and few answers. What an answer takes from what is said in
some completions is: what is said, whether it is said in all of them, and which conflicts there are.
Here that is worked out with numbers in place of regimens and drugs, so that the functions which
answer a single patient are asked once for each set that looks different to them.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from attrs import define, field

from b12guide.evaluate.composition import is_within
from b12guide.evaluate.composition_parts import Composition, CompositionKind
from b12guide.evaluate.decision import everything_said
from b12guide.evaluate.evaluator import Evaluator
from b12guide.graph.model import Advice


def label_of(composed: Composition, evaluator: Evaluator) -> Hashable:
    """What two compositions share that an answer cannot tell apart: all but the reasons.

    Of a conflict the rules count as well, since only the smallest conflicts are shown.
    """
    rules = frozenset(name for side in composed.sides for name in side.rules)
    return (everything_said(composed, evaluator), rules)


@define(eq=False, repr=False)
class ComposedSets:
    """What an answer can see of sets of some compositions.

    Attributes:
        compositions: The compositions, by their places.
        lines: Of each, the lines that are its default, its alternatives and its sides, by number.
        within_default: Of each line, the compositions (as bits) whose default it lies within.
        within_any: The same, default or alternative.
        clashes: Of a conflict, the rules on its sides.
    """

    compositions: Sequence[Composition]
    lines: list[tuple[tuple[int, ...], ...]] = field(init=False, factory=list)
    within_default: list[int] = field(init=False, factory=list)
    within_any: list[int] = field(init=False, factory=list)
    clashes: list[frozenset[str] | None] = field(init=False, factory=list)
    defaults: list[Hashable] = field(init=False, factory=list)
    said: list[Hashable] = field(init=False, factory=list)

    def __attrs_post_init__(self) -> None:
        numbers: dict[Advice, int] = {}
        spoken: dict[Hashable, int] = {}
        for one in self.compositions:
            default = [entry.advice for entry in one.default]
            beside = [entry.advice for entry in one.alternatives]
            sides = [side.advice for side in one.sides]
            self.lines.append(
                tuple(
                    tuple(numbers.setdefault(a, len(numbers)) for a in some)
                    for some in (default, beside, sides)
                )
            )
            is_clash = one.kind is CompositionKind.CONFLICT
            rules = frozenset(name for side in one.sides for name in side.rules)
            self.clashes.append(rules if is_clash else None)
            self.defaults.append((one.kind, frozenset(self.lines[-1][0])))
            self.said.append(spoken.setdefault(one.everything, len(spoken)))
        advice = list(numbers)
        for line in range(len(advice)):
            wide = {
                other
                for other in range(len(advice))
                if is_within(advice[line], advice[other])
            }
            in_default = in_any = 0
            for place, (default_, beside_, _) in enumerate(self.lines):
                in_default |= (not wide.isdisjoint(default_)) << place
                in_any |= (not wide.isdisjoint((*default_, *beside_))) << place
            self.within_default.append(in_default)
            self.within_any.append(in_any)

    def seen(self, members: Sequence[int]) -> Hashable:
        """What an answer can see of the compositions at some places."""
        whole = 0
        default: set[int] = set()
        beside: set[int] = set()
        clashing: dict[frozenset[str], int] = {}
        for place in members:
            whole |= 1 << place
            here, there, _ = self.lines[place]
            default.update(here)
            beside.update(there)
            rules = self.clashes[place]
            if rules is not None:
                clashing[rules] = place
        smallest = [r for r in clashing if not any(o < r for o in clashing)]
        sides = {line for r in smallest for line in self.lines[clashing[r]][2]}
        kinds = {self.compositions[place].kind for place in members}
        return (
            frozenset(kinds),
            len({self.defaults[place] for place in members}) == 1,
            len({self.said[place] for place in members}) == 1,
            frozenset(
                (line, not whole & ~self.within_default[line]) for line in default
            ),
            frozenset((line, not whole & ~self.within_any[line]) for line in beside),
            frozenset(sides),
        )
