/**
 * One phase of a dose schedule: when two are the same, and the phase that keeps to both (M31 to
 * M36). `b12guide.regimen.phase` says the same in Python.
 */
import type {
  Bound,
  Duration,
  DurationRange,
  ForDoses,
  ForTime,
  Frequency,
  Phase,
} from "../advice";
import * as exact from "../fraction";
import type { Fraction } from "../fraction";
import { doseKey, sharedDose } from "./doses";
import type { Units } from "./doses";
import {
  IN_SMALLEST,
  isCalendar,
  lengthKey,
  lengthOf,
  sharedLength,
  sizeOf,
  smallest,
} from "./lengths";

const ONE = exact.fraction(1);
const SECONDS_IN_DAY = IN_SMALLEST.day;
const SHORTEST_MONTH = exact.times(exact.fraction(28), SECONDS_IN_DAY);
const LONGEST_MONTH = exact.times(exact.fraction(31), SECONDS_IN_DAY);

// ---- how often

/** From which to which length lies between two doses, in days or, on the calendar, in months. */
interface Spacing {
  readonly low: Fraction;
  readonly high: Fraction;
  readonly calendar: boolean;
}

function spacing(frequency: Frequency): Spacing {
  const length = frequency.kind === "every" ? frequency.interval : frequency.per;
  let [low, high] = smallest(length);
  if (frequency.kind === "times") {
    low = exact.over(low, exact.fraction(frequency.high));
    high = exact.over(high, exact.fraction(Math.max(frequency.low, 1)));
  }
  const calendar = isCalendar(length.unit);
  const size = calendar ? ONE : SECONDS_IN_DAY;
  return { low: exact.over(low, size), high: exact.over(high, size), calendar };
}

/** `once per week` is `weekly`: one value, however it is written (M32). */
function oneValue(frequency: Frequency | null): Frequency | null {
  return frequency?.kind === "times" && frequency.low === 1 && frequency.high === 1
    ? { kind: "every", interval: frequency.per }
    : frequency;
}

function frequencyKey(frequency: Frequency): string {
  return frequency.kind === "every"
    ? `every ${lengthKey(frequency.interval)}`
    : `${frequency.low} to ${frequency.high} in ${lengthKey(frequency.per)}`;
}

/** The frequency that keeps to both, on the average of its doses; null where none does. */
function sharedFrequency(one: Frequency, two: Frequency): Frequency | null {
  const mine = one.kind === "every" ? one.interval : one.per;
  const theirs = two.kind === "every" ? two.interval : two.per;
  // 7 days are a week, and another word.
  if (mine.unit === theirs.unit && frequencyKey(one) === frequencyKey(two)) return one;
  const [a, b] = [spacing(one), spacing(two)];
  const low = exact.most(a.low, b.low);
  const high = exact.least(a.high, b.high);
  if (a.calendar !== b.calendar || exact.compare(low, high) > 0) return null;
  return spaced(low, high, a.calendar);
}

/** The frequency of a spacing, in the largest words that hold it: 7/3 days are 3 times a week. */
function spaced(low: Fraction, high: Fraction, calendar: boolean): Frequency {
  if (exact.isWhole(low) && exact.isWhole(high)) {
    return { kind: "every", interval: inWords(low, high, calendar) };
  }
  const period = exact.fraction(leastCommonMultiple(low.numerator, high.numerator));
  return {
    kind: "times",
    low: Number(exact.over(period, high).numerator / exact.over(period, high).denominator),
    high: Number(exact.over(period, low).numerator / exact.over(period, low).denominator),
    per: inWords(period, period, calendar),
  };
}

function leastCommonMultiple(one: bigint, two: bigint): bigint {
  let [a, b] = [one, two];
  while (b !== 0n) [a, b] = [b, a % b];
  return (one / a) * two;
}

/** A length of so many days or months, in weeks or years where both ends are whole. */
function inWords(low: Fraction, high: Fraction, calendar: boolean): DurationRange {
  const size = exact.fraction(calendar ? 12 : 7);
  const [least, most] = [exact.over(low, size), exact.over(high, size)];
  if (exact.isWhole(least) && exact.isWhole(most)) {
    return lengthOf(least, most, calendar ? "year" : "week");
  }
  return lengthOf(low, high, calendar ? "month" : "day");
}

