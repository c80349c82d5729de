"""Rows with codes: their columns, found by name as tables of OMOP have them, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen
from numpy.typing import NDArray

from b12guide.cohort.code_map import CodeMap, key_of
from b12guide.cohort.frames import Table, arrow_of, unusable

OMOP = "omop"
"""The name of OMOP's own concepts, which tables give by number."""

_OMOP_TABLES = {
    "condition": "",
    "observation": "",
    "measurement": "",
    "procedure": "procedure",
    "drug": "medication",
}
"""The first word of a table's columns, and what its rows are codes of."""

_EQUALS = {"4172703", "=", ""}
"""How a row says that its number is the value itself, and no bound of it."""

_NAMES = {
    "patient": ("patient", "person", "person_id", "patient_id"),
    "system": ("system",),
    "code": ("code",),
    "for": ("for",),
    "on": ("on", "date"),
    "end": ("end", "until"),
    "value": ("value", "value_as_number"),
    "unit": ("unit", "unit_source_value"),
    "unit_concept": ("unit_concept_id",),
    "sign": ("comparator", "operator_concept_id"),
    "word": ("value_as_concept_id",),
}
"""The columns of a table, by what they hold; those with the first name that is there."""


Ints: TypeAlias = NDArray[np.int64]
Texts: TypeAlias = NDArray[np.object_]

NO_DAY = np.iinfo(np.int64).min


@frozen(kw_only=True, eq=False)
class RowColumns:
    """The columns of one table, each as it is needed.

    Attributes:
        codes: For each row the terminology, the code, and of what it is a code, if that is said.
        others: The same of a second code, which counts where the first one is not known.
        days: As days since 1970, `NO_DAY` for none; None where the table has no such column.
        values: Numbers, or text with a number.
        is_bound: Whether the number is a bound of the value.
        is_worded: Whether the row has a value in words.
    """

    patient: str
    ids: Any
    codes: Texts
    others: Texts | None
    days: Ints | None
    ends: Ints | None
    values: Texts
    units: Texts
    is_bound: NDArray[np.bool_]
    is_worded: NDArray[np.bool_]


def row_columns(
    table: Table, patient: str | None, source: str | None, known: CodeMap
) -> RowColumns:
    """The columns of a table, found by their names."""
    names = [name for name in table.column_names if isinstance(name, str)]
    prefix = next((p for p in _OMOP_TABLES if f"{p}_concept_id" in names), None)
    count = table.num_rows

    def column(part: str, pattern: str = "") -> Any:
        """The column that holds a part of the rows; None if there is none."""
        found = [name for name in _NAMES.get(part, ()) if name in names]
        found += [name for name in names if pattern and re.fullmatch(pattern, name)]
        return plain(table.column(found[0])) if found else None

    ids = (
        patient
        if patient is not None
        else next((name for name in _NAMES["patient"] if name in names), None)
    )
    if ids is None or ids not in names:
        remedy = 'name it, as in `patient="person_id"`'
        raise unusable([(f"`rows` has no column `{ids or 'patient'}` of ids", remedy)])
    start = rf"{prefix}_(?:(?:exposure|era)_)?"
    return RowColumns(
        patient=ids,
        ids=plain(table.column(ids)),
        codes=_codes(table, names, prefix, source),
        others=_source_codes(table, names, prefix, source),
        days=_days(column("on", rf"{start}(?:start_)?date"), "on"),
        ends=None
        if prefix == "procedure"
        else _days(column("end", rf"{start}end_date"), "end"),
        values=_texts(column("value"), count),
        units=_units(column("unit"), column("unit_concept"), count, known),
        is_bound=~np.isin(
            _texts(column("sign"), count, "").astype(str), [*_EQUALS, "0"]
        ),
        is_worded=~np.isin(_texts(column("word"), count, "").astype(str), ["", "0"]),
    )


def _codes(
    table: Table, names: Sequence[str], prefix: str | None, source: str | None
) -> Texts:
    """The code of each row."""
    if prefix is not None:
        role = _OMOP_TABLES[prefix]
        return _keys(OMOP, table.column(f"{prefix}_concept_id"), role)
    if "code" not in names or ("system" not in names and source is None):
        remedy = (
            "rows have the columns `system` and `code`, or those of a table of OMOP such as "
            "`condition_concept_id`"
        )
        raise unusable([("`rows` has no column of codes", remedy)])
    system = table.column("system") if "system" in names else source
    role_of = table.column("for") if "for" in names else None
    return _keys(system, table.column("code"), role_of)


def _source_codes(
    table: Table, names: Sequence[str], prefix: str | None, source: str | None
) -> Texts | None:
    """The codes as they stood in the source of a table of OMOP."""
    name = f"{prefix}_source_value"
    if prefix is None or source is None or name not in names:
        return None
    return _keys(source, table.column(name), _OMOP_TABLES[prefix])


NOT_SAID = "\0"
"""Stands for a code of which nobody says whether it is a drug, a procedure or an allergy."""


