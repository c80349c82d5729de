"""Histories of dosing, written briefly, and what an audit finds in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from b12guide.audit.finding import USUAL, Audit, Family, Tolerance
from b12guide.audit.history import history_from
from b12guide.audit.run import audit
from b12guide.patient.model import Otherwise, Patient
from tests.clinical.asking import ADULT, Json, shipped

__all__ = [
    "LOADED",
    "Rows",
    "alternate_days",
    "audited",
    "checked",
    "found",
    "injected",
    "monthly_from",
]

Rows: TypeAlias = list[dict[str, Any]]


def injected(*days: str, drug: str = "hydroxocobalamin", **details: Any) -> Rows:
    """Injections of 1000 µg into the upper arm, `details` apart."""
    usual = {"amount": "1000 µg", "route": "intramuscular", "site": "deltoid"}
    return [{"on": day, "dose": drug, **usual, **details} for day in days]


def checked(*days: str) -> Rows:
    """Serum B12 with its companions."""
    tests = ("serum_b12", "ferritin", "transferrin_saturation")
    return [{"on": day, "test": test} for day in days for test in tests]


def alternate_days(first: str, count: int) -> list[str]:
    """Every second day, from the first."""
    start = dt.date.fromisoformat(first)
    return [(start + dt.timedelta(days=2 * n)).isoformat() for n in range(count)]


def monthly_from(year: int, month: int, day: int, count: int) -> list[str]:
    """The same day of the month, so many times."""
    months = [divmod(year * 12 + month - 1 + n, 12) for n in range(count)]
    return [dt.date(y, m + 1, day).isoformat() for y, m in months]


LOADED = injected(*(f"2025-01-{day}" for day in ("06", "08", "10", "13", "15", "17")))
"""Six injections in two weeks."""


def audited(
    rows: Sequence[dict[str, Any]],
    on: str,
    *,
    only: Iterable[str] = (),
    tolerance: Tolerance = USUAL,
    otherwise: str = "absent",
    **facts: Any,
) -> Audit:
    """The audit of a history of the unremarkable deficient adult, `facts` apart."""
    return audited_patient(
        {**ADULT, **facts},
        rows,
        on,
        only=only,
        tolerance=tolerance,
        otherwise=otherwise,
    )


def audited_patient(  # noqa: PLR0913 -- the settings of an audit
    facts: Json,
    rows: Sequence[dict[str, Any]],
    on: str,
    *,
    only: Iterable[str] = (),
    tolerance: Tolerance = USUAL,
    otherwise: str = "absent",
) -> Audit:
    """The audit of a history of a patient of whom `facts` are recorded."""
    loaded, evaluator = shipped()
    return audit(
        evaluator,
        Patient(facts=facts, otherwise=Otherwise(otherwise)),
        history_from(rows, loaded.graph),
        dt.date.fromisoformat(on),
        families=[Family(name) for name in only] or tuple(Family),
        tolerance=tolerance,
    )


def found(audit_: Audit) -> list[tuple[str, str, str]]:
    """Day, severity and statements of each finding."""
    return [
        (finding.on.isoformat(), finding.gravity.value, " ".join(finding.statements))
        for finding in audit_.findings
    ]