// ---- how long

function sharedBound(one: Bound, two: Bound): Bound | null {
  if (one.kind === "for life" && two.kind === "for life") {
    return { kind: "for life", indefinitely: one.indefinitely && two.indefinitely };
  }
  if (one.kind === "until" && two.kind === "until") {
    return one.event === two.event ? one : null;
  }
  const both = [one, two].filter(
    (bound): bound is ForTime | ForDoses => bound.kind === "for time" || bound.kind === "for doses",
  );
  const [mine, theirs] = both;
  if (!mine || !theirs) return null;
  // Both limits: numbers of doses agree, lengths of time overlap.
  const counts = new Set(
    both.flatMap((bound) => (bound.kind === "for doses" ? [bound.count] : [])),
  );
  if (counts.size > 1) return null;
  const [first, second] = [limitOf(mine), limitOf(theirs)];
  let length = first ?? second;
  if (first && second) {
    length = commonLength(first, second);
    if (length === null) return null;
  }
  const [count] = counts;
  if (count !== undefined) return { kind: "for doses", count, within: length };
  return length === null ? null : { kind: "for time", length };
}

function limitOf(bound: ForTime | ForDoses): DurationRange | null {
  return bound.kind === "for time" ? bound.length : bound.within;
}

function commonLength(one: DurationRange, two: DurationRange): DurationRange | null {
  if (one.unit === two.unit && lengthKey(one) === lengthKey(two)) return one;
  const met = sharedLength(one, two);
  if (met === null) return null;
  const calendar = isCalendar(met.unit);
  const size = calendar ? ONE : SECONDS_IN_DAY;
  const [low, high] = smallest(met);
  return inWords(exact.over(low, size), exact.over(high, size), calendar);
}

/**
 * Whether a number of doses within a length of time come to the same at this frequency: the length
 * is dropped where the doses fill it however they are spaced; null where they never do.
 */
function settled(bound: ForDoses, frequency: Frequency | null): ForDoses | null {
  const { within, count } = bound;
  if (within === null || frequency === null) return bound;
  const { low, high, calendar } = spacing(frequency);
  if (isCalendar(within.unit) !== calendar) return null;
  const doses = exact.fraction(count);
  const taken = inWords(exact.times(low, doses), exact.times(high, doses), calendar);
  const met = commonLength(taken, within);
  if (met === null) return null;
  const isFilled = lengthKey(met) === lengthKey(taken);
  return { kind: "for doses", count, within: isFilled ? null : met };
}

/** What a bound comes to: doses at a fixed interval are the length of time they take (M33). */
function byValue(bound: Bound | null, frequency: Frequency | null): Bound | null {
  if (bound?.kind === "for doses" && bound.within === null && frequency !== null) {
    const { low, high, calendar } = spacing(frequency);
    if (exact.compare(low, high) === 0) {
      const length = exact.times(low, exact.fraction(bound.count));
      return { kind: "for time", length: inWords(length, length, calendar) };
    }
  }
  return bound;
}

function boundKey(bound: Bound): string {
  switch (bound.kind) {
    case "for time":
      return `for ${lengthKey(bound.length)}`;
    case "for doses":
      return `doses ${bound.count} within ${bound.within && lengthKey(bound.within)}`;
    case "for life":
      return "for life";
    case "until":
      return `until ${bound.event}`;
  }
}

// ---- how far apart

function largerSpacing(one: Duration, two: Duration): Duration | null {
  if (isCalendar(one.unit) !== isCalendar(two.unit)) return null;
  return exact.compare(sizeOf(one), sizeOf(two)) >= 0 ? one : two;
}

/** Whether doses so often, and so many, can lie so far apart, whatever months there are (M76). */
function canBeApart(apart: Duration, frequency: Frequency | null, bound: Bound | null): boolean {
  if (frequency !== null) {
    const { high, calendar } = spacing(frequency);
    const longest: Duration = {
      value: exact.exactText(high),
      unit: calendar ? "month" : "day",
    };
    if (isLonger(apart, 1, longest)) return false;
  }
  if (bound?.kind === "for doses" && bound.within !== null) {
    const within: Duration = { value: bound.within.high, unit: bound.within.unit };
    return !isLonger(apart, bound.count - 1, within);
  }
  return true;
}

