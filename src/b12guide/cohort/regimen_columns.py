"""The columns of what `loading` and `maintenance` say of doses, beside the text of their value.

Where a value is one regimen of one phase, whatever is unknown, each of its parts has a column to
group by. Nothing else is squeezed into these: options, sides, several phases and what depends stand
in the column of lists, one record for each phase, and the others are null. Everything is worked out
once for each different answer; but frames hold a list for each patient, and so have it on demand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import fields
from numpy.typing import NDArray

from b12guide.cohort.advised_phases import AdvisedPhase
from b12guide.cohort.options import RegimenForm

TEXT = pa.dictionary(pa.int32(), pa.string())
"""The type of a column of texts, each of which is held once."""

_TYPES = {
    "int": pa.int32(),
    "bool": pa.bool_(),
    "str": pa.string(),
    "float": pa.float64(),
}
_RECORD = pa.struct(
    [
        pa.field(one.name, _TYPES[str(one.type).partition(" ")[0]])
        for one in fields(AdvisedPhase)
    ]
)
_PARTS: dict[str, Any] = {
    "drug": TEXT,
    "dose_low": pa.float64(),
    "dose_high": pa.float64(),
    "dose_unit": TEXT,
    "route": TEXT,
    "interval_low_days": pa.float64(),
    "interval_high_days": pa.float64(),
    "until": TEXT,
}
"""What has a column of its own where there is one phase."""

COLUMNS: dict[str, Any] = {
    **{name: kind for name, kind in _PARTS.items() if name != "until"},
    "phase": pa.int32(),
    "until": TEXT,
    "regimens": pa.list_(_RECORD),
}
"""The columns of a decision by the ends of their names, with their types in a frame."""


def columns_of(form: RegimenForm) -> Mapping[str, Any]:
    """Those of `COLUMNS` that are wanted."""
    if form is RegimenForm.LISTS:
        return COLUMNS
    named = [] if form is RegimenForm.NONE else [n for n in COLUMNS if n != "regimens"]
    return {name: COLUMNS[name] for name in named}


def regimen_columns(
    answers: Sequence[tuple[AdvisedPhase, ...]], group: NDArray[Any], form: RegimenForm
) -> Iterator[pa.Array]:
    """The columns that are wanted, in the order of `COLUMNS`.

    Args:
        answers: What the different answers say of doses.
        group: Which of them each patient has.
        form: Which columns are wanted.
    """
    counts = [_phases_of(one) for one in answers]
    alone = [
        one[0] if count == 1 else None
        for one, count in zip(answers, counts, strict=True)
    ]
    places = pa.array(group.astype(np.int32))
    for name, kind in columns_of(form).items():
        if name == "regimens":
            lists = pa.array([_records(one) for one in answers], kind)
            yield pa.DictionaryArray.from_arrays(places, lists)
            continue
        values: list[Any] = counts
        if name != "phase":
            values = [None if one is None else getattr(one, name) for one in alone]
        if all(value is None for value in values):
            yield pa.nulls(len(group), kind)
        elif kind == TEXT:
            yield texts(values, group)
        else:
            yield pa.array(values, kind).take(places)


def texts(values: Sequence[str | None], group: NDArray[Any]) -> pa.Array:
    """A column of texts, each held once; the order of the texts follows from the rows alone."""
    different = list(dict.fromkeys(value for value in values if value is not None))
    numbers = {value: number for number, value in enumerate(different)}
    places = pa.array(
        [None if value is None else numbers[value] for value in values], pa.int32()
    )
    codes = places.take(pa.array(group))
    return pa.DictionaryArray.from_arrays(codes, pa.array(different, pa.string()))


def _phases_of(said: tuple[AdvisedPhase, ...]) -> int | None:
    """How many phases the only regimen has; None where there is none, or where it depends."""
    is_one = all(one.kind == "advised" and not one.not_needed for one in said)
    is_all = len({one.part for one in said}) == 1  # sides may stand beside it
    return len(said) if is_one and is_all else None


@lru_cache(maxsize=4096)
def _records(said: tuple[AdvisedPhase, ...]) -> list[dict[str, Any]]:
    names = [one.name for one in fields(AdvisedPhase)]
    return [{name: getattr(one, name) for name in names} for one in said]


def as_json(lists: pa.Array) -> pa.Array:
    """Lists of records as texts of JSON, for files that have no lists; what is null is left out."""
    found = [
        None
        if one is None
        else json.dumps(
            [{n: v for n, v in record.items() if v is not None} for record in one],
            ensure_ascii=False,
        )
        for one in lists.to_pylist()
    ]
    return pa.array(found, pa.string())
