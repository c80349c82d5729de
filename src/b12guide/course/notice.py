"""What is said wherever a level is shown: serum is not store, and what the model cannot tell."""

from __future__ import annotations

from b12guide.course.model_misfit import misfit

__all__ = ["LIMITS", "SERUM_IS_NOT_STORE", "limits"]

SERUM_IS_NOT_STORE = (
    "Serum is not store: a high level after a dose says little about what the body has in store "
    "or what reaches the cells, and a level says nothing about symptoms."
)
"""The sentence that stands beside every level."""

_AMPLE = (
    "A model of the store alone finds every licensed schedule ample, and cannot explain why some "
    "people need injections more often to keep symptoms away."
)
_MADE_UP = (
    "The bands are people made up from published ranges, not measured people; they show what is "
    "not known, and not how many patients come out where."
)
LIMITS = (_AMPLE, _MADE_UP)
"""What the course cannot tell, in sentences."""


def limits() -> tuple[str, ...]:
    """What the course cannot tell, and how far its levels are from what has been published."""
    return (*LIMITS, misfit().text)
