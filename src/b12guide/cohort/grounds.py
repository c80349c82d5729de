"""The grounds of a decision: all that it can see of a patient, and nothing that it cannot.

A decision looks down from the conditions of its rules. What is below a condition that is settled
cannot change it any more, and is not looked at; where a condition is open, its parts are. Patients
who look the same in this way are answered the same, so that one of them can be asked for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from b12guide.cohort.batch import Batch, Question
from b12guide.cohort.bits import Bits
from b12guide.evaluate.known import Evaluator
from b12guide.evaluate.program import Op, below
from b12guide.graph.condition import Compare, OneOf
from b12guide.values.term import Operator

__all__ = ["Grounds", "Plane", "grounds"]

Plane = tuple[int, Bits]
"""One thing that can be seen of a patient, by its number, and those of whom it is so."""

_PER_STEP = 1 << 16
"""Numbers for each node: 0 true, 1 false, 2 stated, 3 known, 4 the lower end, then the values."""


@frozen(eq=False, repr=False)
class Grounds:
    """Where a decision looks.

    Attributes:
        roots: The conditions and exceptions of its rules.
        implications: The implications that tie facts it can see, as premise and conclusion.
        definitions: The definitions that do when their truth is stated.
        steps: All nodes below these, the uppermost first.
    """

    evaluator: Evaluator
    roots: tuple[int, ...]
    implications: tuple[tuple[int, int], ...]
    definitions: tuple[int, ...]
    steps: tuple[int, ...]

    def seen(self, batch: Batch, looked_at: Bits) -> Iterator[Plane]:
        """What can be seen of the patients in `looked_at`; empty planes are left out."""
        nodes, rails = self.evaluator.program.nodes, batch.rails
        visible = dict.fromkeys(self.roots, looked_at)

        def show(step: int, patients: Bits) -> None:
            before = visible.get(step)
            visible[step] = patients if before is None else before | patients

        for premise, conclusion in self.implications:
            loose = looked_at & ~(rails[premise][1] | rails[conclusion][0])
            show(premise, loose)
            show(conclusion, loose)
        for step in self.definitions:
            if step in batch.closed.definitions:
                true, false = batch.closed.definitions[step]
                show(step, looked_at & (true | false))
        for step in self.steps:
            here = visible.get(step)
            if here is None or not here.any():
                continue
            node = nodes[step]
            stated = batch.closed.definitions.get(step)
            if node.op is Op.NOT or (node.op is Op.DEFINED and stated is None):
                show(node.operands[0], here)
                continue
            true, false = rails[step]
            planes = [(0, true & here), (1, false & here)]
            if node.op is Op.LEAF:
                planes += self._of_leaf(batch, step, here & ~(true | false))
            elif stated is not None:
                planes.append((2, (stated[0] | stated[1]) & here))
                show(node.operands[0], here)
            elif node.op not in {Op.ESTABLISHED, Op.RECORDED}:
                for operand in node.operands:
                    show(operand, here & ~(true | false))
            for number, plane in planes:
                if plane.any():
                    yield (step * _PER_STEP + number, plane)

    def _of_leaf(self, batch: Batch, step: int, unsettled: Bits) -> Iterator[Plane]:
        """What can be seen of an open leaf besides that it is open."""
        leaf = self.evaluator.program.nodes[step].leaf
        match leaf:
            case Compare(operator=operator) if step in batch.closed.ends:
                # The value is known, stated or not, and the source leaves open how to read it.
                (true, false), _ = batch.closed.ends[step]
                yield (3, (true | false) & unsettled)
                if operator is Operator.EQUAL:
                    yield (4, true & unsettled)
            case OneOf(fact=fact) if fact in batch.closed.possible:
                for number, plane in enumerate(batch.closed.possible[fact].values()):
                    yield (5 + number, plane & unsettled)
            case _:
                return


def grounds(question: Question, roots: Iterable[int]) -> Grounds:
    """Where a decision looks whose conditions and exceptions are `roots`."""
    evaluator = question.evaluator
    program = evaluator.program
    support = program.support
    own = tuple(dict.fromkeys(roots))
    facts: frozenset[str] = frozenset().union(*(support[root] for root in own))
    ties = [(support[p] | support[c], (p, c)) for p, c in program.implications]
    given = {name for tied in question.tied for name in tied.definitions}
    follow = {step for tied in question.tied for step in tied.steps}
    stated = [
        (support[step], step)
        for name, step in program.definitions.items()
        if name in given or step in follow
    ]
    grew = True
    while grew:
        before = facts
        for tied, _ in (*ties, *stated):
            if tied & facts:
                facts |= tied
        grew = facts != before
    implications = tuple(pair for tied, pair in ties if tied & facts)
    definitions = tuple(step for tied, step in stated if tied & facts)
    ends = [step for pair in implications for step in pair]
    steps = below(program, [*own, *ends, *definitions], frozenset())
    return Grounds(evaluator, own, implications, definitions, tuple(reversed(steps)))
