"""One patient before an evaluator: from what is stated to the verdict of every rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import compress
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from attrs import define, evolve, field, frozen

from b12guide.collector import collector_paused
from b12guide.diagnostics import Diagnostic, Help
from b12guide.errors import PatientError
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.evaluate.evaluator import Evaluator, RuleSteps
from b12guide.evaluate.facts import (
    NOTHING,
    Facts,
    Reading,
    both_readings,
    is_open_to_reading,
)
from b12guide.evaluate.implications import (
    Consequences,
    TiedComponents,
    implied_facts,
    stated_values,
    tied_components,
)
from b12guide.evaluate.memory import Work, keep, remembered
from b12guide.evaluate.program import Program, Rails, open_facts
from b12guide.evaluate.to_python import APPLIES, FALLS, OPEN, OVERRIDDEN
from b12guide.graph.model import Rule
from b12guide.limits import Limits
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.truth import Truth


@define(kw_only=True, slots=False, eq=False, repr=False)
class PatientView:
    """One patient before an evaluator. It lasts as long as one answer, and counts its cost.

    Attributes:
        rails: The value of every node of the program for the known facts alone.
        readings: The same under each reading of the source's thresholds, where a known value
            lies inside one that is a range.
        work: What the answer about the patient has cost so far.
    """

    evaluator: Evaluator
    facts: Facts
    rails: Sequence[Rails]
    readings: tuple[Sequence[Rails], ...] = ()
    work: Work = field(factory=Work)

    @classmethod
    def of(
        cls, evaluator: Evaluator, facts: Facts, work: Work | None = None
    ) -> PatientView:
        """What `facts` alone make of every condition, and what was spent on it."""
        return cls(
            evaluator=evaluator,
            facts=facts,
            rails=evaluator.rails(facts),
            readings=readings_of(evaluator, facts),
            work=Work() if work is None else work,
        )

    @cached_property
    def closed(self) -> frozenset[int]:
        """The nodes that the known facts settle."""
        return frozenset(s for s, rails in enumerate(self.rails) if rails != (0, 0))

    def truth(self, step: int) -> Truth:
        """The truth of a node."""
        true, false = self.rails[step]
        return Truth.TRUE if true else Truth.FALSE if false else Truth.UNKNOWN


def readings_of(evaluator: Evaluator, facts: Facts) -> tuple[Sequence[Rails], ...]:
    """What both readings make of every condition, where `facts` leave room for them."""
    if not evaluator.is_open_to_reading(facts):
        return ()
    return tuple([evaluator.rails(one) for one in both_readings(facts)])


def view_of(
    evaluator: Evaluator,
    stated: Stated,
    reading: Reading = Reading.REPORT,
    work: Work | None = None,
) -> PatientView:
    """The patient about whom `stated` is known.

    For most patients nothing follows from what is stated: every implication that a stated fact
    touches is kept whatever the unknown facts are, and the values that the facts have anyhow are
    all there is. That shows in what they make of each condition, which is needed in any case; only
    where it does not show is everything thought through (`b12guide.evaluate.implications`).

    Raises:
        PatientError: The facts contradict each other, or what follows from them is too much work.
    """
    work = Work() if work is None else work
    if stated.bounds:
        bounded = _bounded(evaluator, stated, reading, work)
        return PatientView.of(evaluator, bounded, work)
    at_once = _stated_at_once(evaluator, stated, reading, work)
    if at_once is not None:
        return PatientView.of(evaluator, at_once, work)
    facts, implications = _as_stated(evaluator, stated, reading)
    if facts is not None:
        patient = PatientView.of(evaluator, facts, work)
        if _are_kept(implications, patient):
            return patient
    return PatientView.of(
        evaluator,
        implied_facts(stated, evaluator.graph, evaluator.program, reading, work),
        work,
    )


def _bounded(
    evaluator: Evaluator, stated: Stated, reading: Reading, work: Work
) -> Facts:
    """What is known of a patient, and the ends of the measures of which only these are.

    What follows from the ends alone is not looked for; a decision holds it against every
    completion all the same. A value that follows from other facts has to lie within the ends.

    Raises:
        PatientError: It does not, or the facts contradict each other.
    """
    graph, program = evaluator.graph, evaluator.program
    facts = implied_facts(stated, graph, program, reading, work)
    for name, bound in stated.bounds.items():
        value = facts.values.get(name)
        if value is not None and Fraction(value) not in bound:
            why = Diagnostic(
                code="GDL790",
                message=f"`{name}` is stated to lie elsewhere than what else is stated makes it",
                labels=(stated.places[name],) if name in stated.places else (),
                help=(Help(message=f"correct `{name}`, or the other facts"),),
                fact=name,
            )
            message = "the facts of this patient contradict each other"
            raise PatientError(message, (why,))
    left = {n: b for n, b in stated.bounds.items() if n not in facts.values}
    return evolve(facts, bounds=left)


def known_facts(evaluator: Evaluator, stated: Stated, work: Work) -> Facts:
    """The facts of the patient about whom `stated` is known, found as in `view_of`.

    Raises:
        PatientError: As in `view_of`.
    """
    if stated.bounds:
        return _bounded(evaluator, stated, Reading.REPORT, work)
    at_once = _stated_at_once(evaluator, stated, Reading.REPORT, work)
    if at_once is not None:
        return at_once
    facts, implications = _as_stated(evaluator, stated, Reading.REPORT)
    if facts is not None:
        kept = evaluator.kept(facts) if implications else ()
        if all(kept[number] for number in implications):
            return facts
    return implied_facts(stated, evaluator.graph, evaluator.program, work=work)


def plainly_known(
    evaluator: Evaluator, record: dict[str, Any], limits: Limits
) -> Facts | None:
    """The facts of the patient whose `record` has plain values and nothing beside them.

    None where the record has to be read with more care, or is refused.
    """
    record = record.copy()
    values = evaluator.plain_facts.values(record, evaluator.memory.values, limits)
    if values is None:
        return None
    return known_at_once(evaluator, values, record, Work(limits))


def _stated_at_once(
    evaluator: Evaluator, stated: Stated, reading: Reading, work: Work
) -> Facts | None:
    """The same of what is stated, where nothing is assumed and no definition is stated."""
    if reading is not Reading.REPORT or stated.otherwise is not Otherwise.UNKNOWN:
        return None
    if not evaluator.graph.definitions.keys().isdisjoint(stated.values.keys()):
        return None
    values = stated_values(stated, evaluator.graph)
    return known_at_once(evaluator, values, stated.values, work)


@frozen(eq=False, repr=False)
class Followed:
    """What follows of a component, where nothing is assumed of what nobody mentions.

    Attributes:
        is_kept: Whether its implications are certain to be kept, so that nothing follows.
        found: All that follows; left out where nothing does, unless somebody has to know how much
            work that was.
    """

    is_kept: bool
    found: Consequences | None = None


def known_at_once(
    evaluator: Evaluator,
    values: dict[str, FactValue],
    mentioned: Mapping[str, object],
    work: Work,
) -> Facts | None:
    """The facts of a patient who states `values`, as `view_of` finds them.

    What follows of facts that are tied together is looked up by all their values. None where the
    statements contradict each other, or where that is not all there is to it.

    Args:
        evaluator: The guideline.
        values: What is stated, of facts alone; nothing is assumed of those that are not mentioned.
        mentioned: The same, and those that are stated to be unknown.
        work: What the answer cost so far.

    Raises:
        PatientError: What follows is too much work.
    """
    tied = tied_components(evaluator.program, evaluator.graph)
    if not tied.is_small:
        return None
    place = tied.place
    touched = {place[name] for name in place.keys() & mentioned.keys()}
    get, memory = values.get, evaluator.memory.followed
    followed: list[tuple[int, tuple[Any, ...], Followed]] = []
    are_kept = True
    for number in touched | tied.always:
        key = (number, *map(get, tied.components[number].facts))
        one = memory.get(key)
        if one is None:
            one = _followed(evaluator, tied, number, values)
            keep(memory, key, one)
        followed.append((number, key, one))
        are_kept = are_kept and one.is_kept
    if are_kept:
        return Facts(values=values)
    every = []
    for number, key, one in sorted(followed, key=itemgetter(0)):
        found = one.found
        if found is None:
            found = tied.alone(number, values)
            keep(memory, key, Followed(is_kept=True, found=found))
        if found.clash is not None or found.unsettled:
            return None
        every.append(found)
    known = dict(values)
    possible: dict[str, tuple[str, ...]] = {}
    definitions: dict[str, bool] = {}
    for found in every:
        work.spend(found.cost, "what follows from the facts stated")
        known |= found.values
        possible |= found.possible
        definitions |= found.definitions
    return Facts(values=known, possible=possible, definitions=definitions)


def _followed(
    evaluator: Evaluator,
    tied: TiedComponents,
    number: int,
    values: Mapping[str, FactValue],
) -> Followed:
    """What follows of component number `number`."""
    component = tied.components[number]
    if component.is_plain and number not in tied.always:
        kept = evaluator.kept(Facts(values=values))
        if all(kept[one] for one in component.implications):
            return _KEPT
    return Followed(is_kept=False, found=tied.alone(number, values))


_KEPT = Followed(is_kept=True)


def _as_stated(
    evaluator: Evaluator, stated: Stated, reading: Reading
) -> tuple[Facts | None, tuple[int, ...]]:
    """What is stated as facts, and the numbers of the implications that have to be kept by them.

    There are no facts where more has to be thought through, whatever they are.
    """
    graph = evaluator.graph
    tied = tied_components(evaluator.program, graph, (), reading)
    place = tied.place
    touched = {place[name] for name in stated.values if name in place}
    if (
        not graph.definitions.keys().isdisjoint(stated.values)
        or tied.untouched(stated.otherwise)
        or not all(tied.components[one].is_plain for one in touched)
    ):
        return None, ()
    values = tied.unmentioned(stated) | stated_values(stated, graph)
    implications = [n for one in touched for n in tied.components[one].implications]
    return Facts(values=values, reading=reading), tuple(implications)


def _are_kept(implications: Iterable[int], patient: PatientView) -> bool:
    """Whether these implications are certain to be kept."""
    rails, ends = patient.rails, patient.evaluator.program.implications
    return all(rails[ends[n][0]][1] or rails[ends[n][1]][0] for n in implications)


@frozen(kw_only=True, eq=False, repr=False)
class Verdicts:
    """The verdict of every rule, in the order of the guideline; and sets of rules, as bits.

    The bit of a rule is `RuleSteps.bit`. That a set is one number makes it a key that is quickly
    looked up.

    Attributes:
        applying: The rules that apply.
        open: Those that are unknown or indeterminate.
        indeterminate: Those that are indeterminate.
    """

    by_name: MappingProxyType[str, RuleVerdict]
    applying: int = 0
    open: int = 0
    indeterminate: int = 0


_OPEN = (Verdict.UNKNOWN, Verdict.INDETERMINATE)
TRUE: Rails = (1, 0)
FALSE: Rails = (0, 1)


def verdict_of(rule: Rule, patient: PatientView) -> RuleVerdict:
    """The verdict of one rule, with what it waits for and what overrides it."""
    program, rails = patient.evaluator.program, patient.rails
    outside = rails[program.scope] == FALSE
    if rule.outside_scope is not outside:
        return RuleVerdict(rule=rule, verdict=Verdict.DOES_NOT_APPLY)
    return _addressed(rule, patient)


def _addressed(rule: Rule, patient: PatientView) -> RuleVerdict:
    """The same for a rule that speaks to patients on the same side of the scope."""
    program, rails = patient.evaluator.program, patient.rails
    verdict = _settled(rule, program, rails)
    if verdict is Verdict.OVERRIDDEN:
        by = (n for n in rule.exceptions if rails[program.conditions[n]] == TRUE)
        return RuleVerdict(rule=rule, verdict=verdict, overridden_by=tuple(by))
    if verdict is not None:
        return RuleVerdict(rule=rule, verdict=verdict)
    # The source leaves the rule open if each reading of its thresholds would settle it (M19).
    readings = [_settled(rule, program, rails) for rails in patient.readings]
    if readings and None not in readings:
        return RuleVerdict(rule=rule, verdict=Verdict.INDETERMINATE)
    steps = patient.evaluator.steps[rule.name]
    # What is waited for follows from the truths of the parts, and from which measures are known:
    # one inside a printed range is, and leaves its comparison open all the same.
    waiting = remembered(
        patient.evaluator.memory.needs,
        (
            steps.own,
            steps.exceptions,
            tuple([rails[step] for step in steps.behind]),
            tuple([name in patient.facts.values for name in steps.ranged]),
        ),
        lambda: needs((steps.own, steps.exceptions), patient),
    )
    return RuleVerdict(rule=rule, verdict=Verdict.UNKNOWN, needs=waiting)


def verdicts_of(patient: PatientView) -> Verdicts:
    """The verdict of every rule.

    Of a guideline with many rules, those that read nothing that is known have the verdicts that
    they have where nothing is known, and those that read nothing else than for the patient before
    the verdicts that they had then.
    """
    evaluator, facts = patient.evaluator, patient.facts
    memory = evaluator.memory
    outside = patient.rails[evaluator.program.scope] == FALSE
    touched = evaluator.touched(facts)
    if touched is not None:
        untold = remembered(
            memory.untold, outside, lambda: _untold(evaluator, outside=outside)
        )
        return _worked_out_beside(patient, touched, untold)
    before = memory.verdicts.get(outside)
    if before is not None:
        touched = evaluator.touched(facts, before[0])
    if before is None or touched is None:
        sides = evaluator.sides[outside]
        found = _worked_out(patient, sides, Verdicts(by_name=evaluator.all_fall))
    else:
        found = _worked_out_beside(patient, touched, before[1])
    if evaluator.is_large:
        memory.verdicts[outside] = facts, found
    return found


@collector_paused()
def _untold(evaluator: Evaluator, *, outside: bool) -> Verdicts:
    """The verdicts where nothing is known but whether the guideline is written for the patient."""
    nobody = PatientView.of(evaluator, NOTHING)
    all_fall = Verdicts(by_name=evaluator.all_fall)
    return _worked_out(nobody, evaluator.sides[outside], all_fall)


def _worked_out_beside(
    patient: PatientView, touched: Iterable[int], before: Verdicts
) -> Verdicts:
    """The verdicts of the rules that `touched` nodes settle, and those from `before` of the rest.

    Both are of patients on the same side of the scope.
    """
    evaluator = patient.evaluator
    outside = patient.rails[evaluator.program.scope] == FALSE
    settled_by = evaluator.settled_by
    steps = {
        one.bit: one
        for step in touched
        for one in settled_by.get(step, ())
        if one.rule.outside_scope is outside
    }
    fall = {one.rule.name: one.falls for one in steps.values()}
    rest = ~sum(steps)
    beside = Verdicts(
        by_name=MappingProxyType(before.by_name | fall),
        applying=before.applying & rest,
        open=before.open & rest,
        indeterminate=before.indeterminate & rest,
    )
    return _worked_out(patient, steps.values(), beside)


def _worked_out(
    patient: PatientView, steps: Iterable[RuleSteps], beside: Verdicts
) -> Verdicts:
    """The verdicts of rules on the patient's side of the scope, all of which fall in `beside`."""
    rails, found = patient.rails, beside.by_name.copy()
    applying, open_, indeterminate = beside.applying, beside.open, beside.indeterminate
    for step in steps:
        own = rails[step.own]
        if own == FALSE:
            continue
        rule = step.rule
        if own == TRUE and rails[step.exceptions] == FALSE:
            found[rule.name] = step.applies
            applying |= step.bit
        else:
            verdict = found[rule.name] = _addressed(rule, patient)
            if verdict.verdict in _OPEN:
                open_ |= step.bit
            if verdict.verdict is Verdict.INDETERMINATE:
                indeterminate |= step.bit
    return Verdicts(
        by_name=MappingProxyType(found),
        applying=applying,
        open=open_,
        indeterminate=indeterminate,
    )


