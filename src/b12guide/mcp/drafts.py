"""What is found about a draft: a guideline that an agent writes, as the text of one file.

A draft is text and nothing else. It may use what b12guide ships; no file is opened for it, and no
name in it leads to one. What it may cost is bounded by its size.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic, Help, Severity, has_errors
from b12guide.errors import GuidelineError
from b12guide.frozen import Record
from b12guide.graph.model import RuleGraph
from b12guide.guideline import Guideline
from b12guide.library import Library, SourceFile
from b12guide.limits import Limits
from b12guide.lint import lint_written
from b12guide.prove.everything import Proofs, proofs_of
from b12guide.prove.survivors import Mutations, mutations_of
from b12guide.show.trial import summary_text, trial_diagnostics
from b12guide.trial.report import trial_of
from b12guide.written import Checked, Written, check, compiled

NAME = "draft.gdl"
MOST_BYTES = 32 * 1024
MOST_RULES = 60
"""Of a guideline in which small mistakes are made everywhere; each takes a search."""

TO_CHECK, TO_PROVE = Limits(work=50_000), Limits(work=5000)
"""How much work it may be to look through patients: some seconds, for an agent does not wait long.

What is left by then is not proved, and the reply says so.
"""

_TOO_LARGE, _TOO_MANY = "MCP004", "MCP005"


@frozen(kw_only=True, repr=False)
class Looked(Record):
    """A draft that was checked.

    Attributes:
        diagnostics: All that there is to say of it, errors first.
        graph: What it means; None where it has errors.
        tried: What came of its examples, in a few words.
    """

    diagnostics: tuple[Diagnostic, ...]
    graph: RuleGraph | None = field(default=None, repr=False)
    tried: str = ""

    @property
    def is_fine(self) -> bool:
        """Whether it can be used, and every example came out as expected."""
        return self.graph is not None and not has_errors(self.diagnostics)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "diagnostics": [one.to_dict() for one in self.diagnostics],
            "tried": self.tried,
        }


def looked_at(draft: str) -> Looked:
    """What the checks, the linter and the examples of a draft have to say.

    Raises:
        GuidelineError: It is too large.
    """
    checked = _checked(draft)
    graph = checked.graph
    found = lint_written(checked.draft, graph, checked.diagnostics)
    if graph is None:
        try:
            compiled(checked)  # says what the file is instead of a guideline
        except GuidelineError as error:
            found = tuple(dict.fromkeys((*found, *error.diagnostics)))
        return Looked(diagnostics=tuple(_gravest_first(found)))
    results = trial_of(graph, checked.draft).results
    tried = trial_diagnostics(results, None, graph)
    return Looked(
        diagnostics=tuple(_gravest_first((*found, *tried))),
        graph=graph,
        tried=summary_text(results) if results else "no example",
    )


def proved(guideline: Guideline, draft: str | None) -> Proofs:
    """What is claimed of a guideline, or of a draft, settled.

    Raises:
        GuidelineError: The draft has errors.
    """
    written = guideline.written if draft is None else written_as(draft)
    return proofs_of(written.graph, written.draft, TO_PROVE)


def mutated(guideline: Guideline, draft: str | None, of: str) -> Mutations:
    """What becomes of small mistakes in a guideline, or in a draft.

    Raises:
        GuidelineError: The draft has errors, or there would be too many mistakes to make.
        UnknownNameError: There is no rule and no definition of the name `of`.
    """
    written = guideline.written if draft is None else written_as(draft)
    parts = len(written.graph.rules) + len(written.graph.definitions)
    if not of and parts > MOST_RULES:
        message = f"there are {parts} rules and definitions, more than {MOST_RULES}"
        remedy = "name one of them with `of`"
        raise _refused(_TOO_MANY, message, remedy)
    return mutations_of(written.graph, written.draft, of)


def written_as(draft: str) -> Written:
    """The guideline that a draft says.

    Raises:
        GuidelineError: It is too large, or has errors.
    """
    checked = _checked(draft)
    loaded = compiled(checked)
    return Written(
        graph=loaded.graph, draft=checked.draft, diagnostics=checked.diagnostics
    )


def _checked(draft: str) -> Checked:
    data = draft.encode("utf-8", "surrogatepass")
    if len(data) > MOST_BYTES:
        message = (
            f"the draft has {len(data)} bytes, more than the {MOST_BYTES} that are read"
        )
        remedy = "send fewer rules at once"
        raise _refused(_TOO_LARGE, message, remedy)
    return check(Library(SourceFile(NAME, data)), TO_CHECK)


def _refused(code: str, message: str, remedy: str) -> GuidelineError:
    found = Diagnostic(code=code, message=message, help=(Help(message=remedy),))
    return GuidelineError(message, (found,))


def _gravest_first(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    grades = tuple(Severity)
    yield from sorted(found, key=lambda one: grades.index(one.severity))
