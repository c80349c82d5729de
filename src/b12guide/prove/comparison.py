"""Whether two guidelines treat everybody alike, decision by decision.

That nobody is treated differently is a proof, not a failure to find somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import TypeVar

from attrs import evolve, field, frozen

from b12guide.evaluate.composition import heard
from b12guide.evaluate.decisions import parts
from b12guide.evaluate.diagram import TooLargeError
from b12guide.evaluate.known import Evaluator
from b12guide.graph.condition import Condition
from b12guide.graph.model import Decision, Remark, Rule, RuleGraph
from b12guide.graph.query import facts_read_by
from b12guide.patient.model import FactValue
from b12guide.prove.by_worlds import Cone, Search
from b12guide.prove.joint import (
    NEW,
    OLD,
    SCOPE,
    incomparable,
    joined,
)
from b12guide.prove.smallest import Claimed, Witness
from b12guide.prove.told import MADE, UNMADE, About, Said, differ, may_differ, said

__all__ = ["Compared", "Comparison", "Sameness"]

T = TypeVar("T")


class Sameness(Enum):
    """Whether a decision is the same for everybody."""

    SAME = "nobody is treated differently"
    DIFFERENT = "somebody is treated differently"
    NOT_PROVED = "not proved (limit)"
    INCOMPARABLE = "not comparable"


@frozen(kw_only=True)
class Compared:
    """One decision (or the scope, where it is None) in both guidelines.

    Attributes:
        witness: The smallest patient found who is treated differently.
        facts: The facts that keep the decisions from being compared.
    """

    decision: Decision | None
    sameness: Sameness
    witness: Witness | None = None
    facts: tuple[str, ...] = ()


@frozen(kw_only=True)
class Comparison:
    """Two guidelines made ready to be compared."""

    old: RuleGraph
    new: RuleGraph
    search: Search = field(repr=False)
    unlike: frozenset[str]

    @classmethod
    def of(
        cls, old: RuleGraph, new: RuleGraph, decisions: Iterable[Decision] = Decision
    ) -> Comparison:
        """The comparison of some decisions of two guidelines that share a vocabulary."""
        wanted = frozenset(decisions)
        joint = joined(_speaking(old, wanted), _speaking(new, wanted))
        evaluator = Evaluator.of(joint.graph)
        return cls(
            old=old,
            new=new,
            search=Search(joint.graph, evaluator, evaluator, joint.on_record),
            unlike=incomparable(old, new),
        )

    def decision(self, decision: Decision, *, confirm: bool = True) -> Compared:
        """One decision; without `confirm`, no patient is shown."""
        rules = self._rules(decision)
        unlike = self._unlike(rule.condition for rule in rules)
        if unlike:
            return Compared(
                decision=decision, sameness=Sameness.INCOMPARABLE, facts=unlike
            )
        if decision is Decision.NOTE:
            return self._notes(rules, confirm=confirm)
        return self._one(decision, rules, confirm=confirm)

    def _notes(self, rules: tuple[Rule, ...], *, confirm: bool) -> Compared:
        """The remarks, each by itself, because none bears on another."""
        same = Compared(decision=Decision.NOTE, sameness=Sameness.SAME)
        found = [same]
        for value in dict.fromkeys(rule.value for rule in rules):
            some = tuple(rule for rule in rules if rule.value == value)
            found.append(self._one(Decision.NOTE, some, confirm=confirm))
            if found[-1].sameness is Sameness.DIFFERENT:
                return found[-1]
        return next((c for c in found if c.sameness is not Sameness.SAME), same)

    def _one(
        self, decision: Decision, rules: tuple[Rule, ...], *, confirm: bool
    ) -> Compared:
        scopes = (OLD + SCOPE, NEW + SCOPE)
        cone = self.search.cone_of(rules, scopes, is_composed=False)
        if cone is None:
            return Compared(decision=decision, sameness=Sameness.NOT_PROVED)
        try:
            mine = self._answers(decision, rules, OLD, cone)
            theirs = self._answers(decision, rules, NEW, cone)
        except TooLargeError:
            return Compared(decision=decision, sameness=Sameness.NOT_PROVED)
        about = rules[0].value if decision is Decision.NOTE else decision
        return self._settled(
            about if isinstance(about, Remark) else decision,
            cone,
            (mine, theirs),
            confirm=confirm,
        )

    def scope(self) -> Compared:
        """For whom the guidelines are written."""
        names = (OLD + SCOPE, NEW + SCOPE)
        definitions = self.search.evaluator.program.definitions
        unlike = self._unlike(
            self.search.graph.definitions[name].condition for name in names
        )
        if unlike:
            return Compared(decision=None, sameness=Sameness.INCOMPARABLE, facts=unlike)
        cone = self.search.cone_of((), names)
        if cone is None:
            return Compared(decision=None, sameness=Sameness.NOT_PROVED)
        mine, theirs = (
            {True: inside, False: cone.everybody & ~inside}
            for inside in (cone.true(definitions[name]) for name in names)
        )
        return self._settled(None, cone, (mine, theirs), confirm=True)

    def _rules(self, decision: Decision) -> tuple[Rule, ...]:
        """The rules of both that the decision hears, each guideline by itself."""
        rules = self.search.graph.rules.values()
        return tuple(
            rule
            for side in (OLD, NEW)
            for is_outside in (False, True)
            for rule in heard(
                decision,
                (
                    r
                    for r in rules
                    if r.name.startswith(side) and r.outside_scope is is_outside
                ),
            )
        )

    def _unlike(self, conditions: Iterable[Condition]) -> tuple[str, ...]:
        if not self.unlike:
            return ()
        definitions = self.search.graph.definitions
        read = (facts_read_by(c, definitions) for c in conditions)
        return tuple(sorted(self.unlike & frozenset().union(*read)))

    def _answers(
        self, decision: Decision, rules: tuple[Rule, ...], side: str, cone: Cone
    ) -> Mapping[Said, int]:
        """What one guideline says of a decision, with the classes to whom it says it."""
        evaluator = self.search.evaluator
        inside = cone.true(evaluator.program.definitions[side + SCOPE])
        mine = [rule for rule in rules if rule.name.startswith(side)]
        if decision is Decision.NOTE:
            return self._remarked(mine, inside, cone)
        found: dict[Said, int] = {}
        for is_outside, classes in ((False, inside), (True, cone.everybody & ~inside)):
            spoken = [r for r in mine if r.outside_scope is is_outside]
            for part in parts(decision, spoken, evaluator, cone.found):
                answer = said(part.composed)
                found[answer] = found.get(answer, 0) | (part.worlds & classes)
        return found

    def _remarked(
        self, rules: Iterable[Rule], inside: int, cone: Cone
    ) -> Mapping[Said, int]:
        """To which classes a remark is made, and to which not."""
        made = 0
        for rule in rules:
            addressed = cone.everybody & ~inside if rule.outside_scope else inside
            made |= addressed & cone.applies(rule.name)
        return {MADE: made, UNMADE: cone.everybody & ~made}

    def _settled(
        self,
        about: About,
        cone: Cone,
        answers: tuple[Mapping[T, int], Mapping[T, int]],
        *,
        confirm: bool,
    ) -> Compared:
        decision = Decision.NOTE if isinstance(about, Remark) else about
        mine, theirs = answers
        classes = 0
        for answer, worlds in mine.items():
            classes |= worlds & ~theirs.get(answer, 0)
        if not classes:
            return Compared(decision=decision, sameness=Sameness.SAME)
        witness = None
        if confirm:

            def is_certain(values: Mapping[str, FactValue]) -> bool:
                like = cone.like(values)
                settled = (
                    any(like and not like & ~worlds for worlds in side.values())
                    for side in answers
                )
                return not like & ~classes and all(settled)

            witness = self._witness(about, cone, classes, is_certain)
        return Compared(decision=decision, sameness=Sameness.DIFFERENT, witness=witness)

    # ------------------------------------------------------------------ witnesses

    def _witness(
        self, about: About, cone: Cone, classes: int, is_certain: Claimed
    ) -> Witness | None:
        sides = (Evaluator.of(self.old), Evaluator.of(self.new))
        for told_apart in (differ(about, *sides), may_differ(about, *sides)):
            found = self.search.smallest(cone, classes, is_certain, told_apart)
            if found is not None:
                return found
        return None


def _speaking(graph: RuleGraph, decisions: frozenset[Decision]) -> RuleGraph:
    """The guideline with the rules that `decisions` hear, and their exceptions, only."""
    wanted = {
        name
        for decision in decisions
        for is_outside in (False, True)
        for rule in heard(
            decision,
            (r for r in graph.rules.values() if r.outside_scope is is_outside),
        )
        for name in (rule.name, *rule.exceptions)
    }
    rules = {name: rule for name, rule in graph.rules.items() if name in wanted}
    return evolve(
        graph,
        rules={
            name: evolve(
                rule, exceptions=tuple(e for e in rule.exceptions if e in wanted)
            )
            for name, rule in rules.items()
        },
    )
