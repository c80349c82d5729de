/**
 * Monitoring: a visit is a test with its times or its interval, with what comes first, with its end,
 * and with what belongs to it (M43). A rule without any of the first four speaks of every visit of
 * its test (M44). A test that some rules ask for and others advise against is disputed: it is taken
 * out of all visits, and its rules are in conflict (M79).
 */
import type {
  Advice,
  AdvisingRule,
  Duration,
  DurationRange,
  Monitoring,
  NotChecked,
  Recurrence,
} from "../advice";
import * as exact from "../fraction";
import type { Fraction } from "../fraction";
import { visitKey } from "./advice_values";
import type { AdviceValues } from "./advice_values";
import { SILENT, push } from "./composition";
import type { Advised, Composition, Side } from "./composition";
import {
  areOneKind,
  inTimeOrder,
  isCalendar,
  lengthKey,
  liesWithin,
  sizeOf,
  smallest,
} from "./lengths";

/** A rule, and what it says of one of its tests. */
export interface OfOneTest {
  readonly rule: AdvisingRule;
  readonly said: Monitoring | NotChecked;
}

interface Visit {
  readonly rule: AdvisingRule;
  readonly visit: Monitoring;
}

/** A visit that several rules ask for, with their names. */
interface Merged {
  readonly visit: Monitoring;
  readonly names: Set<string>;
}

/** What `rules`, all of which bind, say of tests. */
export function monitored(rules: readonly AdvisingRule[], values: AdviceValues): Composition {
  if (!rules.some((rule) => rule.value.kind === "not checked")) {
    const visits = visitsOf(rules);
    return { ...SILENT, kind: visits.length > 0 ? "advice" : "silent", default: visits };
  }
  const lines: Advised[] = [];
  const sides = new Map<string, { advice: Advice; by: Set<string> }>();
  for (const pieces of testsTogether(rules)) {
    const said = pieces.map((piece) => piece.said);
    const wanted = new Set(said.flatMap((one) => (one.kind === "monitoring" ? askedBy(one) : [])));
    const against = said.flatMap((one) => (one.kind === "not checked" ? one.tests : []));
    const disputed = new Set(against.filter((test) => wanted.has(test)));
    lines.push(...visitsIn(pieces, disputed));
    for (const test of new Set(said.flatMap((one) => one.tests))) {
      const by = pieces.filter(
        ({ said: one }) => one.kind === "not checked" && one.tests[0] === test,
      );
      if (by.length > 0 && !disputed.has(test)) {
        const rules = by.map((piece) => piece.rule);
        lines.push({ advice: { kind: "not checked", tests: [test] }, rules });
      }
    }
    for (const { rule, said: one } of pieces) {
      if (askedBy(one).some((test) => disputed.has(test))) {
        const side = sides.get(values.key(one)) ?? { advice: one, by: new Set() };
        sides.set(values.key(one), side);
        side.by.add(rule.name);
      }
    }
  }
  const kind = lines.length > 0 ? "advice" : "silent";
  return {
    ...SILENT,
    kind: sides.size > 0 ? "conflict" : kind,
    default: lines,
    sides: [...sides.values()].map(({ advice, by }): Side => ({ rules: [...by], advice })),
  };
}

/** The tests that are done, or not done, by who follows it. */
export function askedBy(one: Monitoring | NotChecked): string[] {
  return [...one.tests, ...(one.kind === "monitoring" ? one.companions : [])];
}

/** What each rule says of each of its tests. */
function testByTest(rules: readonly AdvisingRule[]): OfOneTest[] {
  return rules.flatMap((rule) => {
    const value = rule.value;
    if (value.kind !== "monitoring" && value.kind !== "not checked") return [];
    return value.tests.map((test) => ({ rule, said: { ...value, tests: [test] } }));
  });
}

/**
 * What rules say of each test, a test that is advised against beside those it goes with, in the
 * order in which they are named first.
 */
export function testsTogether(rules: readonly AdvisingRule[]): OfOneTest[][] {
  const pieces = testByTest(rules);
  const against = new Set(
    pieces.flatMap(({ said }) => (said.kind === "not checked" ? said.tests : [])),
  );
  let found: { about: Set<string>; pieces: OfOneTest[] }[] = [];
  for (const piece of pieces) {
    const asked = askedBy(piece.said).filter((test) => against.has(test));
    const about = [...piece.said.tests, ...asked];
    const [first, ...others] = found.filter((group) => about.some((test) => group.about.has(test)));
    if (!first) {
      found.push({ about: new Set(about), pieces: [piece] });
      continue;
    }
    for (const group of others) {
      group.about.forEach((test) => first.about.add(test));
      first.pieces.push(...group.pieces);
    }
    about.forEach((test) => first.about.add(test));
    first.pieces.push(piece);
    found = found.filter((group) => !others.includes(group));
  }
  // A rule stands where its last piece does, as it is named once for all of its tests.
  const place = new Map(pieces.map((piece, at) => [piece.rule.name, at]));
  const at = (piece: OfOneTest) => place.get(piece.rule.name) ?? 0;
  return found.map((group) => group.pieces.toSorted((one, two) => at(one) - at(two)));
}

