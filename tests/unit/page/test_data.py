"""A guideline as data for its page: builtin values, and the same text each time."""

from __future__ import annotations

import json

import pytest

import b12guide
from b12guide.page.data import program_json, spelled

GUIDELINE = b12guide.load("mecobalamin_im")


def test_the_data_are_what_their_json_says() -> None:
    found = program_json(GUIDELINE.graph)

    assert json.loads(spelled(found)) == found
    assert "\n" not in spelled(found)


def test_the_notice_and_the_status_stand_in_it() -> None:
    found = program_json(GUIDELINE.graph)

    assert found["notice"].startswith("For education and research")
    assert found["guideline"]["status"] == "under review"
    assert dict(map(tuple, found["papers"]["particulars"]))["Status"] == (
        "under review, not approved"
    )


@pytest.mark.parametrize("name", ["nice_ng239", "uk_smpc", "bnf_2021"])
def test_every_shipped_guideline_has_its_data(name: str) -> None:
    found = program_json(b12guide.load(name).graph)

    assert found["papers"]["rules"]
    assert found["logic"]
    assert found["advice"]
