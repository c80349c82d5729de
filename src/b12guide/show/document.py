"""A guideline as a document, as a page and as JSON: rules, definitions, readings and sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from b12guide.graph import model
from b12guide.graph.conclusions import written
from b12guide.graph.condition import ALWAYS
from b12guide.graph.query import fact_text, statement_coverage, used_vocabulary
from b12guide.notice import EDUCATION_NOTICE
from b12guide.patient.derived_text import derivation_text
from b12guide.prove.everything import Document
from b12guide.prove.invariants import Required
from b12guide.say.conditions import condition_text
from b12guide.say.names import (
    PATIENT_NOTICE,
    Audience,
    decision_text,
    decisions_read,
    in_lay_words,
    topic_text,
)
from b12guide.say.schedules import length_text
from b12guide.say.validity import validity_text
from b12guide.say.words import capitalised, listing
from b12guide.show.citations import citation_items, citation_numbers, definition_details
from b12guide.show.json_parts import engine_json, evidence_json
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.patient_header import guideline_particulars
from b12guide.show.rule_text import invariant_sentence, rule_sentence
from b12guide.show.to_json import guideline_json, sources_json


def quoted(words: str) -> str:
    """An author's words, set apart from sentences that were generated."""
    return f"\u201c{words}\u201d"


def conflict_items(graph: model.RuleGraph, audience: Audience) -> Iterator[Item]:
    """The pairs of rules that the source itself leaves at odds, each with both sentences."""
    for conflict in graph.conflicts:
        rules = [graph.rules[name] for name in (conflict.first, conflict.second)]
        titles = " and ".join(quoted(rule.title) for rule in rules)
        sides = (
            Item(
                text=rule_sentence(rule, graph, audience),
                details=definition_details(graph, rule.grounds),
            )
            for rule in rules
        )
        yield Item(
            text=f"{titles} can apply at once and cannot both be followed; "
            "the source does not say which takes precedence.",
            details=() if audience is Audience.PATIENT else conflict.noted_as,
            tone=Tone.CAUTION,
            items=(*sides, *_quotation(conflict.because)),
        )


def _quotation(words: str) -> Iterator[Item]:
    if words:
        yield Item(label="In the author's words", text=quoted(words), tone=Tone.QUIET)


def silence_items(graph: model.RuleGraph, audience: Audience) -> Iterator[Item]:
    """The topics without an answer. Silence is neither permission nor prohibition."""
    for silence in graph.silences:
        topics = capitalised(listing(topic_text(graph, t) for t in silence.topics))
        details = silence.noted_as
        if silence.grounds.statements or silence.grounds.sources:
            details += definition_details(graph, silence.grounds)
        items = list(_quotation(silence.text))
        if silence.condition is not None:
            given = condition_text(silence.condition, graph, audience)
            items.insert(0, Item(label="Worth saying", text=f"given {given}"))
        yield Item(
            text=f"{topics}.",
            details=() if audience is Audience.PATIENT else details,
            items=tuple(items),
        )


def challenge_items(graph: model.RuleGraph) -> Iterator[Item]:
    """What outside evidence says against the source; it changes no answer."""
    for challenge in graph.challenges.values():
        numbers = citation_numbers(graph, challenge.by)
        details = (numbers,) if numbers else ()
        yield Item(label=challenge.name, text=challenge.text, details=details)


def source_items(graph: model.RuleGraph) -> Iterator[Item]:
    """Every source, with what is doubtful about its citation."""
    resolving = sum(source.resolves for source in graph.sources.values())
    if graph.sources:
        count = f"{resolving} of {len(graph.sources)} sources resolve"
        yield Item(text=f"{count}: their citation leads somewhere.")
    yield from citation_items(graph, graph.sources)


