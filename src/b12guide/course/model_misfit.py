"""How far the simulator is off, in a sentence for everywhere a predicted level is shown.

The sentence is made from counts that are kept beside the published numbers, because nobody who
wants a picture of a course should wait for a report. A test holds them to the report.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import Any

from attrs import asdict, frozen

from b12guide import resources
from b12guide.frozen import Record
from b12guide.say.words import listing

SHIPPED = "b12.misfit.toml"


@frozen(kw_only=True, repr=False)
class RouteMisfit(Record):
    """How serum levels after one route compare with what is predicted in the middle.

    Attributes:
        levels: How many published levels there are that were kept from those who fixed the ranges.
        inside: How many lie inside their interval.
        lowest: The lowest published level over the predicted one.
        highest: The highest.
    """

    route: str
    levels: int
    inside: int
    lowest: float
    highest: float

    @property
    def text(self) -> str:
        """The same in a sentence."""
        side = "lower" if self.highest < 1 else "higher" if self.lowest > 1 else ""
        all_so = (
            f"all {side} than predicted in the middle"
            if side
            else "on both sides of what is predicted in the middle"
        )
        times = f"{self.lowest:g} to {self.highest:g} times that"
        if self.lowest == self.highest:
            times = f"{self.lowest:g} times that"
        return (
            f"Serum levels after {_ROUTES.get(self.route, self.route)}: {self.inside} of "
            f"{self.levels} inside, {all_so} ({times})."
        )


@frozen(kw_only=True, repr=False)
class ModelMisfit(Record):
    """What the report comes to.

    Attributes:
        unseen: Published numbers that were kept from those who fixed the ranges.
        unseen_inside: Those of them inside their interval.
        known: Numbers that were known when they were.
        known_inside: Those of them inside.
        routes: Serum levels of those, route by route.
    """

    people: int
    seed: int
    unseen: int
    unseen_inside: int
    known: int
    known_inside: int
    routes: tuple[RouteMisfit, ...]

    @property
    def text(self) -> str:
        """The misfit in a sentence or two."""
        if not self.unseen and not self.known:
            return "No published number was held against the simulator."
        said = (
            f"Of {self.unseen} published numbers that were kept from those who fixed the ranges of "
            f"the simulator, {self.unseen_inside} lie inside its interval for 90 % of "
            "people"
        )
        if self.known:
            said += f"; of {self.known} that they knew, {self.known_inside} do"
        return " ".join((f"{said}.", *(route.text for route in self.routes)))

    @property
    def short(self) -> str:
        """Of the levels only, for a line below a picture."""
        told = listing(
            f"{one.inside} of {one.levels} after {_ROUTES.get(one.route, one.route)}"
            for one in self.routes
        )
        return f"Of published serum levels, {told} lie inside the simulator's bands."

    def to_toml(self) -> str:
        """The file that ships."""
        head = (
            "# What the report of published numbers comes to (docs/course-and-trials.md); written\n"
            "# by `scripts/published_points.py`, never by hand.\n\n"
        )
        plain = asdict(self)
        routes = plain.pop("routes")
        lines = [f"{key} = {value}" for key, value in plain.items()]
        for route in routes:
            lines += ["", "[[routes]]"]
            lines += [
                f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}"
                for key, value in route.items()
            ]
        return head + "\n".join(lines) + "\n"


_ROUTES = {"oral": "tablets", "intramuscular": "injections"}


def misfit() -> ModelMisfit:
    """How far the simulator is off, as it was when this version was made."""
    return _shipped()


@lru_cache(maxsize=1)
def _shipped() -> ModelMisfit:
    found: dict[str, Any] = tomllib.loads(resources.read("guidelines", SHIPPED))
    routes = tuple(RouteMisfit(**one) for one in found.pop("routes", ()))
    return ModelMisfit(**found, routes=routes)
