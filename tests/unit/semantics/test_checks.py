"""What the checks say of guidelines that are wrong in less usual ways."""

from __future__ import annotations

import pytest

from b12guide.semantics.draft import Draft, is_range, statement_range
from b12guide.semantics.scope import (
    Namespace,
    duration,
    in_unit_of,
    meant,
    measure_named,
    scope_of,
)
from b12guide.syntax import ast, parse
from b12guide.text import Text
from tests.unit.semantics.writing import checked, codes, told


def said(block: str) -> str:
    return "\n".join(told(diagnostic) for diagnostic in checked(block).diagnostics)


@pytest.mark.parametrize(
    ("block", "message"),
    [
        # names in every corner of the language
        ("rule r\n    load 1000 µg IM until plateauu\n", "no fact `plateauu`"),
        ("rule r\n    check ferritin after nowhere\n", "no fact `nowhere`"),
        ("rule r\n    check ferritin with nothing\n", "no test `nothing`"),
        ("rule r\n    withhold nothing\n", "no drug `nothing`"),
        ("rule r\n    withhold folic_acid unless egfr\n", "`egfr` is a measure"),
        ("rule r\n    continue nothing\n", "no treatment `nothing`"),
        ("rule r\n    target nothing < 1 %\n", "no measure `nothing`"),
        ("rule r\n    target glossitis < 1 %\n", "cannot be compared"),
        ("rule r\n    when bariatric_procedure < 1 cm\n    route IM\n", "is ...`"),
        ("invariant i\n    never nothing unless b12_repleted\n", "no drug `nothing`"),
        ("invariant i\n    never folic_acid before nothing\n", "no event `nothing`"),
        ("invariant i\n    always route nowhere when glossitis\n", "no route"),
        ('example "e"\n    given nothing\n', "no fact `nothing`"),
        ('example "e"\n    given egfr is blue\n', "has no values to name"),
        ('example "e"\n    given glossitis 3 cm\n', "cannot be compared"),
        ('example "e"\n    given nothing unknown\n', "no fact `nothing`"),
        ('example "e"\n    given egfr 5000 mL/min\n', "no patient has this value"),
        ('example "e"\n    given bariatric_procedure is x\n', "has no value `x`"),
        ('example "e"\n    expect rule nothing applies\n', "no rule `nothing`"),
        ('example "e"\n    expect question nothing\n', "no fact `nothing`"),
        ('example "e"\n    expect assumption T9\n', "no assumption `T9`"),
        ('example "e"\n    expect challenge T9\n', "no challenge `T9`"),
        ('example "e"\n    expect silent on metformin\n', "is not silent on"),
        ('example "e"\n    expect conflict between a and b\n', "no rule `a`"),
        (
            'example "e"\n    expect decision loading because nothing\n',
            "no rule `nothing`",
        ),
        (
            'example "e"\n    expect decision loading depends on nothing\n',
            "no fact `nothing`",
        ),
        ('challenge T9 "x" by nobody\n', "no source `nobody`"),
        ("implication i\n    when nothing\n    then glossitis\n", "no fact `nothing`"),
        ('finding sprue "s"\n    implies nothing\n', "no fact `nothing`"),
        # quantities
        ("rule r\n    load 2000 to 1000 µg IM daily\n", "runs backwards"),
        ("rule r\n    load 0 µg IM daily\n", "a dose of `0 µg` is none"),
        ("rule r\n    load 1000 ugg IM daily\n", "`ugg` is not a unit"),
        ("rule r\n    load 1000 µg IM 3 to 2 times per week\n", "runs backwards"),
        ("rule r\n    load 1000 µg IM daily for 0 doses\n", "no dose is given"),
        ("rule r\n    load 1000 µg IM every 3 to 2 months\n", "runs backwards"),
        ("rule r\n    load 1000 µg IM every 0 months\n", "is no length of time"),
        ("rule r\n    inject pressure for 5 G\n", "is not a length of time"),
        ("rule r\n    inject needle 27 to 25 G\n", "runs backwards"),
        ("rule r\n    check ferritin at 3 cm\n", "is not a length of time"),
        ("rule r\n    target vitamin_d >= 75 cm\n", "`cm` is a length"),
        ("rule r\n    target vitamin_d >= 99999 nmol/L\n", "out of reach"),
        ("rule r\n    when egfr > 5000 mL/min\n    route IM\n", "never true"),
        ("rule r\n    when egfr = 5000 mL/min\n    route IM\n", "never true"),
        ("rule r\n    when egfr > 300 to 400 mL/min\n    route IM\n", "never true"),
        ("rule r\n    when egfr < 300 to 400 mL/min\n    route IM\n", "always true"),
        (
            (
                'measure ulcer "u"\n    unit cm\n    plausible 3 to 9\n'
                "rule r\n    when ulcer > 1 to 20 cm\n    route IM\n"
            ),
            "the range of this bound leaves every value open",
        ),
        ("rule r\n    when age from 18 to 500 years\n    route IM\n", "out of reach"),
        ("rule r\n    give folic_acid 5 g daily\n", "did you mean `5 mg`"),
        ("rule r\n    give folic_acid 0.0000001 µg daily\n", "check the number"),
        # declarations
        ('choice stage "stage"\n', "has no values to choose from"),
        ('choice stage "stage"\n    values one, one\n', "`one` is already a value"),
        ('measure ulcer "u"\n    unit cmm\n', "`cmm` is not a unit"),
        ('measure ulcer "u"\n    unit cm\n    plausible 9 to 1\n', "runs backwards"),
        ('measure ulcer "u"\n    unit cm\n    plausible 1 to 9 mg\n', "is a mass"),
        ('drug iron "i"\n    plausible dose 9 to 1 mg\n', "runs backwards"),
        ('drug iron "i"\n    plausible dose 1 to 9 cm\n', "no drug is measured so"),
        (
            'measure iron "i"\n    unit mg/L\n    molar mass 55 cm\n',
            "no unit of a molar mass",
        ),
        ('measure ulcer "u"\n    unit cm\n    absent 0 mg\n', "is a mass"),
        (
            'measure ulcer "u"\n    unit cm\n    plausible 1 to 9\n    absent 0 mm\n',
            "no patient can have the value of `absent`",
        ),
        ('finding ulcer "u"\n    absent 0 cm\n', "cannot have `absent`"),
        ('drug iron "i"\n    implies glossitis\n', "cannot have `implies`"),
        ('drug iron "i"\n    asks "Iron?"\n', "`asks` belongs to a finding or"),
        ('finding ulcer "u"\n    asks "Sore" "mouth"\n', "has no question mark"),
        ('finding u "u"\n    asks "U?"\n    asks "U?"\n', "`asks` is written twice"),
        ('finding u "u"\n    question "U?"\n', "`asks`"),
        ('define sick as glossitis\n    asks "Sick"\n', "about `sick` has no question"),
        (
            'define sick as glossitis\n    asks "Sick?"\n    asks "Ill?"\n',
            "`asks` is written twice",
        ),
        ('assumption T1 "x"\nassumption T1 "y"\n', "already an assumption"),
        ("invariant i\n    never folic_acid\n" * 2, "already an invariant"),
        ('source s "x"\nsource s "y"\n', "already a source"),
        ('event e "x"\nfinding e "y"\n', "`e` is already an event"),
        # order
        ("rule r\n    exception to r\n    route IM\n", "`r` is an exception to `r`"),
        ("define d as d\n", "`d` is defined by `d`"),
        (
            "define d0 as glossitis\n"
            + "".join(f"define d{n} as not d{n - 1}\n" for n in range(1, 170)),
            "nested 301 deep",
        ),
        # conflicts that cannot be
        (
            (
                "rule a\n    route IM\nrule b\n    exception to a\n    route oral\n"
                "conflict expected between a and b\n"
            ),
            "one is an exception to the other",
        ),
        (
            (
                "rule a\n    route IM\nrule b\n    route IM or oral\n"
                "conflict expected between a and b\n"
            ),
            "can be followed together",
        ),
        (
            "define nerves as glossitis\nrule r\n    when nerves < 3 cm\n    route IM\n",
            "`nerves` is a definition and cannot be compared",
        ),
    ],
)
def test_the_author_is_told(block: str, message: str) -> None:
    assert message in said(block)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("when tinglings", "did you mean `paresthesia` -> paresthesia"),
        ("when kidney_function", "`renal_dysfunction`"),
        ("when loading_course", "`loading_complete`"),
        ("when metformine", "`metformin` -> metformin"),
    ],
)
def test_a_wrong_word_brings_the_word_that_was_meant(word: str, meant: str) -> None:
    block = f"rule r\n    {word}\n    route IM\n"

    assert meant in said(block)


