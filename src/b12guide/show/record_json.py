"""What makes an answer a record: who gave it, when, to whom, and how it was asked.

With these an answer can be attributed, and given again by `b12guide.records`. The patient stands
there twice: as read, for people and programs that look at the answer, and as stated, in the form
of a patient file, which can be asked about again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from b12guide.answers import Answer
from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.facts import Reading
from b12guide.graph.model import RuleGraph
from b12guide.patient.model import Datum, FactValue, Standing, Stated
from b12guide.show.advice_json import Json
from b12guide.show.number import number_json

__all__ = [
    "absent_json",
    "as_stated",
    "asked_json",
    "engine_json",
    "options_json",
    "patient_record",
]


def engine_json(answer: Answer) -> Json:
    """Which program gave the answer."""
    return {"name": "b12guide", "version": answer.engine}


def asked_json(answer: Recommendation) -> Json:
    """The day, the options and the patient of a recommendation."""
    return {
        "on": answer.on and answer.on.isoformat(),
        "options": options_json(answer.stated, answer.reading),
        "patient": patient_record(answer.stated, answer.graph, answer.assumed_absent),
    }


def options_json(stated: Stated, reading: Reading = Reading.REPORT) -> Json:
    """How it was asked."""
    return {
        "otherwise": stated.otherwise.value,
        "fuzzy_threshold": reading.value,
        "units": stated.units.value,
    }


def patient_record(
    stated: Stated, graph: RuleGraph, absent: Mapping[str, FactValue]
) -> Json:
    """What was known of the patient: as read, what was assumed, what did not count, as stated."""
    data = stated.data or tuple(_data_of(stated, graph))
    return {
        "facts": [_datum(d, graph) for d in data if d.standing is Standing.COUNTS],
        "assumed": {
            "units": [
                {"fact": d.fact, "unit": d.assumed}
                for d in data
                if d.assumed and d.standing is Standing.COUNTS
            ],
            "absent": absent_json(absent, graph),
        },
        "dropped": [
            {**_datum(d, graph), "why": d.standing.value}
            for d in data
            if d.standing is not Standing.COUNTS
        ],
        "stated": {"facts": _as_file(data), "otherwise": stated.otherwise.value},
    }


def absent_json(absent: Mapping[str, FactValue], graph: RuleGraph) -> list[Json]:
    """The measures that nobody mentioned and that `otherwise absent` gives a value."""
    return [
        {
            "fact": name,
            "value": number_json(Fraction(value)),
            "unit": graph.vocabulary.facts[name].unit,
        }
        for name, value in absent.items()
    ]


def _data_of(stated: Stated, graph: RuleGraph) -> Iterable[Datum]:
    """The data of a patient who was made, not recorded: each value in its measure's unit."""
    for name, value in stated.values.items():
        fact = graph.vocabulary.facts.get(name)
        unit = fact.unit if fact is not None and isinstance(value, Fraction) else None
        yield Datum(
            fact=name, key=name, stated=value, unit=unit, value=value, path=name
        )


def _datum(datum: Datum, graph: RuleGraph) -> Json:
    fact = graph.vocabulary.facts.get(datum.fact)
    value = datum.value
    return {
        "fact": datum.fact,
        "name": datum.key,
        "value": number_json(value) if isinstance(value, Fraction) else value,
        "unit": fact.unit if fact is not None and isinstance(value, Fraction) else None,
        "on": datum.on and datum.on.isoformat(),
        "at": datum.at and datum.at.isoformat(),
        "stated": as_stated(datum.stated),
        "stated_unit": datum.unit,
    }


def _as_file(data: Iterable[Datum]) -> Json:
    """The facts as a patient file has them."""
    facts: Json = {}
    for datum in data:
        day = datum.at or datum.on
        written: Any = as_stated(datum.stated)
        if datum.unit is not None or day is not None or datum.index is not None:
            written = {"value": written}
            written |= {} if datum.unit is None else {"unit": datum.unit}
            written |= {} if day is None else {"on": day.isoformat()}
        if datum.index is None:
            facts[datum.key] = written
        else:
            facts.setdefault(datum.key, []).append(written)
    return facts


def as_stated(value: Any) -> Any:
    """A value as JSON has it, none of its digits lost.

    A number that is no float is written as text, and one without an end as a ratio.

    >>> as_stated(Decimal("0.58")), as_stated(Decimal("0.123456789012345678901"))
    (0.58, '0.123456789012345678901')
    >>> as_stated(Fraction(1, 3))
    '1/3'
    """
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Decimal() | Fraction():
            exact = Fraction(value)
            if exact.denominator == 1:
                return exact.numerator
            if Fraction(Decimal(repr(float(exact)))) == exact:
                return float(exact)
            return f"{value:f}" if isinstance(value, Decimal) else str(exact)
        case _:
            return str(value)
