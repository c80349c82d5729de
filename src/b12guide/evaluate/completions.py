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

from attrs import frozen

from b12guide.evaluate.memory import remembered
from b12guide.evaluate.patient_view import PatientView
from b12guide.evaluate.program import Op, Rails, below, open_facts, run
from b12guide.evaluate.ties import OPEN, Tie, claims_in, ties_of, ways_on_record
from b12guide.evaluate.worlds import (
    Space,
    Worlds,
    domains,
    from_bits,
    linked,
    worlds_of,
)

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
    groups = groups_of(terms, patient)
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
    steps: Iterable[int], known: Sequence[Rails] | Mapping[int, Rails], mask: int
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


def groups_of(
    terms: tuple[int, ...], patient: PatientView
) -> tuple[FactGroup, ...] | None:
    """The groups that `terms` see, None where one is too large.

    What is asked of a group is worked out from nothing but what stands in the key under which it
    is remembered, the direction of each tie included: two patients who share the key share the
    group.
    """
    evaluator, known, facts = patient.evaluator, patient.rails, patient.facts
    seen = {term: open_facts(evaluator.program, term, known) for term in terms}
    ties = ties_of(patient)
    groups = []
    for part in linked([*seen.values(), *(tie.facts for tie in ties)]):
        mine = tuple(term for term in terms if seen[term] <= part)
        if not mine:
            continue
        bound = tuple(tie for tie in ties if tie.facts <= part)
        ends = (end for tie in bound for end in tie.ends)
        steps = below(evaluator.program, (*mine, *ends), patient.closed)
        key = (
            part,
            mine,
            tuple(tie.key for tie in bound),
            tuple([known[step] for step in steps]),
            tuple([(facts.values.get(n), facts.possible.get(n)) for n in sorted(part)]),
            tuple([facts.bounds.get(n) for n in sorted(part)]) if facts.bounds else (),
            facts.reading.value,
        )
        group: FactGroup | None = remembered(
            evaluator.memory.groups,
            key,
            partial(_group, part, mine, bound, steps, patient),
        )
        if group is None:
            return None
        groups.append(group)
    return tuple(groups)


def _group(
    part: frozenset[str],
    terms: tuple[int, ...],
    ties: tuple[Tie, ...],
    steps: tuple[int, ...],
    patient: PatientView,
) -> FactGroup | None:
    """The group of the facts in `part`; None where it has too many worlds or classes."""
    program, known = patient.evaluator.program, patient.rails
    claims = claims_in(ties, program)
    every = dict.fromkeys((*steps, *(step for tie in ties for step in tie.loose)))
    offered = domains(part, patient.evaluator.graph, program, patient.facts, every)
    if prod(len(found) for found in offered.values()) << len(claims) > GROUP_LIMIT:
        return None
    worlds = worlds_of(offered)
    mask = worlds.space.mask
    rails = constants(steps, known, mask)
    for step in steps:
        leaf = program.nodes[step].leaf
        if leaf is not None and step not in rails:
            rails[step] = worlds.rails(leaf)
    run(program, steps, rails, mask)
    valid = _kept([tie for tie in ties if not tie.loose], rails, mask)
    valid &= _kept_somehow([tie for tie in ties if tie.loose], worlds, patient)
    # Worlds that give every term the same truth are one class: each term splits those so far.
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


def _kept(ties: Iterable[Tie], rails: Mapping[int, Rails], mask: int) -> int:
    """The worlds of `mask` in which all ties are kept."""
    valid = mask
    for tie in ties:
        denied = 0 if tie.premise is None else rails[tie.premise][1]
        valid &= denied | (0 if tie.conclusion is None else rails[tie.conclusion][0])
    return valid


def _kept_somehow(ties: Sequence[Tie], worlds: Worlds, patient: PatientView) -> int:
    """The worlds in which ties are kept, whatever is on record of what is not known (M14)."""
    mask = worlds.space.mask
    if not ties:
        return mask
    program = patient.evaluator.program
    loose = {step: rails for tie in ties for step, rails in tie.loose.items()}
    settled = constants(loose, loose, mask)
    for step in loose:
        leaf = program.nodes[step].leaf
        if leaf is not None and step not in settled:
            settled[step] = worlds.rails(leaf)
    claims, found = claims_in(ties, program), 0
    for way in ways_on_record(claims, mask):
        rails = run(program, sorted(loose), settled | way, mask)
        valid = _kept(ties, rails, mask)
        for claim in claims:
            if program.nodes[claim].op is Op.ESTABLISHED and way[claim][0]:
                valid &= rails[program.nodes[claim].operands[0]][0]
        found |= valid
    return found
