"""Which rooms make pages of answers and read records: the root of the package says so.

An answer can be shown and read back (`to_text`, `from_json`), and stands below the floors that do
the work. No room names one above it, not even in a string: it asks here for the maker of a task,
and the root, which stands above all, has said so when the package was opened. A room is imported
when it is wanted.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

_ROOMS: dict[str, str] = {}


def appoint(**rooms: str) -> None:
    """Let each of these rooms do the task that it is given for."""
    _ROOMS.update(rooms)


def maker(task: str) -> ModuleType:
    """The room that does `task`."""
    return import_module(_ROOMS[task])
