"""The official FHIR R4 examples of dosage instructions, as published data has them.

The rows hold sequence, timing, dose and whether it is taken as needed; where an instruction was
also published whole, the whole of it is taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from attrs import frozen

from b12guide.interop.dosage import Dosage
from b12guide.interop.fhir import dosage_from_fhir

_PROSE = {"text", "patientInstruction"}


@frozen
class Example:
    name: str
    text: str
    element: dict[str, Any]
    dosage: Dosage
    is_whole: bool

    @property
    def has_structure(self) -> bool:
        """Whether it states more than its place among others."""
        return bool(self.element.keys() - {"sequence"})


def examples(folder: Path) -> tuple[Example, ...]:
    """All examples, in the order of the data."""
    rows = _read(folder / "fhir_r4_medication" / "_dosage_rows.json")
    whole: dict[str, list[dict[str, Any]]] = {}
    for timing in _read(folder / "fhir_r4_medication" / "timings.json"):
        whole.setdefault(timing["id"], []).append(timing["dosage"])
    return tuple(_examples(rows, whole))


def _read(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        path.read_text("utf-8"), parse_float=Decimal
    )
    return found


def _examples(
    rows: list[dict[str, Any]], whole: dict[str, list[dict[str, Any]]]
) -> Iterator[Example]:
    for row in rows:
        name, index = row["file"].removesuffix(".json"), row["index"]
        published = whole.get(name.replace("-", "/", 1), [])
        is_whole = index < len(published)
        element = published[index] if is_whole else _of_row(row)
        yield Example(
            name=f"{name} {index + 1}",
            text=row["text"] or "",
            element={k: v for k, v in element.items() if k not in _PROSE},
            dosage=dosage_from_fhir(element),
            is_whole=is_whole,
        )


def _of_row(row: dict[str, Any]) -> dict[str, Any]:
    element: dict[str, Any] = {}
    if row["sequence"] is not None:
        element["sequence"] = row["sequence"]
    if row["repeat"]:
        element["timing"] = {"repeat": row["repeat"]}
    if row["dose"]:
        kind = "doseRange" if "low" in row["dose"] else "doseQuantity"
        element["doseAndRate"] = [{kind: row["dose"]}]
    if row["asNeeded"]:  # a row has false where the example has nothing
        element["asNeededBoolean"] = True
    return element
