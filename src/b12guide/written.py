"""A guideline with the files that it was written in, as its author works on it.

Who only asks a guideline needs its graph (`b12guide.pipeline`); examples and proofs need what was
written, too. Examples may stand in the guideline or in `*.examples.gdl` beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import field, frozen

from b12guide import passes
from b12guide.diagnostics import Diagnostic, has_errors, in_order
from b12guide.errors import GuidelineError
from b12guide.graph.model import RuleGraph
from b12guide.library import SUFFIX, Library, PathLike, SourceFile, locate
from b12guide.passes import Checked
from b12guide.semantics.checks import check_draft
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import scope_of
from b12guide.syntax.ast import File, Header
from b12guide.syntax.parse import parse_bytes

__all__ = ["EXAMPLES", "Written", "example_files", "read", "with_examples"]

EXAMPLES = ".examples" + SUFFIX


@frozen(kw_only=True)
class Written:
    """A guideline that passed its checks.

    Attributes:
        draft: Its files, those with further examples last.
        diagnostics: Warnings and remarks.
    """

    graph: RuleGraph = field(repr=False)
    draft: Draft = field(repr=False)
    diagnostics: tuple[Diagnostic, ...] = ()


def read(guideline: PathLike | Library) -> Written:
    """The guideline with a shipped name, or in a `.gdl` file, with the examples beside it.

    Raises:
        GuidelineError: There is no such guideline, or it or its examples have errors.
    """
    library = guideline if isinstance(guideline, Library) else locate(guideline)
    checked = passes.check(library)
    loaded = passes.compiled(checked)
    draft, found = with_examples(library, checked)
    if has_errors(found):
        message = f"the examples of `{draft.main.text.name}` have errors"
        raise GuidelineError(message, found)
    return Written(
        graph=loaded.graph,
        draft=draft,
        diagnostics=(*checked.diagnostics, *found),
    )


def with_examples(
    library: Library, checked: Checked
) -> tuple[Draft, tuple[Diagnostic, ...]]:
    """The files of a guideline and the examples beside it, with what is said of these."""
    header = checked.draft.header
    if header is None:
        return checked.draft, ()
    beside: list[File] = []
    unreadable: list[Diagnostic] = []
    for source in example_files(library):
        try:
            file = parse_bytes(source.data, source.name)
        except GuidelineError as error:
            unreadable += error.diagnostics
        else:
            if any(_is_for(head, header.name.text) for head in file.headers):
                beside.append(file)
    draft = Draft((*checked.draft.files, *beside))
    return draft, (*unreadable, *_checked(draft, beside))


def _is_for(head: Header, name: str) -> bool:
    return head.kind == "examples" and head.name.text == name


def _checked(draft: Draft, beside: Sequence[File]) -> tuple[Diagnostic, ...]:
    """What the checks say of the files with examples."""
    if not beside:
        return ()
    texts = [file.text for file in beside]
    return in_order(
        diagnostic
        for diagnostic in check_draft(draft, scope_of(draft))
        if diagnostic.place is not None and diagnostic.place.text in texts
    )


def example_files(library: Library) -> Iterator[SourceFile]:
    """The files beside a guideline that may hold examples of it."""
    for name in library.names():
        found = library.used(name) if (name + SUFFIX).endswith(EXAMPLES) else None
        if isinstance(found, SourceFile) and found.name != library.main.name:
            yield found
