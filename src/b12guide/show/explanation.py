"""Why a rule or a decision comes out as it does, as a page and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from attrs import evolve

from b12guide.errors import B12GuideError
from b12guide.evaluate.answer import Recommendation, RuleVerdict, Verdict
from b12guide.evaluate.context import silences_about
from b12guide.evaluate.explanation import (
    DecisionExplanation,
    Explainer,
    Explanation,
    RuleExplanation,
    blame,
    explain_rule,
)
from b12guide.evaluate.facts import Facts
from b12guide.evaluate.topic import TopicExplanation
from b12guide.graph.condition import (
    AllOf,
    AnyOf,
    AtLeast,
    Compare,
    Defined,
    Established,
    Has,
    HasValue,
    Not,
    OneOf,
    Recorded,
    Resting,
)
from b12guide.graph.model import Rule, RuleGraph, Silence
from b12guide.graph.query import fact_text
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.advice import value_text
from b12guide.say.conditions import condition_text
from b12guide.say.names import decision_text, topic_text
from b12guide.say.validity import validity_text
from b12guide.say.words import capitalised, listing
from b12guide.show import patient_header, to_json
from b12guide.show.citations import citation_items, definition_details, sources_of
from b12guide.show.condition_tree import condition_item, reasons
from b12guide.show.decision_lines import decision_item
from b12guide.show.json_parts import Json, asked_json, engine_json
from b12guide.show.page import Item, Page, Section, Tone

_MOST = 4


def whole(
    explanation: RuleExplanation | DecisionExplanation | TopicExplanation,
) -> Recommendation:
    """The answer that an explanation is a part of.

    Raises:
        B12GuideError: It was made on its own.
    """
    if explanation.answer is None:
        message = (
            "this explanation has no answer around it; `Guideline.explain` gives both"
        )
        raise B12GuideError(message)
    return explanation.answer


def explained_page(
    explanation: RuleExplanation | DecisionExplanation | TopicExplanation,
) -> Page:
    """The page of an explanation with the answer that it is a part of."""
    answer = whole(explanation)
    return explanation_page(explanation, answer, asked=explanation.asked)


def explanation_page(
    explanation: RuleExplanation | DecisionExplanation | TopicExplanation,
    recommendation: Recommendation,
    *,
    asked: bool,
) -> Page:
    """The explanation; truths and verdicts only if it was `asked` about a patient."""
    match explanation:
        case RuleExplanation():
            head = _head(recommendation, explanation.verdict, asked=asked)
            about = silences_about(recommendation, explanation.verdict.rule)
            top = _top(about, recommendation) if asked else ()
            page = _rule_page(explanation, recommendation.graph, head, top, asked=asked)
            warning = validity_text(recommendation.graph, recommendation.on)
            return evolve(page, warning=warning)
        case DecisionExplanation():
            # The decision, and each rule that speaks to it with the reason for
            # its verdict.
            graph, decision = recommendation.graph, explanation.decided.decision
            rules = [each.verdict.rule for each in explanation.rules]
            answered = [decision_item(decision, recommendation)] if asked else []
            silences = silences_about(recommendation, decision) if asked else ()
            sections = (
                *(_top(silences, recommendation) if asked else ()),
                ("What it says", answered),
                *_by_verdict(explanation.rules, graph, asked=asked),
                ("Assumptions of this reading", _assumptions(rules, graph)),
                ("Challenged by other evidence", _challenges(rules, graph)),
                ("Citations", citation_items(graph, _cited(rules, graph))),
            )
            return Page(
                title=f"Decision: {decision_text(decision).lower()}",
                warning=validity_text(graph, recommendation.on),
                particulars=tuple(_head(recommendation, None, asked=asked)),
                notice=EDUCATION_NOTICE,
                sections=_filled(sections),
            )
        case TopicExplanation():
            return _topic_page(explanation, recommendation, asked=asked)
        case _:
            assert_never(explanation)


def rule_page(rule: Rule, graph: RuleGraph, verdict: RuleVerdict | None = None) -> Page:
    """The rule on its own, with the verdict that it was given if there is one."""
    nobody = RuleVerdict(rule=rule, verdict=Verdict.UNKNOWN)
    head = [
        *patient_header.guideline_particulars(graph),
        ("Decision", decision_text(rule.decision).lower()),
    ]
    if verdict is not None:
        head.append(("Verdict", _verdict_text(verdict, graph)))
    explanation = explain_rule(verdict or nobody, Explainer.of(graph, Facts()))
    return _rule_page(explanation, graph, head, (), asked=False)


def _rule_page(
    explanation: RuleExplanation,
    graph: RuleGraph,
    head: Iterable[tuple[str, str]],
    top: Iterable[tuple[str, Iterable[Item]]],
    *,
    asked: bool,
) -> Page:
    """The rule, its condition part by part, its exceptions and its grounds."""
    rule = explanation.verdict.rule
    sections = (
        *top,
        ("What it says", _says(rule, graph)),
        ("When it applies", _condition(explanation, graph, asked=asked)),
        ("Overridden by", _exceptions(explanation, graph, asked=asked)),
        ("Overrides", (Item(text=name) for name in rule.exception_to)),
        ("Why", _grounds(rule)),
        ("Assumptions of this reading", _assumptions((rule,), graph)),
        ("Challenged by other evidence", _challenges((rule,), graph)),
        ("Citations", citation_items(graph, _cited((rule,), graph))),
    )
    return Page(
        title=f"{rule.title} ({rule.name})",
        warning=validity_text(graph),
        particulars=tuple(head),
        notice=EDUCATION_NOTICE,
        sections=(*_filled(sections), *_written(rule)),
    )


def _top(
    silences: Iterable[Silence], recommendation: Recommendation
) -> tuple[tuple[str, Iterable[Item]], ...]:
    """What is not addressed, and how the record was read."""
    graph, own = recommendation.graph, recommendation.stated.own
    remarks = (Item(text=capitalised(text)) for text in recommendation.remarks)
    return (
        patient_header.HEADING,
        patient_header.unaddressed(silences, graph, own=own),
    ), ("Notices", remarks)


def _written(rule: Rule) -> Iterator[Section]:
    """The author's own wording, where it is at hand."""
    if rule.place is not None:
        words = rule.place.text.slice(rule.place.span)
        yield Section(title="As written", verbatim=words, is_behind=True)