def _settled(rule: Rule, program: Program, rails: Sequence[Rails]) -> Verdict | None:
    own = rails[program.conditions[rule.name]]
    exception = rails[program.exceptions[rule.name]]
    if own == FALSE:
        return Verdict.DOES_NOT_APPLY
    if own == TRUE and exception == FALSE:
        return Verdict.APPLIES
    return Verdict.OVERRIDDEN if own == exception == TRUE else None


def needs(steps: Sequence[int], patient: PatientView) -> tuple[str, ...]:
    """The unknown facts, and definitions asked for as one, that leave `steps` open."""
    program, known = patient.evaluator.program, patient.rails
    found: dict[str, None] = {}
    pending = [step for step in reversed(steps) if known[step] == (0, 0)]
    seen: set[int] = set()  # a definition that is used twice is gone through once
    while pending:
        step = pending.pop()
        if step in seen:
            continue
        seen.add(step)
        node = program.nodes[step]
        if node.leaf is not None:
            if node.leaf.fact not in patient.facts.values:
                found[node.leaf.fact] = None
        elif (
            step in patient.evaluator.units
            and len(open_facts(program, step, known)) > 1
        ):
            found[node.name] = None
        else:
            pending.extend(s for s in reversed(node.operands) if known[s] == (0, 0))
    return tuple(found)


