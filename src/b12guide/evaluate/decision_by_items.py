"""A decision of which there are too many cases to compose each: item by item, over sets.

What rules say together falls into *items* that do not take anything from one another: one test of
monitoring, one drug that is withheld, one matter of doses, each thing that may be done. So an item
is worked out by itself, and the decision is their sum (M26 to M46). Within an item, rules that say
the very same have one *voice*, and cases in which what was said so far comes to the same are one
case: of 64 intervals for one test the shortest counts. What is left are a few *cells* for each
item, sets of cases in which it comes to the same (`b12guide.evaluate.cases`).

An answer is read off the cells: what is certain is in all cases, the rules behind a line are those
common to all cases with that line, and a line is as strong as in the weakest of these. It is the
same answer that `b12guide.evaluate.decision` reads off single compositions; tests hold the two to
each other. Conflicts alone have to name each set of rules that clash, so the cases with one are
split further, rule by rule.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import TypeAlias, TypeVar

from attrs import define, evolve, frozen

from b12guide.evaluate import composition, composition_parts
from b12guide.evaluate.answer import Decided, NotOffered, Option, Outcome
from b12guide.evaluate.cases import Cases
from b12guide.evaluate.decision import (
    OUTCOMES,
    CompletionPart,
    common,
    line_order,
    with_form,
)
from b12guide.evaluate.diagram import NONE, TooLargeError
from b12guide.evaluate.patient_view import PatientView
from b12guide.evaluate.questions import Needed
from b12guide.graph import model as m
from b12guide.regimen.model import Regimen
from b12guide.values.term import Strength

MOST_CELLS = 1 << 13
"""The cells of one item."""

NOTHING = composition_parts.Composition(kind=composition_parts.CompositionKind.SILENT)
"""What rules say that do not apply."""


@frozen(eq=False, repr=False)
class ItemCase:
    """Cases in which an item comes to the same.

    The rules in `composed` are all those that would stand there if they applied; which of them do
    may differ from case to case.
    """

    cases: int
    composed: composition_parts.Composition


Item: TypeAlias = tuple[ItemCase, ...]
"""A part of a decision that takes nothing away from the others."""


@define(eq=False, repr=False, slots=False)
class DecisionByItems:
    """One decision over all its cases.

    Attributes:
        applies: The cases in which each rule applies.
        valid: The cases that may be.
        place: Where each rule stands in reading order.
    """

    decision: m.Decision
    cases: Cases
    items: tuple[Item, ...]
    applies: Mapping[str, int]
    valid: int
    place: Mapping[str, int]
    known: frozenset[str]

    @property
    def steps(self) -> int:
        """The work that it took so far."""
        return self.cases.sets.steps

    # -- the outcome

    @cached_property
    def kinds(self) -> Mapping[composition_parts.CompositionKind, int]:
        """The cases in which the whole decision is of each kind."""
        sets = self.cases.sets
        left, found = self.valid, {}
        for kind in composition_parts.CompositionKind:
            of_kind = (
                c.cases for item in self.items for c in item if c.composed.kind is kind
            )
            here = (
                left
                if kind is composition_parts.CompositionKind.SILENT
                else sets.both(left, sets.any_of(of_kind))
            )
            if here != NONE:
                found[kind] = here
                left = sets.without(left, here)
        return found

    @property
    def is_settled(self) -> bool:
        """Whether the default is the same in every case."""
        if len(self.kinds) > 1:
            return False
        return all(
            len({c.composed.advice[1] for c in item}) == 1 for item in self.items
        )

    def decide(
        self, *, depends_on: tuple[str, ...], indeterminate: tuple[str, ...]
    ) -> Decided:
        """The state of the decision, as `b12guide.evaluate.decision.decide` has it."""
        return evolve(self.said, depends_on=depends_on, indeterminate=indeterminate)

    @cached_property
    def said(self) -> Decided:
        """All that the decision says, but for what it depends on."""
        default = self._lines(lambda said: said.default)
        beside = self._lines(lambda said: said.alternatives)
        options = (
            *self._ordered(default, (default,), alternative=False),
            *self._ordered(beside, (beside, default), alternative=True),
        )
        cells = [cell for item in self.items for cell in item]
        names = [name for option in options for name in option.rules]
        names += [n for c in cells for side in c.composed.sides for n in side.rules]
        names += [
            r.name for c in cells for r in self._applying(c.cases, c.composed.idle)
        ]
        names += [
            rule.name
            for cell in cells
            for one in cell.composed.barred
            for rule in self._applying(cell.cases, (*one.offered_by, *one.by))
        ]
        only = next(iter(self.kinds))
        decided = Decided(
            decision=self.decision,
            outcome=OUTCOMES[only] if self.is_settled else Outcome.DEPENDS,
            options=options,
            rules=tuple(dict.fromkeys(names)),
            not_offered=self._not_offered(cells),
        )
        return with_form(decided) if self.decision is m.Decision.FORM else decided

    @cached_property
    def clashing(self) -> tuple[CompletionPart, ...]:
        """What is said in the cases with a conflict, and one part without if there is such a case.

        Several items may be in conflict at once; then their sides belong to one conflict.
        """
        sets = self.cases.sets
        found: list[tuple[int, tuple[composition_parts.Composition, ...]]] = [
            (self.valid, ())
        ]
        for item in self.items:
            mine = [
                c
                for c in item
                if c.composed.kind is composition_parts.CompositionKind.CONFLICT
            ]
            if not mine:
                continue
            rest = sets.opposite(sets.any_of(c.cases for c in mine))
            split = [
                (sets.both(cases, here), (*before, *said))
                for cases, before in found
                for here, said in (
                    (rest, ()),
                    *((c.cases, (c.composed,)) for c in mine),
                )
            ]
            found = _few([one for one in split if one[0] != NONE])
        return tuple(
            CompletionPart(
                1,
                composition_parts.Composition(
                    kind=composition_parts.CompositionKind.CONFLICT
                    if said
                    else composition_parts.CompositionKind.SILENT,
                    sides=tuple(side for one in said for side in one.sides),
                ),
            )
            for _, said in found
        )

    def _applying(self, cases: int, rules: Iterable[m.Rule]) -> list[m.Rule]:
        """Those of `rules` that apply in some of `cases`."""
        both = self.cases.sets.both
        return [r for r in rules if both(cases, self.applies[r.name]) != NONE]

    # -- the options

    def _lines(
        self,
        entries: Callable[
            [composition_parts.Composition], Sequence[composition_parts.Advised]
        ],
    ) -> dict[m.Advice, _Line]:
        """Each line that is said in any case."""
        found: dict[m.Advice, _Line] = {}
        for place, item in enumerate(self.items):
            for cell in item:
                for number, entry in enumerate(entries(cell.composed)):
                    line = found.setdefault(entry.advice, _Line())
                    line.number = max(line.number, (place, number))
                    self._add(line, cell.cases, entry.rules)
        return found

    def _add(self, line: _Line, cases: int, rules: Iterable[m.Rule]) -> None:
        sets = self.cases.sets
        line.cases = sets.either(line.cases, cases)
        for rule in self._applying(cases, rules):
            here = sets.both(cases, self.applies[rule.name])
            before = line.behind.get(rule.name, NONE)
            line.rules[rule.name] = rule
            line.behind[rule.name] = sets.either(before, here)

    def _common(self, line: _Line) -> tuple[str, ...]:
        """The rules behind a line in each case that has it; all of them where there is none."""
        without = self.cases.sets.without
        common = [
            n
            for n, behind in line.behind.items()
            if without(line.cases, behind) == NONE
        ]
        return tuple(sorted(common or line.behind, key=self.place.__getitem__))

    def _strength(self, line: _Line, names: Sequence[str]) -> Strength:
        """The strength that `names` give a line in the case in which it is weakest."""
        sets, left = self.cases.sets, line.cases
        found: list[Strength] = []
        for strength in composition_parts.ORDER:
            with_it = [n for n in names if line.rules[n].grounds.strength is strength]
            here = sets.any_of(line.behind[n] for n in with_it)
            if sets.both(left, here) != NONE:
                found.append(strength)
                left = sets.without(left, here)
        if left != NONE:
            found.append(composition_parts.strength_of(()))
        return max(found, key=composition_parts.ORDER.index)

    def _ordered(
        self,
        lines: Mapping[m.Advice, _Line],
        offered: Sequence[Mapping[m.Advice, _Line]],
        *,
        alternative: bool,
    ) -> list[Option]:
        keys = {
            advice: line_order(advice, line.rules.values(), self.place, line.number)
            for advice, line in lines.items()
        }
        options = []
        for advice in sorted(lines, key=keys.__getitem__):
            line = lines[advice]
            names = self._common(line)
            # A line is advised as well where one is within which it lies (M23); only lines of
            # these kinds lie within any but themselves.
            if isinstance(
                advice, Regimen | m.Routes | m.Target | m.Instruction | m.Change
            ):
                within = [
                    o
                    for one in offered
                    for o in one
                    if composition.is_within(advice, o)
                ]
            else:
                within = [advice]
            wide = dict.fromkeys(within)
            cases = [some[o].cases for some in offered for o in wide if o in some]
            options.append(
                Option(
                    advice=advice,
                    strength=self._strength(line, names),
                    rules=names,
                    certain=self._is_everywhere(self.cases.sets.any_of(cases)),
                    alternative=alternative,
                )
            )
        return options

    def _is_everywhere(self, cases: int) -> bool:
        return cases != NONE and self.cases.sets.without(self.valid, cases) == NONE

    def _not_offered(self, cells: Iterable[ItemCase]) -> tuple[NotOffered, ...]:
        """What is contraindicated in any case, with the reasons common to all."""
        lines: dict[m.Advice, tuple[_Line, _Line, list[composition_parts.Barred]]] = {}
        for cell in cells:
            for one in cell.composed.barred:
                by, offered, some = lines.setdefault(one.advice, (_Line(), _Line(), []))
                self._add(by, cell.cases, one.by)
                self._add(offered, cell.cases, one.offered_by)
                some.append(one)
        return tuple(
            NotOffered(
                advice=advice,
                drugs=common([one.drugs for one in some]),
                rules=self._common(by),
                offered_by=self._common(offered),
                certain=self._is_everywhere(by.cases),
            )
            for advice, (by, offered, some) in lines.items()
        )

    # -- the questions

    def needed(self) -> tuple[Needed, ...]:
        """What has to be told apart so that the decision has one answer."""
        sets = self.cases.sets
        functions = [tuple(self.kinds.values())]
        for item in self.items:
            alike: dict[Hashable, list[int]] = {}
            for cell in item:
                alike.setdefault(cell.composed.everything[1:], []).append(cell.cases)
            functions.append(tuple(sets.any_of(some) for some in alike.values()))
        several = [one for one in dict.fromkeys(functions) if len(one) > 1]
        return self.cases.needed(self.decision, several, self.known)


class _Line:
    """A line of an answer while it is gathered: the cases that have it, and who is behind it."""

    def __init__(self) -> None:
        self.cases = NONE
        self.number = (0, 0)
        self.rules: dict[str, m.Rule] = {}
        self.behind: dict[str, int] = {}


# ---------------------------------------------------------------------------- the items


def decide_by_items(
    decision: m.Decision, patient: PatientView, cases: Cases
) -> DecisionByItems:
    """The decision over all its cases.

    Raises:
        TooLargeError: That is too much work.
    """
    evaluator = patient.evaluator
    program = evaluator.program
    sets, true = cases.sets, cases.true
    applies = {
        rule.name: sets.without(
            true[program.conditions[rule.name]], true[program.exceptions[rule.name]]
        )
        for rule in evaluator.heard[decision]
    }
    rules = [r for r in evaluator.heard[decision] if applies[r.name] != NONE]
    items = _Splitting(decision, cases, applies).items(rules)
    whole = DecisionByItems(
        decision,
        cases,
        items,
        applies,
        cases.valid,
        evaluator.place,
        frozenset(patient.facts.values),
    )
    # Read off here, so that a decision which is too large for that is too large from the start.
    _ = whole.said, whole.clashing
    sets.forget()
    return whole


State = TypeVar("State", bound=Hashable)

_NOBODY: tuple[int, ...] = ()
"""No voice that speaks."""

_NOTHING: tuple[composition.Plan, ...] | None = None
"""Nothing to be followed, which is not the same as nothing that follows every rule."""


@define(eq=False, repr=False)
class _Splitting:
    """Splits the cases of a decision, item by item."""

    decision: m.Decision
    cases: Cases
    applies: Mapping[str, int]

    def items(self, rules: Sequence[m.Rule]) -> tuple[Item, ...]:
        is_own = all(rule.decision is self.decision for rule in rules)
        if self.decision is m.Decision.MONITORING:
            found = self.tests(rules)
        elif self.decision is m.Decision.FORM or (
            self.decision in composition.DOSING and not is_own
        ):
            return (self.together(rules),)
        else:
            found = self.matters(rules)
        return (*found, *self.beside([rule for rule in rules if rule.optional]))

    # -- what binds

    def tests(self, rules: Sequence[m.Rule]) -> list[Item]:
        """One item for each test (M43, M44), or for several that a dispute ties (M79)."""
        return [
            self.test(pieces)
            for pieces in composition_parts.tests_together(
                rule for rule in rules if not rule.optional
            )
        ]

    def test(self, pieces: Sequence[composition_parts.OfOneTest]) -> Item:
        """What sooner visits make needless plays no part, in whichever case."""
        voices: dict[m.Monitoring | m.NotChecked, list[m.Rule]] = {}
        for rule, one in pieces:
            voices.setdefault(one, []).append(rule)
        said = tuple(voices)
        # A rule may have a voice on each of several tests, so that a name of its own tells them.
        speaking = [
            evolve(some[0], value=one, name=f"{some[0].name} {at}")
            for at, (one, some) in enumerate(voices.items())
        ]
        rules = {
            one.name: tuple(some)
            for one, some in zip(speaking, voices.values(), strict=True)
        }
        against = {
            t for one in said if isinstance(one, m.NotChecked) for t in one.tests
        }

        def is_needless(one: int, kept: Iterable[int]) -> bool:
            mine = said[one]
            if not isinstance(mine, m.Monitoring) or against & {
                *mine.tests,
                *mine.companions,
            }:
                return False  # each side of a conflict counts
            return composition_parts.is_scheduled(mine) and any(
                isinstance(other := said[at], m.Monitoring)
                and other.tests == mine.tests
                and composition_parts.is_scheduled(other)
                and composition_parts.is_done_by(mine, other)
                for at in kept
            )

        def add(before: tuple[int, ...], voice: int) -> tuple[int, ...]:
            kept = (*before, voice)
            return tuple(one for one in kept if not is_needless(one, kept))

        def applying(some: Sequence[m.Rule]) -> composition_parts.Composition:
            names = {rule.name for rule in some}
            return composition.compose(
                self.decision,
                [evolve(rule, value=one) for rule, one in pieces if rule.name in names],
            )

        found: list[ItemCase] = []
        for kept, cases in self.cells([*voices.values()], _NOBODY, add).items():
            composed = composition.compose(self.decision, [speaking[at] for at in kept])
            if composed.kind is composition_parts.CompositionKind.CONFLICT:
                concerned = {rule.name: rule for rule, _ in pieces}
                found += self.clashes(concerned.values(), cases, applying)
            else:
                found.append(ItemCase(cases, _full(composed, rules)))
        return tuple(found)

    def matters(self, rules: Sequence[m.Rule]) -> list[Item]:
        """One item for each matter about which binding rules have to agree."""
        binding = [
            offer
            for rule in rules
            if not rule.optional
            for offer in composition.pieces(rule)
        ]
        return [
            self.matter(offers)
            for offers in composition.matters(binding, self.decision)
        ]

    def matter(self, offers: Sequence[composition.Offer]) -> Item:
        voices: dict[tuple[composition.Plan, ...], list[m.Rule]] = {}
        for rule, plans in offers:
            voices.setdefault(plans, []).append(rule)
        said = tuple(voices)

        def add(
            before: tuple[composition.Plan, ...] | None, voice: int
        ) -> tuple[composition.Plan, ...] | None:
            if before is None:
                return said[voice]
            return composition.followed(self.decision, before, said[voice])

        found: list[ItemCase] = []
        for come_to, cases in self.cells([*voices.values()], _NOTHING, add).items():
            if come_to is None:
                found.append(ItemCase(cases, NOTHING))
            elif not come_to:
                found += self.clashes(
                    {rule.name: rule for rule, _ in offers}.values(),
                    cases,
                    lambda some: composition.agreed(
                        [o for o in offers if o[0] in some], self.decision
                    ),
                )
            else:
                spoken = [(rule, plans) for plans in said for rule in voices[plans]]
                found.append(ItemCase(cases, composition.agreed_on(come_to, spoken)))
        return tuple(found)

    def clashes(
        self,
        rules: Iterable[m.Rule],
        cases: int,
        said: Callable[[Sequence[m.Rule]], composition_parts.Composition],
    ) -> Iterator[ItemCase]:
        """Cases with a conflict, apart for each set of rules that apply, which it has to name."""
        sets = self.cases.sets
        found: list[tuple[int, tuple[m.Rule, ...]]] = [(cases, ())]
        for rule in rules:
            applies = self.applies[rule.name]
            found = _few(
                [
                    (here, applying)
                    for some, before in found
                    for here, applying in (
                        (sets.without(some, applies), before),
                        (sets.both(some, applies), (*before, rule)),
                    )
                    if here != NONE
                ]
            )
        return (ItemCase(some, said(applying)) for some, applying in found)

    # -- what does not fall apart

    def together(self, rules: Sequence[m.Rule]) -> Item:
        """All rules in one item: the form, and doses that may be taken away."""
        voices: dict[Hashable, list[m.Rule]] = {}
        for rule in rules:
            alike = (rule.decision, rule.value, rule.optional, rule.grounds.strength)
            voices.setdefault(alike, []).append(rule)
        speaking = [some[0] for some in voices.values()]
        spoken_for = {some[0].name: tuple(some) for some in voices.values()}

        def add(before: tuple[int, ...], voice: int) -> tuple[int, ...]:
            return (*before, voice)

        found: list[ItemCase] = []
        for kept, cases in self.cells([*voices.values()], _NOBODY, add).items():
            composed = composition.compose(
                self.decision, [speaking[place] for place in kept]
            )
            if composed.kind is composition_parts.CompositionKind.CONFLICT:
                found += self.clashes(
                    rules, cases, partial(composition.compose, self.decision)
                )
            else:
                found.append(ItemCase(cases, _full(composed, spoken_for)))
        return tuple(found)

    # -- what may be done

    def beside(self, rules: Sequence[m.Rule]) -> list[Item]:
        """One item for each thing that may be done: an offer stands by itself (M26)."""
        sets = self.cases.sets
        offered: dict[m.Advice, list[m.Rule]] = {}
        for rule in rules:
            found: list[m.Advice]
            if self.decision is m.Decision.MONITORING:
                found = [visit for visit, _ in composition_parts.visits([rule])]
            else:
                found = [
                    a
                    for _, plans in composition.pieces(rule)
                    for plan in plans
                    for a in plan
                ]
            for advice in found:
                offered.setdefault(advice, []).append(rule)
        items = []
        for advice, by in offered.items():
            applies = [self.applies[rule.name] for rule in by]
            valid = self.cases.may_be(applies)
            is_so = sets.both(valid, sets.any_of(applies))
            said = evolve(
                NOTHING, alternatives=(composition_parts.Advised(advice, tuple(by)),)
            )
            cells = ((is_so, said), (sets.without(valid, is_so), NOTHING))
            items.append(tuple(ItemCase(c, s) for c, s in cells if c != NONE))
        return items

    # -- voice after voice

    def cells(
        self,
        voices: Sequence[Sequence[m.Rule]],
        nothing: State,
        add: Callable[[State, int], State],
    ) -> dict[State, int]:
        """The cases of an item, by what those of `voices` come to that speak.

        Args:
            voices: The rules of each voice; it speaks when one of them applies.
            nothing: What it comes to when no voice speaks.
            add: What it comes to when one more voice speaks.
        """
        sets = self.cases.sets
        applies = [[self.applies[rule.name] for rule in some] for some in voices]
        valid = self.cases.may_be(one for some in applies for one in some)
        found = {nothing: valid}
        for place, some in enumerate(applies):
            speaks = sets.any_of(some)
            after: dict[State, int] = {}
            for before, cases in found.items():
                for come_to, here in (
                    (before, sets.without(cases, speaks)),
                    (add(before, place), sets.both(cases, speaks)),
                ):
                    if here != NONE:
                        known = after.get(come_to, NONE)
                        after[come_to] = sets.either(known, here)
            if len(after) > MOST_CELLS:
                raise TooLargeError
            found = after
        return found


T = TypeVar("T")


def _few(found: list[T]) -> list[T]:
    if len(found) > MOST_CELLS:
        raise TooLargeError
    return found


def _full(
    composed: composition_parts.Composition, voices: Mapping[str, tuple[m.Rule, ...]]
) -> composition_parts.Composition:
    """The same with all rules of each voice instead of the one that speaks for them."""

    def all_of(rules: Iterable[m.Rule]) -> tuple[m.Rule, ...]:
        return tuple(one for rule in rules for one in voices[rule.name])

    return evolve(
        composed,
        default=tuple(
            composition_parts.Advised(e.advice, all_of(e.rules))
            for e in composed.default
        ),
        alternatives=tuple(
            composition_parts.Advised(e.advice, all_of(e.rules))
            for e in composed.alternatives
        ),
        idle=all_of(composed.idle),
        barred=tuple(
            evolve(one, by=all_of(one.by), offered_by=all_of(one.offered_by))
            for one in composed.barred
        ),
    )
