"""What is shipped: the wheel, built from the sdist, has what the checkout has."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

DATA = ("grammar", "guidelines", "schema", "templates")
COMPILED = "b12guide/_data/compiled/mecobalamin_im.gdl.json"


def build(folder: Path, target: str, into: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(into)],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    (built,) = into.iterdir()
    return built


def files_below(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def sdist(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(root, "sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    unpacked = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        if hasattr(tarfile, "data_filter"):  # Python 3.11.4 and later
            archive.extraction_filter = staticmethod(tarfile.data_filter)
        archive.extractall(unpacked)  # noqa: S202 -- we have just built it ourselves
    (folder,) = unpacked.iterdir()
    return build(folder, "wheel", tmp_path_factory.mktemp("wheel"))


def shipped(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_has_every_module_and_the_typing_marker(
    root: Path, wheel: Path
) -> None:
    modules = {f"b12guide/{name}" for name in files_below(root / "src" / "b12guide")}

    assert modules - shipped(wheel) == set()
    assert "b12guide/py.typed" in modules


@pytest.mark.parametrize("name", DATA)
def test_the_wheel_has_the_data_folders(root: Path, wheel: Path, name: str) -> None:
    data = {f"b12guide/_data/{name}/{file}" for file in files_below(root / name)}

    assert data
    assert data - shipped(wheel) == set()


def test_the_wheel_has_nothing_else_but_its_metadata(root: Path, wheel: Path) -> None:
    modules = {f"b12guide/{name}" for name in files_below(root / "src" / "b12guide")}
    data = {
        f"b12guide/_data/{name}/{file}"
        for name in DATA
        for file in files_below(root / name)
    }
    data |= {
        COMPILED.replace("mecobalamin_im", path.name.removesuffix(".examples.gdl"))
        for path in (root / "guidelines").glob("*.examples.gdl")
    }
    others = {
        name.partition(".dist-info/")[2] for name in shipped(wheel) - modules - data
    }

    assert others == {
        "METADATA",
        "WHEEL",
        "RECORD",
        "entry_points.txt",
        "licenses/LICENSE",
    }


def test_the_sdist_has_what_a_rebuild_and_a_reader_need(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {
        "CHANGELOG.md",
        "CITATION.cff",
        "LICENSE",
        "README.md",
        "docs/conf.py",
        "examples/neuropathy.json",
        "grammar/gdl.lark",
        "hatch_build.py",
        "pyproject.toml",
        "tests/conftest.py",
    } <= names


def test_the_grammar_is_read_from_inside_a_wheel(wheel: Path) -> None:
    program = (
        "import b12guide, b12guide.resources as r;"
        "print(b12guide.__file__); print(len(r.read('grammar', 'gdl.lark')))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(wheel)},
    ).stdout.splitlines()

    assert answer[0].startswith(str(wheel))
    assert int(answer[1]) > 0


def unpack(wheel: Path, into: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(into)  # noqa: S202 -- we have just built it ourselves


def loaded_from(place: Path) -> str:
    """How a wheel, or one unpacked, answers without the parser or a cache."""
    program = (
        "import sys, b12guide; g = b12guide.load('mecobalamin_im');"
        "print(b12guide.__file__, 'lark' in sys.modules, len(g.graph.rules) > 9)"
    )
    return subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(place), "B12GUIDE_CACHE": ""},
    ).stdout


def test_the_guidelines_in_a_wheel_are_compiled(wheel: Path, tmp_path: Path) -> None:
    unpack(wheel, tmp_path)

    file = tmp_path / "b12guide" / "__init__.py"
    assert loaded_from(tmp_path) == f"{file} False True\n"
    assert loaded_from(wheel).endswith(" False True\n")


def test_a_wheel_that_was_edited_compiles_what_it_says_now(
    wheel: Path, tmp_path: Path
) -> None:
    unpack(wheel, tmp_path)
    source = tmp_path / "b12guide" / "_data" / "guidelines" / "b12.gdl"
    source.write_text(source.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    before = files_below(tmp_path)

    assert loaded_from(tmp_path).endswith(" True True\n")
    assert files_below(tmp_path) == before


def test_a_wheel_is_the_same_from_the_checkout_and_from_the_sdist(
    root: Path, wheel: Path, tmp_path: Path
) -> None:
    assert build(root, "wheel", tmp_path).read_bytes() == wheel.read_bytes()
