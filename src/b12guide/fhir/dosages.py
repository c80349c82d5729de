"""A dose schedule as FHIR R4 `Dosage` elements, one for each phase, and read back.

What R4 has an element for goes there: doses and their ranges, how often, for how long, how many,
the route, as needed, the most at a time. What it has none for is a restriction all the same, and
goes into a modifier extension: the event with which a phase ends (`until`), those for which it
waits (`after`), and how far its doses lie apart at least (`apart`). So no program that reads the
elements alone may take the schedule for a freer one. The text says all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve

from b12guide.answers import Asked
from b12guide.diagnostics import Diagnostic
from b12guide.errors import DosageError
from b12guide.fhir import quantities
from b12guide.fhir.canonical import WORDS, Element, element, extension, own_code, url
from b12guide.fhir.wording import Wording, graph_of
from b12guide.graph.model import RuleGraph
from b12guide.interop import dosage as d
from b12guide.interop.fhir import UCUM, dosage_from_fhir, dosage_to_fhir
from b12guide.regimen.model import (
    Bound,
    Dose,
    Every,
    ForDoses,
    ForLife,
    ForTime,
    Frequency,
    Phase,
    Regimen,
    Times,
    Until,
)
from b12guide.say.schedules import regimen_to_english
from b12guide.values.duration import Duration, DurationRange
from b12guide.values.unit import parse_unit

__all__ = ["dosage_of", "dosages_of", "schedule_from_fhir"]

FOOD = "with_food"
"""The code of ours for a dose that is taken with food."""
_MEAL = "C"
"""The code of FHIR for "with a meal"."""
_KINDS = "http://terminology.hl7.org/CodeSystem/dose-rate-type"
_ORDERED = d.Concept(codings=(d.Coding(system=_KINDS, code="ordered"),))
_CALCULATED = d.Concept(codings=(d.Coding(system=_KINDS, code="calculated"),))


def dosages_of(
    regimen: Regimen, guideline: Asked | RuleGraph | None = None
) -> list[Element]:
    """The Dosage elements of a schedule, one for each phase, in their `sequence`.

    Args:
        regimen: The schedule.
        guideline: Whose words and codes are used; without one, names stand for themselves.

    Raises:
        DosageError: A number of it has no decimal, such as a third of a milligram.
    """
    wording = Wording(graph_of(guideline))
    return [
        dosage_of(phase, wording, sequence)
        for sequence, phase in enumerate(regimen.phases, start=1)
    ]


def dosage_of(phase: Phase, wording: Wording, sequence: int) -> Element:
    """One phase as a Dosage element."""
    food = d.Concept(codings=(d.Coding(system=WORDS, code=FOOD),), text="with food")
    found = d.Dosage(
        sequence=sequence,
        doses=tuple(_doses(phase.dose)),
        timing=d.Timing(
            frequency=_decimal_frequency(phase.frequency),
            bounds=_length_of(phase.bound),
            count=_count_of(phase.bound),
            when=(_MEAL,) if phase.with_food and phase.frequency else (),
        ),
        as_needed=True if phase.as_needed else None,
        route=None if phase.route is None else wording.route(phase.route),
        instructions=(food,) if phase.with_food else (),
        per_administration=_most_at_a_time(phase.dose),
    )
    return element(
        extension=list(_explained(phase, wording)),
        modifierExtension=list(_restricted(phase, wording)),
        text=regimen_to_english(Regimen((phase,)), wording.names()),
        **quantities.plain(dosage_to_fhir(found)),
    )


def _decimal_frequency(frequency: Frequency | None) -> Frequency | None:
    match frequency:
        case Every(interval=interval):
            return Every(quantities.decimal_length(interval))
        case Times(low=low, high=high, per=per):
            return Times(low, high, quantities.decimal_length(per))
        case None:
            return None


def _length_of(bound: Bound | None) -> ForTime | None:
    match bound:
        case ForTime(length=length) | ForDoses(within=DurationRange() as length):
            return ForTime(quantities.decimal_length(length))
        case _:
            return None


def _count_of(bound: Bound | None) -> tuple[int, int] | None:
    return (bound.count, bound.count) if isinstance(bound, ForDoses) else None


def _doses(dose: Dose) -> Iterator[d.DoseAndRate]:
    """The dose as ordered; with what it comes to where it goes by a weight that is known."""
    if dose.weight is None or not dose.is_by_weight:
        yield d.DoseAndRate(dose=_amount(dose))
        return
    yield d.DoseAndRate(kind=_ORDERED, dose=_amount(dose))
    yield d.DoseAndRate(kind=_CALCULATED, dose=_amount(dose.given))


def _amount(dose: Dose) -> d.FhirQuantity | d.FhirRange:
    unit = quantities.fhir_unit(dose.unit)
    if dose.low is not None and dose.low == dose.high:
        return d.FhirQuantity(dose.low, unit)
    return d.FhirRange(dose.low, dose.high, unit)


def _most_at_a_time(dose: Dose) -> d.FhirQuantity | None:
    limit = dose.limit
    if limit is None or limit.high is None:
        return None
    return d.FhirQuantity(limit.high, quantities.fhir_unit(limit.unit))


def _explained(phase: Phase, wording: Wording) -> Iterator[Element]:
    """What a program may pass over and restrict nothing less.

    The drug stands in the resource that holds the element; that a phase goes on for life is how
    FHIR reads one without an end.
    """
    for drug in phase.drugs:
        yield extension("drug", valueCodeableConcept=concept(wording.drug(drug)))
    if isinstance(phase.bound, ForLife):
        word = "indefinitely" if phase.bound.indefinitely else "for-life"
        yield extension("lasts", valueCode=word)


def _restricted(phase: Phase, wording: Wording) -> Iterator[Element]:
    """What nobody may pass over."""
    for event in phase.after:
        yield extension("after", valueCodeableConcept=concept(wording.fact(event)))
    if isinstance(phase.bound, Until):
        event = phase.bound.event
        yield extension("until", valueCodeableConcept=concept(wording.fact(event)))
    if phase.apart is not None:
        yield extension("apart", valueDuration=quantities.duration(phase.apart))


def concept(found: d.Concept) -> Element:
    """A CodeableConcept."""
    codings = [element(system=c.system, code=c.code) for c in found.codings]
    return element(coding=codings, text=found.text)


# ------------------------------------------------------------------------ read back


def schedule_from_fhir(
    dosages: Iterable[Mapping[str, Any]], guideline: Asked | RuleGraph | None = None
) -> Regimen:
    """The schedule of Dosage elements: those of `Regimen.to_fhir`, or plain ones of another system.

    Args:
        dosages: The elements of one prescription, each a phase; several have a `sequence` each.
        guideline: Whose codes are known, such as those of routes in SNOMED CT.

    Raises:
        DosageError: They say something that a schedule cannot hold, or that is not known.
    """
    wording = Wording(graph_of(guideline))
    if isinstance(dosages, Mapping | str) or not isinstance(dosages, Iterable):
        problem = "the dosages are not a list"
        raise _refused(problem)
    found = _in_sequence(list(dosages))
    phases = []
    problems: list[str] = []
    for place, each in enumerate(found, start=1):
        try:
            phases.append(_phase(each, wording))
        except DosageError as error:
            where = f"dosage {place}: " if len(found) > 1 else ""
            problems += [f"{where}{told.message}" for told in error.diagnostics]
    if problems:
        raise _refused(*problems)
    return Regimen(tuple(phases))


def _in_sequence(dosages: Sequence[Any]) -> Sequence[Mapping[str, Any]]:
    """The elements, one after the other."""
    if not dosages:
        problem = "there is no dosage"
        raise _refused(problem)
    if not all(isinstance(each, Mapping) for each in dosages):
        problem = "a dosage is not an object"
        raise _refused(problem)
    if len(dosages) == 1:
        return dosages
    sequences = [each.get("sequence") for each in dosages]
    numbers = [each for each in sequences if isinstance(each, int)]
    if len(numbers) < len(dosages):
        problem = "`sequence` is missing where there are several dosages"
        raise _refused(problem)
    if len(set(numbers)) < len(dosages):
        problem = "several dosages have one `sequence`: they are not phases"
        raise _refused(problem)
    return [each for _, each in sorted(zip(numbers, dosages, strict=True), key=_first)]


def _first(pair: tuple[int, Mapping[str, Any]]) -> int:
    return pair[0]


def _refused(*problems: str) -> DosageError:
    message = "the FHIR dosage cannot be read as a schedule"
    return DosageError(
        message, [Diagnostic(code="DOS201", message=p) for p in problems]
    )


def _phase(written: Mapping[str, Any], wording: Wording) -> Phase:
    ours = _Extensions(written)
    rest = {
        key: value
        for key, value in written.items()
        if key not in {"extension", "modifierExtension"}
    }
    found = dosage_from_fhir(rest)
    dose, timing = _dose(found), found.timing
    with_food, timing = _food(found, timing)
    problems = [*ours.problems, *_beyond(found, timing)]
    if written.get("patientInstruction"):
        problems.append("`patientInstruction` is not part of a schedule")
    length = timing.bounds.length if isinstance(timing.bounds, ForTime) else None
    bounds = [
        ours.until,
        ours.lasts,
        None if timing.count is None else ForDoses(timing.count[0], length),
        None if length is None or timing.count is not None else ForTime(length),
    ]
    ends = [bound for bound in bounds if bound is not None]
    if len(ends) > 1:
        problems.append("it ends in more than one way")
    route = None
    if found.route is not None:
        route = wording.read_route(concept(found.route))
        if route is None:
            problems.append("`route` is not known")
    if problems:
        raise _refused(*problems)
    return Phase(
        drugs=ours.drugs,
        dose=dose,
        route=route,
        frequency=timing.frequency,
        bound=ends[0] if ends else None,
        apart=ours.apart,
        as_needed=found.as_needed is True,
        with_food=with_food,
        after=ours.after,
    )


def _beyond(found: d.Dosage, timing: d.Timing) -> Iterator[str]:
    """What a phase cannot hold."""
    held: Mapping[str, object] = {
        "site": found.site,
        "method": found.method,
        "maxDosePerPeriod": found.per_period,
        "maxDosePerLifetime": found.per_lifetime,
        "timing.event": timing.events,
        "timing.code": timing.code,
        "timing.repeat.duration": timing.duration,
        "timing.repeat.dayOfWeek": timing.days,
        "timing.repeat.timeOfDay": timing.times,
        "timing.repeat.when": timing.when,
        "timing.repeat.offset": timing.offset,
        "additionalInstruction": [
            each for each in found.instructions if not _is_food(each)
        ],
    }
    for name, value in held.items():
        if value not in (None, (), []):
            yield f"`{name}` is not part of a schedule"
    if isinstance(found.as_needed, d.Concept):
        yield "`asNeededCodeableConcept` is not part of a schedule"
    if isinstance(timing.bounds, d.FhirPeriod):
        yield "`timing.repeat.boundsPeriod` is not part of a schedule"
    if timing.count is not None and timing.count[0] != timing.count[1]:
        yield "`timing.repeat.countMax` is not part of a schedule"


def _is_food(instruction: d.Concept) -> bool:
    return any(c.system == WORDS and c.code == FOOD for c in instruction.codings)


def _food(found: d.Dosage, timing: d.Timing) -> tuple[bool, d.Timing]:
    """Whether doses are taken with food, and the timing without what says so."""
    said = any(map(_is_food, found.instructions))
    if timing.when == (_MEAL,) and timing.frequency is not None:
        return True, evolve(timing, when=())
    return said, timing


def _dose(found: d.Dosage) -> Dose:
    ordered = [each for each in found.doses if each.kind != _CALCULATED]
    if len(ordered) != 1 or ordered[0].rate is not None or ordered[0].dose is None:
        problem = "`doseAndRate` is not one dose"
        raise _refused(problem)
    dose = _read_amount(ordered[0].dose)
    most = found.per_administration
    if most is None:
        return dose
    limit = _read_amount(most)
    if not dose.is_by_weight:
        problem = "`maxDosePerAdministration` limits a dose that does not go by weight"
        raise _refused(problem)
    return evolve(dose, limit=limit)


def _read_amount(amount: d.FhirQuantity | d.FhirRange) -> Dose:
    unit = _read_unit(amount.unit)
    if isinstance(amount, d.FhirQuantity):
        return Dose(amount.value, amount.value, unit)
    return Dose(amount.low, amount.high, unit)


def _read_unit(unit: d.FhirUnit) -> str:
    """The unit as it is printed; by its code where the printed one is no unit of ours."""
    printed = parse_unit(unit.text) if unit.text else None
    coded = parse_unit(unit.code) if unit.code and unit.system in {UCUM, None} else None
    if printed is None and coded is None:
        problem = f"the unit `{unit.text or unit.code or ''}` is not known"
        raise _refused(problem)
    if (
        printed is not None
        and coded is not None
        and (printed.factor, printed.dimensions) != (coded.factor, coded.dimensions)
    ):
        problem = f"the unit `{unit.text}` is not what its code `{unit.code}` says"
        raise _refused(problem)
    return str(unit.text) if printed is not None or coded is None else coded.text


class _Extensions:
    """What our extensions say; another one that modifies is a problem, one that explains is not."""

    def __init__(self, written: Mapping[str, Any]) -> None:
        self.problems: list[str] = []
        explained = self._listed(written, "extension")
        modified = self._listed(written, "modifierExtension")
        named = {"after", "until", "apart"}
        for each in modified:
            if each.get("url") not in {url(name) for name in named}:
                self.problems.append(
                    f"`modifierExtension` {each.get('url')!r} is not known"
                )
        self.drugs = self._names(explained, "drug")
        self.after = self._names(modified, "after")
        until = self._names(modified, "until")
        self.until = Until(until[0]) if until else None
        if len(until) > 1:
            self.problems.append("it ends with more than one event")
        self.lasts = self._lasts(explained)
        self.apart = self._apart(modified)

    def _listed(
        self, written: Mapping[str, Any], key: str
    ) -> Sequence[Mapping[str, Any]]:
        found = written.get(key, [])
        if isinstance(found, list) and all(isinstance(e, Mapping) for e in found):
            return found
        self.problems.append(f"`{key}` is not a list of objects")
        return []

    def _names(self, among: Sequence[Mapping[str, Any]], name: str) -> tuple[str, ...]:
        names = []
        for each in among:
            if each.get("url") == url(name):
                code = own_code(each.get("valueCodeableConcept"))
                if code is None:
                    self.problems.append(f"the extension `{name}` has no code of ours")
                else:
                    names.append(code)
        return tuple(names)

    def _lasts(self, among: Sequence[Mapping[str, Any]]) -> ForLife | None:
        for each in among:
            if each.get("url") == url("lasts"):
                return ForLife(indefinitely=each.get("valueCode") == "indefinitely")
        return None

    def _apart(self, among: Sequence[Mapping[str, Any]]) -> Duration | None:
        for each in among:
            if each.get("url") != url("apart"):
                continue
            length = each.get("valueDuration")
            repeat = {"count": 1, "boundsDuration": length}
            read = dosage_from_fhir({"timing": {"repeat": repeat}}).timing.bounds
            if isinstance(read, ForTime):
                return Duration(read.length.low, read.length.unit)
            self.problems.append("the extension `apart` is not a length of time")
        return None
