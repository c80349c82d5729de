"""What rules advise, as data: everything of a program that several rules at once are composed of.

Values stand as the rule graph has them, field by field, with a `kind` where there are several;
numbers are exact texts such as "7/3". The types in `src/web/engine/advice.ts` have the same names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from fractions import Fraction
from typing import Any, TypeAlias

from attrs import fields, has

from b12guide.evaluate import by_weight
from b12guide.evaluate.composition import heard
from b12guide.evaluate.composition_parts import reading_order
from b12guide.graph import model as m
from b12guide.graph.query import fact_text, regimens_in, words_in
from b12guide.regimen import model as r
from b12guide.regimen.phase import PER_KILOGRAM
from b12guide.say import names
from b12guide.say.numbers import PLAIN_UNITS, unit_text
from b12guide.values.unit import convert, parse_unit

Json: TypeAlias = dict[str, Any]

KINDS: Mapping[type[Any], str] = {
    m.FormChoice: "form",
    m.Exclusion: "exclusion",
    m.Regimens: "regimens",
    m.NotNeeded: "not needed",
    m.Routes: "routes",
    m.Prohibition: "prohibition",
    m.Monitoring: "monitoring",
    m.NotChecked: "not checked",
    m.Technique: "technique",
    m.Instruction: "instruction",
    m.Target: "target",
    m.Continuation: "continuation",
    m.Stop: "stop",
    m.Change: "change",
    m.Referral: "referral",
    m.Concluded: "concluded",
    m.Remark: "remark",
    r.Regimen: "regimen",
    r.Every: "every",
    r.Times: "times",
    r.ForTime: "for time",
    r.ForDoses: "for doses",
    r.ForLife: "for life",
    r.Until: "until",
}
"""What tells the things apart that may stand in one place."""


def advice_data(graph: m.RuleGraph) -> Json:
    """What the rules of a guideline advise, with all that is needed to compose and to word it."""
    ordered = sorted(graph.rules.values(), key=reading_order)
    place = {rule.name: number for number, rule in enumerate(ordered)}
    inside = [rule for rule in ordered if not rule.outside_scope]
    drugs = {drug for rule in ordered for drug in words_in(rule.value).drugs}
    return {
        "rules": [_rule(rule) for rule in ordered],
        "heard": {
            one.value: [place[rule.name] for rule in heard(one, inside)]
            for one in m.Decision
        },
        "expected": [
            {"first": one.first, "second": one.second, "because": one.because or ""}
            for one in graph.conflicts
        ],
        "words": {
            "professional": _words(graph, names.Audience.PROFESSIONAL),
            "patient": _words(names.in_lay_words(graph), names.Audience.PATIENT),
        },
        "units": {name: _unit(name) for name in sorted(set(_units(ordered)))},
        "weights": {name: _kilogram(graph, name) for name in by_weight.measures(graph)},
        "drugs": [
            {
                "drug": drug.name,
                "label": drug.label,
                "codes": [{"system": c.system, "code": c.code} for c in drug.codes],
            }
            for drug in graph.vocabulary.drugs.values()
            if drug.name in drugs
        ],
        "cited": {
            name: {"printed": source.printed, "resolves": source.resolves}
            for name, source in graph.sources.items()
        },
    }


def value_data(value: object) -> Any:
    """A value of the rule graph, or a part of it, as JSON has it.

    >>> value_data(r.ForDoses(3))
    {'kind': 'for doses', 'count': 3, 'within': None}
    """
    kind: Any = type(value)
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [value_data(each) for each in value]
    if not has(kind):
        return value
    parts = {one.name: value_data(getattr(value, one.name)) for one in fields(kind)}
    return {"kind": KINDS[kind], **parts} if kind in KINDS else parts


def _rule(rule: m.Rule) -> Json:
    grounds = rule.grounds
    return {
        "name": rule.name,
        "decision": rule.decision.value,
        "optional": rule.optional,
        "strength": grounds.strength and grounds.strength.value,
        "certainty": grounds.certainty and grounds.certainty.value,
        "grade": grounds.grade,
        "statements": list(grounds.statements),
        "sources": list(grounds.sources),
        "value": value_data(rule.value),
    }


# -------------------------------------------------------------------------------- words


def _words(graph: m.RuleGraph, audience: names.Audience) -> Json:
    """What the words are called that some rule names."""
    used = [words_in(rule.value) for rule in graph.rules.values()]
    values = [rule.value for rule in graph.rules.values()]
    ending = [one.treatment for one in values if isinstance(one, m.Stop)]
    said = graph.vocabulary.conclusions

    def every(some: Iterable[Iterable[str]]) -> list[str]:
        return sorted({name for several in some for name in several})

    concluded = every(one.conclusions for one in used)
    return {
        "drugs": {n: names.drug_text(graph, n) for n in every(u.drugs for u in used)},
        "routes": {
            n: names.route_text(graph, n, audience)
            for n in every(u.routes for u in used)
        },
        "tests": {n: names.test_text(graph, n) for n in every(u.tests for u in used)},
        "sites": {n: names.site_text(graph, n) for n in every(u.sites for u in used)},
        "services": {
            n: names.service_text(graph, n) for n in every(u.services for u in used)
        },
        "facts": {n: fact_text(graph, n) for n in every(u.facts for u in used)},
        "topics": {n: names.topic_text(graph, n) for n in sorted({*ending})},
        "conclusions": {n: names.conclusion_text(graph, n) for n in concluded},
        "values": {
            n: {v: names.value_label(graph, n, v) for v in said[n].values}
            for n in concluded
            if n in said
        },
    }


# -------------------------------------------------------------------------------- units


def _units(rules: Iterable[m.Rule]) -> Iterator[str]:
    """The units of doses and targets, and those into which a dose may come to be put."""
    yield from ("µg", "mg", "g")
    for rule in rules:
        if isinstance(rule.value, m.Target) and rule.value.unit is not None:
            yield rule.value.unit
        for regimen in regimens_in(rule.value):
            for dose in (phase.dose for phase in regimen.phases):
                yield from (dose.unit, dose.unit.removesuffix(PER_KILOGRAM))
                if dose.limit is not None:
                    yield dose.limit.unit


def _unit(name: str) -> Json | None:
    """A unit; None where it is none, so that nothing is converted into it."""
    unit = parse_unit(name)
    if unit is None:
        return None
    return {
        "factor": str(unit.factor),
        "measures": unit.measures,
        "one": unit_text(name, single=True),
        "several": unit_text(name),
        "plain": PLAIN_UNITS.get(name),
    }


def _kilogram(graph: m.RuleGraph, name: str) -> str | None:
    """How many kilograms the unit of a measure is; None where it is no weight."""
    own = parse_unit(graph.vocabulary.facts[name].unit or "")
    kilogram = parse_unit("kg")
    if own is None or kilogram is None:
        return None
    found = convert(Fraction(1), own, kilogram)
    return None if found is None else str(found)
