"""Each bound of the page, just below it, on it and just above it."""

from __future__ import annotations

import pytest

from tests.clinical.asking import ask
from tests.clinical.reading import verdicts

CASES = (
    ("egfr", "49.9 mL/min", "S05", "applies"),
    ("egfr", "49.9 mL/min", "S23", "applies"),
    ("egfr", "50.0 mL/min", "S05", "does not apply"),
    ("egfr", "50.0 mL/min", "S23", "does not apply"),
    ("egfr", "50.1 mL/min", "S05", "does not apply"),
    ("egfr", "50.1 mL/min", "S23", "does not apply"),
    ("egfr", "0.83 mL/s", "S05", "applies"),
    ("egfr", "0.84 mL/s", "S05", "does not apply"),
    ("egfr", "49 mL/min/1.73 m2", "S05", "applies"),
    ("ileal_resection", "19.9 cm", "S20", "does not apply"),
    ("ileal_resection", "20 cm", "S20", "does not apply"),
    ("ileal_resection", "20.1 cm", "S20", "applies"),
    ("ileal_resection", "0.25 m", "S20", "applies"),
    ("platelets", "24.9 x10^9/L", "S30", "does not apply"),
    ("platelets", "25 x10^9/L", "S30", "applies"),
    ("platelets", "50 x10^9/L", "S31", "applies"),
    ("platelets", "50.1 x10^9/L", "S31", "does not apply"),
    ("ileal_involvement", "30 cm", "S21", "does not apply"),
    ("ileal_involvement", "30.1 cm", "S21", "indeterminate"),
    ("ileal_involvement", "45 cm", "S22", "indeterminate"),
    ("ileal_involvement", "60 cm", "S22", "indeterminate"),
    ("ileal_involvement", "60.1 cm", "S21", "applies"),
    ("ileal_involvement", "60.1 cm", "S22", "applies"),
)


@pytest.mark.parametrize(("measure", "value", "statement", "verdict"), CASES)
def test_a_bound_is_kept(
    measure: str, value: str, statement: str, verdict: str
) -> None:
    crohns = measure == "ileal_involvement"

    said = ask(**{measure: value, "crohns_disease": crohns})

    assert verdicts(said, statement) == {verdict}


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("egfr", "50 mL/min"),
        ("ileal_resection", "20 cm"),
        ("platelets", "24.9 x10^9/L"),
    ],
)
def test_a_value_that_the_page_does_not_cover_is_called_so(
    measure: str, value: str
) -> None:
    about = {silence["about"] for silence in ask(**{measure: value})["silent"]}

    assert measure in about


@pytest.mark.parametrize("value", ["25 x10^9/L", "50 x10^9/L"])
def test_a_platelet_count_on_a_bound_is_flagged(value: str) -> None:
    remarks = {notice["rule"] for notice in ask(platelets=value)["notices"]}

    assert "platelet_boundary" in remarks


@pytest.mark.parametrize(
    ("age", "scope"),
    [
        ("17.9 years", "does not apply"),
        ("215 months", "does not apply"),
        ("18 years", "applies"),
        ("216 months", "applies"),
    ],
)
def test_the_guideline_begins_at_18_years(age: str, scope: str) -> None:
    assert ask(age=age)["scope"] == scope


def test_a_length_inside_the_printed_range_decides_nothing_for_certain() -> None:
    said = ask(b12_deficiency=False, crohns_disease=True, ileal_involvement="45 cm")

    monitoring = said["decisions"]["monitoring"]
    assert monitoring["indeterminate"] == ["crohns_screening"]
    assert all(not option["certain"] for option in monitoring["options"])
