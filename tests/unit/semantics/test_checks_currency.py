"""How long a value counts is a length of time, of whole days or months."""

from __future__ import annotations

import pytest

from tests.unit.semantics.writing import checked

REGARDED = "regard egfr as current for {}\n"
DECLARED = 'measure own "own"\n    unit mL/min\n    current for {}\n'


@pytest.mark.parametrize("written", [REGARDED, DECLARED])
@pytest.mark.parametrize(
    "length", ["12 mnths", "12 mL", "0 days", "36 hours", "0.5 days"]
)
def test_a_length_that_is_none_is_told(written: str, length: str) -> None:
    found = [d.code for d in checked(written.format(length)).diagnostics]

    assert {"GDL312", "GDL314"} & set(found)


@pytest.mark.parametrize("written", [REGARDED, DECLARED])
@pytest.mark.parametrize("length", ["12 months", "1 year", "90 days", "6 weeks"])
def test_a_length_of_time_is_taken(written: str, length: str) -> None:
    found = {d.code for d in checked(written.format(length)).diagnostics}

    assert not found & {"GDL312", "GDL314"}
