"""From the name of a guideline to its graph, by way of the cache."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

import b12guide
from b12guide import cache, written
from b12guide.diagnostics import Severity
from b12guide.errors import GuidelineError
from b12guide.graph.data import digest_of
from b12guide.graph.model import Loaded, Regimens, RuleGraph, Status
from b12guide.library import locate
from b12guide.pipeline import check, compile_shipped, load
from b12guide.regimen.phase import Dose

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
    cache.forget()
    return place


def placed(folder: Path, name: str, characters: str) -> Path:
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
    path = placed(tmp_path, "small.gdl", SMALL)

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
    path = placed(
        tmp_path,
        "small.gdl",
        SMALL + "rule two\n    when nowhere\n    check ferritinn every year\n",
    )

    assert codes_of(path) == ["GDL202", "GDL204"]


def test_warnings_do_not_keep_a_guideline_from_being_used(tmp_path: Path) -> None:
    loaded = load(placed(tmp_path, "small.gdl", SMALL))

    assert [d.code for d in loaded.diagnostics] == ["GDL404", "GDL405"]


# ---------------------------------------------------------------------- used files


def using(*names: str) -> str:
    return SMALL.replace("b12", ", ".join(("b12", *names)), 1)


def test_a_file_beside_the_guideline_comes_before_a_shipped_one(tmp_path: Path) -> None:
    placed(
        tmp_path,
        "b12.gdl",
        'language 1\nvocabulary b12\ntest serum_b12 "my own label"\n',
    )
    graph = load(placed(tmp_path, "small.gdl", SMALL)).graph

    assert graph.vocabulary.tests["serum_b12"].label == "my own label"


def test_parts_in_a_folder_below_are_found(tmp_path: Path) -> None:
    placed(
        tmp_path,
        "parts/iron.gdl",
        "language 1\npart iron\nrule iron\n    check ferritin every year\n",
    )
    graph = load(placed(tmp_path, "small.gdl", using("parts/iron"))).graph

    assert list(graph.rules) == ["annual", "iron"]


def test_the_order_of_the_used_files_does_not_matter(tmp_path: Path) -> None:
    for name in ("one", "two"):
        placed(
            tmp_path,
            f"{name}.gdl",
            f"language 1\npart {name}\nrule {name}\n    check ferritin every year\n",
        )
    path = placed(tmp_path, "small.gdl", using("one", "two"))
    before = load(path).graph
    path.write_text(using("two", "one"), encoding="utf-8")

    assert load(path).graph == before


def test_one_file_may_be_used_on_two_ways(tmp_path: Path) -> None:
    for name in ("one", "two"):
        placed(tmp_path, f"{name}.gdl", f"language 1\npart {name}\n    uses b12\n")

    assert load(placed(tmp_path, "small.gdl", using("one", "two"))).graph.rules


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
    placed(tmp_path, "secret.gdl", "language 1\nvocabulary secret\n")
    path = placed(tmp_path / "inside", "small.gdl", using(name))

    assert codes_of(path) == ["GDL222"]


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_no_link_leads_out_of_the_folder(tmp_path: Path) -> None:
    secret = placed(tmp_path, "secret.gdl", "language 1\nvocabulary secret\n")
    path = placed(tmp_path / "inside", "small.gdl", using("linked"))
    (path.parent / "linked.gdl").symlink_to(secret)

    assert codes_of(path) == ["GDL222"]


@pytest.mark.skipif(os.name != "posix", reason="there are no devices elsewhere")
def test_a_device_is_not_read(tmp_path: Path) -> None:
    path = placed(tmp_path, "small.gdl", using("endless"))
    os.mkfifo(tmp_path / "endless.gdl")

    assert codes_of(path) == ["GDL220"]


def chain(folder: Path, length: int) -> Path:
    for number in range(1, length + 1):
        uses = f"    uses part_{number + 1}\n" if number < length else ""
        placed(folder, f"part_{number}.gdl", f"language 1\npart part_{number}\n{uses}")
    return placed(folder, "small.gdl", using("part_1"))


def test_sixteen_files_may_use_one_another(tmp_path: Path) -> None:
    assert load(chain(tmp_path, 16)).graph.rules


def test_a_seventeenth_is_too_deep(tmp_path: Path) -> None:
    assert codes_of(chain(tmp_path, 17)) == ["GDL223"]


def test_a_file_that_uses_itself_is_refused(tmp_path: Path) -> None:
    assert codes_of(placed(tmp_path, "small.gdl", using("small"))) == ["GDL221"]


def test_all_files_together_have_a_limit(tmp_path: Path) -> None:
    filler = "# " + "x" * (1 << 20)
    names = [f"part_{number}" for number in range(17)]
    for name in names:
        text = f"language 1\npart {name}\n{filler}"[: 1 << 20]
        placed(tmp_path, f"{name}.gdl", text)

    assert set(codes_of(placed(tmp_path, "small.gdl", using(*names)))) == {"GDL224"}


def test_an_error_in_a_used_file_is_told_there(tmp_path: Path) -> None:
    placed(tmp_path, "iron.gdl", "language 1\npart iron\nrule iron\n")
    with pytest.raises(GuidelineError) as caught:
        load(placed(tmp_path, "small.gdl", using("iron")))
    (error,) = (d for d in caught.value.diagnostics if d.code == "GDL215")
    assert error.place is not None

    assert error.place.text.name == f"{tmp_path}{os.sep}iron.gdl"


# -------------------------------------------------------------- what was loaded before


def again(path: Path | str) -> Loaded:
    """Load it as another process would."""
    cache.forget()
    return load(path)


@pytest.fixture(params=[load, again], ids=["in memory", "in the folder"])
def once_more(request: pytest.FixtureRequest) -> Callable[[Path], Loaded]:
    found: Callable[[Path], Loaded] = request.param
    return found


def test_what_is_in_memory_is_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("B12GUIDE_CACHE", "")
    paths = [placed(tmp_path, f"small_{n}.gdl", SMALL) for n in range(100)]
    before = [load(path) for path in paths]
    monkeypatch.setattr(written, "check", None)

    assert all(load(path) is known for path, known in zip(paths, before, strict=True))


def test_the_first_are_packed_and_then_make_room_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [placed(tmp_path, f"{name}.gdl", SMALL) for name in ("one", "two")]
    one, two = (locate(path) for path in paths)
    before = load(paths[0])
    size = sum(len(text.characters) for text in before.texts)
    monkeypatch.setattr(cache, "_MOST_AT_HAND", size + 10)
    load(paths[1])
    packed = cache.recall(one)

    assert packed == before
    assert packed is not before
    assert packed.texts == before.texts
    assert packed.graph.rules["annual"].place == before.graph.rules["annual"].place
    assert cache.recall(two) is cache.recall(two)
    monkeypatch.setattr(cache, "_MOST_PACKED", 10)
    load(placed(tmp_path, "three.gdl", SMALL))
    assert cache.recall(one) is None
    assert cache.recall(two) is None


def test_an_edit_of_a_packed_guideline_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_MOST_AT_HAND", 0)
    path = placed(tmp_path, "small.gdl", SMALL)
    before = load(path)
    assert cache.recall(locate(path)) == before
    path.write_text(SMALL.replace("year", "month"), encoding="utf-8")

    assert cache.recall(locate(path)) is None
    assert load(path).graph != before.graph


def test_an_edit_is_noticed(
    tmp_path: Path, once_more: Callable[[Path], Loaded]
) -> None:
    path = placed(tmp_path, "small.gdl", SMALL)
    before = load(path).graph
    path.write_text(SMALL.replace("year", "month"), encoding="utf-8")

    assert once_more(path).graph != before


def test_an_edit_of_a_used_file_is_noticed(
    tmp_path: Path, once_more: Callable[[Path], Loaded]
) -> None:
    iron = "language 1\npart iron\nrule iron\n    check ferritin every year\n"
    part = placed(tmp_path, "iron.gdl", iron)
    path = placed(tmp_path, "small.gdl", using("iron"))
    before = load(path).graph
    part.write_text(iron.replace("year", "month"), encoding="utf-8")

    assert once_more(path).graph != before


def test_a_new_file_in_front_of_a_shipped_one_is_noticed(
    tmp_path: Path, once_more: Callable[[Path], Loaded]
) -> None:
    path = placed(tmp_path, "small.gdl", SMALL)
    load(path)
    own = 'language 1\nvocabulary b12\ntest serum_b12 "my own label"\n'
    placed(tmp_path, "b12.gdl", own)

    assert once_more(path).graph.vocabulary.tests["serum_b12"].label == "my own label"


def test_without_the_cache_nothing_is_read_or_kept(
    tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = placed(tmp_path, "small.gdl", SMALL)
    for name in ("recall", "remember", "fetch", "store"):
        monkeypatch.setattr(cache, name, None)

    assert b12guide.load(path, cache=False).graph.rules
    assert b12guide.load("mecobalamin_im", cache=False).graph.rules
    assert not own_cache.exists()


# ------------------------------------------------------------------ the cache folder


def kept(place: Path) -> list[Path]:
    return sorted(place.glob("*.json"))


def modules_after_loading(path: Path | str) -> list[str]:
    program = (
        "import sys; from b12guide.pipeline import load;"
        f"load({str(path)!r}); print(*sorted(sys.modules))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        timeout=100,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return answer.stdout.split()


def test_the_second_time_is_answered_without_the_parser(
    tmp_path: Path, own_cache: Path
) -> None:
    path = placed(tmp_path, "small.gdl", SMALL)
    first = load(path)

    assert len(kept(own_cache)) == 1
    assert "lark" not in modules_after_loading(path)
    assert again(path) == first


@pytest.mark.parametrize("file", ["mecobalamin_im", "mecobalamin_im.gdl"])
def test_what_was_kept_equals_what_is_compiled(root: Path, file: str) -> None:
    path: Path | str = root / "guidelines" / file if "." in file else file
    compiled = load(path, cached=False)
    load(path)
    found = again(path)

    assert found == compiled
    assert list(found.graph.rules) == list(compiled.graph.rules)


def test_every_byte_of_an_entry_counts(tmp_path: Path, own_cache: Path) -> None:
    own = 'language 1\nvocabulary own\ntest serum_b12 "B12"\n'
    placed(tmp_path, "own.gdl", own)
    path = placed(tmp_path, "small.gdl", SMALL.replace("b12\n", "own\n", 1))
    load(path)
    (entry,) = kept(own_cache)
    good = entry.read_bytes()
    library = locate(path)
    believed = []
    assert cache.fetch(library) is not None
    for at in range(len(good)):
        turned = bytes([good[at] ^ 1])
        entry.write_bytes(good[:at] + turned + good[at + 1 :])
        if cache.fetch(library) is not None:
            believed.append(at)

    assert believed == []
    assert again(path).graph.rules


def resealed(path: Path, entry: Path, body: bytes) -> None:
    """Write an entry that says `body`, with the seal that belongs to it."""
    key = cache._key(locate(path))
    assert key is not None
    entry.write_bytes(cache._seal(key, body) + b"\n" + body)


def changed(body: bytes, change: Callable[[Any], Any]) -> bytes:
    return json.dumps(change(json.loads(body)), separators=(",", ":")).encode()


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut short": lambda body: body[: len(body) // 2],
    "no JSON": lambda _: b"\0" * 100,
    "a foreign class": lambda _: b'[[], [], [["os.system"], ["true", [0, 0]]]]',
    "rows to come": lambda body: body.replace(b"[-1,", b"[-1,99999,", 1),
    "no rows": lambda _: b"[[], [], [[], []]]",
    "another shape": lambda _: b"[]",
    "deep": lambda _: b"[" * 10**5,
    "a fraction of nothing": lambda body: body.replace(b"[-3,1000,1]", b"[-3,1,0]"),
    "a fraction of text": lambda body: body.replace(b"[-3,1000,1]", b'[-3,"x",1]'),
    "no rules": lambda body: body.replace(b',"loading_dose",', b',"l",'),
    "a huge number": lambda body: body.replace(b"1000", b"9" * 5000),
    "a file that is not there": lambda body: body.replace(b'"b12"', b'"b13"'),
}

DOSED = """\
language 1
guideline dosed "Dosed"
    version   1.0.0
    revised   2026-01-01
    status    under review
    uses      b12
