"""The guideline in Cedar (Rust, PyPI `cedarpy`): three policies for each rule, one request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from contest import Contestant, NotInstalledError, Plain, timed
from rails_text import Dialect, rule_texts

from b12guide.evaluate.evaluator import Evaluator

__all__ = ["contestants"]

DIALECT = Dialect(
    fact="context.{fact}",
    known="context has {fact}",
    is_guarded=True,
    has=("{value}", "!{value}"),
    among="{values}.contains({value})",
)
KINDS = {"falls": 0, "applies": 1, "overridden": 2}
OPEN = 3


def contestants(
    evaluator: Evaluator, patients: Sequence[Plain]
) -> Iterator[Contestant]:
    """A request for each patient, answered with the policies that hold."""
    try:
        import cedarpy  # noqa: PLC0415 - only where it is installed
    except ImportError as error:
        message = "Cedar: pip install cedarpy"
        raise NotInstalledError(message) from error
    texts = rule_texts(evaluator, DIALECT)
    policies = cedarpy.PolicySet.from_str(
        "".join(
            f"permit(principal, action, resource) when {{ {getattr(rule, kind)} }};\n"
            for rule in texts
            for kind in KINDS
        )
    )
    codes = list(KINDS.values())
    requests = [
        {
            "principal": 'User::"clinician"',
            "action": 'Action::"ask"',
            "resource": 'Patient::"one"',
            "context": {k: v for k, v in patient.items() if v is not None},
        }
        for patient in patients
    ]

    def ask(request: dict[str, Any]) -> list[int]:
        found = [OPEN] * len(texts)
        for policy in cedarpy.is_authorized(request, policies, []).diagnostics.reasons:
            rule, kind = divmod(int(policy.removeprefix("policy")), len(codes))
            found[rule] = codes[kind]
        return found

    yield timed("Cedar", lambda: [ask(request) for request in requests])
