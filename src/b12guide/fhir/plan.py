"""A guideline as FHIR: a `PlanDefinition` with all that it names, in a `Bundle` of one collection.

Every rule is an action with its condition, and so is every silence and every conflict that the
source leaves open: a program that shows the actions shows these as well. What the source says, what
it cites and what is assumed of it stands among the related artifacts, and the text in a `Library`.
"""

from __future__ import annotations

import datetime as dt
from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha1
from pathlib import Path

from b12guide.errors import DosageError
from b12guide.fhir.action import actions_of
from b12guide.fhir.canonical import BASE, Element, element
from b12guide.fhir.dosages import concept
from b12guide.fhir.published import GDL, canonical, citation, head, id_of, note
from b12guide.fhir.quantities import quantity
from b12guide.fhir.questionnaire import code_system, questionnaire, value_sets
from b12guide.fhir.wording import Wording
from b12guide.graph import model as m
from b12guide.graph.conclusions import written
from b12guide.graph.query import fact_text, statement_coverage, used_vocabulary
from b12guide.patient.derived_text import derivation_text
from b12guide.say.conditions import condition_text
from b12guide.say.numbers import range_text
from b12guide.say.schedules import length_text
from b12guide.say.words import capitalised
from b12guide.show.rule_text import rule_sentence
from b12guide.values.term import Operator

_UNKNOWN = (
    "Conditions are asked of %facts: a QuestionnaireResponse to the Questionnaire of the "
    "guideline, in which what follows from the answers is filled in. An empty result is unknown, "
    "which is never the same as false: the rule may apply. The actions are those of single rules; "
    "what several of them come to together, and what is still to be asked, says b12guide."
)


def plan_bundle(loaded: m.Loaded, on: dt.date | None = None) -> Element:
    """The guideline as a `Bundle` of type collection, the `PlanDefinition` first.

    Args:
        loaded: The guideline with the files that it was read from.
        on: The day for which its status holds; without one, a guideline that has an end
            counts as over.

    Returns:
        Builtin values only, ready for `json.dumps`.
    """
    graph = loaded.graph
    actions, activities = actions_of(graph, on)
    resources = [
        _plan(graph, actions, on),
        _library(loaded, on),
        questionnaire(graph, on),
        *activities,
        *code_system(graph, on),
        *value_sets(graph, on),
    ]
    return element(
        resourceType="Bundle",
        id=id_of(graph.name),
        identifier=_digest(graph),
        type="collection",
        entry=[{"fullUrl": each["url"], "resource": each} for each in resources],
    )


def _digest(graph: m.RuleGraph) -> Element | None:
    """The digest of what the guideline says, which no layout changes."""
    if not graph.digest:
        return None
    return {"system": f"{BASE}/digest", "value": graph.digest}


def _plan(graph: m.RuleGraph, actions: list[Element], on: dt.date | None) -> Element:
    about = graph.imprint
    whom = condition_text(graph.scope, graph)
    period = element(start=about.effective, end=about.retired)
    return {
        **head(
            "PlanDefinition", graph, title=graph.title, about=f"For: {whom}.", on=on
        ),
        **element(
            type={
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/plan-definition-type",
                        "code": "clinical-protocol",
                    }
                ]
            },
            subtitle=f"{graph.status.value}; for education and research",
            purpose=about.intended_for and f"Intended for {about.intended_for}.",
            usage=_UNKNOWN,
            approvalDate=graph.approved_on,
            effectivePeriod=period,
            author=_people(about.authors),
            reviewer=_people(about.reviewers),
            endorser=_people(filter(None, [graph.approved_by])),
            contact=_people(filter(None, [about.contact])),
            relatedArtifact=[*_related(graph)],
            library=[canonical("Library", graph)],
            goal=[
                _goal(rule, rule.value, graph)
                for rule in graph.rules.values()
                if isinstance(rule.value, m.Target)
            ],
            action=actions,
        ),
    }


def _people(names: Iterable[str | None]) -> list[Element]:
    return [{"name": name} for name in names if name]


# --------------------------------------------------------------- what it all rests on


