"""What changed from one guideline to another: its rules, and how patients are treated."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from enum import Enum
from typing import TypeAlias, TypeVar

from attrs import evolve, field, frozen

from b12guide.answers import Answer
from b12guide.evaluate import explanation
from b12guide.evaluate.answer import Recommendation, Verdict
from b12guide.evaluate.composition import heard
from b12guide.evaluate.composition_parts import Composition, CompositionKind
from b12guide.evaluate.decision import parts
from b12guide.evaluate.diagram import TooLargeError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.recommend import recommend
from b12guide.graph.condition import Condition
from b12guide.graph.model import Decision, Remark, Rule, RuleGraph
from b12guide.graph.query import facts_read_by
from b12guide.patient.model import FactValue, Stated
from b12guide.prove.search import Cone, Search, Test, facts_of, parts_about
from b12guide.prove.two_as_one import (
    NEW,
    OLD,
    SCOPE,
    incomparable,
    joined,
)
from b12guide.prove.witness import Claimed, Witness
from b12guide.truth import Truth

__all__ = [
    "Change",
    "Compared",
    "Difference",
    "Sameness",
    "Treated",
    "TwoGuidelines",
    "difference",
    "rule_changes",
]


About: TypeAlias = Decision | Remark | None
"""What is compared: a decision, a single remark, or the scope."""

Said: TypeAlias = tuple[Hashable, ...]
"""What is advised: by default, beside it, on the sides of a conflict, and what is not offered."""


MADE: Said = (CompositionKind.ADVICE,)
UNMADE: Said = (CompositionKind.SILENT,)
"""Of a single remark."""


def said(composed: Composition) -> Said:
    """What is advised, without the rules behind it."""
    return composed.everything


def differ(about: About, old: Evaluator, new: Evaluator) -> Test:
    """Whether both guidelines are determined about the patient, and differ."""

    def test(stated: Stated, reading: Reading) -> bool:
        mine = _possible(about, stated, reading, old)
        theirs = _possible(about, stated, reading, new)
        return len(mine) == len(theirs) == 1 and mine != theirs

    return test


def may_differ(about: About, old: Evaluator, new: Evaluator) -> Test:
    """Whether one guideline is determined about the patient, and the other may differ."""

    def test(stated: Stated, reading: Reading) -> bool:
        mine = _possible(about, stated, reading, old)
        theirs = _possible(about, stated, reading, new)
        return mine != theirs and 1 in {len(mine), len(theirs)}

    return test


def _possible(
    about: About, stated: Stated, reading: Reading, evaluator: Evaluator
) -> frozenset[object]:
    """All that a guideline may say about a patient once the rest is known."""
    facts = facts_of(stated, reading, evaluator)
    scope = explanation.scope(evaluator.graph, facts)
    if about is None:
        if scope is Truth.UNKNOWN:
            return frozenset((Truth.TRUE, Truth.FALSE))
        return frozenset((scope,))
    if isinstance(about, Remark):
        verdicts = {
            explanation.verdict(rule, evaluator.graph, facts)
            for rule in evaluator.graph.rules.values()
            if rule.value == about
        }
        if Verdict.APPLIES in verdicts:
            return frozenset((MADE,))
        is_settled = verdicts <= {Verdict.DOES_NOT_APPLY, Verdict.OVERRIDDEN}
        return frozenset((UNMADE,) if is_settled else (MADE, UNMADE))
    is_outside = scope is Truth.FALSE
    rules = heard(
        about,
        (
            rule
            for rule in evaluator.graph.rules.values()
            if rule.outside_scope is is_outside
        ),
    )
    found = parts_about(about, rules, facts, evaluator)
    return frozenset(said(part.composed) for part in found)


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
class TwoGuidelines:
    """Two guidelines made ready to be compared."""

    old: RuleGraph
    new: RuleGraph
    search: Search = field(repr=False)
    unlike: frozenset[str]

    @classmethod
    def of(
        cls, old: RuleGraph, new: RuleGraph, decisions: Iterable[Decision] = Decision
    ) -> TwoGuidelines:
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


class Change(Enum):
    """What became of a rule."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    REWORDED = "reworded"


