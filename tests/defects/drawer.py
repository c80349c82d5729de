"""A sound little guideline, and the bugs that are planted in it, each with the gate for it."""

from __future__ import annotations

from attrs import frozen

from b12guide.prove.claim import ClaimKind

__all__ = ["FAILING", "REFUSED", "SOUND", "UNPROVED", "Planted"]

SOUND = """
define neurological "neurological symptoms" as any of numbness, paresthesia

rule form
    when      b12_deficiency
    form      hydroxocobalamin or mecobalamin
    ...
rule renal_form
    when      b12_deficiency and egfr < 50 mL/min
    form      hydroxocobalamin, not cyanocobalamin
    ...
rule loading
    when      b12_deficiency
    load      1000 µg IM 3 times per week for 2 weeks
    ...
rule loading_neurological
    exception to loading
    when      b12_deficiency and neurological
    load      1000 µg IM on alternate days until neurological_plateau
    ...
rule maintenance
    when      b12_deficiency
    maintain  1000 µg IM every 2 to 3 months for life
    ...
rule renal_maintenance
    exception to maintenance
    when      b12_deficiency and egfr < 50 mL/min
    maintain  1000 µg IM every month for life
    ...
rule folate
    when      folate_deficiency
    give      folic_acid 5 mg oral daily
    ...
rule folate_gate
    withhold  folic_acid until b12_repleted
    ...

invariant folate_last
    never     folic_acid unless b12_repleted
invariant no_cyanocobalamin
    always    avoid cyanocobalamin when b12_deficiency and egfr < 50 mL/min
invariant alternate_days
    always    load 1000 µg IM on alternate days until neurological_plateau
        when b12_deficiency and neurological
invariant hydroxocobalamin_fits
    always    form hydroxocobalamin when b12_deficiency

example "plain"
    given  b12_deficiency, egfr 90 mL/min, otherwise absent
    expect form hydroxocobalamin or mecobalamin
    expect decision form determined
    expect load 1000 µg IM 3 times per week for 2 weeks
    expect maintain 1000 µg IM every 2 to 3 months for life
    expect rule loading_neurological does not apply
example "numb"
    given  b12_deficiency, numbness, egfr 90 mL/min, otherwise absent
    expect load 1000 µg IM on alternate days until neurological_plateau
    expect no load 1000 µg IM 3 times per week for 2 weeks
example "pins and needles"
    given  b12_deficiency, paresthesia, egfr 90 mL/min, otherwise absent
    expect rule loading_neurological applies
example "symptoms alone"
    given  numbness, egfr 40 mL/min, otherwise absent
    expect rule loading_neurological does not apply
    expect rule renal_form does not apply
    expect rule renal_maintenance does not apply
    expect decision form silent
    expect decision loading silent
    expect decision maintenance silent
example "kidneys just below"
    given  b12_deficiency, egfr 49.9 mL/min, otherwise absent
    expect form hydroxocobalamin, not cyanocobalamin
    expect may form mecobalamin
    expect maintain 1000 µg IM every month for life
    expect rule maintenance overridden
example "kidneys at the bound"
    given  b12_deficiency, egfr 50 mL/min, otherwise absent
    expect rule renal_form does not apply
    expect rule renal_maintenance does not apply
example "kidneys just below the next bound"
    given  b12_deficiency, egfr 49 mL/min, otherwise absent
    expect rule renal_form applies
    expect rule renal_maintenance applies
example "folate"
    given  folate_deficiency, egfr 90 mL/min, otherwise absent
    expect no give folic_acid 5 mg oral daily
    expect withhold folic_acid until b12_repleted
example "severe deficiency is deficiency"
    given  severe_deficiency, egfr 90 mL/min, otherwise absent
    expect rule form applies
example "nothing to treat"
    given  egfr 90 mL/min, otherwise absent
    expect decision adjunct silent
    expect rule folate does not apply
example "replete"
    given  folate_deficiency, b12_repleted, egfr 90 mL/min, otherwise absent
    expect rule folate_gate does not apply
    expect give folic_acid 5 mg oral daily
"""


@frozen
class Planted:
    """A bug: `old` is replaced by `new` wherever it stands.

    Attributes:
        gate: The kind of claim that breaks, or the code of the diagnostic that tells of it.
    """

    name: str
    old: str
    new: str
    gate: ClaimKind | str = ""

    @property
    def text(self) -> str:
        """The guideline with the bug."""
        assert self.old in SOUND
        return SOUND.replace(self.old, self.new)


