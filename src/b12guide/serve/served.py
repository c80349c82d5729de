"""Which guidelines may be asked: those that were named when the service was started."""

from __future__ import annotations

from collections.abc import Iterable

from b12guide.arguments import instance
from b12guide.errors import ArgumentError
from b12guide.frozen import FrozenMap
from b12guide.guideline import Guideline, load
from b12guide.library import PathLike
from b12guide.serve.question import Served

_GUIDELINES = "guidelines"


def served_by(
    guidelines: Iterable[Guideline | PathLike] | Guideline | PathLike,
) -> Served:
    """The guidelines by their names, in the order given.

    Raises:
        ArgumentError: There is none, or two have the same name.
        GuidelineError: One cannot be loaded.
    """
    if isinstance(guidelines, Guideline | str) or hasattr(guidelines, "__fspath__"):
        guidelines = (guidelines,)  # type: ignore[assignment]
    found: dict[str, Guideline] = {}
    for one in instance(guidelines, Iterable, _GUIDELINES, "guidelines or names"):
        guideline = one if isinstance(one, Guideline) else load(one)
        if found.setdefault(guideline.name, guideline) is not guideline:
            expected = f"guidelines of which no two are called `{guideline.name}`"
            raise ArgumentError(_GUIDELINES, expected, guidelines)
    if not found:
        expected = "at least one guideline"
        raise ArgumentError(_GUIDELINES, expected, guidelines)
    return FrozenMap(found)
