/**
 * Lengths of time (`b12guide.values.duration`). Days and weeks are one kind, months and years
 * another; the two are never converted into each other.
 */
import type { Duration, DurationRange, TimeUnit } from "../advice";
import * as exact from "../fraction";
import type { Fraction } from "../fraction";

export const IN_SMALLEST: Readonly<Record<TimeUnit, Fraction>> = {
  second: exact.fraction(1),
  minute: exact.fraction(60),
  hour: exact.fraction(3600),
  day: exact.fraction(86_400),
  week: exact.fraction(604_800),
  month: exact.fraction(1),
  year: exact.fraction(12),
};

export function isCalendar(unit: TimeUnit): boolean {
  return unit === "month" || unit === "year";
}

/** A length in months, or in seconds where its unit is fixed. */
export function sizeOf(length: Duration): Fraction {
  return exact.times(exact.fraction(length.value), IN_SMALLEST[length.unit]);
}

/** Both ends in months, or in seconds where the unit is fixed. */
export function smallest(range: DurationRange): readonly [Fraction, Fraction] {
  const { low, high, unit } = range;
  return [sizeOf({ value: low, unit }), sizeOf({ value: high, unit })];
}

export function lengthOf(low: Fraction, high: Fraction, unit: TimeUnit): DurationRange {
  return { low: exact.exactText(low), high: exact.exactText(high), unit };
}

/** What two lengths share that last equally long: 7 days are 1 week. */
export function lengthKey(range: DurationRange): string {
  const [low, high] = smallest(range);
  const kind = isCalendar(range.unit) ? "months" : "seconds";
  return `${kind} ${exact.exactText(low)} ${exact.exactText(high)}`;
}

export function areOneKind(one: DurationRange, two: DurationRange): boolean {
  return isCalendar(one.unit) === isCalendar(two.unit);
}

/** The lengths that lie in both; null where there is none, or the kinds differ. */
export function sharedLength(one: DurationRange, two: DurationRange): DurationRange | null {
  if (!areOneKind(one, two)) return null;
  const [mine, theirs] = [smallest(one), smallest(two)];
  const low = exact.most(mine[0], theirs[0]);
  const high = exact.least(mine[1], theirs[1]);
  if (exact.compare(low, high) > 0) return null;
  const isSmaller = exact.compare(IN_SMALLEST[two.unit], IN_SMALLEST[one.unit]) < 0;
  const unit = isSmaller ? two.unit : one.unit;
  return lengthOf(exact.over(low, IN_SMALLEST[unit]), exact.over(high, IN_SMALLEST[unit]), unit);
}

/** Whether every length of one lies in the other. */
export function liesWithin(one: DurationRange, other: DurationRange): boolean {
  if (!areOneKind(one, other)) return false;
  const [mine, theirs] = [smallest(one), smallest(other)];
  return exact.compare(theirs[0], mine[0]) <= 0 && exact.compare(mine[1], theirs[1]) <= 0;
}

/** Kind first, then the earlier end, then the later one. */
export function inTimeOrder(one: DurationRange, two: DurationRange): number {
  const kinds = Number(isCalendar(one.unit)) - Number(isCalendar(two.unit));
  const [mine, theirs] = [smallest(one), smallest(two)];
  return kinds || exact.compare(mine[0], theirs[0]) || exact.compare(mine[1], theirs[1]);
}
