"""Every pair of several guidelines by every decision."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from b12guide.errors import GuidelineError
from b12guide.graph.model import Decision
from b12guide.prove import difference
from b12guide.prove.difference import Compared, Sameness, TwoGuidelines
from b12guide.resources import read
from b12guide.several.table import Table, counted, guideline_table
from tests.unit.several.small import WEEKLY, guideline

ONE = guideline("weekly", WEEKLY)
DAILY = guideline("daily", WEEKLY.replace("every week", "daily"))
KIDNEYS = guideline(
    "kidneys",
    WEEKLY
    + """
rule kidneys
    exception to form
    when      b12_deficiency and egfr < 50 mL/min
    form      mecobalamin
    ...
""",
)
LUCKY = """
finding lucky "a lucky person"
rule lucky
    exception to loading
    when      b12_deficiency and lucky
    load      not needed
    ...
"""


def table(*several: object) -> Table:
    return guideline_table(one.graph for one in several)  # type: ignore[attr-defined]


def differing(found: Table) -> dict[tuple[str, ...], str]:
    """The cells that differ, each with what both say."""
    return {
        (*(found.labels[place] for place in cell.pair), cell.about.value): " | ".join(
            answer.decisions[cell.about].text for answer in cell.answers
        )
        for cell in found.cells
        if cell.sameness is Sameness.DIFFERENT and cell.about is not None
    }


def test_each_pair_is_compared_on_each_decision() -> None:
    found = table(ONE, DAILY, KIDNEYS)

    assert found.pairs == ((0, 1), (0, 2), (1, 2))
    assert len(found.cells) == 3 * (len(Decision) + 1)
    assert differing(found) == {
        ("weekly", "daily", "loading"): "hydroxocobalamin 1000 µg by intramuscular"
        " injection weekly for 4 weeks (4 doses) | hydroxocobalamin 1000 µg by"
        " intramuscular injection daily for 4 weeks (28 doses)",
        ("weekly", "kidneys", "form"): "hydroxocobalamin | mecobalamin",
        ("daily", "kidneys", "form"): "hydroxocobalamin | mecobalamin",
        ("daily", "kidneys", "loading"): "hydroxocobalamin 1000 µg by intramuscular"
        " injection daily for 4 weeks (28 doses) | hydroxocobalamin 1000 µg by"
        " intramuscular injection weekly for 4 weeks (4 doses)",
    }


def test_that_neither_speaks_of_it_is_told_apart_from_agreement() -> None:
    found = table(ONE, DAILY)

    unspoken = {cell.about for cell in found.cells if cell.unspoken}
    assert Decision.MAINTENANCE in unspoken
    assert Decision.MONITORING not in unspoken
    assert "neither addresses: maintenance" in found.to_text(width=100)
    assert "proved the same for everybody: scope, form and monitoring" in (
        found.to_text(width=100)
    )


def test_a_fact_that_one_guideline_alone_knows_can_make_the_difference() -> None:
    found = table(ONE, guideline("lucky", WEEKLY + LUCKY))
    cell = next(c for c in found.cells if c.about is Decision.LOADING)

    assert cell.compared.witness is not None
    assert dict(cell.compared.witness.values) == {"b12_deficiency": True, "lucky": True}
    assert [a.loading.outcome.value for a in cell.answers] == [
        "determined",
        "not needed",
    ]


def test_facts_of_another_unit_are_said_not_to_be_comparable() -> None:
    of_one, of_another = (
        guideline(
            name,
            WEEKLY
            + f"""
measure zinc "zinc"
    unit      {unit}
    plausible 0 to 1000 {unit}
rule zinc
    when      zinc < 10 {unit}
    check     ferritin every year
    ...
""",
        )
        for name, unit in (("grams", "g/L"), ("moles", "µmol/L"))
    )
    found = table(of_one, of_another)
    cell = next(c for c in found.cells if c.about is Decision.MONITORING)

    assert cell.sameness is Sameness.INCOMPARABLE
    assert cell.compared.facts == ("zinc",)
    assert "held otherwise: zinc" in found.to_text(width=100)


def test_two_versions_of_one_name_are_told_apart() -> None:
    found = table(ONE, guideline("weekly", WEEKLY.replace("every week", "daily")), ONE)

    assert found.labels == ("weekly 1.0.0 (1)", "weekly 1.0.0 (2)", "weekly 1.0.0 (3)")


def test_one_guideline_makes_no_table() -> None:
    with pytest.raises(GuidelineError, match="at least two"):
        table(ONE)


def test_what_several_pairs_share_is_worked_out_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Decision] = []
    decision = TwoGuidelines.decision

    def counting(both: TwoGuidelines, about: Decision) -> Compared:
        asked.append(about)
        return decision(both, about)

    monkeypatch.setattr(difference.TwoGuidelines, "decision", counting)
    copies = [
        guideline(f"copy_{number}", WEEKLY.replace("4 weeks", f"{number} weeks"))
        for number in range(1, 4)
    ]
    found = table(*copies, *(guideline(f"again_{n}", WEEKLY) for n in range(3)))

    assert len(found.pairs) == 15
    assert asked == [Decision.LOADING] * 6


def test_a_row_of_csv_has_both_statements_and_the_patient() -> None:
    found = table(ONE, KIDNEYS).to_dict()["cells"]
    cell = next(one for one in found if one["about"] == "form")

    assert cell["guidelines"] == ["weekly", "kidneys"]
    assert cell["patient"] == {
        "facts": {"b12_deficiency": True, "egfr": "40 mL/min"},
        "otherwise": "unknown",
    }
    assert [one["statements"] for one in cell["answers"]] == [["S1"], ["S4"]]
    assert cell["answers"][1]["sources"] == [
        {
            "id": "page",
            "printed": None,
            "resolves": True,
            "title": "The page of kidneys",
        }
    ]


def test_a_cell_that_differs_opens_the_patient_and_both_statements() -> None:
    text = table(ONE, KIDNEYS).to_html()

    assert text.count("<details>") == 1
    opened = text.partition("<details>")[2].partition("</details>")[0]
    assert "b12_deficiency, egfr 40 mL/min" in opened
    assert "S1" in opened
    assert "S4" in opened


def test_a_table_with_counts_of_a_cohort_is_read_back() -> None:
    found = counted(table(ONE, KIDNEYS), 50, {(0, 1): {"form": 7, "loading": 0}})
    data = json.loads(found.to_json())
    Draft202012Validator(json.loads(read("schema", "table.schema.json"))).validate(data)

    back = Table.from_dict(data, (ONE, KIDNEYS))
    assert back.to_dict() == data
    assert "7 patients" in back.to_text()
    assert "differs (7)" in back.to_html()
