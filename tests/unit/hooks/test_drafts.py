"""Orders that are not built like orders."""

from __future__ import annotations

from typing import Any

import pytest

import b12guide
from b12guide import hooks
from tests.unit.hooks.asked import ON, request

GUIDELINE = b12guide.load("mecobalamin_im")


@pytest.mark.parametrize(
    "broken",
    [
        {"status": {}},
        {"status": ["draft"]},
        {"code": 5},
        {"code": {"coding": 5}},
        {"code": {"coding": [5, None]}},
    ],
)
def test_an_order_of_a_test_that_is_misshapen_is_left_alone(broken: Any) -> None:
    drafted = {"resourceType": "ServiceRequest", "id": "s", **broken}
    asked = request("order-sign", orders=[drafted])
    answer = hooks.respond(GUIDELINE, "mecobalamin_im-order-sign", asked, on=ON)

    assert answer["cards"] == []
