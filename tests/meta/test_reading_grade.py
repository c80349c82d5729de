"""What patients read is at or below the sixth grade of school, by scripts/reading_grade.py."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = runpy.run_path(str(ROOT / "scripts/reading_grade.py"))
BAR = 6.0
MEASURED = list(SCRIPT["measured"]())
# As an English pronouncing dictionary has them.
SPOKEN = {
    "injection": 3, "every": 2, "months": 1, "vitamin": 3, "diabetes": 4, "guideline": 2,
    "tablets": 2, "surgery": 3, "needle": 2, "muscle": 2, "disease": 2, "safely": 2, "tingling": 2,
    "numbness": 2, "measured": 2, "takes": 1, "wanted": 2, "stopped": 1, "usual": 3, "period": 3,
    "science": 2, "hydroxocobalamin": 7, "something": 2, "special": 2, "question": 2, "idea": 3,
    "create": 2,
}  # fmt: skip


@pytest.mark.parametrize("word", SPOKEN)
def test_syllables_are_counted_as_they_are_spoken(word: str) -> None:
    assert SCRIPT["syllables"](word) == SPOKEN[word]


def test_the_grade_is_that_of_flesch_and_kincaid() -> None:
    ten_words_of_eleven_syllables = "The cat sat on the mat. Then it went away."

    assert SCRIPT["grade"](ten_words_of_eleven_syllables) == pytest.approx(
        0.39 * 10 / 2 + 11.8 * 11 / 10 - 15.59
    )


def test_a_drug_name_is_an_easy_word() -> None:
    text = "You get hydroxocobalamin."
    easy = SCRIPT["drug_names"](
        'drug hydroxocobalamin "hydroxocobalamin"\n    synonyms OHCbl\n    code x\n'
    )

    assert "ohcbl" in easy
    assert SCRIPT["grade"](text, easy) < SCRIPT["grade"](text) - 20


def test_every_text_and_every_sheet_is_measured() -> None:
    places = [place for _, place, _ in MEASURED]

    assert sum(place.startswith("mecobalamin_im.gdl") for place in places) > 100
    assert sum(place.startswith("b12.gdl") for place in places) > 40
    assert sum(place.startswith("the sheet") for place in places) >= 10


@pytest.mark.parametrize(
    ("grade", "text"),
    [(grade, text) for grade, _, text in MEASURED],
    ids=[place for _, place, _ in MEASURED],
)
def test_what_patients_read_is_easy_enough(grade: float, text: str) -> None:
    assert grade <= BAR, f"grade {grade:.1f}: {text}"
