"""What the JSON of every answer is made of: advice, and what the answer was made of.

Every key is always there; null says that the source does not state it. Names are those of the
vocabulary, numbers have their units, and there is no prose.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias, assert_never

from b12guide.answers import Answer
from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.facts import Reading
from b12guide.graph import model
from b12guide.graph.derived import words_of
from b12guide.patient.model import Datum, Derived, FactValue, Standing, Stated
from b12guide.regimen import model as regimen_model
from b12guide.say.numbers import number_json
from b12guide.values.duration import Duration, DurationRange

Json: TypeAlias = dict[str, Any]


def advice_json(advice: model.Advice) -> tuple[Json, ...]:
    """The advice as JSON objects: one for each drug or test that it speaks of, else one."""
    match advice:
        case regimen_model.Regimen(phases=(first, *further)):
            then = [_phase(phase) for phase in further]
            return ({**_phase(first), "then": then},)
        case regimen_model.Regimen():
            return ()  # a regimen has a phase; the type cannot say so
        case model.FormChoice(drugs=drugs, excluded=excluded):
            return (
                {"drugs": list(drugs), "excluded": list(excluded), "outright": False},
            )
        case model.Exclusion(drugs=drugs, outright=outright):
            return ({"drugs": [], "excluded": list(drugs), "outright": outright},)
        case model.Routes(routes=routes):
            return ({"routes": list(routes)},)
        case model.Prohibition(drugs=drugs, until=until, unless=unless):
            return tuple({"drug": d, "until": until, "unless": unless} for d in drugs)
        case model.Monitoring(tests=tests):
            return tuple({"test": test, **_timing(advice)} for test in tests)
        case model.NotChecked(tests=tests):
            # Not under `test`: who reads no further would take it for a test to be done.
            return tuple({"do_not_check": test} for test in tests)
        case model.Instruction():
            return (_instruction(advice),)
        case model.Target():
            return (_target(advice),)
        case model.Continuation(treatment=treatment, for_life=for_life):
            return ({"treatment": treatment, "for": "life" if for_life else None},)
        case model.Stop(treatment=treatment):
            # Not under `treatment`: who reads no further would take it for one that goes on.
            return ({"stop": treatment},)
        case model.Change(of=of, to=model.Regimens(regimens=regimens)):
            told = (one for regimen in regimens for one in advice_json(regimen))
            return tuple({"change": of.value, "to": one} for one in told)
        case model.Change(of=of, to=model.FormChoice(drugs=drugs)):
            return ({"change": of.value, "to": {"drugs": list(drugs)}},)
        case model.Change(of=of, to=model.Routes(routes=routes)):
            return ({"change": of.value, "to": {"routes": list(routes)}},)
        case model.Change():
            return ()  # there is nothing else; the type cannot say so
        case model.Referral(services=services):
            return tuple({"service": service} for service in services)
        case model.Concluded(conclusion=conclusion, value=value):
            return ({"conclusion": conclusion, "value": value},)
        case model.NotNeeded():
            return ({"not_needed": True},)
        case _:
            assert_never(advice)


def _by_weight(dose: regimen_model.Dose) -> Json:
    """What limits a dose by weight, and what it comes to for a patient whose weight is known."""
    found: Json = {}
    if dose.limit is not None:
        limit = dose.limit
        most = limit.stated[-1]
        found["limit"] = {"value": number_json(most), "unit": limit.unit}
    if dose.is_by_weight:
        found["by"] = dose.measure
    if dose.weight is not None:
        given = dose.given
        found["for_weight"] = {
            "weight": {"value": number_json(dose.weight), "unit": "kg"},
            "low": None if given.low is None else number_json(given.low),
            "high": None if given.high is None else number_json(given.high),
            "unit": given.unit,
        }
    return found


def _phase(phase: regimen_model.Phase) -> Json:
    dose = phase.dose
    apart = {} if phase.apart is None else {"apart": _time(phase.apart)}
    return {
        "drugs": list(phase.drugs),
        "dose": {
            "low": None if dose.low is None else number_json(dose.low),
            "high": None if dose.high is None else number_json(dose.high),
            "unit": dose.unit,
            **_by_weight(dose),
        },
        "route": phase.route,
        "frequency": None if phase.frequency is None else _frequency(phase.frequency),
        "for": _length(phase.bound),
        "until": phase.bound.event
        if isinstance(phase.bound, regimen_model.Until)
        else None,
        **apart,
        **({"as_needed": True} if phase.as_needed else {}),
        **({"with_food": True} if phase.with_food else {}),
        "after": events_json(phase.after),
    }


def events_json(events: tuple[str, ...]) -> str | list[str] | None:
    """The event that comes first, or None; several as a list."""
    match events:
        case ():
            return None
        case (event,):
            return event
        case _:
            return list(events)


def _frequency(frequency: regimen_model.Frequency) -> Json:
    match frequency:
        case regimen_model.Every(interval=interval):
            return {"every": _range(interval)}
        case regimen_model.Times(low=low, high=high, per=per):
            times = low if low == high else {"low": low, "high": high}
            return {"times": times, "per": _value_or_range(per)}
        case _:
            assert_never(frequency)


def _length(bound: regimen_model.Bound | None) -> Json | str | None:
    match bound:
        case regimen_model.ForTime(length=length):
            return _value_or_range(length)
        case regimen_model.ForDoses(count=count, within=within):
            inside = {} if within is None else {"within": _value_or_range(within)}
            return {"doses": count, **inside}
        case regimen_model.ForLife():
            return "life"
        case regimen_model.Until() | None:
            return None
        case _:
            assert_never(bound)


def currency_json(currency: model.Currency | None) -> Json | None:
    """How long a value counts; None for good."""
    if currency is None:
        return None
    return {**_time(currency.length), "assumptions": list(currency.assumptions)}


def _range(length: DurationRange) -> Json:
    return {
        "low": number_json(length.low),
        "high": number_json(length.high),
        "unit": length.unit.value,
    }


def _value_or_range(length: DurationRange) -> Json:
    if length.low != length.high:
        return _range(length)
    return {"value": number_json(length.low), "unit": length.unit.value}


def _time(time: Duration) -> Json:
    return {"value": number_json(time.value), "unit": time.unit.value}


def _timing(monitoring: model.Monitoring) -> Json:
    return {
        "at": [_value_or_range(time) for time in monitoring.times],
        "every": None if monitoring.every is None else _range(monitoring.every),
        "at_least": monitoring.at_least,
        **_lasting(monitoring.lasts),
        **({"then": [*map(_recurrence, monitoring.then)]} if monitoring.then else {}),
        "once": monitoring.once,
        "before_next_dose": monitoring.before_next_dose,
        "with": list(monitoring.companions),
        "never_alone": monitoring.never_alone,
        "after": monitoring.after,
        "until": monitoring.until,
        **({"during": monitoring.during.value} if monitoring.during else {}),
    }


def _recurrence(recurrence: model.Recurrence) -> Json:
    return {
        "every": _range(recurrence.every),
        "at_least": recurrence.at_least,
        **_lasting(recurrence.lasts),
    }


def _lasting(length: DurationRange | None) -> Json:
    return {} if length is None else {"for": _value_or_range(length)}


def _instruction(instruction: model.Instruction) -> Json:
    gauge, pressure = instruction.gauge, instruction.pressure
    return {
        "site": instruction.site,
        "avoid": instruction.avoid,
        "routinely": instruction.routinely,
        "quadrant": instruction.quadrant,
        "direction": instruction.direction,
        "needle": gauge and {"low": gauge[0], "high": gauge[1], "unit": "G"},
        "pressure": None if pressure is None else _range(pressure),
    }


def _target(target: model.Target) -> Json:
    return {
        "measure": target.measure,
        "operator": target.operator.value,
        "value": number_json(target.low) if target.low == target.high else None,
        "low": number_json(target.low),
        "high": number_json(target.high),
        "unit": target.unit,
    }


def evidence_json(grounds: model.Grounds) -> Json:
    """How sure the source is of the evidence, and its grade; null where it does not say."""
    return {
        "certainty": grounds.certainty and grounds.certainty.value,
        "grade": grounds.grade,
    }


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
    stated: Stated, graph: model.RuleGraph, absent: Mapping[str, FactValue]
) -> Json:
    """What was known of the patient: as read, what was assumed, what did not count, as stated."""
    data = stated.data or tuple(_data_of(stated, graph))
    # The facts as a patient file has them.
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
    over_time = {
        "over_time": [
            {
                "fact": name,
                "text": words_of(graph, name),
                "is_so": stated.values[name],
                "values": [_datum(datum, graph) for datum in values],
            }
            for name, values in stated.deciding.items()
        ]
    }
    return {
        "facts": [_datum(d, graph) for d in data if d.standing is Standing.COUNTS],
        **(over_time if stated.deciding else {}),
        "assumed": {
            "units": [
                {"fact": d.fact, "unit": d.assumed}
                for d in data
                if d.assumed and d.standing is Standing.COUNTS
            ],
            "absent": absent_json(absent, graph),
        },
        "worked_out": [_derived(d, graph) for d in stated.derived],
        "dropped": [
            {**_datum(d, graph), "why": d.standing.value}
            for d in data
            if d.standing is not Standing.COUNTS
        ],
        "stated": {"facts": facts, "otherwise": stated.otherwise.value},
    }


def absent_json(absent: Mapping[str, FactValue], graph: model.RuleGraph) -> list[Json]:
    """The measures that nobody mentioned and that `otherwise absent` gives a value."""
    return [
        {
            "fact": name,
            "value": number_json(Fraction(value)),
            "unit": graph.vocabulary.facts[name].unit,
        }
        for name, value in absent.items()
    ]


def _data_of(stated: Stated, graph: model.RuleGraph) -> Iterable[Datum]:
    """The data of a patient who was made, not recorded: each value in its measure's unit."""
    for name, value in stated.values.items():
        fact = graph.vocabulary.facts.get(name)
        unit = fact.unit if fact is not None and isinstance(value, Fraction) else None
        yield Datum(
            fact=name, key=name, stated=value, unit=unit, value=value, path=name
        )


