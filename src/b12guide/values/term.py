"""The closed sets of words that a guideline's text and its graph have in common.

They stand apart from the syntax tree so that a compiled guideline can be asked without it.
"""

from __future__ import annotations

from enum import Enum

__all__ = ["CODED_OF", "Certainty", "Kind", "Operator", "Strength"]

CODED_OF = ("allergy", "medication", "procedure")
"""Of what else than itself a finding or event may have a code.

`code unii "..." for allergy` is the code of the substance to which somebody is allergic, `for
medication` that of a drug with which somebody is treated, `for procedure` that of a procedure after
which it is so for good.
"""


class Strength(Enum):
    """How strongly the source says it, in the source's own classes."""

    REQUIRED = "required"
    SHOULD = "should"
    SHOULD_CONSIDER = "should consider"
    MAY = "may"
    ACCEPTABLE_ALTERNATIVE = "acceptable alternative"
    AVOID = "avoid"
    DO_NOT = "do not"
    CLAIM = "claim"
    DEFINITION = "definition"
    TARGET = "target"


class Certainty(Enum):
    """How sure the source is of the evidence, in the classes of GRADE."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very low"


class Operator(Enum):
    """A comparison of a measure with a bound."""

    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    EQUAL = "="


class Kind(Enum):
    """The kinds of word that a vocabulary declares."""

    FINDING = "finding"
    MEASURE = "measure"
    CHOICE = "choice"
    EVENT = "event"
    CONCLUSION = "conclusion"
    DRUG = "drug"
    TEST = "test"
    ROUTE = "route"
    SITE = "site"
    SERVICE = "service"
