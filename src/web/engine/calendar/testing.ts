/** The tests of a timeline, and what the guideline asks for on no day that can be given. */
import { added, type Day, dayText, distance, isDay, rangeOf, type Window } from "./days";
import { entry, type Entry, type Unplaced } from "./entry";
import { type Check, checksOf, decidedOf, type Recurrence, type Said } from "./said";
import type { Dosing } from "./dosing";
import type { Events } from "./schedule";
import type { Labels } from "./wording";

const NEXT = 4;
const MOST_LISTED = 24;

/** The tests from `start` to `until` with what cannot be placed. */
export function testing(
  said: Said,
  doses: Dosing,
  start: Day,
  until: Day,
  events: Events,
  labels: Labels,
): { entries: Entry[]; unplaced: Unplaced[] } {
  const entries: Entry[] = [];
  const unplaced: Unplaced[] = [];
  const decided = decidedOf(said, "monitoring");
  const checks = checksOf(decided);
  for (const check of checks) {
    const { option } = check;
    if (option.alternative || !option.certain || decided.outcome === "silent") continue;
    if (check.isNone) {
      unplaced.push({ text: option.text, rules: option.rules });
      continue;
    }
    if (!check.times.length && !check.recurring.length) {
      const names = check.tests.map(labels.test).join(", ");
      unplaced.push({ text: `the guideline names no day for ${names}`, rules: option.rules });
      continue;
    }
    const placed = placedOf(check, checks, doses, start, until, events);
    entries.push(...placed.entries);
    unplaced.push(...placed.unplaced);
  }
  for (const conflict of said.conflicts) {
    if (conflict.decision !== "monitoring" || !conflict.certain) continue;
    const texts = conflict.sides.map((side) => side.text).join(" · ");
    unplaced.push({
      text: `the guideline contradicts itself: ${texts}`,
      rules: [...new Set(conflict.sides.flatMap((side) => side.rules))],
    });
  }
  return { entries, unplaced: [...unplaced, ...besideTheDays(said)] };
}

/** What changes or ends a treatment, or hands the patient on, on no day of the guideline. */
function besideTheDays(said: Said): Unplaced[] {
  return Object.values(said.decisions).flatMap(({ options }) => {
    const found = new Map<string, Unplaced>();
    for (const option of options) {
      const isOne = "change" in option || "service" in option || "stop" in option;
      if (!option.certain || !isOne) continue;
      const text = `${option.text} (${option.strength})`;
      // One advice on several services is one option for each, with the same words.
      found.set(`${text} ${option.rules.join()}`, { text, rules: option.rules });
    }
    return [...found.values()];
  });
}

function placedOf(
  check: Check,
  checks: readonly Check[],
  doses: Dosing,
  start: Day,
  until: Day,
  events: Events,
): { entries: Entry[]; unplaced: Unplaced[] } {
  const { option } = check;
  const plain = entry({
    kind: "test",
    decision: "monitoring",
    isOpen: true,
    after: check.after === null ? [] : [check.after],
    tests: [...check.tests, ...check.companions],
    isBeforeDose: check.isBeforeDose,
    check,
    said: option.text,
    rules: option.rules,
  });
  let begin = anchorOf(check, checks, start, events);
  const over = check.during === "loading" ? doses.loadingEnds : null;
  if (check.during === "maintenance" && begin !== null) {
    begin = doses.loadingEnds === null ? null : Math.max(begin, doses.loadingEnds);
  }
  if (begin === null) return { entries: [plain], unplaced: [] };
  const endsOpen =
    (check.until !== null && !events.has(check.until)) ||
    (check.during === "loading" && over === null);
  const beginsOpen = check.after !== null && !events.has(check.after);
  const isWaiting = check.isBeforeDose && (doses.isOpen || !doses.days.length);
  let last = Math.min(until, over ?? until);
  if (check.until !== null) last = Math.min(last, events.get(check.until) ?? last);
  const placed: Entry[] = [];
  const unplaced: Unplaced[] = [];
  let number = 0;
  for (const [recurrence, target] of targets(check, begin, last)) {
    number += 1;
    const isMoved = check.isBeforeDose && !isWaiting;
    placed.push({
      ...plain,
      number,
      window: isMoved ? nearest(doses.days, target) : target,
      target: target.latest,
      isOpen: isWaiting || endsOpen || beginsOpen,
      awaitsDose: isWaiting,
      recurrence: recurrence && isStaged(check) ? recurrence : null,
    });
    if (isWaiting) {
      const due = isDay(target)
        ? `on ${dayText(target.latest)}`
        : `from ${dayText(target.earliest)} to ${dayText(target.latest)}`;
      const text =
        `the test due ${due} belongs before a dose, and the days of ` +
        "the doses around it are not settled yet";
      unplaced.push({ text, rules: option.rules });
    }
  }
  return { entries: [...folded(placed, endsOpen)], unplaced };
}

