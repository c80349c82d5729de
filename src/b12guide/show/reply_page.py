"""What a guideline says to a question in plain words: as a page, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import assert_never

from b12guide.ask.reply import Reply, ReplyItem
from b12guide.ask.search import Scored
from b12guide.evaluate.answer import Conflict, RuleVerdict, Verdict
from b12guide.graph.condition import ALWAYS
from b12guide.graph.model import Grounds, RuleGraph
from b12guide.graph.query import brief_text, fact_text
from b12guide.notice import EDUCATION_NOTICE
from b12guide.patient.model import FactValue
from b12guide.say.conditions import condition_text
from b12guide.say.names import PATIENT_NOTICE, Audience, decision_text, stated_value
from b12guide.say.numbers import number_json
from b12guide.say.validity import validity_text
from b12guide.say.words import capitalised, listing
from b12guide.show import json_parts, patient_header, to_json
from b12guide.show.citations import citation_items, definition_details, sides_of
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.rule_text import action_text, rule_sentence

SCHEMA = "b12guide.ask/1"
_MOST_RANKED = 12
_NEVER = "The guideline never mentions {}."
_NOTHING = "Nothing in the guideline answers this question."


def reply_page(found: Reply, audience: Audience = Audience.PROFESSIONAL) -> Page:
    """What was understood, what the guideline says to it, and what it does not address."""
    graph, plain = found.graph, audience is Audience.PATIENT
    sources = dict.fromkeys(
        s for item in found.items for s in _grounds(item, graph).sources
    )
    sections = [
        ("What was understood", tuple(_understood(found, audience))),
        ("What the guideline says", tuple(_items(found, audience))),
        (
            "Where the guideline contradicts itself",
            tuple(_conflict(one, graph) for one in found.conflicts),
        ),
        (
            patient_header.HEADING,
            (
                *patient_header.unaddressed(found.silences, graph, audience),
                *_never_spoken_of(found),
            ),
        ),
        ("Assumptions of this reading", tuple(_assumptions(found))),
        ("Challenged by other evidence", tuple(_challenges(found))),
        ("Citations", () if plain else citation_items(graph, list(sources))),
    ]
    if found.is_why:
        sections.append(("How this was found", tuple(_ranking(found))))
    return Page(
        title=found.question.strip(),
        warning=validity_text(graph, found.on),
        particulars=tuple(_particulars(found)),
        notice=PATIENT_NOTICE if plain else EDUCATION_NOTICE,
        sections=tuple(
            Section(title=title, items=tuple(items))
            for title, items in sections
            if items
        ),
    )


def _particulars(found: Reply) -> Iterator[tuple[str, str]]:
    if found.asked:
        yield from patient_header.particulars(found.answer)
    else:
        yield from patient_header.guideline_particulars(found.graph, found.on)


# ------------------------------------------------------------------------- understood


def _understood(found: Reply, audience: Audience) -> Iterator[Item]:
    """What was taken from the question, and what was not."""
    told = [
        stated_value(found.graph, name, value) for name, value in found.told.items()
    ]
    if told:
        yield Item(label="About the patient", text="; ".join(told))
    about = _about(found)
    if about and audience is Audience.PROFESSIONAL:
        yield Item(label="Asked about", text=listing(about))
    for slip in found.understood.corrections:
        text = f"“{slip.written}” was read as “{slip.meant}”"
        yield Item(label="Spelling", text=text)
    for one in found.asides:
        yield Item(
            label="Left aside", text=f"{one.text}: {one.reason}", tone=Tone.CAUTION
        )


def _about(found: Reply) -> list[str]:
    """The things that the question speaks of beside the facts that it tells, and what it asks."""
    concepts = found.index.dictionary.concepts
    mentions = (*found.understood.mentions, *found.understood.ways)
    keys = dict.fromkeys(key for mention in mentions for key in mention.concepts)
    labels = [
        concepts[key].label for key in keys if concepts[key].name not in found.told
    ]
    if found.understood.is_against and "against" not in labels:
        labels.append("against")
    said = ("what speaks against it" if one == "against" else one for one in labels)
    return list(dict.fromkeys(said))


# ------------------------------------------------------------------------------ items


def _grounds(item: ReplyItem, graph: RuleGraph) -> Grounds:
    if item.kind == "rule":
        return graph.rules[item.name].grounds
    return graph.definitions[item.name].grounds


def _items(found: Reply, audience: Audience) -> Iterator[Item]:
    graph, plain = found.graph, audience is Audience.PATIENT
    for item in found.items:
        grounds = _grounds(item, graph)
        text = _told_as(item, graph, audience)
        yield Item(
            label="" if plain else _label(item, graph),
            text=text,
            details=(*definition_details(graph, grounds), item.name),
            tone=Tone.STRONG if _holds(item) else Tone.PLAIN,
            items=tuple(_verdict(item, found, audience)),
        )


def _label(item: ReplyItem, graph: RuleGraph) -> str:
    if item.kind == "rule":
        return decision_text(graph.rules[item.name].decision)
    return "Definition"


def _holds(item: ReplyItem) -> bool:
    return item.verdict is not None and item.verdict.verdict is Verdict.APPLIES


def _told_as(item: ReplyItem, graph: RuleGraph, audience: Audience) -> str:
    """What it says, under its title; to a patient it is about, the words written for one."""
    grounds = _grounds(item, graph)
    if item.kind == "definition":
        return _definition_text(item, graph, audience)
    rule = graph.rules[item.name]
    if audience is Audience.PATIENT:
        if _holds(item) and grounds.patient:
            return capitalised(grounds.patient)
        return rule_sentence(rule, graph, audience)
    return f"{rule.title}: {action_text(rule.value, rule.decision, graph)}"


def _definition_text(item: ReplyItem, graph: RuleGraph, audience: Audience) -> str:
    definition = graph.definitions[item.name]
    meaning = condition_text(definition.condition, graph, audience)
    return f"{capitalised(definition.label)}: {meaning}"


def _verdict(item: ReplyItem, found: Reply, audience: Audience) -> Iterator[Item]:
    """What the rule makes of this patient, and for whom it is."""
    if item.verdict is None:
        return
    yield Item(text=verdict_text(item.verdict, found.graph, audience), tone=Tone.QUIET)
    rule = item.verdict.rule
    if audience is Audience.PROFESSIONAL and rule.condition != ALWAYS:
        text = condition_text(rule.condition, found.graph)
        yield Item(label="given", text=text, tone=Tone.QUIET)


def verdict_text(verdict: RuleVerdict, graph: RuleGraph, audience: Audience) -> str:
    """The verdict of a rule in a phrase, with what it waits for or gives way to."""
    plain = audience is Audience.PATIENT
    match verdict.verdict:
        case Verdict.APPLIES:
            return "this is about you" if plain else "applies"
        case Verdict.DOES_NOT_APPLY:
            # It is in an answer only where its condition asks what is on record.
            if plain:
                return "this is not about you, as far as is known here"
            return "does not apply, as far as is recorded"
        case Verdict.OVERRIDDEN:
            titles = listing(graph.rules[name].title for name in verdict.overridden_by)
            return f"overridden by: {titles}"
        case Verdict.INDETERMINATE:
            return "left open by the threshold that the source prints"
        case Verdict.UNKNOWN:
            if plain:
                return "whether this is about you depends on what is not known here"
            needs = listing(brief_text(graph, name) for name in verdict.needs)
            return f"depends on {needs}" if needs else "depends on what is not known"
        case _:
            assert_never(verdict.verdict)


def _conflict(conflict: Conflict, graph: RuleGraph) -> Item:
    sides = [
        listing(graph.rules[name].title for name in rules)
        for rules, _ in sides_of(conflict.sides)
    ]
    open_ = "" if conflict.certain else " (if all that is not known turns out so)"
    return Item(
        label=decision_text(conflict.decision),
        text=f"{' against '.join(sides)}{open_}",
        tone=Tone.CAUTION,
        items=(Item(text=conflict.note),) if conflict.note else (),
    )


def _never_spoken_of(found: Reply) -> Iterator[Item]:
    """The words that the guideline never uses; or that nothing in it answers."""
    for word in found.unknown_words:
        yield Item(text=_NEVER.format(f"“{word}”"), tone=Tone.CAUTION)
    if found.is_silent and not found.unknown_words:
        yield Item(text=_NOTHING, tone=Tone.CAUTION)


def _assumptions(found: Reply) -> Iterator[Item]:
    names = {
        name
        for item in found.items
        if item.kind == "rule"
        for name in found.graph.rules[item.name].assumptions
    }
    for name in sorted(names):
        yield Item(label=name, text=found.graph.assumptions[name].text)


def _challenges(found: Reply) -> Iterator[Item]:
    names = {n for item in found.items for n in _grounds(item, found.graph).challenges}
    for name in sorted(names):
        yield Item(label=name, text=found.graph.challenges[name].text)


# ---------------------------------------------------------------------------- ranking


def _ranking(found: Reply) -> Iterator[Item]:
    """What was looked for, and what was found by it, the best first."""
    words = ", ".join(
        f"{word.text} → {word.stem}"
        for word in found.understood.words
        if not (word.is_function or word.is_number)
    )
    if words:
        yield Item(label="Words", text=words)
    counts = ", ".join(f"{one.token} {one.counts}" for one in found.tokens)
    if counts:
        yield Item(label="Looked for", text=counts)
    about = ", ".join(
        f"{unit.text} {unit.rarity}{'' if unit.is_known else ' (never used)'}"
        for unit in found.units
    )
    if about:
        text = f"{about}; {found.covered} of 100 in one place"
        yield Item(label="What it is about", text=text)
    for number, one in enumerate(found.ranking[:_MOST_RANKED], 1):
        yield Item(label=str(number), text=_ranked(one, found))


def _ranked(one: Scored, found: Reply) -> str:
    document = found.index.documents[one.document]
    name = f"{document.kind} {document.name}"
    if document.kind == "silence":
        silence = found.graph.silences[int(document.name)]
        name = f"silence on {', '.join(silence.topics)}"
    made = ", ".join(f"{token} {score}" for token, score in one.words)
    verdict = "" if one.verdict is None else f"; {one.verdict}"
    changed = "" if one.factor == 100 else f", of which {one.factor} %"
    return f"{name}: {one.score} = {one.by_words}{changed} ({made}){verdict}"


# ------------------------------------------------------------------------------- JSON


def reply_json(found: Reply) -> json_parts.Json:
    """The same as a value that `json.dumps` takes."""
    graph = found.graph
    return {
        "schema": SCHEMA,
        "guideline": to_json.guideline_json(graph),
        "engine": json_parts.engine_json(found),
        "education": EDUCATION_NOTICE,
        "on": found.on and found.on.isoformat(),
        "options": json_parts.options_json(found.stated),
        "patient": json_parts.patient_record(found.stated, graph, {})
        if found.asked
        else None,
        "question": found.question,
        "understood": {
            "facts": [*_told_json(found.told, graph)],
            "about": [*_about_json(found)],
            "against": found.understood.is_against,
            "corrections": [
                {"written": one.written, "meant": one.meant}
                for one in found.understood.corrections
            ],
            "left_aside": [
                {"text": one.text, "reason": one.reason} for one in found.asides
            ],
        },
        "answers": [_item_json(item, graph) for item in found.items],
        "conflicts": [to_json.conflict_json(one, graph) for one in found.conflicts],
        "silent": to_json.silences_json(found.silences, graph, found.answer.stated.own),
        "unknown_words": list(found.unknown_words),
        "is_silent": found.is_silent,
        "notices": [item.text for item in _never_spoken_of(found)],
        "assumptions": _named(_assumptions(found)),
        "challenges": _named(_challenges(found)),
        "ranking": [_ranked_json(one, found) for one in found.ranking[:_MOST_RANKED]]
        if found.is_why
        else None,
    }


def _named(items: Iterable[Item]) -> list[json_parts.Json]:
    return [{"id": item.label, "text": item.text} for item in items]


def _told_json(
    told: Mapping[str, FactValue], graph: RuleGraph
) -> Iterator[json_parts.Json]:
    for name, value in told.items():
        fact = graph.vocabulary.facts.get(name)
        is_number = isinstance(value, Fraction)
        yield {
            "fact": name,
            "label": fact_text(graph, name),
            "value": number_json(value) if isinstance(value, Fraction) else value,
            "unit": fact.unit if fact is not None and is_number else None,
            "text": stated_value(graph, name, value),
        }


def _about_json(found: Reply) -> Iterator[json_parts.Json]:
    concepts = found.index.dictionary.concepts
    mentions = (*found.understood.mentions, *found.understood.ways)
    for key in dict.fromkeys(key for mention in mentions for key in mention.concepts):
        one = concepts[key]
        if one.kind != "against":
            value = {} if one.value is None else {"value": one.value}
            yield {"kind": one.kind, "name": one.name, **value, "label": one.label}


def _item_json(item: ReplyItem, graph: RuleGraph) -> json_parts.Json:
    """A rule with its verdict as in an explanation, or a definition with the same keys."""
    if item.verdict is not None:
        rule = item.verdict.rule
        return {
            "kind": item.kind,
            "score": item.score,
            **to_json.verdict_json(item.verdict, graph),
            "text": capitalised(action_text(rule.value, rule.decision, graph)),
            "condition": condition_text(rule.condition, graph),
            "sentence": rule_sentence(rule, graph),
            "verdict_text": verdict_text(item.verdict, graph, Audience.PROFESSIONAL),
        }
    told = definition_json(item.name, graph)
    return {"kind": item.kind, "score": item.score, **told}


def definition_json(name: str, graph: RuleGraph) -> json_parts.Json:
    """A definition with the keys of a rule in an answer."""
    definition = graph.definitions[name]
    grounds = definition.grounds
    meaning = condition_text(definition.condition, graph)
    sentence = f"{capitalised(definition.label)}: {meaning}."
    return {
        "definition": name,
        "title": definition.label,
        "verdict": None,
        "strength": grounds.strength and grounds.strength.value,
        **json_parts.evidence_json(grounds),
        "statements": list(grounds.statements),
        "sources": to_json.sources_json(graph, grounds.sources),
        "section": grounds.section,
        "text": sentence,
        "because": grounds.because,
        "patient": grounds.patient,
        "assumptions": list(grounds.assumptions),
        "challenges": list(grounds.challenges),
        "condition": meaning,
        "sentence": sentence,
    }


def _ranked_json(one: Scored, found: Reply) -> json_parts.Json:
    document = found.index.documents[one.document]
    name = document.name
    if document.kind == "silence":
        name = ", ".join(found.graph.silences[int(name)].topics)
    return {
        "kind": document.kind,
        "name": name,
        "score": one.score,
        "by_words": one.by_words,
        "verdict": one.verdict,
        "factor": one.factor,
        "words": [{"word": token, "score": score} for token, score in one.words],
    }
