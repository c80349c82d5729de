"""Every completion of what is unknown, as far as some conditions can see it.

The open facts below the conditions fall into groups that no condition or implication ties
together. Each group is enumerated by itself and its worlds are sorted into classes that look the
same from above; the product of the classes is the set of completions. That is exact, and small:
nine open neurological findings matter only through one definition, so they make two classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial
from math import prod
from typing import TypeAlias

from attrs import frozen

from b12guide.evaluate.memory import remembered
from b12guide.evaluate.patient_view import PatientView
from b12guide.evaluate.program import Op, Program, Rails, below, open_facts, run
from b12guide.evaluate.worlds import (
    Space,
    Worlds,
    domains,
    from_bits,
    linked,
    worlds_of,
)

OPEN: Rails = (0, 0)
GROUP_LIMIT = 1 << 16
CLASS_LIMIT = 1 << 11
"""Classes of one group; of more, each is a set of worlds that is too large to keep."""
LIMIT = 1 << 20


@frozen(kw_only=True, slots=False, eq=False, repr=False)
class FactGroup:
    """Open facts that belong together, and the classes of their worlds.

    Attributes:
        facts: The open facts.
        terms: The nodes through which the conditions see the group.
        worlds: The completions of the facts.
        classes: Sets of worlds that give every term the same truth.
        rails: Of each term, over `worlds`.
        definitions: The names of those terms that are definitions.
    """

    facts: tuple[str, ...]
    terms: tuple[int, ...]
    worlds: Worlds
    classes: tuple[int, ...]
    rails: Mapping[int, Rails]
    definitions: Mapping[int, str]

    @cached_property
    def answers(self) -> Mapping[str, tuple[int, ...]]:
        """What could be asked, with the set of answers (as bits) that each class leaves open."""
        several = any(len({v for v, _ in s}) > 1 for s in self.worlds.samples)
        found = {
            name: self._possible(self.rails[term])
            for term, name in self.definitions.items()
            if several
        }
        # A value in a printed range is a different answer under each reading: what the source
        # itself leaves open does not make the fact useless. Where it leaves open every value
        # that the fact can have, asking helps nobody.
        for dimension, offered in enumerate(self.worlds.samples):
            if len({value for value, _ in offered}) > 1:
                space, fact = self.worlds.space, self.facts[dimension]
                columns = [space.column(dimension, (i,)) for i in range(len(offered))]
                found[fact] = self._possible(columns)
        return found

    def _possible(self, columns: Sequence[int]) -> tuple[int, ...]:
        return tuple(
            from_bits(members & column != 0 for column in columns)
            for members in self.classes
        )


@frozen(kw_only=True, eq=False, repr=False)
class Completions:
    """The completions, one world for each choice of a class from every group.

    Attributes:
        space: One dimension for each group.
        true: Of each condition asked for, the worlds in which it is true.
    """

    groups: tuple[FactGroup, ...]
    space: Space
    true: Mapping[int, int]


def completions(
    roots: Sequence[int], patient: PatientView, limit: int = LIMIT
) -> Completions | None:
    """The completions that the conditions `roots` can tell apart; None when there are too many."""
    known = patient.rails
    terms, above = frontier([r for r in roots if known[r] == OPEN], patient)
    groups = _groups(terms, patient)
    if groups is None or prod(len(group.classes) for group in groups) > limit:
        return None
    space = Space(tuple(len(group.classes) for group in groups))
    rails: dict[int, Rails] = {}
    for dimension, group in enumerate(groups):
        for term in group.terms:
            true, _ = group.rails[term]
            digits = (i for i, members in enumerate(group.classes) if members & true)
            column = space.column(dimension, digits)
            rails[term] = (column, space.mask & ~column)
    rails |= constants((*above, *roots), known, space.mask)
    run(patient.evaluator.program, above, rails, space.mask)
    found = {root: rails[root][0] for root in roots}
    return Completions(groups=groups, space=space, true=found)


def constants(
    steps: Iterable[int], known: Sequence[Rails], mask: int
) -> dict[int, Rails]:
    """The nodes that the known facts settle, for all worlds of `mask`."""
    found = {}
    for step in steps:
        true, false = known[step]
        if true or false:
            found[step] = (mask if true else 0, mask if false else 0)
    return found


def frontier(
    roots: Iterable[int], patient: PatientView
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The open terms below `roots`, and every node from there up, operands included."""
    terms: set[int] = set()
    above: set[int] = set()
    pending = list(roots)
    while pending:
        step = pending.pop()
        if step in above:
            continue
        above.add(step)
        node = patient.evaluator.program.nodes[step]
        if patient.rails[step] != OPEN:
            continue
        if node.op is Op.LEAF or step in patient.evaluator.units:
            terms.add(step)
        else:
            pending.extend(node.operands)
    return tuple(sorted(terms)), tuple(sorted(above))


