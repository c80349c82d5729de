"""The state of one decision, laid out for a professional."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve

from b12guide.evaluate.answer import Decided, Option, Outcome, Recommendation, Verdict
from b12guide.evaluate.silence import decisions_about, silences_about
from b12guide.graph.model import Decision, Exclusion
from b12guide.regimen.model import Phase, Regimen
from b12guide.show.grounds import grounds_details, rules_named
from b12guide.show.joined import joined
from b12guide.show.page import Item, Tone
from b12guide.show.schedule import schedule_text
from b12guide.show.unaddressed import unaddressed_beside
from b12guide.show.wording import brief_text, decision_text, drug_text, listing

__all__ = ["decision_item", "decision_items"]

_MOST_FACTS = 3


def decision_items(recommendation: Recommendation) -> Iterator[Item]:
    """One item per decision that the guideline speaks to, then those on which it is silent."""
    silent = []
    for decision in Decision:
        decided = recommendation.decisions.get(decision)
        if decision is Decision.NOTE:
            continue
        if (decided is None or _is_silent(decided)) and not _is_told_here(
            decision, recommendation
        ):
            silent.append(decision_text(decision).lower())
        else:
            yield decision_item(decision, recommendation)
    if silent:
        yield Item(label="Not stated", text=", ".join(silent), tone=Tone.QUIET)


def _is_silent(decided: Decided) -> bool:
    return decided.outcome is Outcome.SILENT and not (
        decided.options or decided.indeterminate
    )


def _is_told_here(decision: Decision, recommendation: Recommendation) -> bool:
    """Whether a decision without advice is where something unaddressed has to be told.

    It is where its author wants it, or where no other decision that it concerns says anything.
    """
    graph = recommendation.graph
    return any(
        silence.decisions
        or all(
            _is_silent(recommendation.decisions[other])
            for other in decisions_about(silence, graph)
            if other in recommendation.decisions
        )
        for silence in silences_about(recommendation, decision)
    )


def decision_item(decision: Decision, recommendation: Recommendation) -> Item:
    """What is advised: the default first, then what stands beside it and what is open."""
    decided = recommendation.decisions.get(decision)
    if decided is None:
        decided = Decided(decision=decision, outcome=Outcome.SILENT)
    lines = (
        *_outcome(decided, recommendation),
        *_options(decided, recommendation),
        *_open(decided, recommendation),
    )
    beside = tuple(
        unaddressed_beside(
            silences_about(recommendation, decision), recommendation.graph
        )
    )
    label = decision_text(decision)
    if len(lines) > 1:
        return Item(label=label, text="", items=(*lines, *beside))
    (only,) = lines or (Item(text="not stated by the guideline", tone=Tone.QUIET),)
    return evolve(only, label=label, items=(*only.items, *beside))


def _outcome(decided: Decided, recommendation: Recommendation) -> Iterator[Item]:
    """What the options below do not show by themselves."""
    match decided.outcome:
        case Outcome.CONFLICT:
            text = "the guideline contradicts itself; both sides stand below"
            yield Item(text=text, tone=Tone.CAUTION)
        case Outcome.NOT_NEEDED:
            yield Item(
                text="not needed", details=_details(recommendation, decided.rules)
            )
        case _:
            return


def _options(decided: Decided, recommendation: Recommendation) -> Iterator[Item]:
    options = sorted(decided.options, key=lambda o: (o.alternative, not o.certain))
    if decided.decision is Decision.FORM and (
        text := _form_text(decided, recommendation)
    ):
        yield Item(
            text=text,
            details=(
                *_strengths(decided),
                *_details(recommendation, decided.rules),
            ),
        )
        options = [option for option in options if not option.certain]
    has_default = any(not option.alternative for option in decided.options)
    for option, text in joined(options, recommendation.graph):
        item = _option(option, text, recommendation)
        beside = option.alternative and has_default
        if beside and not isinstance(option.advice, Exclusion):
            item = evolve(item, text=f"or {item.text}")
        yield item


def _form_text(decided: Decided, recommendation: Recommendation) -> str:
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


def _strengths(decided: Decided) -> Iterator[str]:
    """How strongly the form is advised: as strongly as its certain options are."""
    certain = [o for o in decided.options if o.certain and not o.alternative]
    yield from dict.fromkeys(option.strength.value for option in certain)


def _option(option: Option, text: str, recommendation: Recommendation) -> Item:
    if isinstance(option.advice, Regimen):
        text = _regimen_text(option.advice, recommendation)
    tone = Tone.PLAIN
    if not option.certain:
        text, tone = f"perhaps {text}", Tone.QUIET
    if option.withheld:
        text, tone = f"not now: {text}", Tone.CAUTION
    return Item(
        text=text,
        details=(
            option.strength.value,
            *_details(recommendation, option.rules),
            *_waits_for(option, recommendation),
        ),
        tone=tone,
    )


def _regimen_text(regimen: Regimen, recommendation: Recommendation) -> str:
    """The regimen, without its drugs where the form decision has just named them."""
    form = recommendation.decisions.get(Decision.FORM)
    chosen = {*form.preferred, *form.acceptable} if form else set()

    def is_of_form(phase: Phase) -> bool:
        return set(phase.drugs) <= chosen

    with_drugs = not all(map(is_of_form, regimen.phases))
    return schedule_text(regimen, recommendation.graph, with_drugs=with_drugs)


def _details(recommendation: Recommendation, names: Iterable[str]) -> tuple[str, ...]:
    """The grounds of those rules that apply; of all of them while none does."""
    applying = {
        verdict.rule.name
        for verdict in recommendation.rules
        if verdict.verdict is Verdict.APPLIES
    }
    names = tuple(names)
    behind = [name for name in names if name in applying] or names
    graph = recommendation.graph
    return grounds_details(graph, rules_named(graph, behind))


def _needs(option: Option, recommendation: Recommendation) -> tuple[str, ...]:
    """The facts that the rules behind an uncertain option wait for."""
    if option.certain:
        return ()
    return tuple(
        dict.fromkeys(
            fact
            for verdict in recommendation.rules
            if verdict.rule.name in option.rules
            for fact in verdict.needs
        )
    )


def _waits_for(option: Option, recommendation: Recommendation) -> Iterator[str]:
    """Why an option is not certain: facts that nobody knows, or the source's own threshold."""
    needs = _needs(option, recommendation)
    if needs:
        yield f"depends on {_few(recommendation, needs)}"
    elif not option.certain and any(
        verdict.verdict is Verdict.INDETERMINATE
        for verdict in recommendation.rules
        if verdict.rule.name in option.rules
    ):
        yield "left open by the source's own threshold"


def _few(recommendation: Recommendation, facts: Sequence[str]) -> str:
    """The facts in passing; of many, the first few."""
    labels = [brief_text(recommendation.graph, fact) for fact in facts]
    if len(labels) > _MOST_FACTS + 1:
        labels = [*labels[:_MOST_FACTS], f"{len(labels) - _MOST_FACTS} other facts"]
    return listing(labels)


def _open(decided: Decided, recommendation: Recommendation) -> Iterator[Item]:
    """What else could change the decision, and what the source itself leaves open."""
    told = {fact for o in decided.options for fact in _needs(o, recommendation)}
    further = [fact for fact in decided.depends_on if fact not in told]
    if further:
        also = "also " if told else ""
        text = f"{also}depends on {_few(recommendation, further)}"
        yield Item(text=text, tone=Tone.QUIET)
    shown = {rule for option in decided.options for rule in option.rules}
    hidden = [name for name in decided.indeterminate if name not in shown]
    for rule in rules_named(recommendation.graph, hidden):
        yield Item(
            text=f"left open by the source's own threshold: {rule.title}",
            details=_details(recommendation, [rule.name]),
            tone=Tone.CAUTION,
        )
