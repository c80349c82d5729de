"""What follows from what among those that ask for several values of a measure (M96, M97)."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

from b12guide import written
from b12guide.evaluate.reference import View, truth
from b12guide.graph.condition import AllOf, AnyOf, Not
from b12guide.graph.data import from_data, to_data
from b12guide.graph.model import (
    Fact,
    Loaded,
    Repeated,
    RoseOrFell,
    RuleGraph,
    Series,
    Vocabulary,
)
from b12guide.graph.series import name_of, series_text, ties
from b12guide.library import Library, SourceFile
from b12guide.truth import Truth
from b12guide.values.duration import DurationRange, TimeUnit
from b12guide.values.term import Kind, Operator

SIDES = tuple(o for o in Operator if o is not Operator.EQUAL)
FOUR_WEEKS = DurationRange(Fraction(4), Fraction(4), TimeUnit.WEEK)
LAST = tuple(
    Repeated(fact="m", count=count, operator=operator, bound=Fraction(bound))
    for count in (2, 3)
    for operator in SIDES
    for bound in (1, 2)
)
CHANGES = tuple(
    RoseOrFell(
        fact="m", fell=fell, operator=operator, by=Fraction(by), length=FOUR_WEEKS
    )
    for fell in (False, True)
    for operator in SIDES
    for by in (0, 1)
)
NUMBERS = [Fraction(n, 2) for n in range(7)]


def satisfies(number: Fraction, operator: Operator, bound: Fraction) -> bool:
    return {
        Operator.LESS: number < bound,
        Operator.AT_MOST: number <= bound,
        Operator.MORE: number > bound,
        Operator.AT_LEAST: number >= bound,
    }[operator]


def so(one: Series, values: tuple[Fraction, ...]) -> bool:
    """Whether it is so of values, the latest first, by the words of M96 and M97 alone."""
    if isinstance(one, Repeated):
        return all(satisfies(v, one.operator, one.bound) for v in values[: one.count])
    rise = values[0] - values[1]
    return satisfies(-rise if one.fell else rise, one.operator, one.by)


def allowed(some: tuple[Series, ...], latest: Fraction) -> set[tuple[bool, ...]]:
    """What the ties leave possible."""
    graph = RuleGraph(
        name="g",
        title="G",
        version="1.0.0",
        vocabulary=Vocabulary(
            facts={"m": Fact(kind=Kind.MEASURE, name="m", label="m")}
            | {
                name_of(one): Fact(kind=Kind.FINDING, name=name_of(one), label="l")
                for one in some
            }
        ),
    )
    kept = AllOf(tuple(AnyOf((Not(tie.premise), tie.conclusion)) for tie in ties(some)))
    return {
        values
        for values in product((False, True), repeat=len(some))
        if truth(
            kept,
            View(
                graph=graph,
                possible={"m": frozenset([(latest, False)])}
                | {
                    name_of(one): frozenset([(value, False)])
                    for one, value in zip(some, values, strict=True)
                },
            ),
        )
        is Truth.TRUE
    }


def happens(some: tuple[Series, ...], latest: Fraction) -> set[tuple[bool, ...]]:
    return {
        tuple(so(one, (latest, *before)) for one in some)
        for before in product(NUMBERS, repeat=2)
    }


def test_ties_of_last_values_allow_what_happens_and_nothing_else() -> None:
    for some in combinations(LAST, 2):
        for latest in NUMBERS:
            words = (*map(series_text, some), latest)
            assert allowed(some, latest) == happens(some, latest), words


def test_ties_of_changes_allow_what_happens_and_nothing_else() -> None:
    latest = Fraction(3, 2)
    for some in combinations(CHANGES, 2):
        assert allowed(some, latest) == happens(some, latest), list(
            map(series_text, some)
        )


def test_changes_in_other_times_are_not_tied() -> None:
    one, other = CHANGES[0], CHANGES[0]
    longer = DurationRange(Fraction(5), Fraction(5), TimeUnit.WEEK)
    other = RoseOrFell(
        fact="m", fell=False, operator=Operator.LESS, by=Fraction(1), length=longer
    )

    assert list(ties((one, other))) == []


def test_no_two_have_the_same_name() -> None:
    bounds = (Fraction(1), Fraction(3, 2), Fraction(1, 3), Fraction(15))
    found: set[Series] = {
        Repeated(fact="m", count=2, operator=operator, bound=bound)
        for operator in SIDES
        for bound in bounds
    }
    found.update((*LAST, *CHANGES))

    assert len({name_of(one) for one in found}) == len(found)


WRITTEN = """\
language 1
guideline g "G"
    version 1.0.0
    revised 2026-01-01
    status  submitted
measure hb "haemoglobin"
    unit g/L
drug mecobalamin "mecobalamin"
rule form
    when     last 2 hb < 100 g/L or hb rose less than 10 g/L in 4 weeks
    form     mecobalamin
    strength should
    cites    s
source s "S" by "A", 2024
"""


def loaded(text: str) -> Loaded:
    library = Library(SourceFile("series.gdl", text.encode()))
    return written.compiled(written.check(library))


def test_how_numbers_and_lengths_are_spelled_is_no_content() -> None:
    graph = loaded(WRITTEN).graph
    same = WRITTEN.replace("4 weeks", "28 days").replace("100 g/L", "10 g/dL")

    assert loaded(same).graph.digest == graph.digest
    for old, new in (
        ("4 weeks", "29 days"),
        ("last 2", "last 3"),
        ("100 g/L", "101 g/L"),
        ("rose", "fell"),
        ("less than", "at most"),
    ):
        assert loaded(WRITTEN.replace(old, new)).graph.digest != graph.digest


def test_the_measure_is_a_part_of_what_the_guideline_says() -> None:
    """Although nothing ties a rise to the value itself."""
    text = WRITTEN.replace("last 2 hb < 100 g/L or ", "")

    graph = loaded(text).graph

    assert loaded(text.replace("unit g/L", "unit mg/L")).graph.digest != graph.digest
    assert (
        graph.digest
        != loaded(
            text + 'assumption A "x"\nregard hb as current for 1 year assuming A\n'
        ).graph.digest
    )


def test_what_a_claim_alone_asks_is_no_content() -> None:
    claim = "invariant i never mecobalamin unless last 3 hb < 100 g/L\n"

    found = loaded(WRITTEN + claim)

    assert len(found.graph.series) == 3
    assert found.graph.digest == loaded(WRITTEN).graph.digest
    assert from_data(to_data(found), found.texts) == found
