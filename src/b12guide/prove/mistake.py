"""The kinds of mistakes that mutants make."""

from __future__ import annotations

from enum import Enum

__all__ = ["Mistake"]


class Mistake(Enum):
    """What kind of mistake a mutant makes."""

    OPERATOR = "operator"
    THRESHOLD = "threshold"
    OPERAND = "operand dropped"
    JUNCTION = "and for or"
    NEGATION = "negation"
    CHOICE = "value of a choice dropped"
    DELETED = "rule deleted"
    OPTION = "option for default"
    EXCEPTION = "exception dropped"
    FLATTENED = "exception flattened"
    DOSE = "dose"
    INTERVAL = "interval"
    ADVICE = "advice dropped"
