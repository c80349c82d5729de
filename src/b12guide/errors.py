"""What the library tells its caller: a small tree of exceptions.

The whole tree::

    B12GuideError
    ├── GuidelineError        a guideline cannot be used; carries diagnostics
    ├── PatientError          a patient or history file cannot be used; carries diagnostics
    ├── SettingsError         the settings of a tool cannot be used; carries diagnostics
    ├── DosageError           a dosing instruction cannot be used; carries diagnostics
    ├── RecordError           the record of an answer cannot be read; carries diagnostics
    │   └── ReplayError       asked again, the guideline says something else than was recorded
    ├── CohortError           a frame of patients is of a kind that is not taken
    ├── ArgumentError         an argument is of a kind that is not taken
    ├── UnknownNameError      asked for a rule, fact or decision that the guideline lacks
    └── MissingExtraError     a feature needs a package that is not installed
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from numbers import Real
from typing import Any

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic, place_text
from b12guide.text import shortened

__all__ = [
    "ArgumentError",
    "B12GuideError",
    "CohortError",
    "Discrepancy",
    "DosageError",
    "GuidelineError",
    "MissingExtraError",
    "PatientError",
    "RecordError",
    "ReplayError",
    "SettingsError",
    "UnknownNameError",
]


class B12GuideError(Exception):
    """The root of everything that b12guide raises on purpose.

    An error comes out of a process pool as it was raised: with its message, its fields and its
    notes, and with its own class.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    """What is the matter, one by one; empty for an error that says it in a sentence."""

    def __reduce__(self) -> tuple[Any, ...]:
        # `Exception` would call the class with the message, which is not what every class takes.
        return _raised_elsewhere, (type(self), self.args), self.__dict__

    def detailed(self) -> str:
        """All that is known, values of patients included: to be shown, not to be logged."""
        return str(self)

    def to_dict(self) -> dict[str, Any]:
        """The error as plain data, values of patients included; schema `b12guide.error/1`."""
        return {
            "schema": "b12guide.error/1",
            "error": type(self).__name__,
            "message": self.detailed().partition("\n")[0],
            "codes": list(dict.fromkeys(one.code for one in self.diagnostics)),
            "diagnostics": [one.to_dict() for one in self.diagnostics],
        }

    def problem(self, status: int = 422) -> dict[str, Any]:
        """The error as the body of an HTTP answer, `application/problem+json` (RFC 9457).

        It holds no values of patients. Each of its `errors` has the JSON Pointer of what is wrong
        in the body of the request, and `remedy`, what can be done about it.
        """
        return {
            "type": f"urn:b12guide:error:{type(self).__name__}",
            "title": str(self).partition("\n")[0],
            "status": status,
            "errors": [
                {
                    "code": one.code,
                    "fact": one.fact,
                    "pointer": one.pointer,
                    "detail": _brief(one),
                    "remedy": _remedy(one),
                }
                for one in self.diagnostics
            ],
        }


class _DiagnosedError(B12GuideError):
    """An error whose causes are diagnostics."""

    message: str
    """What it comes to, without the diagnostics."""

    def __init__(self, message: str, diagnostics: Iterable[Diagnostic] = ()) -> None:
        self.message = message
        self.diagnostics = tuple(diagnostics)
        lines = (line for one in self.diagnostics for line in _lines(one, brief=True))
        super().__init__("\n  ".join((message, *lines)))

    def detailed(self) -> str:
        """What is the matter, with the values that it is about and what can be done."""
        lines = (line for one in self.diagnostics for line in _lines(one, brief=False))
        return "\n  ".join((self.message, *lines))


class GuidelineError(_DiagnosedError):
    """A guideline that cannot be read or used; `diagnostics` say where and why."""


class PatientError(_DiagnosedError):
    """A patient or history that cannot be used; `diagnostics` say where and why."""


class SettingsError(_DiagnosedError):
    """Settings of a tool that cannot be used; `diagnostics` say where and why."""


class DosageError(_DiagnosedError):
    """A dosing instruction that cannot be read; `diagnostics` say where and why."""


class RecordError(_DiagnosedError):
    """The record of an answer that cannot be read; `diagnostics` point into it."""


@frozen
class Discrepancy:
    """One place where a record is not what the guideline says when it is asked again.

    Attributes:
        pointer: The place in the record, as a JSON Pointer.
        recorded: What stands there; None where the record has nothing there.
        replayed: What the guideline says today; None likewise.
    """

    pointer: str
    recorded: Any = field(repr=False)
    replayed: Any = field(repr=False)


