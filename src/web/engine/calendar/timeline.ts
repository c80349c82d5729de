/** An answer laid out on a calendar: its doses, its tests, and what has to be decided. */
import { added, type Day, dayText, FIRST_DAY, LAST_DAY, readDay, shifted, yearOf } from "./days";
import { dosing } from "./dosing";
import type { Entry, Unplaced } from "./entry";
import { entryText, entryTitle } from "./entry_text";
import { decidedOf, type Said, type SaidSilence } from "./said";
import { testing } from "./testing";
import { capitalised, type Labels } from "./wording";

/** How a timeline is asked for. Days are written as year-month-day. */
export interface TimelineOptions {
  start: string;
  /** The last day to show; a year after the first when left out. */
  until?: string;
  /** Events with the days on which they are expected, such as the end of a phase. */
  events?: Readonly<Record<string, string>>;
  /** The facts of the patient that are so: they came before the first day. */
  recorded?: readonly string[];
}

/** An entry as the JSON of a timeline has it (`schema/timeline.schema.json`). */
export interface TimelineRow {
  kind: string;
  phase: string;
  stage: number | null;
  number: number | null;
  earliest: string | null;
  latest: string | null;
  spread: string | null;
  target: string | null;
  open: boolean;
  optional: boolean;
  goes_on: boolean;
  after: string | readonly string[] | null;
  drugs: readonly string[];
  low: number | null;
  high: number | null;
  unit: string | null;
  route: string | null;
  tests: readonly string[];
  text: string;
  rules: readonly string[];
  statements: readonly string[];
  silent: readonly string[];
}

export interface Timeline {
  start: Day;
  until: Day;
  entries: readonly Entry[];
  rows: readonly TimelineRow[];
  titles: readonly string[];
  unplaced: readonly (Unplaced & { statements: readonly string[] })[];
  notices: readonly string[];
  /** Assumptions on which the entries rest, by name. */
  assumptions: readonly string[];
}

/** What is wrong with the days that were asked for, in words. */
export interface NoTimeline {
  refused: string;
}

const LONGEST = 120;

/** The timeline of an answer, or what is wrong with the days asked for. */
export function timeline(
  said: Said,
  labels: Labels,
  options: TimelineOptions,
): Timeline | NoTimeline {
  const start = readDay(options.start);
  if (start === null) return refused(options.start);
  const until =
    options.until === undefined ? (shifted(start, 1, "year") ?? LAST_DAY) : readDay(options.until);
  if (until === null) return refused(options.until ?? "");
  if (until < start) {
    return { refused: `The last day ${dayText(until)} lies before the first day.` };
  }
  if (yearOf(until) - yearOf(start) > LONGEST) {
    return { refused: `That is longer than ${LONGEST} years: check the years.` };
  }
  const days = new Map<string, Day>();
  // What is on record came before the first day, whenever that was.
  for (const name of options.recorded ?? []) days.set(name, FIRST_DAY);
  for (const [name, written] of Object.entries(options.events ?? {})) {
    const day = readDay(written);
    if (day === null) return refused(written);
    if (day < start) {
      const label = labels.fact(name);
      return {
        refused:
          `“${label}” is expected on ${written}, before the first day ` +
          `${options.start}. If it has happened, enter it among the facts.`,
      };
    }
    days.set(name, day);
  }
  const doses = dosing(said, start, until, days);
  const tests = testing(said, doses, start, until, days, labels);
  const entries = [...doses.entries, ...tests.entries].sort(inOrder);
  const statements = (rules: readonly string[]) => statementsOf(said, rules);
  const rules = new Set(entries.flatMap((one) => one.rules));
  const assumed = said.rules
    .filter((rule) => rules.has(rule.rule))
    .flatMap((rule) => rule.assumptions);
  return {
    start,
    until,
    entries,
    rows: entries.map((one) => rowOf(one, said, labels)),
    titles: entries.map((one) => entryTitle(one, labels)),
    unplaced: tests.unplaced.map((one) => ({
      ...one,
      statements: statements(one.rules),
    })),
    notices: told(said, entries, labels),
    assumptions: [...new Set(assumed)].sort(),
  };
}

