"""The example notebooks run as they stand, in a kernel of their own, and show what they promise."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from b12guide.notice import EDUCATION_NOTICE

nbformat = pytest.importorskip("nbformat", reason="the extra `test` is not installed")
nbclient = pytest.importorskip("nbclient", reason="the extra `test` is not installed")

EXAMPLES = Path(__file__).parents[2] / "examples"
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))


def named(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_a_notebook_is_kept_without_what_it_showed(path: Path) -> None:
    notebook = nbformat.read(path, 4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]

    nbformat.validate(notebook)
    assert [c.id for c in code if c.outputs or c.execution_count is not None] == []
    first = " ".join(notebook.cells[0].source.split())
    assert "It is for education and research" in first
    assert "under review" in first


def run(path: Path, folder: Path) -> Any:
    """A notebook with what its cells show when it is run somewhere else."""
    notebook = nbformat.read(path, 4)
    where = {"metadata": {"path": str(folder)}}
    client = nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources=where
    )
    client.execute()
    return notebook


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=named)
def cells(request: pytest.FixtureRequest, tmp_path_factory: Any) -> list[Any]:
    """The cells of a notebook that was run without any file at hand."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("NHANES_B12", raising=False)
        done = run(request.param, tmp_path_factory.mktemp("elsewhere"))
    return list(done.cells)


@pytest.fixture(scope="module")
def outputs(cells: list[Any]) -> list[Any]:
    return [output for cell in cells for output in cell.get("outputs", [])]


def test_a_notebook_runs_and_shows_pages_and_pictures(outputs: list[Any]) -> None:
    shown = [output.data for output in outputs if "data" in output]
    pages = [data for data in shown if "b12guide" in data.get("text/html", "")]
    charts = [data for data in shown if set(data) <= {"image/svg+xml", "text/plain"}]

    assert [output for output in outputs if output.output_type == "stream"]
    assert pages
    assert any("image/svg+xml" in data for data in charts)
    for data in pages:
        assert EDUCATION_NOTICE in data["text/html"]
        assert "under review" in data["text/html"]
        assert {"text/plain", "text/markdown"} <= set(data)


def test_a_notebook_shows_no_script_and_no_warning(outputs: list[Any]) -> None:
    data = [kind for output in outputs for kind in output.get("data", {}).values()]

    assert not any("<script" in str(content) for content in data)
    assert [o.text for o in outputs if o.get("name") == "stderr"] == []


SVG = "{http://www.w3.org/2000/svg}"


def words_of(picture: str) -> set[str]:
    """The lines of words in a picture, whatever its renderer makes of its head."""
    root = ET.fromstring(picture)  # noqa: S314 -- our own picture
    texts = (
        text for group in root.iter(f"{SVG}g") for text in group.iter(f"{SVG}text")
    )
    return {" ".join("".join(text.itertext()).split()) for text in texts}


def charts_in(cell: Any) -> list[str]:
    """The pictures that are charts; those in pages of ours are not."""
    return [
        output.data["image/svg+xml"]
        for output in cell.get("outputs", [])
        if "image/svg+xml" in output.get("data", {}) and "text/html" not in output.data
    ]


def test_the_charts_of_a_notebook_are_those_of_the_documentation(
    cells: list[Any],
) -> None:
    drawn = [cell for cell in cells if charts_in(cell)]

    assert drawn
    assert [c.id for c in drawn if "picture" not in c.metadata] == []
    for cell in drawn:
        picture = PICTURES / f"{cell.metadata['picture']}.svg"
        words = words_of(picture.read_text("utf-8"))
        assert words
        assert words <= words_of(charts_in(cell)[-1])


def test_a_chart_has_the_notice_and_the_review_status(cells: list[Any]) -> None:
    for chart in (chart for cell in cells for chart in charts_in(cell)):
        said = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", chart))
        assert EDUCATION_NOTICE in said
        assert "under review, not approved" in said


def test_every_picture_of_a_notebook_is_shown_in_the_documentation() -> None:
    cells = [c for path in NOTEBOOKS for c in nbformat.read(path, 4).cells]
    pictures = [c.metadata["picture"] for c in cells if "picture" in c.metadata]
    page = (PICTURES.parent / "notebooks.md").read_text("utf-8")

    assert len(set(pictures)) == len(pictures) > 5
    assert [p for p in pictures if f"](pictures/{p}.svg)" not in page] == []


def printed(cells: list[Any]) -> str:
    outputs = [o for cell in cells for o in cell.get("outputs", [])]
    return "".join(o.text for o in outputs if o.get("name") == "stdout")


def test_a_survey_that_is_made_up_says_so(cells: list[Any]) -> None:
    if not any("NHANES_B12" in cell.source for cell in cells):
        pytest.skip("this notebook reads no survey")

    assert "MADE UP: no file was named" in printed(cells)
    drawn = " ".join(chart for cell in cells for chart in charts_in(cell))
    assert "A made-up survey: whom" in drawn


def test_the_survey_of_nhanes_gives_its_published_shares(
    third_party_data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    survey = third_party_data / "nhanes" / "nhanes_b12.parquet"
    monkeypatch.setenv("NHANES_B12", str(survey))
    done = run(EXAMPLES / "nhanes.ipynb", tmp_path)
    said = printed(done.cells)

    assert "NHANES: 19,195 participants in 4 waves" in said
    assert "MADE UP" not in said
    # 659 of 15,795 adults whose creatinine was measured; the tests of studies ask R for the limits.
    assert "weighted: 2.75% of adults with creatinine" in said
    assert "by chance from 2.46% to 3.07%" in said
    assert "unweighted, of those who came: 4.17%" in said
    drawn = [chart for cell in done.cells for chart in charts_in(cell)]
    assert any("NHANES: whom" in chart for chart in drawn)
    assert not any("made-up survey" in chart for chart in drawn)
