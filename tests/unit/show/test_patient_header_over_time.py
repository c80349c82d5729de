"""The values and days that decide a condition on several of them, on every surface (M96, M97)."""

from __future__ import annotations

import datetime as dt
import json

from jsonschema import Draft202012Validator

import b12guide
from b12guide.resources import read
from b12guide.show.first_screen import first_screen_text

GUIDELINE = b12guide.load("aafp_2025")
RECORD = {
    "age": "60 years",
    "serum_b12": [
        {"value": 1200, "on": "2026-01-05"},
        {"value": "1100 pg/mL", "on": "2026-03-02"},
    ],
}
TOLD = (
    "last 2 serum_b12 > 1000 pg/mL: yes, by serum vitamin B12 1100 pg/mL (2026-03-02), "
    "serum vitamin B12 1200 pg/mL (2026-01-05)"
)


def test_what_decides_stands_with_its_days_beside_the_answer() -> None:
    answer = GUIDELINE.recommend(RECORD, on=dt.date(2026, 3, 5))

    for text in (answer.to_text(), first_screen_text(answer)):
        assert TOLD in " ".join(text.split())


def test_data_has_it_too() -> None:
    answer = GUIDELINE.recommend(RECORD, on=dt.date(2026, 3, 5))

    data = answer.to_dict()
    (found,) = data["patient"]["over_time"]
    assert (found["text"], found["is_so"]) == ("last 2 serum_b12 > 1000 pg/mL", True)
    assert [one["on"] for one in found["values"]] == ["2026-03-02", "2026-01-05"]
    schema = json.loads(read("schema", "recommendation.schema.json"))
    Draft202012Validator(schema).validate(data)


def test_where_nothing_decides_nothing_is_told() -> None:
    answer = GUIDELINE.recommend({"serum_b12": {"value": 1200, "on": "2026-01-05"}})

    assert "over_time" not in answer.to_dict()["patient"]
    assert "Over time" not in answer.to_text()


def test_an_answer_is_read_back_from_its_data() -> None:
    answer = GUIDELINE.recommend(RECORD, on=dt.date(2026, 3, 5))

    again = b12guide.Recommendation.from_dict(answer.to_dict())
    assert again.to_dict() == answer.to_dict()
