"""Searches every possible patient, exactly, with the program that also answers single patients.

A condition can tell patients apart only by the facts below it, and measures only by the stretches
between its thresholds. So the patients fall into finitely many classes, one bit each, and a claim
about all patients is a few operations on bit sets. Where there are too many classes the search
says so; it never guesses. Every patient that it finds is judged again by the interpreter, which is
the specification.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import TypeAlias

from attrs import evolve, field, frozen

from b12guide.evaluate import explanation
from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.completions import Completions, completions
from b12guide.evaluate.composition_parts import CompositionKind
from b12guide.evaluate.decision import MOST_PARTS, CompletionPart, parts, split
from b12guide.evaluate.diagram import TooLargeError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import NO_VALUE, Facts, Reading
from b12guide.evaluate.implications import implied_facts
from b12guide.evaluate.memory import Work
from b12guide.evaluate.patient_view import PatientView
from b12guide.graph.condition import Condition
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.limits import USUAL, Limits
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.prove.on_record import NOTHING, ForSearch, RecordFacts, total
from b12guide.prove.witness import Claimed, Witness, shrink, smallest, thresholds

Test: TypeAlias = Callable[[Stated, Reading], bool]
"""Whether something is so of a patient, thresholds being read in some way."""


def facts_of(stated: Stated, reading: Reading, evaluator: Evaluator) -> Facts:
    """What is known of a patient once everything stated has been thought through."""
    return implied_facts(stated, evaluator.graph, evaluator.program, reading)


def parts_about(
    decision: Decision, rules: Sequence[Rule], facts: Facts, evaluator: Evaluator
) -> tuple[CompletionPart, ...]:
    """What `rules` say in each completion of a patient; nothing where there are too many."""
    program = evaluator.program
    roots = [program.conditions[rule.name] for rule in rules]
    roots += [program.exceptions[rule.name] for rule in rules]
    found = completions(tuple(roots), PatientView.of(evaluator, facts))
    try:
        return () if found is None else parts(decision, rules, evaluator, found)
    except TooLargeError:
        return ()


def verdicts(
    rules: Iterable[str],
    evaluator: Evaluator,
    is_so: Callable[[Mapping[str, Verdict]], bool],
) -> Test:
    """Whether something is so of the verdicts of `rules`."""
    names, graph = tuple(rules), evaluator.graph

    def test(stated: Stated, reading: Reading) -> bool:
        facts = facts_of(stated, reading, evaluator)
        return is_so(
            {n: explanation.verdict(graph.rules[n], graph, facts) for n in names}
        )

    return test


def applying(rules: Iterable[str], evaluator: Evaluator) -> Test:
    """Whether all of `rules` apply for certain."""
    return verdicts(
        rules, evaluator, lambda found: {*found.values()} <= {Verdict.APPLIES}
    )


def clashing(names: Iterable[str], rules: Sequence[Rule], evaluator: Evaluator) -> Test:
    """Whether the rules of these `names` apply for certain and are in conflict.

    Args:
        names: Rules on one decision.
        rules: These, and whatever may take doses out of them (M46).
        evaluator: The guideline.
    """
    apply = applying(names, evaluator)
    decision = rules[0].decision
    if all(rule.decision is decision for rule in rules):
        return apply

    def test(stated: Stated, reading: Reading) -> bool:
        facts = facts_of(stated, reading, evaluator)
        return apply(stated, reading) and all(
            part.composed.kind is CompositionKind.CONFLICT
            for part in parts_about(decision, rules, facts, evaluator)
        )

    return test


CANDIDATES = 6
"""Classes of patients from which the smallest witness is taken."""

REPLAYED = 3
"""How many of them are replayed as they are where the cone cannot shrink them."""


_CLASSES_A_STEP = 1024
"""So many classes of patients are worked out in the time of one step of work."""


class Nobody(Enum):
    """Why there is no witness: there is no such patient, or too many to look through."""

    POSSIBLE = "no such patient"
    TOO_MANY = "too many kinds of patients"


Sought: TypeAlias = Witness | Nobody


@frozen
class Cone:
    """The classes of patients that some conditions can tell apart, one bit each.

    The facts fall into groups that no condition or implication ties together (`found.groups`). A
    group has as many classes as the conditions can tell apart, and a patient has one class of each
    group: so the space of all classes is the product of the groups, and a set of patients is one
    large integer.
    """

    evaluator: Evaluator
    found: Completions

    @property
    def everybody(self) -> int:
        """All classes."""
        return self.found.space.mask

    def true(self, step: int) -> int:
        """The classes in which a node of the program is true."""
        return self.found.true[step]

    def applies(self, rule: str) -> int:
        """The classes, all of them in scope or not, to which a rule applies."""
        program = self.evaluator.program
        condition = self.true(program.conditions[rule])
        return condition & ~self.true(program.exceptions[rule])

    def like(self, values: Mapping[str, FactValue]) -> int:
        """The classes of patients with these values, whatever their other facts are."""
        space = self.found.space
        classes = space.mask
        for dimension, group in enumerate(self.found.groups):
            named = [fact for fact in group.facts if fact in values]
            if not named:
                continue
            members = group.worlds.space.mask
            for fact in named:
                members &= group.worlds.column(fact, (values[fact],))
            digits = (i for i, some in enumerate(group.classes) if some & members)
            classes &= space.column(dimension, digits)
        return classes

    def patients(self, classes: int) -> Iterator[tuple[dict[str, FactValue], Reading]]:
        """A complete patient of each of `classes`, and how they read thresholds."""
        while classes:
            lowest = classes & -classes  # one bit of the set, and then the next
            classes ^= lowest
            world = lowest.bit_length() - 1
            values: dict[str, FactValue] = {}
            reading = Reading.LOWER
            digits = self.found.space.digits(world)
            for group, digit in zip(self.found.groups, digits, strict=True):
                members = group.classes[digit]
                first = (members & -members).bit_length() - 1
                places = group.worlds.space.digits(first)
                for fact, offered, place in zip(
                    group.facts, group.worlds.samples, places, strict=True
                ):
                    value, read = offered[place]
                    if value != NO_VALUE:
                        values[fact] = value
                    reading = read if read is Reading.UPPER else reading
            yield values, reading


@frozen(slots=False)
class Search:
    """A guideline made ready for claims about all patients.

    Attributes:
        graph: The guideline itself, with which every witness is checked.
        evaluator: The same for patients about whom everything is known.
        on_record: What its facts about the record mean.
        work: What its proofs have cost; when it is spent, nothing more is proved.
    """

    graph: RuleGraph
    evaluator: Evaluator
    original: Evaluator = field(repr=False)
    on_record: RecordFacts = field(default=NOTHING, repr=False)
    work: Work = field(factory=Work, repr=False, eq=False)

    @classmethod
    def among_all(cls, made: ForSearch) -> Search:
        """The search through patients with less on record as well, with one guideline for all."""
        evaluator = Evaluator.of(made.graph)
        return cls(made.graph, evaluator, evaluator, made.on_record)

    @classmethod
    def of(
        cls,
        graph: RuleGraph,
        further: Mapping[str, Condition] | None = None,
        limits: Limits = USUAL,
    ) -> Search:
        """The search through the patients of `graph`, with names for `further` conditions."""
        complete = total(graph, further)
        return cls(
            graph,
            Evaluator.of(complete.graph),
            Evaluator.of(graph),
            complete.on_record,
            Work(limits),
        )

    @cached_property
    def nobody_known(self) -> PatientView:
        """What the conditions make of somebody about whom nothing is known."""
        return PatientView.of(self.evaluator, Facts())

    @cached_property
    def cuts(self) -> Mapping[str, frozenset[Fraction]]:
        """The thresholds of each measure."""
        return thresholds(self.graph)

    def cone_of(
        self,
        rules: Iterable[Rule],
        names: Iterable[str] = (),
        *,
        is_composed: bool = True,
    ) -> Cone | None:
        """The classes that the rules, and the conditions of these `names`, tell apart.

        None where there are too many, or, if what the rules say together `is_composed`, where too
        many sets of them apply to somebody.
        """
        if self.work.is_spent:
            return None
        rules, program = tuple(rules), self.evaluator.program
        steps = [program.definitions[name] for name in names]
        for rule in rules:
            steps += [program.conditions[rule.name], program.exceptions[rule.name]]
        roots = tuple(dict.fromkeys((*steps, program.scope)))
        found = completions(roots, self.nobody_known)
        if found is None:
            return None
        self.work.done += 1 + found.space.count // _CLASSES_A_STEP
        cone = Cone(self.evaluator, found)
        if not is_composed:
            return cone
        by_decision: dict[Decision, list[Rule]] = {}
        for name in dict.fromkeys(rule.name for rule in rules):
            one = self.evaluator.graph.rules[name]
            by_decision.setdefault(one.decision, []).append(one)
        try:
            # What rules say together is composed once for each set of them that applies to
            # somebody. Few rules have few sets; of more it has to be tried how many there are.
            for some in by_decision.values():
                if 1 << len(some) > MOST_PARTS:
                    self.work.done += len(split(some, self.evaluator, cone.found))
        except TooLargeError:
            return None
        return cone

    def in_scope(self, cone: Cone) -> int:
        """The classes for whom the guideline is written."""
        return cone.true(self.evaluator.program.scope)

    def addressed(self, cone: Cone, rule: Rule) -> int:
        """The classes that a rule speaks to: those in scope, or those outside it."""
        inside = self.in_scope(cone)
        return cone.everybody & ~inside if rule.outside_scope else inside

    def is_confirmed(self, cone: Cone, classes: int, holds: Test) -> bool:
        """Whether a patient of `classes` is one in the eyes of `holds`, too."""
        for values, reading in islice(cone.patients(classes), CANDIDATES):
            stated = Stated(
                values=self.on_record.patient(values), otherwise=Otherwise.UNKNOWN
            )
            if holds(stated, Reading.REPORT) or holds(stated, reading):
                return True
        return False

    def witness(self, cone: Cone, classes: int, holds: Test) -> Sought:
        """The smallest patient found in `classes` for whom `holds` says that it is so.

        Leaving a fact out makes the patient stand for more classes. While all of these that are in
        scope lie in `classes`, what is claimed is so of everyone with the facts that are left.
        """
        inside = self.in_scope(cone)

        def is_certain(values: Mapping[str, FactValue]) -> bool:
            like = cone.like(values) & inside
            return like != 0 and not like & ~classes

        found = self.smallest(cone, classes, is_certain, holds)
        if found is not None:
            return found
        return Nobody.TOO_MANY if classes else Nobody.POSSIBLE

    def smallest(
        self, cone: Cone, classes: int, is_certain: Claimed, holds: Test
    ) -> Witness | None:
        """A smallest patient of `classes`: shrunk in the cone, then by the interpreter.

        Args:
            cone: The classes that patients fall into.
            classes: Those in which the patient is looked for.
            is_certain: Whether it is so of everybody with some values, as far as the cone tells.
            holds: Whether it is so of a patient.
        """
        candidates = list(islice(cone.patients(classes), CANDIDATES))
        shrunk = [
            (shrink(values, self.graph, is_certain), reading)
            for values, reading in candidates
            if is_certain(values)
        ]
        shrunk.sort(key=lambda one: Witness(*one).size)
        patient = self.on_record.patient

        # The cone can shrink a patient only as far as everyone with the facts left is in `classes`.
        # The interpreter reads an unknown fact as unknown, which can be enough to answer otherwise;
        # so it has the last word on the shrunk patient, and tries some as they were found.
        def is_so(stated: Stated, reading: Reading) -> bool:
            return holds(evolve(stated, values=patient(stated.values)), reading)

        for values, reading in [*shrunk[:1], *candidates[:REPLAYED]]:
            found = smallest(values, reading, self.graph, self.cuts, is_so)
            if found is not None:
                return Witness(patient(found.values), found.reading)
        return None
