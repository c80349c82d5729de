"""`python -m b12guide.cli`."""

from __future__ import annotations

from b12guide.cli.command import run

run()
