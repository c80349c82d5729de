"""What two guidelines tell one patient that nobody can follow both of: a clash between them.

To advise something else is no clash: weekly and every 7 to 14 days are both followed by weekly
doses. What clashes is decided on values, by the functions that compose the answers of a single
guideline. Two things differ between guidelines, because neither is an exception to the other:

- Within a guideline a contraindication takes doses away (M46) and a prohibition puts them off
  (M47). Of two guidelines, one of which forbids, or withholds, all that the other advises, neither
  has spoken last, and they clash.
- What a guideline contradicts itself about is no clash with another.

What is merely offered never clashes (M26), and silence clashes with nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial, reduce

from attrs import evolve, frozen

from b12guide.evaluate import composition_parts as parts
from b12guide.evaluate.answer import Side
from b12guide.evaluate.composition import (
    DOSING,
    Offer,
    Plan,
    allowed,
    followed,
    matters,
    never_apart,
    pieces,
    with_drugs,
)
from b12guide.evaluate.composition_parts import CompositionKind
from b12guide.frozen import Record
from b12guide.graph import model as m
from b12guide.graph.query import regimens_in, words_in

Rules = Sequence[m.Rule]


@frozen(kw_only=True, repr=False)
class Clash(Record):
    """What one guideline advises and what another says against it."""

    first: tuple[Side, ...]
    second: tuple[Side, ...]


def bearing(decision: m.Decision, mine: Rules, theirs: Rules) -> tuple[m.Rule, ...]:
    """Those of `mine` on which it depends whether both guidelines clash about `decision`.

    Its own rules; where there are doses, also what forbids or withholds one of their drugs, and
    what names the drug of a dose that leaves it to the form.
    """
    # What is merely offered never clashes, unless it speaks against a drug (M26).
    own = [
        rule
        for rule in mine
        if rule.decision is decision
        and not (rule.optional and not parts.excluded_by(rule))
    ]
    if never_apart(decision, (*mine, *theirs)):
        return ()
    if decision not in DOSING:
        return tuple(own)
    doses = [rule for rule in (*mine, *theirs) if rule.decision is decision]
    drugs = {drug for rule in doses for drug in words_in(rule.value).drugs}
    choices: list[m.Rule] = []
    if any(_leaves_drug_open(rule.value) for rule in doses):
        for rule in (*mine, *theirs):
            drugs.update(parts.named(rule))
        choices = [rule for rule in mine if parts.named(rule)]
    against = [
        rule
        for rule in mine
        if drugs.intersection(_forbidden_by(rule))
        or drugs.intersection(_withheld_by(rule))
    ]
    is_open = against or any(_forbidden_by(r) or _withheld_by(r) for r in theirs)
    return (*own, *against, *(choices if is_open else ()))


def clashes_between(
    decision: m.Decision, first: Rules, second: Rules
) -> tuple[Clash, ...]:
    """The clashes about `decision`, where these rules of both guidelines apply.

    Args:
        decision: What both are asked about.
        first: Those of one guideline, as far as `bearing` goes.
        second: Those of the other, with other names.
    """
    if decision is m.Decision.FORM:
        return _of_form(first, second)
    if never_apart(decision, (*first, *second)) or decision is m.Decision.NOTE:
        return ()
    if decision is m.Decision.MONITORING:
        return _of_tests(first, second)
    mine, theirs = (_binding(decision, rules) for rules in (first, second))
    found: list[Clash] = []
    if decision in DOSING:
        mine, refused = _spared(mine, first, second)
        found += (Clash(first=(a,), second=(b,)) for a, b in refused)
        theirs, refused = _spared(theirs, second, first)
        found += (Clash(first=(b,), second=(a,)) for a, b in refused)
    ours = {id(offer) for offer in mine}
    for offers in matters([*mine, *theirs], decision):
        here = [offer for offer in offers if id(offer) in ours]
        there = [offer for offer in offers if id(offer) not in ours]
        if here and there and _is_apart(decision, here, there):
            found.append(Clash(first=_sides(here), second=_sides(there)))
    return tuple(found)


def _binding(decision: m.Decision, rules: Rules) -> list[Offer]:
    """What one guideline asks to be done, its own contraindications heard."""
    own = [rule for rule in rules if rule.decision is decision and not rule.optional]
    offers = [offer for rule in own for offer in pieces(rule)]
    return allowed(offers, rules)[0] if decision in DOSING else offers


def _is_apart(
    decision: m.Decision, here: Sequence[Offer], there: Sequence[Offer]
) -> bool:
    """Whether each guideline can be followed about a matter, and not both."""
    mine, theirs = (
        reduce(partial(followed, decision), (plans for _, plans in offers))
        for offers in (here, there)
    )
    return bool(mine and theirs) and not followed(decision, mine, theirs)


def _sides(offers: Iterable[Offer]) -> tuple[Side, ...]:
    return tuple(
        Side(rules=(rule.name,), advice=advice)
        for rule, plans in offers
        for plan in plans
        for advice in plan
    )


# -------------------------------------------------------------- doses against prohibitions


def _leaves_drug_open(value: m.Value) -> bool:
    phases = (phase for regimen in regimens_in(value) for phase in regimen.phases)
    return any(not phase.drugs for phase in phases)


def _forbidden_by(rule: m.Rule) -> tuple[str, ...]:
    return parts.excluded_by(rule) if parts.is_contraindication(rule) else ()


def _withheld_by(rule: m.Rule) -> tuple[str, ...]:
    return rule.value.drugs if isinstance(rule.value, m.Prohibition) else ()


def _spared(
    offers: Iterable[Offer], mine: Rules, theirs: Rules
) -> tuple[list[Offer], list[tuple[Side, Side]]]:
    """What is left of the doses of one guideline, and what the other refuses altogether."""
    form = tuple(dict.fromkeys(drug for rule in mine for drug in parts.named(rule)))
    forbidding = [rule for rule in theirs if _forbidden_by(rule)]
    out = {drug for rule in forbidding for drug in _forbidden_by(rule)}
    held = {drug for rule in theirs for drug in _withheld_by(rule)}
    held -= {drug for rule in mine for drug in _withheld_by(rule)}
    named = [rule for rule in mine if parts.named(rule)]
    left: list[Offer] = []
    refused: list[tuple[Side, Side]] = []
    for offer in offers:
        rule, plans = offer
        spared, _ = allowed([offer], (*named, *forbidding))
        if not spared:
            given = _given(plans, form)
            drugs = {drug for one in given for drug in parts.drugs_of(one)} & out
            advice = m.Exclusion(drugs=tuple(sorted(drugs)), outright=True)
            by = [r.name for r in forbidding if drugs.intersection(_forbidden_by(r))]
            refused += _refusals(rule, plans, Side(rules=tuple(by), advice=advice))
            continue
        left_to_give = _given(spared[0][1], form)
        if left_to_give and all(_is_withheld(one, held) for one in left_to_give):
            drugs = {drug for one in left_to_give for drug in parts.drugs_of(one)}
            drugs &= held
            for other in theirs:
                if isinstance(other.value, m.Prohibition) and drugs.intersection(
                    other.value.drugs
                ):
                    only = tuple(d for d in other.value.drugs if d in drugs)
                    against = evolve(other.value, drugs=only)
                    side = Side(rules=(other.name,), advice=against)
                    refused += _refusals(rule, plans, side)
            continue
        left += spared
    return left, refused


def _given(plans: Iterable[Plan], form: tuple[str, ...]) -> list[m.Advice]:
    """The doses among the advice, and the drugs to which the form is changed."""
    advice = (with_drugs(one, form) for plan in plans for one in plan)
    return [one for one in advice if parts.drugs_of(one) or regimens_in(one)]


def _is_withheld(advice: m.Advice, held: set[str]) -> bool:
    """Whether a dose that waits for nothing has no drug that is not withheld."""
    if not regimens_in(advice):
        return held.issuperset(parts.drugs_of(advice))
    return any(
        phase.drugs and held.issuperset(phase.drugs)
        for regimen in regimens_in(advice)
        for phase in regimen.phases
        if not phase.after
    )


def _refusals(
    rule: m.Rule, plans: Iterable[Plan], against: Side
) -> list[tuple[Side, Side]]:
    return [(side, against) for side in _sides([(rule, tuple(plans))])]


# ----------------------------------------------------------------------------- the form


def _of_form(first: Rules, second: Rules) -> tuple[Clash, ...]:
    """Which drugs: no drug is left that both name, or one excludes all that the other names."""
    mine, theirs = (parts.form_of(rules) for rules in (first, second))
    if CompositionKind.CONFLICT in {mine.kind, theirs.kind}:
        return ()
    both = parts.form_of((*first, *second))
    named, others = (_drugs(one.default) for one in (mine, theirs))
    out, against = (
        {drug for rule in rules for drug in parts.excluded_by(rule)}
        for rules in (first, second)
    )
    if not (
        both.kind is CompositionKind.CONFLICT
        or (named and named <= against)
        or (others and others <= out)
    ):
        return ()
    return (
        Clash(
            first=_form_sides(mine, first, others),
            second=_form_sides(theirs, second, named),
        ),
    )


def _drugs(entries: Iterable[parts.Advised]) -> set[str]:
    return {drug for entry in entries for drug in parts.drugs_of(entry.advice)}


def _form_sides(
    composed: parts.Composition, rules: Rules, named: set[str]
) -> tuple[Side, ...]:
    """What one side names, and what it says against the drugs `named` by the other."""
    sides = [
        Side(rules=tuple(rule.name for rule in entry.rules), advice=entry.advice)
        for entry in composed.default
    ]
    for rule in rules:
        drugs = tuple(drug for drug in parts.excluded_by(rule) if drug in named)
        if drugs:
            outright = parts.is_contraindication(rule)
            advice = m.Exclusion(drugs=drugs, outright=outright)
            sides.append(Side(rules=(rule.name,), advice=advice))
    return tuple(sides)


# ------------------------------------------------------------------------------- tests


def _of_tests(first: Rules, second: Rules) -> tuple[Clash, ...]:
    """Tests that one guideline asks for and the other advises against (M79)."""
    (wanted, against), (others, out) = (_tests(rules) for rules in (first, second))
    found = [
        Clash(
            first=_asking(first, test),
            second=(Side(rules=out[test], advice=m.NotChecked(tests=(test,))),),
        )
        for test in sorted(wanted & out.keys())
    ]
    found += [
        Clash(
            first=(Side(rules=against[test], advice=m.NotChecked(tests=(test,))),),
            second=_asking(second, test),
        )
        for test in sorted(others & against.keys())
    ]
    return tuple(found)


def _tests(rules: Rules) -> tuple[set[str], dict[str, tuple[str, ...]]]:
    """The tests that are asked for, and those advised against by which rules.

    Those that a guideline is of two minds about are left out.
    """
    wanted: set[str] = set()
    against: dict[str, tuple[str, ...]] = {}
    for rule in rules:
        match rule.value:
            case m.Monitoring() if not rule.optional:
                wanted |= parts.asked_by(rule.value)
            case m.NotChecked(tests=tests) if not rule.optional:
                for test in tests:
                    against[test] = (*against.get(test, ()), rule.name)
            case _:
                pass
    kept = {test: by for test, by in against.items() if test not in wanted}
    return wanted - against.keys(), kept


def _asking(rules: Rules, test: str) -> tuple[Side, ...]:
    return tuple(
        Side(rules=(rule.name,), advice=rule.value)
        for rule in rules
        if isinstance(rule.value, m.Monitoring)
        and not rule.optional
        and test in parts.asked_by(rule.value)
    )