NEVER = "egfr < 50 mL/min and egfr > 60 mL/min"
NOTED = 'note      "be careful"\n    strength claim\n    cites page\n'
LET_THROUGH = """rule folate_in_pregnancy
    exception to folate_gate
    when      pregnancy
    note      "take it"
    strength claim
    cites page

invariant folate_last"""

UNPROVED = (
    Planted(
        "an exception forgotten",
        "    exception to maintenance\n",
        "",
        ClaimKind.CONFLICT,
    ),
    Planted(
        "rules that clash", "    exception to maintenance\n", "", ClaimKind.FORBIDDEN
    ),
    Planted(
        "an exception that says nothing",
        "maintain  1000 µg IM every month for life\n    ...\n",
        NOTED,
        ClaimKind.GAP,
    ),
    Planted(
        "a drug for some only",
        "when      b12_deficiency\n    form",
        "when      b12_deficiency and age >= 18 years\n    form",
        ClaimKind.GAP,
    ),
    Planted(
        "bounds that exclude each other",
        "egfr < 50 mL/min\n    form",
        f"{NEVER}\n    form",
        ClaimKind.DEAD,
    ),
    Planted(
        "a condition that an implication excludes",
        "b12_deficiency and neurological\n    load",
        "severe_deficiency and not b12_deficiency\n    load",
        ClaimKind.DEAD,
    ),
    Planted(
        "an exception that never meets its rule",
        "b12_deficiency and egfr < 50 mL/min\n    maintain",
        "not b12_deficiency and egfr < 50 mL/min\n    maintain",
        ClaimKind.REDUNDANT,
    ),
    Planted(
        "a prohibition with a hole",
        "invariant folate_last",
        LET_THROUGH,
        ClaimKind.WITHHELD,
    ),
    Planted(
        "an answer that learning overturns",
        "when      b12_deficiency\n    load",
        "when      b12_deficiency and not pregnancy is known\n    load",
        ClaimKind.LASTING,
    ),
    Planted(
        "nothing withheld",
        "withhold  folic_acid until b12_repleted\n    ...",
        NOTED.rstrip(),
        ClaimKind.INVARIANT,
    ),
    Planted(
        "a forbidden drug offered",
        "form      hydroxocobalamin, not cyanocobalamin",
        "form      hydroxocobalamin or cyanocobalamin",
        ClaimKind.INVARIANT,
    ),
    Planted(
        "alternate days lost",
        "b12_deficiency and neurological\n    load",
        "b12_deficiency and numbness\n    load",
        ClaimKind.INVARIANT,
    ),
    Planted(
        "the first choice lost",
        "form      hydroxocobalamin or mecobalamin",
        "form      mecobalamin",
        ClaimKind.INVARIANT,
    ),
    Planted(
        "an excluded drug dosed",
        "maintain  1000 µg IM every month",
        "maintain  cyanocobalamin 1000 µg IM every month",
        ClaimKind.FORBIDDEN,
    ),
)

FAILING = (
    Planted(
        "the wrong bound", "egfr < 50 mL/min\n    form", "egfr < 45 mL/min\n    form"
    ),
    Planted(
        "the bound included",
        "egfr < 50 mL/min\n    form",
        "egfr <= 50 mL/min\n    form",
    ),
    Planted(
        "the wrong side",
        "egfr < 50 mL/min\n    maintain",
        "egfr > 50 mL/min\n    maintain",
    ),
    Planted(
        "a tenth of the dose",
        "maintain  1000 µg IM every month",
        "maintain  100 µg IM every month",
    ),
    Planted(
        "another interval",
        "every 2 to 3 months for life\n    ...",
        "every 2 to 4 months for life\n    ...",
    ),
    Planted("another length", "for 2 weeks\n    ...", "for 3 weeks\n    ..."),
    Planted("a symptom left out", "numbness, paresthesia\n", "numbness\n"),
    Planted("all for any", "any of numbness", "all of numbness"),
    Planted(
        "a negation", "when      folate_deficiency", "when      not folate_deficiency"
    ),
    Planted("an exception dropped", "    exception to loading\n", ""),
)

REFUSED = (
    Planted("a clash", "    exception to maintenance\n", "", "GDL401"),
    Planted(
        "a name misspelt",
        "when      folate_deficiency",
        "when      folat_deficiency",
        "GDL202",
    ),
    Planted(
        "a wrong dimension",
        "egfr < 50 mL/min\n    form",
        "egfr < 50 months\n    form",
        "GDL304",
    ),
    Planted(
        "a dose out of reach",
        "load      1000 µg IM 3",
        "load      1000 mg IM 3",
        "GDL311",
    ),
    Planted(
        "an exception to itself",
        "exception to loading\n",
        "exception to loading_neurological\n",
        "GDL213",
    ),
)
