"""Reads the guideline that a directive names; what is wrong with it becomes Sphinx's warnings."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from b12guide import written
from b12guide.diagnostics import Diagnostic, Severity
from b12guide.errors import GuidelineError
from b12guide.library import SUFFIX, shipped
from b12guide.written import Written

__all__ = ["forget", "read", "warn"]

_LOGGER = logging.getLogger(__name__)


def read(argument: str, env: BuildEnvironment) -> Written:
    """The guideline of a shipped name, or of a path that begins where the document stands.

    The document depends on every file that is read, so that it is read again when one changes.

    Raises:
        GuidelineError: There is no such guideline, or it has errors.
    """
    if not (argument.endswith(SUFFIX) or "/" in argument):
        found = _read(argument)
    else:
        path = env.relfn2path(argument)[1]
        env.note_dependency(path)
        found = _read(path)
    for file in found.draft.files:
        name = file.text.name
        place = shipped().get(name.removesuffix(SUFFIX), Path(name))
        if isinstance(place, Path):
            env.note_dependency(str(place))
    return found


@lru_cache(maxsize=16)
def _read(name_or_path: str) -> Written:
    return written.read(name_or_path)


def forget() -> None:
    """Have every guideline read anew, as a new build must."""
    _read.cache_clear()


def warn(error: GuidelineError, location: str) -> None:
    """Tell every error of a guideline where it stands, or else at the directive."""
    for diagnostic in error.diagnostics:
        if diagnostic.severity is Severity.ERROR:
            _LOGGER.warning(
                _message(diagnostic),
                location=_place(diagnostic) or location,
                type="b12guide",
                subtype=diagnostic.code,
            )


def _message(diagnostic: Diagnostic) -> str:
    remedies = "".join(f"; {help_.message}" for help_ in diagnostic.help[:1])
    return f"{diagnostic.code} {diagnostic.message}{remedies}"


def _place(diagnostic: Diagnostic) -> str | None:
    if diagnostic.place is None:
        return None
    text = diagnostic.place.text
    return f"{text.name}:{text.position(diagnostic.place.span.start).line}"
