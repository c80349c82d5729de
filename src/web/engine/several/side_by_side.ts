/**
 * What several guidelines say to one patient: what they share, where they differ, who is silent.
 *
 * What two say is the same by value, never by its words: 1000 µg is 1 mg, and twelve months are a
 * year. Where anything is open for one of them, this does not say that they agree: two that both
 * answer "it depends on the kidneys" agree only if they answer alike for all kidneys, which
 * `b12guide panel` works out and this does not. Silence is no voice: it neither permits nor forbids.
 */
import type { Answer, DecisionAnswer, OptionAnswer } from "../answer";
import { type DecisionName } from "../papers";
import { amountOf } from "../calendar/dosing";
import { rangeOf, type Length, type TimeUnit } from "../calendar/days";
import type { Dose } from "../calendar/schedule";

/** How the guidelines that speak stand to each other about a decision. */
export type Accord = "same" | "differ" | "alone" | "silent" | "not compared";

/** A guideline behind a line: its place, its rules and how strongly they speak. */
export interface Voice {
  guideline: number;
  rules: readonly string[];
  statements: readonly string[];
  strength: string | null;
}

/** One thing that is said, and by whom. */
export interface Line {
  text: string;
  certain: boolean;
  alternative: boolean;
  withheld: boolean;
  avoided: boolean;
  /** Those of its drugs that are contraindicated, if it is not offered for that reason. */
  barred: readonly string[];
  by: readonly Voice[];
}

export interface Beside {
  decision: DecisionName;
  accord: Accord;
  outcomes: readonly string[];
  lines: readonly Line[];
  /** The places of the guidelines that say nothing about it. */
  silent: readonly number[];
  /** What each of them waits to know. */
  dependsOn: readonly (readonly string[])[];
}

/** Each decision with what the guidelines say about it, in reading order. */
export function sideBySide(answers: readonly Answer[]): Beside[] {
  const first = answers[0];
  if (!first) return [];
  const decisions = Object.keys(first.decisions) as DecisionName[];
  return decisions.map((decision) => beside(decision, answers));
}

function beside(decision: DecisionName, answers: readonly Answer[]): Beside {
  const decided = answers.map((answer) => answer.decisions[decision]);
  const speaking = decided.flatMap((one, place) => (isSilent(one) ? [] : [place]));
  const keys = decided.map((one) => [...saidBy(one)].map(([key]) => key).sort());
  const lines = new Map<string, { line: Omit<Line, "by">; by: Voice[] }>();
  decided.forEach((one, guideline) => {
    for (const [key, line, voice] of saidBy(one)) {
      const found = lines.get(key) ?? { line, by: [] as Voice[] };
      found.by.push({ guideline, ...voice });
      lines.set(key, found);
    }
  });
  const ordered = [...lines.values()].map(({ line, by }) => ({ ...line, by }));
  ordered.sort(
    (one, two) =>
      Number(one.alternative) - Number(two.alternative) || two.by.length - one.by.length,
  );
  return {
    decision,
    accord: accordOf(decided, keys, speaking),
    outcomes: decided.map((one) => one.outcome),
    lines: ordered,
    silent: decided.flatMap((one, place) => (isSilent(one) ? [place] : [])),
    dependsOn: decided.map((one) => one.depends_on),
  };
}

function isSilent(decided: DecisionAnswer): boolean {
  return (
    decided.outcome === "silent" &&
    decided.options.length === 0 &&
    decided.not_offered.length === 0 &&
    decided.indeterminate.length === 0
  );
}

function accordOf(
  decided: readonly DecisionAnswer[],
  keys: readonly (readonly string[])[],
  speaking: readonly number[],
): Accord {
  if (speaking.length < 2) return speaking.length ? "alone" : "silent";
  const [first, ...others] = speaking;
  const isAlike = others.every(
    (place) =>
      decided[place]?.outcome === decided[first ?? 0]?.outcome &&
      keys[place]?.join("\n") === keys[first ?? 0]?.join("\n"),
  );
  if (!isAlike) return "differ";
  const isOpen = speaking.some((place) => {
    const one = decided[place];
    return one === undefined || isOpenFor(one);
  });
  return isOpen ? "not compared" : "same";
}

function isOpenFor(decided: DecisionAnswer): boolean {
  return (
    decided.depends_on.length > 0 ||
    decided.indeterminate.length > 0 ||
    decided.options.some((option) => !option.certain)
  );
}

type Spoken = [key: string, line: Omit<Line, "by">, voice: Omit<Voice, "guideline">];

