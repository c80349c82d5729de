"""What every answer of b12guide can do: be data, be read, be kept, be read back, be asked again.

An answer is written down with what it was made of: the guideline with its digest, the engine with
its version, the day, and the patient as stated. What was written down is a *record*. A record is
read back by asking again and comparing, so that what is read back is an answer in full, and a
record that was changed, or that comes out otherwise today, does not pass for one.

Who makes pages and reads records is looked up in `b12guide.makers` when somebody wants them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from attrs import field, frozen

from b12guide.frozen import Shown
from b12guide.makers import maker
from b12guide.notice import VERSION

if TYPE_CHECKING:
    from typing import Self

__all__ = ["AddressedAnswer", "Answer", "Asked"]


class Asked(Protocol):
    """A guideline that can be asked, as `b12guide.load` gives it."""

    @property
    def name(self) -> str:
        """The name by which the guideline is loaded."""


Guidelines: TypeAlias = "Asked | Iterable[Asked] | None"
"""The guideline that is to be asked, or several; None for those that b12guide ships."""


@frozen(kw_only=True, repr=False)
class Answer(Shown):
    """An answer of the library.

    Attributes:
        engine: The version of b12guide that gave it.
    """

    engine: str = field(default=VERSION, eq=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain data: the JSON of the command line, with all that it was made of."""
        found: dict[str, Any] = maker("pages").data_of(self)
        return found

    def to_json(self, *, indent: int | None = 2) -> str:
        """The same as JSON text, in one line without `indent`."""
        return json.dumps(
            self.to_dict(), ensure_ascii=False, allow_nan=False, indent=indent
        )

    def to_text(self, *, width: int = 80) -> str:
        """The answer as text in lines of `width`."""
        text: str = maker("pages").text_of(self, width=width)
        return text

    def to_markdown(self) -> str:
        """The answer as Markdown, in which nothing of a title or label is markup."""
        text: str = maker("pages").markdown_of(self)
        return text

    def to_html(self) -> str:
        """The answer as a whole HTML page without scripts, which fetches nothing."""
        text: str = maker("pages").html_of(self)
        return text

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], guideline: Guidelines = None) -> Self:
        """The answer of which `data` is the record.

        Args:
            data: What `to_dict` gave.
            guideline: The guideline that was asked, or several, where b12guide does not ship it.

        Raises:
            RecordError: The record cannot be read, or its guideline is not at hand in the
                version that was recorded; the diagnostics have JSON Pointers into the record.
            ReplayError: Asked again, the guideline says something else than was recorded.
        """
        found: Self = maker("records").read(cls, data, guideline)
        return found

    @classmethod
    def from_json(cls, text: str | bytes, guideline: Guidelines = None) -> Self:
        """The answer of which `text` is the record, as `to_json` gave it.

        Raises:
            RecordError: As for `from_dict`, or the text is no JSON.
            ReplayError: As for `from_dict`.
        """
        found: Self = maker("records").read_text(cls, text, guideline)
        return found

    def replay(self) -> Self:
        """The answer that the same guideline gives today, with the engine that is here.

        Raises:
            ReplayError: It differs in more than the version of the engine.
        """
        found: Self = maker("records").replay(self)
        return found


@frozen(kw_only=True, repr=False)
class AddressedAnswer(Answer):
    """An answer in two wordings: for a `professional`, or for a `patient`."""

    def to_text(
        self, *, audience: str = "professional", width: int = 80, short: bool = False
    ) -> str:
        """The answer as text for `professional` or `patient`, in lines of `width`.

        Args:
            audience: For whom it is worded.
            width: The columns of a line.
            short: Only what fits on a screen of 24 lines, for professionals.
        """
        text: str = maker("pages").text_of(
            self, audience=audience, width=width, short=short
        )
        return text

    def to_markdown(self, *, audience: str = "professional") -> str:
        """The answer as Markdown for `professional` or `patient`."""
        text: str = maker("pages").markdown_of(self, audience=audience)
        return text

    def to_html(self, *, audience: str = "professional") -> str:
        """The answer as a whole HTML page for `professional` or `patient`."""
        text: str = maker("pages").html_of(self, audience=audience)
        return text
