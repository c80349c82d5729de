"""A decision as one diagram over the facts of a cohort, and who gets how far in it.

The levels of the diagram are facts, or facts that belong together; the values of a level are what
the decision can tell apart there; an end is a set of rules that apply. A patient reaches a node if
some completion of what is unknown of them leads there, so that the ends that a patient reaches are
the sets of rules that apply in some completion, neither more nor fewer: each level is passed once
on a way down, and what is possible on one level does not depend on the others. That is worked out
for all patients at once, from the top down, whatever is unknown and however much.

Whether a fact matters is seen from the bottom up: two nodes differ for a patient if some completion
leads from them to ends that say different things. A fact matters if two of its values lead from a
node that is reached to nodes that differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
from attrs import define, field, frozen
from numpy.typing import NDArray

from b12guide.cohort.batch import Batch
from b12guide.cohort.bits import Bits, everybody, keys_of, nobody, pack, sort_rows
from b12guide.cohort.composed_sets import ComposedSets, label_of
from b12guide.cohort.linked_facts import MOST_STEPS, LinkedFacts
from b12guide.evaluate.cases import drawn
from b12guide.evaluate.decision import composition_of, everything_said
from b12guide.evaluate.diagram import Diagrams, TooLargeError, in_order
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.joint_diagram import JointDiagram, joint_diagram
from b12guide.evaluate.program import Op, below
from b12guide.graph.condition import Leaf
from b12guide.graph.model import Decision

MOST_NODES = 20_000
"""Of more, looking at each node costs more than looking at each patient."""

MOST_ENDS = 1 << 10
"""Sets of rules that are composed one by one."""

MOST_CLASSES = 256
"""Of facts that belong together, as far as one decision tells them apart."""

Pair: TypeAlias = tuple[int, int]


@frozen(eq=False, repr=False)
class Level:
    """What a decision reads of facts that belong together, or of what is on record.

    Attributes:
        facts: The facts; None for what is on record, which is the only term.
        terms: The conditions through which it reads them.
        truths: For each value of the level, which of the terms are true.
        sets: The cases that belong to each value, in the diagrams of the facts.
    """

    facts: LinkedFacts | None
    terms: tuple[int, ...]
    truths: tuple[tuple[bool, ...], ...]
    sets: tuple[int, ...]


@frozen(kw_only=True, eq=False, repr=False)
class DecisionDiagram:
    """One decision.

    Attributes:
        alike: For each node one that stands for it where ends that an answer cannot tell apart are
            one end.
        same: The same where ends that say the same, for whatever reasons, are one end.
        ends: What is said at each end that stands for others or itself.
        above: The nodes from the conditions of the rules down to what the levels read.
    """

    decision: Decision
    roots: tuple[int, ...]
    levels: tuple[Level, ...]
    joint: JointDiagram
    alike: tuple[int, ...]
    same: tuple[int, ...]
    ends: Mapping[int, int]
    said: ComposedSets
    above: tuple[int, ...]


def terms_of(
    evaluator: Evaluator, roots: Iterable[int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What conditions read: atoms, definitions asked for as one, the record; and what is above."""
    program = evaluator.program
    ends: dict[int, None] = {}
    above: dict[int, None] = {}
    pending = list(roots)
    while pending:
        step = pending.pop()
        if step in ends or step in above:
            continue
        node = program.nodes[step]
        is_term = node.op is Op.LEAF or step in program.record
        if is_term or step in evaluator.units:
            ends[step] = None
        else:
            above[step] = None
            pending.extend(node.operands)
    return tuple(sorted(ends)), tuple(sorted(above))


