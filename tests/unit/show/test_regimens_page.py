"""Regimens side by side as a page, pinned as a person reads it."""

from __future__ import annotations

from b12guide.regimens import compare

PAGE = """\
Regimens compared over 2 years
For education and research. It does not replace clinical judgement: verify it
against the primary literature before acting on it.

All 2 years together
  - injections
    - injections 13 to 17, visits 13 to 17, 13000 to 17000 µg, cost 130.00 to
      425.00 EUR (Begins with 1000 µg by intramuscular injection 3 times per
      week for 2 weeks (6 doses). · Goes on with 1000 µg by intramuscular
      injection every 2 to 3 months.)
  - tablets
    - injections 6, visits 6, doses 722, 722000 µg, cost not known (Begins with
      1000 µg by intramuscular injection 3 times per week for 2 weeks (6 doses).
      · Goes on with 1000 µg by mouth daily.)

Year by year
  - injections
    Year 1  injections 9 to 11, visits 9 to 11, 9000 to 11000 µg, cost 90.00 to
            275.00 EUR
    Year 2  injections 4 to 6, visits 4 to 6, 4000 to 6000 µg, cost 40.00 to
            150.00 EUR
  - tablets
    Year 1  injections 6, visits 6, doses 357, 357000 µg, cost not known
    Year 2  injections 0, visits 0, doses 365, 365000 µg, cost not known

With missed and late doses
  - injections
    As expected  10.4 to 17.0 of 13 to 17 doses given: injections 10.4 to 17.0,
                 visits 10.4 to 17.0, 10,400.0 to 17,000.0 µg, cost 104.00 to
                 425.00 EUR
  - tablets
    As expected  577.6 to 722.0 of 722 doses given: injections 4.8 to 6.0,
                 visits 4.8 to 6.0, doses 577.6 to 722.0, 577,600.0 to
                 722,000.0 µg, cost not known

What this rests on
  - Counted over 2 years from the first dose, for one person. A range goes from
    the regimen followed with the fewest doses to the most.
  - Unit costs: our practice (EUR, prices of 2026).
  - The cost of “tablets” is not known: the price of a dose (oral) is missing.
  - Each dose is missed with a probability of 0 to 20 %. A missed dose is not
    made up for.
"""


def test_the_page_is_pinned() -> None:
    found = compare(
        {
            "injections": "1000 µg IM every 2 to 3 months",
            "tablets": "1000 µg orally daily",
        },
        loading="1000 µg IM 3 times a week for 2 weeks",
        years=2,
        cost={
            "currency": "EUR",
            "year": 2026,
            "source": "our practice",
            "per_dose": {"intramuscular": 5},
            "per_visit": (5, 20),
        },
        adherence={"missed": (0, 0.2)},
    )

    assert found.to_text() == PAGE
