"""What a caller can say about a cohort besides the patients themselves."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, TypeAlias

from attrs import Attribute, field, frozen

from b12guide.arguments import choice, instance, mapping, names
from b12guide.cohort.spelling import Spelling, truths_from
from b12guide.errors import ArgumentError, CohortError, UnknownNameError
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.settle import DECISIONS
from b12guide.frozen import freeze, frozen_map
from b12guide.graph.model import Decision
from b12guide.patient.model import Otherwise
from b12guide.record import Record

__all__ = [
    "Naming",
    "OnBad",
    "OnBadRow",
    "Options",
    "Progress",
    "no_progress",
]

Progress: TypeAlias = Callable[[int, int | None], None]
"""Told how many patients are done, and of how many where that is known."""


def no_progress(_done: int, _of: int | None) -> None:
    """Nobody asks how far the work is."""


class OnBad(Enum):
    """What becomes of cells that cannot be believed, and of facts that contradict each other."""

    ERROR = "error"
    UNKNOWN = "unknown"


class Naming(Enum):
    """What stands between the parts of a column's name, as in `form.value`."""

    DOT = "."
    UNDERSCORE = "_"


class OnBadRow(Enum):
    """What becomes of patients whose rows cannot be audited: an error, or they are left out."""

    ERROR = "error"
    SKIP = "skip"


def _otherwise(value: Otherwise | str) -> Otherwise:
    return choice(Otherwise, value, "otherwise")


def _on_bad(value: OnBad | str) -> OnBad:
    return choice(OnBad, value, "on_bad")


def _reading(value: Reading | str) -> Reading:
    return choice(Reading, value, "fuzzy_threshold")


def _naming(value: Naming | str) -> Naming:
    return choice(Naming, value, "names")


def _names_of(value: Any) -> Any:
    """Decisions by their names; anything else as it is."""
    if not isinstance(value, Iterable):
        return value
    return tuple(one.value if isinstance(one, Decision) else one for one in value)


def _decisions(
    value: Iterable[Decision | str] | str | None,
) -> tuple[Decision, ...] | None:
    """The decisions that are named, in the order in which they are told."""
    if value is None:
        return None
    known = {decision.value: decision for decision in DECISIONS}
    asked = value if isinstance(value, str) else _names_of(value)
    found = set()
    for name in names(asked, "decisions"):
        if name not in known:
            what = "decision"
            raise UnknownNameError(what, name, known)
        found.add(known[name])
    if not found:
        message = "`decisions` names none: leave it out, or say `verdicts_only`"
        raise CohortError(message)
    return tuple(decision for decision in DECISIONS if decision in found)


def _keep(value: Iterable[str] | str) -> tuple[str, ...]:
    return names(value, "keep")


def _ignore(value: Iterable[str] | str) -> tuple[str, ...]:
    return names(value, "ignore")


def _units(value: Mapping[str, str] | None) -> Mapping[str, str]:
    given = mapping(value, "units", "a mapping of columns to units")
    if not all(isinstance(text, str) for pair in given.items() for text in pair):
        argument, expected = "units", "a mapping of columns to units, both as text"
        raise ArgumentError(argument, expected, value)
    return frozen_map(given)


def _assume(value: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return frozen_map(freeze(mapping(value, "assume", "a mapping of facts to values")))


def _truths(value: Mapping[Any, bool] | None) -> Mapping[str, bool]:
    given = mapping(value, "truths", "a mapping of what is written to True or False")
    return frozen_map(truths_from(given))


def _decimal(value: str) -> str:
    instance(value, str, "decimal", "`.` or `,`")
    if value not in {".", ","}:
        message = f"the decimal sign is `.` or `,`, and cannot be `{value}`"
        raise CohortError(message)
    return value


def _flag(_: object, attribute: Attribute[bool], value: object) -> None:
    instance(value, bool, attribute.name, "True or False")


def _divider(value: str | None) -> str | None:
    if value is None:
        return None
    instance(value, str, "divider", "one sign such as `;`, or `tab`")
    if value in {"tab", "\\t", "\t"}:
        return "\t"
    if len(value) != 1 or not value.isascii() or value.isalnum() or value in '"\r\n':
        message = (
            f"cells are divided by one sign such as `;` or `tab`, not by `{value}`"
        )
        raise CohortError(message)
    return value


def _encoding(value: str) -> str:
    instance(value, str, "encoding", "the name of an encoding")
    try:
        "".encode(value)
        return codecs.lookup(value).name
    except (LookupError, ValueError, TypeError):
        message = (
            f"there is no encoding `{value}`; `utf-8`, `latin-1` and `cp1252` are usual"
        )
        raise CohortError(message) from None


@frozen(kw_only=True, repr=False)
class Options(Record):
    """How the columns of a cohort are read, and what the advice looks like.

    Attributes:
        units: Units of measures, by the name of the column or of the fact.
        keep: Columns to be carried into the advice.
        ignore: Columns, or patterns such as `LBX*`, that are left out.
        otherwise: What holds of the facts that have no column.
        on_bad: What becomes of cells that cannot be believed.
        long: Whether the advice has one row for each patient and rule.
        assume: Values of facts, as in a patient file, that are assumed of every patient of whom
            they are not known: nulls are filled, and facts without a column. They come before
            `otherwise`. A cell that cannot be believed is not filled, and where an assumption
            contradicts what is stated of a patient it is not made.
        fuzzy_threshold: How a threshold that the source prints as a range is read.
        truths: What words or numbers mean in columns of truths, besides `true` and `false`.
        decimal: What stands in text before the fraction of a number: `.` or `,`.
        divider: What divides the cells of text files; their first line shows it if left out.
        encoding: How text files are encoded.
        decisions: The decisions to be told, with the verdicts of their rules; all if None.
        verdicts_only: Whether nothing is told but the verdicts of rules, and silences.
        questions: Whether the facts worth asking for are told.
        names: What stands between the parts of a column's name.
    """

    units: Mapping[str, str] = field(factory=dict, converter=_units)
    keep: tuple[str, ...] = field(default=(), converter=_keep)
    ignore: tuple[str, ...] = field(default=(), converter=_ignore)
    otherwise: Otherwise = field(default=Otherwise.UNKNOWN, converter=_otherwise)
    on_bad: OnBad = field(default=OnBad.ERROR, converter=_on_bad)
    long: bool = field(default=False, validator=_flag)
    assume: Mapping[str, Any] = field(factory=dict, converter=_assume)
    fuzzy_threshold: Reading = field(default=Reading.REPORT, converter=_reading)
    truths: Mapping[str, bool] = field(factory=dict, converter=_truths)
    decimal: str = field(default=".", converter=_decimal)
    divider: str | None = field(default=None, converter=_divider)
    encoding: str = field(default="utf-8", converter=_encoding)
    decisions: tuple[Decision, ...] | None = field(default=None, converter=_decisions)
    verdicts_only: bool = field(default=False, validator=_flag)
    questions: bool = field(default=True, validator=_flag)
    names: Naming = field(default=Naming.DOT, converter=_naming)

    @property
    def spelling(self) -> Spelling:
        """How cells are written."""
        return Spelling(
            true=frozenset(word for word, truth in self.truths.items() if truth),
            false=frozenset(word for word, truth in self.truths.items() if not truth),
            decimal=self.decimal,
        )

    def column(self, *parts: str) -> str:
        """The name of a column of advice."""
        return self.names.value.join(parts)
