"""The service as a process: how it begins, and how it ends."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

pytest.importorskip("uvicorn", reason="the extra serve is not installed")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")

PATIENCE = 120  # seconds; a machine that does much else at once is slow
BODY = json.dumps(
    {"patient": {"facts": {"b12_deficiency": True}}, "on": "2026-01-05"}
).encode()


class Running:
    """A service in a process of its own, and what it wrote to standard error so far."""

    def __init__(self, *options: str) -> None:
        command = [
            sys.executable,
            "-m",
            "b12guide.cli",
            "serve",
            "--port",
            "0",
            *options,
        ]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.lines: list[dict[str, Any]] = []
        self.began = threading.Event()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        assert self.began.wait(PATIENCE), "it did not begin"
        self.address: str = self.lines[0]["address"]

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(json.loads(line))
            self.began.set()

    def ask(self, path: str, body: bytes | None = None) -> Any:
        """The JSON that comes back; a process that is just beginning is waited for."""
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, body, headers)  # noqa: S310 -- http
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:  # noqa: S310 -- http
            return json.load(reply)

    def ended(self) -> int:
        """Its exit code, once it has ended."""
        code = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        return code


@contextmanager
def running(*options: str) -> Iterator[Running]:
    found = Running(*options)
    try:
        yield found
    finally:
        found.process.kill()
        found.process.wait()
        assert found.process.stderr is not None
        found.reader.join(PATIENCE)
        found.process.stderr.close()


def test_what_was_asked_is_answered_before_it_ends() -> None:
    with running() as service:
        host, port = service.address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as client:
            head = (
                "POST /recommend HTTP/1.1\r\nhost: here\r\nx-request-id: last\r\n"
                f"content-type: application/json\r\ncontent-length: {len(BODY)}\r\n\r\n"
            )
            client.sendall(head.encode() + BODY[:10])
            while not service.ask("/readyz"):
                time.sleep(0.1)
            service.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            client.sendall(BODY[10:])
            received = b""
            while piece := client.recv(1 << 16):
                received += piece
        code = service.ended()

    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"b12guide.recommendation/1" in received
    assert code == 0
    assert service.lines[-1]["event"] == "ended"
    (last,) = [line for line in service.lines if line.get("request") == "last"]
    assert last["status"] == 200


def test_several_processes_answer_and_end_together(tmp_path: Any) -> None:
    log = tmp_path / "decisions.jsonl"
    with running("--workers", "2", "--decision-log", str(log)) as service:
        answers = [service.ask("/recommend", BODY) for _ in range(4)]
        service.process.send_signal(signal.SIGINT)
        code = service.ended()

    assert all(answer == answers[0] for answer in answers)
    assert len(log.read_text("utf-8").splitlines()) == 4
    assert code == 0


def test_an_address_that_is_taken_is_told_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "b12guide.cli", "serve", "--port", str(port)],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    assert done.returncode == 2
    assert done.stderr == (
        f"error: cannot listen at 127.0.0.1, port {port}: address already in use\n"
    )
