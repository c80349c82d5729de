"""What changed from one guideline to another: its rules, and how patients are treated."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
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
from b12guide.evaluate.facts import Facts, Reading
from b12guide.evaluate.recommend import recommend
from b12guide.frozen import frozen_map
from b12guide.graph.condition import Condition
from b12guide.graph.model import Currency, Decision, Remark, Rule, RuleGraph
from b12guide.graph.query import facts_read, facts_read_by
from b12guide.patient.model import FactValue, Stated
from b12guide.prove.search import Cone, Search, Test, facts_of, parts_about
from b12guide.prove.two_as_one import NEW, OLD, SCOPE, incomparable, joined
from b12guide.prove.witness import Witness
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
    "treated",
]


About: TypeAlias = Decision | Remark | None
"""What is compared: a decision, a single remark, or the scope."""

Said: TypeAlias = tuple[Hashable, ...]
"""What is advised: by default, beside it, on the sides of a conflict, and what is not offered."""


MADE: Said = (CompositionKind.ADVICE,)
UNMADE: Said = (CompositionKind.SILENT,)
"""Of a single remark."""

SCOPES = (OLD + SCOPE, NEW + SCOPE)
"""The names under which the search knows for whom the guidelines are written."""


def differ(
    about: About,
    old: Evaluator,
    new: Evaluator,
    *,
    surely: bool,
    has_options: bool = True,
) -> Test:
    """Whether a patient is treated differently, both guidelines being determined about them.

    Without `surely` it is enough that one of them is determined, and the other may differ.
    Without `has_options` what is offered beside the default is left out of account.
    """

    def test(stated: Stated, reading: Reading) -> bool:
        mine, theirs = (
            _possible(about, facts_of(stated, reading, side), side, has_options)
            for side in (old, new)
        )
        determined = (len(mine) == 1, len(theirs) == 1)
        return mine != theirs and (all if surely else any)(determined)

    return test


def _possible(
    about: About, facts: Facts, evaluator: Evaluator, has_options: bool
) -> frozenset[object]:
    """All that a guideline may say about a patient once the rest is known."""
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
    is_outside, rules = scope is Truth.FALSE, evaluator.graph.rules.values()
    addressing = heard(about, (r for r in rules if r.outside_scope is is_outside))
    found = parts_about(about, addressing, facts, evaluator)
    return frozenset(_said(part.composed, has_options=has_options) for part in found)


def _said(composed: Composition, *, has_options: bool) -> Said:
    """All that is said, with or without what stands beside the default."""
    kind, default, _, sides, barred = everything = composed.everything
    return everything if has_options else (kind, default, sides, barred)


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
    """Two guidelines made ready to be compared.

    Attributes:
        has_options: Whether what is offered beside the default counts as well.
    """

    old: RuleGraph
    new: RuleGraph
    search: Search = field(repr=False)
    unlike: frozenset[str]
    has_options: bool = True

    @classmethod
    def of(
        cls,
        old: RuleGraph,
        new: RuleGraph,
        decisions: Iterable[Decision] = Decision,
        *,
        has_options: bool = True,
    ) -> TwoGuidelines:
        """The comparison of some decisions of two guidelines that share a vocabulary."""
        wanted = tuple(decisions)
        made = joined(speaking(old, wanted), speaking(new, wanted))
        search = Search.among_all(made)
        return cls(
            old=old,
            new=new,
            search=search,
            unlike=incomparable(old, new),
            has_options=has_options,
        )

    def decision(self, decision: Decision, *, confirm: bool = True) -> Compared:
        """One decision; without `confirm`, no patient is shown."""
        all_rules = self.search.graph.rules.values()
        mine, theirs = (
            heard_by_anybody(
                decision, (r for r in all_rules if r.name.startswith(side))
            )
            for side in (OLD, NEW)
        )
        rules = (*mine, *theirs)
        unlike = self.unlike_in(rule.condition for rule in rules)
        if unlike:
            return Compared(
                decision=decision, sameness=Sameness.INCOMPARABLE, facts=unlike
            )
        if decision is not Decision.NOTE:
            return self._one(decision, rules, confirm=confirm)
        # Remarks are compared each by itself, because none bears on another.
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
        cone = self.search.cone_of(rules, SCOPES, is_composed=False)
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
        definitions = self.search.graph.definitions
        unlike = self.unlike_in(definitions[name].condition for name in SCOPES)
        if unlike:
            return Compared(decision=None, sameness=Sameness.INCOMPARABLE, facts=unlike)
        cone = self.search.cone_of((), SCOPES)
        if cone is None:
            return Compared(decision=None, sameness=Sameness.NOT_PROVED)
        steps = self.search.evaluator.program.definitions
        mine, theirs = (
            {True: inside, False: cone.everybody & ~inside}
            for inside in (cone.true(steps[name]) for name in SCOPES)
        )
        return self._settled(None, cone, (mine, theirs), confirm=True)

    def unlike_in(self, conditions: Iterable[Condition]) -> tuple[str, ...]:
        """The facts that keep these conditions from being compared."""
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
        sides = ((False, inside), (True, cone.everybody & ~inside))
        found: dict[Said, int] = {}
        if decision is Decision.NOTE:  # one remark: it is made, or not
            made = 0
            for is_outside, classes in sides:
                for rule in mine:
                    if rule.outside_scope is is_outside:
                        made |= classes & cone.applies(rule.name)
            return {MADE: made, UNMADE: cone.everybody & ~made}
        for is_outside, classes in sides:
            spoken = [r for r in mine if r.outside_scope is is_outside]
            for part in parts(decision, spoken, evaluator, cone.found):
                said = _said(part.composed, has_options=self.has_options)
                found[said] = found.get(said, 0) | (part.worlds & classes)
        return found

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
        # Each side parcels out all classes among its answers. Where an answer of the old guideline
        # is not that of the new one, patients are treated differently; where no class is left, it
        # is proved that nobody is.
        classes = 0
        for answer, worlds in mine.items():
            classes |= worlds & ~theirs.get(answer, 0)
        if not classes:
            return Compared(decision=decision, sameness=Sameness.SAME)

        def is_certain(values: Mapping[str, FactValue]) -> bool:
            like = cone.like(values)
            determined = (
                any(like and not like & ~worlds for worlds in side.values())
                for side in answers
            )
            return not like & ~classes and all(determined)

        # A patient about whom both guidelines are sure shows the difference best; failing that, one
        # about whom one guideline is sure and the other may answer otherwise.
        witness = None
        sides = (Evaluator.of(self.old), Evaluator.of(self.new)) if confirm else ()
        for surely in (True, False) if confirm else ():
            test = differ(about, *sides, surely=surely, has_options=self.has_options)
            witness = witness or self.search.smallest(cone, classes, is_certain, test)
        return Compared(decision=decision, sameness=Sameness.DIFFERENT, witness=witness)


def heard_by_anybody(decision: Decision, rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules that a decision hears, in scope and then outside: neither bears on the other."""
    some = tuple(rules)
    return tuple(
        rule
        for is_outside in (False, True)
        for rule in heard(decision, [r for r in some if r.outside_scope is is_outside])
    )


