"""The colours can be read on their paper, by people with any kind of colour vision."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations

import pytest

from b12guide.show.palette import DARK, DATA, INSIDE, LIGHT, theme_style

WORDS = ("ink", "quiet", "accent", "caution")
LIGHT_PAPERS = ("#ffffff", "#fafafa", LIGHT["band"])
DARK_PAPERS = (DARK["paper"], DARK["band"], "#111111", "#1e1e1e", "#1f1f1f", "#181c1a")
"""Our own, and those of JupyterLab, VS Code and marimo."""

# How people without the red, green or blue receptors see (Machado and others, 2009).
SIGHTS = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def linear(colour: str) -> tuple[float, ...]:
    """The three lights of a colour, from 0 to 1, as light adds up."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return tuple(
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    )


def luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def lab(lights: tuple[float, ...]) -> tuple[float, ...]:
    """The colour in CIE L*a*b*, in which distances are what an eye sees."""
    red, green, blue = (min(max(part, 0), 1) for part in lights)
    white = (0.9505, 1.0, 1.089)
    xyz = (
        0.4124 * red + 0.3576 * green + 0.1805 * blue,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        0.0193 * red + 0.1192 * green + 0.9505 * blue,
    )
    x, y, z = (
        t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116
        for t in (a / b for a, b in zip(xyz, white, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def seen(colour: str, sight: str) -> tuple[float, ...]:
    lights = linear(colour)
    rows = SIGHTS.get(sight, ((1, 0, 0), (0, 1, 0), (0, 0, 1)))
    return lab(
        tuple(sum(a * b for a, b in zip(row, lights, strict=True)) for row in rows)
    )


@pytest.mark.parametrize(
    ("colours", "papers"),
    [(LIGHT, LIGHT_PAPERS), (DARK, DARK_PAPERS)],
    ids=["light", "dark"],
)
def test_words_stand_out_from_their_paper(
    colours: Mapping[str, str], papers: tuple[str, ...]
) -> None:
    weak = [
        (name, paper, round(contrast(colours[name], paper), 2))
        for name in WORDS
        for paper in papers
        if contrast(colours[name], paper) < 4.5
    ]

    assert weak == []
    for name in ("ink", "caution"):
        assert contrast(colours[name], colours["caution-paper"]) >= 4.5


@pytest.mark.parametrize("paper", [*LIGHT_PAPERS, *DARK_PAPERS, "#333333"])
def test_marks_stand_out_from_every_paper(paper: str) -> None:
    assert [n for n, colour in DATA.items() if contrast(colour, paper) < 3] == []


def test_words_can_be_read_on_marks() -> None:
    assert min(contrast(INSIDE, colour) for colour in DATA.values()) >= 4.5


def close(colours: Mapping[str, str], sight: str) -> list[tuple[str, str]]:
    """The colours that somebody may take for one another."""
    return [
        (one, other)
        for one, other in combinations(colours, 2)
        if math.dist(seen(colours[one], sight), seen(colours[other], sight)) < 20
    ]


@pytest.mark.parametrize("sight", [*SIGHTS, "usual"])
def test_no_two_meanings_have_one_colour_for_any_eye(sight: str) -> None:
    assert close(DATA, sight) == []


def test_a_grey_is_not_forgotten() -> None:
    assert "grey" in DATA
    assert close({"green": "#1aa68c", "grey": "#8a8a8a"}, "deuteranopia")


def test_both_papers_have_the_same_colours() -> None:
    assert list(LIGHT) == list(DARK)


def test_what_shows_a_page_decides_and_the_reader_where_it_does_not() -> None:
    style = theme_style(".scope")

    assert style.index("prefers-color-scheme: dark") < style.index(
        "data-jp-theme-light"
    )
    assert "var(--jp-layout-color0, var(--vscode-editor-background, #ffffff))" in style
