"""Adherence over time as a picture: shares of those to whom the rule applied."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

pytest.importorskip("pyarrow", reason="the extra `cohort` is not installed")

from b12guide import UnknownNameError, load
from b12guide.audit.finding import USUAL, Family
from b12guide.cohort.adherence_periods import CohortPeriods, PeriodCount
from b12guide.cohort.audits import CohortAudit
from b12guide.errors import CohortError
from b12guide.show.drawing import NARROW, Box, Drawing, Fill, Strokes, Words, to_svg
from b12guide.show.period_pictures import PORTIONS, periods_drawing

GRAPH = load("mecobalamin_im").graph
RULE = "maintenance_standard"


def counted(period: int, *numbers: int) -> PeriodCount:
    """Kept, departed, undecidable, without a record, not applicable."""
    adheres, departs, undecidable, no_record, not_applicable = numbers
    return PeriodCount(
        rule=RULE,
        period=period,
        adheres=adheres,
        departs=departs,
        undecidable=undecidable,
        no_record=no_record,
        not_applicable=not_applicable,
    )


def audit(*counts: PeriodCount, start: str = "first event") -> CohortAudit:
    """An audit with these intervals, and nothing else."""
    return CohortAudit(
        graph=GRAPH,
        on=dt.date(2026, 6, 1),
        tolerance=USUAL,
        families=tuple(Family),
        patients=20,
        without_events=0,
        events=40,
        later=0,
        scope={},
        counts={},
        adherence=(),
        spacing=(),
        skipped=(),
        table=None,
        kind="pyarrow",
        periods=CohortPeriods(
            every="1 month", start=start, rules=(RULE,), followed=20, counts=counts
        ),
    )


COUNTS = (
    counted(0, 10, 5, 3, 2, 1),
    counted(1, 5, 5, 0, 0, 10),
    counted(2, 0, 0, 0, 0, 5),
)


def drawn(*counts: PeriodCount) -> Drawing:
    return periods_drawing(audit(*counts), RULE)


def columns(drawing: Drawing) -> list[Box]:
    return [p for p in drawing.parts if isinstance(p, Box) and p.said]


def test_a_part_of_a_column_is_a_share_of_those_to_whom_the_rule_applied() -> None:
    said = [box.said for box in columns(drawn(*COUNTS))]

    assert said == [
        "Interval 0: kept 10 of 20 (50%)",
        "Interval 0: no record to judge by 2 of 20 (10%)",
        "Interval 0: could not be judged 3 of 20 (15%)",
        "Interval 0: not kept 5 of 20 (25%)",
        "Interval 1: kept 5 of 10 (50%)",
        "Interval 1: not kept 5 of 10 (50%)",
    ]


def test_the_parts_of_a_column_fill_it() -> None:
    first = [
        box for box in columns(drawn(*COUNTS)) if box.said.startswith("Interval 0")
    ]
    bottom = max(box.y + box.height for box in first)
    top = min(box.y for box in first)

    assert bottom - top == pytest.approx(240, abs=1)
    assert len({box.x for box in first}) == 1


def test_what_could_not_be_judged_is_told_by_more_than_its_colour() -> None:
    looks = {(portion.colour, portion.fill) for portion in PORTIONS.values()}

    assert len({fill for _, fill in looks}) == 3
    assert PORTIONS["undecidable"].fill is Fill.HOLLOW
    assert PORTIONS["no_record"].fill is Fill.HATCHED
    assert len(looks) == len(PORTIONS)


def test_the_number_of_patients_stands_below() -> None:
    drawing = drawn(*COUNTS)
    words = [p for p in drawing.parts if isinstance(p, Words)]
    label = next(p for p in words if p.text == "Patients")
    below = [p.text for p in words if p.y == label.y and p is not label]

    assert below == ["20", "10", "0"]


def test_the_head_says_of_what_it_is_and_where_it_comes_from() -> None:
    about = " ".join(drawn(*COUNTS).about)
    column = periods_drawing(audit(*COUNTS, start="diagnosed"), RULE)
    own = periods_drawing(audit(*COUNTS, start="rule applies"), RULE)

    assert "Intervals of 1 month, counted from the first event" in about
    assert "S04 S15" in about
    assert "under review, not approved" in about
    assert "counted from diagnosed" in " ".join(column.about)
    assert "on which the rule applied to each patient" in " ".join(own.about)


def test_it_is_said_in_words_for_those_who_do_not_see_it() -> None:
    assert "Interval 1, 10 patients: kept 5, not kept 5." in drawn(*COUNTS).words


def test_nothing_to_show_is_said() -> None:
    drawing = drawn(counted(0, 0, 0, 0, 0, 5))

    assert "applied to no patient" in " ".join(drawing.about)
    assert not columns(drawing)
    assert "NaN" not in to_svg(drawing)


def test_of_very_many_intervals_the_first_are_shown_and_it_is_said() -> None:
    many = drawn(*(counted(n, 1, 0, 0, 0, 0) for n in range(300)))
    right = max(box.x + box.width for box in columns(many))

    assert len(columns(many)) == 120
    assert "Only the first 120 of 300 intervals" in many.about
    assert right <= many.width


def test_labels_do_not_touch_however_many_columns_there_are() -> None:
    for count in (1, 12, 24, 60, 119):
        drawing = drawn(*(counted(n, 1234, 0, 0, 0, 0) for n in range(count)))
        below = sorted(
            p.x for p in drawing.parts if isinstance(p, Words) and p.text == "1,234"
        )

        assert all(b - a >= 40 for a, b in pairwise(below))


def test_it_fits_a_phone() -> None:
    drawing = periods_drawing(audit(*COUNTS), RULE, NARROW)
    ends = [s[2] for p in drawing.parts if isinstance(p, Strokes) for s in p.segments]

    assert max(ends) <= NARROW
    assert all(b.x + b.width <= NARROW for b in columns(drawing))


def test_without_intervals_the_remedy_is_named() -> None:
    made: CohortAudit = audit(*COUNTS)
    bare = CohortAudit(
        **{
            name: getattr(made, name)
            for name in (
                *(
                    "graph",
                    "on",
                    "tolerance",
                    "families",
                    "patients",
                    "events",
                    "later",
                ),
                *(
                    "without_events",
                    "scope",
                    "counts",
                    "adherence",
                    "spacing",
                    "skipped",
                ),
                *("table", "kind"),
            )
        }
    )

    with pytest.raises(CohortError, match='periods="1 month"'):
        periods_drawing(bare, RULE)
    with pytest.raises(UnknownNameError, match="rule with intervals"):
        periods_drawing(made, "renal_form")
