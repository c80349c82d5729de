"""What reaches a console, a pipe or a file, whatever the console and the names in it."""

from __future__ import annotations

import errno
import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from b12guide.cli import main
from b12guide.cli.output import Content, Output, _safe, in_encoding, put
from b12guide.show.terminal import to_csv

pytestmark = pytest.mark.skipif(os.name != "posix", reason="other terminals elsewhere")

GUIDELINE = """\
language 1
vocabulary words
finding weary "Très fatigué \N{GRINNING FACE}"
measure level "Level"
    unit µg/L
guideline small "Small ≥ 10⁹"
    version   1.0.0
    revised   2026-01-01
rule rest
    when      weary
    note      "Prendre 5 µg"
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return furnished(tmp_path)


def furnished(folder: Path) -> Path:
    """The folder with a guideline and a patient in it."""
    (folder / "small.gdl").write_text(GUIDELINE, encoding="utf-8")
    (folder / "patient.json").write_text('{"facts": {"weary": true}}', "utf-8")
    return folder


def started(*arguments: str, redirected: str = "") -> list[str]:
    """The command, by way of a shell that redirects it."""
    words = [sys.executable, "-m", "b12guide.cli", *arguments]
    return ["/bin/sh", "-c", f'exec "$@" {redirected}', "sh", *words]


def surroundings(**settings: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **settings}


def run(
    place: Path, *arguments: str, redirected: str = "", **settings: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        started(*arguments, redirected=redirected),
        cwd=place,
        capture_output=True,
        check=False,
        env=surroundings(**settings),
        timeout=100,
    )


ONE_AFTER_THE_OTHER = """\
import json, os, sys
from b12guide.cli import main

for folder, words in json.load(sys.stdin):
    os.chdir(folder)
    for stream in (1, 2):
        file = os.open(f"shown{stream}", os.O_CREAT | os.O_WRONLY)
        os.dup2(file, stream)
        os.close(file)
    main(words)
    sys.stdout.flush()
    sys.stderr.flush()