rule loading_dose
    load      hydroxocobalamin 1000 µg IM on alternate days for 2 weeks
rule annual
    check     serum_b12 every year
"""


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_entry_is_compiled_again(
    tmp_path: Path, own_cache: Path, damage: str
) -> None:
    path = placed(tmp_path, "dosed.gdl", DOSED)
    before = load(path)
    (entry,) = kept(own_cache)
    body = entry.read_bytes().partition(b"\n")[2]
    damaged = DAMAGES[damage](body)
    assert damaged != body
    resealed(path, entry, damaged)

    assert again(path) == before
    assert again(path) == before


def with_dose(graph: RuleGraph, dose: Dose) -> RuleGraph:
    rule = graph.rules["loading_dose"]
    assert isinstance(rule.value, Regimens)
    (regimen,) = rule.value.regimens
    (phase,) = regimen.phases
    told = evolve(regimen, phases=(evolve(phase, dose=dose),))
    forged = evolve(rule, value=Regimens(regimens=(told,)))
    return evolve(graph, rules={**graph.rules, "loading_dose": forged})


FORGERIES: dict[str, Callable[[RuleGraph], RuleGraph]] = {
    "another dose": lambda graph: with_dose(graph, Dose(9000, 9000, "µg")),  # type: ignore[arg-type]
    "another unit": lambda graph: with_dose(graph, Dose(1000, 1000, "mg")),  # type: ignore[arg-type]
    "approved": lambda graph: evolve(
        graph, status=Status.APPROVED, approved_by="A board", approved_on="2026-01-01"
    ),
    "submitted": lambda graph: evolve(graph, status=Status.SUBMITTED),
    "a rule less": lambda graph: evolve(
        graph, rules={"loading_dose": graph.rules["loading_dose"]}
    ),
    "another condition": lambda graph: evolve(
        graph, scope=next(iter(load("mecobalamin_im").graph.rules.values())).condition
    ),
}


@pytest.mark.parametrize("knows_the_digest", [False, True])
@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_well_sealed_forgery_is_not_believed(
    tmp_path: Path, own_cache: Path, forgery: str, knows_the_digest: bool
) -> None:
    """Somebody with the user's own rights writes an entry, digest, seal and all."""
    path = placed(tmp_path, "dosed.gdl", DOSED)
    genuine = load(path)
    (entry,) = kept(own_cache)
    forged = evolve(genuine, graph=FORGERIES[forgery](genuine.graph))
    if knows_the_digest:
        digest = digest_of(forged.graph)
        forged = evolve(forged, graph=evolve(forged.graph, digest=digest))
    library = locate(path)
    content = cache.sealed(library, check(path).used, forged)
    assert content is not None
    entry.write_bytes(content)
    found = again(path).graph

    if forgery == "another condition" and knows_the_digest:
        assert (
            found.digest != genuine.graph.digest
        )  # it cannot pass as what was approved
    else:
        assert found == genuine.graph


