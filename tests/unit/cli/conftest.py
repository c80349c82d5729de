"""A plain terminal of 80 columns, and no trace left of a run."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(autouse=True)
def surroundings(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setenv("COLUMNS", "80")
    cache = tmp_path_factory.getbasetemp() / "b12guide-cache"
    monkeypatch.setenv("B12GUIDE_CACHE", str(cache))