def decision_diagram(
    decision: Decision, evaluator: Evaluator, facts: Sequence[LinkedFacts]
) -> DecisionDiagram:
    """The diagram of a decision.

    Raises:
        TooLargeError: It is too large.
    """
    program, roots = evaluator.program, evaluator.roots[decision]
    terms, above = terms_of(evaluator, roots)
    found: dict[str, Level] = {}
    level_of_term: dict[int, str] = {}
    for number, some in enumerate(facts):
        own = tuple(term for term in terms if term in some.true)
        if own:
            classes = some.classes(own)
            if len(classes) > MOST_CLASSES:
                raise TooLargeError
            name = f"facts {number:04}"
            level_of_term |= dict.fromkeys(own, name)
            found[name] = Level(some, own, tuple(classes), tuple(classes.values()))
    for term in terms:
        if term in program.record:
            name = level_of_term[term] = f"record {term:04}"
            found[name] = Level(None, (term,), ((False,), (True,)), ())
    stop = frozenset(terms)
    near = [
        {level_of_term[s] for s in below(program, (root,), stop) if s in level_of_term}
        for root in dict.fromkeys(roots)
    ]
    order = in_order(found, near)
    place = {name: number for number, name in enumerate(order)}
    levels = tuple(found[name] for name in order)
    diagrams = Diagrams([len(one.truths) for one in levels], MOST_STEPS)
    known = {}
    for term, name in level_of_term.items():
        at = found[name].terms.index(term)
        digits = [d for d, truth in enumerate(found[name].truths) if truth[at]]
        known[term] = diagrams.having(place[name], digits)

    def never(leaf: Leaf) -> int:
        raise AssertionError(leaf)  # every atom is a term

    true = drawn(diagrams, program, (*terms, *above), known, never)
    rules = evaluator.heard[decision]
    applies = [
        diagrams.without(
            true[program.conditions[rule.name]], true[program.exceptions[rule.name]]
        )
        for rule in rules
    ]
    joint = joint_diagram(diagrams, applies, MOST_NODES, MOST_ENDS)
    composed = {
        end: composition_of(
            decision, [r for r, so in zip(rules, which, strict=True) if so], evaluator
        )
        for end, which in joint.ends.items()
    }
    alike = joint.merged({e: label_of(said, evaluator) for e, said in composed.items()})
    ends = sorted({alike[end] for end in composed})
    return DecisionDiagram(
        decision=decision,
        roots=roots,
        levels=levels,
        joint=joint,
        alike=alike,
        same=joint.merged(
            {e: everything_said(said, evaluator) for e, said in composed.items()}
        ),
        ends={end: place for place, end in enumerate(ends)},
        said=ComposedSets([composed[end] for end in ends]),
        above=tuple(reversed(above)),
    )


# ----------------------------------------------------------------------- for a batch


@frozen(kw_only=True, eq=False, repr=False)
class Patterns:
    """Patients who look the same to a decision, as one.

    Attributes:
        group: Of each patient, the number of their pattern.
        count: The number of patterns.
        possible: For each level and value, the patterns that can still have it.
        outside: The patterns of patients outside the scope.
        is_read: For each level, the patterns of which the value is known, and only the source
            leaves open how to read it; None for nobody.
    """

    group: NDArray[Any]
    count: int
    possible: tuple[tuple[Bits, ...], ...]
    outside: Bits
    is_read: tuple[Bits | None, ...]


def patterns(
    diagram: DecisionDiagram,
    batch: Batch,
    can_be: Mapping[LinkedFacts, Mapping[int, Bits]],
    is_read: Mapping[LinkedFacts, Bits],
) -> Patterns:
    """The patterns of a batch.

    Args:
        diagram: The decision.
        batch: The patients.
        can_be: For facts that belong together , who can be in which cases.
        is_read: For such facts, whose value is known and lies in a range of the source.
    """
    rows, mask = batch.rows, batch.mask
    outside = batch.rails[batch.question.evaluator.program.scope][1]
    whole: list[list[Bits]] = []
    for level in diagram.levels:
        if level.facts is None:
            true, false = batch.rails[level.terms[0]]
            whole.append([false, true])
        else:
            here = can_be[level.facts]
            whole.append([here[one] for one in level.sets])
    varying: dict[int, Bits] = {}
    places: dict[int, int] = {}
    every = [outside, *is_read.values(), *(p for level in whole for p in level)]
    for plane in every:
        if id(plane) not in varying and plane.any() and not np.array_equal(plane, mask):
            places[id(plane)] = len(varying)
            varying[id(plane)] = plane
    keys = keys_of(list(varying.values()), rows)
    found = sort_rows(keys, rows)
    firsts = [key[found.first].astype(np.uint64) for key in keys]
    full, nothing = everybody(found.count), nobody(found.count)

    def seen(plane: Bits) -> Bits:
        at = places.get(id(plane))
        if at is None:
            return full if plane.any() else nothing
        word, bit = divmod(at, 64)
        return pack((firsts[word] >> np.uint64(bit) & np.uint64(1)).astype(np.bool_))

    return Patterns(
        group=found.group,
        count=found.count,
        possible=tuple(tuple(map(seen, level)) for level in whole),
        outside=seen(outside),
        is_read=tuple(
            None
            if level.facts is None or level.facts not in is_read
            else seen(is_read[level.facts])
            for level in diagram.levels
        ),
    )