class ReplayError(RecordError):
    """A record that does not come out the same when the guideline is asked again.

    Its text says where, and not what, because these are values of a patient.

    Attributes:
        recorded: The record, as it was given.
        replayed: The answer of today, which can be shown beside it.
        discrepancies: Where they differ, in the order of the record.
    """

    def __init__(
        self,
        message: str,
        diagnostics: Iterable[Diagnostic],
        *,
        recorded: Mapping[str, Any],
        replayed: Any,
        discrepancies: Iterable[Discrepancy],
    ) -> None:
        self.recorded = recorded
        self.replayed = replayed
        self.discrepancies = tuple(discrepancies)
        super().__init__(message, diagnostics)


class CohortError(B12GuideError):
    """A frame or a file of patients of a kind that is not taken."""


class ArgumentError(B12GuideError, TypeError):
    """An argument of a kind or a size that is not taken.

    Attributes:
        argument: Its name.
        expected: What it has to be.
        message: Both in one sentence, and what was given: its type, because a value may be a
            patient's; or the value itself, where it says how something is asked.
    """

    argument: str
    expected: str
    message: str

    def __init__(
        self, argument: str, expected: str, given: object, *, is_told: bool = False
    ) -> None:
        self.argument = argument
        self.expected = expected
        value = _as_given(given) if is_told else None
        found = f"of the type `{type(given).__name__}`" if value is None else value
        self.message = f"`{argument}` has to be {expected}; this is {found}"
        super().__init__(self.message)


_FEW_NAMES = 12
"""At most so many names are listed where none comes near."""


class UnknownNameError(B12GuideError, KeyError):
    """A name that the guideline does not have, with the nearest one that it has.

    Attributes:
        kind: What was asked for, such as `rule or decision`.
        name: The name that was asked for.
        suggestions: The names that come nearest, the nearest first.
        message: All of this in one sentence.
    """

    kind: str
    name: str
    suggestions: tuple[str, ...]
    message: str

    def __init__(
        self, kind: str, name: str, known: Iterable[str], meant: Iterable[str] = ()
    ) -> None:
        self.kind = kind
        self.name = name
        there = sorted(set(known))
        self.suggestions = tuple(meant) or tuple(get_close_matches(name, there, n=3))
        message = f"there is no {kind} `{shortened(name)}`"
        if self.suggestions:
            near = " or ".join(f"`{one}`" for one in self.suggestions)
            message += f"; did you mean {near}"
        elif 0 < len(there) <= _FEW_NAMES:
            message += f"; known: {', '.join(f'`{one}`' for one in there)}"
        self.message = message
        super().__init__(message)

    def __str__(self) -> str:
        return self.message


class MissingExtraError(B12GuideError, ImportError):
    """A feature whose extra is not installed; the message is the command to install it.

    Attributes:
        package: The package that is missing.
        extra: The extra of b12guide that brings it.
    """

    package: str
    extra: str

    def __init__(self, package: str, extra: str) -> None:
        self.package = package
        self.extra = extra
        super().__init__(
            f"this needs `{package}`, which is not installed: "
            f'pip install "b12guide[{extra}]"'
        )


_LARGEST = 10**20
"""A whole number or a fraction that is not smaller is not printed: it may have any length."""


def _as_given(value: object) -> str | None:
    """A number, a text or a pair of them as a caller knows it; None for what is something else."""
    match value:
        case int() if abs(value) >= _LARGEST:
            return "beyond all bounds"
        case Fraction():
            is_large = abs(value) >= _LARGEST
            return "beyond all bounds" if is_large else f"`{float(value):.10g}`"
        case None | Real() | Decimal():
            return f"`{shortened(str(value))}`"
        case str():
            return f"the text `{shortened(' '.join(value.split()))}`"
        case [low, high]:
            ends = dict.fromkeys((_as_given(low), _as_given(high)))
            return None if None in ends else " to ".join(map(str, ends))
        case _:
            return None


def _raised_elsewhere(
    kind: type[B12GuideError], args: tuple[Any, ...]
) -> B12GuideError:
    """An error of `kind` with these arguments of `Exception`, its fields still to come."""
    error = kind.__new__(kind, *args)
    if isinstance(error, ImportError):  # its text is a slot of its own
        ImportError.__init__(error, *args)
    return error


def _lines(diagnostic: Diagnostic, *, brief: bool) -> Iterator[str]:
    """What is the matter, then what is known about it and what can be done."""
    if brief and _is_about_values(diagnostic):
        places = dict.fromkeys(map(place_text, diagnostic.labels))
        yield f"{', '.join(places)}: {diagnostic.code} {_brief(diagnostic)}"
        return
    where = f"{diagnostic.where}: " if diagnostic.place else ""
    yield f"{where}{diagnostic.code} {diagnostic.message}"
    yield from (f"  note: {note}" for note in diagnostic.notes)
    yield from (f"  help: {remedy.message}" for remedy in diagnostic.help)


