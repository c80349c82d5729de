"""What can be asked over HTTP: each question with its members, and what answers it.

One table, from which requests are read, answered, described in OpenAPI and repeated from a log.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from attrs import evolve, field, frozen

from b12guide.diagnostics import curtailed, in_order, pointer_to
from b12guide.errors import PatientError
from b12guide.fhir import Reading
from b12guide.frozen import FrozenMap, Record, frozen_map
from b12guide.guideline import Guideline
from b12guide.limits import Limits
from b12guide.patient.from_mapping import patient_from
from b12guide.patient.model import Otherwise, Patient, Units
from b12guide.patient.notation import LocatedTable, plain
from b12guide.patient.shape import facts_of, misshapen, otherwise_of, places_in
from b12guide.serve.body import Body, OddError
from b12guide.serve.refusal import Fault, RequestError
from b12guide.serve.resources import ReadRecord, is_resource, reading_of
from b12guide.text import Text

Schema: TypeAlias = Mapping[str, Any]
Served: TypeAlias = Mapping[str, Guideline]
"""The guidelines that may be asked, by name; the first is the one that was named first."""

LEFT_OUT = object()
"""Stands for a member that was not sent; null is something else."""
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


class _WrongError(Exception):
    """What is expected of a member that is something else, and where in it."""

    def __init__(self, expected: str, inside: str = "") -> None:
        self.expected = expected
        self.inside = inside
        super().__init__(expected)


def _frozen(schema: Schema | None) -> Schema | None:
    return None if schema is None else frozen_map(schema)


@frozen(kw_only=True, repr=False)
class Member(Record):
    """A member of the body of a question.

    Attributes:
        name: Its name.
        says: What it says, in one sentence.
        schema: The JSON Schema of it; None where the guideline makes it.
        read: Reads what was sent, within the limits of the service.
        is_required: Whether it cannot be left out.
    """

    name: str
    says: str
    schema: Schema | None = field(default=None, converter=_frozen)
    read: Callable[[Body, Any, Limits], Any] = field(repr=False)
    is_required: bool = False


@frozen(kw_only=True, repr=False)
class Asked(Record):
    """A question that was read.

    Attributes:
        guideline: The guideline that is asked.
        members: What was sent, by the names of the members.
        reading: What was read of the patient's resources, if the patient came as such.
    """

    guideline: Guideline
    members: Mapping[str, Any] = field(converter=frozen_map, repr=False)
    reading: Reading | None = field(default=None, repr=False)


class Told(Protocol):
    """An answer, as far as the service needs it."""

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain data, with the guideline and the engine behind it."""
        ...


Answerer: TypeAlias = Callable[[Asked, Limits], Told]


