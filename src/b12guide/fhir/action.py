"""The actions of a plan: each rule with its conditions, each conflict, each silence.

A condition is a FHIRPath expression, with the same in English and in the language of guidelines
beside it. What FHIR has no element for stands in extensions, and in words in `textEquivalent`, for
those who know none of the extensions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from b12guide.fhir.activity import parts_of
from b12guide.fhir.canonical import Element, element, extension
from b12guide.fhir.path import path_of
from b12guide.fhir.published import citation, grouped, id_of, note, own_coding, part
from b12guide.graph import condition as c
from b12guide.graph import model as m
from b12guide.graph.condition_to_syntax import condition_of
from b12guide.say.conditions import condition_text
from b12guide.say.names import Audience, decision_text, in_lay_words, topic_text
from b12guide.say.words import capitalised, listing
from b12guide.show.citations import evidence_details
from b12guide.show.rule_text import rule_sentence
from b12guide.syntax.phrases import condition_to_text
from b12guide.values.term import Strength

_SILENT = (
    "Not addressed by the guideline, which is neither a permission nor a prohibition"
)


def actions_of(
    graph: m.RuleGraph, on: dt.date | None
) -> tuple[list[Element], list[Element]]:
    """An action for each rule, conflict and silence; and the activities that they name."""
    actions, activities = [], []
    plain = in_lay_words(graph)
    for rule in graph.rules.values():
        parts = parts_of(rule, graph, on)
        activities += [activity for _, activity in parts if activity is not None]
        actions.append(_action(rule, [each for each, _ in parts], graph, plain))
    actions += [_conflict(one, graph) for one in graph.conflicts]
    actions += [
        _silence(one, number, graph)
        for number, one in enumerate(graph.silences, start=1)
    ]
    return actions, activities


def _action(
    rule: m.Rule, parts: list[Element], graph: m.RuleGraph, plain: m.RuleGraph
) -> Element:
    sentence = rule_sentence(rule, graph)
    grounds = rule.grounds
    wording = [rule_sentence(rule, plain, Audience.PATIENT), grounds.patient]
    said = extension("patient-wording", valueMarkdown=" ".join(filter(None, wording)))
    goal = [id_of("goal", rule.name)] if isinstance(rule.value, m.Target) else None
    return element(
        id=rule.name,
        extension=[*filter(None, [said, _grounds(grounds, rule)])],
        title=rule.title,
        description=sentence,
        textEquivalent=_in_words(rule, sentence, graph),
        code=[_decision(rule.decision)],
        documentation=[*_documentation(grounds, rule.assumptions, graph)],
        goalId=goal,
        condition=[*_conditions(rule, graph)],
        type=_type(rule.value),
        selectionBehavior=_selection(rule) if len(parts) > 1 else None,
        requiredBehavior=_required(rule),
        action=parts,
    )


def _decision(decision: m.Decision) -> Element:
    text = decision_text(decision)
    return {"coding": [own_coding("decision", decision.value, text)], "text": text}


def _required(rule: m.Rule) -> str | None:
    """Whether the action may be left out: to leave out what is no offer takes a reason.

    Nothing is `must`: that would bind a clinician, which no guideline of ours does.
    """
    if isinstance(rule.value, m.Remark | m.NotNeeded | m.Concluded):
        return None
    return "could" if _is_offer(rule) else "must-unless-documented"


def _is_offer(rule: m.Rule) -> bool:
    return rule.optional or rule.grounds.strength in {
        Strength.MAY,
        Strength.ACCEPTABLE_ALTERNATIVE,
    }


def _selection(rule: m.Rule) -> str:
    """Whether one of the parts is to be chosen, or all are meant."""
    value = rule.value.to if isinstance(rule.value, m.Change) else rule.value
    is_choice = isinstance(value, m.Regimens | m.Routes | m.FormChoice)
    if not is_choice or (isinstance(value, m.FormChoice) and value.excluded):
        return "any" if _is_offer(rule) else "all"
    return "at-most-one" if _is_offer(rule) else "exactly-one"


def _type(value: m.Value) -> Element | None:
    """Whether something begins, changes or ends; nothing for what is only said."""
    match value:
        case m.Stop():
            code = "remove"
        case m.Change():
            code = "update"
        case m.Regimens() | m.Monitoring() | m.Referral():
            code = "create"
        case _:
            return None
    system = "http://terminology.hl7.org/CodeSystem/action-type"
    return {"coding": [{"system": system, "code": code}]}


def _in_words(rule: m.Rule, sentence: str, graph: m.RuleGraph) -> str:
    """All that is said of a rule, for a reader of texts."""
    grounds = rule.grounds
    details = (
        grounds.strength and grounds.strength.value,
        *evidence_details(grounds),
        " ".join(grounds.statements),
        ", ".join(graph.sources[name].title for name in grounds.sources),
    )
    said = [
        sentence,
        f"({'; '.join(filter(None, details))})" if any(details) else "",
        "An option, not an obligation." if rule.optional else "",
    ]
    for label, names in (
        ("Overrides", rule.exception_to),
        ("Overridden by", rule.exceptions),
    ):
        if names:
            said.append(
                f"{label}: {'; '.join(graph.rules[name].title for name in names)}."
            )
    if rule.assumptions:
        said.append(f"Rests on {', '.join(rule.assumptions)}.")
    if grounds.challenges:
        said.append(f"Challenged by {', '.join(grounds.challenges)}.")
    return " ".join(filter(None, said))


def _grounds(grounds: m.Grounds, rule: m.Rule | None = None) -> Element:
    """What stands behind a rule, one part for each thing."""
    over = () if rule is None else rule.exception_to
    under = () if rule is None else rule.exceptions
    lists: tuple[tuple[str, Iterable[str | None]], ...] = (
        ("strength", [grounds.strength and grounds.strength.value]),
        ("certainty", [grounds.certainty and grounds.certainty.value]),
        ("grade", [grounds.grade]),
        ("section", [grounds.section]),
        ("because", [grounds.because]),
        ("statement", grounds.statements),
        ("source", grounds.sources),
        ("assumption", grounds.assumptions if rule is None else rule.assumptions),
        ("challenge", grounds.challenges),
        ("overrides", over),
        ("overridden-by", under),
    )
    parts = [part(n, valueString=v) for n, values in lists for v in values if v]
    return grouped("grounds", *parts) if parts else {}


def _documentation(
    grounds: m.Grounds, assumptions: Iterable[str], graph: m.RuleGraph
) -> Iterator[Element]:
    for name in grounds.sources:
        yield citation(graph.sources[name])
    for statement in grounds.statements:
        strength = grounds.strength.value if grounds.strength else ""
        told = listing(filter(None, [strength, *evidence_details(grounds)]))
        yield note(statement, f"Statement of the source{told and f' ({told})'}")
    for name in assumptions:
        yield note(name, f"Assumption: {graph.assumptions[name].text}")
    for name in grounds.challenges:
        yield note(name, f"Challenged: {graph.challenges[name].text}")


# ------------------------------------------------------------------------- conditions


def _conditions(rule: m.Rule, graph: m.RuleGraph) -> Iterator[Element]:
    """The scope, the rule's own condition, and those of the rules that it gives way to."""
    if graph.scope != c.ALWAYS:
        scope = c.Not(graph.scope) if rule.outside_scope else graph.scope
        yield _applicability(scope, graph, "the patient is one of", "scope")
    if rule.condition != c.ALWAYS:
        yield _applicability(rule.condition, graph, "given", "own")
    for name in rule.exceptions:
        other = graph.rules[name]
        yield _applicability(
            c.Not(other.condition),
            graph,
            f"unless `{other.title}` applies: given",
            f"unless-{name}",
        )


