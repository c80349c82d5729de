"""From the name of a guideline to its graph, by way of the cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from b12guide import cache
from b12guide.diagnostics import Severity
from b12guide.errors import GuidelineError
from b12guide.graph.loaded import Loaded
from b12guide.pipeline import check, load

SMALL = """\
language 1
guideline small "Small"
    version   1.0.0
    revised   2026-01-01
    uses      b12
rule annual
    check     serum_b12 every year
"""


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "cache"
    monkeypatch.setenv("B12GUIDE_CACHE", str(place))
    return place


def written(folder: Path, name: str, characters: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(characters, encoding="utf-8")
    return path


def codes_of(path: Path) -> list[str]:
    with pytest.raises(GuidelineError) as caught:
        load(str(path))
    return [d.code for d in caught.value.diagnostics if d.severity is Severity.ERROR]


# ------------------------------------------------------------------------- finding


def test_a_shipped_guideline_is_found_by_name() -> None:
    assert load("mecobalamin_im").graph.name == "mecobalamin_im"


def test_a_file_is_found_by_its_path(tmp_path: Path) -> None:
    path = written(tmp_path, "small.gdl", SMALL)

    assert list(load(path).graph.rules) == ["annual"]
    assert load(str(path)).texts[0].name == str(path)


def test_a_misspelt_name_brings_a_suggestion() -> None:
    with pytest.raises(GuidelineError, match="did you mean `mecobalamin_im`"):
        load("mecobalamine_im")


@pytest.mark.parametrize("asked", ["", "\0", "/", "no/such.gdl", "b12.gdl"])
def test_what_is_no_guideline_file_is_refused(asked: str) -> None:
    with pytest.raises(GuidelineError):
        load(asked)


def test_a_vocabulary_can_be_checked_but_not_asked() -> None:
    assert check("b12").diagnostics == ()
    with pytest.raises(GuidelineError, match="is a vocabulary, not a guideline"):
        load("b12")


def test_all_errors_are_told_at_once_in_the_order_of_the_text(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "small.gdl",
        SMALL + "rule two\n    when nowhere\n    check ferritinn every year\n",
    )

    assert codes_of(path) == ["GDL202", "GDL204"]


def test_warnings_do_not_keep_a_guideline_from_being_used(tmp_path: Path) -> None:
    loaded = load(written(tmp_path, "small.gdl", SMALL))

    assert [d.code for d in loaded.diagnostics] == ["GDL404", "GDL405"]


# ---------------------------------------------------------------------- used files


def using(*names: str) -> str:
    return SMALL.replace("b12", ", ".join(("b12", *names)), 1)


def test_a_file_beside_the_guideline_comes_before_a_shipped_one(tmp_path: Path) -> None:
    written(
        tmp_path,
        "b12.gdl",
        'language 1\nvocabulary b12\ntest serum_b12 "my own label"\n',
    )
    graph = load(written(tmp_path, "small.gdl", SMALL)).graph

    assert graph.vocabulary.tests["serum_b12"].label == "my own label"


def test_parts_in_a_folder_below_are_found(tmp_path: Path) -> None:
    written(
        tmp_path,
        "parts/iron.gdl",
        "language 1\npart iron\nrule iron\n    check ferritin every year\n",
    )
    graph = load(written(tmp_path, "small.gdl", using("parts/iron"))).graph

    assert list(graph.rules) == ["annual", "iron"]


def test_the_order_of_the_used_files_does_not_matter(tmp_path: Path) -> None:
    for name in ("one", "two"):
        written(
            tmp_path,
            f"{name}.gdl",
            f"language 1\npart {name}\nrule {name}\n    check ferritin every year\n",
        )
    path = written(tmp_path, "small.gdl", using("one", "two"))
    before = load(path).graph
    path.write_text(using("two", "one"), encoding="utf-8")

    assert load(path).graph == before


def test_one_file_may_be_used_on_two_ways(tmp_path: Path) -> None:
    for name in ("one", "two"):
        written(tmp_path, f"{name}.gdl", f"language 1\npart {name}\n    uses b12\n")

    assert load(written(tmp_path, "small.gdl", using("one", "two"))).graph.rules


@pytest.mark.parametrize(
    "name",
    [
        "../secret",
        "/etc/passwd",
        "~/secret",
        "parts/../../secret",
        "C:/secret",
        "parts\\secret",
        "./secret",
        "parts//secret",
    ],
)
def test_no_path_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    written(tmp_path, "secret.gdl", "language 1\nvocabulary secret\n")
    path = written(tmp_path / "inside", "small.gdl", using(name))

    assert codes_of(path) == ["GDL222"]


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_no_link_leads_out_of_the_folder(tmp_path: Path) -> None:
    secret = written(tmp_path, "secret.gdl", "language 1\nvocabulary secret\n")
    path = written(tmp_path / "inside", "small.gdl", using("linked"))
    (path.parent / "linked.gdl").symlink_to(secret)

    assert codes_of(path) == ["GDL222"]


@pytest.mark.skipif(os.name != "posix", reason="there are no devices elsewhere")
def test_a_device_is_not_read(tmp_path: Path) -> None:
    path = written(tmp_path, "small.gdl", using("endless"))
    os.mkfifo(tmp_path / "endless.gdl")

    assert codes_of(path) == ["GDL220"]


def chain(folder: Path, length: int) -> Path:
    for number in range(1, length + 1):
        uses = f"    uses part_{number + 1}\n" if number < length else ""
        written(
            folder,
            f"part_{number}.gdl",
            f"language 1\npart part_{number}\n{uses}",
        )
    return written(folder, "small.gdl", using("part_1"))


def test_sixteen_files_may_use_one_another(tmp_path: Path) -> None:
    assert load(chain(tmp_path, 16)).graph.rules


def test_a_seventeenth_is_too_deep(tmp_path: Path) -> None:
    assert codes_of(chain(tmp_path, 17)) == ["GDL223"]


def test_a_file_that_uses_itself_is_refused(tmp_path: Path) -> None:
    assert codes_of(written(tmp_path, "small.gdl", using("small"))) == ["GDL221"]


def test_all_files_together_have_a_limit(tmp_path: Path) -> None:
    filler = "# " + "x" * (1 << 20)
    names = [f"part_{number}" for number in range(17)]
    for name in names:
        text = f"language 1\npart {name}\n{filler}"[: 1 << 20]
        written(tmp_path, f"{name}.gdl", text)

    assert set(codes_of(written(tmp_path, "small.gdl", using(*names)))) == {"GDL224"}


def test_an_error_in_a_used_file_is_told_there(tmp_path: Path) -> None:
    written(tmp_path, "iron.gdl", "language 1\npart iron\nrule iron\n")
    with pytest.raises(GuidelineError) as caught:
        load(written(tmp_path, "small.gdl", using("iron")))
    (error,) = (d for d in caught.value.diagnostics if d.code == "GDL215")
    assert error.place is not None

    assert error.place.text.name == f"{tmp_path}{os.sep}iron.gdl"


# -------------------------------------------------------------------------- cache


def kept(place: Path) -> list[Path]:
    return sorted(place.glob("*.json"))


def test_the_second_time_is_answered_without_the_parser(
    tmp_path: Path, own_cache: Path
) -> None:
    path = written(tmp_path, "small.gdl", SMALL)
    first = load(path)
    program = (
        "import sys; from b12guide.pipeline import load;"
        f"load({str(path)!r}); print(*sorted(sys.modules))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    assert len(kept(own_cache)) == 1
    assert "lark" not in answer.stdout.split()
    assert load(path) == first


def test_what_was_kept_equals_what_is_compiled() -> None:
    compiled = load("mecobalamin_im")

    assert load("mecobalamin_im") == compiled
    assert list(load("mecobalamin_im").graph.rules) == list(compiled.graph.rules)


def test_an_edit_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path, "small.gdl", SMALL)
    before = load(path).graph
    path.write_text(SMALL.replace("year", "month"), encoding="utf-8")

    assert load(path).graph != before


def test_an_edit_of_a_used_file_is_noticed(tmp_path: Path) -> None:
    iron = "language 1\npart iron\nrule iron\n    check ferritin every year\n"
    part = written(tmp_path, "iron.gdl", iron)
    path = written(tmp_path, "small.gdl", using("iron"))
    before = load(path).graph
    part.write_text(iron.replace("year", "month"), encoding="utf-8")

    assert load(path).graph != before


def test_a_new_file_in_front_of_a_shipped_one_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path, "small.gdl", SMALL)
    load(path)
    own = 'language 1\nvocabulary b12\ntest serum_b12 "my own label"\n'
    written(tmp_path, "b12.gdl", own)

    assert load(path).graph.vocabulary.tests["serum_b12"].label == "my own label"


def damaged(body: bytes) -> dict[str, bytes]:
    turned = body.replace(b"annual", b"annuel")
    foreign = json.dumps([[], [], [["os.system"], [0, "true"]]]).encode()
    return {
        "empty": b"",
        "cut short": body[: len(body) // 2],
        "turned": turned,
        "no JSON": b"\0" * 100,
        "a foreign class, well sealed": sha256(foreign).hexdigest().encode()
        + b"\n"
        + foreign,
        "another shape, well sealed": sha256(b"[]").hexdigest().encode() + b"\n[]",
        "deep, well sealed": sha256(b"[" * 10**5).hexdigest().encode()
        + b"\n"
        + b"[" * 10**5,
    }


@pytest.mark.parametrize("damage", damaged(b""))
def test_a_damaged_entry_is_compiled_again(
    tmp_path: Path, own_cache: Path, damage: str
) -> None:
    path = written(tmp_path, "small.gdl", SMALL)
    before = load(path)
    (entry,) = kept(own_cache)
    entry.write_bytes(damaged(entry.read_bytes())[damage])

    assert load(path) == before
    assert load(path) == before


@pytest.mark.skipif(os.name != "posix", reason="rights are other elsewhere")
def test_an_entry_that_others_may_write_is_not_believed(
    tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "small.gdl", SMALL)
    load(path)
    (entry,) = kept(own_cache)
    entry.chmod(0o666)
    read: list[object] = []
    monkeypatch.setattr(cache, "from_data", lambda *given: read.append(given))

    assert isinstance(load(path), Loaded)
    assert read == []


@pytest.mark.parametrize("place", ["", "/dev/null/cache"])
def test_a_place_that_cannot_be_written_is_no_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    path = written(tmp_path, "small.gdl", SMALL)
    monkeypatch.setenv("B12GUIDE_CACHE", place)

    assert load(path) == load(path)


def test_the_folder_follows_the_users_wishes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("B12GUIDE_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", "/home/somebody")

    assert cache.folder() == Path("/home/somebody/.cache/b12guide")
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert cache.folder() == Path("/elsewhere/b12guide")
    monkeypatch.setenv("B12GUIDE_CACHE", "")
    assert cache.folder() is None


def test_old_entries_make_room(tmp_path: Path, own_cache: Path) -> None:
    own_cache.mkdir()
    for number in range(80):
        entry = written(own_cache, f"{number:02}.json", "")
        os.utime(entry, (number, number))
    load(written(tmp_path, "small.gdl", SMALL))

    assert len(kept(own_cache)) == 64
    assert not (own_cache / "00.json").exists()
