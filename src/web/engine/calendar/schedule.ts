/**
 * The days of a regimen: when each dose of each phase is due, and what has no day yet (M50 to M53).
 *
 * - The first phase begins on the first day; each later one when the phase before has ended: one of
 *   its own intervals after the last dose, on the next day where it is counted in periods, and not
 *   before the end of the phase before. No phase begins before every event that it waits for.
 * - A phase ends with its bound. A dose on the day that ends a length of time is no longer given; a
 *   dose on the day of an event that ends a phase still is.
 * - A range stays a range: a dose has an earliest and a latest day, and one that only the upper end
 *   of a range asks for may be left out.
 * - What depends on an event of unknown day has no day, and says for which event it waits.
 */
import {
  type Day,
  FIRST_DAY,
  inSmallest,
  isCalendar,
  LAST_DAY,
  type Length,
  type LengthRange,
  notBefore,
  rangeOf,
  ratioOf,
  SECONDS_IN_DAY,
  shifted,
  type TimeUnit,
  type Window,
} from "./days";

/** An amount as the JSON has it; an open end is null. */
export interface Dose {
  low: number | null;
  high: number | null;
  unit: string;
  limit?: { value: number; unit: string };
  by?: string | null;
  for_weight?: {
    weight: { value: number; unit: string };
    low: number | null;
    high: number | null;
    unit: string;
  };
}

export type Frequency =
  { every: LengthRange } | { times: number | { low: number; high: number }; per: Length };

export type Bound = "life" | Length | { doses: number; within?: Length };

/** One phase of a dose schedule, as the JSON of an answer has it. */
export interface Phase {
  drugs: readonly string[];
  dose: Dose;
  route: string | null;
  frequency: Frequency | null;
  for: Bound | null;
  until: string | null;
  apart?: { value: number; unit: TimeUnit };
  as_needed?: true;
  with_food?: true;
  /** That the source says "indefinitely" for "life". */
  indefinitely?: true;
  after: string | readonly string[] | null;
}

export interface DoseDay {
  number: number;
  window: Window;
  spread: Day | null;
  isOpen: boolean;
  isOptional: boolean;
}

/** Why a phase has no days. */
export type Pending = "event" | "later" | "never" | "unstated";

/** One phase on the calendar. */
export interface Stretch {
  phase: Phase;
  stage: number;
  begins: Window | null;
  doses: readonly DoseDay[];
  ends: Window | null;
  pending: Pending | null;
  waitsFor: readonly string[];
  openEnd: string | null;
  isUnspaced: boolean;
}

/** The days of events; `FIRST_DAY` for one that came on a day nobody knows. */
export type Events = ReadonlyMap<string, Day>;

export const ONE_DAY: LengthRange = { low: 1, high: 1, unit: "day" };
export const MOST_PER_DAY = 24;

/** The events that have to come before a phase, each once, in one order. */
export function gatesOf(phase: Phase): readonly string[] {
  if (phase.after === null) return [];
  return typeof phase.after === "string" ? [phase.after] : phase.after;
}

export function withGates(phase: Phase, further: readonly string[]): Phase {
  if (further.length === 0) return phase;
  return { ...phase, after: [...new Set([...gatesOf(phase), ...further])].sort() };
}

export function everyOf(phase: Phase): LengthRange | null {
  return phase.frequency && "every" in phase.frequency ? phase.frequency.every : null;
}

/** How many doses bound a phase; null where nothing does. */
export function countOf(phase: Phase): number | null {
  const bound = phase.for;
  return bound !== null && typeof bound === "object" && "doses" in bound ? bound.doses : null;
}

/** Whether a phase is one dose that is counted from an event: one interval after it. */
export function isCounted(phase: Phase): boolean {
  return gatesOf(phase).length > 0 && everyOf(phase) !== null && countOf(phase) === 1;
}

interface Times {
  low: number;
  high: number;
  per: LengthRange;
}

function timesOf(phase: Phase): Times | null {
  const frequency = phase.frequency;
  if (!frequency || "every" in frequency) return null;
  const { times } = frequency;
  const [low, high] = typeof times === "number" ? [times, times] : [times.low, times.high];
  return { low, high, per: rangeOf(frequency.per) };
}

/** How the phases so far ended. */
interface Over {
  last: Window;
  isStart: boolean;
  free: Window | null;
}

