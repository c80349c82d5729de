"""How much one question may cost, so that no input can keep a server busy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import Attribute, field, frozen

from b12guide.arguments import whole_number
from b12guide.diagnostics import Diagnostic, Help, Label
from b12guide.errors import PatientError
from b12guide.frozen import Record
from b12guide.text import Span, Text

__all__ = ["USUAL", "Limits", "told"]


def _positive(_: object, attribute: Attribute[int], value: object) -> None:
    whole_number(value, attribute.name, least=1)


_HOLDERS = (Mapping, list, tuple, set, frozenset)


@frozen(kw_only=True, repr=False)
class Limits(Record):
    """What a question may cost at most.

    Attributes:
        bytes: The size of a patient or a history, as JSON without blanks would have it.
        depth: How deeply lists and mappings may stand inside each other.
        work: The steps that an answer may take: each set of rules that is composed is one, and so
            is each branch of a diagram of cases. They are counts and no seconds, so that a
            question is answered, or refused, on every machine alike. An answer about somebody about
            whom nothing is known takes some hundreds in a guideline of fifty rules; a million take
            seconds.

    >>> Limits(work=1000).work
    1000
    """

    bytes: int = field(default=1024 * 1024, validator=_positive)
    depth: int = field(default=64, validator=_positive)
    work: int = field(default=50_000_000, validator=_positive)

    def admit(self, record: Any, name: str) -> None:
        """Refuse a record that Python made and that would be refused as a file.

        Mappings, lists and what stands in them count; it stops where the limit is reached, so
        that a record without end (or one that contains itself) costs no more than another.

        Raises:
            PatientError: It is too large or too deep (GDL719).
        """
        size = 0
        waiting: list[tuple[Any, int]] = [(record, 1)]
        while waiting:
            value, depth = waiting.pop()
            if depth > self.depth and isinstance(value, _HOLDERS):
                problem = f"lists and mappings are nested more than {self.depth} deep"
                raise _refused(name, problem, "depth")
            match value:
                case str():
                    size += len(value) + 2
                case bytes() | bytearray():
                    size += len(value)
                case int():
                    size += value.bit_length() // 3 + 1
                case Mapping():
                    size += 2 + 2 * len(value)
                    if size <= self.bytes:
                        waiting += ((item, depth) for item in value)
                        waiting += ((item, depth + 1) for item in value.values())
                case list() | tuple() | set() | frozenset():
                    size += 2 + len(value)
                    if size <= self.bytes:
                        waiting += ((item, depth + 1) for item in value)
                case _:
                    size += 4
            if size > self.bytes:
                problem = f"this is larger than {told(self.bytes)}"
                raise _refused(name, problem, "bytes")


USUAL = Limits()
"""Far above what a person's record comes to."""

_STANDARD_UNITS = ((1024 * 1024, "MiB"), (1024, "KiB"), (1, "bytes"))


def told(size: int) -> str:
    """A size as people say it, such as `1 MiB`."""
    unit, name = next(each for each in _STANDARD_UNITS if size % each[0] == 0)
    return f"{size // unit} {name}"


def _refused(name: str, problem: str, limit: str) -> PatientError:
    diagnostic = Diagnostic(
        code="GDL719",
        message=problem,
        labels=(Label(text=Text(name, ""), span=Span(0, 0)),),
        help=(
            Help(
                message=f"where it is meant to be so, give `limits=Limits({limit}=...)`"
            ),
        ),
    )
    return PatientError(f"{name} cannot be used", (diagnostic,))
