"""Whom two guidelines tell things that cannot both be followed, among all possible patients.

The two are searched as one guideline, so that what a patient has is the same for both. Which rules
of either apply is read off for each class of patients; whether these clash is decided by
`b12guide.evaluate.between`, on what they say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from functools import cached_property
from typing import TypeAlias

from attrs import evolve, field, frozen

from b12guide.answers import Answer
from b12guide.errors import PatientError
from b12guide.evaluate import explanation
from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.between import Clash, bearing, clashes_between
from b12guide.evaluate.completions import completions
from b12guide.evaluate.composition import DOSING, compose
from b12guide.evaluate.decision import MOST_PARTS, split
from b12guide.evaluate.diagram import TooLargeError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts, Reading
from b12guide.evaluate.patient_view import PatientView
from b12guide.evaluate.recommend import DECISIONS, recommend
from b12guide.frozen import Record
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.prove.difference import SCOPES, TwoGuidelines, heard_by_anybody, speaking
from b12guide.prove.search import Cone, facts_of
from b12guide.prove.two_as_one import NEW, OLD
from b12guide.prove.witness import Witness
from b12guide.several.called import known_to, labels_of
from b12guide.truth import Truth

__all__ = ["Clashes", "ClashingDecision", "Compatibility", "clashes"]

SIDES = (OLD, NEW)

MOST_PAIRS = 1 << 16
"""Sets of rules of one guideline by those of the other that are looked at."""

Applying: TypeAlias = tuple[tuple[Rule, ...], tuple[Rule, ...]]
"""The rules of either guideline that apply together."""

Names: TypeAlias = tuple[str, ...]

Sets: TypeAlias = Sequence[Sequence[tuple[int, Names]]]
"""Of either guideline, the rules that apply together, with the completions in which they do."""


class Compatibility(Enum):
    """Whether two guidelines can both be followed about a decision."""

    COMPATIBLE = "nobody is advised incompatible things"
    INCOMPATIBLE = "somebody is advised incompatible things"
    NOT_PROVED = "not proved (limit)"
    INCOMPARABLE = "not comparable"


@frozen(kw_only=True, repr=False)
class ClashingDecision(Record):
    """One decision of two guidelines.

    Attributes:
        settled: Whether somebody is advised incompatible things.
        witness: The smallest patient found who is.
        clashes: What cannot both be followed by that patient.
        answers: What each of both says to them.
        facts: The facts that keep the guidelines from being compared.
    """

    decision: Decision
    settled: Compatibility
    witness: Witness | None = None
    clashes: tuple[Clash, ...] = ()
    answers: tuple[Recommendation, ...] = field(default=(), repr=False)
    facts: tuple[str, ...] = ()


@frozen(kw_only=True)
class Clashes(Answer):
    """Whom two guidelines tell things that cannot both be followed, decision by decision."""

    guidelines: tuple[RuleGraph, RuleGraph] = field(repr=False)
    labels: tuple[str, ...]
    decisions: tuple[ClashingDecision, ...] = field(repr=False)

    @property
    def is_proved_compatible(self) -> bool:
        """Whether it is proved that nobody is advised incompatible things."""
        return all(one.settled is Compatibility.COMPATIBLE for one in self.decisions)


def clashes(first: RuleGraph, second: RuleGraph) -> Clashes:
    """Whom two guidelines tell things that cannot both be followed."""
    both = BothSpeaking.of(first, second)
    return Clashes(
        guidelines=(first, second),
        labels=labels_of((first, second)),
        decisions=tuple(both.compatibility(decision) for decision in DECISIONS),
    )


@frozen(slots=False)
class BothSpeaking:
    """Two guidelines made ready to be heard together."""

    two: TwoGuidelines
    sides: tuple[Evaluator, Evaluator] = field(repr=False)

    @classmethod
    def of(
        cls, first: RuleGraph | Evaluator, second: RuleGraph | Evaluator
    ) -> BothSpeaking:
        """Two guidelines, of which either may be ready already."""
        one, two = (
            side if isinstance(side, Evaluator) else Evaluator.of(side)
            for side in (first, second)
        )
        return cls(TwoGuidelines.of(one.graph, two.graph), (one, two))

    @cached_property
    def rules(self) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
        """The rules of either, under names that the other does not have."""
        every = self.two.search.graph.rules.values()
        first, second = (
            tuple(rule for rule in every if rule.name.startswith(side))
            for side in SIDES
        )
        return first, second

    def bearing(self, decision: Decision) -> Applying:
        """The rules of either on which it depends whether they clash."""
        first, second = self.rules
        return bearing(decision, first, second), bearing(decision, second, first)

    def is_one(self, decision: Decision) -> bool:
        """Whether both hear the very same about a decision, so that nobody has to be looked for."""
        one, two = (side.graph for side in self.sides)
        if any(
            getattr(one, name) != getattr(two, name)
            for name in ("vocabulary", "scope", "definitions", "implications")
        ):
            return False
        more = (Decision.FORM, Decision.PERMISSION) if decision in DOSING else ()
        mine, theirs = (
            speaking(graph, (decision, *more)).rules for graph in (one, two)
        )
        return mine == theirs

    # ---- all patients

    def compatibility(self, decision: Decision) -> ClashingDecision:
        """Whether anybody is advised incompatible things about a decision."""
        rules = self.bearing(decision)
        both = (*rules[0], *rules[1])
        if not all(rules) or self.is_one(decision):
            return ClashingDecision(decision=decision, settled=Compatibility.COMPATIBLE)
        unlike = self.two.unlike_in(rule.condition for rule in both)
        if unlike:
            settled = Compatibility.INCOMPARABLE
            return ClashingDecision(decision=decision, settled=settled, facts=unlike)
        cone = self.two.search.cone_of(both, SCOPES, is_composed=False)
        try:
            classes = None if cone is None else self._clashing(decision, rules, cone)
        except TooLargeError:
            classes = None
        if cone is None or classes is None:
            return ClashingDecision(decision=decision, settled=Compatibility.NOT_PROVED)
        if not classes:
            return ClashingDecision(decision=decision, settled=Compatibility.COMPATIBLE)
        return self._shown(decision, self._smallest(decision, cone, classes))

    def _clashing(self, decision: Decision, rules: Applying, cone: Cone) -> int:
        """The classes of patients who are advised incompatible things.

        Raises:
            TooLargeError: There are too many sets of rules.
        """
        program, everybody = self.two.search.evaluator.program, cone.everybody
        sides: list[dict[tuple[Rule, ...], int]] = []
        for name, mine in zip(SCOPES, rules, strict=True):
            inside = cone.true(program.definitions[name])
            applies = {
                rule: cone.applies(rule.name)
                & (everybody & ~inside if rule.outside_scope else inside)
                for rule in mine
            }
            sides.append(_by_value(applies, everybody))
        classes = 0
        for one, here in sides[0].items():
            for two, there in sides[1].items():
                worlds = here & there & ~classes
                if worlds and clashes_between(decision, one, two):
                    classes |= worlds
        return classes

    def _smallest(self, decision: Decision, cone: Cone, classes: int) -> Witness | None:
        def holds(stated: Stated, reading: Reading) -> bool:
            found = self.completions(decision, self._either(stated), reading)
            return bool(found) and all(clashes_between(decision, *one) for one in found)

        def is_certain(values: Mapping[str, FactValue]) -> bool:
            like = cone.like(values)
            return like != 0 and not like & ~classes

        return self.two.search.smallest(cone, classes, is_certain, holds)

    def _shown(self, decision: Decision, witness: Witness | None) -> ClashingDecision:
        found = ClashingDecision(
            decision=decision, settled=Compatibility.INCOMPATIBLE, witness=witness
        )
        if witness is None:
            return found
        stated, reading = witness.stated, witness.reading
        first, *_ = self.completions(decision, self._either(stated), reading)
        return evolve(
            found,
            clashes=tuple(map(plainly, clashes_between(decision, *first))),
            answers=tuple(
                recommend(side, known_to(side.graph, stated), reading=reading)
                for side in self.sides
            ),
        )

    def _either(self, stated: Stated) -> tuple[Stated, Stated]:
        """A patient as either guideline knows them."""
        first, second = (known_to(side.graph, stated) for side in self.sides)
        return first, second

    # ---- one patient

    def completions(
        self, decision: Decision, stated: tuple[Stated, Stated], reading: Reading
    ) -> tuple[Applying, ...]:
        """Which rules that may clash apply together, however the unknown turns out.

        Nothing where there are too many ways.

        Args:
            decision: What both are asked about.
            stated: What either knows of the patient, each in its own words.
            reading: How both read thresholds that are printed as ranges.
        """
        # Of sets of rules that say the same, one will do: they clash alike.
        rules = self.bearing(decision)
        kinds = _kinds((*rules[0], *rules[1]))
        alike: dict[object, tuple[Names, Names]] = {}
        for pair in self._completions(rules, stated, reading):
            key = tuple(frozenset(kinds[name] for name in names) for names in pair)
            alike.setdefault(key, pair)
        return tuple(
            (self._named(one), self._named(two)) for one, two in alike.values()
        )

    def is_same(
        self, decision: Decision, stated: tuple[Stated, Stated], reading: Reading
    ) -> bool | None:
        """Whether both say the same, however the unknown turns out; None where that is too much."""
        if self.is_one(decision) and stated[0] == stated[1]:
            return True
        first, second = (heard_by_anybody(decision, some) for some in self.rules)
        found = self._completions((first, second), stated, reading)
        if not found:
            return None
        # Rules that say the same make the same answer, whatever their names and reasons.
        kinds = _kinds((*first, *second))
        said: dict[tuple[int, ...], object] = {}
        for pair in found:
            answers = []
            for names in pair:
                key = tuple(sorted(kinds[name] for name in names))
                if key not in said:
                    said[key] = compose(decision, self._named(names)).everything
                answers.append(said[key])
            if answers[0] != answers[1]:
                return False
        return True

    def _named(self, names: Names) -> tuple[Rule, ...]:
        every = self.two.search.graph.rules
        return tuple(every[name] for name in names)

    def _completions(
        self, rules: Applying, stated: tuple[Stated, Stated], reading: Reading
    ) -> list[tuple[Names, Names]]:
        """Which rules of either apply together; nothing where there are too many ways.

        What both do not know is one and the same, and turns out in one way for both, where they
        can be `heard_as_one`. Else each is heard by itself, which can only add to what may be.
        """
        own = [
            facts_of(one, reading, side)
            for one, side in zip(stated, self.sides, strict=True)
        ]
        # Somebody for whom a guideline may be written is answered as if it were.
        speaking = [
            [
                rule
                for rule in some
                if rule.outside_scope
                is (explanation.scope(side.graph, facts) is Truth.FALSE)
            ]
            for some, side, facts in zip(rules, self.sides, own, strict=True)
        ]
        joint = self._joint(stated, reading)
        try:
            if joint is None:
                sets = self._alone(speaking, own)
            else:
                sets = _sets(speaking, self.two.search.evaluator, joint)
                if stated[0].otherwise is Otherwise.ABSENT:
                    sets = _kept(sets, self._alone(speaking, own))
        except TooLargeError:
            return []
        if len(sets[0]) * len(sets[1]) > MOST_PAIRS:
            return []
        return [
            (one, two)
            for here, one in sets[0]
            for there, two in sets[1]
            if here & there
        ]

    def _alone(self, speaking: Sequence[Sequence[Rule]], own: Sequence[Facts]) -> Sets:
        """Which of these rules of either apply, each heard by itself.

        Raises:
            TooLargeError: There are too many ways.
        """
        found = []
        for prefix, rules, side, facts in zip(
            SIDES, speaking, self.sides, own, strict=True
        ):
            named = [side.graph.rules[r.name.removeprefix(prefix)] for r in rules]
            (sets,) = _sets([named], side, facts)
            several = (tuple(prefix + name for name in names) for _, names in sets)
            found.append([(-1, names) for names in several])
        return found

    def heard_as_one(self, names: Iterable[str]) -> bool:
        """Whether both may be asked as one guideline about a patient with these facts stated.

        Not where a guideline asks what is on record, a definition of its own is stated, or a fact
        is held in two units.
        """
        graph = self.two.search.graph
        known = graph.vocabulary.facts.keys() | graph.definitions.keys()
        return (
            {*names} <= known
            and not self.two.unlike
            and not self.two.search.on_record.about
        )

    def _joint(self, stated: tuple[Stated, Stated], reading: Reading) -> Facts | None:
        """What is known of a patient by both together; None where each is heard by itself."""
        values = {**stated[1].values, **stated[0].values}
        if not self.heard_as_one(values):
            return None
        joint = evolve(stated[0], values=values)
        try:
            return facts_of(joint, reading, self.two.search.evaluator)
        except (
            PatientError
        ):  # what follows in one contradicts what follows in the other
            return None


def _kept(joint: Sets, alone: Sets) -> Sets:
    """What either says by itself, of what the two may say together; else all of it.

    What one of them takes for absent may follow from, or contradict, what the other knows.
    """
    found = [
        [one for one in both if one[1] in {names for _, names in own}]
        for both, own in zip(joint, alone, strict=True)
    ]
    return found if all(found) else alone


def _kinds(rules: Sequence[Rule]) -> dict[str, int]:
    """A number for each rule, the same for rules that say the same."""
    numbers: dict[object, int] = {}
    return {
        rule.name: numbers.setdefault(
            (rule.decision, rule.optional, rule.value), len(numbers)
        )
        for rule in rules
    }


def _by_value(
    applies: Mapping[Rule, int], everybody: int
) -> dict[tuple[Rule, ...], int]:
    """Which rules apply together, one for all that say the same, with the classes where they do.

    Rules that say the same clash alike, however many of them apply. So there are few sets.

    Raises:
        TooLargeError: There are too many all the same.
    """
    voices: dict[object, tuple[Rule, int]] = {}
    for rule, classes in applies.items():
        key = (rule.decision, rule.optional, rule.value)
        first, before = voices.get(key, (rule, 0))
        voices[key] = (first, before | classes)
    apart: list[tuple[int, tuple[Rule, ...]]] = [(everybody, ())]
    for rule, classes in voices.values():
        apart = [
            (worlds, some)
            for members, before_ in apart
            for worlds, some in (
                (members & ~classes, before_),
                (members & classes, (*before_, rule)),
            )
            if worlds
        ]
        if len(apart) > MOST_PARTS:
            raise TooLargeError
    return {some: worlds for worlds, some in apart}


def _sets(
    several: Sequence[Sequence[Rule]], evaluator: Evaluator, facts: Facts
) -> list[list[tuple[int, Names]]]:
    """Of each list of rules, which of them apply, with the completions in which they do.

    Raises:
        TooLargeError: There are too many.
    """
    program = evaluator.program
    roots = [
        step
        for rules in several
        for rule in rules
        for step in (program.conditions[rule.name], program.exceptions[rule.name])
    ]
    found = completions(tuple(roots), PatientView.of(evaluator, facts))
    if found is None:
        raise TooLargeError
    return [
        [
            (worlds, tuple(rule.name for rule in some))
            for worlds, some in split(rules, evaluator, found)
        ]
        for rules in several
    ]


def plainly(clash: Clash) -> Clash:
    """The clash with the rules under their own names."""
    first, second = (
        tuple(
            evolve(one, rules=tuple(name.removeprefix(side) for name in one.rules))
            for one in some
        )
        for side, some in zip(SIDES, (clash.first, clash.second), strict=True)
    )
    return Clash(first=first, second=second)
