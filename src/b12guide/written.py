"""A guideline with the files that it was written in, as its author works on it.

Who only asks a guideline needs its graph (`b12guide.pipeline`); examples and proofs need what was
written, too. Examples may stand in the guideline or in `*.examples.gdl` beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import field, frozen

from b12guide import passes
from b12guide.diagnostics import Diagnostic, has_errors, in_order
from b12guide.errors import GuidelineError
from b12guide.graph.model import RuleGraph
from b12guide.library import SUFFIX, Library, PathLike, SourceFile, locate, shipped
from b12guide.semantics.checks import check_draft
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import scope_of
from b12guide.syntax.ast import File
from b12guide.syntax.parse import parse_bytes

__all__ = ["EXAMPLES", "Written", "read"]

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


def read(name_or_path: PathLike) -> Written:
    """The guideline with a shipped name, or in a `.gdl` file, with the examples beside it.

    Raises:
        GuidelineError: There is no such guideline, or it or its examples have errors.
    """
    library = locate(name_or_path)
    checked = passes.check(library)
    loaded = passes.compiled(checked)
    beside = tuple(_examples_beside(library, loaded.graph.name))
    draft = Draft((*checked.draft.files, *beside))
    return Written(
        graph=loaded.graph,
        draft=draft,
        diagnostics=(*checked.diagnostics, *_checked(draft, beside)),
    )


def _checked(draft: Draft, beside: tuple[File, ...]) -> tuple[Diagnostic, ...]:
    """What the checks say of the files with examples, raised where they are errors."""
    if not beside:
        return ()
    texts = [file.text for file in beside]
    found = in_order(
        diagnostic
        for diagnostic in check_draft(draft, scope_of(draft))
        if diagnostic.place is not None and diagnostic.place.text in texts
    )
    if has_errors(found):
        message = f"the examples of `{draft.main.text.name}` have errors"
        raise GuidelineError(message, found)
    return found


def _examples_beside(library: Library, name: str) -> Iterator[File]:
    for source in _sources(library):
        file = parse_bytes(source.data, source.name)
        if any(h.kind == "examples" and h.name.text == name for h in file.headers):
            yield file


def _sources(library: Library) -> Iterator[SourceFile]:
    if library.folder is None:
        names = [n for n in sorted(shipped()) if (n + SUFFIX).endswith(EXAMPLES)]
    else:
        paths = sorted(library.folder.glob("*" + EXAMPLES))
        names = [path.name.removesuffix(SUFFIX) for path in paths]
    for name in names:
        found = library.used(name)
        if isinstance(found, SourceFile) and found.name != library.main.name:
            yield found
