"""The verdicts of rules as one list of steps on sets of patients, made for the columns there are.

The program of a guideline works out every condition, on two sets each. Of a batch much is the same
for all patients: nobody has a fact that has no column. Such sets are known before, and what they
settle is left out, as in partial evaluation (Jones, Gomard and Sestoft 1993); equal sets are worked
out once, and memory that is no longer needed is used again.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from attrs import define, field, frozen

from b12guide.cohort.bits import Bits
from b12guide.cohort.column_values import Rails
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.program import Op, below

NOBODY, EVERYBODY = 0, 1
"""The numbers of the two sets that every batch has."""

Step: TypeAlias = tuple[Callable[[Any, Any], Any], int, int, int]
"""What is done with which two sets, and where the result goes."""

Given: TypeAlias = tuple[tuple[int, int], ...]
"""Of each step whose rails are given, which of them are nobody, everybody or a set."""

_A_SET = 2


def given(
    steps: Iterable[int], rails: Mapping[int, Rails], none: Bits, mask: Bits
) -> Given:
    """Which of the rails of `steps` are nobody or everybody, as the very same arrays."""
    return tuple(
        (
            step,
            3 * _kind(rails[step][0], none, mask) + _kind(rails[step][1], none, mask),
        )
        for step in steps
    )


def _kind(plane: Bits, none: Bits, mask: Bits) -> int:
    return NOBODY if plane is none else EVERYBODY if plane is mask else _A_SET


@frozen(eq=False, repr=False)
class VerdictProgram:
    """Steps on sets of patients.

    Attributes:
        inputs: The sets that it reads: whose rails, which of the two, and whether of a definition.
        steps: In order; sets 0 and 1 are nobody and everybody, then come the inputs.
        outputs: Where the results stand in the end.
        size: The number of places for sets.
    """

    inputs: tuple[tuple[int, int, bool], ...]
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]
    size: int

    def run(
        self,
        leaves: Mapping[int, Rails],
        definitions: Mapping[int, Rails],
        none: Bits,
        mask: Bits,
    ) -> list[Bits]:
        """The results for a batch."""
        sets: list[Any] = [none, mask]
        sets += [
            (definitions if is_definition else leaves)[step][side]
            for step, side, is_definition in self.inputs
        ]
        sets += [None] * (self.size - len(sets))
        for act, one, two, place in self.steps:
            sets[place] = act(sets[one], sets[two])
        return [sets[place] for place in self.outputs]


@define(eq=False, repr=False)
class _Sets:
    """Sets by number, each of which is worked out once."""

    inputs: list[tuple[int, int, bool]] = field(factory=list)
    parts: list[tuple[str, int, int]] = field(
        factory=lambda: [("nobody", 0, 0), ("everybody", 0, 0)]
    )
    numbers: dict[tuple[str, int, int], int] = field(factory=dict)

    def number(self, how: str, one: int, two: int) -> int:
        key = (how, one, two)
        if key not in self.numbers:
            self.numbers[key] = len(self.parts)
            self.parts.append(key)
        return self.numbers[key]

    def read(self, step: int, side: int, kind: int, *, is_definition: bool) -> int:
        if kind != _A_SET:
            return kind
        key = (step, side, is_definition)
        if key not in self.inputs:
            self.inputs.append(key)
        return self.number("input", self.inputs.index(key), 0)

    def both(self, one: int, two: int) -> int:
        if NOBODY in (one, two):
            return NOBODY
        if one in (EVERYBODY, two):
            return two
        return (
            one
            if two == EVERYBODY
            else self.number("and", min(one, two), max(one, two))
        )

    def either(self, one: int, two: int) -> int:
        if EVERYBODY in (one, two):
            return EVERYBODY
        if one in (NOBODY, two):
            return two
        return one if two == NOBODY else self.number("or", min(one, two), max(one, two))

    def others(self, one: int) -> int:
        if one in (NOBODY, EVERYBODY):
            return 1 - one
        how, inner, _ = self.parts[one]
        return inner if how == "not" else self.number("not", one, EVERYBODY)

    def program(self, outputs: Sequence[int]) -> VerdictProgram:
        """The steps that lead to some sets."""
        needed: set[int] = set()
        pending = list(outputs)
        while pending:
            one = pending.pop()
            if one not in needed:
                needed.add(one)
                how, *operands = self.parts[one]
                pending += operands if how in _ACTS else []
        order = [one for one in sorted(needed) if self.parts[one][0] in _ACTS]
        last: dict[int, int] = {}
        for one in order:
            _, left, right = self.parts[one]
            last[left] = last[right] = one
        place = {NOBODY: 0, EVERYBODY: 1}
        for one in needed:
            how, number, _ = self.parts[one]
            if how == "input":
                place[one] = 2 + number
        kept = set(outputs) | place.keys()
        size, free, steps = 2 + len(self.inputs), list[int](), list[Step]()
        for one in order:
            how, left, right = self.parts[one]
            act, in_place = _ACTS[how]
            over = [p for p in (left, right) if last[p] == one and p not in kept]
            if over:
                # The memory of a set that nobody needs any more holds the result.
                first = over[0]
                second = right if first == left else left
                steps.append((in_place, place[first], place[second], place[first]))
                place[one] = place[first]
                free += [place[other] for other in over[1:]]
            else:
                if free:
                    place[one] = free.pop()
                else:
                    place[one], size = size, size + 1
                steps.append((act, place[left], place[right], place[one]))
        found = tuple(place[one] for one in outputs)
        return VerdictProgram(tuple(self.inputs), tuple(steps), found, size)


_ACTS: Mapping[str, tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]] = {
    "and": (operator.and_, operator.iand),
    "or": (operator.or_, operator.ior),
    "not": (operator.xor, operator.ixor),
}


@define(eq=False, repr=False)
class _Conditions:
    """The rails of conditions as numbered sets."""

    evaluator: Evaluator
    leaves: Mapping[int, int]
    definitions: Mapping[int, int]
    sets: _Sets = field(factory=_Sets)
    rails: dict[int, tuple[int, int]] = field(factory=dict)

    def work_out(self, roots: Iterable[int]) -> None:
        """Number the rails of `roots`, and of all that is below them."""
        sets, rails = self.sets, self.rails
        for step in below(self.evaluator.program, roots, frozenset()):
            if step in rails:
                continue
            node = self.evaluator.program.nodes[step]
            operands = [rails[operand] for operand in node.operands]
            match node.op:
                case Op.LEAF:
                    true, false = self.given(step, self.leaves[step])
                case Op.NOT:
                    false, true = operands[0]
                case Op.ESTABLISHED:
                    true, _ = operands[0]
                    false = sets.others(true)
                case Op.RECORDED:
                    true = sets.either(*operands[0])
                    false = sets.others(true)
                case Op.DEFINED:
                    true, false = operands[0]
                    if step in self.definitions:
                        # Where a definition is stated, or follows, its conditions do not count.
                        so, not_so = self.given(step, self.definitions[step], True)
                        true = sets.either(so, sets.both(true, sets.others(not_so)))
                        false = sets.either(not_so, sets.both(false, sets.others(so)))
                case Op.ALL:
                    true, false = EVERYBODY, NOBODY
                    for t, f in operands:
                        true, false = sets.both(true, t), sets.either(false, f)
                case Op.ANY:
                    true, false = NOBODY, EVERYBODY
                    for t, f in operands:
                        true, false = sets.either(true, t), sets.both(false, f)
            rails[step] = (true, false)

    def given(
        self, step: int, kinds: int, is_definition: bool = False
    ) -> tuple[int, int]:
        """The rails of a step that are given."""
        true, false = divmod(kinds, 3)
        return (
            self.sets.read(step, 0, true, is_definition=is_definition),
            self.sets.read(step, 1, false, is_definition=is_definition),
        )


def verdict_program(
    evaluator: Evaluator, leaves: Given, definitions: Given, rules: Sequence[str]
) -> VerdictProgram:
    """For each of `rules` to whom it applies, for whom it is overridden, for whom it is open."""
    made, program = (
        _Conditions(evaluator, dict(leaves), dict(definitions)),
        evaluator.program,
    )
    sets = made.sets
    made.work_out([program.scope])
    _, outside = made.rails[program.scope]
    outputs = []
    for name in rules:
        own, excepted = program.conditions[name], program.exceptions[name]
        made.work_out([own, excepted])
        true, false = made.rails[own]
        but, but_not = made.rails[excepted]
        is_outside = evaluator.graph.rules[name].outside_scope
        spoken_to = outside if is_outside else sets.others(outside)
        settled = sets.either(false, sets.both(true, sets.either(but, but_not)))
        heard = sets.both(true, spoken_to)
        outputs += [
            sets.both(heard, but_not),
            sets.both(heard, but),
            sets.both(spoken_to, sets.others(settled)),
        ]
    return sets.program(outputs)


def settled_program(
    evaluator: Evaluator, leaves: Given, definitions: Given, rules: Sequence[str]
) -> VerdictProgram:
    """For each of `rules` for whom it is settled whether it applies, were they in scope."""
    made, program = (
        _Conditions(evaluator, dict(leaves), dict(definitions)),
        evaluator.program,
    )
    sets, outputs = made.sets, []
    for name in rules:
        own, excepted = program.conditions[name], program.exceptions[name]
        made.work_out([own, excepted])
        true, false = made.rails[own]
        either = sets.either(*made.rails[excepted])
        outputs.append(sets.either(false, sets.both(true, either)))
    return sets.program(outputs)


def topic_program(
    evaluator: Evaluator, leaves: Given, definitions: Given
) -> VerdictProgram:
    """For each part of each silence who brings it up and is in scope, or may be."""
    made, program = (
        _Conditions(evaluator, dict(leaves), dict(definitions)),
        evaluator.program,
    )
    made.work_out([program.scope])
    inside = made.sets.others(made.rails[program.scope][1])
    outputs = []
    for parts in program.silences:
        for _, step in parts:
            made.work_out([step])
            outputs.append(made.sets.both(made.rails[step][0], inside))
    return made.sets.program(outputs)