"""


def run_all(
    commands: Iterable[tuple[Path, Sequence[str]]], **settings: str
) -> dict[tuple[str, ...], tuple[bytes, bytes]]:
    """What each command shows and says in its folder, all of them in one process.

    The encoding of a console is that of the process; what the streams lead to is changed below it.
    """
    asked = [(str(folder), [*words]) for folder, words in commands]
    subprocess.run(
        [sys.executable, "-c", ONE_AFTER_THE_OTHER],
        input=json.dumps(asked).encode(),
        check=True,
        env=surroundings(**settings),
        timeout=300,
    )
    return {
        tuple(words): (
            Path(folder, "shown1").read_bytes(),
            Path(folder, "shown2").read_bytes(),
        )
        for folder, words in asked
    }


# ------------------------------------------------------------------------- encodings

CONSOLES = {
    "utf-8": {"PYTHONIOENCODING": "utf-8"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "C": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
}

DATA = [
    "recommend patient.json -g small.gdl --format json",
    "recommend patient.json -g small.gdl --format html",
    "check small.gdl --format json",
    "graph -g small.gdl --format json",
    "graph -g small.gdl --format mermaid",
    "timeline patient.json -g small.gdl --start 2026-01-05 --format json",
    "timeline patient.json -g small.gdl --start 2026-01-05 --format csv",
    "timeline patient.json -g small.gdl --start 2026-01-05 --format svg",
    "lint small.gdl --format sarif",
    "test small.gdl --format junit",
]


@pytest.fixture(scope="module")
def on_consoles(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, dict[tuple[str, ...], tuple[bytes, bytes]]]:
    """What each command shows on each console, one process for each console."""
    found = {}
    for console, settings in CONSOLES.items():
        places = [furnished(tmp_path_factory.mktemp("place")) for _ in DATA]
        commands = zip(places, map(str.split, DATA), strict=True)
        found[console] = run_all(commands, **settings)
    return found


@pytest.mark.parametrize("console", [one for one in CONSOLES if one != "utf-8"])
@pytest.mark.parametrize("command", DATA)
def test_data_is_the_same_on_every_console(
    on_consoles: dict[str, dict[tuple[str, ...], tuple[bytes, bytes]]],
    command: str,
    console: str,
) -> None:
    words = command.split()
    usual, _ = on_consoles["utf-8"][*words]
    found, _ = on_consoles[console][*words]

    assert found == usual
    assert found.decode("utf-8")
    if words[-1] in {"json", "sarif"}:
        json.loads(found)
    if words[-1] in {"junit", "svg"}:
        ET.fromstring(found)  # noqa: S314 -- our own


def test_errors_in_json_are_json_on_every_console(place: Path) -> None:
    (place / "bad.json").write_text('{"fatigué": true}', encoding="utf-8")
    words = ("recommend", "bad.json", "-g", "small.gdl", "--format", "json")
    found = run(place, *words, PYTHONIOENCODING="ascii")

    assert "fatigué" in json.dumps(json.loads(found.stderr), ensure_ascii=False)


def test_formatted_text_of_a_pipe_is_what_it_was() -> None:
    found = subprocess.run(
        started("fmt", "-"),
        input=GUIDELINE.encode(),
        capture_output=True,
        check=True,
        env=surroundings(PYTHONIOENCODING="ascii"),
    )

    assert "Très fatigué \N{GRINNING FACE}" in found.stdout.decode("utf-8")


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "5 µg ≥ 10⁹, x10¹⁰/L, m², 1½, é, “a” \N{MINUS SIGN}3 … →"),
        ("cp1252", "5 µg >= 10^9, x10^10/L, m², 1½, é, “a” -3 … ->"),
        ("latin-1", '5 µg >= 10^9, x10^10/L, m², 1½, é, "a" -3 ... ->'),
        ("ascii", '5 ug >= 10^9, x10^10/L, m2, 1\\xbd, \\xe9, "a" -3 ... ->'),
    ],
)
def test_text_keeps_its_meaning_in_poorer_characters(encoding: str, shown: str) -> None:
    text = "5 µg ≥ 10⁹, x10¹⁰/L, m², 1½, é, “a” \N{MINUS SIGN}3 … →"

    assert in_encoding(text, encoding) == shown


@pytest.mark.parametrize("format_", ["png", "ics", "html", "json", "csv"])
def test_a_timeline_is_written_whole_in_every_format(
    place: Path, format_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    file = place / f"timeline.{format_}"
    file.write_bytes(b"before")
    file.chmod(0o600)
    words = ["timeline", "patient.json", "--start", "2026-01-05", "-o", file.name]

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as full:
        full.setattr(os, "fsync", fail)
        assert main([*words, "-g", "small.gdl", "--format", format_]) == 2
    assert file.read_bytes() == b"before"
    assert main([*words, "-g", "small.gdl", "--format", format_]) == 0
    assert file.read_bytes() != b"before"
    assert file.stat().st_mode & 0o777 == 0o600


# ------------------------------------------------------------------------- terminals

HOSTILE = "a\x1b]0;owned\x07\x1b[31mb\u202ec\x9b2Jd\x7f"


@pytest.fixture
def hostile(place: Path) -> str:
    return threatened(place)


def threatened(place: Path) -> str:
    """The name of a guideline there that would command the terminal."""
    name = f"{HOSTILE}.gdl"
    (place / name).write_text(GUIDELINE.replace("finding ", "finding    "))
    return name


COMMANDS = [
    ("fmt", "--check"),
    ("fmt", "--diff"),
    ("fmt",),
    ("check",),
    ("lint",),
    ("lint", "--format", "line"),
    ("lint", "--format", "github"),
    ("doc",),
    ("diff", "small.gdl"),
    ("cohort",),
    ("recommend",),
    ("audit", "patient.json"),
    ("explain", "rest", "patient.json", "-g"),
    ("explain",),
    ("recommend", "patient.json", "-o", "small.gdl/x", "-g"),
    ("no-such-option",),
    ("recommend", "patient.json", "--format"),
    ("compare", "--patients"),
    ("new", "guideline"),
]


def commands_nothing(shown: bytes) -> bool:
    text = shown.decode("utf-8", "surrogateescape")
    return not any(c in text for c in "\x1b\x07\x9b\x7f\u202e")


@pytest.fixture(scope="module")
def threats(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[tuple[str, ...], tuple[bytes, bytes]]:
    """What each command shows and says about a file with such a name."""
    places = [furnished(tmp_path_factory.mktemp("place")) for _ in COMMANDS]
    return run_all(
        (place, (*command, threatened(place)))
        for place, command in zip(places, COMMANDS, strict=True)
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_name_commands_the_terminal(
    threats: dict[tuple[str, ...], tuple[bytes, bytes]], command: tuple[str, ...]
) -> None:
    shown, said = threats[*command, f"{HOSTILE}.gdl"]

    assert shown or said
    assert commands_nothing(shown)
    assert commands_nothing(said)
    assert b"Traceback" not in said


def on_a_terminal(place: Path, *arguments: str) -> bytes:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        started(*arguments),
        cwd=place,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=surroundings(TERM="xterm", NO_COLOR=""),
    ):
        os.close(theirs)
        shown = b""
        while True:
            try:
                more = os.read(ours, 1 << 16)
            except OSError:  # as Linux tells that nobody writes any more
                break
            if not more:
                break
            shown += more
    os.close(ours)
    return shown


@pytest.mark.parametrize(
    "command", [("fmt", "--diff"), ("check",), ("fmt", "--check")], ids=" ".join
)
def test_only_our_own_colours_reach_a_terminal(
    place: Path, hostile: str, command: tuple[str, ...]
) -> None:
    shown = on_a_terminal(place, *command, hostile)

    assert b"owned" in shown
    for ours in (b"0", b"1", b"1;31", b"1;33", b"1;34", b"1;36", b"2", b"32", b"33"):
        shown = shown.replace(b"\x1b[" + ours + b"m", b"")
    assert commands_nothing(shown)


def test_colours_that_are_not_ours_are_named() -> None:
    text = "\x1b[1;31mours\x1b[0m \x1b[31mtheirs \x1b[8m \x1b[1;31"

    assert _safe(text, Content.TEXT, is_coloured=True) == (
        "\x1b[1;31mours\x1b[0m <U+001B>[31mtheirs <U+001B>[8m <U+001B>[1;31"
    )
    assert "\x1b" not in _safe(text, Content.TEXT, is_coloured=False)


def test_data_on_a_terminal_commands_nothing() -> None:
    """A pipe gets data as they are; a terminal would obey them."""
    program = (
        "from b12guide.cli.output import *;"
        r"put(Output(text='a,\x1b[31mb\n', content=Content.DATA))"
    )
    ours, theirs = pty.openpty()
    words = [sys.executable, "-c", program]
    subprocess.run(words, stdout=theirs, check=True, env=surroundings())
    os.close(theirs)

    assert os.read(ours, 1000) == b"a,<U+001B>[31mb\r\n"
    os.close(ours)
    piped = subprocess.run(words, capture_output=True, check=True, env=surroundings())
    assert piped.stdout == b"a,\x1b[31mb\n"


def test_json_spells_what_would_command_a_terminal(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    said = "a\x9b\u202e\u2028\udcff\U000e0041µ"
    text = json.dumps({said: "\x1b"}, ensure_ascii=False)
    put(Output(text=text, content=Content.JSON))
    found = capsysbinary.readouterr().out

    assert json.loads(found) == {said: "\x1b"}
    assert found == rb'{"a\u009b\u202e\u2028\udcff\udb40\udc41' + 'µ": "'.encode() + (
        rb'\u001b"}'
    )


def test_half_a_character_does_no_harm_to_data(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    put(Output(text="a\udcffb", content=Content.DATA))

    assert capsysbinary.readouterr().out == b"a?b"


# ------------------------------------------------------------- closed streams, Ctrl-C


ONE_OF_THEM = [">&-", "<&-", "2>&-"]
ALL_OF_THEM = "<&- >&- 2>&-"
READING = [("check", "-"), ("recommend", "-"), ("lsp",)]
WRITING = [
    ("recommend", "patient.json", "-g", "small.gdl"),
    ("recommend", "patient.json", "-g", "small.gdl", "-o", "answer"),
]
OTHERS = [("doc",), ("audit", "-", "-"), ("no-such-command",), ("--help",)]
CLOSED = [
    *product((*READING, *WRITING, *OTHERS), [ALL_OF_THEM]),
    *product((*READING[1:], *WRITING), ONE_OF_THEM),
    # What is read, shown or said in one way goes through one door: once each will do.
    *zip((*OTHERS[:2], OTHERS[2]), [">&-", "<&-", "2>&-"], strict=True),
    (READING[0], "<&-"),
    (OTHERS[3], ">&-"),
]


@pytest.mark.parametrize(("command", "redirected"), CLOSED)
def test_closed_streams_are_no_mistake_of_ours(
    place: Path, command: tuple[str, ...], redirected: str
) -> None:
    found = subprocess.run(
        started(*command, redirected=redirected),
        cwd=place,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        env=surroundings(),
        timeout=100,
    )

    assert found.returncode in {0, 1, 2}
    assert b"Traceback" not in found.stderr
    assert b"mistake" not in found.stderr
    if "-o" in command:
        answer = (place / "answer").read_text("utf-8")
        assert "education" in answer


def test_no_file_takes_the_number_of_a_closed_stream(place: Path) -> None:
    """What a library writes to standard error would stand in the file of the advice."""
    program = (
        "import os, sys; from b12guide.cli.command import _reserve_standard_streams;"
        "_reserve_standard_streams(); file = os.open('out', os.O_CREAT | os.O_WRONLY);"
        "os.write(file, str(file > 2).encode()); os.write(2, b'noise')"
    )
    words = ["/bin/sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, "-c"]
    subprocess.run([*words, program], cwd=place, check=True, env=surroundings())

    assert (place / "out").read_bytes() == b"True"


def test_a_closed_output_is_told(place: Path) -> None:
    found = run(place, "recommend", "patient.json", "-g", "small.gdl", redirected=">&-")

    assert found.returncode == 2
    assert (
        found.stderr == b"error: cannot write the output: standard output is closed\n"
    )


def test_standard_input_that_is_no_text_is_refused(place: Path) -> None:
    found = run(place, "check", "-", redirected="<&-")

    assert found.returncode == 2
    assert b"standard input cannot be read: it is closed" in found.stderr


def test_a_reader_that_has_seen_enough_is_no_trouble(place: Path) -> None:
    words = [sys.executable, "-m", "b12guide.cli", "doc"]
    with subprocess.Popen(
        words,
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=surroundings(),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()

    assert process.returncode == 0
    assert told == b""


STARTING = """\
import os, signal, sys
sys.argv = ["b12guide"] if {is_command} else ["something.py"]
import b12guide  # as the first thing that the command imports

