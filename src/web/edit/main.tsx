/** The editor of guidelines: a script of its own, which the page loads when it is first wanted. */
import { render } from "preact";
import type { Program } from "../engine/program";
import { type Checked, checking } from "./checking";
import { type Desk, makeDesk } from "./desk";
import { mayBegin, Panel, type Room } from "./panel";
import { askAbout, filesOf } from "./service";
import { blank, sheetOf } from "./start";
import { mark, writing } from "./writing";
import "./edit.css";

/** What the page lets the editor do. */
export interface Page {
  /** The guidelines that are served, the one that is shown first. */
  readonly guidelines: readonly string[];
  /** A text to begin with; null where a guideline that is served is edited. */
  readonly text: string | null;
  readonly isAnswering: boolean;
  /** Answer from this program; null: from what is served. */
  readonly answerFrom: (program: Program | null) => void;
  readonly showAnswer: () => void;
}

/** The same, as the parts of the editor use it. */
export interface Host extends Page {
  readonly answerFromDraft: (isAsked: boolean) => Promise<void>;
  readonly backToServed: () => void;
}

interface Editor {
  readonly room: Room;
  page: Page;
  begunWith: string | null;
}

let editor: Editor | null = null;

/** Shows the editor in a place of the page; what it gives takes it away, and keeps the texts. */
export function mount(
  place: HTMLElement,
  page: Page,
): { update: (page: Page) => void; end: () => void } {
  const known = editor ?? (editor = open(page));
  const show = (now: Page) => {
    known.page = now;
    render(<Panel room={known.room} host={() => hostOf(known)} />, place);
    if (now.text === null || now.text === known.begunWith) return;
    known.begunWith = now.text;
    if (mayBegin(known.room.desk)) known.room.desk.begin(sheetOf(now.text, "linked"));
  };
  show(page);
  return {
    update: show,
    end: () => render(null, place),
  };
}

function open(page: Page): Editor {
  const listeners = new Set<() => void>();
  const tell = () => listeners.forEach((listen) => listen());
  const desk: Desk = makeDesk(writing);
  const marked = (checked: Checked) => mark(desk, checked.diagnostics);
  const checked = checking(desk, (now) => {
    if (!now.isPending || now.diagnostics.length > 0) marked(now);
    if (now.isDeep && !now.isPending && made.page.isAnswering) {
      void hostOf(made).answerFromDraft(false);
    }
    tell();
  });
  desk.onChange((what) => {
    if (what === "files") marked(checked());
    if (what !== "cursor") tell();
  });
  window.addEventListener("beforeunload", (event) => {
    if (desk.isChanged()) event.preventDefault();
  });
  const room: Room = {
    desk,
    checked,
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const made: Editor = { room, page, begunWith: null };
  if (page.text === null) void begin(desk, page);
  return made;
}

async function begin(desk: Desk, page: Page): Promise<void> {
  const [first] = page.guidelines;
  const told = first === undefined ? { found: blank() } : await filesOf(first);
  desk.begin("found" in told ? told.found : blank());
}

function hostOf(editor: Editor): Host {
  const { page, room } = editor;
  return {
    ...page,
    answerFromDraft: async (isAsked) => {
      const version = room.desk.version();
      const told = await askAbout("compile", room.desk.question());
      if (version !== room.desk.version() && !isAsked) return; // what came later is compiled itself
      if ("found" in told && told.found.program) editor.page.answerFrom(told.found.program);
    },
    backToServed: () => page.answerFrom(null),
  };
}
