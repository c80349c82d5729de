"""Tells Hypothesis how patients are drawn; Hypothesis calls it through its entry point."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from hypothesis import strategies as st

from b12guide.patient.model import Patient


def register() -> None:
    """Let `st.from_type(Patient)` draw patients of the shipped guideline."""
    st.register_type_strategy(Patient, _patients)


def _patients(_: object) -> Any:
    """The strategy, imported on need: it reads a guideline."""
    return import_module("b12guide.strategies").patients()
