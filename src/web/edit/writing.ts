/** The text as one writes: suggestions, what words mean, marks beside what is wrong, keys. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  completionKeymap,
  type CompletionResult,
  snippet,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentUnit } from "@codemirror/language";
import { type Diagnostic as Mark, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, openSearchPanel, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  hoverTooltip,
  keymap,
  lineNumbers,
  type Tooltip,
} from "@codemirror/view";
import type { Desk } from "./desk";
import { guidelineLanguage } from "./language";
import { rendered } from "./markdown";
import { placesIn } from "./offsets";
import { askAbout, type Diagnostic, type Suggestion } from "./service";
import { template } from "./template";

const INDENT = "    ";

export function writing(desk: () => Desk): Extension {
  return [
    lineNumbers(),
    lintGutter(),
    history(),
    drawSelection(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    bracketMatching(),
    indentUnit.of(INDENT),
    EditorState.tabSize.of(INDENT.length),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({
      "aria-label": "Text of the guideline",
      // Editable text can be reached anyway; this says so to those who look for it.
      tabindex: "0",
      spellcheck: "false",
      autocapitalize: "off",
    }),
    guidelineLanguage,
    autocompletion({
      override: [(context) => suggested(context, desk())],
      icons: false,
    }),
    hoverTooltip((view, at) => meaning(view, at, desk())),
    keymap.of([
      ...completionKeymap,
      ...lintKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...defaultKeymap,
      indentWithTab,
    ]),
  ];
}

export function search(view: EditorView): void {
  openSearchPanel(view);
}

// ------------------------------------------------------------------------- suggestions

const WORD = /[\w./%µ]*$/;
const FIRST = 50;

async function suggested(context: CompletionContext, desk: Desk): Promise<CompletionResult | null> {
  const typed = context.matchBefore(WORD);
  if (!context.explicit && (!typed || typed.from === typed.to)) return null;
  const told = await askAbout("complete", desk.questionAt(context.pos));
  if (context.aborted || "failure" in told || told.found.start === undefined) return null;
  return {
    from: placesIn(context.state.doc.toString()).units(told.found.start),
    options: (told.found.suggestions ?? []).map(completion),
    validFor: /^[\w]*$/,
  };
}

function completion(one: Suggestion): Completion {
  const isTemplate = one.snippet !== "";
  return {
    label: isTemplate ? `${one.label} ...` : one.label,
    detail: one.detail,
    type: one.kind,
    boost: FIRST - one.order,
    ...(one.about === "" ? {} : { info: () => rendered(one.about) }),
    ...(isTemplate ? { apply: snippet(template(one.snippet)) } : {}),
  };
}

// ----------------------------------------------------------------------- what words mean

async function meaning(view: EditorView, at: number, desk: Desk): Promise<Tooltip | null> {
  const told = await askAbout("hover", desk.questionAt(at));
  const about = "found" in told ? told.found.about : null;
  if (!about) return null;
  const places = placesIn(view.state.doc.toString());
  return {
    pos: places.units(about.start),
    end: places.units(about.end),
    above: true,
    create: () => ({ dom: rendered(about.markdown) }),
  };
}

/** What the word at the cursor means, in Markdown; empty where there is nothing to say. */
export async function meaningAtCursor(desk: Desk): Promise<string> {
  const told = await askAbout("hover", desk.questionAt(desk.view.state.selection.main.head));
  if ("failure" in told) return told.failure;
  return told.found.about?.markdown ?? "";
}

// ------------------------------------------------------------------------- what is wrong

/** Mark in the text that is shown what is wrong with it. */
export function mark(desk: Desk, diagnostics: readonly Diagnostic[]): void {
  const { view } = desk;
  const file = `${desk.current().name}.gdl`;
  const places = placesIn(view.state.doc.toString());
  const marks = diagnostics.flatMap((one): Mark[] => {
    if (one.place?.file !== file) return [];
    const from = places.units(one.place.start.offset);
    const to = Math.max(from, places.units(one.place.end.offset));
    return [{ from, to, severity: one.severity, message: said(one), source: one.code }];
  });
  marks.sort((one, other) => one.from - other.from);
  view.dispatch(setDiagnostics(view.state, marks));
}

function said(one: Diagnostic): string {
  const seen = one.place?.message ? [one.place.message] : [];
  const remedies = one.help.map((help) => `help: ${help.message}`);
  return [`${one.code}: ${one.message}`, ...seen, ...one.notes, ...remedies].join("\n");
}
