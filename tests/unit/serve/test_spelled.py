"""One spelling for data: what is the same has the same digest, and what is not has another."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from b12guide.frozen import FrozenMap
from b12guide.serve.spelled import as_bytes, canonical, digest_of


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        ({"b": 1, "a": [True, None, "µ"]}, '{"a":[true,null,"µ"],"b":1}'),
        ({"b": Decimal("0.50"), "a": "x"}, '{"a":"x","b":0.50}'),
        ([Decimal("1E+2"), 1.5, (1, 2)], "[1E+2,1.5,[1,2]]"),
        (FrozenMap({"a": FrozenMap({})}), '{"a":{}}'),
        ('"\n', '"\\"\\n"'),
    ],
)
def test_it_is_json_in_one_spelling(value: Any, spelled: str) -> None:
    assert canonical(value) == spelled
    assert json.loads(spelled) is not None


def test_the_order_of_names_does_not_matter_and_that_of_lists_does() -> None:
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    assert digest_of([1, 2]) != digest_of([2, 1])
    assert digest_of({"a": Decimal("35.0")}) != digest_of({"a": 35})
    assert digest_of({}).startswith("sha256:")


def test_a_decimal_among_the_data_changes_the_spelling_of_nothing_else() -> None:
    data = {"c": [1, 2.25, {"z": None, "y": "a/b"}], "b": True}

    assert canonical(data | {"a": Decimal(1)}) == '{"a":1,' + canonical(data)[1:]


def test_what_is_sent_is_plain_json() -> None:
    assert as_bytes(FrozenMap({"a": "µ"})) == '{"a":"µ"}'.encode()
    with pytest.raises(TypeError, match="plain data"):
        as_bytes({"a": object()})
    with pytest.raises(ValueError, match="JSON"):
        as_bytes(float("nan"))
