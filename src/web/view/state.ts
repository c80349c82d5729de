/** What was entered, as one frozen value, and the link that brings it back. */
import type { Program } from "../engine/program";

/** The number of a measure as it was typed, and the unit in which. */
export interface Measured {
  readonly number: string;
  readonly unit: string | null;
}

/** What was entered of a fact: yes or no, the value of a choice, a measure. */
export type Entry = boolean | string | Measured;

export const TABS = ["answer", "calendar", "history", "sheet", "beside", "edit"] as const;
export type Tab = (typeof TABS)[number];

export interface State {
  readonly guideline: string;
  /** By the names of the facts; what is not known has no entry. */
  readonly facts: Readonly<Record<string, Entry>>;
  readonly otherwise: "unknown" | "absent";
  /** Assumptions that are switched off. */
  readonly off: readonly string[];
  readonly calendar: {
    readonly start: string | null;
    readonly events: Readonly<Record<string, string>>;
  };
  readonly tab: Tab;
}

/** A change of what was entered. */
export type Change = (state: State) => State;

/** Values by name, and nothing else: a fact may be called as what every object has. */
export function bare<T>(...parts: readonly Readonly<Record<string, T>>[]): Record<string, T> {
  return Object.assign(Object.create(null), ...parts) as Record<string, T>;
}

export function frozen(state: State): State {
  Object.freeze(state.facts);
  Object.freeze(state.off);
  Object.freeze(state.calendar.events);
  Object.freeze(state.calendar);
  return Object.freeze(state);
}

export function emptyState(guideline: string): State {
  return frozen({
    guideline,
    facts: bare(),
    otherwise: "unknown",
    off: [],
    calendar: { start: null, events: bare() },
    tab: "answer",
  });
}

/** With this entry for a fact; null where it is not known any more. */
export function entered(name: string, entry: Entry | null): Change {
  return (state) => {
    const facts = bare(state.facts);
    if (entry === null) delete facts[name];
    else facts[name] = entry;
    return frozen({ ...state, facts });
  };
}

/** With all of these entries. */
export function allEntered(entries: Readonly<Record<string, Entry>>): Change {
  return (state) => frozen({ ...state, facts: bare(state.facts, entries) });
}

export function withOtherwise(otherwise: State["otherwise"]): Change {
  return (state) => frozen({ ...state, otherwise });
}

export function withGuideline(guideline: string): Change {
  return (state) => frozen({ ...state, guideline, off: [] });
}

export function withTab(tab: Tab): Change {
  return (state) => frozen({ ...state, tab });
}

export function withCalendar(calendar: State["calendar"]): Change {
  return (state) => frozen({ ...state, calendar });
}

/** With an assumption switched off, or on again. */
export function switched(assumption: string): Change {
  return (state) => {
    const rest = state.off.filter((name) => name !== assumption);
    const off = rest.length < state.off.length ? rest : [...rest, assumption];
    return frozen({ ...state, off });
  };
}

export function cleared(state: State): State {
  return frozen({ ...emptyState(state.guideline), tab: state.tab });
}

// ---------------------------------------------------------------------------- the link

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The state as the fragment of an address. Nothing of it is ever sent: browsers keep fragments. */
export function toFragment(state: State): string {
  const parts = new URLSearchParams();
  parts.set("g", state.guideline);
  const facts = Object.entries(state.facts).map(([name, entry]) => `${name}:${spelled(entry)}`);
  if (facts.length > 0) parts.set("facts", facts.join(";"));
  if (state.otherwise === "absent") parts.set("otherwise", "absent");
  if (state.off.length > 0) parts.set("off", state.off.join(","));
  if (state.calendar.start !== null) parts.set("start", state.calendar.start);
  const days = Object.entries(state.calendar.events).map(([name, day]) => `${name}:${day}`);
  if (days.length > 0) parts.set("days", days.join(";"));
  if (state.tab !== "answer") parts.set("tab", state.tab);
  // What needs no spelling out in a fragment stays as people read it.
  return `#${parts}`.replace(/%(3A|3B|2C|2F)/g, (mark) => decodeURIComponent(mark));
}

function spelled(entry: Entry): string {
  if (entry === true) return "yes";
  if (entry === false) return "no";
  if (typeof entry === "string") return entry;
  return [entry.number, entry.unit ?? ""].join(" ").trim();
}

export interface FromLink {
  readonly state: State;
  /** What in the link could not be read, in words. */
  readonly unread: readonly string[];
}

/** The state that a fragment brings back. What it has that no guideline here knows is told. */
export function fromFragment(fragment: string, programs: readonly Program[]): FromLink {
  const first = programs[0]?.guideline.name ?? "";
  const parts = new URLSearchParams(fragment.replace(/^#/, ""));
  const unread: string[] = [];
  const asked = parts.get("g");
  const program = programs.find((one) => one.guideline.name === asked) ?? programs[0];
  if (asked !== null && program?.guideline.name !== asked) {
    unread.push(`the guideline “${asked}”, which is not in this page`);
  }
  const facts = bare<Entry>();
  for (const pair of listed(parts.get("facts"), ";")) {
    const [name, value] = halves(pair);
    const entry = entryOf(name, value, program, programs);
    if (entry === null)
      unread.push(`“${pair}”, which is no fact with a value or unit that it takes`);
    else facts[name] = entry;
  }
  const events = bare<string>();
  for (const pair of listed(parts.get("days"), ";")) {
    const [name, day] = halves(pair);
    if (DAY.test(day)) events[name] = day;
    else unread.push(`“${pair}”, which has no day`);
  }
  const start = parts.get("start");
  const tab = parts.has("edit") ? "edit" : TABS.find((one) => one === parts.get("tab"));
  const known = program?.papers.assumptions ?? bare();
  const state = frozen({
    guideline: program?.guideline.name ?? first,
    facts,
    otherwise: parts.get("otherwise") === "absent" ? "absent" : "unknown",
    off: listed(parts.get("off"), ",").filter((name) => Object.hasOwn(known, name)),
    calendar: { start: start !== null && DAY.test(start) ? start : null, events },
    tab: tab ?? "answer",
  });
  return { state, unread };
}

function listed(text: string | null, mark: string): string[] {
  return (text ?? "").split(mark).filter((part) => part !== "");
}

function halves(pair: string): [string, string] {
  const at = pair.indexOf(":");
  return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
}

/** The entry that a text in a link spells, as the kind of the fact has it; null if there is none. */
function entryOf(
  name: string,
  value: string,
  program: Program | undefined,
  programs: readonly Program[],
): Entry | null {
  const all = program ? [program, ...programs] : programs;
  const fact = all.flatMap((one) => one.papers.facts).find((one) => one.name === name);
  if (!fact) return null;
  if (fact.kind === "choice") {
    return fact.values.some((one) => one.name === value) ? value : null;
  }
  if (fact.kind === "measure") {
    const [, number = "", written = ""] = /^([-+0-9.,]+)\s*(.*)$/.exec(value) ?? [];
    const unit = fact.units.find((one) => one.text === written || one.label === written);
    const isBare = written === "" && number !== "";
    if (number === "" || (!isBare && !unit)) return null;
    return { number, unit: isBare ? fact.unit : (unit?.text ?? null) };
  }
  return value === "yes" ? true : value === "no" ? false : null;
}