@frozen(kw_only=True, repr=False)
class Question(Record):
    """A question that can be asked.

    Attributes:
        name: Its name, and the last part of its path.
        title: What is asked, in a few words.
        says: What it is good for.
        members: The members of its body, but the name of the guideline.
        schema: The name of the JSON Schema of its answers.
        answer: What answers it.
        names_are_paths: Whether a name that the guideline lacks is what was asked for.
        folder: The first part of its path.
    """

    name: str
    title: str
    says: str
    members: tuple[Member, ...]
    schema: str
    answer: Answerer = field(repr=False)
    names_are_paths: bool = False
    folder: str = ""

    @property
    def path(self) -> str:
        """Where it is asked."""
        return f"{self.folder}/{self.name}"

    def asked(self, body: Body, served: Served, limits: Limits) -> Asked:
        """The question that a body asks.

        Raises:
            RequestError: The body has not the members of this question (422), or names a guideline
                that is not served (404).
            PatientError: The patient is not written as a patient file is.
        """
        sent = body.plain
        if not isinstance(sent, dict):
            title, expected = "the request is no object", "a JSON object"
            raise RequestError(422, title, (_wrong("", expected),))
        guideline = guideline_of(sent.get("guideline", LEFT_OUT), served)
        known = {member.name: member for member in self.members}
        faults = [
            _unknown(name, (*known, "guideline"))
            for name in sent
            if name not in known and name != "guideline"
        ]
        members: dict[str, Any] = {}
        resources = sent.get("patient") if is_resource(sent.get("patient")) else None
        for member in self.members:
            if resources is not None and member.name == PATIENT.name:
                continue
            if member.name not in sent:
                if member.is_required and (resources is None or member is not HISTORY):
                    faults.append(_missing(member))
                continue
            try:
                members[member.name] = member.read(body, sent[member.name], limits)
            except _WrongError as wrong:
                at = pointer_to(member.name) + wrong.inside
                faults.append(_wrong(at, wrong.expected))
        if faults:
            title = f"the request is not a question for `{self.path}`"
            raise RequestError(422, title, faults)
        if resources is None:
            return Asked(guideline=guideline, members=members)
        return self._of_resources(guideline, resources, members, limits)

    def _of_resources(
        self,
        guideline: Guideline,
        resources: Any,
        members: dict[str, Any],
        limits: Limits,
    ) -> Asked:
        """The question about a patient who came as resources of FHIR."""
        day = members.get("on", members.get("start"))
        reading = reading_of(resources, guideline, day, limits)
        if HISTORY in self.members:
            if reading.history and "history" in members:
                raise RequestError(422, "there are two histories", (_TWO_HISTORIES,))
            members.setdefault("history", reading.history)
        members["patient"] = reading.patient
        return Asked(guideline=guideline, members=members, reading=reading)


def guideline_of(name: Any, served: Served) -> Guideline:
    """The guideline that is asked: the one that is named, or the only one that is served.

    Raises:
        RequestError: It is not served (404), or none is named where several are (422).
    """
    if name is LEFT_OUT and len(served) == 1:
        return next(iter(served.values()))
    listed = ", ".join(f"`{one}`" for one in served)
    if isinstance(name, str) and name in served:
        return served[name]
    if not isinstance(name, str):
        fault = Fault(
            code="SRV002" if name is LEFT_OUT else "SRV004",
            detail="the request does not say which guideline is asked",
            remedy=f"write one of {listed} as `guideline`",
            pointer="/guideline",
        )
        raise RequestError(422, "the guideline is not named", (fault,))
    fault = Fault(
        code="SRV005",
        detail="a guideline of this name is not served here",
        remedy=f"write one of {listed} as `guideline`",
        pointer="/guideline",
    )
    raise RequestError(404, "there is no such guideline here", (fault,))


def day_in_address(written: str) -> dt.date:
    """The day that a parameter of an address names.

    Raises:
        RequestError: It is none (422).
    """
    day = _day_in(written)
    if day is None:
        fault = Fault(
            code="SRV004",
            detail="the parameter `on` is not a day",
            remedy="write a day, such as `2026-03-05`",
        )
        raise RequestError(422, "the address names no day", (fault,))
    return day


def _missing(member: Member) -> Fault:
    return Fault(
        code="SRV002",
        detail=f"`{member.name}` is missing",
        remedy=f"add it: {member.says[0].lower()}{member.says[1:].rstrip('.')}",
        pointer=pointer_to(member.name),
    )


_TWO_HISTORIES = Fault(
    code="SRV015",
    detail="the resources of the patient say what was given, and so does `history`",
    remedy="leave `history` out, or send what is in it as resources too",
    pointer="/history",
)


def _unknown(name: str, known: Sequence[str]) -> Fault:
    return Fault(
        code="SRV003",
        detail="there is no member of this name",
        remedy=f"leave it out, or write one of {', '.join(f'`{k}`' for k in known)}",
        pointer=pointer_to(name),
    )


def _wrong(pointer: str, expected: str) -> Fault:
    return Fault(
        code="SRV004",
        detail=f"this is not {expected}",
        remedy=f"write {expected}",
        pointer=pointer,
    )