function isStaged(check: Check): boolean {
  return check.recurring.length > 1 || check.recurring[0]?.for !== undefined;
}

/** The tests of each interval listed one by one, the last for all that follow. */
function* folded(placed: readonly Entry[], endsOpen: boolean): Generator<Entry> {
  const runs: Entry[][] = [];
  for (const one of placed) {
    const run = runs.at(-1);
    const isSame = run?.[0] && keyOf(run[0].recurrence) === keyOf(one.recurrence);
    if (run && isSame) run.push(one);
    else runs.push([one]);
  }
  for (const run of runs) {
    const shown = endsOpen || run.length > MOST_LISTED ? NEXT : run.length;
    const next = run[shown];
    if (next && run.length > shown + 1 && !next.isBeforeDose) {
      const further = run.slice(shown).flatMap((one) => (one.window ? [one.window] : []));
      yield* run.slice(0, shown);
      yield { ...next, further };
    } else {
      yield* run;
    }
  }
}

function keyOf(recurrence: Recurrence | null): string {
  return recurrence === null ? "" : JSON.stringify([recurrence.every, recurrence.at_least]);
}

/** The day from which a test is counted; null where it waits for an event. */
function anchorOf(check: Check, checks: readonly Check[], start: Day, events: Events): Day | null {
  if (check.after === null) return start;
  const day = events.get(check.after);
  if (day !== undefined && day > start) return day;
  if (!check.recurring.length) return day === undefined ? null : start;
  // Recurring checks "once levels are stable" follow the last single check of the test.
  const days = checks
    .filter((one) => !one.isNone && one.tests.some((test) => check.tests.includes(test)))
    .flatMap((one) => one.times)
    .flatMap((time) => {
      const { high, unit } = rangeOf(time);
      return added(start, high, unit) ?? [];
    });
  return days.length ? Math.max(...days) : start;
}

/** The dose that suits a test best: within its time, else near to its last day. */
function nearest(doses: readonly Window[], target: Window): Window | null {
  const rank = (dose: Window): [number, number, number] => {
    const isWithin =
      target.earliest <= dose.earliest &&
      dose.earliest <= target.latest &&
      target.earliest <= dose.latest &&
      dose.latest <= target.latest;
    return [isWithin ? 0 : 1, distance(dose, target.latest), dose.earliest];
  };
  let best: { dose: Window; rank: [number, number, number] } | null = null;
  for (const dose of doses) {
    const own = rank(dose);
    if (!best || isLess(own, best.rank)) best = { dose, rank: own };
  }
  return best?.dose ?? null;
}

function isLess(one: readonly number[], two: readonly number[]): boolean {
  const at = one.findIndex((value, index) => value !== two[index]);
  return at >= 0 && (one[at] ?? 0) < (two[at] ?? 0);
}

/** The days on which a test is due by its schedule, up to `last`; those that recur with how. */
function* targets(check: Check, begin: Day, last: Day): Generator<[Recurrence | null, Window]> {
  for (const time of check.times) {
    const { low, high, unit } = rangeOf(time);
    const [opens, closes] = [added(begin, low, unit), added(begin, high, unit)];
    if (opens !== null && closes !== null && opens <= last) {
      yield [null, { earliest: opens, latest: closes }];
    }
  }
  // An interval is counted from the last check before it, as an audit counts it (M98).
  let since: Window = { earliest: begin, latest: begin };
  let over = begin;
  for (const recurrence of check.recurring) {
    const lasts = recurrence.for ? rangeOf(recurrence.for) : null;
    const ends = lasts ? added(over, lasts.high, lasts.unit) : null;
    let latest = since;
    for (let number = 1; ; number++) {
      const { low, high, unit } = recurrence.every;
      const earliest = added(since.earliest, low, unit, number);
      const upper = added(since.latest, high, unit, number);
      if (earliest === null || upper === null || earliest > (ends ?? last)) break;
      if (earliest > last) return;
      latest = { earliest, latest: ends === null ? upper : Math.min(upper, ends) };
      yield [recurrence, latest];
    }
    if (ends === null) return;
    since = latest;
    over = ends;
  }
}
