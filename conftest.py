"""Leaves out the modules whose extra is not installed, which doctest could not import."""

from __future__ import annotations

from importlib.util import find_spec

OPTIONAL = {"altair": "src/b12guide/plot", "z3": "src/b12guide/prove/to_z3.py"}

collect_ignore = [
    path for module, path in OPTIONAL.items() if find_spec(module) is None
]