def _applicability(
    condition: c.Condition, graph: m.RuleGraph, before: str, name: str
) -> Element:
    """A condition three times: as FHIRPath, in English, and in the language of guidelines.

    There is no code for that language where FHIR names one, so that it stands in an extension.
    """
    found = condition_of(condition, graph)
    written = [] if found is None else [condition_to_text(found)]
    return {
        "id": name,
        "kind": "applicability",
        "expression": element(
            extension=[extension("gdl", valueString=text) for text in written],
            description=f"{before} {condition_text(condition, graph)}",
            language="text/fhirpath",
            expression=path_of(condition, graph),
        ),
    }


def _conflict(conflict: m.ExpectedConflict, graph: m.RuleGraph) -> Element:
    rules = [graph.rules[name] for name in (conflict.first, conflict.second)]
    titles = " and ".join(f"`{rule.title}`" for rule in rules)
    text = (
        f"{titles} can apply at once and cannot both be followed; the source does not say which "
        "takes precedence."
    )
    sides = [{"title": r.title, "description": rule_sentence(r, graph)} for r in rules]
    return element(
        id=f"conflict-{conflict.first}-{conflict.second}",
        title=f"Conflict in the source: {titles}",
        description=text,
        textEquivalent=" ".join(
            [text, *(side["description"] for side in sides), conflict.because]
        ).strip(),
        code=[{"coding": [own_coding("decision", "conflict", "Conflict")]}],
        documentation=[
            note(name, "A conflict of the source") for name in conflict.noted_as
        ],
        condition=[
            _applicability(rule.condition, graph, "given", f"side-{rule.name}")
            for rule in rules
            if rule.condition != c.ALWAYS
        ],
        action=sides,
    )


def _silence(silence: m.Silence, number: int, graph: m.RuleGraph) -> Element:
    topics = capitalised(listing(topic_text(graph, t) for t in silence.topics))
    grounds, own = silence.grounds, []
    if silence.condition is not None:
        own = [_applicability(silence.condition, graph, "worth saying given", "own")]
    return element(
        id=f"silence-{number}",
        extension=[_grounds(grounds)] if _grounds(grounds) else None,
        title=f"Not addressed: {topics}",
        description=f"{_SILENT}: {topics}.",
        textEquivalent=" ".join(
            filter(None, [f"{_SILENT}: {topics}.", silence.text, *silence.noted_as])
        ),
        code=[
            {"coding": [own_coding("decision", "silence", "Not addressed")]},
            *map(_decision, silence.decisions),
        ],
        documentation=[
            *_documentation(grounds, grounds.assumptions, graph),
            *(
                note(name, "Noted as a silence of the source")
                for name in silence.noted_as
            ),
        ],
        condition=own,
    )
