"""A stable digest of what a guideline says.

Layout, comments, the order of rules, the split into files, the spelling of units, a list of one
and a negation of a negation leave it alone; so does a word of the vocabulary that the guideline
neither uses nor can feel through an implication. The review status is not content: an approval
covers the digest, not itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from hashlib import sha256
from typing import Any

import attrs

from b12guide.graph.condition import AllOf, AnyOf, Condition, Not
from b12guide.graph.model import RuleGraph
from b12guide.graph.used import used_vocabulary
from b12guide.regimen.phase import Dose
from b12guide.values.duration import Duration, DurationRange

__all__ = ["digest_of"]

_NOT_CONTENT = frozenset(
    {"digest", "status", "approved_by", "approved_on", "vocabulary", "implications"}
)
_WITHOUT_ORDER = frozenset(
    {"statements", "sources", "assumptions", "challenges", "exception_to", "topics"}
    | {"silences", "conflicts", "noted_as", "synonyms", "codes", "also_written"}
    | {"tests", "companions", "instructions", "excluded", "at"}
)
_LATER = frozenset({"asks"})
"""What came later than the first approvals: without it, a guideline has the digest that it had."""


def digest_of(graph: RuleGraph) -> str:
    """`sha256:` and the digest of the content of `graph`."""
    content = {
        field.name: _field(field.name, getattr(graph, field.name))
        for field in attrs.fields(RuleGraph)
        if field.name not in _NOT_CONTENT
    }
    vocabulary, implications = used_vocabulary(graph)
    content["vocabulary"] = _plain(vocabulary)
    content["implications"] = _sorted(map(_plain, implications))
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return "sha256:" + sha256(text.encode()).hexdigest()


_spelling = json.JSONEncoder(
    sort_keys=True
).encode  # made once: it is needed thousands of times


def _sorted(values: Any) -> list[Any]:
    return sorted(values, key=_spelling)


def _field(name: str, value: object) -> Any:
    plain = _plain(value)
    if name in _WITHOUT_ORDER and isinstance(plain, list):
        return _sorted(plain)
    return plain


def _plain(value: object) -> Any:
    """`value` as lists, dicts and strings, the same for all values that mean the same."""
    match value:
        case None | bool() | str() | int():
            return value
        case Fraction():
            return f"{value.numerator}/{value.denominator}"
        case Enum():
            return value.value
        case Duration(value=length, unit=unit):
            return _plain(DurationRange(length, length, unit).smallest)
        case Dose(amount=(low, high, _)):
            return ["dose", _plain(low), _plain(high), value.measures]
        case DurationRange(unit=unit):
            kind = "calendar" if unit.is_calendar else "fixed"
            return [kind, *map(_plain, value.smallest)]
        case AllOf() | AnyOf():
            joined = _flat(type(value), value.operands)
            if len(joined) == 1:
                return _plain(joined[0])
            name = "all" if isinstance(value, AllOf) else "any"
            return [name, *_sorted(map(_plain, joined))]
        case Not(operand=Not(operand=operand)):
            return _plain(operand)
        case Mapping():
            return {str(key): _plain(each) for key, each in value.items()}
        case tuple():
            return [_plain(each) for each in value]
        case _:
            return _node(value)


def _node(value: Any) -> dict[str, Any]:
    """An attrs value by its fields, without those that say only where it was written."""
    kind: type[Any] = type(value)
    said = {
        field.name: _field(field.name, held)
        for field in attrs.fields(kind)
        if field.eq
        and (
            (held := getattr(value, field.name)) is not None or field.name not in _LATER
        )
    }
    return {"": kind.__name__, **said}


def _flat(
    kind: type[AllOf | AnyOf], operands: tuple[Condition, ...]
) -> list[Condition]:
    """The operands, those of the same kind of node replaced by theirs."""
    found: list[Condition] = []
    for operand in operands:
        if isinstance(operand, kind):
            found += _flat(kind, operand.operands)
        else:
            found.append(operand)
    return found
