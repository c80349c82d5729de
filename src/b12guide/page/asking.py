"""The index of questions in plain words, for the page: what the engine there searches."""

from __future__ import annotations

from typing import Any

from b12guide.ask.documents import Document
from b12guide.ask.index import index_of
from b12guide.errors import MissingExtraError
from b12guide.graph.model import RuleGraph
from b12guide.say.conditions import condition_text
from b12guide.say.words import capitalised
from b12guide.show.reply_page import definition_json
from b12guide.show.rule_text import action_text, rule_sentence
from b12guide.show.to_json import silences_json


def ask_data(graph: RuleGraph) -> dict[str, Any] | None:
    """The index with what an answer has of each document; None without the extra `ask`."""
    try:
        index = index_of(graph)
    except MissingExtraError:
        return None
    data = index.to_dict()
    documents = [
        {**told, "told": _told(one, graph)}
        for one, told in zip(index.documents, data["documents"], strict=True)
    ]
    return {**data, "documents": documents}


def _told(document: Document, graph: RuleGraph) -> list[dict[str, Any]]:
    """What an answer has of it, apart from what depends on the patient."""
    match document.kind:
        case "rule":
            rule = graph.rules[document.name]
            return [
                {
                    "text": capitalised(action_text(rule.value, rule.decision, graph)),
                    "condition": condition_text(rule.condition, graph),
                    "sentence": rule_sentence(rule, graph),
                }
            ]
        case "definition":
            return [definition_json(document.name, graph)]
        case "silence":
            return silences_json([graph.silences[int(document.name)]], graph)
        case _:
            return []