def test_no_more_than_a_hundred_findings_of_one_check_are_told() -> None:
    block = "".join(
        f"rule r{n}\n    when nothing_{n}\n    route IM\n" for n in range(150)
    )
    found = [d for d in checked(block).diagnostics if d.code == "GDL202"]

    assert len(found) == 100


@pytest.mark.parametrize(
    "bound", ["> 30 to 60 cm", "< 30 to 60 cm", ">= 150 to 400 cm"]
)
def test_a_printed_range_with_one_end_in_reach_says_something(bound: str) -> None:
    block = (
        'measure height "h"\n    unit cm\n    plausible 40 to 300\n'
        f"rule tall\n    when height {bound}\n    route IM\n"
    )

    assert "GDL309" not in codes(block)


def test_a_large_vocabulary_is_not_compared_word_by_word() -> None:
    block = "".join(f'finding f{n} "f"\n' for n in range(2100))
    scope = scope_of(checked(block).draft)

    assert scope.nearest(Namespace.FACT, "paresthesiae") == ()


def test_notes_need_no_citation() -> None:
    assert "GDL404" not in codes('rule r\n    note "x"\n')


def test_what_may_be_done_needs_no_strength() -> None:
    assert "GDL405" not in codes("rule r\n    may route IM\n")


# --------------------------------------------------------------------------- scope