def coverage_items(graph: model.RuleGraph) -> Iterator[Item]:
    """Each statement of the source with what encodes it, the missing ones first."""
    coverage = statement_coverage(graph)
    if not coverage:
        return
    encoded = sum(bool(each.encoded) for each in coverage)
    yield Item(text=f"{encoded} of {len(coverage)} statements are encoded.")
    for each in sorted(coverage, key=lambda each: bool(each.encoded)):
        text = "; ".join(f"{how.value} {name}" for how, name in each.encoded)
        tone = Tone.PLAIN if each.encoded else Tone.CAUTION
        yield Item(label=each.statement, text=text or "missing", tone=tone)


def document_page(document: Document, audience: Audience) -> Page:
    """The document in the words that `audience` is to read."""
    return guideline_page(document.graph, audience, invariants=document.invariants)


def guideline_page(
    graph: model.RuleGraph,
    audience: Audience = Audience.PROFESSIONAL,
    *,
    invariants: Iterable[Required] = (),
) -> Page:
    """The guideline in the words that `audience` is to read.

    Args:
        graph: What it says.
        audience: Professionals read everything; patients are spared how it was encoded.
        invariants: The author's claims about every patient, which do not stand in the graph.
    """
    plain = audience is Audience.PATIENT
    graph = in_lay_words(graph) if plain else graph
    whom = condition_text(graph.scope, graph, audience)
    whom = "For every patient." if graph.scope == ALWAYS else f"For: {whom}."
    implications = (
        Item(
            text=f"{capitalised(condition_text(one.premise, graph))} means: "
            f"{condition_text(one.conclusion, graph)}.",
            details=(one.name,),
        )
        for one in used_vocabulary(graph)[1]
    )
    claims = (
        Item(
            text=invariant_sentence(one, graph, audience),
            details=() if plain else (one.name,),
        )
        for one in invariants
    )
    assumptions = (
        Item(label=one.name, text=one.text) for one in graph.assumptions.values()
    )
    current = (
        Item(
            text=f"{capitalised(fact_text(graph, name))}: {length_text(one.length)} after "
            "it was found.",
            details=one.assumptions,
        )
        for name, one in graph.currencies.items()
    )
    derived = (
        Item(text=f"{capitalised(fact_text(graph, name))}: {derivation_text(one)}.")
        for name, one in graph.derivations.items()
    )
    made_from = "the rules, sentence by sentence; quotations are the author's"
    made = () if plain else (("Digest", graph.digest), ("Made from", made_from))
    sections = (
        ("Scope", (Item(text=whom),)),
        ("Definitions", _definitions(graph, audience)),
        *(
            (decision_text(decision, audience), _rules(graph, decision, audience))
            for decision in decisions_read()
        ),
        ("Where the guideline contradicts itself", conflict_items(graph, audience)),
        ("Not addressed by the guideline", silence_items(graph, audience)),
        ("What follows from the words alone", () if plain else implications),
        ("How long a value counts", () if plain else current),
        ("What is worked out", () if plain else derived),
        ("What never happens and always holds", claims),
        ("Assumptions of this reading", assumptions),
        ("Challenged by other evidence", () if plain else challenge_items(graph)),
        ("Sources", source_items(graph)),
        ("Statements of the source", () if plain else coverage_items(graph)),
    )
    return Page(
        title=graph.title,
        warning=validity_text(graph, audience=audience),
        particulars=(*guideline_particulars(graph), *_imprint(graph.imprint), *made),
        notice=PATIENT_NOTICE if plain else EDUCATION_NOTICE,
        sections=tuple(
            Section(title=title, items=items)
            for title, section in sections
            if (items := tuple(section))
        ),
    )


def _imprint(about: model.Imprint) -> Iterator[tuple[str, str]]:
    """Who answers for the guideline, and what else its head says."""
    for label, text in (
        ("Intended for", about.intended_for),
        ("Authors", listing(about.authors)),
        ("Reviewed by", listing(about.reviewers)),
        ("Supersedes", listing(about.supersedes)),
        ("Licence", about.licence),
        ("Contact", about.contact),
    ):
        if text:
            yield label, text


