"""Finds the grammar, the guidelines and the schemas, in an installed wheel or in a checkout."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

__all__ = ["folder", "read"]


def folder(name: str) -> Traversable:
    """The shipped folder `name`: `grammar` or `guidelines`.

    Raises:
        FileNotFoundError: The installation lacks it.
    """
    installed = files("b12guide") / "_data" / name
    if installed.is_dir():
        return installed
    checkout = Path(__file__).parents[2] / name
    if checkout.is_dir():
        return checkout
    message = f"this installation of b12guide lacks its `{name}` folder"
    raise FileNotFoundError(message)


def read(name: str, file: str) -> str:
    """The text of `file` in the shipped folder `name`."""
    return (folder(name) / file).read_text(encoding="utf-8")
