"""What the rules that apply say together about one decision, everything being known.

This is the one place that decides what goes together, what clashes and what is the same: answers,
checks, proofs and comparisons all ask it. It works on values, never on words (M26-M49).

The rules on a decision speak of *matters*: of loading as a whole, of one adjunct drug, of the
needle, of one measure. Rules on one matter must agree, so what they say is met ("every 2 to 3
months" and "every 2 months" give "every 2 months"); where nothing is left, they are in conflict.
Different matters stand side by side. Two decisions have ways of their own: the form
(`b12guide.evaluate.composition_parts`) and monitoring (`b12guide.evaluate.composition_parts`).

Rules that merely offer something are composed apart from those that bind (M26). They stand beside
the default even when they say the same, so that a default never owes its strength, or its
existence, to an offer.

Order: rules come in the order of `reading_order`, which their names decide only between rules
that say the very same in the very same words. Advice follows the order of the rules behind it, and
within a rule the order in which its author named it. So neither the order of a file nor a renaming
changes an answer.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial, reduce
from itertools import chain
from typing import TypeAlias, assert_never

from attrs import evolve

from b12guide.evaluate import composition_parts
from b12guide.evaluate.answer import Side
from b12guide.graph import model as m
from b12guide.graph.model import Advice
from b12guide.graph.query import words_in
from b12guide.regimen.model import Regimen
from b12guide.values.duration import DurationRange
from b12guide.values.term import Operator

DOSING = (
    m.Decision.LOADING,
    m.Decision.MAINTENANCE,
    m.Decision.ADJUNCT,
    m.Decision.CHANGE,
)
"""The decisions that give doses, which a contraindication may take away (M46)."""


def never_apart(decision: m.Decision, rules: Iterable[m.Rule]) -> bool:
    """Whether nothing that rules say on a decision takes anything from the rest.

    Prohibitions, treatments that go on and referrals add up (M39, M42, M82), and so do visits
    (M43); unless some rule ends a treatment (M81) or advises against a test (M79).
    """
    if decision is m.Decision.MONITORING:
        return not any(isinstance(rule.value, m.NotChecked) for rule in rules)
    if decision is m.Decision.CONTINUATION:
        return not any(isinstance(rule.value, m.Stop) for rule in rules)
    return decision in {m.Decision.PERMISSION, m.Decision.REFERRAL}


def compose(
    decision: m.Decision, rules: Sequence[m.Rule]
) -> composition_parts.Composition:
    """What `rules`, all of which apply, say about `decision`.

    Args:
        decision: What they are asked about.
        rules: In reading order; those on another decision count as far as they bear on it.
    """
    if decision is m.Decision.FORM:
        return composition_parts.form_of(rules)
    if decision is m.Decision.NOTE:
        return composition_parts.Composition(
            kind=composition_parts.CompositionKind.SILENT
        )
    barred: tuple[composition_parts.Barred, ...] = ()
    beside: dict[m.Advice, list[m.Rule]] = {}
    if decision is m.Decision.MONITORING:  # every visit (M43, M44, M79)
        said = composition_parts.monitored([r for r in rules if not r.optional])
        for rule in rules:
            if rule.optional:  # each by itself: a line has one strength (M56)
                for visit, by in composition_parts.visits([rule]):
                    beside.setdefault(visit, []).extend(by)
    else:
        offers = [o for r in rules if r.decision is decision for o in pieces(r)]
        if decision in DOSING:
            offers, barred = allowed(offers, rules)
        said = agreed([o for o in offers if not o[0].optional], decision)
        for rule, plans in offers:
            for advice in chain.from_iterable(plans) if rule.optional else ():
                beside.setdefault(advice, []).append(rule)
    return evolve(
        said,
        alternatives=tuple(
            composition_parts.Advised(one, tuple(by)) for one, by in beside.items()
        ),
        barred=barred,
    )


def heard(decision: m.Decision, rules: Iterable[m.Rule]) -> tuple[m.Rule, ...]:
    """Those of `rules` that bear on `decision`: its own, and what may take doses away (M46).

    A regimen that names no drug is of the drugs that the form names, so where one of these may be
    contraindicated, the rules on the form bear on it as well.
    """
    rules = tuple(rules)
    own = tuple(rule for rule in rules if rule.decision is decision)
    barring = [rule for rule in rules if composition_parts.is_contraindication(rule)]
    if decision not in DOSING or not barring:
        return own
    values = [rule.value for rule in own]
    plans = [one for one in values if isinstance(one, m.Regimens | m.Change)]
    phases = [p for plan in plans for regimen in plan.regimens for p in regimen.phases]
    drugs = {drug for value in values for drug in words_in(value).drugs}
    choices: list[m.Rule] = []
    if any(not phase.drugs for phase in phases):
        choices = [rule for rule in rules if composition_parts.named(rule)]
        drugs.update(drug for rule in choices for drug in composition_parts.named(rule))
    barring = [
        rule
        for rule in barring
        if drugs.intersection(composition_parts.excluded_by(rule))
    ]
    return (*own, *barring, *choices) if barring else own


def clash(one: m.Rule, two: m.Rule) -> bool:
    """Whether nobody can follow both, as far as what they say goes."""
    return (
        one.decision is two.decision
        and compose(one.decision, (one, two)).kind
        is composition_parts.CompositionKind.CONFLICT
    )


# -------------------------------------------------------------- what two pieces of advice share


def intersection(one: Advice, two: Advice) -> Advice | None:
    """What is followed by all who follow both; None where nothing follows both."""
    match one, two:
        case Regimen(), Regimen():
            return one.intersection(two)
        case m.Routes(routes=mine), m.Routes(routes=theirs):
            both = {*mine} & {*theirs}
            return _in_one_order(m.Routes(routes=tuple(both))) if both else None
        case m.Instruction(gauge=(low, high)), m.Instruction(gauge=(least, most)):
            gauge = (max(low, least), min(high, most))
            return None if gauge[0] > gauge[1] else m.Instruction(gauge=gauge)
        case (
            m.Instruction(pressure=DurationRange() as mine),
            m.Instruction(pressure=DurationRange() as theirs),
        ):
            pressure = mine.intersection(theirs)
            return None if pressure is None else m.Instruction(pressure=pressure)
        case m.Target(), m.Target():
            return _tightest(one, two)
        case m.Change(), m.Change() if one.of is two.of:
            return _both_changes(one, two)
        case _:
            return one if one == two else None


def _both_changes(one: m.Change, two: m.Change) -> m.Change | None:
    """The change that follows both; None where there is none (M92)."""
    match one.to, two.to:
        case m.Regimens(regimens=(mine,)), m.Regimens(regimens=(theirs,)):
            met = mine.intersection(theirs)
            return None if met is None else one.with_regimen(met)
        case m.Routes() as mine, m.Routes() as theirs:
            routes = intersection(mine, theirs)
            return evolve(one, to=routes) if isinstance(routes, m.Routes) else None
        case m.FormChoice(drugs=mine), m.FormChoice(drugs=theirs):
            drugs = tuple(sorted({*mine} & {*theirs}))
            return evolve(one, to=m.FormChoice(drugs=drugs)) if drugs else None
        case _:
            return one if one == two else None


def _in_one_order(routes: m.Routes) -> m.Routes:
    """Which routes there are to choose from, not which one was written first."""
    return m.Routes(routes=tuple(sorted(routes.routes)))


@lru_cache(maxsize=1 << 12)
def is_within(advice: Advice, other: Advice) -> bool:
    """Whether all who follow `advice` also follow `other`."""
    match advice, other:
        case Regimen(), Regimen():
            return advice == other or advice in other
        case m.Change(regimens=(one,)), m.Change(regimens=(two,)):
            return advice.of is other.of and is_within(one, two)
        case _:
            pass
    return advice == other or intersection(advice, other) == advice


_UPPER = {Operator.LESS, Operator.AT_MOST}
_LOWER = {Operator.MORE, Operator.AT_LEAST}
_STRICT = {Operator.LESS, Operator.MORE}


def _tightest(one: m.Target, two: m.Target) -> m.Target | None:
    """The tighter of two bounds in one direction; a bound of one value implies each it meets."""
    if one.measure != two.measure or not _is_reachable((one, two)):
        return None
    operators = {one.operator, two.operator}
    if Operator.EQUAL in operators:
        return one if one.operator is Operator.EQUAL else two
    if operators <= _UPPER:
        return min((one, two), key=lambda t: (t.high, t.operator not in _STRICT, t.low))
    if operators <= _LOWER:
        return max((one, two), key=lambda t: (t.low, t.operator in _STRICT, t.high))
    return None


def _is_reachable(targets: Iterable[m.Target]) -> bool:
    """Whether some value keeps all bounds; one printed as a range is read generously."""
    lows, highs = [], []
    for target in targets:
        strict = target.operator in _STRICT
        if target.operator not in _UPPER:
            lows.append((target.low, strict))
        if target.operator not in _LOWER:
            highs.append((target.high, strict))
    return not any(
        low > high or (low == high and (is_above or is_below))
        for low, is_above in lows
        for high, is_below in highs
    )


# ------------------------------------------------------------------------------ matters

Plan: TypeAlias = tuple[m.Advice, ...]
"""Advice that is followed together."""

Offer: TypeAlias = tuple[m.Rule, tuple[Plan, ...]]
"""A rule with the plans of which following one is following it, as far as one matter goes."""


def agreed(
    binding: Sequence[Offer], decision: m.Decision
) -> composition_parts.Composition:
    """What follows every one of `binding`, matter by matter."""
    parts = []
    for offers in matters(binding, decision):
        plans = reduce(partial(followed, decision), (plans for _, plans in offers))
        sides = () if plans else _sides(offers, decision)
        conflict = composition_parts.Composition(
            kind=composition_parts.CompositionKind.CONFLICT, sides=sides
        )
        parts.append(agreed_on(plans, offers) if plans else conflict)
    kinds = {part.kind for part in parts} or {composition_parts.CompositionKind.SILENT}
    return composition_parts.Composition(
        kind=next(kind for kind in composition_parts.CompositionKind if kind in kinds),
        default=tuple(entry for part in parts for entry in part.default),
        sides=tuple(side for part in parts for side in part.sides),
        idle=tuple(rule for part in parts for rule in part.idle),
    )


def pieces(rule: m.Rule) -> Iterator[Offer]:
    """What there is to follow in a rule, piece by piece."""
    match rule.value:
        case m.Regimens(regimens=regimens):
            yield rule, tuple((regimen,) for regimen in regimens)
        case m.Technique(instructions=instructions):
            yield from ((rule, ((one,),)) for one in instructions)
        case m.Prohibition(drugs=drugs) as value:
            yield from ((rule, ((evolve(value, drugs=(drug,)),),)) for drug in drugs)
        case m.Routes() as value:
            yield rule, ((_in_one_order(value),),)
        case (
            m.NotNeeded() | m.Target() | m.Continuation() | m.Stop() | m.Concluded()
        ) as value:
            yield rule, ((value,),)
        case m.Referral(services=services):
            yield from ((rule, ((m.Referral(services=(s,)),),)) for s in services)
        case m.Change() as value:
            yield rule, tuple((one,) for one in _changes(value))
        case (
            m.FormChoice()
            | m.Exclusion()
            | m.Monitoring()
            | m.NotChecked()
            | m.Remark()
        ):
            return
        case _:
            assert_never(rule.value)


def _changes(value: m.Change) -> Iterator[m.Change]:
    """The ways of following a change: one regimen each, drugs and routes in one order."""
    match value.to:
        case m.Regimens(regimens=regimens):
            yield from map(value.with_regimen, regimens)
        case m.Routes() as routes:
            yield evolve(value, to=_in_one_order(routes))
        case m.FormChoice(drugs=drugs):
            yield evolve(value, to=m.FormChoice(drugs=tuple(sorted(drugs))))


def _matter(advice: Advice, decision: m.Decision) -> frozenset[Hashable]:
    """What a piece of advice is about: rules that share some of it have to agree."""
    match advice:
        case Regimen() if decision is m.Decision.ADJUNCT:
            return frozenset(drug for p in advice.phases for drug in p.drugs or ("",))
        case m.Target(measure=measure):
            return frozenset((measure,))
        case m.Concluded(conclusion=conclusion):
            return frozenset((conclusion,))
        case m.Instruction(gauge=(_, _)):
            return frozenset(("gauge",))
        case m.Instruction(pressure=DurationRange()):
            return frozenset(("pressure",))
        case m.Stop(treatment=name):  # whatever is said of going on with it (M81)
            lasting = m.Continuation(treatment=name, for_life=True)
            return frozenset((advice, m.Continuation(treatment=name), lasting))
        case m.Change(of=of):
            return frozenset((of,))
        case m.Instruction() | m.Prohibition() | m.Continuation() | m.Referral():
            return frozenset((advice,))
        case _:
            return frozenset((decision,))


def matters(offers: Sequence[Offer], decision: m.Decision) -> list[list[Offer]]:
    """The offers, those together that have to agree, in the order of the first of them."""
    found: list[tuple[frozenset[Hashable], list[int]]] = []
    for place, (_, plans) in enumerate(offers):
        about = frozenset().union(
            *(_matter(advice, decision) for plan in plans for advice in plan)
        )
        places = [place]
        apart = []
        for other, mine in found:
            if other & about:
                about |= other
                places += mine
            else:
                apart.append((other, mine))
        found = [*apart, (about, places)]
    return [
        [offers[place] for place in sorted(places)]
        for _, places in sorted(found, key=lambda one: min(one[1]))
    ]


def agreed_on(
    plans: tuple[Plan, ...], offers: Iterable[Offer]
) -> composition_parts.Composition:
    """The lines of `plans`, which follow every one of `offers`, with the rules behind each.

    Only a rule within whose words a line lies stands behind it (M56).
    """
    if plans == ((m.NotNeeded(),),):
        idle = tuple(rule for rule, _ in offers)
        return composition_parts.Composition(
            kind=composition_parts.CompositionKind.NOT_NEEDED, idle=idle
        )
    return composition_parts.Composition(
        kind=composition_parts.CompositionKind.ADVICE,
        default=tuple(
            composition_parts.Advised(
                advice,
                tuple(
                    rule
                    for rule, said in offers
                    if any(is_within(advice, one) for plan in said for one in plan)
                ),
            )
            for advice in dict.fromkeys(chain.from_iterable(plans))
        ),
    )


def followed(
    decision: m.Decision, left: tuple[Plan, ...], right: tuple[Plan, ...]
) -> tuple[Plan, ...]:
    """The plans that follow one of `left` and one of `right`; none where they are in conflict."""
    both = (_both(one, two, decision) for one in left for two in right)
    return tuple(dict.fromkeys(plan for plan in both if plan is not None))


def _both(one: Plan, two: Plan, decision: m.Decision) -> Plan | None:
    """The plan that follows both; None where there is none."""
    if decision is m.Decision.TARGETS:
        return _bounds((*one, *two))
    found = list(one)
    for advice in two:
        about = _matter(advice, decision)
        mine = [other for other in found if about & _matter(other, decision)]
        met: m.Advice | None = advice
        for other in mine:
            met = None if met is None else intersection(other, met)
        if met is None:
            return None
        place = found.index(mine[0]) if mine else len(found)
        found = [other for other in found if other not in mine]
        found.insert(place, met)
    return tuple(found)


def _bounds(advice: Plan) -> Plan | None:
    """The tightest bounds on one measure; None where no value keeps them all."""
    targets = [one for one in advice if isinstance(one, m.Target)]
    if not _is_reachable(targets):
        return None
    exact = tuple(one for one in targets if one.operator is Operator.EQUAL)[:1]
    found: dict[bool, m.Target] = {}
    for one in targets:
        is_upper = one.operator in _UPPER
        before = found.get(is_upper, one)
        found[is_upper] = _tightest(before, one) or before
    return exact or tuple(found.values())


def _sides(offers: Sequence[Offer], decision: m.Decision) -> tuple[Side, ...]:
    """The advice of the rules that clash with another, rules of one mind together."""

    def are_apart(mine: tuple[Plan, ...], theirs: tuple[Plan, ...]) -> bool:
        return all(_both(a, b, decision) is None for a in mine for b in theirs)

    clashing = [
        (rule, mine)
        for rule, mine in offers
        if any(are_apart(mine, theirs) for _, theirs in offers)
    ] or list(offers)
    by_plans: dict[tuple[Plan, ...], list[str]] = {}
    for rule, plans in clashing:
        by_plans.setdefault(plans, []).append(rule.name)
    return tuple(
        Side(rules=tuple(names), advice=advice)
        for plans, names in by_plans.items()
        for plan in plans
        for advice in plan
    )


# ------------------------------------------------------- doses that must not be given (M46)


def allowed(
    offers: Sequence[Offer], rules: Iterable[m.Rule]
) -> tuple[list[Offer], tuple[composition_parts.Barred, ...]]:
    """The offers without contraindicated drugs, and the regimens that have no drug left.

    A regimen that names no drug is of the drugs that the form names: where all of these are
    contraindicated, it has none left either. Doses and drugs to which something is changed are
    like any others (M92).
    """
    rules = tuple(rules)
    out = composition_parts.contraindicated(rules)
    if not out:
        return list(offers), ()
    form = tuple(
        dict.fromkeys(drug for rule in rules for drug in composition_parts.named(rule))
    )
    left: list[Offer] = []
    barred: dict[m.Advice, list[m.Rule]] = {}
    for rule, plans in offers:
        kept: dict[Plan, None] = {}
        for plan in plans:
            for advice in plan:
                spared = _without(advice, out, form)
                if spared is not None:
                    kept[(spared,)] = None
                else:
                    barred.setdefault(with_drugs(advice, form), []).append(rule)
        if kept:
            left.append((rule, tuple(kept)))
    return left, tuple(
        composition_parts.barred_by(advice, composition_parts.drugs_of(advice), out, by)
        for advice, by in barred.items()
    )


def _without(
    advice: Advice, out: Mapping[str, Sequence[m.Rule]], form: tuple[str, ...]
) -> Advice | None:
    """The advice without the drugs in `out`; None where none is left to it."""
    match advice:
        case Regimen():
            return _spared(advice, out, form)
        case m.Change(to=m.Regimens(regimens=(regimen,))):
            spared = _spared(regimen, out, form)
            return None if spared is None else advice.with_regimen(spared)
        case m.Change(to=m.FormChoice(drugs=drugs)):
            left = tuple(drug for drug in drugs if drug not in out)
            return evolve(advice, to=m.FormChoice(drugs=left)) if left else None
        case _:
            return advice


def _spared(
    regimen: Regimen, out: Mapping[str, Sequence[m.Rule]], form: tuple[str, ...]
) -> Regimen | None:
    """The regimen without the drugs in `out`; None where a phase has no drug left."""
    phases = []
    for phase in regimen.phases:
        drugs = phase.drugs or form
        left = tuple(drug for drug in drugs if drug not in out)
        if drugs and not left:
            return None
        phases.append(evolve(phase, drugs=left) if phase.drugs else phase)
    return Regimen(tuple(phases))


def with_drugs(advice: Advice, drugs: tuple[str, ...]) -> Advice:
    """The advice with `drugs` where doses leave the drug to the form."""
    match advice:
        case Regimen():
            return filled(advice, drugs)
        case m.Change(to=m.Regimens(regimens=(regimen,))):
            whole = filled(regimen, drugs)
            return advice if whole is regimen else advice.with_regimen(whole)
        case _:
            return advice


def filled(regimen: Regimen, drugs: tuple[str, ...]) -> Regimen:
    """The regimen with `drugs` where it leaves the drug to the form."""
    if not drugs or all(phase.drugs for phase in regimen.phases):
        return regimen
    return Regimen(
        tuple(p if p.drugs else evolve(p, drugs=drugs) for p in regimen.phases)
    )
