"""The cards of `patient-view`: what is settled and needs something to be done, and what to ask.

A card is an interruption. There is one for each decision that is settled and asks for something to
be done, one for what to ask next, and one where the guideline contradicts itself for certain. What
needs no act of its own (the drug of a dose, how to inject, which values to reach) stands in the
detail of the card that it belongs to. Nothing is asked about a patient without any fact on record
that the guideline is about.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from attrs import evolve

from b12guide.evaluate.answer import Decided, Option, Outcome, Question, Verdict
from b12guide.graph import model as m
from b12guide.graph.query import brief_text, facts_read_by
from b12guide.hooks.card import Card, Indicator, Suggestion
from b12guide.hooks.drug_check import Matter, drug_card, drug_finding
from b12guide.hooks.proposed import new_orders
from b12guide.hooks.setting import (
    TO_ACT,
    TO_ASK,
    TO_ORDER,
    Setting,
    indicated,
    own_silences,
)
from b12guide.regimen.model import Regimen
from b12guide.say.advice import advice_text
from b12guide.say.names import asked_as, decision_text, decisions_read, drug_text
from b12guide.say.words import capitalised, listing, plural
from b12guide.show.citations import conflict_items
from b12guide.show.decision_lines import decision_item, option_lines
from b12guide.show.page import Item
from b12guide.truth import Truth

_DOSES = (m.Decision.LOADING, m.Decision.MAINTENANCE, m.Decision.ADJUNCT)
_TO_DO = (*_DOSES, m.Decision.MONITORING, m.Decision.CHANGE, m.Decision.REFERRAL)
"""The decisions that ask for something to be done."""
_BY_ITEM = {m.Decision.MONITORING, m.Decision.CHANGE, m.Decision.REFERRAL}
"""Of these, those whose parts stand each for itself: one may be settled while another is open."""
_BESIDE = {
    m.Decision.LOADING: (m.Decision.FORM, m.Decision.ROUTE, m.Decision.TECHNIQUE),
    m.Decision.MAINTENANCE: (m.Decision.FORM, m.Decision.ROUTE, m.Decision.TECHNIQUE),
    m.Decision.ADJUNCT: (m.Decision.PERMISSION,),
    m.Decision.MONITORING: (m.Decision.TARGETS,),
}
"""What stands in the detail of a card, having none of its own."""
_MOST_QUESTIONS = 5


def view_cards(
    setting: Setting,
    *,
    demographic: Collection[str] = (),
    current: Collection[str] = (),
) -> tuple[Card, ...]:
    """The cards of an answer, the most urgent first.

    Args:
        setting: The answer.
        demographic: The facts that the Patient resource alone states, such as the age.
        current: The drugs of the guideline that the patient takes, as far as that is on record.
    """
    found: list[Card] = []
    if setting.answer.scope is Truth.TRUE:
        found += _drug_cards(setting, current)
        found += _decision_cards(setting)
        found += _conflict_cards(setting)
    found += _question_cards(setting, demographic, is_settled=bool(found))
    return tuple(sorted(found, key=lambda card: card.indicator.rank))


# ---------------------------------------------------------------------- what is settled


def _decision_cards(setting: Setting) -> Iterator[Card]:
    decisions = setting.answer.decisions
    has_doses = False
    for decision in decisions_read():
        decided = decisions.get(decision)
        acts = () if decided is None else settled(decided)
        if decided is None or not acts:
            continue
        has_doses = has_doses or decision in _DOSES
        yield _decision_card(setting, decided, acts)
    form = decisions.get(m.Decision.FORM)
    if not has_doses and form is not None and form.outcome is Outcome.DETERMINED:
        named = [
            o for o in form.options if o.certain and isinstance(o.advice, m.FormChoice)
        ]
        if any(not option.alternative for option in named):
            yield _decision_card(setting, form, named)


_SETTLED = {Outcome.DETERMINED, Outcome.SILENT}
"""A decision is silent, too, where the guideline names only what may be done."""


def _drug_cards(setting: Setting, current: Collection[str]) -> Iterator[Card]:
    """A card on each drug on record that the guideline is against for certain."""
    for drug in current:
        finding = drug_finding(drug, setting.answer)
        is_against = finding is not None and finding.matter is not Matter.UNNAMED
        if finding is not None and is_against and finding.certain:
            called = drug_text(setting.graph, drug)
            on_record = Item(label="On record", text=f"treatment with {called}")
            yield drug_card(setting, finding, before=[on_record], reasons=TO_ORDER)


def settled(decided: Decided) -> tuple[Option, ...]:
    """What a decision asks to be done, where that is certain and may be done today."""
    is_stop = decided.decision is m.Decision.CONTINUATION
    if decided.decision not in _TO_DO and not is_stop:
        return ()
    by_item = decided.decision in _BY_ITEM or is_stop
    if not by_item and decided.outcome not in _SETTLED:
        return ()
    return tuple(
        option
        for option in decided.options
        if option.certain
        and not option.withheld
        and isinstance(option.advice, _ACTS)
        and not (by_item and option.alternative and decided.outcome is Outcome.DEPENDS)
    )


_ACTS = (Regimen, m.Monitoring, m.Change, m.Referral, m.Stop)


def _decision_card(setting: Setting, decided: Decided, acts: Iterable[Option]) -> Card:
    answer = setting.answer
    options = [*acts]
    takes_one = decided.decision in _DOSES
    first = [option for option in options if not option.alternative] or options
    rules = [name for option in options for name in option.rules]
    label = decision_text(decided.decision)
    if all(option.alternative for option in options):
        label += ", an option"
    cited = setting.cited(name for option in first for name in option.rules)
    shown = (decided.decision, *_BESIDE.get(decided.decision, ()))
    return setting.card(
        about=decided.decision,
        facts=(decided.decision.value, *sorted({*rules})),
        summaries=(
            *(
                f"{label}: {text}{ending}"
                for text in _briefly(first, decided, setting)
                for ending in (cited, "")
            ),
            f"{label}: {_counted(options)}, see the detail",
        ),
        indicator=indicated(option.strength for option in options),
        items=[
            *(
                decision_item(one, answer)
                for one in shown
                if one in answer.decisions and not answer.decisions[one].is_silent
            ),
            *own_silences(setting, shown),
        ],
        rules=rules,
        suggestions=_marked(new_orders(_defaults_first(options), setting), takes_one),
        takes_one=takes_one,
        reasons=TO_ACT,
    )


def _defaults_first(options: Iterable[Option]) -> list[Option]:
    return sorted(options, key=lambda option: option.alternative)


def _marked(
    suggestions: tuple[Suggestion, ...], takes_one: bool
) -> tuple[Suggestion, ...]:
    """The suggestions; of several that exclude each other, the first is the recommended one."""
    if not takes_one or len(suggestions) < 2:
        return suggestions
    first, *others = suggestions
    return (evolve(first, is_recommended=True), *others)


def _briefly(
    options: list[Option], decided: Decided, setting: Setting
) -> Iterator[str]:
    """What is advised first, in full and in fewer words; a dose is never cut.

    Doses that stand side by side exclude each other; tests and referrals do not.
    """
    graph = setting.graph
    between = " or " if decided.decision in _DOSES else "; "
    told = {option.advice for option in options}
    texts = [
        text
        for option, text in option_lines(decided, setting.answer)
        if option.certain and not option.withheld and option.advice in told
    ]
    if texts:
        yield between.join(dict.fromkeys(texts))
    yield between.join(advice_text(option.advice, graph) for option in options)
    regimens = [o.advice for o in options if isinstance(o.advice, Regimen)]
    if regimens and len(regimens) == len(options):
        yield between.join(advice_text(_without_drugs(r), graph) for r in regimens)
    tests = [
        brief_text(graph, test)
        for o in options
        if isinstance(o.advice, m.Monitoring)
        for test in o.advice.tests
    ]
    if tests:
        yield f"check {listing(dict.fromkeys(tests))}"


def _without_drugs(regimen: Regimen) -> Regimen:
    return Regimen(tuple(evolve(phase, drugs=()) for phase in regimen.phases))


def _counted(options: list[Option]) -> str:
    return plural(len(options), "option")


# ---------------------------------------------------------------- contradictions


def _conflict_cards(setting: Setting) -> Iterator[Card]:
    answer = setting.answer
    certain = [conflict for conflict in answer.conflicts if conflict.certain]
    if not certain:
        return
    rules = [name for one in certain for side in one.sides for name in side.rules]
    about = listing(
        dict.fromkeys(decision_text(one.decision).lower() for one in certain)
    )
    told = f"The guideline contradicts itself on {about}: both sides are in the detail"
    yield setting.card(
        about=certain[0].decision,
        facts=("conflict", *sorted({*rules})),
        summaries=(
            told + setting.cited(rules),
            told,
            "The guideline contradicts itself: both sides are in the detail",
        ),
        indicator=Indicator.WARNING,
        items=conflict_items(evolve(answer, conflicts=tuple(certain))),
        rules=rules,
        reasons=TO_ACT,
    )


# ------------------------------------------------------------------- what to ask next


def _question_cards(
    setting: Setting, demographic: Collection[str], *, is_settled: bool
) -> Iterator[Card]:
    answer = setting.answer
    if answer.scope is Truth.FALSE:
        return
    if not is_settled and not _concerns(setting, demographic):
        return
    asked = [
        q
        for q in answer.questions
        if {*q.decides}.intersection((*_TO_DO, m.Decision.FORM))
    ]
    if not asked:
        return
    names = [q.label for q in asked]
    yield setting.card(
        about=None,
        facts=("questions", *sorted(q.fact for q in asked)),
        summaries=(
            *(
                f"Ask next: {', '.join(names[:count])}{_more(len(names) - count)}"
                for count in range(min(_MOST_QUESTIONS, len(names)), 0, -1)
            ),
            f"{plural(len(names), 'question')} would settle more, see the detail",
        ),
        indicator=Indicator.INFO,
        items=[
            *(_question(question, setting) for question in asked),
            *own_silences(setting),
        ],
        rules=(),
        reasons=TO_ASK,
    )


def _more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""


def _question(question: Question, setting: Setting) -> Item:
    graph = setting.graph
    asks = asked_as(question.fact, graph) or f"{capitalised(question.label)}?"
    if question.instead:
        parts = [brief_text(graph, fact) for fact in question.instead]
        asks = f"{asks} Or: {listing(parts)}?"
    settles = listing(decision_text(decision).lower() for decision in question.decides)
    return Item(label=question.label, text=asks, details=(f"settles {settles}",))


def _concerns(setting: Setting, demographic: Collection[str]) -> bool:
    """Whether anything on record is what an open rule asks about, or a silence."""
    answer, graph = setting.answer, setting.graph
    own = answer.stated.own - {*demographic}
    for silence in answer.silences:
        asked = silence.condition
        read = () if asked is None else facts_read_by(asked, graph.definitions)
        if own.intersection((*silence.topics, *read)):
            return True
    open_verdicts = {Verdict.UNKNOWN, Verdict.INDETERMINATE}
    return any(
        own.intersection(facts_read_by(verdict.rule.condition, graph.definitions))
        for verdict in answer.rules
        if verdict.verdict in open_verdicts
        and verdict.rule.decision in (*_TO_DO, m.Decision.FORM)
    )