def _datum(datum: Datum, graph: model.RuleGraph) -> Json:
    fact = graph.vocabulary.facts.get(datum.fact)
    value = datum.value
    return {
        "fact": datum.fact,
        "name": datum.key,
        "value": number_json(value) if isinstance(value, Fraction) else value,
        "unit": fact.unit if fact is not None and isinstance(value, Fraction) else None,
        "on": datum.on and datum.on.isoformat(),
        "at": datum.at and datum.at.isoformat(),
        "until": datum.until and datum.until.isoformat(),
        "stated": as_stated(datum.stated),
        "stated_unit": datum.unit,
    }


def _derived(derived: Derived, graph: model.RuleGraph) -> Json:
    """A measure that was worked out, with what it was made of, and why it does not count."""
    parts = (
        {"fact": name, **_measured(name, value, graph)} for name, value in derived.parts
    )
    return {
        "fact": derived.fact,
        **_measured(derived.fact, derived.value, graph),
        "equation": derived.equation,
        "parts": list(parts),
        "on": derived.on and derived.on.isoformat(),
        "until": derived.until and derived.until.isoformat(),
        "why_not": derived.hindrance and derived.hindrance.value,
    }


def _measured(name: str, value: FactValue | None, graph: model.RuleGraph) -> Json:
    is_number = isinstance(value, Fraction)
    return {
        "value": number_json(value) if isinstance(value, Fraction) else value,
        "unit": graph.vocabulary.facts[name].unit if is_number else None,
    }


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
