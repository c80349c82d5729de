"""What the linter says, beside what the checks say."""

from __future__ import annotations

from pathlib import Path

from b12guide.diagnostics import Diagnostic
from b12guide.editor.analysis import Analysis, Depth
from b12guide.errors import B12GuideError
from b12guide.graph.from_syntax import lower
from b12guide.lint.run import lint_written
from b12guide.lint.settings import DEFAULTS, Settings, settings_for
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import scope_of
from b12guide.syntax.parse import parse_partial
from b12guide.syntax.reread import moved

__all__ = ["linted"]


def linted(analysis: Analysis, depth: Depth) -> tuple[Diagnostic, ...]:
    """The findings of the linter on a guideline that can be used, with places in pieces.

    The linter reads comments and compares places, so it is given the files as a whole.
    """
    if depth.graph is None:
        return ()
    draft = analysis.draft
    names = [file.text.name for file in draft.files]
    files = (parse_partial(draft.readings[name].text)[0] for name in names)
    whole = Draft(tuple(files))
    said = analysis.placed((*analysis.diagnostics, *depth.diagnostics))
    graph = lower(whole, scope_of(whole))
    found = lint_written(whole, graph, said, settings=_settings(names[0]))
    own = (diagnostic for diagnostic in found if diagnostic.code.startswith("GDL5"))
    return tuple(moved(diagnostic, draft.apart) for diagnostic in own)


def _settings(main: str) -> Settings:
    """The settings that count for a file; where they cannot be used, those without any file."""
    path = Path(main)
    try:
        return settings_for(path.parent if path.is_absolute() else None)
    except B12GuideError:
        return DEFAULTS
