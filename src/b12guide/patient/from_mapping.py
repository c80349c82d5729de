"""Makes a patient of what an application has: a mapping, or an instance of an attrs class."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import attrs

from b12guide.diagnostics import Diagnostic, Help, Label, pointer_to
from b12guide.errors import PatientError
from b12guide.limits import USUAL, Limits
from b12guide.patient.model import Otherwise, Patient
from b12guide.patient.shape import KEYS
from b12guide.patient.shown import shown
from b12guide.text import Span, Text

__all__ = ["patient_from"]


def patient_from(
    record: Any,
    *,
    otherwise: Otherwise | str = Otherwise.UNKNOWN,
    name: str = "patient",
    limits: Limits = USUAL,
) -> Patient:
    """The patient that `record` describes.

    Args:
        record: A patient, a mapping of fact names to values, a mapping with the key `facts` as a
            patient file has it, or an attrs instance whose fields are named as facts are.
        otherwise: What holds of the facts that are not mentioned, unless `record` says it.
        name: What diagnostics call this patient.
        limits: How large the record may be.

    Raises:
        PatientError: `record` is none of these, or beyond the limits.

    >>> patient_from({"egfr": 35}).facts
    FrozenMap({'egfr': 35})
    """
    if isinstance(record, Patient):
        limits.admit(record.facts, record.name)
        return record
    if attrs.has(type(record)):
        facts = attrs.asdict(record, recurse=False)
    elif isinstance(record, Mapping):
        facts = dict(record)
    else:
        raise _refused(
            name,
            f"a patient cannot be made of `{shown(record)}`",
            "pass a mapping of fact names to values, or an attrs instance",
        )
    limits.admit(facts, name)
    if isinstance(facts.get("facts"), Mapping):
        _check_keys(facts, name)
        otherwise = facts.get("otherwise", otherwise)
        facts = dict(facts["facts"])
    return Patient(
        facts={key: _as_python(value) for key, value in facts.items()},
        otherwise=_otherwise(otherwise, name),
        name=name,
    )


def _as_python(value: Any) -> Any:
    """`value`, or the plain value inside a scalar of an array library."""
    is_array_scalar = hasattr(value, "dtype") and hasattr(value, "item")
    return value.item() if is_array_scalar else value


def _check_keys(record: Mapping[Any, Any], name: str) -> None:
    """Refuse outermost keys that a patient file may not have either."""
    for key in record:
        if key not in KEYS:
            near = get_close_matches(str(key), KEYS, n=1)
            raise _refused(
                name,
                f"a patient has no key `{shown(key)}`",
                f"did you mean `{near[0]}`?" if near else "facts stand under `facts`",
                code="GDL704",
                pointer=pointer_to(str(key)),
            )


def _otherwise(value: Any, name: str) -> Otherwise:
    if isinstance(value, Otherwise):
        return value
    known = {choice.value: choice for choice in Otherwise}
    if isinstance(value, str) and value in known:
        return known[value]
    near = get_close_matches(str(value), known, n=1)
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
