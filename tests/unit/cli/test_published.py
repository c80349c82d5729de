"""`b12guide published`: published numbers beside their intervals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from b12guide.cli import main
from b12guide.course import predicted
from b12guide.resources import read


@pytest.fixture(autouse=True)
def predictions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was published is predicted, more or less."""

    def values(_: Any, point: Any, *__: Any) -> Any:
        return np.linspace(0.9, 1.1, 50)[:, None] * (point.low or 1.0)

    monkeypatch.setattr(predicted.Runs, "values", values)


def printed(
    capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str, str]:
    code = main(("published", *arguments))
    said = capsys.readouterr()
    return code, said.out, said.err


def test_it_prints_the_report_with_the_notice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = printed(capsys, "--people", "50")

    assert (code, err) == (0, "")
    assert "For education and research" in out
    assert "Kuzminski 1998" in out
    assert "not verified" in out


def test_it_writes_every_format(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _, out, _ = printed(capsys, "--people", "50", "--format", "json")
    found = json.loads(out)
    schema = json.loads(read("schema", "published.schema.json"))

    Draft202012Validator(schema).validate(found)
    assert found["people"] == 50
    _, rows, _ = printed(capsys, "--format", "csv")
    assert rows.startswith("study,arm,given,quantity,when,unit,published_low")
    assert len(rows.splitlines()) == len(found["points"]) + 1
    picture = tmp_path / "points.svg"
    printed(capsys, "--format", "svg", "-o", str(picture))
    assert picture.read_text("utf-8").startswith("<svg")


def test_what_cannot_be_used_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, _, err = printed(capsys, "--trials", str(tmp_path / "none.toml"))

    assert code == 2
    assert "none.toml` cannot be read" in err
    assert printed(capsys, "--people", "3")[0] == 2
