"""The guideline in CEL (the Rust implementation, PyPI `common-expression-language`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from contest import Contestant, NotInstalledError, Plain, made, timed
from rails_text import Dialect, rule_texts

from b12guide.evaluate.evaluator import Evaluator

__all__ = ["contestants"]


def contestants(
    evaluator: Evaluator, patients: Sequence[Plain]
) -> Iterator[Contestant]:
    """A program for each rule, and one for all; the context is made from a dict."""
    try:
        import cel  # noqa: PLC0415 - only where it is installed
    except ImportError as error:
        message = "CEL: pip install common-expression-language"
        raise NotInstalledError(message) from error
    texts = [
        f"{rule.applies} ? 1 : ({rule.falls} ? 0 : ({rule.overridden} ? 2 : 3))"
        for rule in rule_texts(evaluator, Dialect())
    ]
    each = [cel.compile(text) for text in texts]
    whole, making = made(lambda: cel.compile(f"[{', '.join(texts)}]"))
    mappings = [dict(patient) for patient in patients]

    def rule_by_rule(mapping: dict[str, Any]) -> list[Any]:
        context = cel.Context(mapping)
        return [one.execute(context) for one in each]

    yield timed(
        "CEL (Rust), a program for each rule",
        lambda: [rule_by_rule(mapping) for mapping in mappings],
    )
    yield timed(
        "CEL (Rust), one program",
        lambda: [whole.execute(cel.Context(mapping)) for mapping in mappings],
        making,
    )