/** What a guideline says about a decision, each thing with the key of its value. */
function* saidBy(decided: DecisionAnswer): Generator<Spoken> {
  if (decided.outcome === "not needed") {
    const line = { ...PLAIN, text: "not needed" };
    yield ["not needed", line, { rules: decided.rules, statements: [], strength: null }];
  }
  for (const group of grouped(decided.options)) {
    const option = group[0];
    if (!option) continue;
    const { text, certain, alternative, withheld } = option;
    const line = {
      text,
      certain,
      alternative,
      withheld,
      avoided: option.avoided.length > 0,
      barred: [],
    };
    const { rules, statements, strength } = option;
    yield [keyOf(group.map(adviceOf), line), line, { rules, statements, strength }];
  }
  for (const one of decided.not_offered) {
    const line = { ...PLAIN, text: one.text, certain: one.certain, barred: one.drugs };
    const { rules, statements } = one;
    yield [keyOf([one.advice], line), line, { rules, statements, strength: null }];
  }
}

const PLAIN: Omit<Line, "by"> = {
  text: "",
  certain: true,
  alternative: false,
  withheld: false,
  avoided: false,
  barred: [],
};

/** One advice on several tests or drugs is an option for each, with the same words and rules. */
export function grouped(options: readonly OptionAnswer[]): OptionAnswer[][] {
  const groups: OptionAnswer[][] = [];
  for (const option of options) {
    const first = groups.at(-1)?.[0];
    const isSame =
      first !== undefined &&
      first.text === option.text &&
      first.rules.join() === option.rules.join() &&
      first.certain === option.certain &&
      first.alternative === option.alternative;
    if (isSame) groups.at(-1)?.push(option);
    else groups.push([option]);
  }
  return groups;
}

const BESIDE_ADVICE = new Set([
  "text",
  "strength",
  "evidence",
  "rules",
  "statements",
  "certain",
  "alternative",
  "withheld",
  "avoided",
  "drugs_open",
]);

function adviceOf(option: OptionAnswer): Record<string, unknown> {
  return Object.fromEntries(Object.entries(option).filter(([key]) => !BESIDE_ADVICE.has(key)));
}

function keyOf(advice: readonly Record<string, unknown>[], line: Omit<Line, "by">): string {
  const { certain, alternative, withheld, avoided, barred } = line;
  return JSON.stringify([advice.map(canonical), certain, alternative, withheld, avoided, barred]);
}

/** A value in which equal amounts and equal lengths of time look the same. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const found = value as Record<string, unknown>;
  if (isLength(found)) {
    const { low, high, unit } = rangeOf(found);
    const [kind, size] = SIZES[unit];
    return [kind, low * size, high * size];
  }
  const pairs = Object.entries(found).map(([key, part]) => [
    key,
    key === "dose" ? amountOf(part as Dose) : canonical(part),
  ]);
  const phase = Object.fromEntries(pairs) as Record<string, unknown>;
  if ("frequency" in found && "for" in found) phase["for"] = boundOf(found);
  return Object.keys(phase)
    .sort()
    .map((key) => [key, phase[key]]);
}

const SIZES: Readonly<Record<TimeUnit, [kind: string, size: number]>> = {
  second: ["seconds", 1],
  minute: ["seconds", 60],
  hour: ["seconds", 3600],
  day: ["seconds", 86_400],
  week: ["seconds", 604_800],
  month: ["months", 1],
  year: ["months", 12],
};

function isLength(found: Record<string, unknown>): found is Length & Record<string, unknown> {
  const { unit } = found;
  const isTime = typeof unit === "string" && Object.hasOwn(SIZES, unit);
  return isTime && ("value" in found || ("low" in found && "high" in found));
}

/** What a bound comes to: doses at a fixed interval are the length of time they take (M33). */
function boundOf(phase: Record<string, unknown>): unknown {
  const bound = phase["for"] as { doses?: number; within?: unknown } | string | null;
  const frequency = phase["frequency"] as { every?: Length; times?: unknown; per?: Length } | null;
  if (!bound || typeof bound !== "object" || bound.doses === undefined) return canonical(bound);
  const times = typeof frequency?.times === "number" ? frequency.times : 1;
  const length = frequency?.every ?? (typeof frequency?.times === "number" ? frequency.per : null);
  if (bound.within !== undefined || !length) return canonical(bound);
  const { low, high, unit } = rangeOf(length);
  const [kind, size] = SIZES[unit];
  if (low !== high) return canonical(bound);
  const whole = (bound.doses * low * size) / times;
  return [kind, whole, whole];
}

/** What each guideline is called: its name, with its version or its place where it has to be. */
export function calledBeside(guidelines: readonly { name: string; version: string }[]): string[] {
  let found = guidelines.map((one) => one.name);
  const further = [
    guidelines.map((one) => ` ${one.version}`),
    guidelines.map((_, index) => ` (${index + 1})`),
  ];
  for (const more of further) {
    const often = (label: string) => found.filter((one) => one === label).length;
    found = found.map((label, index) => (often(label) > 1 ? label + (more[index] ?? "") : label));
  }
  return found;
}
