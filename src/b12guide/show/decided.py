"""The state of one decision, laid out for a professional."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve

from b12guide.evaluate.answer import Decided, Option, Outcome, Recommendation
from b12guide.graph.model import Decision, Exclusion, FormChoice, Rule
from b12guide.regimen.model import Phase, Regimen
from b12guide.show.advice import advice_text
from b12guide.show.grounds import grounds_details
from b12guide.show.page import Item, Tone
from b12guide.show.schedule import schedule_text
from b12guide.show.wording import (
    capitalised,
    decision_text,
    drug_text,
    fact_text,
    listing,
)

__all__ = ["decision_items", "form_text", "option_text", "rules_named"]


def decision_items(recommendation: Recommendation) -> Iterator[Item]:
    """One item per decision that the guideline speaks to, then those on which it is silent."""
    silent = []
    for decision in Decision:
        decided = recommendation.decisions.get(decision)
        if decision is Decision.NOTE:
            continue
        if decided is None or (
            decided.outcome is Outcome.SILENT and not decided.options
        ):
            silent.append(decision_text(decision).lower())
        else:
            yield _decision(decided, recommendation)
    if silent:
        text = f"nothing for this patient on: {', '.join(silent)}"
        yield Item(label="Silent", text=text, tone=Tone.QUIET)


def _decision(decided: Decided, recommendation: Recommendation) -> Item:
    lines = [*_lines(decided, recommendation), *_open(decided, recommendation)]
    label = decision_text(decided.decision)
    if len(lines) > 1:
        return Item(label=label, text="", items=tuple(lines))
    (only,) = lines or [Item(text=decided.outcome.value)]
    return evolve(only, label=label)


def _lines(decided: Decided, recommendation: Recommendation) -> Iterator[Item]:
    """What is advised: the default first, then what stands beside it."""
    match decided.outcome:
        case Outcome.CONFLICT:
            yield Item(
                text="the guideline contradicts itself; both sides stand below",
                tone=Tone.CAUTION,
            )
        case Outcome.NOT_NEEDED:
            details = grounds_details(
                recommendation.graph, rules_named(recommendation, decided.rules)
            )
            yield Item(text="not needed", details=details)
        case Outcome.DEPENDS if not any(o.certain for o in decided.options):
            yield Item(text="depends on what is not known", tone=Tone.CAUTION)
        case _:
            pass
    options: Iterable[Option] = decided.options
    if decided.decision is Decision.FORM and form_text(decided, recommendation):
        yield Item(
            text=form_text(decided, recommendation),
            details=(*_strength(decided), *_details(recommendation, decided.rules)),
        )
        options = [option for option in options if not option.certain]
    for option in sorted(options, key=lambda o: (not o.certain, o.alternative)):
        yield _option(option, recommendation)


def form_text(decided: Decided, recommendation: Recommendation) -> str:
    """The certain part of the form decision: drugs in order, then those excluded."""
    graph = recommendation.graph
    preferred, acceptable, excluded = (
        [drug_text(graph, drug) for drug in drugs]
        for drugs in (decided.preferred, decided.acceptable, decided.excluded)
    )
    parts = []
    if preferred:
        parts.append(listing(preferred, "or") + (" first" if acceptable else ""))
    if acceptable:
        parts.append(f"{listing(acceptable)} acceptable")
    if excluded:
        parts.append(f"not {listing(excluded, 'or')}")
    return "; ".join(parts)


def _option(option: Option, recommendation: Recommendation) -> Item:
    text = option_text(option, recommendation)
    if option.alternative:
        text = f"or {text}"
    if not option.certain:
        text = f"perhaps {text}"
    if option.withheld:
        text = f"not now: {text}"
    tone = Tone.CAUTION if option.withheld else Tone.PLAIN
    if not option.certain:
        tone = Tone.QUIET
    return Item(
        text=text,
        details=(
            option.strength.value,
            *_details(recommendation, option.rules),
            *_waits_for(option, recommendation),
        ),
        tone=tone,
    )


def option_text(option: Option, recommendation: Recommendation) -> str:
    """What an option advises; drugs are left out where the form decision has just named them."""
    graph = recommendation.graph
    match option.advice:
        case Regimen() as regimen if _has_drugs_of_form(regimen, recommendation):
            return schedule_text(regimen, graph, with_drugs=False)
        case FormChoice() | Exclusion() as choice:
            return advice_text(choice, graph)
        case advice:
            return advice_text(advice, graph)


def _has_drugs_of_form(regimen: Regimen, recommendation: Recommendation) -> bool:
    form = recommendation.decisions.get(Decision.FORM)
    if form is None:
        return False
    chosen = {*form.preferred, *form.acceptable}

    def is_of_form(phase: Phase) -> bool:
        return set(phase.drugs) <= chosen

    return all(map(is_of_form, regimen.phases))


def rules_named(recommendation: Recommendation, names: Iterable[str]) -> list[Rule]:
    """The rules of these names."""
    return [recommendation.graph.rules[name] for name in names]


def _details(recommendation: Recommendation, names: Iterable[str]) -> tuple[str, ...]:
    return grounds_details(recommendation.graph, rules_named(recommendation, names))


def _waits_for(option: Option, recommendation: Recommendation) -> Iterator[str]:
    """What an uncertain option waits for."""
    if option.certain:
        return
    needs = dict.fromkeys(
        fact
        for verdict in recommendation.rules
        if verdict.rule.name in option.rules
        for fact in verdict.needs
    )
    if needs:
        labels = [fact_text(recommendation.graph, fact) for fact in needs]
        yield f"depends on {listing(labels)}"


def _strength(decided: Decided) -> Iterator[str]:
    """How strongly the form is advised: as strongly as its certain options are."""
    certain = (option.strength.value for option in decided.options if option.certain)
    yield from dict.fromkeys(certain)


def _open(decided: Decided, recommendation: Recommendation) -> Iterator[Item]:
    """What could still change the decision, and what the source itself leaves open."""
    graph = recommendation.graph
    if decided.depends_on:
        labels = [fact_text(graph, fact) for fact in decided.depends_on]
        what = (
            "certain in every case; the rest depends on"
            if decided.outcome is Outcome.DETERMINED
            else "depends on"
        )
        yield Item(text=f"{what}: {', '.join(labels)}", tone=Tone.QUIET)
    for rule in rules_named(recommendation, decided.indeterminate):
        yield Item(
            text=capitalised(f"left open by the source's own threshold: {rule.title}"),
            details=_details(recommendation, [rule.name]),
            tone=Tone.CAUTION,
        )
