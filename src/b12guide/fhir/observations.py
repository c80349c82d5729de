"""What Observations tell: measures, findings and choices, and the tests of a history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from b12guide.fhir.codes import Coded, Codes, codings, said
from b12guide.fhir.moments import When
from b12guide.fhir.resources import Entry
from b12guide.fhir.told import Event, Statement, Told, first_moment, unread
from b12guide.frozen import FrozenMap
from b12guide.graph.model import Fact
from b12guide.values.code_system import canonical
from b12guide.values.term import Kind

__all__ = ["from_observation"]

_FINAL = frozenset({"final", "amended", "corrected"})
_WHEN = ("effectiveDateTime", "effectiveInstant", "effectivePeriod")

# What answers a question with yes or no, by terminology in one spelling: the
# answers of LOINC, the qualifiers of SNOMED CT, the tables of HL7.
_V2 = "http://terminology.hl7.org/CodeSystem/v2-0136"
_INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
_ANSWERS: Mapping[tuple[str, str], bool] = {
    ("loinc", "LA33-6"): True,
    ("loinc", "LA32-8"): False,
    ("snomed", "373066001"): True,
    ("snomed", "373067005"): False,
    ("snomed", "52101004"): True,
    ("snomed", "2667000"): False,
    ("snomed", "10828004"): True,
    ("snomed", "260385009"): False,
    (_V2, "Y"): True,
    (_V2, "N"): False,
    (_INTERPRETATION, "POS"): True,
    (_INTERPRETATION, "NEG"): False,
}


def from_observation(entry: Entry, codes: Codes) -> Iterator[Told]:
    """The values that an Observation states, its components included."""
    resource = entry.resource
    status = resource.get("status")
    if status not in _FINAL:
        told = f"its status is `{status}`" if status else "it has no status"
        yield unread(entry, f"{told}, so it is not final", "status")
        return
    since, _ = first_moment(resource, *_WHEN)
    parts = list(_parts(entry))
    told_any = False
    for part, pointer in parts:
        found = list(_of_part(entry, part, pointer, since, codes))
        told_any = told_any or bool(found)
        yield from found
    if not told_any:
        concepts = "; ".join(said(part.get("code")) for part, _ in parts[:4])
        reason = f"the guideline knows no fact and no test with its code ({concepts})"
        yield unread(entry, reason, "code")


def _parts(entry: Entry) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The Observation itself and its components, each with its place."""
    yield entry.resource, entry.pointer
    for number, component in enumerate(entry.resource.get("component") or ()):
        yield component, f"{entry.pointer}/component/{number}"


def _of_part(
    entry: Entry,
    part: Mapping[str, Any],
    pointer: str,
    since: When | None,
    codes: Codes,
) -> Iterator[Told]:
    """What one code with its value says."""
    concept = part.get("code")
    by_fact: dict[Fact, list[Coded]] = {}
    for one in codes.facts_of(concept):
        if one.of is not None:
            continue
        by_fact.setdefault(one.fact, []).append(one)
    test = codes.test_of(concept)
    read: Mapping[str, Any] | None = None
    for fact, coded in by_fact.items():
        value, quantity, reason = _value(fact, coded, part, codes)
        is_of_test = test is not None and fact.name == test.name
        if is_of_test and fact.kind is Kind.MEASURE and reason is None:
            read = {"value": value, **quantity}
        yield Statement(
            fact=fact.name,
            value=value,
            quantity=quantity,
            since=since,
            reference=entry.reference,
            pointer=pointer,
            reason=reason,
        )
    if test is not None:
        yield from _tested(entry, test.name, since, read, pointer)


def _tested(
    entry: Entry,
    test: str,
    since: When | None,
    read: Mapping[str, Any] | None,
    pointer: str,
) -> Iterator[Told]:
    """The row of a history that says that a test was done."""
    if since is None or since.written is None:
        reason = f"the day of the test `{test}` is not known"
        yield unread(entry, reason, *pointer[len(entry.pointer) + 1 :].split("/"))
        return
    row: dict[str, Any] = {"on": since.written, "test": test}
    if read is not None and "comparator" not in read:
        row["value"] = read["value"]
        unit = read.get("code") or read.get("unit")
        if unit is not None:
            row["unit"] = unit
    row["id"] = entry.reference
    yield Event(row=row, reference=entry.reference, pointer=entry.pointer)


# ------------------------------------------------------------------------------ values

_NOTHING: Mapping[str, Any] = FrozenMap()


def _value(
    fact: Fact, coded: list[Coded], part: Mapping[str, Any], codes: Codes
) -> tuple[Any, Mapping[str, Any], str | None]:
    """The value of a fact, its unit and comparator, and why there is none."""
    values = [
        name for name in part if name.startswith("value") and part[name] is not None
    ]
    if len(values) > 1:
        return None, _NOTHING, f"it has several values ({', '.join(sorted(values))})"
    absent = part.get("dataAbsentReason")
    if not values:
        why = f" ({said(absent)})" if absent else ""
        return None, _NOTHING, f"it has no value{why}"
    if absent:
        reason = f"it has a value, and a reason why it has none ({said(absent)})"
        return None, _NOTHING, reason
    name = values[0]
    match fact.kind:
        case Kind.MEASURE:
            return _measure(fact, name, part[name])
        case Kind.CHOICE:
            return _choice(fact, coded, name, part[name], codes)
        case _:
            return _finding(fact, name, part[name])


def _measure(
    fact: Fact, name: str, value: Any
) -> tuple[Any, Mapping[str, Any], str | None]:
    if name == "valueInteger":
        return value, _NOTHING, None
    if name != "valueQuantity":
        return None, _NOTHING, f"`{fact.name}` is a number, and `{name}` is none"
    number = value.get("value")
    if number is None:
        return None, _NOTHING, "its quantity has no number"
    quantity: dict[str, Any] = {}
    system = value.get("system")
    is_ucum = system is None or canonical(system) == "ucum"
    for key in ("unit", "code", "comparator"):
        text = value.get(key)
        if text and (key != "code" or is_ucum):
            quantity[key] = text
    if quantity.get("unit") == quantity.get("code"):
        quantity.pop("unit", None)
    if not is_ucum and "unit" not in quantity:
        return None, _NOTHING, f"its unit is coded in `{system}`, and not in UCUM"
    return number, quantity, None


def _finding(
    fact: Fact, name: str, value: Any
) -> tuple[Any, Mapping[str, Any], str | None]:
    if name == "valueBoolean":
        return value, _NOTHING, None
    if name == "valueCodeableConcept":
        found = {_ANSWERS[p] for p in codings(value) if p in _ANSWERS}
        if len(found) == 1:
            return found.pop(), _NOTHING, None
        return None, _NOTHING, f"its value ({said(value)}) is neither yes nor no"
    return None, _NOTHING, f"`{fact.name}` is true or false, and `{name}` is neither"


def _choice(
    fact: Fact, coded: list[Coded], name: str, value: Any, codes: Codes
) -> tuple[Any, Mapping[str, Any], str | None]:
    if name == "valueCodeableConcept":
        meant = {c.value for c in codes.facts_of(value) if c.fact == fact and c.value}
        if len(meant) == 1:
            return meant.pop(), _NOTHING, None
        return None, _NOTHING, f"its value ({said(value)}) is no value of `{fact.name}`"
    named = {one.value for one in coded if one.value is not None}
    if name == "valueBoolean" and value is True and len(named) == 1:
        return named.pop(), _NOTHING, None
    return None, _NOTHING, f"`{name}` does not say which value `{fact.name}` has"
