"""Shares as people read them: in per cent, with their intervals and their bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from b12guide.say.words import listing, plural

if TYPE_CHECKING:
    from b12guide.cohort.shares import Sampling, Share


def percent_text(share: float) -> str:
    """A share in per cent, with three digits near 0 and near everybody.

    >>> percent_text(0.02749), percent_text(0.5), percent_text(0.99987), percent_text(0.0000001)
    ('2.75%', '50.0%', '99.987%', '<0.001%')
    """
    if share in {0, 1}:
        return f"{share:.0%}"
    apart = min(share, 1 - share)
    if apart < 0.00001:
        return "<0.001%" if share < 0.5 else ">99.999%"
    decimals = 1 if apart >= 0.1 else 2 if apart >= 0.01 else 3
    return f"{share:.{decimals}%}"


def share_text(share: Share, level: float) -> str:
    """A share with its interval; "of nobody" where there is nobody."""
    if share.share is None:
        return "of nobody"
    if share.low is None or share.high is None:
        return f"{percent_text(share.share)}, of which the design gives no interval"
    limits = f"{percent_text(share.low)} to {percent_text(share.high)}"
    return f"{percent_text(share.share)}, {level_text(level)} interval {limits}"


def beside(share: Share | None, sampling: Sampling | None) -> str:
    """What stands after a count of rows that were drawn: its share; nothing of others."""
    if share is None or sampling is None:
        return ""
    return f" ({share_text(share, sampling.level)})"


def level_text(level: float) -> str:
    """The level of an interval.

    >>> level_text(0.95)
    '95%'
    """
    return f"{100 * level:.4g}%"


def bounds_text(share: Share, condition: str) -> str:
    """What a share comes to at most where more is true than is known; nothing where it cannot.

    Args:
        share: The share.
        condition: What would have to be true where it is not known, as a clause with "if".
    """
    if share.most is None or share.most == share.share:
        return ""
    high = "" if share.most_high is None else f", up to {percent_text(share.most_high)}"
    return f"at most {percent_text(share.most)}{high} {condition}"


def sampling_text(sampling: Sampling, *, is_part: bool = False) -> str:
    """Whose shares these are, how people were drawn, and whose intervals stand beside them."""
    level = level_text(sampling.level)
    left_out = (
        f"{plural(f'{sampling.weightless:,}', 'row')} of no weight left out; "
        if sampling.weightless
        else ""
    )
    if is_part and sampling.is_design:
        given = (sampling.weights, sampling.strata, sampling.psu, sampling.fpc)
        design = listing([name for name in given if name])
        return (
            f"of the people in each part, by the design in {design}; {left_out}{level} intervals "
            "after Korn and Graubard"
        )
    if is_part:
        return f"of the rows of each part; {level} intervals after Wilson"
    if not sampling.is_design or sampling.weight is None:
        return f"of the rows; {level} intervals after Wilson"
    names = {
        "weights": sampling.weights,
        "strata": sampling.strata,
        "first-stage units": sampling.psu,
        "sizes of strata": sampling.fpc,
    }
    columns = listing([f"{what} in {name}" for what, name in names.items() if name])
    rows = plural(f"{sampling.rows:,}", "row")
    stand = f"of the people from whom {rows} were drawn"
    if sampling.weights:
        people = f"{sampling.weight:,.0f} by their weights"
        stand = f"of the people for whom {rows} stand, {people}"
    strata = "stratum" if sampling.strata_count == 1 else "strata"
    size = (
        f"{sampling.strata_count:,} {strata}",
        plural(f"{sampling.psu_count:,}", "unit"),
        f"{plural(f'{sampling.freedom:,}', 'degree')} of freedom",
    )
    about = "; ".join((stand, columns, ", ".join(size)))
    return f"{about}; {left_out}{level} intervals after Korn and Graubard"
