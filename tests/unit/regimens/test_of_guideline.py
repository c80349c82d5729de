"""The regimens of a guideline by the names of its rules."""

from __future__ import annotations

import pytest

import b12guide


def test_a_slip_in_the_name_of_a_rule_is_told_with_the_nearest() -> None:
    known = b12guide.load("mecobalamin_im").regimens

    with pytest.raises(b12guide.UnknownNameError, match="did you mean `bypass`"):
        known["bypas"]
    assert known.get("bypas") is None
    assert "bypas" not in known
