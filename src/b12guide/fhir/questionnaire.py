"""The facts of a guideline as a FHIR `Questionnaire`, and their codes as `ValueSet` resources.

Every item may stay without an answer, and a question of yes or no may be answered with "not known":
what nobody answers is unknown, which is not the same as no.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import groupby

from b12guide.fhir.canonical import Element, element, extension
from b12guide.fhir.published import codings, head, id_of, own_coding, system_uri
from b12guide.fhir.quantities import ucum
from b12guide.graph.derived import behind
from b12guide.graph.dictionary import DescribedFact, dictionary
from b12guide.graph.model import Code, Fact, RuleGraph, Word
from b12guide.say.numbers import number_json

_YES_OR_NO = "http://terminology.hl7.org/CodeSystem/v2-0136"
_REASON = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_NOT_KNOWN = {"system": _REASON, "code": "unknown", "display": "Not known"}
_ANSWERS = (
    {"system": _YES_OR_NO, "code": "Y", "display": "Yes"},
    {"system": _YES_OR_NO, "code": "N", "display": "No"},
    _NOT_KNOWN,
)
_STANDARD = "http://hl7.org/fhir/StructureDefinition"
_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition"


def questionnaire(graph: RuleGraph, on: dt.date | None = None) -> Element:
    """One item for each fact that may be stated of a patient; its `linkId` is the fact's name.

    Args:
        graph: The guideline.
        on: The day for which its status holds.
    """
    dated = {behind(graph, name) for name in graph.derived} | graph.currencies.keys()
    items = [
        _item(fact, graph, is_dated=name in dated)
        for name, fact in dictionary(graph).items()
        if name not in graph.definitions or graph.definitions[name].is_written
    ]
    return {
        **head(
            "Questionnaire",
            graph,
            "facts",
            title=f"The facts of {graph.title}",
            about="What is not answered is unknown.",
            on=on,
        ),
        "subjectType": ["Patient"],
        "item": items,
    }


def _item(fact: DescribedFact, graph: RuleGraph, *, is_dated: bool) -> Element:
    answers, kind = _answers(fact, graph)
    about = [*_bounds(fact), extension("label", valueString=fact.label)]
    return element(
        extension=about,
        linkId=fact.name,
        code=codings(fact.codes),
        text=fact.asks or fact.label,
        type=kind,
        required=False,
        answerOption=[{"valueCoding": answer} for answer in answers],
        item=[_day(fact)] if is_dated or fact.kind == "event" else None,
    )


def _answers(fact: DescribedFact, graph: RuleGraph) -> tuple[list[Element], str]:
    """The answers to choose from, and what kind of answer it is."""
    if fact.kind == "measure":
        return [], "decimal" if fact.unit is None else "quantity"
    if fact.kind != "choice":
        return list(_ANSWERS), "choice"
    group = id_of(graph.name)
    values = [own_coding(group, f"{fact.name}.{v}", label) for v, label in fact.values]
    return [*values, _NOT_KNOWN], "choice"


def _bounds(fact: DescribedFact) -> Iterator[Element]:
    """The unit of a measure, other spellings of it aside, and what is plausible."""
    if fact.kind != "measure":
        return
    code = None if fact.unit is None else ucum(fact.unit)
    system = None if code is None else "http://unitsofmeasure.org"
    if fact.unit is not None:
        unit = element(system=system, code=code, display=fact.unit)
        yield {"url": f"{_STANDARD}/questionnaire-unit", "valueCoding": unit}
    for end, bound in zip(("min", "max"), fact.plausible or (), strict=False):
        yield _bound(end, bound, element(unit=fact.unit, system=system, code=code))


def _bound(end: str, bound: Fraction, unit: Element) -> Element:
    value = number_json(bound)
    if not unit:
        return {"url": f"{_STANDARD}/{end}Value", "valueDecimal": value}
    name = f"{_SDC}/sdc-questionnaire-{end}Quantity"
    return {"url": name, "valueQuantity": {"value": value, **unit}}


def _day(fact: DescribedFact) -> Element:
    return {
        "linkId": f"{fact.name}.on",
        "text": f"On which day was this found or did it happen: {fact.label}?",
        "type": "date",
        "required": False,
    }


# -------------------------------------------------------------------------- codes


def code_system(graph: RuleGraph, on: dt.date | None = None) -> Iterator[Element]:
    """The values of choices and conclusions as a `CodeSystem`; nothing where there are none.

    Args:
        graph: The guideline.
        on: The day for which its status holds.
    """
    known = graph.vocabulary
    concepts = [
        {"code": f"{word.name}.{value}", "display": f"{word.label}: {label}"}
        for words in (known.facts, known.conclusions)
        for word in words.values()
        for value, label in zip(
            word.values, word.value_labels or word.values, strict=True
        )
    ]
    if concepts:
        title = f"The values of choices of {graph.title}"
        yield {
            **head("CodeSystem", graph, title=title, on=on),
            "content": "complete",
            "concept": concepts,
        }


def value_sets(graph: RuleGraph, on: dt.date | None = None) -> Iterator[Element]:
    """The codes that stand for each fact, drug and test, and for each value of a choice.

    Args:
        graph: The guideline.
        on: The day for which its status holds.
    """
    known = graph.vocabulary
    groups: dict[str, Mapping[str, Fact | Word]] = {
        "fact": known.facts,
        "drug": known.drugs,
        "test": known.tests,
        "route": known.routes,
        "site": known.sites,
        "service": known.services,
    }
    for group, words in groups.items():
        for word in words.values():
            for value in dict.fromkeys(code.value for code in word.codes):
                codes = [code for code in word.codes if code.value == value]
                names = (group, word.name, *(() if value is None else (value,)))
                title = word.label if value is None else f"{word.label}: {value}"
                yield {
                    **head("ValueSet", graph, *names, title=title, on=on),
                    "compose": {"include": [*_included(codes)]},
                }


def _included(codes: list[Code]) -> Iterator[Element]:
    def system(code: Code) -> str:
        return system_uri(code.system)

    for url, group in groupby(sorted(codes, key=system), key=system):
        yield {"system": url, "concept": [_concept(code) for code in group]}


def _concept(code: Code) -> Element:
    seen = code.seen or "a publication that was not noted"
    return {"extension": [extension("seen-in", valueString=seen)], "code": code.code}
