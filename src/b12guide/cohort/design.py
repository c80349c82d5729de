"""How the people of a survey were drawn, and how sure its shares and means are because of it.

Weights say how many people each row stands for. Strata and first-stage units (PSUs, whole
counties in NHANES) say which rows were drawn together. Variances are linearized (Taylor): a share
is a ratio of two weighted totals, so its variance is that of the total of what each row adds,
`weight * (indicator - share) / sum of weights`, between the first-stage units of each stratum
(Wolter, Introduction to Variance Estimation, 2nd ed., sections 6.2 to 6.5). Further stages are not
needed: the first one carries their variance, as in the "ultimate clusters" of Hansen, Hurwitz and
Madow. R's `survey` computes the same; tests hold the two together.

A subgroup is estimated with the whole design: units in which nobody belongs to it count as units
that add nothing. Leaving rows out before a study loses them, and makes intervals too narrow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from b12guide.errors import CohortError
from b12guide.frozen import Record
from b12guide.say.words import listing

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def sums(group: Places, added: Numbers, groups: int) -> Numbers:
    """The sum of what is added in each group; in order, so that machines agree."""
    return np.bincount(group, added, groups).astype(np.float64)


class Lonely(Enum):
    """What becomes of a stratum that has a single first-stage unit."""

    FAIL = "fail"
    CERTAINTY = "certainty"
    ADJUST = "adjust"


@frozen(kw_only=True, repr=False)
class DesignColumns(Record):
    """The columns of the frame in which the design of a survey stands.

    Attributes:
        weights: How many people each row stands for; one each if None.
        strata: The strata; one if None.
        psu: The first-stage units, numbered anew in each stratum or not; each row if None.
        fpc: How many first-stage units the whole stratum has, or which share of them was drawn;
            None if the drawn ones are few among many.
        lonely: What becomes of a stratum with a single first-stage unit.
    """

    weights: str | None = None
    strata: str | None = None
    psu: str | None = None
    fpc: str | None = None
    lonely: Lonely = Lonely.FAIL

    @property
    def names(self) -> tuple[str, ...]:
        """Those that there are."""
        all_ = (self.weights, self.strata, self.psu, self.fpc)
        return tuple(dict.fromkeys(name for name in all_ if name is not None))


@frozen(kw_only=True, eq=False, repr=False)
class Design:
    """How the rows of a cohort were drawn.

    Attributes:
        weights: How many people each row stands for.
        unit: The first-stage unit of each row.
        stratum: The stratum of each first-stage unit.
        sizes: How many first-stage units each stratum has in the sample.
        drawn: Which share of its first-stage units was drawn of each stratum; 0 for few of many.
        is_clustered: Whether units can have several rows.
    """

    columns: DesignColumns
    weights: Numbers
    unit: Places
    stratum: Places
    sizes: Places
    drawn: Numbers
    is_clustered: bool

    def __attrs_post_init__(self) -> None:
        arrays = (self.weights, self.unit, self.stratum, self.sizes, self.drawn)
        for array in arrays:
            array.setflags(write=False)

    def freedom(self, inside: Mask) -> int:
        """The degrees of freedom for some rows: units less strata, where there are any of them."""
        units = np.unique(self.unit[inside])
        return len(units) - len(np.unique(self.stratum[units]))

    def between_units(self, totals: Numbers) -> float:
        """The variance of the sum of `totals`, which has what each first-stage unit adds."""
        strata = len(self.sizes)
        summed = sums(self.stratum, totals, strata)
        middle = (summed / self.sizes)[self.stratum]
        squares = sums(self.stratum, (totals - middle) ** 2, strata)
        return self.of_squares(squares, summed)

    def of_squares(self, squares: Numbers, summed: Numbers) -> float:
        """The variance, given the squares around the mean and the sum in each stratum."""
        sizes = self.sizes
        with np.errstate(divide="ignore", invalid="ignore"):
            found = (1 - self.drawn) * sizes / (sizes - 1) * squares
        # A unit that is alone in its stratum says nothing of how units differ: it was certain to
        # be drawn, or it is held against the whole, where the mean of what is added is 0.
        alone = sizes == 1
        is_adjusted = self.columns.lonely is Lonely.ADJUST
        found[alone] = ((1 - self.drawn) * summed**2)[alone] if is_adjusted else 0.0
        return float(found.sum())

    def totals(self, added: Numbers, rows: Mask | Places) -> Numbers:
        """What some rows add, by first-stage unit."""
        return sums(self.unit[rows], added, len(self.stratum))

    def variance_of_mean(self, values: Numbers, inside: Mask, mean: float) -> float:
        """The variance of the weighted mean of `values`, one for each row that is inside."""
        weights = self.weights[inside]
        added = weights * (values - mean) / weights.sum()
        return self.between_units(self.totals(added, inside))


@frozen(kw_only=True, eq=False, repr=False)
class WeightedCodes:
    """What the rows of a domain weigh, by the code of each.

    Codes exclude each other, so that any set of them is an answer whose share can be estimated.
    Where each row is a unit of its own, sums by stratum are enough.

    Attributes:
        weights: By code.
        by_unit: By first-stage unit and code; None where each row is a unit.
        sums: By stratum and code, where each row is a unit; `squares` of the weights likewise.
    """

    design: Design
    weights: Numbers
    by_unit: Numbers | None = None
    sums: Numbers | None = None
    squares: Numbers | None = None

    @classmethod
    def of(
        cls, design: Design, codes: Places, kinds: int, inside: Mask
    ) -> WeightedCodes:
        """What the rows that are inside weigh, each of which has one of so many kinds of codes."""
        code, weights = codes[inside], design.weights[inside]
        unit = design.unit[inside]

        def summed(group: Places, groups: int, added: Numbers) -> Numbers:
            found = sums(group * kinds + code, added, groups * kinds)
            return found.reshape(groups, kinds)

        whole = sums(code, weights, kinds)
        if design.is_clustered:
            by_unit = summed(unit, len(design.stratum), weights)
            return cls(design=design, weights=whole, by_unit=by_unit)
        stratum, strata = design.stratum[unit], len(design.sizes)
        return cls(
            design=design,
            weights=whole,
            sums=summed(stratum, strata, weights),
            squares=summed(stratum, strata, weights**2),
        )

    def variance(self, chosen: Sequence[int], share: float) -> float:
        """The variance of the share of those who have one of the `chosen` codes."""
        whole, some = self.weights.sum(), list(chosen)
        if self.by_unit is not None:
            mine, everybody = self.by_unit[:, some].sum(1), self.by_unit.sum(1)
            return self.design.between_units((mine - share * everybody) / whole)
        if self.sums is None or self.squares is None:
            return 0.0
        # The squares of what single rows add, and their sum, from the sums of their weights.
        mine, everybody = self.sums[:, some].sum(1), self.sums.sum(1)
        added = (mine - share * everybody) / whole
        mine, everybody = self.squares[:, some].sum(1), self.squares.sum(1)
        squares = mine * (1 - share) ** 2 + (everybody - mine) * share**2
        around = np.maximum(squares / whole**2 - added**2 / self.design.sizes, 0)
        return self.design.of_squares(around, added)


# ------------------------------------------------------------------- reading the columns


def design_of(columns: DesignColumns, read: Mapping[str, Any], rows: int) -> Design:
    """The design that columns of a frame describe.

    Args:
        columns: Which columns.
        read: Them, as columns of Arrow.
        rows: How many rows there are.

    Raises:
        CohortError: A weight is missing, negative or no number, or all are 0; it is not known from
            where a row is; a stratum has a single first-stage unit and nothing was said of that.
    """
    weights = np.ones(rows)
    if columns.weights is not None:
        weights = _weights(columns.weights, read[columns.weights])
    stratum_of_row, strata = np.zeros(rows, np.int64), [None]
    if columns.strata is not None:
        stratum_of_row, strata = _groups(columns.strata, read[columns.strata], "strata")
    if columns.psu is None:
        unit, stratum = np.arange(rows), stratum_of_row
    else:
        # Units are numbered within strata as a rule: 1 and 2 in each of them.
        own, names = _groups(columns.psu, read[columns.psu], "psu")
        pairs, unit = np.unique(stratum_of_row * len(names) + own, return_inverse=True)
        unit, stratum = unit.astype(np.int64), pairs // max(len(names), 1)
    sizes = np.bincount(stratum, minlength=len(strata)).astype(np.int64)
    drawn = np.zeros(len(strata))
    if columns.fpc is not None:
        told = _numbers(columns.fpc, read[columns.fpc], "fpc")
        drawn = _drawn(columns.fpc, told, stratum_of_row, sizes)
    found = Design(
        columns=columns,
        weights=weights,
        unit=unit,
        stratum=stratum,
        sizes=sizes,
        drawn=drawn,
        is_clustered=columns.psu is not None,
    )
    alone = np.flatnonzero((sizes == 1) & (drawn < 1))
    if columns.lonely is Lonely.FAIL and len(alone):
        raise _alone([strata[place] for place in alone.tolist()], columns)
    return found


def _alone(strata: Sequence[Any], columns: DesignColumns) -> CohortError:
    unit = "row" if columns.psu is None else "first-stage unit"
    where = "the cohort has"
    if columns.strata is not None:
        named = ", ".join(f"`{one}`" for one in strata[:_MOST_NAMED])
        more = len(strata) - _MOST_NAMED
        rest = f" and {more:,} more" if more > 0 else ""
        several = "each have" if len(strata) > 1 else "has"
        where = f"of the strata in `{columns.strata}`, {named}{rest} {several}"
    message = (
        f"{where} a single {unit}, which does not show how units differ; say "
        '`lonely="certainty"` if it was certain to be drawn, `lonely="adjust"` to hold it against '
        "the whole sample, or join it to a stratum that is like it"
    )
    return CohortError(message)


_MOST_NAMED = 3


def _weights(name: str, column: Any) -> Numbers:
    found = _numbers(name, column, "weights")
    if (found < 0).any():
        row = int(np.flatnonzero(found < 0)[0])
        message = (
            f"row {row + 1} has a weight of {found[row]:g} in `{name}`; a weight says how many "
            "people a row stands for, and is 0 for those who were not drawn"
        )
        raise CohortError(message)
    if len(found) and not found.sum() > 0:
        message = (
            f"all weights in `{name}` are 0, so that the rows stand for nobody; name the column "
            "of weights that belongs to these rows"
        )
        raise CohortError(message)
    return found


def _numbers(name: str, column: Any, argument: str) -> Numbers:
    """A column of numbers, one for each row.

    Raises:
        CohortError: Some row has none, or one that is not finite.
    """
    remedy = {
        "weights": "give 0 to those who were not drawn, or leave them out",
        "fpc": "give each row the number of first-stage units of its whole stratum",
    }[argument]
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    try:
        found = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        found = None
        reason = str(error).splitlines()[0]
    if found is None or pa.types.is_boolean(kind):
        said = f": {reason}" if found is None else ""
        message = f"`{name}` is given as `{argument}`, and holds no numbers{said}"
        raise CohortError(message)
    wrong = ~np.isfinite(found)
    if wrong.any():
        rows = np.flatnonzero(wrong) + 1
        told = [str(number) for number in rows[:_FIRST].tolist()]
        if len(rows) > _FIRST:
            told.append(f"{len(rows) - _FIRST:,} more")
        verb = "row {} has" if len(rows) == 1 else "rows {} have"
        message = (
            f"{verb.format(listing(told))} no number in `{name}`, which is given as "
            f"`{argument}`; {remedy}"
        )
        raise CohortError(message)
    return np.asarray(found, np.float64)


_FIRST = 3
"""So many rows are named, and the others counted."""


def _groups(name: str, column: Any, argument: str) -> tuple[Places, list[Any]]:
    """Which of the different values of a column each row has, and these.

    Raises:
        CohortError: Some row has none.
    """
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_floating(whole.type):
        whole = pc.if_else(pc.is_nan(whole), None, whole)
    if whole.null_count:
        row = int(np.flatnonzero(np.asarray(whole.is_null()))[0])
        message = (
            f"row {row + 1} has nothing in `{name}`, which is given as `{argument}`; without it "
            "nobody knows with whom that row was drawn: fill it in, or leave the row out"
        )
        raise CohortError(message)
    if pa.types.is_dictionary(whole.type):  # some of its values may be of no row
        whole = whole.cast(whole.type.value_type)
    whole = whole.dictionary_encode()
    values = whole.dictionary.to_pylist()
    return np.asarray(whole.indices, np.int64), values


def _drawn(name: str, told: Numbers, stratum: Places, sizes: Places) -> Numbers:
    """Which share of its first-stage units was drawn of each stratum.

    Raises:
        CohortError: The rows of a stratum say different things, or more were drawn than there are.
    """
    low = np.full(len(sizes), np.inf)
    high = np.full(len(sizes), -np.inf)
    np.minimum.at(low, stratum, told)
    np.maximum.at(high, stratum, told)
    if (low != high).any():
        message = (
            f"the rows of a stratum do not agree in `{name}`, which is given as `fpc`: it says how "
            "many first-stage units the stratum has, or which share of them was drawn"
        )
        raise CohortError(message)
    is_share = bool((told <= 1).all())
    with np.errstate(divide="ignore"):
        share = low if is_share else sizes / low
    if (share <= 0).any() or (share > 1).any():
        message = (
            f"`{name}`, which is given as `fpc`, has fewer first-stage units than were drawn; it "
            "says how many the whole stratum has, or which share of them was drawn"
        )
        raise CohortError(message)
    return share