# ------------------------------------------------------------------------------ members


def _patient(body: Body, sent: Any, limits: Limits) -> Patient:
    if body.written is None:
        if not isinstance(sent, dict) or not isinstance(sent.get("facts"), dict):
            raise OddError
        return patient_from(sent, units=Units.REQUIRED, limits=limits)
    entry = (
        body.written.get("patient") if isinstance(body.written, LocatedTable) else None
    )
    if entry is None:  # it was there when it was looked for
        raise OddError
    text = Text("patient", body.text.characters, is_private=True)
    diagnostics = tuple(misshapen(entry.value, text))
    facts = facts_of(entry.value)
    if facts is None or diagnostics:
        message = "the request does not describe a patient"
        raise PatientError(message, curtailed(in_order(diagnostics)))
    return Patient(
        facts=plain(facts),
        otherwise=otherwise_of(entry.value) or Otherwise.UNKNOWN,
        places=places_in(facts, text),
        units=Units.REQUIRED,
    )


def _day_in(sent: Any) -> dt.date | None:
    if not isinstance(sent, str) or not re.fullmatch(DAY, sent, re.ASCII):
        return None
    try:
        return dt.date.fromisoformat(sent)
    except ValueError:
        return None


def _day(_: Body, sent: Any, __: Limits) -> dt.date:
    day = _day_in(sent)
    if day is not None:
        return day
    expected = "a day, such as `2026-03-05`"
    raise _WrongError(expected)


def _days(body: Body, sent: Any, limits: Limits) -> Mapping[str, dt.date]:
    if not isinstance(sent, dict):
        expected = "an object of the names of events with their days"
        raise _WrongError(expected)
    found = {}
    for name, day in sent.items():
        try:
            found[name] = _day(body, day, limits)
        except _WrongError as wrong:
            raise _WrongError(wrong.expected, pointer_to(name)) from wrong
    return found


def _history(_: Body, sent: Any, __: Limits) -> Any:
    events = sent.get("events") if isinstance(sent, dict) else sent
    if not isinstance(events, list):
        expected = "a list of events, or an object with the key `events`"
        raise _WrongError(expected)
    return events


def _one_of(*words: str) -> tuple[Schema, Callable[[Body, Any, Limits], str]]:
    listed = f"one of {', '.join(f'`{word}`' for word in words)}"

    def read(_: Body, sent: Any, __: Limits) -> str:
        if not isinstance(sent, str) or sent not in words:
            raise _WrongError(listed)
        return sent

    return {"type": "string", "enum": list(words)}, read


def _marks(_: Body, sent: Any, __: Limits) -> Mapping[str, int | str]:
    if not isinstance(sent, dict):
        expected = (
            "an object of the names of events with the doses that bring them about"
        )
        raise _WrongError(expected)
    for name, mark in sent.items():
        is_count = isinstance(mark, int) and not isinstance(mark, bool) and mark > 0
        if not (is_count or isinstance(mark, str)):
            expected = "`dose`, the name of a drug, or a number of doses"
            raise _WrongError(expected, pointer_to(name))
    return sent


def _name(_: Body, sent: Any, __: Limits) -> str:
    if not isinstance(sent, str):
        expected = "a name"
        raise _WrongError(expected)
    return sent


def text(_: Body, sent: Any, __: Limits) -> str:
    """Reads a member that is text."""
    if not isinstance(sent, str):
        expected = "text"
        raise _WrongError(expected)
    return sent


def _plain_question(_: Body, sent: Any, __: Limits) -> str:
    if not isinstance(sent, str) or not sent.strip() or len(sent) > 2000:
        expected = "a question in words, of at most 2000 characters"
        raise _WrongError(expected)
    return sent


def _flag(_: Body, sent: Any, __: Limits) -> bool:
    if not isinstance(sent, bool):
        expected = "true or false"
        raise _WrongError(expected)
    return sent


