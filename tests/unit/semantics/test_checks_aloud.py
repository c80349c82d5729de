"""Conditions that are heard in two ways are refused, wherever they stand, with both remedies."""

from __future__ import annotations

from pathlib import Path

import pytest

from b12guide.diagnostics import Diagnostic
from tests.unit.semantics.writing import checked, codes

NOTE = '\n    note "n"\n    strength claim\n    cites s\n'
SOURCE = 'source s "S" by "A", 2024\n'


def rule(condition: str) -> str:
    return f"{SOURCE}rule r\n    when {condition}{NOTE}"


def found(block: str, code: str) -> list[Diagnostic]:
    return [d for d in checked(block).diagnostics if d.code == code]


def mended(diagnostic: Diagnostic) -> list[str]:
    """The condition after each of the remedies."""
    said = []
    for remedy in diagnostic.help:
        characters = remedy.edits[0].text.characters
        for edit in sorted(remedy.edits, key=lambda e: e.span, reverse=True):
            before, after = edit.span.start, edit.span.end
            characters = characters[:before] + edit.replacement + characters[after:]
        begin = characters.index("when ") + len("when ")
        said.append(" ".join(characters[begin : characters.index("note")].split()))
        assert not codes(characters) & {"GDL419"}, characters
    return said


@pytest.mark.parametrize(
    ("condition", "remedies"),
    [
        (
            "none of paresthesia, numbness or glossitis",
            [
                "none of paresthesia, numbness, glossitis",
                "(none of paresthesia, numbness) or glossitis",
            ],
        ),
        (
            "at least 2 of paresthesia, numbness, glossitis or diabetes",
            [
                "at least 2 of paresthesia, numbness, glossitis, diabetes",
                "(at least 2 of paresthesia, numbness, glossitis) or diabetes",
            ],
        ),
        (
            "any of paresthesia, numbness and glossitis",
            [
                "any of paresthesia, numbness, glossitis",
                "(any of paresthesia, numbness) and glossitis",
            ],
        ),
        (
            "not all of paresthesia, numbness or glossitis",
            [
                "not all of paresthesia, numbness, glossitis",
                "(not all of paresthesia, numbness) or glossitis",
            ],
        ),
        (
            "any of paresthesia, numbness or not glossitis",
            [
                "any of paresthesia, numbness, (not glossitis)",
                "(any of paresthesia, numbness) or not glossitis",
            ],
        ),
        (
            "any of paresthesia, (numbness and glossitis) or diabetes or dialysis",
            [
                "any of paresthesia, (numbness and glossitis), diabetes, dialysis",
                "(any of paresthesia, (numbness and glossitis)) or diabetes or dialysis",
            ],
        ),
        (
            "any of paresthesia, numbness and none of diabetes, dialysis",
            [
                "any of paresthesia, numbness, (none of diabetes, dialysis)",
                "(any of paresthesia, numbness) and none of diabetes, dialysis",
            ],
        ),
        (
            "glossitis and any of paresthesia, numbness or diabetes",
            [
                "glossitis and any of paresthesia, numbness, diabetes",
                "(glossitis and any of paresthesia, numbness) or diabetes",
            ],
        ),
        (
            "bariatric_procedure is any of roux_en_y, gastric_band or diabetes",
            [("(bariatric_procedure is any of roux_en_y, gastric_band) or diabetes")],
        ),
        (
            "any of paresthesia, # the first\n numbness # the last\n or glossitis",
            [
                ("any of paresthesia, # the first numbness # the last , glossitis"),
                ("(any of paresthesia, # the first numbness) # the last or glossitis"),
            ],
        ),
    ],
)
def test_nothing_bare_follows_a_list(condition: str, remedies: list[str]) -> None:
    block = rule(condition)
    (diagnostic,) = found(block, "GDL419")

    assert mended(diagnostic) == remedies
    assert not found(block, "GDL420")


