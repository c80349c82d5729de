"""From the name of a guideline to a guideline that can be asked."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from b12guide.graph.loaded import Loaded
from b12guide.library import Library, PathLike, locate

__all__ = ["load"]


def load(name_or_path: PathLike) -> Loaded:
    """The guideline with a shipped name such as `mecobalamin_im`, or in a `.gdl` file.

    Raises:
        GuidelineError: There is no such guideline, or it has errors; its diagnostics name all.
    """
    library = locate(name_or_path)
    return _compiled(library)


def _compiled(library: Library) -> Loaded:
    passes = _passes()
    loaded: Loaded = passes.compiled(passes.check(library))
    return loaded


def _passes() -> ModuleType:
    """The module of the passes, opened on need: a cached guideline spares the parser."""
    return import_module("b12guide.passes")
