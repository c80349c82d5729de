"""`tests/unit` is laid out as the package is: a test stands where its room stands."""

from __future__ import annotations

from pathlib import Path


def rooms_of(folder: Path) -> set[str]:
    files = {path.stem for path in folder.glob("*.py") if path.stem != "__init__"}
    return files | {path.parent.name for path in folder.glob("*/__init__.py")}


def is_of(test: Path, rooms: set[str]) -> bool:
    """`test_scope.py` and `test_scope_of_names.py` are tests of the room `scope`."""
    name = test.stem.removeprefix("test_")
    return any(name == room or name.startswith(f"{room}_") for room in rooms)


def test_each_unit_test_is_named_after_its_room(root: Path) -> None:
    package, units = root / "src" / "b12guide", root / "tests" / "unit"
    tests = sorted(units.rglob("test_*.py"))

    lost = [
        test.relative_to(units).as_posix()
        for test in tests
        if not is_of(test, rooms_of(package / test.parent.relative_to(units)))
    ]

    assert len(tests) > 100
    assert lost == []