def test_a_name_after_the_values_of_a_choice_may_be_one_of_them() -> None:
    own = 'finding late "late"\nchoice stage "stage"\n    values none, early, late\n'
    block = own + rule("stage is any of none, early or late")
    (diagnostic,) = found(block, "GDL419")

    assert mended(diagnostic) == [
        "stage is any of none, early, late",
        "(stage is any of none, early) or late",
    ]


def test_a_value_that_is_no_fact_leaves_one_remedy() -> None:
    block = rule("bariatric_procedure is any of roux_en_y or gastric_band")
    (diagnostic,) = found(block, "GDL419")

    assert mended(diagnostic) == [
        "bariatric_procedure is any of roux_en_y, gastric_band"
    ]


@pytest.mark.parametrize(
    ("condition", "remedies"),
    [
        (
            "paresthesia or numbness and glossitis",
            [
                "paresthesia or (numbness and glossitis)",
                "(paresthesia or numbness) and glossitis",
            ],
        ),
        (
            "paresthesia and numbness or glossitis",
            [
                "(paresthesia and numbness) or glossitis",
                "paresthesia and (numbness or glossitis)",
            ],
        ),
        (
            "paresthesia or numbness and not glossitis or diabetes",
            [
                "paresthesia or (numbness and not glossitis) or diabetes",
                "(paresthesia or numbness) and (not glossitis or diabetes)",
            ],
        ),
        (
            "diabetes and (dialysis or paresthesia and numbness)",
            [
                "diabetes and (dialysis or (paresthesia and numbness))",
                "diabetes and ((dialysis or paresthesia) and numbness)",
            ],
        ),
    ],
)
def test_and_and_or_are_kept_apart(condition: str, remedies: list[str]) -> None:
    block = rule(condition)
    (diagnostic,) = found(block, "GDL420")

    assert mended(diagnostic) == remedies


@pytest.mark.parametrize(
    "condition",
    [
        "none of paresthesia, numbness, glossitis",
        "glossitis and any of paresthesia, numbness",
        "glossitis or none of paresthesia, (numbness and diabetes)",
        "(any of paresthesia, numbness) and glossitis",
        "not any of paresthesia, numbness",
        "any of (paresthesia and numbness), (none of glossitis, diabetes)",
        "not paresthesia or numbness",
        "bariatric_procedure is roux_en_y or glossitis",
        "paresthesia and (numbness or glossitis)",
    ],
)
def test_what_can_be_heard_in_one_way_is_accepted(condition: str) -> None:
    assert not codes(rule(condition)) & {"GDL419", "GDL420"}


LIST = "any of paresthesia, numbness or glossitis"
MIXED = "paresthesia or numbness and glossitis"


@pytest.mark.parametrize(("condition", "code"), [(LIST, "GDL419"), (MIXED, "GDL420")])
@pytest.mark.parametrize(
    "block",
    [
        "define d as {}\n",
        'silent on pregnancy "x"\n    when {}\n',
        "invariant i\n    never folic_acid when {}\n",
        "invariant i\n    never folic_acid unless {}\n",
        "invariant i\n    always form mecobalamin when {}\n",
        "implication i\n    when {}\n    then b12_deficiency\n",
        "implication i\n    when b12_deficiency\n    then {}\n",
        'finding ulcer "u"\n    implies {}\n',
        'rule r\n    when {}\n    note "n"\n',
        (
            'language 1\nguideline g "G"\n    version 1.0.0\n    uses b12\n'
            "    scope {}\n"
        ),
    ],
)
def test_it_holds_wherever_conditions_stand(
    block: str, condition: str, code: str
) -> None:
    assert code in codes(block.replace("{}", condition))


def test_the_shipped_files_are_heard_in_one_way() -> None:
    for name in ("mecobalamin_im", "b12"):
        text = Path(__file__).parents[3] / "guidelines" / f"{name}.gdl"

        assert not codes(text.read_text("utf-8")) & {"GDL419", "GDL420"}