def speaking(graph: RuleGraph, decisions: Iterable[Decision]) -> RuleGraph:
    """The guideline with the rules that `decisions` hear, and their exceptions, only."""
    wanted = {
        name
        for decision in decisions
        for rule in heard_by_anybody(decision, graph.rules.values())
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
    """Everything that differs between two guidelines.

    Attributes:
        currencies: The facts whose values count for another time, with the old and the new time;
            None where they count for good. Decisions are compared for values that count in both.
        derivations: The measures that are worked out otherwise, or in one of the two alone.
            Decisions are compared for the same values, stated or worked out.
    """

    old: RuleGraph = field(repr=False)
    new: RuleGraph = field(repr=False)
    rules: tuple[RuleChange, ...]
    treated: tuple[Treated, ...]
    currencies: Mapping[str, tuple[Currency | None, Currency | None]] = field(
        factory=dict, converter=frozen_map
    )
    derivations: tuple[str, ...] = ()

    @property
    def is_proved_same(self) -> bool:
        """Whether it is proved that nobody is treated differently."""
        return not (self.currencies or self.derivations) and all(
            one.compared.sameness is Sameness.SAME for one in self.treated
        )


def difference(old: RuleGraph, new: RuleGraph) -> Difference:
    """What differs between two guidelines that share a vocabulary."""
    both = TwoGuidelines.of(old, new)
    compared = [both.scope(), *(both.decision(decision) for decision in Decision)]
    return Difference(
        old=old,
        new=new,
        rules=tuple(rule_changes(old, new)),
        treated=tuple(treated(one, old, new) for one in compared),
        currencies=dict(_currencies(old, new)),
        derivations=tuple(_derivations(old, new)),
    )


def treated(compared: Compared, old: RuleGraph, new: RuleGraph) -> Treated:
    """What was compared, with what either guideline answers about the witness."""
    if (found := compared.witness) is None:
        return Treated(compared=compared)
    mine, theirs = (
        recommend(Evaluator.of(side), found.stated, reading=found.reading)
        for side in (old, new)
    )
    return Treated(compared=compared, old=mine, new=theirs)


def _currencies(
    old: RuleGraph, new: RuleGraph
) -> Iterator[tuple[str, tuple[Currency | None, Currency | None]]]:
    """The facts that either guideline reads and whose values do not count equally long."""
    for name in sorted(facts_read(old) | facts_read(new)):
        mine, theirs = old.currencies.get(name), new.currencies.get(name)
        if (mine and mine.length) != (theirs and theirs.length):
            yield name, (mine, theirs)


def _derivations(old: RuleGraph, new: RuleGraph) -> Iterator[str]:
    """The measures that either guideline reads and that are not worked out alike."""
    for name in sorted(facts_read(old) | facts_read(new)):
        mine, theirs = old.derivations.get(name), new.derivations.get(name)
        how = [one and (one.equation, one.parts) for one in (mine, theirs)]
        if how[0] != how[1]:
            yield name


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
        meaning, wording = (
            tuple(what for what, of in table.items() if of(old.rules[name]) != of(rule))
            for table in (_MEANING, _WORDING)
        )
        if meaning:
            parts = (*meaning, *wording)
            yield RuleChange(name=name, change=Change.CHANGED, parts=parts)
        elif wording:
            yield RuleChange(name=name, change=Change.REWORDED, parts=wording)


_MEANING: Mapping[str, Callable[[Rule], object]] = {
    "condition": lambda rule: rule.condition,
    "advice": lambda rule: (rule.decision, rule.value),
    "option": lambda rule: rule.optional,
    "exception to": lambda rule: {*rule.exception_to},
    "outside scope": lambda rule: rule.outside_scope,
}
_WORDING: Mapping[str, Callable[[Rule], object]] = {
    "title": lambda rule: rule.title,
    "strength": lambda rule: rule.grounds.strength,
    "certainty": lambda rule: (rule.grounds.certainty, rule.grounds.grade),
    "citation": lambda rule: (
        rule.grounds.statements,
        rule.grounds.sources,
        rule.grounds.section,
    ),
    "explanation": lambda rule: (rule.grounds.because, rule.grounds.patient),
    "assumptions": lambda rule: rule.assumptions,
    "challenges": lambda rule: rule.grounds.challenges,
}
