"""`b12guide new`."""

from __future__ import annotations

from pathlib import Path

import pytest

import b12guide
from b12guide.cli import main
from b12guide.library import shipped
from b12guide.syntax import grammar
from b12guide.values.term import Kind


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_start_stands_every_trial(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "guideline", "first_steps"]) == 0
    assert capsys.readouterr().out == (
        "wrote first_steps.gdl; now try\n"
        "  b12guide check first_steps.gdl\n"
        "  b12guide test first_steps.gdl\n"
    )

    for trial, said in (
        (["check", "--strict"], "nothing to report: it can be used"),
        (["fmt", "--check"], "1 file formatted already"),
        (["lint"], "nothing to report"),
        (["test"], "1 example with 1 expectation: 1 passed"),
        (["prove"], "4 claims: 4 proved"),
    ):
        assert main([*trial, "first_steps.gdl"]) == 0
        assert said in capsys.readouterr().out

    head = Path("first_steps.gdl").read_text(encoding="utf-8")
    assert '\nguideline first_steps "First steps"\n' in head


def test_a_vocabulary_to_begin_with_can_be_used(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["new", "vocabulary", "iron_words"]) == 0
    assert capsys.readouterr().out == (
        "wrote iron_words.gdl; now try\n"
        "  b12guide check iron_words.gdl\n"
        "  b12guide words -g iron_words.gdl\n"
    )
    for trial, said in (
        (["check", "--strict"], "nothing to report: it can be used"),
        (["fmt", "--check"], "1 file formatted already"),
        (["lint"], "nothing to report"),
        (["words", "anemia", "-g"], "anaemia"),
    ):
        assert main([*trial, "iron_words.gdl"]) == 0
        assert said in capsys.readouterr().out

    head = Path("iron_words.gdl").read_text(encoding="utf-8")
    assert '\nvocabulary iron_words "Iron words"\n' in head
    kinds = {word.kind for word in b12guide.words("iron_words.gdl")}
    assert kinds == {kind.value for kind in Kind}


def test_a_vocabulary_without_a_usable_name_is_not_begun(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, suggestion in (("", "my_vocabulary"), ("2nd", "vocabulary_2nd")):
        assert main(["new", "vocabulary", name]) == 2
        assert f"how about `{suggestion}`?" in capsys.readouterr().err
    assert not any(Path().iterdir())


def test_a_file_that_is_there_is_not_overwritten(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("mine.gdl").write_text("mine", encoding="utf-8")
    Path("nowhere.gdl").symlink_to("gone.gdl")

    for name in ("mine", "nowhere"):
        assert main(["new", "guideline", name]) == 2
        assert "it is not overwritten" in capsys.readouterr().err
    assert Path("mine.gdl").read_text(encoding="utf-8") == "mine"
    assert not Path("gone.gdl").exists()


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("first steps", "first_steps"),
        ("2nd", "guideline_2nd"),
        ("rule", "my_rule"),
        ("b12", "my_b12"),
        ("b12.gdl", "my_b12"),
        ("Ärzte-Blatt.gdl", "Arzte_Blatt"),
        ("folder/mine.gdl", "mine"),
        ("", "my_guideline"),
        ("日本", "my_guideline"),
        ("_", "my_guideline"),
        ("x" * 101, "x" * 100),
    ],
)
def test_a_name_that_cannot_be_used_is_refused_with_one_that_can(
    name: str, suggestion: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "guideline", name]) == 2
    assert f"how about `{suggestion}`?" in capsys.readouterr().err
    assert not any(Path().iterdir())
    assert main(["new", "guideline", suggestion]) == 0
    assert main(["fmt", "--check", f"{suggestion}.gdl"]) == 0


def test_no_word_of_the_language_makes_a_file_that_cannot_be_read() -> None:
    words = {terminal.pattern.value for terminal in grammar.parser().terminals}
    for word in sorted(word for word in words if word.isalpha())[::9]:
        code = main(["new", "guideline", word])

        assert code in {0, 2}
        assert Path(f"{word}.gdl").exists() is (code == 0)
        assert code or main(["fmt", "--check", f"{word}.gdl"]) == 0


def test_the_file_goes_where_one_wants_it(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a folder").mkdir()

    assert main(["new", "guideline", "mine", "-o", "a folder"]) == 0
    assert "b12guide check 'a folder/mine.gdl'" in capsys.readouterr().out
    assert main(["new", "guideline", "mine", "--output", "other.gdl"]) == 0
    assert Path("other.gdl").read_bytes() == Path("a folder/mine.gdl").read_bytes()
    assert main(["new", "guideline", "mine", "-o", "gone/mine.gdl"]) == 2
    assert "cannot write gone/mine.gdl: no such file" in capsys.readouterr().err


def test_the_template_is_no_guideline_that_can_be_asked() -> None:
    assert shipped().keys() & {"guideline", "start"} == set()
