/** Checks the texts as they change: at once what is quick, and after a pause the rest. */
import type { Desk } from "./desk";
import { askAbout, type Change, type Diagnostic, type Heading, type Reply } from "./service";

export interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  readonly outline: Readonly<Record<string, readonly Heading[]>>;
  readonly certain: Readonly<Record<string, readonly Change[]>>;
  /** Whether the texts have been changed since, or are still being checked. */
  readonly isPending: boolean;
  /** Why nothing could be checked; empty where something could. */
  readonly failure: string;
  /** Whether rules were held against one another and examples were tried. */
  readonly isDeep: boolean;
  /** Whether there is a guideline that can answer. */
  readonly isUsable: boolean;
}

const NOTHING: Checked = {
  diagnostics: [],
  outline: {},
  certain: {},
  isPending: true,
  failure: "",
  isDeep: false,
  isUsable: false,
};
const SOON = 250;
const LATER = 600;
/** The service has too much to do, and how long to wait then. */
const BUSY = 503;
const PAUSE = 3000;

export function checking(desk: Desk, tell: (checked: Checked) => void): () => Checked {
  let known = NOTHING;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const say = (now: Checked) => {
    known = now;
    tell(now);
  };
  let leaving = new AbortController();
  let quick = NOTHING;
  const check = async (deep: boolean) => {
    const version = desk.version();
    const told = await askAbout("check", { ...desk.question(), deep }, leaving.signal);
    if (version !== desk.version()) return; // what was typed since is checked by itself
    if ("failure" in told) {
      // What the quick look found is still true.
      const found = deep ? quick : known;
      say({ ...found, isPending: false, failure: told.failure });
      if (told.status === BUSY) timer = setTimeout(check, PAUSE, deep);
      return;
    }
    if (deep) {
      say(checkedBy(told.found, true));
      return;
    }
    quick = checkedBy(told.found, false);
    if (told.found.has_errors) {
      say({ ...quick, isPending: false });
      return;
    }
    // What only the long look finds stays in sight until the next one.
    say({ ...known, outline: quick.outline, certain: quick.certain, failure: "" });
    timer = setTimeout(check, LATER, true);
  };
  desk.onChange((what) => {
    if (what !== "text") return;
    clearTimeout(timer);
    leaving.abort(); // nobody waits for what is said of the text before
    leaving = new AbortController();
    say({ ...known, isPending: true });
    timer = setTimeout(check, SOON, false);
  });
  return () => known;
}

function checkedBy(reply: Reply, isDeep: boolean): Checked {
  return {
    diagnostics: reply.diagnostics,
    outline: reply.outline ?? {},
    certain: reply.certain ?? {},
    isPending: !isDeep,
    failure: "",
    isDeep,
    isUsable: reply.guideline !== null,
  };
}

/** How many of each kind there are, in words. */
export function summary(checked: Checked): string {
  const count = (severity: Diagnostic["severity"], one: string) => {
    const number = checked.diagnostics.filter((found) => found.severity === severity).length;
    return number === 0 ? [] : [`${number} ${one}${number === 1 ? "" : "s"}`];
  };
  const parts = [
    ...count("error", "error"),
    ...count("warning", "warning"),
    ...count("info", "remark"),
  ];
  return parts.length === 0 ? "Nothing to mend" : parts.join(", ");
}