function isLonger(length: Duration, times: number, other: Duration): boolean {
  const one = exact.times(sizeOf(length), exact.fraction(times));
  const two = sizeOf(other);
  const [mine, theirs] = [isCalendar(length.unit), isCalendar(other.unit)];
  if (mine && !theirs) return exact.compare(exact.times(one, SHORTEST_MONTH), two) > 0;
  if (theirs && !mine) return exact.compare(one, exact.times(two, LONGEST_MONTH)) > 0;
  return exact.compare(one, two) > 0;
}

// ---- a phase

/** What two phases share that come to the same: daily for 7 doses is daily for a week. */
export function phaseKey(phase: Phase, units: Units): string {
  const frequency = oneValue(phase.frequency);
  const bound = byValue(phase.bound, frequency);
  const apart = phase.apart;
  return JSON.stringify([
    phase.drugs,
    doseKey(phase.dose, units),
    phase.route,
    frequency && frequencyKey(frequency),
    bound && boundKey(bound),
    apart && [isCalendar(apart.unit), exact.exactText(sizeOf(apart))],
    phase.as_needed,
    phase.with_food,
    phase.after,
  ]);
}

/** The phase that satisfies both, or null. What one leaves open, the other decides. */
export function sharedPhase(one: Phase, two: Phase, units: Units): Phase | null {
  const dose = sharedDose(one.dose, two.dose, units);
  let frequency = one.frequency ?? two.frequency;
  if (one.frequency && two.frequency) {
    frequency = sharedFrequency(one.frequency, two.frequency);
    if (frequency === null) return null;
  }
  let bound = one.bound ?? two.bound;
  if (one.bound && two.bound) {
    bound = sharedBound(one.bound, two.bound);
    if (bound === null) return null;
  }
  if (bound?.kind === "for doses") {
    bound = settled(bound, frequency);
    if (bound === null) return null;
  }
  let apart = one.apart ?? two.apart;
  if (one.apart && two.apart) {
    apart = largerSpacing(one.apart, two.apart);
    if (apart === null) return null;
  }
  if (apart !== null && !canBeApart(apart, frequency, bound)) return null;
  const drugs = sharedDrugs(one.drugs, two.drugs);
  if (dose === null || drugs === null || one.as_needed !== two.as_needed) return null;
  if (one.route && two.route && one.route !== two.route) return null;
  return {
    drugs,
    dose,
    route: one.route ?? two.route,
    frequency: oneValue(frequency),
    bound,
    apart,
    as_needed: one.as_needed,
    with_food: one.with_food || two.with_food,
    after: [...new Set([...one.after, ...two.after])].sort(),
  };
}

/** Whether to follow one phase is to follow the other as well. */
export function isPhaseWithin(one: Phase, other: Phase, units: Units): boolean {
  const met = sharedPhase(other, one, units);
  if (met === null || !haveOneSpacing(met.frequency, one.frequency)) return false;
  const inOrder = (phase: Phase) =>
    phaseKey({ ...phase, frequency: one.frequency, drugs: [...phase.drugs].sort() }, units);
  return inOrder(met) === inOrder(one);
}

function haveOneSpacing(one: Frequency | null, two: Frequency | null): boolean {
  if (one === null || two === null) return one === two;
  const [a, b] = [spacing(one), spacing(two)];
  return (
    a.calendar === b.calendar &&
    exact.compare(a.low, b.low) === 0 &&
    exact.compare(a.high, b.high) === 0
  );
}

/** The drugs of both, null where they have none in common; no drug named leaves it open. */
function sharedDrugs(one: readonly string[], two: readonly string[]): readonly string[] | null {
  if (one.length === 0 || two.length === 0) return one.length === 0 ? two : one;
  if (one.join() === two.join()) return one;
  // The two may prefer different drugs, so that neither's order may win.
  const both = [...new Set(one)].filter((drug) => two.includes(drug)).sort();
  return both.length === 0 ? null : both;
}
