"""Runs the examples of `.gdl` files as tests of pytest: `pytest --gdl guidelines/`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option `--gdl`."""
    parser.getgroup("b12guide").addoption(
        "--gdl", action="store_true", help="run the examples of .gdl files"
    )


def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> pytest.File | None:
    """The examples of a guideline; none unless they are asked for."""
    is_guideline = file_path.suffix == ".gdl" and ".examples" not in file_path.suffixes
    if not is_guideline or not parent.config.getoption("--gdl"):
        return None
    found: pytest.File = GuidelineFile.from_parent(parent, path=file_path)
    return found


class ExampleFailedError(Exception):
    """An example that is answered otherwise than it expects."""


class GuidelineFile(pytest.File):
    """A guideline with its examples; a vocabulary has none."""

    def collect(self) -> Iterator[pytest.Item]:
        """One test for each example."""
        errors = import_module("b12guide.errors")
        known = import_module("b12guide.evaluate.evaluator")
        run = import_module("b12guide.trial.run")
        try:
            read = import_module("b12guide.written").read(self.path)
        except errors.GuidelineError as error:
            if {diagnostic.code for diagnostic in error.diagnostics} == {"GDL226"}:
                return
            raise self.CollectError(str(error)) from error
        for result in run.run_examples(known.Evaluator.of(read.graph), read.draft):
            yield ExampleItem.from_parent(
                self, name=result.title, tried=(result, read.graph)
            )


class ExampleItem(pytest.Item):
    """One example."""

    def __init__(self, *, tried: Any, **parameters: Any) -> None:
        super().__init__(**parameters)
        self.result, self.graph = tried

    def runtest(self) -> None:
        """Fail with what is expected beside what is answered."""
        shown = import_module("b12guide.show.trial")
        plain = import_module("b12guide.show.diagnostic").to_plain
        found = tuple(shown.example_diagnostics(self.result, self.graph))
        if found:
            raise ExampleFailedError(
                "\n".join(plain(diagnostic) for diagnostic in found)
            )

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> Any:
        """What failed, without a traceback into b12guide."""
        if isinstance(excinfo.value, ExampleFailedError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The place of the example."""
        place = self.result.place
        line = place.text.position(place.span.start).line - 1
        return self.path, line, self.name