def _related(graph: m.RuleGraph) -> Iterator[Element]:
    """What the guideline needs, follows, cites and takes for granted."""
    for kind, names in (("Library", ()), ("Questionnaire", ("facts",))):
        yield {"type": "depends-on", "resource": canonical(kind, graph, *names)}
    for name in graph.imprint.supersedes:
        yield {"type": "predecessor", "display": name}
    if graph.imprint.superseded_by:
        yield {"type": "successor", "display": graph.imprint.superseded_by}
    for source in graph.sources.values():
        yield citation(source)
    for assumption in graph.assumptions.values():
        yield note(assumption.name, f"Assumption: {assumption.text}")
    for challenge in graph.challenges.values():
        by = f" ({', '.join(challenge.by)})" if challenge.by else ""
        yield note(
            challenge.name, f"Challenged by other evidence: {challenge.text}{by}"
        )
    for definition in written(graph.definitions).values():
        yield note(definition.name, _defined(definition, graph))
    for one in used_vocabulary(graph)[1]:
        premise = capitalised(condition_text(one.premise, graph))
        conclusion = condition_text(one.conclusion, graph)
        yield note(one.name, f"{premise} means: {conclusion}.")
    for name, currency in graph.currencies.items():
        resting = (
            f" ({', '.join(currency.assumptions)})" if currency.assumptions else ""
        )
        text = f"counts for {length_text(currency.length)} after it was found{resting}"
        yield note(name, f"{capitalised(fact_text(graph, name))} {text}.")
    for name, derivation in graph.derivations.items():
        yield note(name, f"{fact_text(graph, name)}: {derivation_text(derivation)}")
    for each in statement_coverage(graph):
        encoded = "; ".join(f"{how.value} {name}" for how, name in each.encoded)
        yield note(
            each.statement, f"Statement of the source: {encoded or 'not encoded'}"
        )


def _defined(definition: m.Definition, graph: m.RuleGraph) -> str:
    """A definition in words, with what stands behind it."""
    meaning = f"{capitalised(definition.label)}: {condition_text(definition.condition, graph)}."
    grounds = definition.grounds
    details = (*grounds.statements, *grounds.sources, *grounds.assumptions)
    return f"{meaning} ({', '.join(details)})" if details else meaning


def _goal(rule: m.Rule, value: m.Target, graph: m.RuleGraph) -> Element:
    """What to aim for; a bound that the source prints as a range stays words."""
    measure = concept(Wording(graph).fact(value.measure))
    return {
        "id": id_of("goal", rule.name),
        "description": {"text": rule_sentence(rule, graph)},
        "target": [{"measure": measure, **_bound(value)}],
    }


def _bound(target: m.Target) -> Element:
    """The bound as an amount; in words, where it is none that FHIR can hold."""
    sign, unit = target.operator.value, target.unit
    text = f"{sign} {range_text(target.low, target.high)} {unit or ''}".strip()
    in_words = {"detailCodeableConcept": {"text": text}}
    if target.low != target.high:
        return in_words
    sign = "" if target.operator is Operator.EQUAL else sign
    try:
        return {"detailQuantity": quantity(target.low, unit, sign)}
    except DosageError:
        return in_words


# ---------------------------------------------------------------------------- library


def _library(loaded: m.Loaded, on: dt.date | None) -> Element:
    """The guideline as it is written, file by file."""
    graph = loaded.graph
    found = head(
        "Library", graph, title=graph.title, about="The guideline as written.", on=on
    )
    return {
        **found,
        **element(
            identifier=[_digest(graph)] if graph.digest else None,
            type={
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/library-type",
                        "code": "logic-library",
                    }
                ]
            },
            relatedArtifact=[*map(citation, graph.sources.values())],
            content=[
                _attachment(Path(text.name).name, text.characters.encode())
                for text in loaded.texts
            ],
        ),
    }


def _attachment(name: str, content: bytes) -> Element:
    # FHIR wants SHA-1 here; what the guideline says stands by its digest.
    digest = sha1(content, usedforsecurity=False).digest()
    return {
        "contentType": GDL,
        "title": name,
        "size": len(content),
        "hash": b64encode(digest).decode(),
        "data": b64encode(content).decode(),
    }
