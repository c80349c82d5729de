"""What still ties the open facts of one patient together.

An implication ties facts, and so does a definition of which the truth is known. Such a definition
may ask what is on record. Who states it says so of the record, too (M14): what is not known may be
on record all the same. So that is left open here, although the conditions of the rules ask the
record as it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import product

from attrs import field, frozen

from b12guide.evaluate.patient_view import PatientView
from b12guide.evaluate.program import Op, Program, Rails, below, open_facts, run

OPEN: Rails = (0, 0)


@frozen(kw_only=True, eq=False, repr=False)
class Tie:
    """What still ties open facts together: if `premise` is true, so is `conclusion`.

    An implication has both. A definition of which the truth is known has one: what it stands for
    is true whatever else is so (it has no premise), or is true of nobody (it has no conclusion).

    Attributes:
        facts: The open facts that it ties.
        premise: A node of the program.
        conclusion: Another one.
        loose: Of a definition that asks what is on record, the value of each node behind it where
            that is left open; nothing of any other tie.
    """

    facts: frozenset[str]
    premise: int | None
    conclusion: int | None
    loose: Mapping[int, Rails] = field(factory=dict)

    @property
    def ends(self) -> tuple[int, ...]:
        """The conditions that it ties."""
        return tuple(end for end in (self.premise, self.conclusion) if end is not None)

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it apart from other ties between the same facts."""
        return (self.premise, self.conclusion, tuple(self.loose.items()))


def ties_of(patient: PatientView) -> tuple[Tie, ...]:
    """What still ties open facts of `patient` together."""
    program, known = patient.evaluator.program, patient.rails
    found = []
    for premise, conclusion in program.implications:
        if not (known[premise][1] or known[conclusion][0]):
            open_ = (
                open_facts(program, end, known)
                for end in (premise, conclusion)
                if known[end] == OPEN
            )
            facts = frozenset[str]().union(*open_)
            found.append(Tie(facts=facts, premise=premise, conclusion=conclusion))
    stated = frozenset(program.definitions[name] for name in patient.facts.definitions)
    for name, truth in patient.facts.definitions.items():
        (operand,) = program.nodes[program.definitions[name]].operands
        loose = _loose(operand, stated, patient)
        rails = loose or known
        if rails[operand] == OPEN:
            tie = Tie(
                facts=open_facts(program, operand, rails),
                premise=None if truth else operand,
                conclusion=operand if truth else None,
                loose=loose,
            )
            found.append(tie)
    return tuple(tie for tie in found if tie.facts)


def _loose(
    operand: int, stated: frozenset[int], patient: PatientView
) -> dict[int, Rails]:
    """The open nodes behind a definition, with their operands, where the record may hold more.

    Args:
        operand: What the definition stands for.
        stated: The definitions of which the truth is known: no tie looks behind another one.
        patient: Whose record it is.
    """
    program, known = patient.evaluator.program, patient.rails
    behind = below(program, (operand,), stated)
    if program.record.isdisjoint(behind):
        return {}
    rails: dict[int, Rails] = {}
    for step in behind:
        node = program.nodes[step]
        if step in stated or node.leaf is not None:
            rails[step] = known[step]
        elif step in program.record:
            _, is_not = rails[node.operands[0]]
            is_so = int(step in patient.facts.on_record)
            rails[step] = (is_so, is_not if node.op is Op.ESTABLISHED else 0)
        else:
            run(program, (step,), rails, 1)
    open_ = below(program, (operand,), frozenset(s for s in behind if rails[s] != OPEN))
    if all(rails[step] == known[step] for step in open_ if step in program.record):
        return {}
    return {step: rails[step] for step in open_}


def claims_in(ties: Iterable[Tie], program: Program) -> tuple[int, ...]:
    """The nodes of which some ties leave open whether it is on record, in order."""
    found = {
        step
        for tie in ties
        for step, rails in tie.loose.items()
        if rails == OPEN and step in program.record
    }
    return tuple(sorted(found))


def ways_on_record(
    claims: Collection[int], mask: int
) -> Iterator[dict[int, tuple[int, int]]]:
    """Each way in which all of `claims` may turn out, the same in every world of `mask`."""
    for way in product(((0, mask), (mask, 0)), repeat=len(claims)):
        yield dict(zip(claims, way, strict=True))
