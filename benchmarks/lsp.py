"""From a keystroke to the diagnostics, in a real conversation with the language server.

The file has 5,000 lines: the rules of the shipped guideline, over and over under other names. An
editor types a new rule into the middle of it, letter by letter, and takes it out again; the clock
runs from the message with the letter to the diagnostics of that version. `b12guide check` on the
same file, its parser ready, is the yardstick.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from timing import Aim, aims, sized, table

from b12guide import written
from b12guide.library import locate
from b12guide.syntax.ast import Rule
from b12guide.syntax.parse import parse
from b12guide.text import Text

GUIDELINES = Path(__file__).parent.parent / "guidelines"
LINES = sized(5000, 1)
TYPED = """\
rule typed "A rule that is being written"
    when     b12_deficiency and egfr < 50 mL/min
    load     1000 µg IM 3 times per week for 2 weeks
    strength should
    states   S01
    cites    injections
"""


def grown(characters: str, lines: int) -> str:
    """The guideline with its rules repeated under other names."""
    file = parse(Text("guideline", characters))
    rules = [item for item in file.items if isinstance(item, Rule)]
    pieces, count, copy = [characters], characters.count("\n"), 0
    while count < lines:
        copy += 1
        for rule in rules:
            piece = characters[rule.span.start : rule.span.end]
            names = sorted(
                (name.span for name in (rule.name, *rule.exception_to)), reverse=True
            )
            for span in names:
                end = span.end - rule.span.start
                piece = f"{piece[:end]}_{copy}{piece[end:]}"
            pieces.append(f"\n{piece}\n")
            count += piece.count("\n") + 2
    return "".join(pieces)


class Server:
    """A language server, talked to over its standard input and output."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "b12guide.cli", "lsp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def send(self, method: str, params: Any, id_: int | None = None) -> None:
        """Send a request or, without an id, a notification."""
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        body = json.dumps(message | ({} if id_ is None else {"id": id_})).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        """The next message."""
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name == b"Content-Length" else length
        found: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return found

    def told(self, version: int) -> int:
        """How many diagnostics a version has, once they have come."""
        while True:
            params = self.receive().get("params", {})
            if isinstance(params, dict) and params.get("version") == version:
                return len(params["diagnostics"])


def typed(server: Server, uri: str, line: int, version: int) -> list[float]:
    """Milliseconds for each letter of a rule that is typed in and taken out again."""
    times: list[float] = []
    edits: list[tuple[int, int, int, int, str]] = []
    down, along = line, 0
    for letter in TYPED[: sized(len(TYPED), 5)]:
        edits.append((down, along, down, along, letter))
        down, along = (down + 1, 0) if letter == "\n" else (down, along + 1)
    edits.append((line, 0, down, along, ""))
    for number, (from_, at, to, up_to, text) in enumerate(edits, version + 1):
        range_ = {
            "start": {"line": from_, "character": at},
            "end": {"line": to, "character": up_to},
        }
        start = perf_counter()
        server.send(
            "textDocument/didChange",
            {
                "textDocument": {"uri": uri, "version": number},
                "contentChanges": [{"range": range_, "text": text}],
            },
        )
        server.told(number)
        times.append((perf_counter() - start) * 1000)
    return times


def main() -> None:
    """Print the table."""
    shipped = GUIDELINES / "mecobalamin_im.gdl"
    characters = grown(shipped.read_text(encoding="utf-8"), LINES)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "large.gdl"
        path.write_text(characters, encoding="utf-8")
        written.check(locate("b12"))  # builds the parser
        start = perf_counter()
        found = written.check(locate(path)).diagnostics
        check = (perf_counter() - start) * 1000
        server = Server()
        server.send("initialize", {"processId": None, "capabilities": {}}, 1)
        while server.receive().get("id") != 1:
            pass
        server.send("initialized", {})
        uri = path.as_uri()
        start = perf_counter()
        document = {"uri": uri, "languageId": "gdl", "version": 1, "text": characters}
        server.send("textDocument/didOpen", {"textDocument": document})
        server.told(1)
        opening = (perf_counter() - start) * 1000
        line = characters[: characters.index("\nrule ", len(characters) // 2)]
        times = typed(server, uri, line.count("\n") + 1, 1)
        server.process.kill()
        server.process.communicate()
    rows = [
        ("`b12guide check`", check),
        ("opening the file", opening),
        ("a keystroke, median", median(times)),
        ("a keystroke, 95th percentile", quantiles(times, n=20)[-1]),
    ]
    count = characters.count("\n")
    print(f"{count:,} lines, {len(found)} diagnostics, {len(times)} keystrokes\n")
    head = ("in an editor", "ms", "ratio")
    print(table(head, [(n, f"{ms:.0f}", f"{ms / check:.3f}") for n, ms in rows]))
    print()
    print(aims([Aim("a keystroke in a file of 5,600 lines", 200, median(times), "ms")]))


if __name__ == "__main__":
    main()