/** Each visit with the rules behind it, test by test. */
export function visitsOf(rules: readonly AdvisingRule[]): Advised[] {
  return visitsIn(testByTest(rules), new Set());
}

/** The visits, without the tests that are disputed. */
function visitsIn(pieces: readonly OfOneTest[], disputed: ReadonlySet<string>): Advised[] {
  const byTest = new Map<string, Visit[]>();
  for (const { rule, said } of pieces) {
    const test = said.tests[0] ?? "";
    if (said.kind === "monitoring" && !disputed.has(test)) {
      const companions = said.companions.filter((other) => !disputed.has(other));
      push(byTest, test, { rule, visit: { ...said, companions } });
    }
  }
  return [...byTest.values()].flatMap(ofOneTest);
}

function ofOneTest(found: readonly Visit[]): Advised[] {
  const general = found.filter(({ visit }) => !isScheduled(visit));
  const everywhere = general.map(({ visit }) => visit);
  const alike = new Map<string, Visit[]>();
  for (const { rule, visit } of found) {
    if (!isScheduled(visit)) continue;
    const whole = together(visit, everywhere);
    // All of a visit but its times: visits that share it may become one.
    const bare = { ...whole, at: [], windows: [], every: null, at_least: false };
    push(alike, visitKey({ ...bare, once: false }), { rule, visit: whole });
  }
  const every = [...alike.values()].flatMap(merged);
  let left = every.filter(({ visit }) => !every.some((other) => isDoneBy(visit, other.visit)));
  const [first, ...others] = everywhere;
  if (left.length === 0 && first) {
    left = [{ visit: together(first, others), names: new Set() }];
  }
  const behind = new Set(general.map(({ rule }) => rule.name));
  return left.map(({ visit, names }) => ({
    advice: visit,
    rules: found
      .map(({ rule }) => rule)
      .filter((rule) => names.has(rule.name) || behind.has(rule.name)),
  }));
}

/** Whether it is a visit of its own, and is not about every visit of its test (M44). */
export function isScheduled(one: Monitoring): boolean {
  const isTimed = one.at.length > 0 || one.windows.length > 0 || one.every !== null;
  return isTimed || one.once || !!one.after || !!one.until || one.during !== null;
}

/** The visit with what rules on every visit of the test say of it. */
function together(one: Monitoring, others: readonly Monitoring[]): Monitoring {
  const every = [one, ...others];
  return {
    ...one,
    before_next_dose: every.some((visit) => visit.before_next_dose),
    never_alone: every.some((visit) => visit.never_alone),
    companions: [...new Set(every.flatMap((visit) => visit.companions))].sort(),
  };
}

/** The single times, days and windows alike, the earliest first where there are windows. */
export function timesOf(one: Monitoring): readonly DurationRange[] {
  const days = one.at.map(({ value, unit }): DurationRange => ({ low: value, high: value, unit }));
  return one.windows.length === 0 ? days : [...days, ...one.windows].sort(inTimeOrder);
}

/** How often the test recurs, one stretch of time after the other. */
export function recurring(one: Monitoring): readonly Recurrence[] {
  if (one.every === null) return [];
  return [{ every: one.every, at_least: one.at_least, lasts: one.lasts }, ...one.then];
}

/**
 * The visits, single times ("at 3", "at 6 and 12 months") in one, which comes first. A rule with
 * both times and an interval stands by itself.
 */
