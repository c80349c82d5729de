"""The log of decisions: one line of JSON for each answer, with what is needed to repeat it.

It is kept on request, so that an answer can be checked years later. Without the requests it holds
no values of patients: only digests, by which a request that is kept elsewhere is found again.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from typing import Any

from b12guide.serve.policy import Entry, Sink
from b12guide.serve.spelled import canonical, digest_of

_OF_A_PATIENT = ("patient", "history")


def entry_of(
    question: str,
    sent: Mapping[str, Any],
    answer: Mapping[str, Any],
    *,
    with_request: bool,
) -> dict[str, Any]:
    """What the log says of an answer, but the time and the name of the request.

    Args:
        question: The name of the question.
        sent: What was asked, as plain data.
        answer: The answer as plain data.
        with_request: Whether what was asked is kept, values of the patient included.
    """
    guideline = answer["guideline"]
    patient = {key: sent[key] for key in _OF_A_PATIENT if key in sent}
    entry = {
        "schema": "b12guide.decision/1",
        "question": question,
        "guideline": {
            key: guideline[key] for key in ("name", "version", "status", "digest")
        },
        "engine": answer["engine"],
        "asked": digest_of(sent),
        "patient": digest_of(patient),
        "answer": id_of(answer),
    }
    return entry | ({"request": sent} if with_request else {})


def id_of(answer: Mapping[str, Any]) -> str:
    """The digest of an answer, whatever the version of b12guide that gave it."""
    return digest_of({key: answer[key] for key in answer if key != "engine"})


def appending(path: str) -> Sink:
    """What adds an entry to the end of the file at `path`, as a whole line or not at all.

    Several processes may add to one file: each line is written in one step at its end.
    """

    def append(entry: Entry) -> None:
        line = f"{canonical(entry)}\n".encode()
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
        handle = os.open(path, flags, 0o600)
        try:
            written = os.write(handle, line)
            if written != len(line):  # the disk is full: take back the half
                os.ftruncate(handle, os.fstat(handle).st_size - written)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
        finally:
            os.close(handle)

    return append
