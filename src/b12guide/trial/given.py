"""The patient of an example."""

from __future__ import annotations

from typing import Any, assert_never

from b12guide.diagnostics import Label
from b12guide.patient.model import Otherwise, Patient
from b12guide.syntax import ast
from b12guide.text import Text

__all__ = ["patient_of"]


def patient_of(example: ast.Example, text: Text) -> Patient:
    """The patient whom `example`, which stands in `text`, gives."""
    facts: dict[str, Any] = {}
    places: dict[str, Label] = {}
    otherwise = Otherwise.UNKNOWN
    for entry in example.given:
        match entry:
            case ast.Otherwise(absent=absent):
                otherwise = Otherwise.ABSENT if absent else Otherwise.UNKNOWN
            case ast.Given(name=name):
                value = _recorded(entry)
                if name.text in facts:
                    value = [*_several(facts[name.text]), *_several(value)]
                facts[name.text] = value
                places[name.text] = Label(text=text, span=entry.span)
            case _:
                assert_never(entry)
    return Patient(
        facts=facts,
        otherwise=otherwise,
        name=f"the patient of `{example.title.text}`",
        places=places,
    )


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _recorded(given: ast.Given) -> Any:
    value = _value(given)
    return value if given.on is None else {"value": value, "on": given.on}


def _value(given: ast.Given) -> bool | str | None:
    match given.value:
        case ast.Presence.PRESENT:
            return True
        case ast.Presence.ABSENT:
            return False
        case ast.Presence.UNKNOWN:
            return None
        case ast.Quantity(low=low, unit=unit):
            return f"{low} {unit}" if unit else f"{low}"
        case ast.Name(text=text):
            return text
        case _:
            assert_never(given.value)
