"""The facts of a guideline for people, for programs, and as the JSON Schema of a patient."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from typing import Any

from b12guide.graph.dictionary import DescribedFact, dictionary
from b12guide.graph.model import Code, RuleGraph
from b12guide.notice import EDUCATION_NOTICE
from b12guide.patient.derived_text import derivation_text
from b12guide.patient.model import Units
from b12guide.say.numbers import measured, number_json, range_text
from b12guide.say.schedules import currency_text
from b12guide.say.validity import validity_text
from b12guide.show.json_parts import currency_json
from b12guide.show.page import Item, Page, Section
from b12guide.show.patient_header import guideline_particulars
from b12guide.show.to_json import guideline_json

_KINDS = {
    "finding": "Findings: true or false",
    "measure": "Measures: a number with its unit",
    "choice": "Choices: one of the values",
    "event": "Events: true once it has happened",
    "definition": "Definitions: true or false, where only the whole is known",
}


def facts_page(graph: RuleGraph) -> Page:
    """Every fact that may be stated, by kind, with its codes and the rules that read it."""
    facts = dictionary(graph).values()
    sections = (
        Section(
            title=title,
            items=tuple(
                Item(
                    label=f.name,
                    text=f.label,
                    items=tuple(Item(label=a, text=b) for a, b in described(f)),
                )
                for f in facts
                if f.kind == kind
            ),
        )
        for kind, title in _KINDS.items()
    )
    return Page(
        title=f"The facts of {graph.title}",
        warning=validity_text(graph),
        particulars=tuple(guideline_particulars(graph)),
        notice=EDUCATION_NOTICE,
        sections=tuple(section for section in sections if section.items),
    )


def described(fact: DescribedFact) -> Iterator[tuple[str, str]]:
    """What is known of a fact, each with its label."""
    if fact.asks is not None:
        yield "Ask", fact.asks
    if fact.kind == "measure":
        also = f" (also {_listed(fact.also_written)})" if fact.also_written else ""
        yield "Unit", f"{fact.unit}{also}" if fact.unit else "none, a plain number"
    if fact.plausible is not None:
        yield "Plausible", measured(range_text(*fact.plausible), fact.unit)
    if fact.absent is not None:
        absent = measured(range_text(fact.absent, fact.absent), fact.unit)
        yield "With `otherwise absent`", absent
    if fact.current is not None:
        yield "Counts for", currency_text(fact.current)
    if fact.derived is not None:
        yield "Worked out by", derivation_text(fact.derived)
    if fact.values:
        yield "Values", "; ".join(f"{value} ({label})" for value, label in fact.values)
    if fact.lay:
        yield "Patients call it", _listed(fact.lay)
    if fact.synonyms:
        yield "Also called", _listed(fact.synonyms)
    if fact.codes:
        yield "Codes", "; ".join(_codes(fact.codes))
    if fact.tied_to:
        yield (
            "Defined by" if fact.kind == "definition" else "Tied to",
            _listed(fact.tied_to),
        )
    if fact.silent:
        yield "Not addressed", "something about it, which the answer then says"
    readers = (
        *(("the scope of the guideline",) if fact.in_scope else ()),
        *fact.read_by,
    )
    yield "Read by", _listed(readers) or "no rule"


def _codes(codes: tuple[Code, ...]) -> Iterator[str]:
    """The codes of each terminology and publication together."""

    def origin(code: Code) -> tuple[str, str]:
        return code.system, code.seen or "a publication that was not noted"

    for (system, seen), group in groupby(codes, key=origin):
        written = (f"{c.code} for {c.value}" if c.value else c.code for c in group)
        yield f"{system} {_listed(tuple(written))}, seen in {seen}"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def facts_to_json(graph: RuleGraph) -> dict[str, Any]:
    """The same for programs, made of builtin values only; see `schema/facts.schema.json`."""
    return {
        "schema": "b12guide.facts/1",
        "guideline": guideline_json(graph),
        "notice": EDUCATION_NOTICE,
        "facts": [_fact_json(fact) for fact in dictionary(graph).values()],
    }


def _fact_json(fact: DescribedFact) -> dict[str, Any]:
    plausible = fact.plausible
    return {
        "name": fact.name,
        "kind": fact.kind,
        "label": fact.label,
        "asks": fact.asks,
        "unit": fact.unit,
        "also_written": list(fact.also_written),
        "plausible": None
        if plausible is None
        else {"low": number_json(plausible[0]), "high": number_json(plausible[1])},
        "absent": None if fact.absent is None else number_json(fact.absent),
        "current": currency_json(fact.current),
        "derived": None
        if fact.derived is None
        else {"equation": fact.derived.equation, "parts": list(fact.derived.parts)},
        "values": [{"name": name, "label": label} for name, label in fact.values],
        "lay": list(fact.lay),
        "synonyms": list(fact.synonyms),
        "codes": [
            {"system": c.system, "code": c.code, "value": c.value, "from": c.seen}
            for c in fact.codes
        ],
        "read_by": list(fact.read_by),
        "in_scope": fact.in_scope,
        "tied_to": list(fact.tied_to),
        "silent": fact.silent,
    }


# ------------------------------------------------------------------------------ schema


def patient_schema(graph: RuleGraph, units: Units = Units.ASSUME) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a patient file for this guideline.

    It knows the names of facts and not their synonyms, so that a form has one field for each.

    Args:
        graph: The guideline.
        units: `required` leaves out bare numbers for measures that have a unit.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:b12guide:patient:{graph.name}:{graph.version}",
        "title": f"A patient for {graph.title}",
        "description": f"{graph.name} {graph.version}, {graph.status.value}. {EDUCATION_NOTICE}",
        "type": "object",
        "additionalProperties": False,
        "required": ["facts"],
        "properties": {
            "$schema": True,
            "id": True,
            "name": True,
            "note": True,
            "comment": True,
            "otherwise": {"enum": ["unknown", "absent"], "default": "unknown"},
            "facts": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    name: _fact_schema(fact, units)
                    for name, fact in dictionary(graph).items()
                },
            },
        },
        "$defs": {"day": _DAY},
    }


_DAY = {
    "description": "A day, or a moment of it.",
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})?)?$",
}
_A_DAY = {"$ref": "#/$defs/day"}


def _fact_schema(fact: DescribedFact, units: Units) -> dict[str, Any]:
    """A value, a value with its day, or several values with their days."""
    value, *others = _values(fact, units)
    known = {"anyOf": [value, *others, {"type": "null"}]}
    extra = {"unit": {"type": "string"}} if fact.unit else {}
    bare = _number(fact) if fact.unit else None
    dated = {
        "type": "object",
        "additionalProperties": False,
        "required": ["value"],
        "properties": {
            "value": {"anyOf": [*known["anyOf"], *([bare] if bare else [])]},
            **extra,
            "on": _A_DAY,
        },
    }
    if fact.unit and units is Units.REQUIRED:
        dated["anyOf"] = [{"required": ["unit"]}, {"properties": {"value": known}}]
    described: dict[str, Any] = {
        "title": fact.label,
        **({} if fact.asks is None else {"description": fact.asks}),
        "anyOf": [
            *known["anyOf"],
            dated,
            {"type": "array", "minItems": 1, "items": dated},
        ],
        "x-kind": fact.kind,
    }
    if fact.unit:
        described["x-unit"] = fact.unit
    if fact.values:
        described["x-labels"] = dict(fact.values)
    if fact.lay:
        described["x-lay"] = list(fact.lay)
    if fact.synonyms:
        described["x-synonyms"] = list(fact.synonyms)
    if fact.codes:
        described["x-codes"] = [f"{code.system} {code.code}" for code in fact.codes]
    return described


def _values(fact: DescribedFact, units: Units) -> Iterator[dict[str, Any]]:
    """What may stand for the value of a fact, but null."""
    if fact.kind == "choice":
        yield {"enum": [name for name, _ in fact.values]}
    elif fact.kind != "measure":
        yield {"type": "boolean"}
    elif fact.unit is None:
        yield _number(fact)
        yield {"type": "string", "pattern": "^[-+0-9.eE ]+$"}
    else:
        low, high = fact.plausible or (Fraction(1), Fraction(1))
        middle = Fraction((low + high) // 2)
        example = measured(range_text(middle, middle), fact.unit)
        written = f"A number with its unit, such as `{example}`."
        yield {"type": "string", "pattern": "^ *[-+0-9.]", "description": written}
        if units is not Units.REQUIRED:
            yield _number(fact)


def _number(fact: DescribedFact) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "number"}
    if fact.plausible is not None:
        found["minimum"], found["maximum"] = map(number_json, fact.plausible)
    if fact.unit:
        found["description"] = f"In {fact.unit}."
    return found
