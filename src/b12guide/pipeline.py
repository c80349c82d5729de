"""From the name of a guideline to a guideline that can be asked."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from b12guide import cache
from b12guide.graph.loaded import Loaded
from b12guide.library import PathLike, locate

if TYPE_CHECKING:
    from b12guide.passes import Checked

__all__ = ["check", "load"]


def load(name_or_path: PathLike) -> Loaded:
    """The guideline with a shipped name such as `mecobalamin_im`, or in a `.gdl` file.

    Raises:
        GuidelineError: There is no such guideline, or it has errors; its diagnostics name all.
    """
    library = locate(name_or_path)
    kept = cache.fetch(library)
    if kept is not None:
        return kept
    passes = _passes()
    checked = passes.check(library)
    loaded: Loaded = passes.compiled(checked)
    cache.store(library, checked.used, loaded)
    return loaded


def check(name_or_path: PathLike) -> Checked:
    """Everything there is to say of a guideline or vocabulary, errors included.

    Raises:
        GuidelineError: There is no such file.
    """
    checked: Checked = _passes().check(locate(name_or_path))
    return checked


def _passes() -> ModuleType:
    """The module of the passes, opened on need: a guideline that was kept spares the parser."""
    return import_module("b12guide.passes")