def _topic_page(
    explanation: TopicExplanation, recommendation: Recommendation, *, asked: bool
) -> Page:
    """What it is, what is not addressed about it, and each rule that has to do with it."""
    graph = recommendation.graph
    rules = [each.verdict.rule for each in explanation.rules]
    in_force = explanation.in_force(recommendation)
    sections = (
        *(_top(in_force, recommendation) if asked else ()),
        ("What it is", _what_it_is(explanation, graph)),
        (
            "Not addressed by the guideline, where it comes up",
            ()
            if in_force and asked
            else patient_header.unaddressed(explanation.silences, graph),
        ),
        ("Contradictions of the source", _noted_conflicts(explanation)),
        (
            "Definitions that use it",
            (
                Item(label=name, text=graph.definitions[name].label)
                for name in explanation.definitions
            ),
        ),
        *_by_verdict(explanation.rules, graph, asked=asked),
        ("Assumptions of this reading", _assumptions(rules, graph)),
        ("Challenged by other evidence", _challenges(rules, graph)),
        ("Citations", citation_items(graph, _cited(rules, graph))),
    )
    label = topic_text(graph, explanation.name)
    title = label if label == explanation.name else f"{label} ({explanation.name})"
    return Page(
        title=f"{capitalised(explanation.kind)}: {title}",
        warning=validity_text(graph, recommendation.on),
        particulars=tuple(_head(recommendation, None, asked=asked)),
        notice=EDUCATION_NOTICE,
        sections=_filled(sections),
    )


def _what_it_is(explanation: TopicExplanation, graph: RuleGraph) -> Iterator[Item]:
    """The words that the guideline has for it, whatever the patient."""
    name = explanation.name
    for several in (graph.assumptions, graph.challenges):
        if name in several:
            yield Item(text=several[name].text)
    if name in graph.definitions:
        definition = graph.definitions[name]
        text = condition_text(definition.condition, graph)
        yield Item(text=text, details=definition_details(graph, definition.grounds))
    if name in graph.sources:
        yield from citation_items(graph, [name])
    fact = graph.vocabulary.facts.get(name)
    if fact is not None:
        yield Item(label="Kind", text=fact.kind.value)
        for label, text in (
            ("Question", fact.asks or ""),
            ("Unit", fact.unit or ""),
            ("Values", ", ".join(fact.values)),
            ("Also called", ", ".join(fact.synonyms)),
        ):
            if text:
                yield Item(label=label, text=text)
    sections = dict.fromkeys(
        each.verdict.rule.grounds.section
        for each in explanation.rules
        if explanation.kind == "statement" and each.verdict.rule.grounds.section
    )
    for section in sections:
        yield Item(label="Section of the source", text=section or "")


