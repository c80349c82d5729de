"""The command line: parses arguments, asks the library, prints. It decides nothing itself."""

from __future__ import annotations

from b12guide.cli.command import main, run

__all__ = ["main", "run"]
