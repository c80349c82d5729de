"""Values of a record as a message shows them, and remedies in the notation of the record."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any

from b12guide.text import Text, shortened

__all__ = ["Notation", "as_json", "as_text", "shown"]


class Notation(Enum):
    """How a record is written, which its remedies have to be too."""

    JSON = "json"
    TOML = "toml"
    YAML = "yaml"
    PYTHON = "python"

    @classmethod
    def of(cls, text: Text) -> Notation:
        """The notation of `text`: that of its file, or Python's where nobody wrote a text."""
        if text.is_rendered:
            return cls.PYTHON
        name = text.name.lower()
        if name.endswith(".toml"):
            return cls.TOML
        return cls.YAML if name.endswith((".yaml", ".yml")) else cls.JSON

    def nothing(self, when: str) -> str:
        """What to write for what is not known, in the words of an order."""
        match self:
            case Notation.TOML:
                return f"leave the line out {when}"
            case Notation.PYTHON:
                return f"`None` {when}"
            case _:
                return f"`null` {when}"

    def word(self, word: str) -> str:
        """`true`, `false` or `null` as it is written here."""
        python = {"true": "True", "false": "False", "null": "None"}
        return python.get(word, word) if self is Notation.PYTHON else word

    def dated(self, value: str) -> str:
        """A value with its day."""
        match self:
            case Notation.TOML:
                return f"{{ value = {value}, on = YYYY-MM-DD }}"
            case Notation.YAML:
                return f"{{value: {value}, on: YYYY-MM-DD}}"
            case _:
                return f'{{"value": {value}, "on": "YYYY-MM-DD"}}'

    def pair(self, key: str, value: str) -> str:
        """A key with its value; `value` is text."""
        match self:
            case Notation.TOML:
                return f'{key} = "{value}"'
            case Notation.YAML:
                return f"{key}: {value}"
            case _:
                return f'"{key}": "{value}"'

    def facts(self, name: str = "", value: str = "...") -> str:
        """The key under which the facts stand, with one of them if it is named."""
        match self:
            case Notation.TOML:
                return f"facts.{name} = {value}" if name else "[facts]"
            case Notation.YAML:
                return f"facts: {{{name}: {value}}}" if name else "facts: {...}"
            case _:
                inside = f'"{name}": {value}' if name else "..."
                return f'{{"facts": {{{inside}}}}}'


def shown(raw: Any) -> str:
    """`raw` in short, on one line, without characters that a terminal would act on."""
    text = raw if isinstance(raw, str) else as_json(raw)
    text = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return shortened(text)


def as_json(raw: Any) -> str:
    """`raw` as JSON, or as Python prints it where JSON cannot carry it."""
    try:
        return json.dumps(raw, ensure_ascii=False)
    except Exception:  # noqa: BLE001 -- it runs the caller's classes
        return as_text(raw)


def as_text(raw: Any) -> str:
    """`raw` as Python prints it, or what it is where Python cannot.

    Python prints no integer of more than 4,300 digits, no data that are nested too deeply, and not
    whatever a class of the caller's own fails to print.
    """
    try:
        return str(raw)
    except Exception:  # noqa: BLE001 -- it runs the caller's classes
        return f"<{type(raw).__name__}>"
