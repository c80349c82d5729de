"""The misfit is told in a sentence that ships, and it is what the report comes to."""

from __future__ import annotations

import tomllib
from typing import Any

import numpy as np
import pytest

from b12guide.course import predicted
from b12guide.course.model_misfit import RouteMisfit
from b12guide.course.published_report import published


def test_it_counts_what_nobody_had_looked_at_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def values(_: Any, point: Any, *__: Any) -> Any:
        factor = 0.5 if point.arm.name.startswith("kuzminski") else 1.0
        number = 2 * point.threshold if point.threshold else point.low or 1
        return np.linspace(0.9, 1.1, 100)[:, None] * number * factor

    monkeypatch.setattr(predicted.Runs, "values", values)
    found = published(people=100).misfit

    # The four levels of Kuzminski are twice what is predicted; their difference is not counted.
    assert found.unseen - found.unseen_inside == 4
    assert found.known == found.known_inside
    tablets = next(one for one in found.routes if one.route == "oral")
    assert (tablets.levels, tablets.inside) == (4, 2)
    assert (tablets.lowest, tablets.highest) == (1.0, 2.0)
    assert f"Of {found.unseen} published numbers" in found.text
    assert "Serum levels after tablets: 2 of 4 inside, on both sides" in found.text
    injections = next(one for one in found.routes if one.route == "intramuscular")
    assert injections.text == (
        "Serum levels after injections: 1 of 3 inside, on both sides of what is predicted in the "
        "middle (1 to 2 times that)."
    )


def test_the_file_holds_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        predicted.Runs,
        "values",
        lambda _, point, *__: np.full((100, 1), point.low or 1),
    )
    found = published(people=100).misfit
    written = tomllib.loads(found.to_toml())

    assert written["unseen"] == found.unseen
    assert [one["route"] for one in written["routes"]] == [
        one.route for one in found.routes
    ]


@pytest.mark.parametrize(
    ("lowest", "highest", "said"),
    [
        (
            0.2,
            0.5,
            "0 of 3 inside, all lower than predicted in the middle (0.2 to 0.5 times",
        ),
        (
            1.5,
            3,
            "0 of 3 inside, all higher than predicted in the middle (1.5 to 3 times",
        ),
        (2, 2, "all higher than predicted in the middle (2 times that)."),
    ],
)
def test_it_tells_on_which_side_the_levels_lie(
    lowest: float, highest: float, said: str
) -> None:
    one = RouteMisfit(
        route="intramuscular", levels=3, inside=0, lowest=lowest, highest=highest
    )

    assert said in one.text
