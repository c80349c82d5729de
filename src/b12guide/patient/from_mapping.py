"""What is asked beside the patient: a day, and whether numbers have to state their unit."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Any

from attrs import fields, has

from b12guide.arguments import choice, instance
from b12guide.diagnostics import Diagnostic, Help, Label, pointer_to
from b12guide.errors import PatientError
from b12guide.limits import USUAL, Limits
from b12guide.patient.model import Otherwise, Patient, PatientLike, Units
from b12guide.patient.notation import Notation, as_text, shown
from b12guide.patient.shape import KEYS, OF_A_RESOURCE, a_resource
from b12guide.patient.stated import read_moment
from b12guide.text import Span, Text

__all__ = ["patient_from"]


def day_of(value: Any, name: str = "on") -> dt.date:
    """The day that `value` is, for the argument `name`.

    A moment stands for its day, as it was written: answers are for days. Text is taken as in a
    patient's record.

    Raises:
        PatientError: It is no day (GDL716).

    >>> day_of(dt.datetime(2026, 1, 1, 23, 30))
    datetime.date(2026, 1, 1)
    >>> day_of("2026-01-01")
    datetime.date(2026, 1, 1)
    """
    found = read_moment(value)
    if found is None:
        diagnostic = Diagnostic(
            code="GDL716",
            message=f"`{shown(value)}`, the day `{name}`, is not a date",
            help=(
                Help(message="give a `datetime.date`, or text such as `2025-03-05`"),
            ),
        )
        message = "the question cannot be answered"
        raise PatientError(message, (diagnostic,))
    return found.date() if isinstance(found, dt.datetime) else found


def day_or_none(value: Any, name: str = "on") -> dt.date | None:
    """The same, where no day need be given.

    Raises:
        PatientError: It is no day (GDL716).
    """
    return None if value is None else day_of(value, name)


def units_of(value: Any) -> Units | None:
    """Whether numbers have to state their unit; None where that is left to the patient.

    Raises:
        UnknownNameError: It is neither `assume` nor `required`.
    """
    return None if value is None else choice(Units, value, "units")


def patient_from(
    record: PatientLike,
    *,
    otherwise: Otherwise | str = Otherwise.UNKNOWN,
    name: str = "patient",
    units: Units | str = Units.ASSUME,
    limits: Limits = USUAL,
) -> Patient:
    """The patient that `record` describes.

    Args:
        record: A patient, a mapping of fact names to values, a mapping with the key `facts` as a
            patient file has it, or a record whose fields are named as facts are: an instance of
            a dataclass, an attrs class, a pydantic model, a named tuple. A field that is None is
            not known.
        otherwise: What holds of the facts that are not mentioned, unless `record` says it.
        name: What diagnostics call this patient.
        units: Whether numbers may lack their unit: `assume` or `required`. What is asked of the
            guideline later may say otherwise.
        limits: How large the record may be.

    Raises:
        PatientError: `record` is none of these, or beyond the limits.
        UnknownNameError: There is no such way of reading units.

    >>> patient_from({"egfr": 35}).facts
    FrozenMap({'egfr': 35})
    """
    instance(limits, Limits, "limits", "a `Limits`")
    if isinstance(record, Patient):
        limits.admit(record.facts, record.name)
        return record
    facts = _fields_of(record)
    if facts is None and isinstance(record, Mapping):
        facts = dict(record)
    if facts is None:
        raise _refused(
            name,
            f"a patient cannot be made of `{shown(record)}`",
            "pass a mapping of fact names to values, or an instance of a dataclass, an "
            "attrs class, a pydantic model or a named tuple",
        )
    limits.admit(facts, name)
    if isinstance(facts.get("facts"), Mapping):
        for key in facts:
            if key in KEYS:
                continue
            near = get_close_matches(as_text(key), KEYS, n=1)
            raise _refused(
                name,
                f"a patient has no key `{shown(key)}`",
                f"did you mean `{near[0]}`?" if near else "facts stand under `facts`",
                code="GDL704",
                pointer=pointer_to(as_text(key)),
            )
        otherwise = facts.get("otherwise", otherwise)
        facts = dict(facts["facts"])
    elif "resourceType" in facts:
        told = a_resource(facts["resourceType"])
        remedy = OF_A_RESOURCE.format(Notation.PYTHON.facts())
        raise _refused(name, told, remedy, pointer=pointer_to("resourceType"))
    return Patient(
        facts={key: _as_written(value) for key, value in facts.items()},
        otherwise=_otherwise(otherwise, name),
        name=name,
        units=units_of(units) or Units.ASSUME,
    )


def _fields_of(record: Any) -> dict[str, Any] | None:
    """The fields of a record with their values; None for what is no record."""
    kind = type(record)
    names: Iterable[str] | None = None
    if has(kind):
        names = [field.name for field in fields(kind)]
    elif dataclasses.is_dataclass(kind):
        names = [field.name for field in dataclasses.fields(kind)]
    elif isinstance(record, tuple):
        names = getattr(kind, "_fields", None)
    elif callable(getattr(kind, "model_dump", None)):
        further = getattr(record, "model_extra", None) or {}
        names = [*getattr(kind, "model_fields", ()), *further]
    if names is None:
        return None
    # A field that was never set is as unknown as one that is None.
    return {name: getattr(record, name, None) for name in names}


def _as_written(value: Any) -> Any:
    """The value of a fact, as a file would have it: plain, with its day, or a list of such."""
    fields = _fields_of(value)
    if fields is not None:
        value = {name: part for name, part in fields.items() if part is not None}
    if isinstance(value, Mapping):
        return {key: _as_python(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        # An item is a value with its day, or not looked into: a list has no further lists.
        return [
            _as_written(part)
            if isinstance(part, Mapping) or _fields_of(part) is not None
            else part
            for part in value
        ]
    return _as_python(value)


def _as_python(value: Any) -> Any:
    """`value`, or the plain value inside a member of an enumeration or an array's scalar."""
    if isinstance(value, Enum):
        value = value.value
    try:
        return _item_of(value)
    except Exception:  # noqa: BLE001 -- it runs the caller's classes
        return value