def _families(_: Body, sent: Any, __: Limits) -> tuple[str, ...]:
    if not isinstance(sent, list) or not all(
        isinstance(each, str) and each in FAMILIES for each in sent
    ):
        expected = f"a list of {', '.join(f'`{family}`' for family in FAMILIES)}"
        raise _WrongError(expected)
    return tuple(sent)


FAMILIES = ("interval", "form", "folate", "monitoring", "technique", "continuation")
A_DAY: Schema = {"type": "string", "format": "date", "pattern": DAY}

PATIENT = Member(
    name="patient",
    says="The patient, as in a patient file, or a Bundle of FHIR; measures have their units.",
    read=_patient,
    is_required=True,
)
ON = Member(
    name="on",
    says="The day asked for; what was found after it does not count.",
    schema=A_DAY,
    read=_day,
    is_required=True,
)
HISTORY = Member(
    name="history",
    says="What was given and found, one event after the other, as in a history file; for a patient "
    "who comes as a Bundle it is read of that.",
    schema={"$ref": "#/components/schemas/history"},
    read=_history,
    is_required=True,
)
_NOBODY = (
    "The patient, as in a patient file, or a Bundle; nobody in particular if left out."
)
_RESOURCES = evolve(
    PATIENT,
    says="The patient, as a Bundle or another resource of FHIR.",
    schema={"$ref": "#/components/schemas/resource"},
)
_SOMEBODY = evolve(PATIENT, is_required=False, says=_NOBODY)
_THRESHOLDS, _threshold = _one_of("report", "lower", "upper")
FUZZY = Member(
    name="fuzzy_threshold",
    says="How a threshold that the source prints as a range is read.",
    schema=_THRESHOLDS,
    read=_threshold,
)
_TOLERANCES, _tolerance = _one_of("usual", "strict")


# ------------------------------------------------------------------------------ questions


def _recommend(asked: Asked, limits: Limits) -> Told:
    found = asked.members
    return asked.guideline.recommend(
        found["patient"],
        on=found["on"],
        fuzzy_threshold=found.get("fuzzy_threshold", "report"),
        units="required",
        limits=limits,
    )


def _explain(asked: Asked, limits: Limits) -> Told:
    found = asked.members
    name: str = found["name"]
    return asked.guideline.explain(
        name, found.get("patient"), on=found["on"], units="required", limits=limits
    )


def _ask(asked: Asked, limits: Limits) -> Told:
    found = asked.members
    question: str = found["question"]
    return asked.guideline.ask(
        question,
        found.get("patient"),
        why=found.get("why", False),
        on=found["on"],
        units="required",
        limits=limits,
    )


def _timeline(asked: Asked, limits: Limits) -> Told:
    found = asked.members
    return asked.guideline.timeline(
        found["patient"],
        found["start"],
        until=found.get("until"),
        events=found.get("events"),
        units="required",
        limits=limits,
    )


def _audit(asked: Asked, limits: Limits) -> Told:
    found = asked.members
    return asked.guideline.audit(
        found["patient"],
        found["history"],
        on=found["on"],
        families=found.get("families"),
        tolerance=found.get("tolerance", "usual"),
        units="required",
        limits=limits,
    )


def _due(asked: Asked, limits: Limits) -> Told:
    found = asked.members
    return asked.guideline.due(
        found["patient"],
        found["history"],
        on=found["on"],
        tolerance=found.get("tolerance", "usual"),
        marks=found.get("marks"),
        units="required",
        limits=limits,
    )


def _read(asked: Asked, _: Limits) -> Told:
    if asked.reading is None:
        title = "this is no resource of FHIR"
        fault = _wrong("/patient", "a Bundle or another resource, with `resourceType`")
        raise RequestError(422, title, (fault,))
    day: dt.date = asked.members["on"]
    return ReadRecord(reading=asked.reading, guideline=asked.guideline, on=day)