def _keys(system: Any, code: Any, role: Any) -> Texts:
    """For each row a text of the three, with a sign between them that no code has."""
    parts = (_words(system), _words(code), _words(role, NOT_SAID))
    joined_text = pc.binary_join_element_wise(*parts, "\x1f")
    return np.asarray(joined_text.to_numpy(zero_copy_only=False), dtype=object)


def _words(column: Any, nothing: str = "") -> Any:
    """A column as text, or one text for all rows."""
    if column is None or isinstance(column, str):
        return nothing if column is None else column
    found = pc.utf8_trim_whitespace(plain(column).cast(pa.string()))
    return pc.if_else(pc.equal(pc.fill_null(found, ""), ""), nothing, found)


def plain(column: Any) -> Any:
    """A column in one piece, without an encoding that hides what it holds."""
    found = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_dictionary(found.type):
        found = found.cast(found.type.value_type)
    if pa.types.is_large_string(found.type) or pa.types.is_string_view(found.type):
        found = found.cast(pa.string())
    return found


def _texts(column: Any, count: int, nothing: Any = None) -> Texts:
    """The cells as text, numbers as the shortest decimal that means them."""
    if column is None:
        return np.full(count, nothing, dtype=object)
    found = column
    if pa.types.is_decimal(found.type) or pa.types.is_integer(found.type):
        found = found.cast(pa.string())
    listed = [_text(value, nothing) for value in found.to_pylist()]
    return np.array(listed, dtype=object)


def _text(value: Any, nothing: Any) -> Any:
    match value:
        case None:
            return nothing
        case bool():
            return str(value).lower()
        case float() if value != value:  # noqa: PLR0124 -- NaN
            return nothing
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case _:
            return str(value).strip() or nothing


def _days(column: Any, name: str) -> Ints | None:
    if column is None:
        return None
    found = column
    try:
        if pa.types.is_string(found.type):  # a day, or a moment of it
            days = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(found), 0, 10)
            found = pc.if_else(pc.equal(days, ""), None, days)
        if pa.types.is_timestamp(found.type) and found.type.tz is not None:
            found = pc.local_timestamp(found)
        days = found.cast(pa.date32(), safe=False).cast(pa.int32()).cast(pa.int64())
    except pa.ArrowException as error:
        remedy = "write days as 2026-03-05"
        raise unusable(
            [(f"the column `{name}` of `rows` has no days", remedy)]
        ) from error
    return np.asarray(pc.fill_null(days, NO_DAY), dtype=np.int64)


def _units(text: Any, concept: Any, count: int, known: CodeMap) -> Texts:
    """The unit of each row, by its concept where it has one that is known."""
    found = _texts(text, count)
    for number, one in enumerate(_texts(concept, count, "")):
        if one not in {"", "0"}:
            unit = known.units.get(key_of(OMOP, one))
            found[number] = unit or found[number] or f"concept {one}"
    return found


# ---------------------------------------------------------------------------- people


@frozen(kw_only=True, eq=False)
class People:
    """The patients, each once."""

    name: str
    ids: Any
    table: Table | None

    def positions(self, ids: Any) -> Ints:
        """The position of each id; -1 for none of these."""
        if ids.type != self.ids.type:
            try:
                ids = ids.cast(self.ids.type)
            except pa.ArrowException as error:
                message = f"the ids are {self.ids.type} in one frame and {ids.type} in another"
                raise unusable([(message, "write them the same way")]) from error
        found = pc.index_in(ids, value_set=self.ids, skip_nulls=True)
        return np.asarray(pc.fill_null(found, -1), dtype=np.int64)


def people_of(
    tables: Sequence[RowColumns], patients: Any, patient: str | None
) -> People:
    """Those of the frame of patients; without it, all who have a row."""
    name = patient or tables[0].patient
    if patients is None:
        kind = tables[0].ids.type
        listed = [table.ids for table in tables]
        if any(ids.type != kind for ids in listed):
            message = "the ids of the frames are of different kinds"
            raise unusable([(message, "write them the same way")])
        ids = pc.unique(pa.chunked_array(listed)).drop_null()
        return People(name=name, ids=ids, table=None)
    table = arrow_of(patients, "patients")
    if name not in table.column_names:
        remedy = 'name it, as in `patient="person_id"`'
        raise unusable([(f"`patients` has no column `{name}` of ids", remedy)])
    ids = plain(table.column(name))
    if ids.null_count or len(pc.unique(ids)) < len(ids):
        message = "`patients` has a row without an id, or two rows of one patient"
        raise unusable([(message, "keep one row for each patient")])
    return People(name=name, ids=ids, table=table)


def joined(people: People, columns: Mapping[str, Any]) -> Table:
    """The patients with a column for each fact."""
    table = people.table
    if table is None:
        table = pa.table({people.name: people.ids})
    both = [name for name in columns if name in table.column_names]
    if both:
        message = f"`patients` has a column `{both[0]}`, and rows state it as well"
        raise unusable([(message, "leave it out of one of them")])
    for name, column in columns.items():
        table = table.append_column(name, column)
    return table