def _item_of(value: Any) -> Any:
    """What a scalar of an array library holds; anything else as it is."""
    is_scalar = hasattr(value, "dtype") and hasattr(value, "item")
    if not is_scalar or getattr(value, "ndim", 0) != 0:
        return value
    if getattr(value, "mask", False):  # a masked value of numpy pretends to be 0
        return None
    kind, plain = getattr(value.dtype, "kind", ""), value.item()
    if kind == "f" and isinstance(plain, float):
        # 35.1 of 32 bits is 35.1, and not the nearest that 64 bits have.
        return float(str(value))
    if kind == "M" and isinstance(plain, int):  # in nanoseconds, which Python lacks
        return value.astype("datetime64[us]").item()
    return plain


def _otherwise(value: Any, name: str) -> Otherwise:
    if isinstance(value, Otherwise):
        return value
    known = {choice.value: choice for choice in Otherwise}
    if isinstance(value, str) and value in known:
        return known[value]
    near = get_close_matches(as_text(value), known, n=1)
    raise _refused(
        name,
        f"`otherwise` is not `{shown(value)}`",
        f"did you mean `{near[0]}`?" if near else "write `unknown` or `absent`",
        code="GDL706",
        pointer=pointer_to("otherwise"),
    )


def _refused(
    name: str, message: str, remedy: str, code: str = "GDL703", pointer: str = ""
) -> PatientError:
    text = Text(name, "", is_private=True, is_rendered=True)
    diagnostic = Diagnostic(
        code=code,
        message=message,
        labels=(Label(text=text, span=Span(0, 0), pointer=pointer),),
        help=(Help(message=remedy),),
    )
    return PatientError(f"{name} cannot be used", (diagnostic,))