function refused(written: string): NoTimeline {
  return { refused: `“${written}” is no day: write it as in 2026-01-05.` };
}

const KINDS = ["decision", "test", "dose"];

function inOrder(one: Entry, two: Entry): number {
  const [mine, theirs] = [orderOf(one), orderOf(two)];
  for (let at = 0; at < mine.length; at++) {
    const [a, b] = [mine[at] ?? 0, theirs[at] ?? 0];
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

function orderOf(one: Entry): (number | string)[] {
  return [
    one.window === null ? 1 : 0,
    one.window?.earliest ?? LAST_DAY,
    one.window?.latest ?? LAST_DAY,
    KINDS.indexOf(one.kind),
    one.decision,
    one.stage,
    one.kind === "test" ? 0 : (one.number ?? 0),
  ];
}

export function statementsOf(said: Said, rules: readonly string[]): string[] {
  const by = new Map(said.rules.map((rule) => [rule.rule, rule.statements]));
  return [...new Set(rules.flatMap((name) => by.get(name) ?? []))];
}

function rowOf(one: Entry, said: Said, labels: Labels): TimelineRow {
  const day = (value: Day | null | undefined) =>
    value === null || value === undefined ? null : dayText(value);
  const [only, ...more] = one.after;
  return {
    kind: one.kind,
    phase: one.decision,
    stage: one.kind === "dose" ? one.stage : null,
    number: one.number,
    earliest: day(one.window?.earliest),
    latest: day(one.window?.latest),
    spread: day(one.spread),
    target: day(one.target),
    open: one.isOpen,
    optional: one.isOptional,
    goes_on: one.further.length > 0,
    after: more.length ? one.after : (only ?? null),
    drugs: one.drugs,
    low: one.dose?.low ?? null,
    high: one.dose?.high ?? null,
    unit: one.dose?.unit ?? null,
    route: one.route,
    tests: one.tests,
    text: entryText(one, labels),
    rules: one.rules,
    statements: statementsOf(said, one.rules),
    silent: silencesBeside(one, said).map((silence) => silence.about),
  };
}

/** The silences that concern the decisions, rules, drugs or tests of an entry. */
export function silencesBeside(one: Entry, said: Said): SaidSilence[] {
  const by = new Map(said.rules.map((rule) => [rule.rule, rule.decision]));
  const decisions = new Set([one.decision, ...one.rules.map((name) => by.get(name))]);
  const topics = new Set([...one.drugs, ...one.tests]);
  const concerned = new Set(
    said.silent
      .filter(
        (silence) => topics.has(silence.about) || silence.decisions.some((d) => decisions.has(d)),
      )
      .map(wholeOf),
  );
  return said.silent.filter((silence) => concerned.has(wholeOf(silence)));
}

/** A silence has several topics, each of which is an item of the answer. */
function wholeOf(silence: SaidSilence): string {
  return `${silence.text}\n${silence.decisions.join()}`;
}

/** What a timeline without doses has to say for itself, and the notices of the answer. */
function told(said: Said, entries: readonly Entry[], labels: Labels): string[] {
  const found = said.notices.map((notice) => notice.text);
  if (said.scope === "does not apply") return found.map(capitalised);
  for (const decision of ["loading", "maintenance"]) {
    const decided = decidedOf(said, decision);
    const label = labels.decision(decision);
    if (decided.outcome === "not needed") {
      found.push(`${label}: not needed`);
    } else if (decided.outcome === "silent" && !decided.options.length) {
      const what = decided.not_offered.length
        ? "the guideline names no alternative to what is contraindicated"
        : "not stated by the guideline";
      found.push(`${label}: ${what}`);
    }
  }
  const isAny = entries.some((one) => (one.regimen || one.phase) && one.kind !== "test");
  if (!isAny) found.push("the guideline asks for no dose for this patient");
  return [...new Set(found)].map(capitalised);
}

/** The day so many days after another, as text: what a slider counts in. */
export function dayAfter(start: string, days: number): string | null {
  const first = readDay(start);
  const found = first === null ? null : added(first, days, "day");
  return found === null ? null : dayText(found);
}
