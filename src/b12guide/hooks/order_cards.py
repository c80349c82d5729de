"""The cards of `order-select` and `order-sign`: what is the matter with a draft order.

An order that the guideline has nothing against gets no card, and neither does one that it is not
about. A drug that is withheld or contraindicated is not held against a regimen as well: it is not
to be given at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import evolve, field, frozen

from b12guide.audit.event import Given
from b12guide.evaluate.answer import Option
from b12guide.frozen import Record
from b12guide.graph import model as m
from b12guide.graph.query import brief_text, regimens_in
from b12guide.hooks.card import Action, Card, Indicator, Suggestion, uuid_of
from b12guide.hooks.dose_check import (
    DoseFinding,
    Offered,
    departures,
    dose_finding,
    early,
    offered,
)
from b12guide.hooks.drafts import Draft
from b12guide.hooks.drug_check import DrugFinding, Matter, drug_card, drug_finding
from b12guide.hooks.proposed import proposed
from b12guide.hooks.setting import TO_ORDER, Setting, own_silences
from b12guide.say.advice import advice_text
from b12guide.say.names import drug_text, test_text
from b12guide.say.words import capitalised, listing
from b12guide.show.decision_lines import decision_item
from b12guide.show.page import Item, Tone
from b12guide.truth import Truth

__all__ = ["Orders", "order_cards"]


@frozen(kw_only=True, repr=False)
class Orders(Record):
    """The orders that are looked at, with what there is beside them.

    Attributes:
        drafts: The orders.
        others: Further draft orders of the same session.
        given: The doses on record, in the order of time.
    """

    drafts: tuple[Draft, ...]
    others: tuple[Draft, ...] = ()
    given: tuple[Given, ...] = field(default=(), repr=False)


def order_cards(setting: Setting, orders: Orders) -> tuple[Card, ...]:
    """The cards on some orders, the most urgent first.

    Args:
        setting: The answer.
        orders: The orders.
    """
    if setting.answer.scope is Truth.FALSE:
        return ()
    found = [card for draft in orders.drafts for card in _cards(draft, setting, orders)]
    found += _silent(setting, orders)
    named = _with_own_names(found)
    return tuple(sorted(named, key=lambda card: card.indicator.rank))


def _with_own_names(cards: Sequence[Card]) -> Iterator[Card]:
    """The cards; of several that say the same of several orders, each with a name of its own."""
    seen: dict[Any, int] = {}
    for card in cards:
        number = seen[card.uuid] = seen.get(card.uuid, 0) + 1
        if number > 1:
            again = str(number)
            suggestions = tuple(
                evolve(one, uuid=uuid_of(str(one.uuid), again))
                for one in card.suggestions
            )
            yield evolve(
                card, uuid=uuid_of(str(card.uuid), again), suggestions=suggestions
            )
        else:
            yield card


def _cards(draft: Draft, setting: Setting, orders: Orders) -> Iterator[Card]:
    for drug in draft.drugs:
        finding = drug_finding(drug, setting.answer)
        if finding is not None:
            yield drug_card(
                setting,
                finding,
                before=[_order_item(draft)],
                after=[*_unread(draft)],
                suggestions=_instead(draft, finding, setting),
                reasons=TO_ORDER,
            )
        barred = {Matter.WITHHELD, Matter.CONTRAINDICATED}
        is_barred = finding is not None and finding.certain and finding.matter in barred
        is_answered = finding is not None and _is_loaded_otherwise(drug, setting)
        if not (is_barred or is_answered):
            yield from _dose_cards(draft, drug, setting, orders)
    for test in draft.tests:
        yield from _test_cards(draft, test, setting)


# ------------------------------------------------------------------------- the drug


def _instead(
    draft: Draft, finding: DrugFinding, setting: Setting
) -> Iterator[Suggestion]:
    """What to do about a drug: leave it out, or order what the guideline names first."""
    graph = setting.graph
    facts = (graph.digest, finding.drug, finding.matter.value, *sorted(finding.rules))
    if finding.matter is Matter.UNNAMED or not finding.certain:
        return
    if "/#" not in draft.reference:
        called = drug_text(graph, finding.drug)
        text = f"Remove the order of {called}"
        yield Suggestion(
            label=text,
            uuid=uuid_of(*facts, "delete"),
            actions=(
                Action(type="delete", description=text, resource_id=draft.reference),
            ),
        )


def _order_item(draft: Draft) -> Item:
    doses = "; ".join(dose.text for dose in draft.doses if dose.text)
    return Item(label="Order", text=draft.called, details=(doses,) if doses else ())


def _unread(draft: Draft) -> Iterator[Item]:
    for why in draft.unread:
        yield Item(label="Not compared", text=why, tone=Tone.QUIET)


# -------------------------------------------------------------------------- the dose


def _is_loaded_otherwise(drug: str, setting: Setting) -> bool:
    """Whether loading comes first, and with other drugs.

    The doses that follow it are then no doses to hold an order of this drug against.
    """
    decided = setting.answer.decisions.get(m.Decision.LOADING)
    options = () if decided is None else decided.options
    comes_first = any(
        option.certain and not option.alternative and regimens_in(option.advice)
        for option in options
    )
    has_doses = any(
        one.decision is m.Decision.LOADING for one in offered(drug, setting.answer)
    )
    return comes_first and not has_doses


def _dose_cards(
    draft: Draft, drug: str, setting: Setting, orders: Orders
) -> Iterator[Card]:
    among = [one for one in offered(drug, setting.answer) if not one.option.withheld]
    if not among:
        return
    found = [
        finding
        for dose in draft.doses
        if (finding := dose_finding(dose, drug, among)) is not None
    ]
    if found:
        yield _dose_card(draft, drug, found, setting)
        return
    first = _loading_missed(draft, drug, among, orders)
    if first is not None:
        yield _order_of_phases_card(draft, drug, first, setting)
        return
    yield from _early_cards(draft, drug, among, setting, orders)


def _regimens(among: Iterable[Offered]) -> list[Offered]:
    """The regimens that are certain; where none is, those that may turn out to be advised."""
    some = [*among]
    certain = [one for one in some if one.option.certain]
    return certain or some


def _dose_card(
    draft: Draft, drug: str, found: Sequence[DoseFinding], setting: Setting
) -> Card:
    graph = setting.graph
    told = _regimens(found[0].among)
    rules = [name for one in told for name in one.option.rules]
    parts = dict.fromkeys(part.value for finding in found for part in finding.parts)
    called = capitalised(drug_text(graph, drug))
    unlike = f"{called}: {listing(parts)} not as advised"
    first = told[0]
    says = advice_text(_of_drug(first, drug), graph)
    perhaps = "" if first.option.certain else "perhaps "
    cited = setting.cited(first.option.rules)
    return setting.card(
        about=first.decision,
        facts=("dose", drug, *sorted(parts), *sorted({*rules})),
        summaries=(
            f"{unlike}, {perhaps}{says}{cited}",
            f"{unlike}, {perhaps}{says}",
            f"{unlike}, see the detail{cited}",
            f"{unlike}, see the detail",
            "The dose is not as advised, see the detail",
        ),
        indicator=Indicator.WARNING,
        items=_dose_items(draft, told, setting),
        rules=rules,
        suggestions=_ours(draft, drug, told, setting),
        reasons=TO_ORDER,
    )


def _of_drug(one: Offered, drug: str) -> Any:
    """A regimen with one of its drugs, which is named already."""
    phases = tuple(evolve(phase, drugs=()) for phase in one.phases(drug))
    return evolve(one.regimen, phases=phases)


def _dose_items(
    draft: Draft, told: Iterable[Offered], setting: Setting
) -> Iterator[Item]:
    yield _order_item(draft)
    shown = tuple(dict.fromkeys(one.decision for one in told))
    for decision in shown:
        yield decision_item(decision, setting.answer)
    yield from own_silences(setting, shown)
    yield from _unread(draft)


def _ours(
    draft: Draft, drug: str, told: Sequence[Offered], setting: Setting
) -> Iterator[Suggestion]:
    """The order with each certain regimen in the place of its doses, the default first."""
    certain = [one for one in told if one.option.certain]
    for number, one in enumerate(certain):
        resource = proposed(draft.resource, drug, one.option, setting)
        if resource is None or "/#" in draft.reference:
            continue
        text = advice_text(_of_drug(one, drug), setting.graph)
        called = drug_text(setting.graph, drug)
        facts = (drug, one.decision.value, *one.option.rules, text)
        yield Suggestion(
            label=f"{capitalised(called)} {text}",
            uuid=uuid_of(setting.graph.digest, "update", *facts),
            is_recommended=len(certain) > 1 and number == 0,
            actions=(
                Action(
                    type="update",
                    description=f"Change the doses of the order of {called} to: {text}",
                    resource=resource,
                ),
            ),
        )


# ----------------------------------------------------------------- what comes first


def _loading_missed(
    draft: Draft, drug: str, among: Sequence[Offered], orders: Orders
) -> Offered | None:
    """The loading doses that come first, where no order is one and no dose is on record."""
    loading = [
        one
        for one in among
        if one.decision is m.Decision.LOADING
        and one.option.certain
        and not one.option.alternative
    ]
    if not loading or not draft.doses:
        return None
    taken = {d for one in loading for p in one.regimen.phases for d in p.drugs}
    if any(given.drug in {drug, *taken} for given in orders.given):
        return None
    every = [d for d in (*orders.drafts, *orders.others) if {*d.drugs} & {drug, *taken}]
    fits = any(
        not departures(dose, phase)
        for one in loading
        for phase in one.regimen.phases
        for other in every
        for dose in other.doses
    )
    unread = any(other.unread or not other.doses for other in every)
    return None if fits or unread else loading[0]


def _order_of_phases_card(
    draft: Draft, drug: str, first: Offered, setting: Setting
) -> Card:
    called = capitalised(drug_text(setting.graph, drug))
    says = advice_text(_of_drug(first, drug), setting.graph)
    cited = setting.cited(first.option.rules)
    return setting.card(
        about=first.decision,
        facts=("loading first", drug, *sorted(first.option.rules)),
        summaries=(
            f"{called}: loading comes first, {says}{cited}",
            f"{called}: loading comes first, {says}",
            f"{called}: loading comes first, see the detail{cited}",
            f"{called}: loading comes first, see the detail",
            "Loading comes first, see the detail",
        ),
        indicator=Indicator.WARNING,
        items=_dose_items(draft, [first], setting),
        rules=first.option.rules,
        suggestions=_ours(draft, drug, [first], setting),
        reasons=TO_ORDER,
    )


# ------------------------------------------------------------------------ too early


def _early_cards(
    draft: Draft, drug: str, among: Sequence[Offered], setting: Setting, orders: Orders
) -> Iterator[Card]:
    """That the last dose on record was too short a time ago."""
    lasting = [one for one in among if one.decision is not m.Decision.LOADING]
    loading = any(
        one.decision is m.Decision.LOADING and one.option.certain for one in among
    )
    starts = [dose.starts for dose in draft.doses if dose.starts is not None]
    some = among if starts and loading else lasting
    if loading and not starts:
        return
    taken = {d for one in some for p in one.regimen.phases for d in p.drugs}
    given = [one.on for one in orders.given if one.drug in {drug, *taken}]
    day = min(starts, default=setting.on)
    before = [one for one in given if one <= day]
    if not before:
        return
    allowed = early(drug, some, max(before), day)
    if allowed is None:
        return
    told = [one for one in some if one.option.certain]
    rules = [name for one in told for name in one.option.rules]
    called = capitalised(drug_text(setting.graph, drug))
    when = "as ordered" if starts else "if given today"
    text = f"{called}: too early {when}; the last dose was on {max(before)}"
    cited = setting.cited(rules)
    last = Item(
        label="Too early",
        text=f"the last dose on record was given on {max(before)}; "
        f"the interval allows the next from {allowed} on",
        tone=Tone.CAUTION,
    )
    yield setting.card(
        about=told[0].decision,
        facts=("early", drug, *sorted({*rules})),
        summaries=(
            f"{text}, the next is due from {allowed} on{cited}",
            f"{text}, the next is due from {allowed} on",
            f"{called}: too early, see the detail",
            "The dose comes too early, see the detail",
        ),
        indicator=Indicator.WARNING if starts else Indicator.INFO,
        items=[last, *_dose_items(draft, told, setting)],
        rules=rules,
        reasons=TO_ORDER,
    )


# ------------------------------------------------------------------------ the tests


def _test_cards(draft: Draft, test: str, setting: Setting) -> Iterator[Card]:
    decided = setting.answer.decisions.get(m.Decision.MONITORING)
    found: list[Option] = [
        option
        for option in (() if decided is None else decided.options)
        if option.certain
        and isinstance(option.advice, m.NotChecked)
        and test in option.advice.tests
    ]
    if not found:
        return
    called = capitalised(test_text(setting.graph, test))
    rules = [name for option in found for name in option.rules]
    text = f"{called}: the guideline says not to check it"
    facts = ("not checked", test, *sorted({*rules}))
    remove = f"Remove the order of {brief_text(setting.graph, test)}"
    suggestions = (
        Suggestion(
            label=remove,
            uuid=uuid_of(setting.graph.digest, *facts, "delete"),
            actions=(
                Action(type="delete", description=remove, resource_id=draft.reference),
            ),
        ),
    )
    yield setting.card(
        about=m.Decision.MONITORING,
        facts=facts,
        summaries=(
            f"{text}{setting.cited(rules)}",
            text,
            "The guideline says not to check this",
        ),
        indicator=Indicator.WARNING,
        items=[
            _order_item(draft),
            decision_item(m.Decision.MONITORING, setting.answer),
            *own_silences(setting, (m.Decision.MONITORING,)),
        ],
        rules=rules,
        suggestions=() if "/#" in draft.reference else suggestions,
        reasons=TO_ORDER,
    )


# ------------------------------------------------------- what is not addressed at all


def _silent(setting: Setting, orders: Orders) -> Iterator[Card]:
    """One card where the patient has something about dosing that the guideline is silent on."""
    answer, graph = setting.answer, setting.graph
    drugs = [drug for draft in orders.drafts for drug in draft.drugs]
    about = {m.Decision.FORM, m.Decision.LOADING, m.Decision.MAINTENANCE}
    own = answer.stated.own
    found = [
        silence
        for silence in answer.silences
        if about.intersection(silence.decisions) and own.intersection(silence.topics)
    ]
    dosed = [
        drug for drug in drugs if any(o.option.certain for o in offered(drug, answer))
    ]
    if not found or not dosed:
        return
    topics = dict.fromkeys(
        brief_text(graph, name)
        for silence in found
        for name in silence.topics
        if name in own
    )
    text = f"Not addressed by the guideline, and on record: {listing(topics)}"
    yield setting.card(
        about=None,
        facts=("not addressed", *sorted(t for s in found for t in s.topics)),
        summaries=(text, "Something on record is not addressed, see the detail"),
        indicator=Indicator.INFO,
        items=own_silences(setting),
        rules=(),
        reasons=TO_ORDER,
    )