def test_an_approval_is_believed_for_the_digest_that_it_covers(
    tmp_path: Path, own_cache: Path
) -> None:
    path = placed(tmp_path, "dosed.gdl", DOSED)
    digest = load(path).graph.digest
    approval = f'approved by "A board" on 2026-01-01 covering {digest}'
    path.write_text(DOSED.replace("under review", approval), encoding="utf-8")
    load(path)

    assert len(kept(own_cache)) == 2
    assert "lark" not in modules_after_loading(path)
    found = cache.fetch(locate(path))
    assert found is not None
    assert found[1].graph.status is Status.APPROVED


def test_an_approval_in_a_comment_approves_nothing(
    tmp_path: Path, own_cache: Path
) -> None:
    path = placed(tmp_path, "dosed.gdl", DOSED)
    digest = load(path).graph.digest
    approval = f'# status approved by "A board" on 2026-01-01 covering {digest}\n'
    path.write_text(approval + DOSED, encoding="utf-8")
    genuine = load(path)
    approved = evolve(
        genuine,
        graph=evolve(
            genuine.graph,
            status=Status.APPROVED,
            approved_by="A board",
            approved_on="2026-01-01",
        ),
    )
    content = cache.sealed(locate(path), check(path).used, approved)
    assert content is not None
    for entry in kept(own_cache):
        entry.write_bytes(content)

    assert again(path).graph.status is Status.UNDER_REVIEW


