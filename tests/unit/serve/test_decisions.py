"""The log of decisions: what it says of an answer, and that its lines are whole."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

import b12guide
from b12guide.serve.decisions import appending, entry_of, id_of

SENT: dict[str, Any] = {
    "patient": {"facts": {"b12_deficiency": True, "egfr": "37.37 mL/min"}},
    "on": "2026-01-05",
}
ANSWER = (
    b12guide.load("mecobalamin_im")
    .recommend(SENT["patient"], on="2026-01-05")
    .to_dict()
)


def test_an_entry_has_what_is_needed_to_repeat_it_and_no_values() -> None:
    entry = entry_of("recommend", SENT, ANSWER, with_request=False)

    assert entry["guideline"]["digest"] == ANSWER["guideline"]["digest"]
    assert entry["guideline"]["status"] == "under review"
    assert entry["engine"] == ANSWER["engine"]
    assert len({entry[key] for key in ("asked", "patient", "answer")}) == 3
    assert "37.37" not in json.dumps(entry)
    assert "2026-01-05" not in json.dumps(entry)


def test_the_request_is_kept_where_that_is_wanted() -> None:
    assert entry_of("recommend", SENT, ANSWER, with_request=True)["request"] == SENT


def test_the_day_is_not_of_the_patient() -> None:
    other = entry_of(
        "recommend", SENT | {"on": "2026-01-06"}, ANSWER, with_request=False
    )
    entry = entry_of("recommend", SENT, ANSWER, with_request=False)

    assert other["patient"] == entry["patient"]
    assert other["asked"] != entry["asked"]


def test_another_engine_that_says_the_same_gives_the_same_id() -> None:
    later = ANSWER | {"engine": {"name": "b12guide", "version": "9.9.9"}}

    assert id_of(later) == id_of(ANSWER)
    assert id_of(ANSWER | {"scope": "?"}) != id_of(ANSWER)


def test_entries_are_added_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "decisions.jsonl"
    append = appending(str(file))
    append({"b": 1, "a": "x\ny"})
    append({"c": 2})

    assert file.read_text("utf-8") == '{"a":"x\\ny","b":1}\n{"c":2}\n'


@pytest.mark.skipif(sys.platform == "win32", reason="modes of Unix")
def test_the_file_is_read_by_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "decisions.jsonl"
    appending(str(file))({})

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_half_a_line_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "decisions.jsonl"
    append = appending(str(file))
    append({"a": 1})
    whole = os.write
    monkeypatch.setattr(os, "write", lambda handle, line: whole(handle, line[:3]))

    with pytest.raises(OSError, match="space"):
        append({"b": 2})
    assert file.read_text("utf-8") == '{"a":1}\n'


def test_a_folder_is_no_log(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        appending(str(tmp_path))({})
