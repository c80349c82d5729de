"""What the parser says of whole bad files, word for word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.syntax.writing import read, told

FILES = sorted((Path(__file__).parents[2] / "golden" / "bad" / "syntax").glob("*.gdl"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_bad_file_is_told_in_these_words(file: Path, update_golden: bool) -> None:
    _, diagnostics = read(file.read_text(encoding="utf-8"))
    said = "".join(map(told, diagnostics))
    expected = file.with_suffix(".out")
    if update_golden:
        expected.write_text(said, encoding="utf-8")

    assert diagnostics
    assert said == expected.read_text(encoding="utf-8")
