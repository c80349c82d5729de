"""What the guideline would order, as a resource that a suggestion creates or changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from b12guide.errors import DosageError
from b12guide.evaluate.answer import Option
from b12guide.fhir.dosages import dosages_of
from b12guide.graph.query import regimens_in
from b12guide.hooks.setting import Setting


def proposed(
    order: Mapping[str, Any], drug: str, option: Option, setting: Setting
) -> dict[str, Any] | None:
    """A draft order with the doses of a regimen in the place of its own.

    Everything else stays as the client wrote it. None where the regimen cannot be written down.

    Args:
        order: The order as it came.
        drug: The drug of the guideline that it orders.
        option: What the guideline advises.
        setting: The answer.
    """
    regimens = regimens_in(option.advice)
    if len(regimens) != 1 or option.withheld or not option.certain:
        return None
    phases = [p for p in regimens[0].phases if not p.drugs or drug in p.drugs]
    if len(phases) != len(regimens[0].phases):
        return None
    try:
        dosages = dosages_of(regimens[0], setting.graph)
    except DosageError:
        return None
    return {**order, "dosageInstruction": dosages}