def test_an_entry_is_for_the_files_that_it_was_made_of(
    tmp_path: Path, own_cache: Path
) -> None:
    path = placed(tmp_path, "dosed.gdl", DOSED)
    load(path)
    (old,) = kept(own_cache)
    content = old.read_bytes()
    old.unlink()
    path.write_text(DOSED.replace("every year", "every month"), encoding="utf-8")
    genuine = load(path)
    (new,) = kept(own_cache)
    assert new != old
    new.write_bytes(content)

    assert cache.fetch(locate(path)) is None
    assert again(path) == genuine


@pytest.mark.skipif(os.name != "posix", reason="rights are other elsewhere")
def test_only_the_users_own_regular_files_are_read(
    tmp_path: Path, own_cache: Path
) -> None:
    path = placed(tmp_path, "small.gdl", SMALL)
    load(path)
    (entry,) = kept(own_cache)
    good = entry.read_bytes()
    beside = placed(tmp_path, "good.json", "")
    beside.write_bytes(good)
    beside.chmod(0o600)
    assert cache.fetch(locate(path)) is not None
    entry.chmod(0o666)
    assert cache.fetch(locate(path)) is None
    entry.unlink()
    entry.symlink_to(beside)
    assert cache.fetch(locate(path)) is None
    entry.unlink()
    entry.mkdir()
    assert cache.fetch(locate(path)) is None
    entry.rmdir()
    os.mkfifo(entry, 0o600)
    with pytest.raises(PermissionError):
        cache._read_own(entry)

    assert "lark" in modules_after_loading(path)  # and does not wait for ever


