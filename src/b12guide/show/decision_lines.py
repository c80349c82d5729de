"""The state of one decision, laid out for a professional: what is advised, on what it depends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve

from b12guide.evaluate import composition_parts
from b12guide.evaluate.answer import (
    Decided,
    NotOffered,
    Option,
    Outcome,
    Recommendation,
    Verdict,
)
from b12guide.evaluate.context import silences_beside
from b12guide.graph import model
from b12guide.graph.query import brief_text, regimens_in
from b12guide.say.advice import advice_text
from b12guide.say.names import decision_text, decisions_read, drug_text
from b12guide.say.words import listing
from b12guide.show import citations
from b12guide.show.page import Item, Tone
from b12guide.show.patient_header import unaddressed_beside


def joined(
    options: Iterable[Option], graph: model.RuleGraph
) -> Iterator[tuple[Option, str]]:
    """The options with their words.

    Tests with one timing and one ground are reported together, and so are instructions on technique
    for one site; what goes with every check of a test is reported once.
    """
    told: dict[tuple[str, ...], model.Monitoring] = {}
    technique: list[Option] = []
    for option in _tests_together(options):
        advice = option.advice
        if isinstance(advice, model.Instruction):
            technique.append(option)
            continue
        if not isinstance(advice, model.Monitoring):
            yield option, advice_text(advice, graph)
            continue
        before = told.setdefault(advice.tests, advice)
        if (
            before is not advice
            and _goes_with(advice) == _goes_with(before) != _NOTHING
        ):
            alone = evolve(
                advice, before_next_dose=False, companions=(), never_alone=False
            )
            yield option, f"{advice_text(alone, graph)}; in the same way"
        else:
            yield option, advice_text(advice, graph)
    yield from _instructions_together(technique, graph)


def _instructions_together(
    options: Iterable[Option], graph: model.RuleGraph
) -> Iterator[tuple[Option, str]]:
    """Instructions that hold under the same circumstances and equally strongly."""

    def circumstances(option: Option) -> tuple[object, ...]:
        advice = option.advice
        site = advice.site if isinstance(advice, model.Instruction) else None
        return (option.strength, option.certain, option.alternative, site)

    found: dict[tuple[object, ...], list[Option]] = {}
    for option in options:
        found.setdefault(circumstances(option), []).append(option)
    for first, *others in found.values():
        rules = (first, *others)
        behind = dict.fromkeys(rule for option in rules for rule in option.rules)
        texts = dict.fromkeys(advice_text(option.advice, graph) for option in rules)
        yield evolve(first, rules=tuple(behind)), _as_one(list(texts))


def _as_one(texts: list[str]) -> str:
    """The phrases as one; the circumstances that they share are reported once."""
    start, comma, _ = texts[0].partition(", ")
    shared = start + comma
    if comma and all(text.startswith(shared) for text in texts):
        return shared + " and ".join(text.removeprefix(shared) for text in texts)
    return "; ".join(texts)


_NOTHING: tuple[bool, tuple[str, ...], bool] = (False, (), False)


def _goes_with(monitoring: model.Monitoring) -> tuple[bool, tuple[str, ...], bool]:
    return (monitoring.before_next_dose, monitoring.companions, monitoring.never_alone)


def _tests_together(options: Iterable[Option]) -> Iterator[Option]:
    """The options, with tests joined that differ in nothing else."""
    found: dict[Option, list[str]] = {}
    for option in options:
        if isinstance(option.advice, model.Monitoring | model.NotChecked):
            without = evolve(option, advice=evolve(option.advice, tests=()))
            found.setdefault(without, []).extend(option.advice.tests)
        else:
            found[option] = []
    for option, tests in found.items():
        if isinstance(option.advice, model.Monitoring | model.NotChecked):
            yield evolve(option, advice=evolve(option.advice, tests=tuple(tests)))
        else:
            yield option


_MOST_FACTS = 3


def decision_items(recommendation: Recommendation) -> Iterator[Item]:
    """One item per decision that the guideline speaks to, then those on which it is silent."""
    silent, graph = [], recommendation.graph
    for decision in decisions_read():
        decided = recommendation.decisions.get(decision)
        if decision is model.Decision.NOTE:
            continue
        is_silent = decided is None or decided.is_silent
        if is_silent and not silences_beside(recommendation, decision):
            if _is_gap(decision, graph):
                silent.append(decision_text(decision).lower())
        else:
            yield decision_item(decision, recommendation)
    if silent:
        yield Item(label="Not stated", text=", ".join(silent), tone=Tone.QUIET)


_WITHOUT_NEEDLE = frozenset(
    {"buccal", "inhaled", "nasal", "oral", "rectal", "sublingual", "topical", "vaginal"}
)


_WHERE_ANYTHING_IS_SAID = {
    model.Decision.CHANGE,
    model.Decision.REFERRAL,
    model.Decision.CONCLUSION,
}
"""Decisions that most sources never make: of these only one that speaks of them leaves gaps."""


def spoken_of(
    decisions: Iterable[model.Decision], graph: model.RuleGraph
) -> list[model.Decision]:
    """The decisions, without those that most sources never make where this one does not either."""
    made = {rule.decision for rule in graph.rules.values()}
    return [d for d in decisions if d in made or d not in _WHERE_ANYTHING_IS_SAID]


def _is_gap(decision: model.Decision, graph: model.RuleGraph) -> bool:
    """Whether it is worth saying that nothing is stated on a decision."""
    is_applicable = decision is not model.Decision.TECHNIQUE or _is_injected(graph)
    return is_applicable and bool(spoken_of([decision], graph))


def _is_injected(graph: model.RuleGraph) -> bool:
    """Whether a rule may speak of injections; where all are by mouth, how to inject is no gap."""
    rules = graph.rules.values()
    values = [rule.value for rule in rules]
    if any(rule.decision is model.Decision.TECHNIQUE for rule in rules):
        return True
    routes = {
        phase.route
        for value in values
        for regimen in regimens_in(value)
        for phase in regimen.phases
    }
    routes.update(*(v.routes for v in values if isinstance(v, model.Routes)))
    return not routes or not routes <= _WITHOUT_NEEDLE


def decided_text(decided: Decided) -> str:
    """What is advised in one line: the default first, then what may be done instead."""
    graph = decided.graph
    if graph is None:
        return decided.outcome.value
    default = _defaults(decided)
    options = sorted(
        (
            option
            for option in decided.options
            if not (option.alternative and option.advice in default)
            and not _is_told_below(option, decided)
        ),
        key=lambda o: (o.alternative, not o.certain),
    )
    lines = joined(options, graph)
    if decided.decision is model.Decision.FORM:
        lines = _form_lines(options, decided, graph)
    said = [
        f"or {words}" if is_instead(option, decided) else words
        for option, text in lines
        for words in (_qualified(option, text, graph),)
    ]
    said += [not_offered_text(one, graph) for one in decided.not_offered]
    match decided.outcome:
        case Outcome.CONFLICT:
            said.insert(0, "the guideline contradicts itself")
        case Outcome.NOT_NEEDED:
            said.insert(0, "not needed")
        case Outcome.SILENT if not said:
            said = ["not stated by the guideline"]
    if decided.outcome is Outcome.DEPENDS:
        facts = [brief_text(graph, name) for name in decided.depends_on]
        said.append(f"depends on {listing(facts)}" if facts else "depends")
    return "; ".join(said)


def decision_item(decision: model.Decision, recommendation: Recommendation) -> Item:
    """What is advised: the default first, then what stands beside it and what is open."""
    decided = recommendation.decisions.get(decision)
    if decided is None:
        decided = Decided(decision=decision, outcome=Outcome.SILENT)
    options = (*_options(decided, recommendation),)
    refused = (*_not_offered(decided, recommendation),)
    # What took the default away is read before what may be done instead (M26, M46).
    has_default = any(not option.alternative for option in decided.options)
    lines = (
        *_outcome(decided, recommendation),
        *(options + refused if has_default else refused + options),
        *_open(decided, recommendation),
    )
    beside = tuple(
        unaddressed_beside(
            silences_beside(recommendation, decision), recommendation.graph
        )
    )
    label = decision_text(decision)
    if len(lines) > 1 or any(line.items for line in lines):
        return Item(label=label, text="", items=(*lines, *beside))
    (only,) = lines or (Item(text="not stated by the guideline", tone=Tone.QUIET),)
    return evolve(only, label=label, items=(*only.items, *beside))


def _outcome(decided: Decided, recommendation: Recommendation) -> Iterator[Item]:
    """What the options below do not show by themselves; a conflict stands above its sides."""
    match decided.outcome:
        case Outcome.CONFLICT:
            clashes = [
                conflict
                for conflict in recommendation.conflicts
                if conflict.decision is decided.decision
            ]
            yield Item(
                text="the guideline contradicts itself; these cannot be followed together",
                tone=Tone.CAUTION,
                items=tuple(citations.side_items(clashes, recommendation)),
            )
        case Outcome.NOT_NEEDED:
            yield Item(
                text="not needed", details=_details(recommendation, decided.rules)
            )
        case _:
            return


def _options(decided: Decided, recommendation: Recommendation) -> Iterator[Item]:
    """One line for each option, the certain default first."""
    default = _defaults(decided)
    for option, text in option_lines(decided, recommendation):
        # One option with its own authority: the strength of its rules and what these
        # state.
        tone = Tone.PLAIN if option.certain else Tone.QUIET
        if option.avoided or option.withheld:
            tone = Tone.CAUTION
        item = Item(
            text=_qualified(option, text, recommendation.graph),
            details=(
                option.strength.value,
                *_details(recommendation, option.rules),
                *_reasons_to_avoid(option, recommendation),
                *waits_for(option, recommendation),
            ),
            tone=tone,
        )
        if option.alternative and option.advice in default:
            item = evolve(item, text=f"also {item.text}")
        elif is_instead(option, decided):
            item = evolve(item, text=f"or {item.text}")
        yield item


def is_instead(option: Option, decided: Decided) -> bool:
    """Whether an option is in place of the default, and not in addition or about something else."""
    default = _defaults(decided)
    if isinstance(option.advice, model.Change):
        of = option.advice.of
        default = {d for d in default if isinstance(d, model.Change) and d.of is of}
    stand_together = {model.Decision.FORM, model.Decision.REFERRAL}
    return (
        option.alternative and bool(default) and decided.decision not in stand_together
    )


def option_lines(
    decided: Decided, recommendation: Recommendation
) -> Iterator[tuple[Option, str]]:
    """The options with their words, the certain default first; those told as one together."""
    options = sorted(decided.options, key=lambda o: (o.alternative, not o.certain))
    shown = [
        _no_surer_than_its_rules(option, decided, recommendation)
        for option in options
        if not _is_told_below(option, decided)
    ]
    if decided.decision is model.Decision.FORM:
        yield from _form_lines(shown, decided, recommendation.graph)
    else:
        yield from joined(shown, recommendation.graph)


def _no_surer_than_its_rules(
    option: Option, decided: Decided, recommendation: Recommendation
) -> Option:
    """An option that repeats the default, told as open while none of its rules applies.

    What it says is certain, because the default says so; that its own rules say it is not (M56).
    """
    is_again = option.alternative and option.advice in _defaults(decided)
    applies = any(
        verdict.rule.name in option.rules and verdict.verdict is Verdict.APPLIES
        for verdict in recommendation.rules
    )
    return evolve(option, certain=False) if is_again and not applies else option


def _is_told_below(option: Option, decided: Decided) -> bool:
    """Whether a contraindication is reported where it is said what is not offered."""
    forbidden = {drug for one in decided.not_offered for drug in one.drugs}
    match option.advice:
        case model.Exclusion(drugs=drugs, outright=True):
            return forbidden.issuperset(drugs)
        case _:
            return False


def _defaults(decided: Decided) -> set[model.Advice]:
    return {option.advice for option in decided.options if not option.alternative}


def _qualified(option: Option, text: str, graph: model.RuleGraph) -> str:
    """The words of an option with all that keeps it from being done."""
    if not option.certain:
        text = f"perhaps {text}"
    if option.avoided:
        # The drugs of a dose that some rule advises against.
        against = {
            drug
            for rule in citations.rules_named(graph, option.avoided)
            for drug in composition_parts.excluded_by(rule)
        }
        avoided = [
            drug_text(graph, d)
            for d in composition_parts.drugs_of(option.advice)
            if d in against
        ]
        text = f"{text}, yet {listing(avoided)} is to be avoided"
    return f"not now: {text}" if option.withheld else text


def _form_lines(
    options: Iterable[Option], decided: Decided, graph: model.RuleGraph
) -> Iterator[tuple[Option, str]]:
    """The drugs with their place among the others; what the same rules say is reported in one."""
    alike: dict[object, list[Option]] = {}
    for option in options:
        is_again = option.alternative and option.advice in _defaults(decided)
        is_apart = is_again or not option.certain
        alike.setdefault(option if is_apart else option.rules, []).append(option)
    for key, some in alike.items():
        text = advice_text(some[0].advice, graph)
        if key is not some[0]:
            text = "; ".join(_places(some, decided, graph))
        yield some[0], text


def _places(
    options: Sequence[Option], decided: Decided, graph: model.RuleGraph
) -> Iterator[str]:
    """Certain drugs: those to be preferred, those that may be used, those that may not."""
    default = [o.advice for o in options if not o.alternative]
    beside = [o.advice for o in options if o.alternative]
    excluded = [one for one in beside if isinstance(one, model.Exclusion)]
    preferred, acceptable = (
        [
            drug_text(graph, drug)
            for one in some
            for drug in composition_parts.drugs_of(one)
        ]
        for some in (default, beside)
    )
    if preferred:
        yield listing(preferred, "or") + (" first" if decided.acceptable else "")
    if acceptable:
        yield f"{listing(acceptable, 'or')} acceptable"
    for outright in (True, False):
        drugs = [d for one in excluded if one.outright is outright for d in one.drugs]
        names = listing((drug_text(graph, d) for d in drugs), "or") if drugs else ""
        if names:
            yield f"{names} contraindicated" if outright else f"not {names}"


def _reasons_to_avoid(option: Option, recommendation: Recommendation) -> Iterator[str]:
    for rule in citations.rules_named(recommendation.graph, option.avoided):
        yield ", ".join((rule.title, *rule.grounds.statements))


def _not_offered(decided: Decided, recommendation: Recommendation) -> Iterator[Item]:
    """What is left out because it is contraindicated, by which rule, and whether that is all."""
    graph = recommendation.graph
    for one in decided.not_offered:
        rules = citations.rules_named(graph, one.rules)
        yield Item(
            text=not_offered_text(one, graph),
            details=(
                *(rule.title for rule in rules),
                *citations.grounds_details(graph, rules),
                *_depends_on(_needed_by(one.rules, recommendation), recommendation),
            ),
            tone=Tone.CAUTION,
        )
    is_settled = decided.outcome in {Outcome.SILENT, Outcome.DETERMINED}
    if decided.not_offered and is_settled and not is_offered(decided):
        text = "the guideline names no alternative"
        yield Item(text=text, tone=Tone.CAUTION)


def not_offered_text(one: NotOffered, graph: model.RuleGraph) -> str:
    """What is left out, and that it is contraindicated."""
    drugs = listing(drug_text(graph, drug) for drug in one.drugs)
    text = f"{advice_text(one.advice, graph)}: {drugs} contraindicated"
    if isinstance(one.advice, model.FormChoice):
        text = f"{drugs}: contraindicated"
    return f"{'not offered' if one.certain else 'perhaps not offered'}: {text}"


def barred_rules(decided: Decided) -> frozenset[str]:
    """The rules that would advise only what is certain to be contraindicated."""
    offered = {rule for option in decided.options for rule in option.rules}
    barred = [one for one in decided.not_offered if one.certain]
    return frozenset(rule for one in barred for rule in one.offered_by) - offered


def is_offered(decided: Decided) -> bool:
    """Whether anything is advised, drugs to keep away from aside."""
    return any(
        not isinstance(option.advice, model.Exclusion) for option in decided.options
    )


def _details(recommendation: Recommendation, names: Iterable[str]) -> tuple[str, ...]:
    """The statements and citations of the rules of these names."""
    graph = recommendation.graph
    return citations.grounds_details(graph, citations.rules_named(graph, names))


def needs_of(option: Option, recommendation: Recommendation) -> tuple[str, ...]:
    """What an uncertain option waits for: its rules, or those that may contraindicate it."""
    if option.certain:
        return ()
    drugs = {*composition_parts.drugs_of(option.advice)}
    against = (
        verdict.rule.name
        for verdict in recommendation.rules
        if composition_parts.is_contraindication(verdict.rule)
        and drugs.intersection(composition_parts.excluded_by(verdict.rule))
    )
    return _needed_by((*option.rules, *against), recommendation)


def _needed_by(rules: Iterable[str], recommendation: Recommendation) -> tuple[str, ...]:
    """The facts that the verdicts of `rules` wait for."""
    names = {*rules}
    waiting = [v for v in recommendation.rules if v.rule.name in names]
    return tuple(dict.fromkeys(fact for verdict in waiting for fact in verdict.needs))


def waits_for(option: Option, recommendation: Recommendation) -> Iterator[str]:
    """Why an option is not certain: facts that nobody knows, or the source's own threshold."""
    needs = needs_of(option, recommendation)
    if needs:
        yield from _depends_on(needs, recommendation)
    elif not option.certain and any(
        verdict.verdict is Verdict.INDETERMINATE
        for verdict in recommendation.rules
        if verdict.rule.name in option.rules
    ):
        yield "left open by the source's own threshold"
    form = recommendation.decisions.get(model.Decision.FORM)
    if option.drugs_open and form is not None:
        for text in _depends_on(form.depends_on, recommendation):
            yield f"form {text}"