def test_names_are_looked_up_by_kind_and_then_by_synonym() -> None:
    scope = scope_of(checked("rule r\n    route IM\n").draft)

    assert scope.name(Namespace.FACT, "serum_b12") == "serum_b12"
    assert scope.name(Namespace.TEST, "serum_b12") == "serum_b12"
    assert scope.name(Namespace.ROUTE, "im") == "intramuscular"
    assert scope.name(Namespace.DRUG, "Methylcobalamin") == "mecobalamin"
    assert scope.name(Namespace.RULE, "nowhere") == "nowhere"
    assert scope.find(Namespace.FACT, "intramuscular") is None
    assert scope.fact("nowhere") is None


@pytest.mark.parametrize(
    ("first", "last", "ids"),
    [
        ("S01", "S03", ("S01", "S02", "S03")),
        ("S9", "S11", ("S9", "S10", "S11")),
        ("R1", "S2", ()),
        ("S1", "last", ()),
        ("S2", "S1", ()),
        ("S1", "S99999", ()),
    ],
)
def test_statements_are_counted_out(
    first: str, last: str, ids: tuple[str, ...]
) -> None:
    text = f'language 1\nguideline g "G"\n    statements {first} to {last}\n'
    header = Draft((parse(Text("g.gdl", text)),)).header

    assert statement_range(header) == ids
    assert header is not None
    assert is_range(header) == bool(ids)


def test_meanings_that_do_not_exist_cannot_be_taken() -> None:
    checked_draft = checked("rule r\n    when egfr < 3 cm\n    check ferritin yearly\n")
    scope = scope_of(checked_draft.draft)
    egfr = measure_named("egfr", scope)
    nodes = [node for _, node in checked_draft.draft.each_node(ast.Comparison)]
    (bound,) = (
        node.bound
        for node in nodes
        if isinstance(node, ast.Comparison) and node.name.text == "egfr"
    )

    with pytest.raises(ValueError, match="is a length"):
        meant(in_unit_of(egfr, bound))
    with pytest.raises(ValueError, match="not a length of time"):
        meant(duration(bound))
    with pytest.raises(ValueError, match="`nowhere` is not a measure"):
        measure_named("nowhere", scope)
