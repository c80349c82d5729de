"""The files that the documentation shows can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from b12guide.graph.model import RuleGraph
from b12guide.patient.from_file import patient_from_text
from b12guide.patient.stated import state
from b12guide.text import Text
from b12guide.values.unit import parse_unit

PAGE = (Path(__file__).parents[3] / "docs" / "patient-files.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(json|toml|yaml)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(("suffix", "block"), BLOCKS)
def test_a_shown_file_states_a_patient(
    suffix: str, block: str, graph: RuleGraph
) -> None:
    patient = patient_from_text(Text(f"shown.{suffix}", block), f".{suffix}")

    assert state(patient, graph).values["b12_deficiency"] is True


def test_every_unit_of_the_table_is_known() -> None:
    table = PAGE.partition("| of | simple units |")[2].partition("\n\n")[0]
    units = re.findall(r"`([^`]+)`", table)

    assert len(units) > 30
    assert [text for text in units if parse_unit(text) is None] == []
