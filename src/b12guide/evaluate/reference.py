"""The meaning of a guideline, written once more: slowly, to be read beside docs/meaning.md.

`answer` goes through every completion of what is unknown of a patient, asks every rule in each, and
puts together what the rules that apply say. It keeps nothing for later and shares nothing with the
engine but the graph; engine, cohort columns, proofs and conformance kit are held to it.

First comes what is known and what is true (M1 to M15, M21), then verdicts, decisions and silences
(M16 to M25, M54), then what to ask. The other chapter, `reference_composition`, has advice in plain
values and several rules at once. Each function names the rules that it writes down.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise, product
from typing import Any, NamedTuple, TypeAlias

from attrs import evolve, field, frozen

from b12guide.evaluate import reference_composition
from b12guide.graph import condition as c
from b12guide.graph.condition import Condition, Defined, atoms
from b12guide.graph.model import Decision, Fact, Rule, RuleGraph, Silence
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.truth import Truth, all_of, any_of, at_least
from b12guide.values.term import Kind, Operator

Sample: TypeAlias = tuple[FactValue, bool]
"""A value, and whether bounds that are printed as ranges are read at their upper end (M11)."""

PASSES: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.MORE: operator.gt,
    Operator.AT_LEAST: operator.ge,
    Operator.EQUAL: operator.eq,
}


@frozen(kw_only=True)
class View:
    """What may be so: of each fact one sample in a completion, one or more in the record (M21).

    Attributes:
        definitions: Those that are known apart from their conditions.
        record: What is known, where this is a completion of it.
        claimed: What a stated definition asks of the record, as it may be on it (M14).
    """

    graph: RuleGraph
    possible: Mapping[str, frozenset[Sample]]
    definitions: Mapping[str, bool] = field(factory=dict)
    record: View | None = None
    claimed: Mapping[c.Condition, bool] = field(factory=dict)

    def values(self, fact: str) -> set[FactValue]:
        """The values that a fact may have; a known fact has one (M4)."""
        return {value for value, _ in self.possible.get(fact, ())}


# ---- truth


def truth(condition: c.Condition, view: View) -> Truth:
    """The truth of a condition in strong Kleene logic (M7, M9-M15, M72)."""
    match condition:
        case c.Has(fact=fact):
            return agreed(value is True for value in view.values(fact))
        case c.OneOf(fact=fact, values=values):
            return agreed(value in values for value in view.values(fact))
        case c.Compare(fact=fact, operator=how, low=low, high=high):
            found = view.possible[fact]
            return agreed(
                PASSES[how](value, high if up else low) for value, up in found
            )
        case c.HasValue(fact=fact):
            is_known = len(view.values(fact)) == 1 and view.values(fact) != {""}
            return Truth.TRUE if is_known else Truth.UNKNOWN
        case c.Defined(name=name) if name in view.definitions:
            return Truth.of(view.definitions[name])
        case c.Defined(name=name):
            return truth(view.graph.definitions[name].condition, view)
        case c.Established() | c.Recorded() if condition in view.claimed:
            return Truth.of(view.claimed[condition])
        case c.Established(
            operand=operand
        ):  # it speaks of the record, and so does the next
            return Truth.of(truth(operand, view.record or view) is Truth.TRUE)
        case c.Recorded(operand=operand):
            return Truth.of(truth(operand, view.record or view) is not Truth.UNKNOWN)
        case c.Resting(operand=operand):
            return truth(operand, view)
        case c.Not(operand=operand):
            return ~truth(operand, view)
        case c.AllOf(operands=operands):
            return all_of(truth(operand, view) for operand in operands)
        case c.AnyOf(operands=operands):
            return any_of(truth(operand, view) for operand in operands)
        case c.AtLeast(count=count, operands=operands):
            return at_least(count, (truth(operand, view) for operand in operands))


def agreed(answers: Iterable[bool]) -> Truth:
    """What all say; unknown where they differ (M4, M13)."""
    found = set(answers)
    return Truth.of(found.pop() if len(found) == 1 else None)


# ---- completions


def asked(graph: RuleGraph) -> list[c.Leaf]:
    """All that conditions ask of a fact."""
    said = [graph.scope, *(rule.condition for rule in graph.rules.values())]
    said += [definition.condition for definition in graph.definitions.values()]
    said += [silence.condition for silence in graph.silences if silence.condition]
    said += [end for one in graph.implications for end in (one.premise, one.conclusion)]
    return [x for one in said for x in c.atoms(one) if not isinstance(x, c.Defined)]


def samples(fact: Fact, graph: RuleGraph, stated: Stated) -> list[Sample]:
    """The values that a fact may have, as far as conditions tell them apart (M1, M2, M13, M21).

    Of a measure: the bounds, and two values in each stretch between them, so that a stretch is not
    taken for a value. Where a bound is a range, each value comes in both readings.
    """
    bounds = [
        x for x in asked(graph) if isinstance(x, c.Compare) and x.fact == fact.name
    ]
    values: set[Any] = {False, True}
    if stated.values.get(fact.name) is not None:
        values = {stated.values[fact.name]}
    elif fact.kind is Kind.CHOICE:
        values = {*fact.values} if "none" in fact.values else {*fact.values, ""}
    elif fact.kind is Kind.MEASURE:
        named = {end for x in bounds for end in (x.low, x.high)}
        named |= set() if fact.absent is None else {fact.absent}
        low, high = fact.plausible or (min(named | {0}) - 1, max(named | {0}) + 1)
        values = {value for value in named if low <= value <= high}
        for a, b in pairwise(sorted(values | {low, high})):
            values |= {(2 * a + b) / 3, (a + 2 * b) / 3}
    is_ranged = any(x.low != x.high for x in bounds)
    return list(product(values, (False, True) if is_ranged else (False,)))


def completions(graph: RuleGraph, stated: Stated) -> list[View]:
    """Every completion of what is stated that nothing rules out (M4-M7, M21)."""
    facts = graph.vocabulary.facts
    names = sorted({x.fact for x in asked(graph)} | (stated.values.keys() & facts))
    kept: list[c.Condition] = [
        c.AnyOf((c.Not(one.premise), one.conclusion)) for one in graph.implications
    ]
    for name, so in stated.values.items():
        if name in graph.definitions and so is not None:
            condition = graph.definitions[name].condition
            kept.append(condition if so else c.Not(condition))
    claims = claims_behind(kept, graph)
    kept += [c.AnyOf((c.Not(x), x.operand)) for x in claims if established(x)]
    worlds = []
    for chosen in product(*(samples(facts[name], graph, stated) for name in names)):
        possible = {n: frozenset([one]) for n, one in zip(names, chosen, strict=True)}
        for way in product((False, True), repeat=len(claims)):
            world = View(
                graph=graph,
                possible=possible,
                claimed=dict[c.Condition, bool](zip(claims, way, strict=True)),
            )
            if truth(c.AllOf(tuple(kept)), world) is Truth.TRUE:
                worlds.append(world)
    worlds = as_recorded(worlds)
    return (
        most_absent(worlds, stated) if stated.otherwise is Otherwise.ABSENT else worlds
    )


def established(claim: c.Established | c.Recorded) -> bool:
    """Whether it asks for what is so, and not only for what is known."""
    return isinstance(claim, c.Established)


def claims_behind(
    conditions: Iterable[c.Condition], graph: RuleGraph
) -> list[c.Established | c.Recorded]:
    """What conditions ask of the record, in their definitions as well."""
    found = dict[c.Established | c.Recorded, None]()
    for one in conditions:
        found |= dict.fromkeys(c.record_claims(one))
        behind = [x.name for x in c.atoms(one) if isinstance(x, Defined)]
        inner = [graph.definitions[name].condition for name in behind]
        found |= dict.fromkeys(claims_behind(inner, graph))
    return list(found)


def as_recorded(worlds: list[View]) -> list[View]:
    """Those in which all that is known is on record; what is not known may be, too (M14)."""
    while worlds:
        known = [x for x in worlds[0].claimed if is_agreed(x, worlds)]
        left = [one for one in worlds if all(one.claimed[x] for x in known)]
        if len(left) == len(worlds):
            break
        worlds = left
    return worlds


def is_agreed(claim: c.Condition, worlds: Sequence[View]) -> bool:
    """Whether what a claim is about is known; where it asks for what is so, known to be so."""
    match claim:
        case c.Recorded(operand=c.HasValue(fact=fact)):
            values = set[FactValue]().union(*(world.values(fact) for world in worlds))
            return len(values) == 1 and values != {""}
        case c.Recorded(operand=operand):
            return len({truth(operand, world) for world in worlds}) == 1
        case c.Established(operand=operand):
            return all(truth(operand, world) is Truth.TRUE for world in worlds)
        case _:
            return False


def most_absent(worlds: list[View], stated: Stated) -> list[View]:
    """Those in which all is absent that can be, of what nobody mentioned (M6).

    For each way in which the facts stated to be unknown may be, the completions with most absences
    count; what is absent in all of these is taken to be absent. To say that a definition is
    unknown is to say so of the facts behind it.
    """
    none = {Kind.FINDING: False, Kind.EVENT: False, Kind.CHOICE: "none"}
    mentioned = set(stated.values)
    for name in worlds[0].graph.definitions.keys() & mentioned if worlds else ():
        if stated.values[name] is None:
            mentioned |= facts_behind(c.Defined(name), worlds[0].graph)

    def absent(world: View) -> frozenset[str]:
        facts = [world.graph.vocabulary.facts[name] for name in world.possible]
        return frozenset(
            fact.name
            for fact in facts
            if fact.name not in mentioned
            and fact.name not in world.graph.derived
            and world.values(fact.name) == {none.get(fact.kind, fact.absent)}
        )

    groups: dict[Any, list[frozenset[str]]] = {}
    for world in worlds:
        on_purpose = tuple(s for n, s in world.possible.items() if n in mentioned)
        groups.setdefault(on_purpose, []).append(absent(world))
    most = [
        x for some in groups.values() for x in some if len(x) == max(map(len, some))
    ]
    return [one for one in worlds if absent(one) >= frozenset.intersection(*most)]


def facts_behind(condition: c.Condition, graph: RuleGraph) -> set[str]:
    """The facts that a condition asks, those behind its definitions included."""
    found = set()
    for x in c.atoms(condition):
        if isinstance(x, c.Defined):
            found |= facts_behind(graph.definitions[x.name].condition, graph)
        else:
            found.add(x.fact)
    return found


def record_of(worlds: Sequence[View], stated: Stated) -> View:
    """What is known: what is the same in every completion (M4).

    A definition is known in that way if it is stated, or if what is stated or implied is about it
    (M7); any other is known as its condition is.
    """
    graph = worlds[0].graph
    possible = {
        name: frozenset[Sample]().union(*(world.possible[name] for world in worlds))
        for name in worlds[0].possible
    }
    told = [c.Defined(n) for n in graph.definitions if stated.values.get(n) is not None]
    spoken = [
        *told,
        *(x for i in graph.implications for x in (i.premise, i.conclusion)),
    ]
    definitions: dict[str, bool] = {}
    for (
        condition
    ) in spoken:  # which grows by the conditions of the definitions spoken of
        for x in c.atoms(condition):
            if isinstance(x, c.Defined):
                spoken.append(graph.definitions[x.name].condition)
                truths = {truth(x, world) for world in worlds}
                if len(truths) == 1:
                    definitions[x.name] = Truth.TRUE in truths
    return View(graph=graph, possible=possible, definitions=definitions)


DECISIONS = tuple(decision for decision in Decision if decision is not Decision.NOTE)


class ReferenceOption(NamedTuple):
    """A line of a decision (M23)."""

    line: reference_composition.Line
    is_beside: bool
    is_certain: bool
    rules: reference_composition.Names


@frozen(kw_only=True)
class ReferenceDecided:
    """A decision over all completions; a conflict is given by its rules (M23, M24)."""

    outcome: str
    options: frozenset[ReferenceOption]
    conflicts: frozenset[reference_composition.Names]
    not_offered: frozenset[
        tuple[
            reference_composition.Line,
            reference_composition.Names,
            reference_composition.Names,
        ]
    ]


@frozen(kw_only=True)
class ReferenceAnswer:
    """What a guideline says about a patient; `cases` has what is said in each completion."""

    scope: str
    verdicts: Mapping[str, str]
    decisions: Mapping[Decision, ReferenceDecided]
    silences: frozenset[reference_composition.Names]
    cases: Sequence[tuple[View, Mapping[Decision, reference_composition.ReferenceSaid]]]


def answer(graph: RuleGraph, stated: Stated) -> ReferenceAnswer | None:
    """The answer about a patient (M16, M22); None for somebody who cannot be (M5)."""
    worlds = completions(graph, stated)
    if not worlds:
        return None
    record = record_of(worlds, stated)
    scope = truth(graph.scope, record)
    inside = [rule for rule in graph.rules.values() if not rule.outside_scope]
    said: dict[
        reference_composition.Names,
        Mapping[Decision, reference_composition.ReferenceSaid],
    ] = {}
    cases = []
    for world in [
        View(
            graph=graph,
            possible=world.possible,
            definitions=record.definitions,
            record=record,
        )
        for world in worlds
    ]:
        applying = [
            x
            for x in inside
            if scope is not Truth.FALSE and stands(x, world) == "applies"
        ]
        names = frozenset(rule.name for rule in applying)
        if names not in said:  # the same rules say the same
            said[names] = {
                one: reference_composition.compose(one, applying) for one in DECISIONS
            }
        cases.append((world, said[names]))
    decisions = {
        one: decided(one, [found[one] for found in said.values()]) for one in DECISIONS
    }
    return ReferenceAnswer(
        scope=scope.value,
        verdicts={name: verdict(rule, record) for name, rule in graph.rules.items()},
        decisions={
            one: with_drugs(found, decisions[Decision.FORM])
            for one, found in decisions.items()
        },
        silences=frozenset() if scope is Truth.FALSE else silences(record),
        cases=cases,
    )


# ---- verdicts


def stands(rule: Rule, view: View) -> str:
    """The verdict of a rule, scope aside (M17, M18)."""
    own = truth(rule.condition, view)
    exceptions = (view.graph.rules[name].condition for name in rule.exceptions)
    excepted = any_of(truth(condition, view) for condition in exceptions)
    if own is Truth.FALSE:
        return "does not apply"
    if own is Truth.UNKNOWN or excepted is Truth.UNKNOWN:
        return "unknown"
    return "overridden" if excepted is Truth.TRUE else "applies"


def verdict(rule: Rule, record: View) -> str:
    """The verdict of a rule; an open one is indeterminate if each reading settles it (M16-M19)."""
    is_outside = truth(record.graph.scope, record) is Truth.FALSE
    if rule.outside_scope is not is_outside:
        return "does not apply"
    found = stands(rule, record)
    readings = [stands(rule, read(record, upper)) for upper in (False, True)]
    return (
        "indeterminate" if found == "unknown" and "unknown" not in readings else found
    )


def read(record: View, upper: bool) -> View:
    """The record, with each bound that is printed as a range read at one of its ends (M19)."""
    possible = {
        name: frozenset(s for s in found if s[1] is upper or (s[0], upper) not in found)
        for name, found in record.possible.items()
    }
    return evolve(record, possible=possible)


# ---- decisions


def decided(
    decision: Decision, cases: Sequence[reference_composition.ReferenceSaid]
) -> ReferenceDecided:
    """A decision on which each completion has its say (M23, M24).

    A line is certain if each completion advises it, or something within which it lies.
    """
    outcomes = {(said.outcome, frozenset(said.default)) for said in cases}
    conflicts = {frozenset(said.sides) for said in cases} - {
        reference_composition.NOBODY
    }
    options = set[ReferenceOption]()
    for is_beside in (False, True):
        found = [said.beside if is_beside else said.default for said in cases]
        for line, rules in behind(pair for some in found for pair in some.items()):
            # That nothing is needed is an outcome, and not a line that others lie within.
            advised = [
                ({*said.default} - {reference_composition.NOT_NEEDED}).union(
                    said.beside if is_beside else ()
                )
                for said in cases
            ]
            is_certain = all(
                any(
                    reference_composition.followed([line, x], decision) == [line]
                    for x in some
                )
                for some in advised
            )
            if is_beside or line != reference_composition.NOT_NEEDED:
                options.add(ReferenceOption(line, is_beside, is_certain, rules))
    # A line may be taken away for the sake of one drug here and of another there (M46).
    lost = [(x, drugs, by) for said in cases for x, drugs, by in said.not_offered]
    gone = dict(behind((x, drugs) for x, drugs, _ in lost))
    return ReferenceDecided(
        outcome=outcomes.pop()[0] if len(outcomes) == 1 else "depends",
        options=frozenset(options),
        conflicts=frozenset(x for x in conflicts if not any(y < x for y in conflicts)),
        not_offered=frozenset(
            (line, gone[line], by) for line, by in behind((x, by) for x, _, by in lost)
        ),
    )


def behind(
    pairs: Iterable[tuple[Any, reference_composition.Names]],
) -> list[tuple[Any, reference_composition.Names]]:
    """Each thing with the rules that say it wherever it is said, or all where there are none."""
    found: dict[Any, list[reference_composition.Names]] = {}
    for thing, rules in pairs:
        found.setdefault(thing, []).append(rules)
    return [
        (x, frozenset.intersection(*by) or reference_composition.NOBODY.union(*by))
        for x, by in found.items()
    ]


def with_drugs(found: ReferenceDecided, form: ReferenceDecided) -> ReferenceDecided:
    """A decision whose doses all name their drugs: their own, else those of the form (M49).

    Those are the drugs of which the form is certain; where it is of none, all that it may come to.
    """
    named = [(option, dict(option.line).get((0, "form"))) for option in form.options]
    offered = [(option.is_certain, drugs) for option, drugs in named if drugs]
    is_certain = any(certain for certain, _ in offered)
    drugs = reference_composition.NOBODY.union(
        *(some for certain, some in offered if certain or not is_certain)
    )
    options = set[ReferenceOption]()
    for option in found.options:
        slots = dict(option.line)
        _, _, phases = slots.get((0, "phases"), ("phases", 0, 0))
        for i in range(1, phases + 1 if drugs else 0):
            slots.setdefault((i, "drugs"), drugs)
        options.add(option._replace(line=frozenset(slots.items())))
    return evolve(found, options=frozenset(options))


# ---- silences


def silences(record: View) -> frozenset[reference_composition.Names]:
    """The topics on which nothing is said, of those that this patient brings up (M54)."""
    return frozenset(topics(one, record) for one in record.graph.silences) - {
        reference_composition.NOBODY
    }


def topics(silence: Silence, record: View) -> reference_composition.Names:
    """All topics where the condition of the silence holds; without one, those the patient has."""
    if silence.condition is None:
        return frozenset(name for name in silence.topics if is_had(name, record))
    is_so = truth(silence.condition, record) is Truth.TRUE
    return frozenset(silence.topics if is_so else ())


def is_had(name: str, record: View) -> bool:
    """Whether a patient is known to have something of a topic; nobody has a drug or a test."""
    fact, values = record.graph.vocabulary.facts.get(name), record.values(name)
    if name in record.graph.definitions:
        return truth(c.Defined(name), record) is Truth.TRUE
    if fact is None or not values:
        return False
    if fact.kind is Kind.MEASURE:
        return len(values) == 1 and fact.absent not in values
    return not values & {False, "none", ""}


def questions(
    found: ReferenceAnswer, decision: Decision
) -> frozenset[reference_composition.Names]:
    """The smallest sets of names whose answers settle all that a decision says (M25)."""
    worlds = [world for world, _ in found.cases]
    names = {
        n
        for n in worlds[0].possible
        if len({*map(frozenset, (w.values(n) for w in worlds))}) > 1
    }
    names |= units(worlds[0].graph)
    for count in range(len(names) + 1):
        some = combinations(sorted(names), count)
        if sets := [frozenset(x) for x in some if settles(found, decision, x)]:
            return frozenset(sets)
    return frozenset()


def settles(found: ReferenceAnswer, decision: Decision, names: Iterable[str]) -> bool:
    """Whether those who answer alike are advised alike, with the source's ranges read alike."""
    names, told = tuple(names), dict[str, object]()
    for world, said in found.cases:
        defined = world.graph.definitions
        answers = [
            truth(Defined(n), world) if n in defined else world.values(n) for n in names
        ]
        readings = [upper for some in world.possible.values() for _, upper in some]
        here = said[decision].everything
        if told.setdefault(repr((answers, readings)), here) != here:
            return False
    return True


def units(graph: RuleGraph) -> set[str]:
    """The definitions that are asked for as one: their facts matter through them alone (M20)."""

    def read(condition: Condition, through: str = "") -> Iterator[tuple[str, str]]:
        for x in atoms(condition):
            if isinstance(x, Defined):
                one = graph.definitions[x.name]
                own = "" if one.concluded else x.name  # nobody is asked for it (M90)
                yield from read(one.condition, through or own)
            else:
                yield x.fact, through

    asking = [
        rule for rule in graph.rules.values() if rule.decision is not Decision.NOTE
    ]
    conditions = [graph.scope, *(rule.condition for rule in asking)]
    conditions += [
        graph.rules[name].condition for rule in asking for name in rule.exceptions
    ]
    readers = {pair for condition in conditions for pair in read(condition)}
    facts = {
        name: {fact for fact, _ in read(Defined(name))}
        for name, one in graph.definitions.items()
        if not one.concluded
    }
    return {
        name
        for name, behind in facts.items()
        if len(behind) > 1 and all(by == name for fact, by in readers if fact in behind)
    }