def test_a_file_that_is_guarded_better_than_the_cache_is_not_kept(
    tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = placed(tmp_path, "small.gdl", SMALL)
    load(path)
    assert cache.fetch(locate(path)) is not None
    with monkeypatch.context() as other:
        other.setattr(os, "getuid", lambda: 12345)
        other.setattr(os, "access", lambda *_: False)
        assert not cache._may_be_changed(locate(path))
    monkeypatch.setattr(cache, "_may_be_changed", lambda _: False)

    assert cache.fetch(locate(path)) is None
    shutil.rmtree(own_cache)
    again(path)
    assert not own_cache.exists()


@pytest.mark.parametrize("place", ["", "/dev/null/cache"])
def test_a_place_that_cannot_be_written_is_no_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    path = placed(tmp_path, "small.gdl", SMALL)
    monkeypatch.setenv("B12GUIDE_CACHE", place)

    assert again(path) == again(path)


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


@pytest.fixture
def crowded(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder that is about to be cleaned, with 80 entries of 10 bytes."""
    monkeypatch.setattr(cache, "_stores", 0)
    own_cache.mkdir()
    for number in range(80):
        entry = placed(own_cache, f"{number:02}.json", "x" * 10)
        os.utime(entry, (number, number))
    return own_cache


def test_the_oldest_entries_make_room(
    tmp_path: Path, crowded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_MOST_ENTRIES", 64)
    load(placed(tmp_path, "small.gdl", SMALL))

    assert len(kept(crowded)) == 64
    assert not (crowded / "00.json").exists()
    assert (crowded / "79.json").exists()


def test_entries_make_room_for_their_size(
    tmp_path: Path, crowded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_MOST_BYTES", 300)
    load(placed(tmp_path, "small.gdl", SMALL))

    assert len(kept(crowded)) == 31


def test_drafts_that_were_left_behind_are_cleared_away(
    tmp_path: Path, crowded: Path
) -> None:
    old, new = (placed(crowded, f".{name}.part", "") for name in ("old", "new"))
    foreign = placed(crowded, "notes.txt", "mine")
    os.utime(old, (0, 0))
    os.utime(foreign, (0, 0))
    load(placed(tmp_path, "small.gdl", SMALL))

    assert not old.exists()
    assert new.exists()  # somebody may be writing it now
    assert foreign.exists()


def test_no_draft_is_left_where_an_entry_cannot_be_put_in_place(
    tmp_path: Path, own_cache: Path
) -> None:
    path = placed(tmp_path, "small.gdl", SMALL)
    load(path)
    (entry,) = kept(own_cache)
    entry.unlink()
    entry.mkdir()  # nothing can replace a folder
    placed(entry, "inside", "")
    again(path)

    assert [*own_cache.iterdir()] == [entry]


# ---------------------------------------------------------------- shipped guidelines


def test_a_shipped_guideline_is_never_sought_in_a_folder_of_the_user(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_read_own", None)
    again("mecobalamin_im")

    assert not own_cache.exists()


def test_a_shipped_guideline_is_compiled_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_shipped", lambda library: tmp_path / library.main.name)
    library = locate("mecobalamin_im")
    assert cache.fetch(library) is None
    compile_shipped(tmp_path / "compiled")
    (file,) = (tmp_path / "compiled").glob("mecobalamin_im*")
    monkeypatch.setattr(cache, "_shipped", lambda _: file)
    monkeypatch.setattr(written, "check", None)

    assert again("mecobalamin_im").graph.rules
    file.write_bytes(file.read_bytes().replace(b"1000", b"9000"))
    assert cache.fetch(library) is None


def test_the_engine_is_all_that_compiling_imports() -> None:
    program = "import sys, b12guide.written; print(*sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    imported = {
        "/".join(name.split(".")[1:])
        for name in answer.stdout.split()
        if name.startswith("b12guide.")
    }
    digested = {
        name.strip("/").removesuffix(".py").removesuffix("/__init__")
        for name, _ in cache._modules()
    }

    assert imported - digested == set()


def test_the_engine_goes_by_its_content_alone(root: Path, tmp_path: Path) -> None:
    """Reproducible builds give every file one time; a changed table may keep its size."""
    source = tmp_path / "src" / "b12guide"
    shutil.copytree(
        root / "src" / "b12guide", source, ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("grammar", "guidelines"):
        shutil.copytree(root / name, tmp_path / name)

    def engine() -> str:
        return subprocess.run(
            [sys.executable, "-c", "import b12guide.cache as c; print(c._engine())"],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(tmp_path / "src")},
        ).stdout.strip()

    first = engine()
    assert first == cache._engine()
    table = source / "values" / "unit.py"
    status = table.stat()
    os.utime(table, (1, 1))
    assert engine() == first
    characters = table.read_text(encoding="utf-8")
    assert "1000" in characters
    table.write_text(characters.replace("1000", "2000", 1), encoding="utf-8")
    os.utime(table, ns=(status.st_atime_ns, status.st_mtime_ns))

    assert table.stat().st_size == status.st_size
    assert engine() != first