_VERDICTS = {
    FALLS: Verdict.DOES_NOT_APPLY,
    APPLIES: Verdict.APPLIES,
    OVERRIDDEN: Verdict.OVERRIDDEN,
    OPEN: Verdict.UNKNOWN,
}
FEW = 256
"""The rules of a guideline that are gone through one by one."""

_IS_ANY = bytes(map(bool, range(256)))
_IS_NOT_OPEN = bytes(code != OPEN for code in range(256))
"""What tells the codes that differ from that of a rule that falls, or that is open."""


def verdict_codes(evaluator: Evaluator, facts: Facts) -> bytearray:
    """The code of the verdict of every rule, as `b12guide.evaluate.to_python` numbers them."""
    return evaluator.function(facts)


def compiled_verdicts(evaluator: Evaluator, facts: Facts) -> dict[str, Verdict]:
    """The verdict of every rule, in the order of the guideline."""
    if facts.bounds:
        patient = PatientView.of(evaluator, facts)
        return {n: one.verdict for n, one in verdicts_of(patient).by_name.items()}
    names = evaluator.names
    codes = verdict_codes(evaluator, facts)
    # Most rules come to the same: most do not apply, or nothing is known that most of them read.
    usual, others = FALLS, codes
    if 2 * codes.count(OPEN) > len(codes):
        usual, others = OPEN, codes.translate(_IS_NOT_OPEN)
    found = evaluator.all_alike[_VERDICTS[usual]].copy()
    if len(codes) <= FEW:
        verdicts = map(_VERDICTS.__getitem__, compress(codes, others))
        found.update(zip(compress(names, others), verdicts, strict=True))
    else:
        # In a large guideline these are passed over without a step for each.
        others = others.translate(_IS_ANY)
        place = others.find(1)
        while place >= 0:
            found[names[place]] = _VERDICTS[codes[place]]
            place = others.find(1, place + 1)
    if OPEN in codes and evaluator.is_open_to_reading(facts):
        for place in _left_to_reading(evaluator, facts, codes):
            found[names[place]] = Verdict.INDETERMINATE
    return found


def _left_to_reading(
    evaluator: Evaluator, facts: Facts, codes: bytearray
) -> Iterable[int]:
    """The places of the rules that are open and that each reading of thresholds would settle."""
    if any(is_open_to_reading(leaf, facts) for leaf in evaluator.scope_ranges):
        # Who is in the scope may be left to the reading as well.
        patient, rules = (
            PatientView.of(evaluator, facts),
            [*evaluator.graph.rules.values()],
        )
        places = [place for place, code in enumerate(codes) if code == OPEN]
        verdicts = ((p, verdict_of(rules[p], patient).verdict) for p in places)
        return [p for p, verdict in verdicts if verdict is Verdict.INDETERMINATE]
    # No other rule can be settled by a reading.
    open_ = [place for place in evaluator.ranged if codes[place] == OPEN]
    if not open_:
        return ()
    lower, upper = map(evaluator.function, both_readings(facts))
    return [p for p in open_ if lower[p] != OPEN and upper[p] != OPEN]
