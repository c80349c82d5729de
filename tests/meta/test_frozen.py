"""Nothing that a caller can get hold of can be changed, however deep one looks into it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import (
    Callable,
    Iterator,
    Mapping,
    MutableMapping,
    MutableSequence,
    MutableSet,
)
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import attrs
import pytest

import b12guide
from b12guide import written
from b12guide.frozen import FrozenMap
from b12guide.prove.everything import invariants_of
from b12guide.trial.run import run_examples

PATIENT: dict[str, Any] = {
    "b12_deficiency": True,
    "folate_deficiency": True,
    "egfr": [
        {"value": "60 mL/min", "on": "2025-01-01"},
        {"value": "35 mL/min", "on": "2025-02-01"},
    ],
}
HISTORY = [
    {"on": "2025-02-01", "start": "folic_acid", "amount": "5 mg"},
    {"on": "2025-02-10", "dose": "hydroxocobalamin", "amount": "1000 µg"},
]
DAY = dt.date(2025, 3, 1)

LEAVES = (str, bytes, bool, int, float, Fraction, Decimal, Enum, dt.date, Path)
LEAVES_OF_OTHERS = {
    "builtins.function",
    "builtins.type",
    "pyarrow.lib.ChunkedArray",
    "pyarrow.lib.Table",
}
MUTABLE = (MutableMapping, MutableSequence, MutableSet, bytearray)


def changeable(value: Any, path: str, seen: dict[int, Any]) -> Iterator[str]:
    """Where below `value` something stands that can be changed; an attribute is looked into."""
    if value is None or isinstance(value, LEAVES) or id(value) in seen:
        return
    seen[id(value)] = value
    kind: Any = type(value)
    if isinstance(value, MUTABLE) or (
        attrs.has(kind) and kind.__setattr__ is object.__setattr__
    ):
        yield f"{path}: {kind.__module__}.{kind.__qualname__}"
        return
    if attrs.has(kind):
        names = {field.name for field in attrs.fields(kind)}
        for name in sorted(names | set(getattr(value, "__dict__", ()))):
            yield from changeable(getattr(value, name), f"{path}.{name}", seen)
        return
    if hasattr(value, "setflags"):  # an array of NumPy
        if value.flags.writeable:
            yield f"{path}: an array that can be written"
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from changeable(key, f"{path}.keys()", seen)
            yield from changeable(each, f"{path}[{key!r:.40}]", seen)
    elif isinstance(value, tuple | frozenset):
        for number, each in enumerate(value):
            yield from changeable(each, f"{path}[{number}]", seen)
    elif f"{kind.__module__}.{kind.__qualname__}" not in LEAVES_OF_OTHERS:
        yield f"{path}: {kind.__module__}.{kind.__qualname__}, whatever that is"


def guideline() -> b12guide.Guideline:
    """A guideline that has worked out what it works out."""
    found = b12guide.load("mecobalamin_im")
    for age in range(20, 30):
        found.recommend({**PATIENT, "age": age})
        found.verdicts({**PATIENT, "age": age})
    return found


GUIDELINE = guideline()


def cohort_audit() -> Any:
    pa = import_module("pyarrow")
    patients = pa.table({"id": ["a", "b"], "b12_deficiency": [True, True]})
    events = pa.table(
        {"id": ["a"], "on": ["2025-02-01"], "dose": ["hydroxocobalamin"]}
        | {"amount": ["1000 µg"]}
    )
    return GUIDELINE.audit_cohort(patients, events, on=DAY, patient="id")


def study() -> Any:
    pa = import_module("pyarrow")
    frame = pa.table({"b12_deficiency": [True, True], "egfr": [35.0, None]})
    found = GUIDELINE.study(frame)
    return (
        found.what_if({"egfr < 50 mL/min": "egfr < 30 mL/min"}),
        found.prevalence,
        found.hinges,
    )


def draft() -> Any:
    return written.read("mecobalamin_im").draft


SHOWN: dict[str, Callable[[], Any]] = {
    "guideline": lambda: GUIDELINE,
    "patient": lambda: b12guide.patient_from(PATIENT),
    "recommendation": lambda: GUIDELINE.recommend(PATIENT, on=DAY),
    "outside": lambda: GUIDELINE.recommend({"age": 3}),
    "assumed": lambda: GUIDELINE.recommend(
        b12guide.Patient(facts=PATIENT, otherwise="absent")
    ),
    "rule": lambda: GUIDELINE.explain("renal_form", PATIENT),
    "decision": lambda: GUIDELINE.explain("maintenance", PATIENT),
    "timeline": lambda: GUIDELINE.timeline(
        PATIENT, DAY, events={"b12_repleted": dt.date(2025, 4, 1)}
    ),
    "facts": lambda: GUIDELINE.facts,
    "audit": lambda: GUIDELINE.audit(PATIENT, HISTORY, on=DAY),
    "due": lambda: GUIDELINE.due(PATIENT, HISTORY, on=DAY),
    "trials": lambda: run_examples(GUIDELINE.evaluator, draft()),
    "proofs": lambda: invariants_of(GUIDELINE.graph, draft()),
    "cohort audit": cohort_audit,
    "study": study,
}


@pytest.mark.parametrize("what", SHOWN)
def test_nothing_public_can_be_changed(what: str) -> None:
    found = SHOWN[what]()

    assert list(changeable(found, what, {})) == []
    assert list(changeable(found, what, {})) == []  # by what was worked out on looking


@pytest.mark.parametrize("what", SHOWN)
def test_what_is_printed_of_it_is_one_short_line(what: str) -> None:
    """Of everything that can be got hold of, but for the syntax of a file."""
    seen: dict[int, Any] = {}
    list(changeable(SHOWN[what](), what, seen))
    printed = [
        repr(value)
        for value in seen.values()
        if isinstance(value, FrozenMap)
        or (attrs.has(type(value)) and ".syntax." not in type(value).__module__)
    ]

    assert printed
    assert [text[:100] for text in printed if len(text) > 400 or "\n" in text] == []


CHANGING = {"dict", "list", "set", "Deduction", "Diagrams", "Memory", "Work"}
"""Types of what lasts for one answer or is kept between two, and changes."""


@pytest.mark.parametrize("floor", ["evaluate", "graph", "values"])
def test_a_frozen_class_has_no_field_that_changes(floor: str) -> None:
    """What is kept between two answers is in a memory, see `b12guide.evaluate.memory`."""
    package = import_module(f"b12guide.{floor}")
    rooms = walk_packages(package.__path__, f"{package.__name__}.")
    kinds: list[Any] = [
        kind
        for room in rooms
        for kind in vars(import_module(room.name)).values()
        if isinstance(kind, type)
        and kind.__module__ == room.name
        and attrs.has(kind)
        and kind.__setattr__ is not object.__setattr__
    ]

    assert kinds
    assert [
        f"{kind.__name__}.{field.name}: {field.type}"
        for kind in kinds
        for field in attrs.fields(kind)
        if CHANGING.intersection(re.findall(r"\w+", str(field.type)))
    ] == []