def _definitions(graph: model.RuleGraph, audience: Audience) -> Iterator[Item]:
    for definition in written(graph.definitions).values():
        meaning = condition_text(definition.condition, graph, audience)
        yield Item(
            text=f"{capitalised(definition.label)}: {meaning}.",
            details=_details(graph, definition.name, definition.grounds, audience),
            items=tuple(_remarks(definition.grounds, audience)),
        )


def _rules(
    graph: model.RuleGraph, decision: model.Decision, audience: Audience
) -> Iterator[Item]:
    """Each rule: the title to find it by, the sentence, and what stands around it."""
    for rule in graph.rules.values():
        if rule.decision is not decision:
            continue
        sentence = Item(
            text=rule_sentence(rule, graph, audience),
            details=_details(graph, rule.name, rule.grounds, audience),
        )
        yield Item(
            text=rule.title,
            tone=Tone.STRONG,
            items=(
                sentence,
                *_standing(rule, graph),
                *(_bearing(rule) if audience is Audience.PROFESSIONAL else ()),
                *_remarks(rule.grounds, audience),
            ),
        )


def _standing(rule: model.Rule, graph: model.RuleGraph) -> Iterator[Item]:
    """What the rule means for others on its decision, and they for it."""
    if rule.optional:
        yield Item(text="An option, not an obligation.")
    for label, names in (
        ("Overrides", rule.exception_to),
        ("Overridden by", rule.exceptions),
    ):
        if names:
            titles = "; ".join(graph.rules[name].title for name in names)
            yield Item(label=label, text=titles)


def _bearing(rule: model.Rule) -> Iterator[Item]:
    """The names of the assumptions under the rule and of the evidence against it."""
    for label, names in (
        ("Rests on", rule.assumptions),
        ("Challenged by", rule.grounds.challenges),
    ):
        if names:
            yield Item(label=label, text=", ".join(names))


def _remarks(grounds: model.Grounds, audience: Audience) -> Iterator[Item]:
    """What the author says about it, in the author's words."""
    plain = audience is Audience.PATIENT
    words = grounds.patient if plain else grounds.because
    if words:
        yield Item(label="In the author's words", text=quoted(words), tone=Tone.QUIET)


def _details(
    graph: model.RuleGraph, name: str, grounds: model.Grounds, audience: Audience
) -> tuple[str, ...]:
    """Strength, statements and citations; for professionals the name and the section too."""
    details = definition_details(graph, grounds)
    if audience is Audience.PATIENT:
        return details
    section = (f"section: {grounds.section}",) if grounds.section else ()
    return (name, *details, *section)


def document_to_json(document: Document) -> dict[str, Any]:
    """The sentences, made of builtin values only; see `schema/document.schema.json`."""
    graph = document.graph
    return {
        "schema": "b12guide.document/1",
        "guideline": guideline_json(graph),
        "engine": engine_json(document),
        "on": None,
        "notice": EDUCATION_NOTICE,
        "scope": condition_text(graph.scope, graph),
        "definitions": [
            {
                "name": definition.name,
                "label": definition.label,
                "text": condition_text(definition.condition, graph),
            }
            for definition in written(graph.definitions).values()
        ],
        "rules": [_rule_json(rule, graph) for rule in graph.rules.values()],
        "invariants": [
            {"name": claim.name, "text": invariant_sentence(claim, graph)}
            for claim in document.invariants
        ],
    }


def _rule_json(rule: model.Rule, graph: model.RuleGraph) -> dict[str, Any]:
    strength = rule.grounds.strength
    return {
        "rule": rule.name,
        "title": rule.title,
        "decision": rule.decision.value,
        "text": rule_sentence(rule, graph),
        "patient": rule_sentence(rule, in_lay_words(graph), Audience.PATIENT),
        "optional": rule.optional,
        "strength": strength.value if strength else None,
        **evidence_json(rule.grounds),
        "statements": list(rule.grounds.statements),
        "sources": sources_json(graph, rule.grounds.sources),
        "goes_before": list(rule.exception_to),
        "gives_way_to": list(rule.exceptions),
        "assumptions": list(rule.assumptions),
        "challenges": list(rule.grounds.challenges),
    }
