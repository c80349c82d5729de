"""Shares of a cohort, how sure they are, and how far what is not known could move them.

Rows that were simply counted have Wilson's interval; a survey with a design has that of Korn and
Graubard (`intervals`). The interval says how far chance goes. How far ignorance goes is said by
bounds: nobody for whom something is not known may have it, and all of them may. Both ends are
estimated as any share is, so the interval around the bounds reaches from the lower limit of the
lower end to the upper limit of the upper one (Horowitz and Manski, J Am Stat Assoc 2000;95:77-84).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from attrs import asdict, fields, frozen

from b12guide.arguments import instance
from b12guide.cohort.design import Design, Mask, Places, WeightedCodes
from b12guide.cohort.frames import FrameKind, native
from b12guide.cohort.intervals import effective_number, korn_graubard, wilson
from b12guide.errors import ArgumentError
from b12guide.frozen import Record
from b12guide.say.words import plural

_DIGITS = 10
"""So many digits of a number are kept: the last ones differ from machine to machine."""


def rounded(number: float) -> float:
    """A number with the digits that are the same on every machine."""
    return float(f"{number:.{_DIGITS}g}")


@frozen(kw_only=True, repr=False)
class Share(Record):
    """The share of those who have one answer.

    Attributes:
        patients: The rows that have it, of those that weigh something.
        of: The rows among which they are counted.
        share: Their share, weighted where there are weights; None of nobody.
        standard_error: Of that share.
        low: The lower limit of its interval; `high` the upper one. None where a design leaves no
            degrees of freedom.
        design_effect: How many times the variance is what it were if as many had been drawn one by
            one with equal chances; None without a design, and where everybody or nobody has it.
        most: The share if it were true of all for whom it is not known; `share` is the least. None
            where nothing that is not known can change it.
        most_high: The upper limit of the interval of `most`.
    """

    patients: int
    of: int
    share: float | None
    standard_error: float | None
    low: float | None
    high: float | None
    design_effect: float | None = None
    most: float | None = None
    most_high: float | None = None

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """The share if it were true of nobody for whom it is not known, and of all of them."""
        return self.share, self.share if self.most is None else self.most

    @property
    def bounds_interval(self) -> tuple[float | None, float | None]:
        """The lower limit of the lower bound, and the upper limit of the upper one."""
        return self.low, self.high if self.most_high is None else self.most_high

    def plain(self) -> dict[str, Any]:
        """The share as plain data."""
        return asdict(self)


NUMBERS = tuple(one.name for one in fields(Share))
"""The columns of a share in a frame."""


@frozen(kw_only=True, repr=False)
class Sampling(Record):
    """How rows become shares of a population.

    Attributes:
        interval: Whose interval it is: `Wilson`, or `Korn-Graubard` for a design.
        level: The level of the intervals.
        weights: The column of weights, if there are any; `strata`, `psu` and `fpc` likewise.
        lonely: What became of strata with a single first-stage unit.
        rows: The rows that weigh something.
        weightless: The rows that weigh nothing: they are in nobody's share.
        weight: The sum of the weights, which is how many people the rows stand for.
        strata_count: How many strata there are; `psu_count` first-stage units.
        freedom: The degrees of freedom.
    """

    interval: str
    level: float
    weights: str | None = None
    strata: str | None = None
    psu: str | None = None
    fpc: str | None = None
    lonely: str | None = None
    rows: int
    weightless: int = 0
    weight: float | None = None
    strata_count: int | None = None
    psu_count: int | None = None
    freedom: int | None = None

    @property
    def is_design(self) -> bool:
        """Whether the rows were drawn by a design, and not simply counted."""
        return self.weight is not None

    @property
    def rows_text(self) -> str:
        """What has to be said beside a count of rows that weights say nothing of."""
        left_out = plural(f"{self.weightless:,}", "row")
        more = f"; {left_out} of no weight left out" if self.weightless else ""
        return f"rows of the table, not weighted{more}"

    def plain(self) -> dict[str, Any]:
        """The same as plain data."""
        return asdict(self)


@frozen(kw_only=True, eq=False, repr=False)
class Coded:
    """Rows by codes that exclude each other, and the answers of which shares are wanted.

    Attributes:
        codes: The code of each row.
        kinds: How many codes there are.
        answers: Of each answer, the codes of those who have it.
        open: Of each answer, the codes of those for whom it is not known; none if it has no bounds.
    """

    codes: Places
    kinds: int
    answers: tuple[tuple[int, ...], ...]
    open: tuple[tuple[int, ...], ...] = ()

    @property
    def asked(self) -> Iterator[tuple[int, ...]]:
        """All sets of codes of which a share is needed: the answers, then their upper ends."""
        yield from self.answers
        for mine, others in zip(self.answers, self.open, strict=False):
            if others:
                yield tuple(dict.fromkeys((*mine, *others)))


@frozen(kw_only=True, eq=False, repr=False)
class Sample:
    """The rows of a cohort, or those of a subgroup, and how they were drawn.

    Attributes:
        inside: The rows that are looked at, which weigh something; the design is that of all rows.
        level: The level of the intervals.
    """

    inside: Mask
    design: Design | None = None
    level: float = 0.95

    @classmethod
    def of(cls, rows: int, design: Design | None, level: float) -> Sample:
        """All rows that weigh something.

        Raises:
            ArgumentError: An interval cannot have such a level.
        """
        argument, expected = "level", "a number from 0.5 to 0.9999 such as 0.95"
        number = instance(level, float | int, argument, expected)
        if isinstance(level, bool) or not 0.5 <= number <= 0.9999:
            raise ArgumentError(argument, expected, level, is_told=True)
        inside = np.ones(rows, np.bool_) if design is None else design.weights > 0
        return cls(inside=inside, design=design, level=float(level))

    def within(self, mask: Mask) -> Sample:
        """A subgroup, estimated with the whole design."""
        inside = self.inside & mask
        return Sample(inside=inside, design=self.design, level=self.level)

    @property
    def rows(self) -> int:
        """How many rows are looked at."""
        return int(self.inside.sum())

    @property
    def weights(self) -> npt.NDArray[np.float64]:
        """What each row that is looked at weighs; 1 without a design."""
        if self.design is None:
            return np.ones(self.rows)
        return self.design.weights[self.inside]

    @property
    def freedom(self) -> int:
        """The degrees of freedom; without a design, one less than the rows."""
        if self.design is None:
            return self.rows - 1
        return self.design.freedom(self.inside)

    @property
    def drawn(self) -> Sampling | None:
        """How all rows were drawn; None where they were simply counted."""
        if self.design is None:
            return None
        return self.sampling(len(self.inside) - self.rows)

    def sampling(self, weightless: int = 0) -> Sampling:
        """How rows become shares, in words and numbers."""
        design = self.design
        if design is None:
            return Sampling(interval="Wilson", level=self.level, rows=self.rows)
        columns = design.columns
        units = np.unique(design.unit[self.inside])
        return Sampling(
            interval="Korn-Graubard",
            level=self.level,
            weights=columns.weights,
            strata=columns.strata,
            psu=columns.psu,
            fpc=columns.fpc,
            lonely=columns.lonely.value,
            rows=self.rows,
            weightless=weightless,
            weight=rounded(float(self.weights.sum())),
            strata_count=len(np.unique(design.stratum[units])),
            psu_count=len(units),
            freedom=self.freedom,
        )

    def shares(self, several: Sequence[Coded]) -> list[list[Share]]:
        """The shares of all answers, one list for each of `several`.

        All limits are worked out at once, as that is quicker.
        """
        found = [list(self._estimates(one)) for one in several]
        flat = [estimate for some in found for estimate in some]
        limits = iter(self._limits(flat))
        return [
            list(self._paired(one, some, [next(limits) for _ in some]))
            for one, some in zip(several, found, strict=True)
        ]

    def _estimates(self, coded: Coded) -> Iterator[_Estimate]:
        """The estimates of each set of codes that is asked for."""
        codes, rows, design = coded.codes, self.rows, self.design
        counts = np.bincount(codes[self.inside], minlength=coded.kinds)
        weighed = None
        if design is not None and rows:
            weighed = WeightedCodes.of(design, codes, coded.kinds, self.inside)
        for chosen in coded.asked:
            some = list(chosen)
            count = int(counts[some].sum())
            if weighed is None:
                share = count / rows if rows else 0.0
                error = (share * (1 - share) / rows) ** 0.5 if rows else 0.0
            elif count in {0, rows}:
                share, error = float(count > 0), 0.0
            else:
                share = float(weighed.weights[some].sum() / weighed.weights.sum())
                error = weighed.variance(some, share) ** 0.5
            yield _Estimate(count, rows, share, error)

    def _limits(self, found: Sequence[_Estimate]) -> list[tuple[float, float] | None]:
        rows, freedom = self.rows, self.freedom
        if not rows or not found or (self.design is not None and freedom < 1):
            return [None] * len(found)
        of = np.full(len(found), float(rows))
        share = np.array([one.share for one in found])
        if self.design is None:
            counts = np.array([float(one.count) for one in found])
            low, high = wilson(counts, of, self.level)
        else:
            error = np.array([one.error for one in found])
            free = np.full(len(found), float(freedom))
            number = effective_number(share, error, of, free, self.level)
            low, high = korn_graubard(share, number, self.level)
        return list(zip(low.tolist(), high.tolist(), strict=True))

    def _paired(
        self,
        coded: Coded,
        found: Sequence[_Estimate],
        limits: Sequence[tuple[float, float] | None],
    ) -> Iterator[Share]:
        """The share of each answer, with the upper end of its bounds where it has one."""
        ends = iter(
            zip(found[len(coded.answers) :], limits[len(coded.answers) :], strict=True)
        )
        for place, _ in enumerate(coded.answers):
            one, limit = found[place], limits[place]
            most, most_high = None, None
            if place < len(coded.open) and coded.open[place]:
                end, end_limit = next(ends)
                most = rounded(end.share) if end.of else None
                most_high = rounded(end_limit[1]) if end_limit else None
            yield Share(
                patients=one.count,
                of=one.of,
                share=rounded(one.share) if one.of else None,
                standard_error=rounded(one.error) if one.of else None,
                low=rounded(limit[0]) if limit else None,
                high=rounded(limit[1]) if limit else None,
                design_effect=self._effect(one),
                most=most,
                most_high=most_high,
            )

    def _effect(self, one: _Estimate) -> float | None:
        """How the variance stands to that of a simple sample with the same share."""
        if self.design is None or not 0 < one.share < 1:
            return None
        return rounded(one.error**2 / (one.share * (1 - one.share)) * (one.of - 1))


@frozen(eq=False, repr=False)
class _Estimate:
    """The share of a set of codes.

    Attributes:
        error: Its standard error.
    """

    count: int
    of: int
    share: float
    error: float


def plain_shares(shares: Mapping[str, Share]) -> dict[str, Any]:
    """Shares by the name of their answer, as plain data."""
    return {name: one.plain() for name, one in shares.items()}


def plain_drawn(sampling: Sampling | None) -> dict[str, Any]:
    """How rows were drawn, as plain data; nothing where they were simply counted."""
    return {} if sampling is None else {"sampling": sampling.plain()}


def plain_counts(row: Any) -> dict[str, Any]:
    """A row of counts as plain data, without its shares where rows were simply counted."""
    return {
        name: value
        for name, value in asdict(row).items()
        if value is not None or not name.endswith(_SHARE)
    }


_SHARE = "share"


def counts_frame(
    rows: Sequence[Any],
    kind_of_row: type,
    types: Mapping[str, Any],
    kind: FrameKind,
    *,
    is_drawn: bool,
) -> Any:
    """Rows of counts as a frame, with their shares where they were drawn by a design.

    Args:
        rows: The rows.
        kind_of_row: Their class. A field `alone_share` makes the columns `alone_share`, `alone_low`
            and `alone_high`.
        types: The Arrow types of columns that hold no whole number.
        kind: The package of the frame.
        is_drawn: Whether there are shares.
    """
    columns: dict[str, Any] = {}
    for name in (one.name for one in fields(kind_of_row)):
        told = [getattr(row, name) for row in rows]
        if not name.endswith(_SHARE):
            columns[name] = pa.array(told, types.get(name, pa.int64()))
        elif is_drawn:
            before = name.removesuffix(_SHARE)
            for what in (_SHARE, "low", "high"):
                numbers = [getattr(share, what, None) for share in told]
                columns[f"{before}{what}"] = pa.array(numbers, pa.float64())
    return native(pa.table(columns), kind)


def columns_of(shares: Iterable[Share | None]) -> dict[str, list[Any]]:
    """The columns of a frame that has one of `shares` in each row."""
    rows = list(shares)
    return {name: [getattr(one, name, None) for one in rows] for name in NUMBERS}
