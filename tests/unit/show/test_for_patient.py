"""The sheet for a patient says a thing once, in the words of its rule where there are some."""

from __future__ import annotations

from b12guide import load


def test_what_a_rule_said_in_its_own_words_is_not_said_again_as_perhaps() -> None:
    answer = load("mecobalamin_im").recommend(
        {"b12_deficiency": True, "paraesthesia": True, "gait_disturbance": True}
    )
    lines = answer.to_text(audience="patient").replace("\n    ", " ").splitlines()

    every_two_months = [
        line for line in lines if "every two months" in line or "every 2 months" in line
    ]

    assert "you get an injection every two months" in every_two_months[0]
    assert not any("Perhaps" in line for line in every_two_months)
