"""Ctrl-C ends the command with 130 and without a traceback, from its first import on.

Python raises `KeyboardInterrupt` wherever it is, also while modules are imported, which is most of
what a short command does and where nothing could catch it. Until `main` runs, there is nothing to
tidy up, so the process may end at once. Nothing is changed in a program that imports b12guide.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from types import ModuleType

INTERRUPTED = 130


def begin(command: str) -> None:
    """End at once on Ctrl-C, if this process is `command` and nobody wants it otherwise."""
    if _is_command(command):
        signals = _signals()
        if signals.getsignal(signals.SIGINT) is signals.default_int_handler:
            signals.signal(signals.SIGINT, _leave)


def ready() -> None:
    """Raise `KeyboardInterrupt` on Ctrl-C from now on: there may be a draft to remove."""
    signals = _signals()
    if signals.getsignal(signals.SIGINT) is _leave:
        signals.signal(signals.SIGINT, signals.default_int_handler)


def _leave(_: int, __: object) -> None:
    os._exit(INTERRUPTED)


def _signals() -> ModuleType:
    """`signal` without its enumerations, which take milliseconds to import."""
    try:
        return import_module("_signal")
    except ImportError:  # another Python than CPython
        return import_module("signal")


def _is_command(command: str) -> bool:
    """Whether the command line is this process, and not a module that a program imports."""
    started = sys.argv[0] if sys.argv else ""
    if started == "-m":  # what it is while Python looks for the module to run
        return command in sys.orig_argv
    name, _ = os.path.splitext(os.path.basename(started))  # noqa: PTH119, PTH122
    return name == command.partition(".")[0]
