"""One file of each kind with every construct of the language, read and printed."""

from __future__ import annotations

import pytest

from b12guide.syntax import grammar, parse, to_text
from b12guide.text import Text

VOCABULARY_AND_GUIDELINE = """\
# Every word of a vocabulary, then a guideline.
language 1.1
vocabulary words "Words"
finding diabetes "diabetes"
    asks      "Do you have" "diabetes?"
    lay       sugar, "sugar sickness"
    synonyms  dm, "diabetes mellitus", "said # so"
    code      snomed "73211009"
    implies   metabolic or not healthy
measure egfr "kidney function"
    unit      mL/min
    also written "ml per minute", mlmin
    plausible 0 to 250
    molar mass 113.12 g/mol
    current   for 12 months
    absent    0 mL/min
choice procedure values none, sleeve "sleeve gastrectomy", other
event plateau
conclusion deficiency values confirmed, unlikely
drug mecobalamin
    plausible dose 1 to 5000 µg
    usual dose 1000 µg
test serum_b12
route oral "by mouth"
site gluteal
service haematology "haematology"
implication diabetic
    when      procedure is any of sleeve, other
    then      diabetes

guideline everything "Everything"
    version   1.2.3
    revised   2026-02
    author    "One", "Two"
    reviewed  by "Three"
    licence   "CC BY 4.0"
    contact   "one@example.org"
    intended  for "nurses" "and physicians"
    effective 2026
    retired   2027-02-01
    supersedes everything_before, else
    superseded by everything_after
    status    approved by "A. Person" on 2026-02-25 covering sha256:{digest}
    scope     age >= 18 years assuming T47
    uses      b12, ../other
    statements S01 to S51
source summary "Summary" by "Someone", 2026 kind guideline printed as 1 inferred missing
    link      "https://example.org"
route rectal "into the rectum"
    synonyms PR
assumption T1 "Read so"
challenge T2 "Not so" by divine, cobalz
define ill "Ill" as all of diabetes, egfr < 30 to 60 mL/min, (none of a, b) assuming T1
define some as at least 2 of a, egfr < 50 mL/min, (b or c), d assuming T1
    strength  definition
    certainty moderate
rule first "First"
    exception to second, third
    outside scope
    when      (a and not (b or c is not none)) or plateau is known or egfr from 3 to 4 mL/min
              or a for more than 4 weeks or a for at most 1 year assuming T1 or b within 6 months
              or last 2 egfr < 50 mL/min or last 3 score >= 2 assuming T1
              or egfr fell at least 10 mL/min in 4 weeks or score rose less than 2 in 3 to 5 days
              or a less than 2 days ago or after 3 months of plateau or b at least 1 month ago
              or egfr is measured or plateau is not established or procedure is recorded
    load      mecobalamin 1000 µg IM on alternate days until plateau then 1 to 2 mg oral daily
              at least 2 days apart for 2 to 3 weeks or 1 mg twice weekly for 3 doses
              at least 2 days apart or 1 mg 2 to 3 times per month
              indefinitely after plateau then at most 1 g IV once with food as needed after
              plateau or 1 g once
    strength  should consider
    certainty very low
    grade     "C (II)"
    states    S01, S02
    cites     summary
    section   "Loading"
    assumes   T1
    challenged by T2
    because   "It is so" "and so"
    patient   "You need it."
    may maintain 1 mg IM every 2 to 3 months for life
    give folic_acid 5 mg once daily
    load not needed maintain not needed
    form a or b, not c or d
    avoid a, b contraindicated c
    may route oral or IM
    withhold folic_acid until repleted unless pregnancy
    check serum_b12, ferritin at 3, 6 and 12 months, before the next dose, with a and b
    check serum_b12 every 3 months for 1 year then at least every year for 2 years then monthly
    check serum_b12 weekly for 4 weeks during loading
    may check serum_b12 every 6 months
    check serum_b12 at least every year never alone once after plateau until plateau
    check serum_b12 monthly
    check hb at 2 to 4 weeks
    check hb at 3, 6 and 9 to 12 months
    do not check serum_b12, ferritin
    inject with needle 25 to 27 G and pressure for 5 minutes and at gluteal in the outer quadrant
    inject at gluteal directed down and not at gluteal routinely and not at arm
    target vitamin_d >= 75 nmol/L
    continue treatment for life
    stop treatment
    may stop treatment
    change maintain to 1 mg oral daily or hydroxocobalamin 1000 µg IM monthly
    may change load to 1 mg oral daily
    change form to hydroxocobalamin or mecobalamin
    may change route to oral
    refer haematology, neurology
    may refer haematology
    conclude deficiency confirmed may conclude deficiency unlikely
    note "Said."
regard egfr, b as current for 12 months assuming T1 assuming T2
derive egfr from ckd_epi_2021(creatinine, age, sex) assuming T1
silent on oxide, metformin as T50 "Nothing is said" when diabetes strength claim certainty high
invariant i1 never folic_acid when a unless b
invariant i2 "Two" always load 1 mg IM when a
invariant i3 never folic_acid before repleted
conflict expected between first and second as T51 because "Both are said"
example "one"
    given     diabetes on 2025-03-05, not a, b unknown, egfr 35 mL/min, c is none, otherwise absent
    given     a for more than 4 weeks, not after 3 months of b, otherwise unknown
    given     last 2 egfr < 50 mL/min, not egfr fell at least 10 mL/min in 4 weeks
    asked     on 2026-11-29
    expect    form a or b
    expect    no load 1 mg IM
    expect    rule first does not apply
    expect    rule first applies
    expect    rule first unknown
    expect    rule first indeterminate
    expect    rule first overridden
    expect    decision form determined
    expect    decision route depends on a, b
    expect    decision loading conflict
    expect    decision loading silent
    expect    decision loading not needed
    expect    decision loading because first
    expect    question a
    expect    no question b
    expect    assumption T1
    expect    challenge T2
    expect    silent on oxide
    expect    conflict between first and second
    expect    scope applies
    expect    scope does not apply
    expect    scope unknown
""".replace("{digest}", "0a" * 32)

PART = """\
language 1
part more "More"
    status    under review
    scope     none of a, b
rule r strength required when a is none of b, c form x
rule r strength should when a <= 1 % form x
rule r strength may form x
rule r strength acceptable alternative form x
rule r strength avoid form x
rule r strength do not form x
rule r strength claim form x
rule r strength target form x
rule r maintain 1 mg weekly give x 1 mg yearly
finding local measure m choice c event e drug d test t site s
"""

EXAMPLES = """\
language 1
examples for everything
example "empty"
"""


@pytest.mark.parametrize("written", [VOCABULARY_AND_GUIDELINE, PART, EXAMPLES])
def test_every_construct_survives_printing(written: str) -> None:
    file = parse(Text("everything.gdl", written))
    printed = parse(Text("printed.gdl", to_text(file)))

    assert printed == file
    assert to_text(printed) == to_text(file)


def test_no_keyword_of_the_language_is_left_out_above() -> None:
    said = set((VOCABULARY_AND_GUIDELINE + PART + EXAMPLES + " submitted").split())
    said = {word.strip(",()") for word in said}
    keywords = {terminal.pattern.value for terminal in grammar.parser().terminals}

    assert {word for word in keywords if word.isalpha()} <= said