export function dosesDue(
  phases: readonly Phase[],
  start: Day,
  events: Events,
  until: Day,
): Stretch[] {
  const stretches: Stretch[] = [];
  let waits: readonly string[] = [];
  let over: Over | Pending = {
    last: { earliest: start, latest: start },
    isStart: true,
    free: null,
  };
  phases.forEach((phase, index) => {
    const unknown = gatesOf(phase).filter((name) => {
      const day = events.get(name);
      return day === undefined || (isCounted(phase) && day === FIRST_DAY);
    });
    waits = [...new Set([...waits, ...unknown])];
    if (waits.length > 0 && typeof over === "object") over = "event";
    if (typeof over === "string") {
      stretches.push(pendingStretch(phase, index + 1, over, over === "event" ? waits : unknown));
      return;
    }
    const [stretch, next]: [Stretch, Over | Pending] = laidOut(
      phase,
      index + 1,
      over,
      events,
      until,
    );
    over = next;
    if (stretch.openEnd !== null) waits = [...waits, stretch.openEnd];
    stretches.push(stretch);
  });
  return stretches;
}

export function pendingStretch(
  phase: Phase,
  stage: number,
  pending: Pending,
  waitsFor: readonly string[] = [],
): Stretch {
  return {
    phase,
    stage,
    begins: null,
    doses: [],
    ends: null,
    pending,
    waitsFor,
    openEnd: null,
    isUnspaced: false,
  };
}

/** One interval after a window. */
export function oneLater(window: Window, interval: LengthRange): Window {
  return {
    earliest: shifted(window.earliest, interval.low, interval.unit) ?? LAST_DAY,
    latest: shifted(window.latest, interval.high, interval.unit) ?? LAST_DAY,
  };
}

function beginOf(phase: Phase, over: Over, events: Events): Window {
  const gate = Math.max(FIRST_DAY, ...gatesOf(phase).map((name) => events.get(name) ?? FIRST_DAY));
  const interval = everyOf(phase);
  const gates = { earliest: gate, latest: gate };
  if (isCounted(phase) && interval) {
    const window = oneLater(gates, interval);
    return over.isStart ? window : notBefore(window, following(over, null));
  }
  return notBefore(following(over, interval), gates);
}

function following(over: Over, interval: LengthRange | null): Window {
  let window = over.last;
  if (!over.isStart) {
    window = oneLater(over.last, ONE_DAY);
    if (interval) window = notBefore(oneLater(over.last, interval), window);
  }
  return over.free === null ? window : notBefore(window, over.free);
}

// ------------------------------------------------------------------------ one phase

/** The bound of a phase on the calendar: pairs of a begin and the first day that is over. */
interface Limit {
  count: number | null;
  sure: readonly (readonly [Day, Day])[];
  possible: readonly (readonly [Day, Day])[];
}

function lastOf(limit: Limit): Day | null {
  return limit.possible.length ? Math.max(...limit.possible.map(([, end]) => end)) : null;
}

function freeOf(limit: Limit): Window | null {
  if (!limit.possible.length) return null;
  return {
    earliest: Math.min(...limit.sure.map(([, end]) => end)),
    latest: Math.max(...limit.possible.map(([, end]) => end)),
  };
}

function limitOf(phase: Phase, begin: Window, events: Events): Limit {
  if (phase.until !== null) {
    const day = events.get(phase.until);
    if (day === undefined) return { count: null, sure: [], possible: [] };
    const over = day === LAST_DAY ? day : day + 1;
    return {
      count: null,
      sure: [[begin.latest, over]],
      possible: [[begin.earliest, over]],
    };
  }
  const bound = phase.for;
  if (bound === null || bound === "life") return { count: null, sure: [], possible: [] };
  if ("doses" in bound) {
    if (!bound.within) return { count: bound.doses, sure: [], possible: [] };
    return { ...timed(begin, rangeOf(bound.within)), count: bound.doses };
  }
  return timed(begin, rangeOf(bound));
}

function timed(begin: Window, length: LengthRange): Limit {
  const ends = (size: number) =>
    [begin.earliest, begin.latest].map(
      (day) => [day, shifted(day, size, length.unit) ?? LAST_DAY] as const,
    );
  return { count: null, sure: ends(length.low), possible: ends(length.high) };
}

function laidOut(
  phase: Phase,
  stage: number,
  before: Over,
  events: Events,
  horizon: Day,
): [Stretch, Over | Pending] {
  const begin = beginOf(phase, before, events);
  const limit = limitOf(phase, begin, events);
  const openEnd = phase.until !== null && !events.has(phase.until) ? phase.until : null;
  const doses: DoseDay[] = [];
  let isCut = false;
  for (const dose of dosesOf(phase, begin, limit)) {
    isCut = dose.window.earliest > horizon;
    if (isCut) break;
    doses.push({ ...dose, isOpen: openEnd !== null });
  }
  const over = overOf(phase, limit, doses, before, isCut, horizon);
  let free = freeOf(limit);
  if (free === null && typeof over === "object") free = oneLater(over.last, ONE_DAY);
  const isBare = phase.until === null && (phase.for === null || isExactly(phase.for, 1));
  return [
    {
      phase,
      stage,
      begins: begin,
      doses,
      ends: free,
      pending: null,
      waitsFor: [],
      openEnd,
      isUnspaced: phase.frequency === null && !isBare && !phase.as_needed,
    },
    over,
  ];
}

