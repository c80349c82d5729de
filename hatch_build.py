"""Compiles the shipped guidelines into the wheel, so that nobody has to when asking them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_COMPILE = (
    "import sys; from pathlib import Path; from b12guide.pipeline import compile_shipped;"
    "compile_shipped(Path(sys.argv[1]))"
)


class CompiledGuidelines(BuildHookInterface[Any]):
    """Adds `_data/compiled` to a wheel. An editable one compiles on need instead."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile with the modules that go into the wheel, in a process of their own."""
        if version == "editable":
            return
        self._folder = TemporaryDirectory()
        source = str(Path(self.root, "src"))
        path = os.pathsep.join(filter(None, (source, os.environ.get("PYTHONPATH"))))
        subprocess.run(  # noqa: S603 -- this interpreter
            [sys.executable, "-B", "-c", _COMPILE, self._folder.name],
            check=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        for file in Path(self._folder.name).iterdir():
            target = f"b12guide/_data/compiled/{file.name}"
            build_data["force_include"][str(file)] = target

    def finalize(self, version: str, build_data: dict[str, Any], path: str) -> None:
        """Leave nothing behind."""
        del build_data, path
        if version != "editable":
            self._folder.cleanup()
