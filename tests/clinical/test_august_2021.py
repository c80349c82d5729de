"""The change of August 2021 in the BNF, as the comparison of two versions shows it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from b12guide.cli import main

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "guideline" / "others" / "bnf_2021.md"


def before_august_2021() -> str:
    """The guideline with the interval that it had before: every 3 months."""
    text = (ROOT / "guidelines" / "bnf_2021.gdl").read_text(encoding="utf-8")
    older, times = re.subn(
        r"(rule maintenance_standard .*?)every 2 to 3 months",
        r"\1every 3 months",
        text,
        count=1,
        flags=re.DOTALL,
    )
    assert times == 1
    return older.replace("guideline bnf_2021", "guideline bnf_2020", 1)


def test_the_page_shows_what_changed_and_for_whom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bnf_2020.gdl").write_text(before_august_2021(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert main(["diff", "bnf_2020.gdl", "bnf_2021"]) == 1

    shown = capsys.readouterr().out.partition("\nFor education")[0].strip()
    assert f"```text\n{shown}\n```" in PAGE.read_text(encoding="utf-8")