/** Whether a bound is a number of doses and nothing else. */
function isExactly(bound: Bound, count: number): boolean {
  return typeof bound === "object" && "doses" in bound && bound.doses === count && !bound.within;
}

function overOf(
  phase: Phase,
  limit: Limit,
  doses: readonly DoseDay[],
  before: Over,
  isCut: boolean,
  horizon: Day,
): Over | Pending {
  let free = freeOf(limit);
  const count = countOf(phase);
  if (phase.for === "life") return "never";
  if (phase.until !== null && free === null) return "event";
  if (phase.as_needed && free === null) return "unstated";
  if (phase.until === null && phase.for === null && phase.frequency !== null) {
    return "unstated";
  }
  if (count !== null && phase.frequency === null && count > 1) return "unstated";
  if (free === null ? isCut : free.earliest > horizon) return "later";
  const last = doses.at(-1);
  let over: Over;
  if (last === undefined) {
    over = { ...before }; // its event came before it began
  } else {
    const latest = isCut && free !== null ? free.latest - 1 : last.window.latest;
    const sure = doses.filter((dose) => !dose.isOptional);
    const earliest = (sure.at(-1) ?? doses[0] ?? last).window.earliest;
    over = {
      last: { earliest, latest: Math.max(earliest, latest) },
      isStart: false,
      free: null,
    };
  }
  if (free === null) return over;
  if (last === undefined && before.free !== null) free = notBefore(free, before.free);
  return { ...over, free };
}

function* dosesOf(phase: Phase, begin: Window, limit: Limit): Generator<DoseDay> {
  const last = lastOf(limit);
  if (last !== null && last <= begin.earliest) return;
  if (phase.as_needed) return; // none is due (M77)
  const interval = everyOf(phase);
  const times = timesOf(phase);
  if (interval) {
    yield* oneByOne(keptApart(phase, interval), begin, limit);
  } else if (times) {
    const each = daily(times);
    if (each.high > MOST_PER_DAY * 31) return;
    yield* limit.count === null
      ? inPeriods(phase, each, begin, limit)
      : countedOut(phase, each, begin, limit);
  } else {
    yield dose(1, first(begin, limit));
  }
}

function dose(
  number: number,
  window: Window,
  spread: Day | null = null,
  isOptional = false,
): DoseDay {
  return { number, window, spread, isOpen: false, isOptional };
}

/** The interval without that part of it in which doses would come too near (M76). */
function keptApart(phase: Phase, interval: LengthRange): LengthRange {
  const apart = phase.apart;
  if (!apart || isCalendar(apart.unit) !== isCalendar(interval.unit)) return interval;
  const least = (apart.value * inSmallest(apart.unit)) / inSmallest(interval.unit);
  return { ...interval, low: Math.min(Math.max(interval.low, least), interval.high) };
}

/** How many days lie at least between two doses of a period. */
function daysApart(phase: Phase): number {
  const apart = phase.apart;
  if (!apart) return 1;
  const { over, under } = ratioOf(apart.value);
  const size = over * inSmallest(apart.unit);
  return isCalendar(apart.unit)
    ? Math.ceil((size * 28) / under)
    : Math.ceil(size / (SECONDS_IN_DAY * under));
}

function first(begin: Window, limit: Limit): Window {
  const last = lastOf(limit);
  const latest = last === null ? begin.latest : Math.min(begin.latest, last - 1);
  return { earliest: begin.earliest, latest: Math.max(begin.earliest, latest) };
}

/** Periods shorter than a day, as so many doses a day. */
function daily(times: Times): Times {
  if (isCalendar(times.per.unit)) return times;
  const size = inSmallest(times.per.unit);
  const [low, high] = [ratioOf(times.per.low), ratioOf(times.per.high)];
  if (low.over * size >= low.under * SECONDS_IN_DAY) return times;
  return {
    low: Math.floor((times.low * high.under * SECONDS_IN_DAY) / (high.over * size)),
    high: Math.ceil((times.high * low.under * SECONDS_IN_DAY) / (low.over * size)),
    per: ONE_DAY,
  };
}

