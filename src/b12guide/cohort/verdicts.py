"""The verdicts of a batch of patients, as sets of patients and as columns of words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
from attrs import frozen
from numpy.typing import NDArray

from b12guide.cohort.batch import Batch
from b12guide.cohort.bits import Bits, nobody
from b12guide.cohort.cells import Rails
from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.program import Program

__all__ = ["VERDICTS", "Verdicts", "verdict_column", "verdicts"]

VERDICTS = (
    Verdict.DOES_NOT_APPLY,
    Verdict.APPLIES,
    Verdict.OVERRIDDEN,
    Verdict.UNKNOWN,
    Verdict.INDETERMINATE,
)
"""The words of a column of verdicts, in the order of their numbers."""

_WORDS = pa.array([verdict.value for verdict in VERDICTS])


@frozen(eq=False, repr=False)
class Verdicts:
    """Of one rule, who has which verdict; everybody else has `does not apply`."""

    applies: Bits
    overridden: Bits
    unknown: Bits
    indeterminate: Bits

    def of(self, verdict: Verdict, mask: Bits) -> Bits:
        """Who has `verdict`."""
        match verdict:
            case Verdict.APPLIES:
                return self.applies
            case Verdict.OVERRIDDEN:
                return self.overridden
            case Verdict.UNKNOWN:
                return self.unknown
            case Verdict.INDETERMINATE:
                return self.indeterminate
            case Verdict.DOES_NOT_APPLY:
                others = self.applies | self.overridden | self.unknown
                return mask & ~(others | self.indeterminate)


def verdicts(batch: Batch, rules: Iterable[str] | None = None) -> dict[str, Verdicts]:
    """The verdicts of some rules, or of all in the order of the guideline."""
    evaluator = batch.question.evaluator
    program, rails = evaluator.program, batch.rails
    outside = rails[program.scope][1]
    zero = nobody(batch.rows)
    found = {}
    for name in evaluator.graph.rules if rules is None else rules:
        rule = evaluator.graph.rules[name]
        spoken_to = outside if rule.outside_scope else batch.mask & ~outside
        true, false = rails[program.conditions[name]]
        but, but_not = rails[program.exceptions[name]]
        unsettled = spoken_to & ~(false | (true & (but | but_not)))
        left = zero
        if batch.readings and unsettled.any():
            left = unsettled
            for reading in batch.readings:
                left = left & _settled(name, program, reading)
        true = true & spoken_to
        found[name] = Verdicts(true & but_not, true & but, unsettled & ~left, left)
    return found


def _settled(rule: str, program: Program, rails: Mapping[int, Rails]) -> Bits:
    true, false = rails[program.conditions[rule]]
    but, but_not = rails[program.exceptions[rule]]
    settled: Bits = false | (true & (but | but_not))
    return settled


# ------------------------------------------------------------------------- columns


def _eight_at_once() -> NDArray[np.uint64]:
    """The numbers of eight rows, by the eight low and the eight high bits of these numbers."""
    low, high = np.meshgrid(np.arange(256), np.arange(256))
    digits = (low.reshape(-1, 1) >> np.arange(8) & 1) + 2 * (
        high.reshape(-1, 1) >> np.arange(8) & 1
    )
    return digits.astype(np.uint8).view(np.uint64).reshape(-1)


_EIGHT = _eight_at_once()


def verdict_column(found: Verdicts, rows: int) -> pa.Array:
    """The verdicts of a rule as a column of words, each held once."""
    low = (found.applies | found.unknown).view(np.uint8).astype(np.uint16)
    high = (found.overridden | found.unknown).view(np.uint8).astype(np.uint16)
    numbers = _EIGHT.take(low | (high << 8)).view(np.int8)
    if found.indeterminate.any():
        octets = found.indeterminate.view(np.uint8)
        numbers[np.unpackbits(octets, bitorder="little").view(np.bool_)] = 4
    codes = pa.Array.from_buffers(pa.int8(), rows, [None, pa.py_buffer(numbers)])
    return pa.DictionaryArray.from_arrays(codes, _WORDS, safe=False)
