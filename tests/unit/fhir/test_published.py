"""Ids that FHIR takes, of which no two things share one."""

from __future__ import annotations

import re

from b12guide.fhir.published import id_of


def test_an_id_is_one_of_fhir() -> None:
    found = id_of("mecobalamin_im", "loading_neurological", "1")

    assert found == "mecobalamin-im.loading-neurological.1"
    assert re.fullmatch(r"[A-Za-z0-9.-]{1,64}", id_of("a_b", *["c_d" * 9] * 9))


def test_no_two_lists_of_names_share_an_id() -> None:
    names = [("a", "b_c"), ("a_b", "c"), ("a", "b", "c"), ("a_b_c",)]
    long = [("a" * 70,), ("a" * 71,), ("a" * 35, "a" * 35)]

    assert len({id_of(*each) for each in (*names, *long)}) == 7