function merged(found: readonly Visit[]): Merged[] {
  const isSingle = ({ visit }: Visit) =>
    (visit.at.length > 0 || visit.windows.length > 0) && visit.every === null && !visit.once;
  const single = found.filter(isSingle);
  const result = new Map<string, Merged>();
  const [first] = single;
  if (first) {
    const visits = single.map(({ visit }) => visit);
    // 12 months are 1 year: one visit, in the words that are read first.
    const days = new Map<string, Duration>();
    for (const day of visits.flatMap((visit) => visit.at)) {
      const key = `${isCalendar(day.unit)} ${exact.exactText(sizeOf(day))}`;
      if (!days.has(key)) days.set(key, day);
    }
    const times = visits.flatMap(timesOf);
    // A window in which another time lies is met by a test at that time (M80).
    const windows = visits
      .flatMap((visit) => visit.windows)
      .filter(
        (window) =>
          !times.some((time) => lengthKey(time) !== lengthKey(window) && liesWithin(time, window)),
      );
    const visit = {
      ...first.visit,
      at: [...days.values()].sort(earlierFirst),
      windows: inOrder(windows),
    };
    const names = new Set(single.map(({ rule }) => rule.name));
    result.set(visitKey(visit), { visit, names });
  }
  for (const one of found) {
    if (isSingle(one)) continue;
    const key = visitKey(one.visit);
    const before = result.get(key) ?? { visit: one.visit, names: new Set() };
    result.set(key, before);
    before.names.add(one.rule.name);
  }
  return [...result.values()];
}

function earlierFirst(one: Duration, two: Duration): number {
  const kinds = Number(isCalendar(one.unit)) - Number(isCalendar(two.unit));
  return kinds || exact.compare(sizeOf(one), sizeOf(two));
}

/** Windows from the earliest to the latest day, each once. */
function inOrder(windows: readonly DurationRange[]): DurationRange[] {
  const found = new Map<string, DurationRange>();
  for (const window of windows) {
    if (!found.has(lengthKey(window))) found.set(lengthKey(window), window);
  }
  return [...found.values()].sort(inTimeOrder);
}

/** Whether doing `other` is doing `one`: sooner again, and nothing is lost (M43). */
export function isDoneBy(one: Monitoring, other: Monitoring): boolean {
  const isTimed = (visit: Monitoring) =>
    visit.at.length > 0 || visit.windows.length > 0 || visit.once;
  if (isTimed(one) || isTimed(other)) return false;
  return (
    one.after === other.after &&
    one.until === other.until &&
    one.during === other.during &&
    one.companions.every((test) => other.companions.includes(test)) &&
    (!one.before_next_dose || other.before_next_dose) &&
    (!one.never_alone || other.never_alone) &&
    recursSooner(recurring(other), recurring(one))
  );
}

/**
 * Whether who keeps the intervals of `one` keeps those of `other`, and more (M98).
 *
 * At no time is its interval the longer or no more kept, and at some time it is the shorter or still
 * kept. Lengths of two kinds are not compared: a month has no fixed number of days.
 */
function recursSooner(one: readonly Recurrence[], other: readonly Recurrence[]): boolean {
  const lengths = [...one, ...other].flatMap(({ lasts }) => lasts ?? []);
  const kinds = new Set(lengths.map(({ unit }) => isCalendar(unit)));
  if (one.length === 0 || other.length === 0 || kinds.size > 1) return false;
  const ends = [endsOf(one), endsOf(other)] as const;
  const turns = [exact.ZERO, ...ends.flat().filter((end) => end !== null)];
  let isMore = false;
  for (const turn of turns) {
    const [mine, theirs] = [inForce(turn, one, ends[0]), inForce(turn, other, ends[1])];
    if (theirs === null) {
      isMore ||= mine !== null;
    } else if (mine === null || !areOneKind(mine.every, theirs.every)) {
      return false;
    } else {
      const order = byGap(mine, theirs);
      if (order > 0) return false;
      isMore ||= order < 0;
    }
  }
  return isMore;
}

/** When each recurrence is over, in months or in seconds from the start; null for never. */
function endsOf(recurrences: readonly Recurrence[]): (Fraction | null)[] {
  let end = exact.ZERO;
  return recurrences.map(({ lasts }) => {
    if (lasts === null) return null;
    end = exact.plus(end, smallest(lasts)[1]);
    return end;
  });
}

function inForce(
  turn: Fraction,
  recurrences: readonly Recurrence[],
  ends: readonly (Fraction | null)[],
): Recurrence | null {
  const found = recurrences.find((_, place) => {
    const end = ends[place] ?? null;
    return end === null || exact.compare(turn, end) < 0;
  });
  return found ?? null;
}

/** The longer interval last; of two alike, the one that may be shorter first. */
function byGap(one: Recurrence, two: Recurrence): number {
  const [mine, theirs] = [smallest(one.every), smallest(two.every)];
  return (
    exact.compare(mine[1], theirs[1]) ||
    exact.compare(mine[0], theirs[0]) ||
    Number(one.at_least) - Number(two.at_least)
  );
}
