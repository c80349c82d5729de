"""`b12guide audit --periods`: how the rules were kept over time, of one patient and of many."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from b12guide.cli.command import main
from b12guide.resources import read

DOSES = (("2025-01-06", "1 mg"), ("2025-05-30", "1 mg"))
MONTHLY = (
    "--on",
    "2025-06-30",
    "--periods",
    "1 month",
    "--rule",
    "maintenance_standard",
)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One patient as JSON, and two as tables."""
    facts = {"b12_deficiency": True, "loading_complete": True}
    person = {"facts": facts, "otherwise": "absent"}
    history = [
        {"on": day, "dose": "hydroxocobalamin", "amount": amount}
        for day, amount in DOSES
    ]
    rows = [
        f"{who},{day},hydroxocobalamin,{amount}"
        for who in ("a", "=b")
        for day, amount in DOSES
    ]
    for name, text in (
        ("p.json", json.dumps(person)),
        ("h.json", json.dumps(history)),
        (
            "p.csv",
            "id,b12_deficiency,loading_complete,seen\na,true,true,2025-03-01\n=b,true,true,\n",
        ),
        ("e.csv", "\n".join(["id,on,dose,amount", *rows, ""])),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def printed(
    capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str, str]:
    code = main(["audit", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("written", ["text", "markdown", "html"])
def test_a_page_has_the_intervals_of_each_rule(
    capsys: pytest.CaptureFixture[str], written: str
) -> None:
    code, out, _ = printed(capsys, "p.json", "h.json", *MONTHLY, "--format", written)

    assert code == 1
    assert "Not kept" in out
    assert "2 intervals" in out
    assert "144 days passed between the doses" in " ".join(out.split())
    assert "For education and research" in out
    assert "under review, not approved" in out


@pytest.mark.usefixtures("files")
def test_json_and_csv_have_the_long_form(capsys: pytest.CaptureFixture[str]) -> None:
    call = ("p.json", "h.json", *MONTHLY)
    _, out, _ = printed(capsys, *call, "--format", "json")
    found: dict[str, Any] = json.loads(out)
    schema = json.loads(read("schema", "adherence.schema.json"))
    _, table, _ = printed(capsys, *call, "--format", "csv")

    Draft202012Validator(schema).validate(found)
    assert [one["adheres"] for one in found["periods"]] == [1, 1, 1, 0, 0, 1]
    assert len(table.splitlines()) == 7
    assert table.startswith("rule,period,tstart,tstop,start,stop,state,adheres")


@pytest.mark.usefixtures("files")
def test_the_patients_of_a_table_are_followed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call = ("p.csv", "e.csv", *MONTHLY, "--id", "id", "--otherwise", "absent")
    _, out, _ = printed(capsys, *call, "--ignore", "seen")
    _, table, _ = printed(capsys, *call, "--start", "seen", "--format", "csv")
    _, text, _ = printed(capsys, *call, "--start", "seen", "--format", "json")
    found = json.loads(text)

    assert "Adherence over time" in out
    assert "kept by 2 and not by 0 of 2 patients" in " ".join(out.split())
    assert table.startswith("id,rule,period,tstart,tstop,start,stop,state,adheres")
    assert [row.split(",")[0] for row in table.splitlines()[1:]] == ["a"] * 4
    assert found["periods"]["start"] == "seen"
    assert found["periods"]["followed"] == 1
    Draft202012Validator(
        json.loads(read("schema", "cohort-audit.schema.json"))
    ).validate(found)


@pytest.mark.usefixtures("files")
def test_ids_come_back_as_they_were(capsys: pytest.CaptureFixture[str]) -> None:
    call = ("p.csv", "e.csv", "--on", "2025-06-30", "--id", "id", "--ignore", "seen")
    _, findings, _ = printed(capsys, *call, "--format", "csv")
    _, long, _ = printed(capsys, *call, "--periods", "1 month", "--format", "csv")

    for table in (findings, long):
        assert {row.split(",")[0] for row in table.splitlines()[1:]} == {"a", "=b"}


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--periods", "soon"), "is not a length of whole days"),
        (("--start", "2025-01-01"), "need --periods"),
        (("--rule", "trough"), "need --periods"),
        (
            ("--periods", "1 month", "--rule", "nothing"),
            "that a history can depart from",
        ),
        (("--periods", "1 month", "--start", "whenever"), "`start`"),
    ],
)
def test_what_is_no_interval_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = printed(
        capsys, "p.json", "h.json", "--on", "2025-06-30", *arguments
    )

    assert (code, out) == (2, "")
    assert said in " ".join(err.split())
