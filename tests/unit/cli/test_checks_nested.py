"""Definitions may be nested as deeply as `check` allows, whatever is done with the guideline."""

from __future__ import annotations

from pathlib import Path

import pytest

from b12guide.cli import main

COUNT = 74
"""Each counts as four levels: a name, an `or`, an `and`, a `not`."""

HEAD = """\
language 1
guideline deep "Deep"
    version 1.0.0
    revised 2026-01-01
    status  under review

source s "S"
    by   "A", 2020
    kind review
drug one "one"
    plausible dose 1 to 100 mg
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = [f'finding f{n} "finding {n}"' for n in range(COUNT + 1)]
    lines.append("define d0 as f0")
    lines += [
        f"define d{n + 1} as (d{n} and f{n + 1}) or (d{n} and not f{n + 1}) or f{n + 1}"
        for n in range(COUNT)
    ]
    lines.append(
        f'rule r "R"\n    when     d{COUNT}\n    load     one 5 mg daily for 5 doses\n'
        "    strength should\n    cites    s\n"
    )
    (tmp_path / "deep.gdl").write_text(HEAD + "\n".join(lines))
    (tmp_path / "patient.json").write_text('{"facts": {"f0": true, "f60": null}}')
    (tmp_path / "history.json").write_text("[]")
    (tmp_path / "patients.csv").write_text("f0,f60\ntrue,\nfalse,true\n")
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        "check deep.gdl",
        "recommend patient.json -g deep.gdl",
        "explain r patient.json -g deep.gdl",
        "explain loading patient.json -g deep.gdl --format json",
        "timeline patient.json -g deep.gdl --start 2026-01-01",
        "audit patient.json history.json -g deep.gdl --on 2026-01-01",
        "prove deep.gdl",
        "test deep.gdl",
        "lint deep.gdl",
        "fmt --check deep.gdl",
        "doc deep.gdl",
        "graph -g deep.gdl --format svg",
        "facts -g deep.gdl",
        "diff deep.gdl deep.gdl",
        "cohort patients.csv -g deep.gdl",
    ],
)
def test_every_command_goes_as_deep_as_a_guideline_may(
    folder: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(folder)
    assert main(command.split()) in {0, 1}
