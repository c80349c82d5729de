"""Guidelines as FHIR are valid, for all validators together."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from b12guide import load
from b12guide.fhir.plan import plan_bundle
from b12guide.graph.model import Loaded, RuleGraph
from b12guide.library import shipped
from tests.fhir.validators import Node, complaints
from tests.strategies.graphs import graphs

GUIDELINES = sorted(name for name in shipped() if "." not in name and name != "b12")


@pytest.mark.parametrize("name", GUIDELINES)
def test_a_shipped_guideline_is_valid(node: Node | None, name: str) -> None:
    assert complaints(load(name).to_fhir(), node) == {}


@given(graphs(most=3))
def test_any_guideline_is_valid(node: Node | None, graph: RuleGraph) -> None:
    bundle: Any = plan_bundle(Loaded(graph=graph))

    assert complaints(bundle, node) == {}
