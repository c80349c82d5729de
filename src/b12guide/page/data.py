"""A guideline as data for its page, `b12guide.program/1`: all that the engine there reads."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

from b12guide.evaluate.evaluator import Evaluator
from b12guide.graph.model import RuleGraph
from b12guide.notice import EDUCATION_NOTICE, VERSION
from b12guide.page.advice import advice_data
from b12guide.page.asking import ask_data
from b12guide.page.papers import papers_json
from b12guide.page.program import logic_json
from b12guide.page.sheet import sheet_json
from b12guide.page.spellings import history_json
from b12guide.say.validity import validity_text
from b12guide.show.to_json import guideline_json

Json: TypeAlias = dict[str, Any]

SCHEMA = "b12guide.program/1"


def program_json(graph: RuleGraph) -> Json:
    """The guideline as a value that `json.dumps` takes."""
    return {
        "schema": SCHEMA,
        "notice": EDUCATION_NOTICE,
        "warning": validity_text(graph) or None,
        "engine": {"name": "b12guide", "version": VERSION},
        "guideline": guideline_json(graph),
        "papers": papers_json(graph),
        "logic": logic_json(Evaluator.of(graph)),
        "advice": advice_data(graph),
        "sheet": sheet_json(graph),
        "history": history_json(graph),
        "ask": ask_data(graph),
    }


def spelled(program: Json) -> str:
    """The data as JSON, the same for the same guideline, in one line."""
    return json.dumps(program, ensure_ascii=False, separators=(",", ":"))
