"""From the bytes of a request to the bytes of its answer, with what a log is to say of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from b12guide.diagnostics import pointer_to
from b12guide.errors import ArgumentError, PatientError, UnknownNameError
from b12guide.frozen import Record
from b12guide.guideline import Guideline
from b12guide.limits import Limits
from b12guide.serve.body import Body, OddError, read_carefully, read_quickly
from b12guide.serve.question import Asked, Question, Served, Told
from b12guide.serve.refusal import Fault, RequestError
from b12guide.serve.spelled import as_bytes


@frozen(kw_only=True, repr=False)
class Answered(Record):
    """A question with its answer.

    Attributes:
        guideline: The guideline that was asked.
        data: The answer as plain data.
        sent: What was asked, as plain data.
        unread: How much of the patient's resources was not read; None where there were none.
    """

    guideline: Guideline
    data: Mapping[str, Any] = field(repr=False)
    sent: Mapping[str, Any] = field(repr=False)
    unread: int | None = None

    @property
    def content(self) -> bytes:
        """The answer as JSON."""
        return as_bytes(self.data)


@frozen(kw_only=True, repr=False)
class Put(Record):
    """A question as it was put to a guideline, with what it told.

    Attributes:
        asked: The question, as it was read.
        told: The answer.
        sent: What was asked, as plain data.
    """

    asked: Asked = field(repr=False)
    told: Told = field(repr=False)
    sent: Mapping[str, Any] = field(repr=False)


def answered(
    question: Question, content: bytes, served: Served, limits: Limits
) -> Answered:
    """The answer to a question that was sent as JSON.

    Raises:
        RequestError: The body has not the members of this question.
        PatientError: The body is no JSON, or the patient or the history cannot be used.
    """
    found = put(question, content, served, limits)
    asked = found.asked
    return Answered(
        guideline=asked.guideline,
        data=found.told.to_dict(),
        sent=found.sent,
        unread=None if asked.reading is None else len(asked.reading.unread),
    )


def put(question: Question, content: bytes, served: Served, limits: Limits) -> Put:
    """What a guideline tells where a question that was sent as JSON is put to it.

    Raises:
        RequestError: As for `answered`.
        PatientError: As for `answered`.
    """
    try:
        return _of_body(question, read_quickly(content, limits), served, limits)
    except OddError:
        pass
    except PatientError as error:
        if any(one.code in _WITHOUT_PLACES for one in error.diagnostics):
            raise
    # The same refusal, as a rule, said with lines and in the words of JSON.
    return _of_body(question, read_carefully(content, limits), served, limits)


_WITHOUT_PLACES = {"GDL719", "GDL792"}


def _of_body(question: Question, body: Body, served: Served, limits: Limits) -> Put:
    asked = question.asked(body, served, limits)
    try:
        told = question.answer(asked, limits)
    except UnknownNameError as error:
        raise _no_such_name(question, body, error) from error
    except ArgumentError as error:
        raise _no_such_kind(error, body) from error
    return Put(asked=asked, told=told, sent=body.plain)


def _no_such_name(
    question: Question, body: Body, error: UnknownNameError
) -> RequestError:
    """A name that the guideline lacks was asked for (404), or stood beside the question (422)."""
    told, _, _rest = error.message.partition("; did you mean ")
    near = " or ".join(f"`{name}`" for name in error.suggestions)
    fault = Fault(
        code="SRV005",
        detail=told,
        remedy=f"did you mean {near}?" if near else "`/facts` lists the names of facts",
        pointer="/name" if question.names_are_paths else _place_of(error.name, body),
    )
    status = 404 if question.names_are_paths else 422
    return RequestError(status, f"there is no such {error.kind}", (fault,))


def _no_such_kind(error: ArgumentError, body: Body) -> RequestError:
    """A member that the library takes only in another form."""
    member = error.argument.partition("[")[0]
    fault = Fault(
        code="SRV004",
        detail=f"`{member}` has to be {error.expected}",
        remedy=f"write {error.expected}",
        pointer=pointer_to(member) if member in body.plain else None,
    )
    return RequestError(422, "a member of the request is of another kind", (fault,))


def _place_of(name: str, body: Body) -> str | None:
    """Where the body has this name, as a member or in one."""
    for member, sent in body.plain.items():
        if sent == name:
            return pointer_to(member)
        if isinstance(sent, dict) and name in sent:
            return pointer_to(member, name)
    return None
