/**
 * The texts that are edited, and what is known of them. They live as long as the page does: another
 * tab may be looked at in between. Nothing of them is stored.
 */
import type { Text } from "@codemirror/state";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { placesIn, sendable } from "./offsets";
import type { BegunFile, Change, Question, Stretch } from "./service";

const SUFFIX = ".gdl";

/** A file that is edited. */
export interface Sheet {
  /** By which the service calls it; `draft` for the main one. */
  readonly name: string;
  readonly called: string;
  readonly kind: string;
  /** Whether the service has the text as it was at the beginning. */
  readonly isShipped: boolean;
  readonly original: Text;
}

export interface Desk {
  /** The files, the main one first. */
  sheets(): readonly Sheet[];
  current(): Sheet;
  /** What stands in a file now. */
  text(name: string): string;
  isChanged(): boolean;
  /** Counts the changes of any file. */
  version(): number;
  /** Whom to tell of a change of the text, of the files, of the place of the cursor. */
  onChange(listener: (what: "text" | "files" | "cursor") => void): void;
  /** What is asked about the texts: all that the service does not have, and the file in question. */
  question(): Question;
  /** The same, about a place in the file that is shown, in units of UTF-16. */
  questionAt(units: number): Question;
  show(name: string): void;
  begin(files: readonly BegunFile[]): void;
  /** Go to a place of a file, if it is among those that are edited. */
  goTo(file: string, place: { line: number; column: number }): boolean;
  /** Make changes in one file; false where it is not among those that are edited. */
  apply(name: string, changes: readonly Change[]): boolean;
  /** What was downloaded or shared does not count as changed any more. */
  settle(): void;
  readonly view: EditorView;
}

export function makeDesk(extensions: (desk: () => Desk) => Extension): Desk {
  let sheets: readonly Sheet[] = [];
  let current = 0;
  let version = 0;
  let settled = 0;
  const states = new Map<string, EditorState>();
  const listeners: ((what: "text" | "files" | "cursor") => void)[] = [];
  const tell = (what: "text" | "files" | "cursor") => listeners.forEach((listen) => listen(what));

  const watching = EditorView.updateListener.of((update) => {
    if (update.docChanged) {
      version += 1;
      tell("text");
    } else if (update.selectionSet) {
      tell("cursor");
    }
  });
  const begun = (text: string) =>
    EditorState.create({ doc: text, extensions: [watching, extensions(() => desk)] });
  const view = new EditorView({ state: begun("") });

  const stateOf = (name: string): EditorState => {
    const shown = sheets[current];
    if (shown?.name === name) return view.state;
    return states.get(name) ?? view.state;
  };
  const numberOf = (file: string) => {
    const name = file.endsWith(SUFFIX) ? file.slice(0, -SUFFIX.length) : file;
    return sheets.findIndex((sheet) => sheet.name === name);
  };
  const switchTo = (number: number) => {
    const [from, to] = [sheets[current], sheets[number]];
    if (!to || number === current) return;
    if (from) states.set(from.name, view.state);
    const state = states.get(to.name);
    current = number;
    if (state) view.setState(state);
    tell("files");
  };

  const desk: Desk = {
    view,
    sheets: () => sheets,
    current: () => sheets[current] ?? NOTHING,
    text: (name) => sendable(stateOf(name).doc.toString()),
    isChanged: () => version !== settled,
    version: () => version,
    onChange: (listener) => listeners.push(listener),
    question() {
      const sent = sheets.slice(1).filter((sheet) => {
        return !sheet.isShipped || !stateOf(sheet.name).doc.eq(sheet.original);
      });
      const beside = Object.fromEntries(sent.map(({ name }) => [name, desk.text(name)]));
      return { text: desk.text(sheets[0]?.name ?? ""), beside };
    },
    questionAt(units) {
      const { name } = desk.current();
      const { text, beside } = desk.question();
      const shown = desk.text(name);
      const isSent = name === sheets[0]?.name;
      return {
        text,
        beside: isSent ? { ...beside } : { ...beside, [name]: shown },
        at: placesIn(shown).characters(units),
        file: name,
      };
    },
    show: (name) => switchTo(numberOf(name)),
    begin(files) {
      states.clear();
      sheets = files.map((file) => {
        const state = begun(file.text);
        states.set(file.name, state);
        return {
          name: file.name,
          called: file.called,
          kind: file.kind,
          isShipped: file.is_shipped,
          original: state.doc,
        };
      });
      current = 0;
      const first = sheets[0] && states.get(sheets[0].name);
      if (first) view.setState(first);
      version += 1;
      settled = version;
      tell("files");
      tell("text");
    },
    goTo(file, place) {
      const number = numberOf(file);
      if (number < 0) return false;
      switchTo(number);
      const { doc } = view.state;
      const line = doc.line(Math.min(Math.max(place.line, 1), doc.lines));
      const at = line.from + placesIn(line.text).units(place.column - 1);
      view.dispatch({
        selection: { anchor: at },
        effects: EditorView.scrollIntoView(at, { y: "center" }),
      });
      view.focus();
      return true;
    },
    apply(name, changes) {
      const number = numberOf(name);
      const sheet = sheets[number];
      if (!sheet) return false;
      const state = stateOf(sheet.name);
      const places = placesIn(state.doc.toString());
      const made = changes.map((one) => ({
        from: places.units(one.start),
        to: places.units(one.end),
        insert: one.replacement,
      }));
      if (number === current) {
        view.dispatch({ changes: made, userEvent: "input.fix" });
      } else {
        states.set(sheet.name, state.update({ changes: made }).state);
        version += 1;
        tell("text");
      }
      return true;
    },
    settle() {
      settled = version;
    },
  };
  return desk;
}

const NOTHING: Sheet = {
  name: "draft",
  called: "draft",
  kind: "",
  isShipped: false,
  original: EditorState.create({}).doc,
};

/** The edits of a remedy, by file. */
export function byFile(
  edits: readonly (Stretch & { readonly replacement: string })[],
): ReadonlyMap<string, readonly Change[]> {
  const found = new Map<string, Change[]>();
  for (const edit of edits) {
    const change = {
      start: edit.start.offset,
      end: edit.end.offset,
      replacement: edit.replacement,
    };
    found.set(edit.file, [...(found.get(edit.file) ?? []), change]);
  }
  return found;
}