class Late:
    # Finds no module; is asked while the command imports its own.
    def find_spec(self, name, path, target=None):
        if name == "{module}":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Late())
from b12guide.cli import run
run()
"""


@pytest.mark.parametrize(
    "module", ["b12guide.cli", "attrs", "click", "b12guide.errors"]
)
def test_ctrl_c_is_heard_while_the_command_starts(module: str) -> None:
    program = STARTING.format(module=module, is_command=True)
    found = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=False,
        env=surroundings(),
    )

    assert found.returncode == 130
    assert found.stderr.strip() == b""  # click ends the line


def test_ctrl_c_stays_what_it_is_in_a_program() -> None:
    program = STARTING.format(module="attrs", is_command=False)
    found = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=False,
        env=surroundings(),
    )

    assert b"KeyboardInterrupt" in found.stderr


def test_ctrl_c_is_heard_while_the_command_waits(place: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "b12guide.cli", "recommend", "-"],
        cwd=place,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=surroundings(),
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        told = process.stderr.read()

    assert process.returncode == 130
    assert b"Traceback" not in told


# ------------------------------------------------------------------------------- CSV


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-a", "'-a"),
        ("\t=1", "'\t=1"),
        ("-5", "-5"),
        ("+2.5", "+2.5"),
        ("=5", "'=5"),
        ("a=1", "a=1"),
    ],
)
def test_no_text_is_a_formula(cell: str, written: str) -> None:
    table = to_csv(("id", "text"), [{"id": cell, "text": cell}], exact=("id",))

    assert table == f"id,text\n{cell},{written}\n"


def test_a_file_is_named_as_it_is_told(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    (place / "two\nlines.gdl").write_text("language 1\nvocabulary a\nfinding  b\n")
    main(["fmt", "--check", "two\nlines.gdl"])

    assert "would change: two<U+000A>lines.gdl\n" in capsys.readouterr().out
