/**
 * Days of the calendar as whole numbers, counted from 1 January 1970, and lengths of time in whole
 * numbers. Nothing here reads a clock or a time zone.
 *
 * A month has no fixed length: one month after 31 January is the last day of February, and repeated
 * months are counted from their anchor, so that 31 January, 28 February and 31 March follow.
 */

/** A day, from 1 January of the year 1 to 31 December of the year 9999. */
export type Day = number;

export type TimeUnit = "second" | "minute" | "hour" | "day" | "week" | "month" | "year";

/** A length of time from `low` to `high`, as the JSON of an answer has it. */
export interface LengthRange {
  low: number;
  high: number;
  unit: TimeUnit;
}

/** A length of time as the JSON has it: one value, or a range. */
export type Length = LengthRange | { value: number; unit: TimeUnit };

/** From the earliest to the latest day, both included. */
export interface Window {
  earliest: Day;
  latest: Day;
}

/** A number as numerator and denominator: what a JSON number was written as. */
export interface Ratio {
  over: number;
  under: number;
}

const IN_SMALLEST: Record<TimeUnit, number> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  month: 1,
  year: 12,
};
export const SECONDS_IN_DAY = 86_400;

export function isCalendar(unit: TimeUnit): boolean {
  return unit === "month" || unit === "year";
}

/** The unit in months, or in seconds where its length is fixed. */
export function inSmallest(unit: TimeUnit): number {
  return IN_SMALLEST[unit];
}

export function rangeOf(length: Length): LengthRange {
  return "value" in length ? { low: length.value, high: length.value, unit: length.unit } : length;
}

// Hinnant's algorithms: days_from_civil and civil_from_days, in whole numbers.

function dayOf(year: number, month: number, day: number): Day {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const leaps = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leaps + dayOfYear - 719_468;
}

interface Civil {
  year: number;
  month: number;
  day: number;
}

function civilOf(day: Day): Civil {
  const z = day + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

function daysInMonth(year: number, month: number): number {
  return month === 12 ? 31 : dayOf(year, month + 1, 1) - dayOf(year, month, 1);
}

export const FIRST_DAY: Day = dayOf(1, 1, 1);
export const LAST_DAY: Day = dayOf(9999, 12, 31);

/** The day that `text` writes as year-month-day; null when there is no such day. */
export function readDay(text: string): Day | null {
  const found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (!found) return null;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) {
    return null;
  }
  return dayOf(year, month, day);
}

/** The day as year-month-day. */
export function dayText(day: Day): string {
  const { year, month, day: date } = civilOf(day);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(date)}`;
}

export function yearOf(day: Day): number {
  return civilOf(day).year;
}

/** Year and month of a day, and the first day of the next month: what an axis is drawn from. */
export function monthOf(day: Day): { year: number; month: number; next: Day } {
  const { year, month } = civilOf(day);
  const next = month === 12 ? dayOf(year + 1, 1, 1) : dayOf(year, month + 1, 1);
  return { year, month, next };
}

export function addDays(day: Day, days: number): Day | null {
  const found = day + days;
  return found >= FIRST_DAY && found <= LAST_DAY ? found : null;
}

export function addMonths(day: Day, months: number): Day | null {
  const { year, month, day: date } = civilOf(day);
  const count = year * 12 + month - 1 + months;
  const years = Math.floor(count / 12);
  if (years < 1 || years > 9999) return null;
  const into = count - years * 12 + 1;
  return dayOf(years, into, Math.min(date, daysInMonth(years, into)));
}

/**
 * The ratio that a JSON number stands for. Python writes a third as the nearest binary number; of
 * numbers that are no short decimals the simplest ratio with a small denominator is meant.
 */
export function ratioOf(value: number): Ratio {
  if (Number.isInteger(value)) return { over: value, under: 1 };
  for (let under = 2; under <= 1000; under++) {
    const over = Math.round(value * under);
    if (Math.abs(over / under - value) < 1e-12) return { over, under };
  }
  const digits = (String(value).split(".")[1] ?? "").length;
  return { over: Math.round(value * 10 ** digits), under: 10 ** digits };
}

/** `times` lengths after a day, where a fraction of a day counts as the day in which it falls. */
export function shifted(day: Day, length: number, unit: TimeUnit, times = 1): Day | null {
  const { over, under } = ratioOf(length);
  const size = over * inSmallest(unit) * times;
  if (!isCalendar(unit)) {
    return addDays(day, Math.floor(size / (under * SECONDS_IN_DAY)));
  }
  const months = Math.floor(size / under);
  const rest = size - months * under;
  const found = addMonths(day, months);
  if (found === null || rest === 0) return found;
  return addDays(found, Math.floor((rest * 30) / under));
}

/** The day a length later; null when the length is no whole number of days or of months. */
export function added(day: Day, value: number, unit: TimeUnit, times = 1): Day | null {
  const { over, under } = ratioOf(value);
  const parts = isCalendar(unit) ? under : under * SECONDS_IN_DAY;
  const size = over * inSmallest(unit) * times;
  if (size % parts !== 0) return null;
  return isCalendar(unit) ? addMonths(day, size / parts) : addDays(day, size / parts);
}

export function isDay(window: Window): boolean {
  return window.earliest === window.latest;
}

/** How many days lie between a day and a window; none if it lies inside. */
export function distance(window: Window, day: Day): number {
  if (window.earliest <= day && day <= window.latest) return 0;
  return Math.min(Math.abs(day - window.earliest), Math.abs(day - window.latest));
}

/** The window with each end moved to that of `other` where it lies before it. */
export function notBefore(window: Window, other: Window): Window {
  return {
    earliest: Math.max(window.earliest, other.earliest),
    latest: Math.max(window.latest, other.latest),
  };
}
