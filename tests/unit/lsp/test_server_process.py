"""The language server as a process: how it begins and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys

SERVE = [sys.executable, "-m", "b12guide.cli", "lsp"]
WITHOUT_PYGLS = """\
import sys
sys.modules["pygls"] = None
from b12guide.cli import main
sys.exit(main(["lsp"]))
"""


def message(method: str, id_: int | None = None, **params: object) -> bytes:
    content = {"jsonrpc": "2.0", "method": method, "params": params}
    body = json.dumps(content | ({} if id_ is None else {"id": id_})).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def answered(given: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(SERVE, input=given, capture_output=True, check=False)


def test_it_ends_when_its_editor_is_gone() -> None:
    found = answered(message("initialize", 1, capabilities={}))

    assert b'"serverInfo"' in found.stdout
    assert found.returncode == 1


def test_what_is_no_message_is_survived_and_nothing_else_is_printed() -> None:
    nonsense = b"\x00\xff\r\n\r\nContent-Length: 3\r\n\r\n{{{"
    hello = message("initialize", 1, capabilities={})
    found = answered(nonsense + hello + message("shutdown", 2) + message("exit"))

    assert found.stdout.startswith(b"Content-Length: ")
    assert b'"id": 2' in found.stdout
    assert found.returncode == 0


def test_a_refused_request_is_no_fault_of_the_server() -> None:
    uri = "file:///nowhere/a.gdl"
    text = 'language 1\nguideline a "A"\n    uses b12\nsource page "P"\n'
    document = {"uri": uri, "languageId": "gdl", "version": 1, "text": text}
    found = answered(
        message("initialize", 1, capabilities={})
        + message("textDocument/didOpen", textDocument=document)
        + message(
            "textDocument/rename",
            2,
            textDocument={"uri": uri},
            position={"line": 3, "character": 8},
            newName="when",
        )
        + message("shutdown", 3)
        + message("exit")
    )

    assert b"is a word of the language" in found.stdout
    assert b"Traceback" not in found.stderr


def test_without_its_extra_it_says_how_to_install_it() -> None:
    found = subprocess.run(
        [sys.executable, "-c", WITHOUT_PYGLS], capture_output=True, check=False
    )

    assert found.returncode == 2
    assert b'pip install "b12guide[lsp]"' in found.stderr
    assert found.stdout == b""
