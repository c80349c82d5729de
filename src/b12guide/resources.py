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


def package() -> Traversable:
    """The folder of the modules themselves."""
    place = Path(__file__).parent
    if place.is_dir():
        return place
    zipped: Traversable = import_module("importlib.resources").files("b12guide")
    return zipped


def folder(name: str) -> Traversable:
    """The shipped folder `name`, such as `grammar`, `guidelines` or `schema`.

    Raises:
        FileNotFoundError: The installation lacks it.
    """
    inside = package()
    for place in (inside / "_data" / name, Path(__file__).parents[2] / name):
        if place.is_dir():
            return place
    message = f"this installation of b12guide lacks its `{name}` folder"
    raise FileNotFoundError(message)


def read(name: str, file: str) -> str:
    """The text of `file` in the shipped folder `name`."""
    return (folder(name) / file).read_text(encoding="utf-8")
