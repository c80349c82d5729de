"""A guideline as data for interpreters in other languages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from b12guide.evaluate.evaluator import Evaluator
from b12guide.library import shipped
from b12guide.page.data import program_json
from b12guide.page.program import logic_json
from b12guide.pipeline import load
from b12guide.resources import read
from tests.conformance.generate import graph_of, whole_text
from tests.strategies import graphs as make

GUIDELINES = sorted(
    name for name in shipped() if name != "b12" and not name.endswith(".examples")
)
SCHEMA = Draft202012Validator(json.loads(read("schema", "program.schema.json")))


@pytest.mark.parametrize("name", GUIDELINES)
def test_every_shipped_guideline_is_a_program_as_the_schema_has_it(name: str) -> None:
    data = json.loads(json.dumps(program_json(load(name).graph)))

    assert [error.message for error in SCHEMA.iter_errors(data)] == []


def test_whatever_the_language_can_write_is_a_program_as_the_schema_has_it() -> None:
    for number in range(60):
        graph = make.draw_graph(Random(number), most=12)  # noqa: S311 -- alike each time
        data = json.loads(json.dumps(program_json(graph)))

        assert [error.message for error in SCHEMA.iter_errors(data)] == []


def test_a_dose_without_a_unit_is_noticed() -> None:
    data = json.loads(json.dumps(program_json(load("mecobalamin_im").graph)))
    rules = {rule["name"]: rule for rule in data["advice"]["rules"]}
    del rules["loading_standard"]["value"]["regimens"][0]["phases"][0]["dose"]["unit"]

    (found,) = SCHEMA.iter_errors(data)
    assert found.json_path.startswith("$.advice.rules")


def test_operands_stand_before_the_nodes_that_read_them() -> None:
    logic = logic_json(Evaluator.of(load("mecobalamin_im").graph))
    for place, (kind, *rest) in enumerate(logic["nodes"]):
        if kind in {"all", "any"}:
            assert all(operand < place for operand in rest[0])
        elif kind in {"not", "defined", "established", "recorded"}:
            assert rest[0] < place


def test_a_bound_is_an_exact_number() -> None:
    logic = logic_json(Evaluator.of(graph_of(whole_text("ranges"))))
    bounds = [node[3:] for node in logic["nodes"] if node[0] == "compare"]

    assert ["50", "90"] in bounds
    assert all(re.fullmatch(r"-?\d+(/\d+)?", end) for ends in bounds for end in ends)


def test_each_topic_of_a_silence_has_the_decisions_that_it_concerns() -> None:
    logic = logic_json(Evaluator.of(load("mecobalamin_im").graph))
    told = [one["told"] for one in logic["silences"]]

    assert any("pregnancy" in topics for topics in told)
    assert all(
        topic == one["about"] for topics in told for topic, one in topics.items()
    )


def test_the_small_interpreter_of_the_docs_finds_what_applies(root: Path) -> None:
    page = (root / "docs" / "program.md").read_text("utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)
    names: dict[str, Any] = {}
    exec("\n".join(blocks), names)  # noqa: S102 -- the code of the page

    found = names["verdicts"](names["data"]["logic"], {})

    assert found["renal_form"] == "unknown"
    assert set(found) == set(load("mecobalamin_im").graph.rules)
