"""A small vocabulary to state patients in."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from b12guide.graph.condition import ALWAYS
from b12guide.graph.model import Definition, Fact, RuleGraph, Vocabulary, Word
from b12guide.values.term import Kind


def fact(kind: Kind, name: str, label: str, **more: Any) -> Fact:
    return Fact(kind=kind, name=name, label=label, **more)


FACTS = (
    fact(
        Kind.MEASURE, "age", "age", unit="years", plausible=(Fraction(0), Fraction(130))
    ),
    fact(
        Kind.FINDING,
        "paresthesia",
        "paraesthesia",
        synonyms=("pins and needles", "tingling"),
    ),
    fact(Kind.FINDING, "numbness", "numbness", synonyms=("loss of feeling",)),
    fact(Kind.FINDING, "b12_deficiency", "vitamin B12 deficiency"),
    fact(Kind.FINDING, "nephropathy", "nephropathy"),
    fact(Kind.FINDING, "folate_deficiency", "folate deficiency"),
    fact(Kind.FINDING, "bariatric_surgery", "bariatric surgery"),
    fact(
        Kind.MEASURE,
        "egfr",
        "estimated glomerular filtration rate",
        synonyms=("GFR", "creatinine clearance"),
        unit="mL/min",
        also_written=("mL/min/1.73 m2",),
        plausible=(Fraction(0), Fraction(250)),
    ),
    fact(
        Kind.MEASURE,
        "serum_b12",
        "serum vitamin B12",
        synonyms=("cobalamin",),
        unit="ng/L",
        also_written=("pg/mL",),
        plausible=(Fraction(10), Fraction(100_000)),
        molar_mass=Fraction("1355.4"),
    ),
    fact(
        Kind.MEASURE,
        "platelets",
        "platelet count",
        synonyms=("thrombocytes",),
        unit="x10^9/L",
        plausible=(Fraction(0), Fraction(3000)),
    ),
    fact(
        Kind.MEASURE,
        "ferritin",
        "ferritin",
        unit="µg/L",
        also_written=("micrograms in a litre",),
    ),
    fact(Kind.MEASURE, "transferrin_saturation", "transferrin saturation", unit="%"),
    fact(Kind.MEASURE, "injections", "number of injections"),
    fact(
        Kind.CHOICE,
        "bariatric_procedure",
        "bariatric procedure",
        values=("none", "roux_en_y", "sleeve_gastrectomy", "other"),
        value_labels=(
            "no procedure",
            "Roux-en-Y gastric bypass",
            "sleeve gastrectomy",
            "another procedure",
        ),
    ),
    fact(
        Kind.CHOICE,
        "cobalamin_gene",
        "gene of the inherited defect",
        synonyms=("cobalamin",),
        values=("TCN2", "MTR"),
    ),
    fact(Kind.EVENT, "b12_repleted", "vitamin B12 is replete"),
)


@pytest.fixture(scope="session")
def graph() -> RuleGraph:
    drug = Word(
        kind=Kind.DRUG,
        name="mecobalamin",
        label="mecobalamin",
        synonyms=("methylcobalamin",),
    )
    folate = Word(
        kind=Kind.DRUG, name="folic_acid", label="folic acid", synonyms=("folate",)
    )
    test = Word(kind=Kind.TEST, name="thiamine", label="thiamine")
    serum_b12 = Word(kind=Kind.TEST, name="serum_b12", label="serum vitamin B12")
    return RuleGraph(
        name="small",
        title="A small guideline",
        version="1.0.0",
        vocabulary=Vocabulary(
            facts={f.name: f for f in FACTS},
            drugs={"mecobalamin": drug, "folic_acid": folate},
            tests={"thiamine": test, "serum_b12": serum_b12},
        ),
        definitions={
            "neurological_symptoms": Definition(
                name="neurological_symptoms",
                label="neurological symptoms",
                condition=ALWAYS,
            )
        },
    )
