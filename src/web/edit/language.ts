/** The colours of a guideline. The words are those of the grammar: `scripts/editor_words.py`. */
import {
  HighlightStyle,
  StreamLanguage,
  type StreamParser,
  syntaxHighlighting,
} from "@codemirror/language";
import { tags } from "@lezer/highlight";
import words from "./words.json";

const ITEMS = new Set(words.item);
const CLAUSES = new Set(words.clause);
const LOGIC = new Set(words.logic);
const OTHERS = new Set(words.other);
const STRENGTHS = new RegExp(`^(?:${words.strength.join("|").replaceAll(" ", "\\s+")})\\b`);

type Next = "anything" | "name" | "strength" | "paths";

interface State {
  next: Next;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*/;
const NUMBER = /^(?:sha256:[0-9a-f]{64}|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]+(?:\.[0-9]+)*)/;

const parser: StreamParser<State> = {
  name: "gdl",
  startState: () => ({ next: "anything" }),
  copyState: (state) => ({ ...state }),
  token(stream, state) {
    const { next } = state;
    if (stream.eatSpace()) {
      return null;
    }
    if (stream.match(/^#.*/)) return "comment";
    if (next === "paths") {
      if (stream.match(/^\s*,\s*/)) return "punctuation";
      state.next = "anything";
      if (stream.match(/^[A-Za-z0-9_./~:-]+/)) {
        if (stream.match(/^\s*,/, false)) state.next = "paths";
        return "namespace";
      }
    }
    if (next === "strength") {
      state.next = "anything";
      if (stream.match(STRENGTHS)) return "atom";
    }
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return "string";
    if (stream.match(NUMBER)) return "number";
    if (stream.match(/^(?:<=|>=|[<>=≤≥])/)) return "operator";
    const word = stream.match(NAME);
    if (word && word !== true) return wordOf(word[0], state);
    stream.next();
    return null;
  },
  tokenTable: {
    item: tags.definitionKeyword,
    clause: tags.keyword,
    logic: tags.logicOperator,
    other: tags.modifier,
    declared: tags.definition(tags.variableName),
    label: tags.labelName,
  },
};

function wordOf(word: string, state: State): string | null {
  const isDeclared = state.next === "name" && !isWord(word);
  state.next = "anything";
  if (isDeclared) return "declared";
  if (ITEMS.has(word)) {
    state.next = "name";
    return "item";
  }
  if (word === "strength") state.next = "strength";
  if (word === "uses") state.next = "paths";
  if (LOGIC.has(word)) return "logic";
  if (CLAUSES.has(word)) return "clause";
  if (OTHERS.has(word)) return "other";
  return /^[A-Z][0-9]+$/.test(word) ? "label" : null;
}

function isWord(word: string): boolean {
  return ITEMS.has(word) || CLAUSES.has(word) || LOGIC.has(word) || OTHERS.has(word);
}

const style = HighlightStyle.define([
  { tag: tags.comment, class: "gdl-comment" },
  { tag: tags.string, class: "gdl-text" },
  { tag: tags.definitionKeyword, class: "gdl-item" },
  { tag: tags.keyword, class: "gdl-clause" },
  { tag: tags.logicOperator, class: "gdl-logic" },
  { tag: tags.modifier, class: "gdl-word" },
  { tag: tags.definition(tags.variableName), class: "gdl-declared" },
  { tag: tags.labelName, class: "gdl-label" },
  { tag: tags.number, class: "gdl-number" },
  { tag: tags.atom, class: "gdl-strength" },
  { tag: tags.namespace, class: "gdl-path" },
]);

export const guidelineLanguage = [StreamLanguage.define(parser), syntaxHighlighting(style)];
