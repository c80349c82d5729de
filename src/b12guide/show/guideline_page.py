"""A whole guideline as a page of prose, made from its rule graph.

Sentences are generated, so a page says what an answer will say: whoever changes a dose changes
the sentence. What an author wrote as prose (reasons, remarks on conflicts and silences) stands in
quotation marks beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from b12guide.graph.condition import ALWAYS
from b12guide.graph.model import Decision, Grounds, Rule, RuleGraph
from b12guide.prove.document import Document
from b12guide.prove.invariants import Required
from b12guide.show.condition_text import condition_text
from b12guide.show.grounds import definition_details
from b12guide.show.guideline_grounds import (
    challenge_items,
    conflict_items,
    coverage_items,
    quoted,
    silence_items,
    source_items,
)
from b12guide.show.invariant_text import invariant_sentence
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.rule_text import rule_sentence
from b12guide.show.stated import guideline_particulars
from b12guide.show.wording import (
    EDUCATION_NOTICE,
    PATIENT_NOTICE,
    Audience,
    capitalised,
    decision_text,
)

__all__ = ["document_page", "guideline_page"]


def document_page(document: Document, audience: Audience) -> Page:
    """The document in the words that `audience` is to read."""
    return guideline_page(document.graph, audience, invariants=document.invariants)


def guideline_page(
    graph: RuleGraph,
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
    sections = (
        ("For whom it is written", _scope(graph, audience)),
        ("Definitions", _definitions(graph, audience)),
        *(
            (decision_text(decision, audience), _rules(graph, decision, audience))
            for decision in Decision
        ),
        ("Where the guideline contradicts itself", conflict_items(graph, audience)),
        ("Not addressed by the guideline", silence_items(graph, audience)),
        ("What follows from the words alone", () if plain else _implications(graph)),
        ("What never happens and always holds", _claims(invariants, graph, audience)),
        ("Assumptions of this reading", _assumptions(graph)),
        ("Challenged by other evidence", () if plain else challenge_items(graph)),
        ("Sources", source_items(graph)),
        ("Statements of the source", () if plain else coverage_items(graph)),
    )
    return Page(
        title=graph.title,
        particulars=tuple(_particulars(graph, audience)),
        notice=PATIENT_NOTICE if plain else EDUCATION_NOTICE,
        sections=tuple(
            Section(title=title, items=items)
            for title, section in sections
            if (items := tuple(section))
        ),
    )


def _particulars(graph: RuleGraph, audience: Audience) -> Iterator[tuple[str, str]]:
    yield from guideline_particulars(graph)
    if audience is Audience.PROFESSIONAL:
        yield "Digest", graph.digest
        yield (
            "Made from",
            "the rules, sentence by sentence; quotations are the author's",
        )


def _scope(graph: RuleGraph, audience: Audience) -> Iterator[Item]:
    whom = condition_text(graph.scope, graph, audience)
    text = "For every patient." if graph.scope == ALWAYS else f"For: {whom}."
    yield Item(text=text)


def _definitions(graph: RuleGraph, audience: Audience) -> Iterator[Item]:
    for definition in graph.definitions.values():
        meaning = condition_text(definition.condition, graph, audience)
        yield Item(
            text=f"{capitalised(definition.label)}: {meaning}.",
            details=_details(graph, definition.name, definition.grounds, audience),
            items=tuple(_remarks(definition.grounds, audience)),
        )


def _rules(graph: RuleGraph, decision: Decision, audience: Audience) -> Iterator[Item]:
    for rule in graph.rules.values():
        if rule.decision is decision:
            yield _rule(rule, graph, audience)


def _rule(rule: Rule, graph: RuleGraph, audience: Audience) -> Item:
    """The title to find it by, the sentence, and what stands around it."""
    sentence = Item(
        text=rule_sentence(rule, graph, audience),
        details=_details(graph, rule.name, rule.grounds, audience),
    )
    return Item(
        text=rule.title,
        tone=Tone.STRONG,
        items=(
            sentence,
            *_standing(rule, graph),
            *(_bearing(rule) if audience is Audience.PROFESSIONAL else ()),
            *_remarks(rule.grounds, audience),
        ),
    )


def _standing(rule: Rule, graph: RuleGraph) -> Iterator[Item]:
    """What the rule means for others on its decision, and they for it."""
    if rule.optional:
        yield Item(text="An option beside the default: it obliges nobody.")
    for label, names in (
        ("Goes before", rule.exception_to),
        ("Gives way to", rule.exceptions),
    ):
        if names:
            titles = "; ".join(graph.rules[name].title for name in names)
            yield Item(label=label, text=titles)


def _bearing(rule: Rule) -> Iterator[Item]:
    """The names of the assumptions under the rule and of the evidence against it."""
    for label, names in (
        ("Rests on", rule.assumptions),
        ("Challenged by", rule.grounds.challenges),
    ):
        if names:
            yield Item(label=label, text=", ".join(names))


def _remarks(grounds: Grounds, audience: Audience) -> Iterator[Item]:
    """What the author says about it, in the author's words."""
    plain = audience is Audience.PATIENT
    words = grounds.patient if plain else grounds.because
    if words:
        yield Item(label="In the author's words", text=quoted(words), tone=Tone.QUIET)


def _details(
    graph: RuleGraph, name: str, grounds: Grounds, audience: Audience
) -> tuple[str, ...]:
    """Strength, statements and citations; for professionals the name and the section too."""
    details = definition_details(graph, grounds)
    if audience is Audience.PATIENT:
        return details
    section = (f"section: {grounds.section}",) if grounds.section else ()
    return (name, *details, *section)


def _implications(graph: RuleGraph) -> Iterator[Item]:
    for implication in graph.implications:
        premise = condition_text(implication.premise, graph)
        conclusion = condition_text(implication.conclusion, graph)
        text = f"{capitalised(premise)} means: {conclusion}."
        yield Item(text=text, details=(implication.name,))


def _claims(
    invariants: Iterable[Required], graph: RuleGraph, audience: Audience
) -> Iterator[Item]:
    for invariant in invariants:
        details = () if audience is Audience.PATIENT else (invariant.name,)
        text = invariant_sentence(invariant, graph, audience)
        yield Item(text=text, details=details)


def _assumptions(graph: RuleGraph) -> Iterator[Item]:
    for assumption in graph.assumptions.values():
        yield Item(label=assumption.name, text=assumption.text)
