"""The files of a guideline as an editor sees them: what is open goes before what is on the disk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen

from b12guide.library import SUFFIX, Library, Miss, SourceFile

__all__ = ["Shelf", "shelf_of"]


@frozen(repr=False)
class Shelf(Library):
    """The places where the files of one guideline may stand.

    Attributes:
        opened: The characters of the files that are open, by their path.
    """

    opened: Mapping[str, str] = field(factory=dict)

    def used(self, name: str) -> SourceFile | Miss:
        """The file that `uses NAME` means."""
        path = "" if self.folder is None else str(self.folder / (name + SUFFIX))
        if path in self.opened:
            data = self.opened[path].encode("utf-8", "replace")
            return SourceFile(path, data)
        return super().used(name)

    def names(self) -> tuple[str, ...]:
        """The names of the files beside the main one, and its own."""
        own = set(super().names())
        if self.folder is not None:
            opened = (Path(path) for path in self.opened)
            own |= {
                path.name.removesuffix(SUFFIX)
                for path in opened
                if path.parent == self.folder and path.name.endswith(SUFFIX)
            }
        return tuple(sorted(own))


def shelf_of(name: str, opened: Mapping[str, str], data: bytes = b"") -> Shelf:
    """The files around the one called `name`, a path or, for a file without one, any text."""
    main = SourceFile(name, data)
    if not Path(name).is_absolute():
        return Shelf(main, opened=opened)
    folder = Path(name).parent
    prefix = str(folder).rstrip(os.sep) + os.sep
    return Shelf(main, folder, prefix, opened=opened)