def _is_about_values(diagnostic: Diagnostic) -> bool:
    """Whether what it says may hold values of a patient that an application handed over."""
    is_private = any(label.text.is_private for label in diagnostic.labels)
    return is_private and diagnostic.code not in _ABOUT_NAMES


def _brief(diagnostic: Diagnostic) -> str:
    """What is the matter, without any value of a patient."""
    if _is_about_values(diagnostic):
        return _WITHOUT_VALUES.get(diagnostic.code, "it cannot be used")
    return diagnostic.message


def _remedy(diagnostic: Diagnostic) -> str | None:
    """What can be done about it, without any value of a patient."""
    if _is_about_values(diagnostic):
        return _REMEDIES.get(diagnostic.code, _SEE_THE_PAGE)
    if diagnostic.help:
        return diagnostic.help[0].message
    return _REMEDIES.get(diagnostic.code)


_ABOUT_NAMES = {
    *("GDL704", "GDL705", "GDL707", "GDL708", "GDL709"),
    *("GDL730", "GDL731", "GDL732", "GDL733", "GDL740", "GDL741", "GDL742"),
    *("GDL750", "GDL751", "GDL752"),
}
"""Codes that speak of the names of facts, keys and guidelines, or of a frame and not a patient."""

_WITHOUT_VALUES: Mapping[str, str] = {
    "GDL701": "a patient file cannot be read",
    "GDL702": "a patient file is not valid JSON, TOML or YAML",
    "GDL703": "a patient has no facts",
    "GDL706": "`otherwise` is neither unknown nor absent",
    "GDL710": "a finding is neither true nor false",
    "GDL711": "a choice has an unknown value",
    "GDL712": "a measure is not one number",
    "GDL713": "a unit is not known",
    "GDL714": "a measure has the unit of something else",
    "GDL715": "implausible value",
    "GDL716": "a day is not a date",
    "GDL717": "a value with its unit or day is incomplete",
    "GDL718": "a fact has two values, and neither is the later",
    "GDL719": "a patient goes beyond a limit",
    "GDL720": "a history has no rows",
    "GDL721": "a row is not one event",
    "GDL722": "a row has a field that its event does not have",
    "GDL723": "a row has no day",
    "GDL724": "a row names a word that there is not",
    "GDL725": "a field of a row cannot be read",
    "GDL726": "implausible dose",
    "GDL727": "a row says the same as another",
    "GDL790": "the facts of a patient contradict each other",
    "GDL734": "a number without a unit, where units are required",
    "GDL735": "the days of a timeline do not follow each other",
}
"""What each code means: the title of its page."""

_SEE_THE_PAGE = "look up the code in the documentation"

_REMEDIES: Mapping[str, str] = {
    "GDL701": "send text in UTF-8",
    "GDL702": "send JSON as RFC 8259 has it: no comments, no comma before a closing bracket",
    "GDL703": "put the facts under `facts`, each by its name",
    "GDL705": "leave out one of the two",
    "GDL706": "write `unknown` or `absent`",
    "GDL710": "write true or false, or null where it is not known",
    "GDL711": "write one of the values of this choice, or null where it is not known",
    "GDL712": "write one number with its unit, or null where it is not known",
    "GDL713": "write the unit as the report has it",
    "GDL714": "write a unit in which this is measured",
    "GDL715": "check the number and its unit against the report",
    "GDL716": "write year-month-day, such as 2025-03-05",
    "GDL717": "write a value with its day as an object of `value`, `unit` and `on`",
    "GDL718": "give both values their days, or leave out one of them",
    "GDL719": "send less at once",
    "GDL720": "write a list of events, each an object of names with their values",
    "GDL721": "give each row one of `dose`, `start`, `stop`, `test`, `event`",
    "GDL722": "leave the field out, or correct its name",
    "GDL723": "write year-month-day, such as 2025-03-05",
    "GDL724": "write a name of the vocabulary of this guideline",
    "GDL725": "write it as a history file has it, a number with its unit",
    "GDL726": "check the number and its unit against the record",
    "GDL727": "give both rows their times if two things happened",
    "GDL734": "write the unit of the report beside the number",
    "GDL735": "check the years of both days",
    "GDL790": "correct one of these facts, or write null where one is not known",
}
"""What can be done, where there is no remedy or it would repeat values of a patient."""
