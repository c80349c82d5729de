"""Finds the grammar, guidelines, schemas and templates, in an installed wheel or in a checkout.

`importlib.resources` is asked only where the package is not a folder, such as in a zip file: it
takes longer to import than a whole answer takes.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["folder", "read"]


def folder(name: str) -> Traversable:
    """The shipped folder `name`: `grammar` or `guidelines`.

    Raises:
        FileNotFoundError: The installation lacks it.
    """
    package = Path(__file__).parent
    for place in (package / "_data" / name, package.parents[1] / name):
        if place.is_dir():
            return place
    if not package.is_dir():
        files = import_module("importlib.resources").files
        zipped: Traversable = files("b12guide") / "_data" / name
        if zipped.is_dir():
            return zipped
    message = f"this installation of b12guide lacks its `{name}` folder"
    raise FileNotFoundError(message)


def read(name: str, file: str) -> str:
    """The text of `file` in the shipped folder `name`."""
    return (folder(name) / file).read_text(encoding="utf-8")
