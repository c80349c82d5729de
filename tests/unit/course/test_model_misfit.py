"""The misfit is told in a sentence that ships, and it is what the report comes to."""

from __future__ import annotations

import tomllib
from typing import Any

import numpy as np
import pytest
from attrs import evolve

from b12guide import course, regimens
from b12guide.course import predicted
from b12guide.course.model_misfit import ModelMisfit, RouteMisfit, misfit
from b12guide.course.published_report import published
from b12guide.show.course_svg import course_drawing
from b12guide.show.regimens_picture import comparison_drawing


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


def test_every_place_that_shows_a_level_tells_the_misfit() -> None:
    found = course.simulate(
        "1 mg hydroxocobalamin IM every 2 months", years=1, people=20
    )
    compared = regimens.compare(
        {"shots": "1 mg hydroxocobalamin IM every 2 months"}, years=1, levels=True
    )

    assert misfit().text in found.limits
    assert misfit().text in found.to_dict()["limits"]
    assert misfit().text in " ".join(found.to_text().split())
    assert misfit().short in course_drawing(found).words
    assert misfit().text in " ".join(compared.to_text().split())
    assert misfit().short in comparison_drawing(compared).about


def test_the_short_form_is_of_levels_alone() -> None:
    levels = RouteMisfit(route="oral", levels=4, inside=3, lowest=0.5, highest=2)
    other = RouteMisfit(route="nasal", levels=2, inside=0, lowest=0.5, highest=2)
    found = ModelMisfit(
        people=20,
        seed=0,
        unseen=9,
        unseen_inside=5,
        known=0,
        known_inside=0,
        routes=(levels, other),
    )

    assert found.short == (
        "Of published serum levels, 3 of 4 after tablets and 0 of 2 after nasal lie inside "
        "the simulator's bands."
    )
    assert "; of " not in found.text
    assert evolve(found, unseen=0, unseen_inside=0, routes=()).text == (
        "No published number was held against the simulator."
    )
