"""The one door to packages that only an extra furnishes."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from b12guide.errors import MissingExtraError


def load(module: str, *, extra: str) -> ModuleType:
    """The imported `module`, which the extra `extra` furnishes.

    Raises:
        MissingExtraError: It is not installed; the message says how to install it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtraError(error.name or module, extra) from error