def _noted_conflicts(explanation: TopicExplanation) -> Iterator[Item]:
    for conflict in explanation.conflicts:
        yield Item(
            text=f"{conflict.first} against {conflict.second}",
            items=(Item(text=conflict.because),) if conflict.because else (),
        )


def _filled(sections: Iterable[tuple[str, Iterable[Item]]]) -> tuple[Section, ...]:
    """The sections that have something in them."""
    made = ((title, tuple(items)) for title, items in sections)
    return tuple(Section(title=title, items=items) for title, items in made if items)


def _head(
    recommendation: Recommendation, verdict: RuleVerdict | None, *, asked: bool
) -> Iterator[tuple[str, str]]:
    graph = recommendation.graph
    yield from (
        patient_header.particulars(recommendation)
        if asked
        else patient_header.guideline_particulars(graph, recommendation.on)
    )
    if verdict is not None:
        yield "Decision", decision_text(verdict.rule.decision).lower()
        if asked:
            yield "Verdict", _verdict_text(verdict, graph)


def _verdict_text(verdict: RuleVerdict, graph: RuleGraph) -> str:
    text: str = verdict.verdict.value
    if verdict.needs:
        needs = listing(fact_text(graph, fact) for fact in verdict.needs)
        text += f"; it depends on {needs}"
    if verdict.overridden_by:
        text += f" by {listing(verdict.overridden_by)}"
    if verdict.verdict is Verdict.INDETERMINATE:
        text += ": undetermined, because the source's own threshold is a range"
    return text


def _says(rule: Rule, graph: RuleGraph) -> Iterator[Item]:
    yield Item(
        text=capitalised(value_text(rule.value, graph)),
        details=definition_details(graph, rule.grounds),
    )


def _condition(
    explanation: RuleExplanation, graph: RuleGraph, *, asked: bool
) -> Iterator[Item]:
    yield condition_item(explanation.condition, graph, asked=asked)
    if explanation.verdict.rule.outside_scope:
        text = "speaks only for patients outside the guideline's scope"
        yield Item(text=text, tone=Tone.QUIET)


def _exceptions(
    explanation: RuleExplanation, graph: RuleGraph, *, asked: bool
) -> Iterator[Item]:
    for rule, condition in explanation.exceptions:
        yield Item(
            text=f"{rule.name}: {rule.title}",
            items=(condition_item(condition, graph, asked=asked),),
        )


def _grounds(rule: Rule) -> Iterator[Item]:
    grounds = rule.grounds
    if grounds.because:
        yield Item(label="In the words of this encoding", text=grounds.because)
    if grounds.patient:
        yield Item(label="For the patient", text=grounds.patient)
    if grounds.section:
        yield Item(label="Section", text=grounds.section)


def _by_verdict(
    explanations: tuple[RuleExplanation, ...], graph: RuleGraph, *, asked: bool
) -> Iterator[tuple[str, Iterable[Item]]]:
    if not asked:
        yield "Rules that speak to it", [_rule_item(e, graph, ()) for e in explanations]
        return
    titles = {
        Verdict.APPLIES: "Rules that apply",
        Verdict.OVERRIDDEN: "Overridden rules",
        Verdict.INDETERMINATE: "Rules that the source's own threshold leaves open",
        Verdict.UNKNOWN: "Rules that depend on what is not known",
        Verdict.DOES_NOT_APPLY: "Rules that do not apply",
    }
    for verdict, title in titles.items():
        yield (
            title,
            [
                _rule_item(explanation, graph, _why(explanation, graph))
                for explanation in explanations
                if explanation.verdict.verdict is verdict
            ],
        )


def _rule_item(
    explanation: RuleExplanation, graph: RuleGraph, why: Iterable[Item]
) -> Item:
    rule = explanation.verdict.rule
    return Item(
        text=value_text(rule.value, graph),
        details=(rule.name, *definition_details(graph, rule.grounds)),
        items=tuple(why),
    )


def _why(explanation: RuleExplanation, graph: RuleGraph) -> Iterator[Item]:
    """What the verdict rests on: the facts that decide, or what overrides the rule."""
    verdict = explanation.verdict
    if verdict.overridden_by:
        text = f"overridden by {listing(verdict.overridden_by)}"
        yield Item(text=text, tone=Tone.QUIET)
        return
    if verdict.needs:
        needs = listing(fact_text(graph, fact) for fact in verdict.needs)
        yield Item(text=f"depends on {needs}", tone=Tone.QUIET)
        return
    found = list(reasons(blame(explanation.condition), graph))
    if len(found) > _MOST:
        found = [*found[:_MOST], f"and {len(found) - _MOST} more"]
    if found:
        yield Item(text="; ".join(found), tone=Tone.QUIET)


