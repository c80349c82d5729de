/** The words of doses, intervals and lists, from the shapes that the JSON of an answer has. */
import type { Length, LengthRange } from "./days";
import { rangeOf } from "./days";
import type { Bound, Dose, Frequency, Phase } from "./schedule";

/** What names are called, as the professional reads them. */
export interface Labels {
  fact(name: string): string;
  drug(name: string): string;
  route(name: string): string;
  test(name: string): string;
  decision(name: string): string;
  /** The drugs that a rule advises against. */
  avoidedBy(rule: string): readonly string[];
}

export function listing(words: readonly string[], last = "and"): string {
  const end = words.at(-1) ?? "";
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} ${last} ${end}` : end;
}

/** The words as a choice whose first member comes first. */
export function choiceText(words: readonly string[]): string {
  const [first, ...others] = words;
  if (first === undefined || others.length === 0) return first ?? "";
  return `${first} (first choice) or ${listing(others, "or")}`;
}

export function plural(count: number | string, noun: string): string {
  return String(count) === "1" ? `${count} ${noun}` : `${count} ${noun}s`;
}

/** A capital first letter, unless the first word has capitals of its own, such as eGFR. */
export function capitalised(sentence: string): string {
  const word = sentence.split(" ", 1)[0] ?? "";
  if (word.slice(1) !== word.slice(1).toLowerCase()) return sentence;
  return sentence.slice(0, 1).toUpperCase() + sentence.slice(1);
}

/** A number as people read it: decimals that end as they are, others to four places. */
export function numberText(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const written = String(value);
  if (/^\d+\.\d{1,9}$/.test(written)) return written;
  const apart = Math.abs(value - Math.round(value));
  let places = 4;
  for (let size = apart * 10; size < 1 && places < 20; size *= 10) places += 1;
  return value.toFixed(places).replace(/\.?0+$/, "");
}

export function rangeText(low: number, high: number): string {
  return low === high ? numberText(low) : `${numberText(low)} to ${numberText(high)}`;
}

export function lengthText(length: Length): string {
  const { low, high, unit } = rangeOf(length);
  return plural(rangeText(low, high), unit);
}

const SINGLE: Readonly<Record<string, string>> = {
  day: "daily",
  week: "weekly",
  month: "monthly",
  year: "yearly",
};

export function everyText(interval: LengthRange): string {
  const { low, high, unit } = interval;
  if (low === 1 && high === 1) return SINGLE[unit] ?? `every ${unit}`;
  if (low === 2 && high === 2 && unit === "day") return "on alternate days";
  return `every ${lengthText(interval)}`;
}

export function frequencyText(frequency: Frequency): string {
  if ("every" in frequency) return everyText(frequency.every);
  const { times } = frequency;
  const number = typeof times === "number" ? numberText(times) : rangeText(times.low, times.high);
  const often = { "1": "once", "2": "twice" }[number] ?? `${number} times`;
  const per = rangeOf(frequency.per);
  return per.low === 1 && per.high === 1
    ? `${often} per ${per.unit}`
    : `${often} every ${lengthText(per)}`;
}

/** A dose: "1000 µg", "1000 to 2000 µg", "at least 1 mg", "15 mg/kg, at most 1000 mg". */
export function doseText(dose: Dose): string {
  let text = amountText(dose);
  if (dose.limit) text += `, at most ${numberText(dose.limit.value)} ${dose.limit.unit}`;
  if (dose.for_weight) {
    const { weight, ...given } = dose.for_weight;
    text += ` (for ${numberText(weight.value)} ${weight.unit}: ${amountText(given)})`;
  }
  return text;
}

function amountText({ low, high, unit }: Dose): string {
  if (high === null) return `at least ${numberText(low ?? 0)} ${unit}`;
  if (low === null) return `at most ${numberText(high)} ${unit}`;
  return `${rangeText(low, high)} ${unit}`;
}

/** The phases as one English phrase. */
export function scheduleText(phases: readonly Phase[], labels: Labels): string {
  return phases.map((phase) => phaseText(phase, labels)).join(", then ");
}

function phaseText(phase: Phase, labels: Labels): string {
  const parts: string[] = [];
  if (phase.drugs.length) parts.push(choiceText(phase.drugs.map(labels.drug)));
  parts.push(doseText(phase.dose));
  if (phase.route !== null) parts.push(labels.route(phase.route));
  if (phase.frequency) parts.push(frequencyText(phase.frequency));
  const isSingle = !phase.frequency && !phase.apart && isDoses(phase.for) && phase.for.doses === 1;
  if (phase.until !== null) parts.push(`until ${labels.fact(phase.until)}`);
  else if (isSingle) parts.push("once");
  else if (phase.indefinitely) parts.push("indefinitely");
  else if (phase.for !== null) parts.push(boundText(phase.for));
  if (phase.apart) parts.push(`at least ${lengthText(phase.apart)} apart`);
  const count = doseCount(phase);
  if (count !== null) parts.push(`(${plural(count, "dose")})`);
  if (phase.as_needed) parts.push("as needed");
  if (phase.with_food) parts.push("with food");
  const gates =
    phase.after === null ? [] : typeof phase.after === "string" ? [phase.after] : phase.after;
  const text = parts.join(" ");
  return gates.length ? `${text}, after ${gates.map(labels.fact).join(" and after ")}` : text;
}

function isDoses(bound: Bound | null): bound is { doses: number; within?: Length } {
  return bound !== null && typeof bound === "object" && "doses" in bound;
}

function boundText(bound: Bound): string {
  if (bound === "life") return "for life";
  if (!isDoses(bound)) return `for ${lengthText(bound)}`;
  const inside = bound.within ? ` within ${lengthText(bound.within)}` : "";
  return `for ${plural(bound.doses, "dose")}${inside}`;
}

const SIZE: Readonly<Record<string, [kind: string, size: number]>> = {
  second: ["fixed", 1],
  minute: ["fixed", 60],
  hour: ["fixed", 3600],
  day: ["fixed", 86_400],
  week: ["fixed", 604_800],
  month: ["calendar", 1],
  year: ["calendar", 12],
};

/** How many doses a phase has, where its words fix the number. */
function doseCount(phase: Phase): number | null {
  const { frequency, for: bound } = phase;
  if (phase.as_needed || !frequency || phase.until !== null) return null;
  if (bound === null || bound === "life" || isDoses(bound)) return null;
  let [count, per]: [number, LengthRange] = [1, rangeOf(bound)];
  if ("every" in frequency) per = frequency.every;
  else {
    if (typeof frequency.times !== "number") return null;
    [count, per] = [frequency.times, rangeOf(frequency.per)];
  }
  const length = rangeOf(bound);
  const [mine, theirs] = [SIZE[length.unit], SIZE[per.unit]];
  const isFixed = per.low === per.high && length.low === length.high;
  if (!isFixed || !mine || !theirs || mine[0] !== theirs[0]) return null;
  const doses = (count * length.low * mine[1]) / (per.low * theirs[1]);
  return Number.isInteger(doses) ? doses : null;
}