/** Each dose one interval after the one before, counted from the first. */
function* oneByOne(interval: LengthRange, begin: Window, limit: Limit): Generator<DoseDay> {
  const last = lastOf(limit);
  for (let number = 1; limit.count === null || number <= limit.count; number++) {
    const earliest = shifted(begin.earliest, interval.low, interval.unit, number - 1);
    let latest = shifted(begin.latest, interval.high, interval.unit, number - 1);
    if (earliest === null || latest === null) return;
    const isBefore = ([from, end]: readonly [Day, Day], length: number) => {
      const day = shifted(from, length, interval.unit, number - 1);
      return day !== null && day < end;
    };
    if (limit.possible.length && !limit.possible.some((p) => isBefore(p, interval.low))) {
      return;
    }
    const isSure = limit.sure.every((p) => isBefore(p, interval.high));
    if (last !== null) latest = Math.min(latest, last - 1);
    const window = { earliest: Math.min(earliest, latest), latest };
    yield dose(number, window, null, limit.count === null && !isSure);
  }
}

// -------------------------------------------------------------------------- periods

/** From `first` to before `end`, with so many doses of a period that takes `whole` days. */
interface Period {
  first: Day;
  end: Day;
  low: number;
  high: number;
  whole: number;
}

/** So many doses in each period: anywhere in it, as long as the others still fit. */
function* inPeriods(phase: Phase, times: Times, begin: Window, limit: Limit): Generator<DoseDay> {
  let number = 1;
  for (const period of periodsOf(times, begin, limit)) {
    for (let at = 0; at < period.high; at++) {
      const window = number === 1 ? first(begin, limit) : place(period, at, daysApart(phase));
      const spread = period.first + Math.floor((at * period.whole) / times.high);
      yield dose(number, window, spread, at >= period.low);
      number += 1;
    }
  }
}

/** A number of doses, at the most and at the least so many in each period. */
function* countedOut(phase: Phase, times: Times, begin: Window, limit: Limit): Generator<DoseDay> {
  const { low, high, unit } = times.per;
  const over = lastOf(limit);
  const slowest = Math.max(times.low, 1);
  for (let index = 0; index < (limit.count ?? 0); index++) {
    const early = Math.floor(index / times.high);
    const late = Math.floor(index / slowest);
    const from = shifted(begin.earliest, low, unit, early);
    const start = shifted(begin.latest, high, unit, late);
    const end = shifted(begin.latest, high, unit, late + 1);
    const whole = shifted(begin.earliest, low, unit, early + 1);
    if (from === null || start === null || end === null || whole === null) return;
    if (over !== null && from >= over) return;
    const [days, apart] = [whole - from, daysApart(phase)];
    const both = { first: from, end: whole, low: times.high, high: times.high, whole: days };
    const fast = place(both, index - early * times.high, apart);
    const slow = place(
      { first: start, end, low: times.low, high: slowest, whole: days },
      index - late * slowest,
      apart,
    );
    let latest = Math.max(fast.earliest, slow.latest);
    if (over !== null) latest = Math.min(latest, over - 1);
    const window = { earliest: Math.min(fast.earliest, latest), latest };
    const spread = from + Math.floor(((index - early * times.high) * days) / times.high);
    yield dose(index + 1, index === 0 ? first(begin, limit) : window, spread);
  }
}

/** The periods of a phase; of one that is cut off, the share of its doses. */
function* periodsOf(times: Times, begin: Window, limit: Limit): Generator<Period> {
  const { per } = times;
  for (let number = 0; ; number++) {
    const first = shifted(begin.earliest, per.low, per.unit, number);
    const whole = shifted(begin.earliest, per.low, per.unit, number + 1);
    let end = shifted(begin.latest, per.high, per.unit, number + 1);
    if (first === null || whole === null || end === null) return;
    const days = Math.max(whole - first, 1);
    let { low, high } = times;
    if (limit.possible.length) {
      const rest = (length: number) => (pair: readonly [Day, Day]) =>
        pair[1] - (shifted(pair[0], length, per.unit, number) ?? pair[1]);
      const left = Math.max(...limit.possible.map(rest(per.low)));
      const sure = Math.min(...limit.sure.map(rest(per.high)));
      if (left <= 0) return;
      low = Math.max(0, Math.min(low, Math.floor((low * sure) / days)));
      high = Math.min(high, Math.ceil((high * left) / days));
      end = Math.min(end, lastOf(limit) ?? end);
    }
    yield { first, end, low, high, whole: days };
  }
}

/** Where in a period one of its doses may lie, by its place among them. */
function place(period: Period, at: number, apart: number): Window {
  const last = Math.max(period.end - 1, period.first);
  const days = Math.min(period.end - period.first, period.whole);
  if (days < period.high) return { earliest: period.first, latest: last };
  const step = days <= (period.high - 1) * apart ? 1 : apart;
  const after = (period.high - 1 - at) * step;
  return { earliest: period.first + at * step, latest: last - after };
}
