/** A dose schedule in English, without losing a range or an end (`b12guide.say.schedules`). */
import type {
  AdviceData,
  Audience,
  Bound,
  Dose,
  DurationRange,
  Frequency,
  Phase,
  Regimen,
  TimeUnit,
} from "../advice";
import { given, isByWeight, statedEnds } from "../compose/doses";
import { areOneKind, smallest } from "../compose/lengths";
import * as exact from "../fraction";
import { called, choiceText, plural, spaced, wordFor } from "./words";

/** The regimen as one phrase, phase after phase. */
export function scheduleText(regimen: Regimen, data: AdviceData, audience: Audience): string {
  return regimen.phases.map((phase) => phaseText(phase, data, audience)).join(", then ");
}

function phaseText(phase: Phase, data: AdviceData, audience: Audience): string {
  const words = data.words[audience];
  const event = (name: string) => spaced(called(words.facts, name));
  const parts: string[] = [];
  if (phase.drugs.length > 0) {
    parts.push(choiceText(phase.drugs.map((drug) => spaced(called(words.drugs, drug)))));
  }
  parts.push(amountWithUnit(phase.dose, data, audience) + byWeight(phase, data, audience));
  if (phase.route !== null) parts.push(routeText(phase.route, data, audience));
  if (phase.frequency !== null) parts.push(frequencyText(phase.frequency));
  if (phase.bound !== null) {
    const isOnce = isSingleDose(phase) && phase.apart === null;
    parts.push(isOnce ? "once" : boundText(phase.bound, event, audience));
  }
  if (phase.apart !== null) {
    const { value, unit } = phase.apart;
    parts.push(`at least ${lengthText({ low: value, high: value, unit })} apart`);
  }
  const doses = doseCount(phase);
  if (doses !== null) parts.push(`(${plural(doses, "dose")})`);
  if (phase.as_needed) parts.push("as needed");
  if (phase.with_food) parts.push("with food");
  const text = parts.join(" ");
  if (phase.after.length === 0) return text;
  return `${text}, after ${phase.after.map(event).join(" and after ")}`;
}

/** How a drug gets into the body. */
function routeText(name: string, data: AdviceData, audience: Audience): string {
  const known = wordFor(data.words[audience].routes, name);
  return known ? spaced(known) : `by the ${name.replaceAll("_", " ")} route`;
}

// ---- amounts

/** The number of a dose without its unit: "1000", "1000 to 2000", "at least 1". */
function amountText(dose: Dose): string {
  const ends = statedEnds(dose).map(exact.fraction);
  const number = exact.rangeText(ends[0] ?? exact.ZERO, ends.at(-1) ?? exact.ZERO);
  if (dose.high === null) return `at least ${number}`;
  return dose.low === null ? `at most ${number}` : number;
}

/** A dose with its unit as it stands in a schedule: "1000 µg", "1 to 2 milligrams". */
export function amountWithUnit(dose: Dose, data: AdviceData, audience: Audience): string {
  return `${amountText(dose)} ${doseUnit(dose, data, audience)}`;
}

function doseUnit(dose: Dose, data: AdviceData, audience: Audience): string {
  const plain = audience === "patient" ? data.units[dose.unit]?.plain : null;
  if (!plain) return dose.unit;
  return statedEnds(dose).every((end) => end === "1") ? plain.replace(/s$/, "") : plain;
}

/** What limits a dose by weight, and what it comes to where the weight is known. */
function byWeight({ dose }: Phase, data: AdviceData, audience: Audience): string {
  if (!isByWeight(dose)) return "";
  let text = "";
  if (dose.limit !== null) {
    text = `, at most ${amountWithUnit(dose.limit, data, audience)}`;
  }
  if (dose.weight !== null) {
    const weight = exact.numberText(exact.fraction(dose.weight));
    const amount = amountWithUnit(given(dose, data.units), data, audience);
    text += ` (for ${weight} kg: ${amount})`;
  }
  return text;
}

// ---- how often and how long

/** A length of time: "2 weeks", "2 to 3 months". */
export function lengthText(length: DurationRange): string {
  const [low, high] = [exact.fraction(length.low), exact.fraction(length.high)];
  return plural(exact.rangeText(low, high), length.unit);
}

const SINGLE: Partial<Record<TimeUnit, string>> = {
  day: "daily",
  week: "weekly",
  month: "monthly",
  year: "yearly",
};

function isExactly(length: DurationRange, number: string): boolean {
  return length.low === number && length.high === number;
}

/** A recurring interval: "monthly", "on alternate days", "every 2 to 3 months". */
export function everyText(interval: DurationRange): string {
  if (isExactly(interval, "1")) return SINGLE[interval.unit] ?? `every ${interval.unit}`;
  if (isExactly(interval, "2") && interval.unit === "day") return "on alternate days";
  return `every ${lengthText(interval)}`;
}

/** How often: "every 2 months", "3 times per week", "1 to 2 times every 2 weeks". */
export function frequencyText(frequency: Frequency): string {
  if (frequency.kind === "every") return everyText(frequency.interval);
  const { low, high, per } = frequency;
  const number = exact.rangeText(exact.fraction(low), exact.fraction(high));
  const times = { "1": "once", "2": "twice" }[number] ?? `${number} times`;
  return isExactly(per, "1") ? `${times} per ${per.unit}` : `${times} every ${lengthText(per)}`;
}

function boundText(bound: Bound, event: (name: string) => string, audience: Audience): string {
  const isPlain = audience === "patient";
  switch (bound.kind) {
    case "for time":
      return `for ${lengthText(bound.length)}`;
    case "for doses": {
      const within = bound.within ? ` within ${lengthText(bound.within)}` : "";
      return `for ${plural(String(bound.count), "dose")}${within}`;
    }
    case "for life":
      if (bound.indefinitely) return isPlain ? "without an end" : "indefinitely";
      return isPlain ? "for the rest of your life" : "for life";
    case "until":
      return `until ${event(bound.event)}`;
  }
}

function isSingleDose({ frequency, bound }: Phase): boolean {
  const isOne = bound?.kind === "for doses" && bound.count === 1 && bound.within === null;
  return frequency === null && isOne;
}

/** How many doses a phase has, where its words fix the number. */
function doseCount({ as_needed, frequency, bound }: Phase): string | null {
  if (as_needed || frequency === null || bound?.kind !== "for time") return null;
  const length = bound.length;
  const [per, count] =
    frequency.kind === "every"
      ? [frequency.interval, 1]
      : [frequency.per, frequency.low === frequency.high ? frequency.low : null];
  const isFixed = per.low === per.high && length.low === length.high;
  if (count === null || !isFixed || !areOneKind(per, length)) return null;
  const whole = exact.times(exact.fraction(count), smallest(length)[0]);
  const doses = exact.over(whole, smallest(per)[0]);
  return exact.isWhole(doses) ? exact.exactText(doses) : null;
}