def _groups(
    terms: tuple[int, ...], patient: PatientView
) -> tuple[FactGroup, ...] | None:
    program, known = patient.evaluator.program, patient.rails
    seen = {term: open_facts(program, term, known) for term in terms}
    constraints = open_constraints(patient)
    groups = []
    for part in linked([*seen.values(), *(facts for facts, _ in constraints)]):
        mine = tuple(term for term in terms if seen[term] <= part)
        if not mine:
            continue
        bound = tuple(step for facts, step in constraints if facts <= part)
        group = _group(part, mine, bound, patient)
        if group is None:
            return None
        groups.append(group)
    return tuple(groups)


Constraint: TypeAlias = tuple[int, ...]


def open_constraints(
    patient: PatientView,
) -> tuple[tuple[frozenset[str], Constraint], ...]:
    """What still ties open facts together: (premise, conclusion), or (stated definition,)."""
    program, known = patient.evaluator.program, patient.rails
    found: list[tuple[frozenset[str], Constraint]] = []
    for premise, conclusion in program.implications:
        if known[premise][1] or known[conclusion][0]:
            continue
        ends = [s for s in (premise, conclusion) if known[s] == OPEN]
        tied = frozenset().union(*(open_facts(program, s, known) for s in ends))
        found.append((tied, (premise, conclusion)))
    for name in patient.facts.definitions:
        step = program.definitions[name]
        operand = program.nodes[step].operands[0]
        if known[operand] == OPEN:
            found.append((open_facts(program, operand, known), (step,)))
    return tuple((tied, constraint) for tied, constraint in found if tied)


def ends_of(constraint: Constraint, program: Program) -> Constraint:
    """The conditions that a constraint speaks of: of a stated definition, what it stands for."""
    if len(constraint) == 1:
        return program.nodes[constraint[0]].operands
    return constraint


def _group(
    part: frozenset[str],
    terms: tuple[int, ...],
    constraints: tuple[Constraint, ...],
    patient: PatientView,
) -> FactGroup | None:
    program, known = patient.evaluator.program, patient.rails
    operands = tuple(
        end for constraint in constraints for end in ends_of(constraint, program)
    )
    steps = below(program, (*terms, *operands), patient.closed)
    facts = patient.facts
    seen = (
        part,
        terms,
        constraints,
        tuple([known[step] for step in steps]),
        tuple([(facts.values.get(n), facts.possible.get(n)) for n in sorted(part)]),
        facts.reading.value,
    )
    found: FactGroup | None = remembered(
        patient.evaluator.memory.groups,
        seen,
        partial(_worked_out, part, terms, constraints, steps, patient),
    )
    return found


def _worked_out(
    part: frozenset[str],
    terms: tuple[int, ...],
    constraints: tuple[Constraint, ...],
    steps: tuple[int, ...],
    patient: PatientView,
) -> FactGroup | None:
    """The group of the facts in `part`, from nothing but what `_group` sees of the patient."""
    program, known = patient.evaluator.program, patient.rails
    offered = domains(part, patient.evaluator.graph, program, patient.facts, steps)
    if prod(len(found) for found in offered.values()) > GROUP_LIMIT:
        return None
    worlds = worlds_of(offered)
    mask = worlds.space.mask
    rails = constants(steps, known, mask)
    for step in steps:
        leaf = program.nodes[step].leaf
        if leaf is not None and step not in rails:
            rails[step] = worlds.rails(leaf)
    run(program, steps, rails, mask)
    valid = mask
    for constraint in constraints:
        if len(constraint) == 1:
            operand = program.nodes[constraint[0]].operands[0]
            valid &= rails[operand][0 if known[constraint[0]][0] else 1]
        else:
            valid &= rails[constraint[0]][1] | rails[constraint[1]][0]
    classes = [valid] if valid else []
    for term in terms:
        true, _ = rails[term]
        classes = [p for c in classes for p in (c & ~true, c & true) if p]
        if len(classes) > CLASS_LIMIT:
            return None
    return FactGroup(
        facts=worlds.facts,
        terms=terms,
        worlds=worlds,
        classes=tuple(classes),
        rails={term: rails[term] for term in terms},
        definitions={
            term: program.nodes[term].name
            for term in terms
            if program.nodes[term].op is Op.DEFINED
        },
    )