def _assumptions(rules: Iterable[Rule], graph: RuleGraph) -> Iterator[Item]:
    names = sorted({name for rule in rules for name in rule.assumptions})
    return (Item(label=name, text=graph.assumptions[name].text) for name in names)


def _challenges(rules: Iterable[Rule], graph: RuleGraph) -> Iterator[Item]:
    names = sorted({name for rule in rules for name in rule.grounds.challenges})
    return (Item(label=name, text=graph.challenges[name].text) for name in names)


def _cited(rules: Iterable[Rule], graph: RuleGraph) -> list[str]:
    rules = tuple(rules)
    challenges = {name for rule in rules for name in rule.grounds.challenges}
    further = [s for name in sorted(challenges) for s in graph.challenges[name].by]
    return [*sources_of(rules), *further]


SCHEMA = "b12guide.explanation/1"


def explained_json(
    explanation: RuleExplanation | DecisionExplanation | TopicExplanation,
) -> Json:
    """The explanation with the answer that it is a part of.

    Raises:
        B12GuideError: It was made on its own.
    """
    answer = whole(explanation)
    return explanation_to_json(explanation, answer, asked=explanation.asked)


def explanation_to_json(
    explanation: RuleExplanation | DecisionExplanation | TopicExplanation,
    recommendation: Recommendation,
    *,
    asked: bool,
) -> Json:
    """The explanation of a rule or a decision, as a value that `json.dumps` takes."""
    graph = recommendation.graph
    explanations: tuple[RuleExplanation, ...]
    decision = None
    match explanation:
        case RuleExplanation(verdict=verdict):
            target = {"kind": "rule", "name": verdict.rule.name}
            explanations = (explanation,)
            about = silences_about(recommendation, verdict.rule)
        case DecisionExplanation(decided=decided, rules=explanations):
            target = {"kind": "decision", "name": decided.decision.value}
            decision = to_json.decision_json(decided.decision, recommendation)
            about = silences_about(recommendation, decided.decision)
        case TopicExplanation(kind=kind, name=name, rules=explanations):
            target = {"kind": kind, "name": name}
            about = explanation.in_force(recommendation)
        case _:
            assert_never(explanation)
    rules = [each.verdict.rule for each in explanations]
    assumptions = sorted(
        {target["name"]}.intersection(graph.assumptions).union(
            name for rule in rules for name in rule.assumptions
        )
    )
    challenges = sorted(
        {target["name"]}.intersection(graph.challenges).union(
            name for rule in rules for name in rule.grounds.challenges
        )
    )
    return {
        "schema": SCHEMA,
        "guideline": to_json.guideline_json(graph),
        "engine": engine_json(explanation),
        "education": EDUCATION_NOTICE,
        **asked_json(recommendation),
        **({} if asked else {"on": None, "patient": None}),
        "target": target,
        "decision": decision if asked else None,
        "rules": [_rule(each, recommendation) for each in explanations],
        "assumptions": [
            {"id": name, "text": graph.assumptions[name].text} for name in assumptions
        ],
        "challenges": [
            {"id": name, "text": graph.challenges[name].text} for name in challenges
        ],
        "silent": to_json.silences_json(
            about if asked else (), graph, recommendation.stated.own
        ),
        "notices": list(recommendation.remarks) if asked else [],
    }


def _rule(explanation: RuleExplanation, recommendation: Recommendation) -> Json:
    rule = explanation.verdict.rule
    return {
        **to_json.verdict_json(explanation.verdict, recommendation.graph),
        "condition": condition_json(explanation.condition),
        "exceptions": [
            {"rule": exception.name, "condition": condition_json(condition)}
            for exception, condition in explanation.exceptions
        ],
        "exception_to": list(rule.exception_to),
    }


KINDS = {
    Has: "fact",
    Compare: "comparison",
    OneOf: "choice",
    Defined: "definition",
    HasValue: "value",
    Established: "established",
    Recorded: "recorded",
    Not: "not",
    AllOf: "all",
    AnyOf: "any",
    AtLeast: "at least",
    Resting: "assuming",
}


def condition_json(explanation: Explanation) -> Json:
    """A condition part by part, each with its truth."""
    condition = explanation.condition
    count = {"count": condition.count} if isinstance(condition, AtLeast) else {}
    return {
        "kind": KINDS[type(condition)],
        **count,
        "text": explanation.text,
        "truth": explanation.truth.value,
        "value": explanation.value,
        "indeterminate": explanation.indeterminate,
        "assumptions": list(explanation.assumptions),
        "parts": [condition_json(part) for part in explanation.children],
    }