TOLERANCE = Member(
    name="tolerance",
    says="How late is late: a few days, or none.",
    schema=_TOLERANCES,
    read=_tolerance,
)
QUESTIONS: tuple[Question, ...] = (
    Question(
        name="recommend",
        title="What a guideline says about a patient",
        says="Every decision with its rules, what is certain, what depends on facts that are not "
        "known, what to ask next, and what the guideline does not address.",
        members=(PATIENT, ON, FUZZY),
        schema="recommendation",
        answer=_recommend,
    ),
    Question(
        name="explain",
        title="Why a rule or a decision says what it says",
        says="The condition of a rule with the truth of each part, the rules behind a decision, or "
        "where a statement, a fact or a drug is spoken about.",
        members=(
            Member(
                name="name",
                says="The name of a rule, decision, statement, assumption, fact or drug.",
                schema={"type": "string"},
                read=_name,
                is_required=True,
            ),
            _SOMEBODY,
            ON,
        ),
        schema="explanation",
        answer=_explain,
        names_are_paths=True,
    ),
    Question(
        name="ask",
        title="What a guideline says to a question in plain words",
        says="The rules that answer it with their verdicts, what was understood, conflicts, and "
        "what the guideline does not address; silence where it says nothing.",
        members=(
            Member(
                name="question",
                says="The question, in English, of at most 2000 characters.",
                schema={"type": "string", "minLength": 1, "maxLength": 2000},
                read=_plain_question,
                is_required=True,
            ),
            _SOMEBODY,
            ON,
            Member(
                name="why",
                says="Whether to tell how it was found.",
                schema={"type": "boolean"},
                read=_flag,
            ),
        ),
        schema="ask",
        answer=_ask,
    ),
    Question(
        name="timeline",
        title="The regimen on a calendar",
        says="Dated doses, tests and decisions to make, each with its earliest and latest day.",
        members=(
            PATIENT,
            Member(
                name="start",
                says="The day of the first dose; what is known of the patient on it counts.",
                schema=A_DAY,
                read=_day,
                is_required=True,
            ),
            Member(
                name="until",
                says="The last day to show; a year after the first one if left out.",
                schema=A_DAY,
                read=_day,
            ),
            Member(
                name="events",
                says="The days on which events are expected.",
                schema={"type": "object", "additionalProperties": A_DAY},
                read=_days,
            ),
        ),
        schema="timeline",
        answer=_timeline,
    ),
    Question(
        name="audit",
        title="Where a history departed from a guideline",
        says="Findings with their rules, days and limits, and what could not be assessed.",
        members=(
            PATIENT,
            HISTORY,
            ON,
            Member(
                name="families",
                says="What to look at; everything if left out.",
                schema={
                    "type": "array",
                    "items": {"type": "string", "enum": list(FAMILIES)},
                },
                read=_families,
            ),
            TOLERANCE,
        ),
        schema="audit",
        answer=_audit,
    ),
    Question(
        name="due",
        title="What is due",
        says="The phase, the doses that count and those that do not, the next dose and tests with "
        "their earliest, recommended and latest day, and what cannot be known.",
        members=(
            PATIENT,
            HISTORY,
            ON,
            TOLERANCE,
            Member(
                name="marks",
                says="The events that doses bring about: `dose` for each dose, the name of a drug, "
                "or how many doses.",
                schema={
                    "type": "object",
                    "additionalProperties": {
                        "anyOf": [{"type": "string"}, {"type": "integer", "minimum": 1}]
                    },
                },
                read=_marks,
            ),
        ),
        schema="due",
        answer=_due,
    ),
    Question(
        name="read",
        folder="/fhir",
        title="What is read of resources of FHIR",
        says="The facts and the history, the resources that each fact comes from, and everything "
        "that was not read, with its reason.",
        members=(_RESOURCES, ON),
        schema="reading",
        answer=_read,
    ),
)
"""In the order in which the documentation lists them."""

BY_NAME: Mapping[str, Question] = FrozenMap({one.name: one for one in QUESTIONS})