def _depends_on(facts: Sequence[str], recommendation: Recommendation) -> Iterator[str]:
    if facts:
        yield f"depends on {_few(recommendation, facts)}"


def _few(recommendation: Recommendation, facts: Sequence[str]) -> str:
    """The facts in passing; of many, the first few."""
    labels = [brief_text(recommendation.graph, fact) for fact in facts]
    if len(labels) > _MOST_FACTS + 1:
        labels = [*labels[:_MOST_FACTS], f"{len(labels) - _MOST_FACTS} other facts"]
    return listing(labels)


def _open(decided: Decided, recommendation: Recommendation) -> Iterator[Item]:
    """What else could change the decision, and what the source itself leaves open."""
    told = {fact for o in decided.options for fact in needs_of(o, recommendation)}
    further = [fact for fact in decided.depends_on if fact not in told]
    if further:
        also = "also " if told else ""
        text = f"{also}depends on {_few(recommendation, further)}"
        yield Item(text=text, tone=Tone.QUIET)
    shown = {rule for option in decided.options for rule in option.rules}
    hidden = [name for name in decided.indeterminate if name not in shown]
    for rule in citations.rules_named(recommendation.graph, hidden):
        yield Item(
            text=f"left open by the source's own threshold: {rule.title}",
            details=_details(recommendation, [rule.name]),
            tone=Tone.CAUTION,
        )


def option_details(option: Option, recommendation: Recommendation) -> tuple[str, ...]:
    """The strength of an option, its evidence and statements, without citations."""
    rules = citations.rules_named(recommendation.graph, option.rules)
    evidence = citations.evidence_of(rules)
    statements = " ".join(citations.statements_of(rules))
    said = [statements] if statements else []
    return (option.strength.value, *evidence, *said)