@define(eq=False, repr=False)
class Sweep:
    """The patterns of one batch on their way through a diagram.

    Attributes:
        reached: Who reaches each node.
    """

    diagram: DecisionDiagram
    patterns: Patterns
    reached: dict[int, Bits] = field(init=False, factory=dict)
    _differ: dict[Pair, Bits | None] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        joint, alike, reached = self.diagram.joint, self.diagram.alike, self.reached
        reached[alike[0]] = everybody(self.patterns.count) & ~self.patterns.outside
        for node, level in enumerate(joint.levels):
            here = reached.get(node)
            if level is None or here is None:
                continue
            children = [alike[child] for child in joint.children[node]]
            edges = self.edges(level, children)
            for child, plane in edges.items():
                there = here & plane
                before = reached.get(child)
                reached[child] = there if before is None else before | there

    def edges(self, level: int, children: Sequence[int]) -> dict[int, Bits]:
        """Who can go from a node to each of its children."""
        found: dict[int, Bits] = {}
        for plane, child in zip(self.patterns.possible[level], children, strict=True):
            before = found.get(child)
            found[child] = plane if before is None else before | plane
        return found

    @property
    def ends(self) -> list[tuple[int, Bits]]:
        """Who reaches each end, by the place of what is said there."""
        ends = self.diagram.ends.items()
        return [
            (place, self.reached[end]) for end, place in ends if end in self.reached
        ]

    def differ(self, one: int, two: int) -> Bits | None:
        """For whom two nodes lead to what is said differently; None for nobody."""
        if one == two:
            return None
        pair = (one, two) if one < two else (two, one)
        if pair in self._differ:
            return self._differ[pair]
        joint, same = self.diagram.joint, self.diagram.same
        upper, lower = joint.levels[pair[0]], joint.levels[pair[1]]
        found: Bits | None
        if upper is None and lower is None:
            found = everybody(self.patterns.count)
        else:
            level = min(at for at in (upper, lower) if at is not None)
            ways: dict[Pair, Bits] = {}
            for digit, plane in enumerate(self.patterns.possible[level]):
                first, second = (
                    same[joint.children[node][digit]] if at == level else node
                    for node, at in zip(pair, (upper, lower), strict=True)
                )
                if first != second:
                    way = (first, second) if first < second else (second, first)
                    before = ways.get(way)
                    ways[way] = plane if before is None else before | plane
            found = None
            for (first, second), plane in ways.items():
                if not plane.any():
                    continue
                apart = self.differ(first, second)
                if apart is not None:
                    found = apart & plane if found is None else found | (apart & plane)
        self._differ[pair] = found
        return found

    def told_apart(self) -> dict[int, dict[Pair, Bits]]:
        """For each level the pairs of values that have to be told apart, and for whom.

        Of a fact that stands alone all pairs are one, (0, 0).
        """
        diagram = self.diagram
        joint, same = diagram.joint, diagram.same
        reached: dict[int, Bits] = {}
        for node, plane in self.reached.items():
            if joint.levels[same[node]] is not None:
                before = reached.get(same[node])
                reached[same[node]] = plane if before is None else before | plane
        found: dict[int, dict[Pair, Bits]] = {}
        for node, here in reached.items():
            level = joint.levels[node]
            if level is None or not here.any():
                continue
            facts = diagram.levels[level].facts
            if facts is None:
                continue
            pairs = found.setdefault(level, {})
            children = [same[child] for child in joint.children[node]]
            possible = self.patterns.possible[level]
            if facts.is_alone:
                edges = list(self.edges(level, children).items())
                values = [((0, 0), one, two) for one, two in combinations(edges, 2)]
            else:
                edges = list(zip(children, possible, strict=True))
                values = [
                    ((a, b), edges[a], edges[b])
                    for a, b in combinations(range(len(edges)), 2)
                ]
            for pair, (one, some), (two, others) in values:
                if one == two:
                    continue
                both = here & some & others
                if not both.any():
                    continue
                apart = self.differ(one, two)
                if apart is None:
                    continue
                both &= apart
                before = pairs.get(pair)
                pairs[pair] = both if before is None else before | both
        for level, pairs in found.items():
            read = self.patterns.is_read[level]
            if read is not None:
                # What the source leaves open is no question about the patient (M25).
                for pair in pairs:
                    pairs[pair] = pairs[pair] & ~read
        return found
