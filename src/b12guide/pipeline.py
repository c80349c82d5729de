"""From the name of a guideline to a guideline that can be asked."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from b12guide import cache
from b12guide.collector import collector_paused
from b12guide.graph.model import Loaded
from b12guide.library import Library, PathLike, locate, shipped

if TYPE_CHECKING:
    from b12guide.written import Checked


def load(name_or_path: PathLike, *, cached: bool = True) -> Loaded:
    """The guideline with a shipped name such as `mecobalamin_im`, or in a `.gdl` file.

    Args:
        name_or_path: Its name or path.
        cached: Whether what was made of the same files before will do. If not, they are compiled
            now, and nothing is kept.

    Raises:
        GuidelineError: There is no such guideline, or it has errors; its diagnostics name all.
    """
    library = locate(name_or_path)
    if not cached:
        return _compiled(library)[1]
    found = cache.recall(library)
    if found is not None:
        return found
    with collector_paused():
        kept = cache.fetch(library)
        used, loaded = kept or _compiled(library)
        cache.remember(library, used, loaded)
        if kept is None:
            cache.store(library, used, loaded)
    return loaded


def _compiled(library: Library) -> tuple[cache.Used, Loaded]:
    passes = _passes()
    checked = passes.check(library)
    loaded: Loaded = passes.compiled(checked)
    return checked.used, loaded


def compile_shipped(into: Path) -> None:
    """Write the compiled form of every shipped guideline into a folder, for the wheel."""
    into.mkdir(parents=True, exist_ok=True)
    for name in sorted(shipped()):
        library = locate(name)
        checked = _passes().check(library)
        if checked.draft.header is None:
            continue  # a vocabulary, or a file of examples
        content = cache.sealed(library, checked.used, _passes().compiled(checked))
        if content is not None:
            (into / cache.name_of(library)).write_bytes(content)


def check(name_or_path: PathLike) -> Checked:
    """Everything there is to say of a guideline or vocabulary, errors included.

    Raises:
        GuidelineError: There is no such file.
    """
    checked: Checked = _passes().check(locate(name_or_path))
    return checked


def _passes() -> ModuleType:
    """The module of the passes, opened on need: a guideline that was kept spares the parser."""
    return import_module("b12guide.written")