@frozen(kw_only=True)
class RuleChange:
    """One rule that is not the same in both.

    Attributes:
        parts: What of it differs, such as the condition.
    """

    name: str
    change: Change
    parts: tuple[str, ...] = ()


@frozen(kw_only=True)
class Treated:
    """One decision in both, with what either guideline answers about the witness."""

    compared: Compared
    old: Recommendation | None = None
    new: Recommendation | None = None


@frozen(kw_only=True)
class Difference(Answer):
    """Everything that differs between two guidelines."""

    old: RuleGraph = field(repr=False)
    new: RuleGraph = field(repr=False)
    rules: tuple[RuleChange, ...]
    treated: tuple[Treated, ...]

    @property
    def is_proved_same(self) -> bool:
        """Whether it is proved that nobody is treated differently."""
        return all(one.compared.sameness is Sameness.SAME for one in self.treated)


def difference(old: RuleGraph, new: RuleGraph) -> Difference:
    """What differs between two guidelines that share a vocabulary."""
    comparison = TwoGuidelines.of(old, new)
    sides = (Evaluator.of(old), Evaluator.of(new))
    compared = [
        comparison.scope(),
        *(comparison.decision(decision) for decision in Decision),
    ]
    return Difference(
        old=old,
        new=new,
        rules=tuple(rule_changes(old, new)),
        treated=tuple(_treated(one, *sides) for one in compared),
    )


def _treated(compared: Compared, old: Evaluator, new: Evaluator) -> Treated:
    witness = compared.witness
    if witness is None:
        return Treated(compared=compared)
    return Treated(
        compared=compared,
        old=recommend(old, witness.stated, reading=witness.reading),
        new=recommend(new, witness.stated, reading=witness.reading),
    )


# --------------------------------------------------------------------------- rules


def rule_changes(old: RuleGraph, new: RuleGraph) -> Iterator[RuleChange]:
    """The rules that are not the same, in the order of the new guideline."""
    for name in old.rules:
        if name not in new.rules:
            yield RuleChange(name=name, change=Change.REMOVED)
    for name, rule in new.rules.items():
        if name not in old.rules:
            yield RuleChange(name=name, change=Change.ADDED)
            continue
        meaning = tuple(_meaning(old.rules[name], rule))
        wording = tuple(_wording(old.rules[name], rule))
        if meaning:
            parts = (*meaning, *wording)
            yield RuleChange(name=name, change=Change.CHANGED, parts=parts)
        elif wording:
            yield RuleChange(name=name, change=Change.REWORDED, parts=wording)


def _meaning(old: Rule, new: Rule) -> Iterator[str]:
    if old.condition != new.condition:
        yield "condition"
    if (old.decision, old.value) != (new.decision, new.value):
        yield "advice"
    if old.optional is not new.optional:
        yield "option"
    if set(old.exception_to) != set(new.exception_to):
        yield "exception to"
    if old.outside_scope is not new.outside_scope:
        yield "outside scope"


def _wording(old: Rule, new: Rule) -> Iterator[str]:
    if old.title != new.title:
        yield "title"
    if old.grounds.strength is not new.grounds.strength:
        yield "strength"
    if (old.grounds.statements, old.grounds.sources, old.grounds.section) != (
        new.grounds.statements,
        new.grounds.sources,
        new.grounds.section,
    ):
        yield "citation"
    if (old.grounds.because, old.grounds.patient) != (
        new.grounds.because,
        new.grounds.patient,
    ):
        yield "explanation"
    if old.assumptions != new.assumptions:
        yield "assumptions"
    if old.grounds.challenges != new.grounds.challenges:
        yield "challenges"
