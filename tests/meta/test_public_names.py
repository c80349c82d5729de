"""The public names: each module's `__all__` is true, and the front door is documented."""

from __future__ import annotations

import re
from importlib import import_module
from inspect import getdoc
from pathlib import Path
from pkgutil import walk_packages

import pytest

import b12guide

MODULES = sorted(
    module.name
    for module in walk_packages(b12guide.__path__, "b12guide.")
    if not module.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_every_name_that_a_module_offers_exists(name: str) -> None:
    try:
        module = import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("b12guide"):
            raise
        pytest.skip(f"{error.name} is not installed")
    offered = getattr(module, "__all__", [])

    assert [other for other in offered if not hasattr(module, other)] == []
    assert len(set(offered)) == len(offered)


def test_every_name_of_the_front_door_has_one_home() -> None:
    homes = [name for names in b12guide._HOMES.values() for name in names]

    assert sorted(homes) == sorted(n for n in b12guide.__all__ if n[0] != "_")
    assert dir(b12guide) == sorted(b12guide.__all__)


def test_every_name_of_the_front_door_says_what_it_is() -> None:
    public = [getattr(b12guide, name) for name in b12guide.__all__ if name[0] != "_"]

    assert [value for value in public if callable(value) and not getdoc(value)] == []


def test_every_name_of_the_front_door_is_in_the_documented_api(root: Path) -> None:
    words = set(re.findall(r"\w+", (root / "docs" / "api.md").read_text("utf-8")))

    assert set(b12guide.__all__) - words == set()
