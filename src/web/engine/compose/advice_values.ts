/**
 * Advice as values: when two pieces of it are the same, what follows both, and whether one lies
 * within the other. It works on values, never on words (M26 to M49).
 */
import type {
  Advice,
  Change,
  DurationRange,
  Monitoring,
  Operator,
  Regimen,
  Routes,
  Target,
} from "../advice";
import * as exact from "../fraction";
import type { Units } from "./doses";
import { lengthKey, sharedLength } from "./lengths";
import { isPhaseWithin, phaseKey, sharedPhase } from "./phases";

/** What was worked out of pieces of advice, which composition asks again for every completion. */
export class AdviceValues {
  readonly units: Units;
  private readonly keys = new WeakMap<object, string>();
  private readonly met = new WeakMap<Advice, WeakMap<Advice, { advice: Advice | null }>>();
  private readonly kept = new Map<string, Advice>();
  private readonly within = new Map<string, boolean>();

  constructor(units: Units) {
    this.units = units;
  }

  /** What two pieces of advice share that say the same, in whatever words. */
  key(advice: Advice): string {
    let found = this.keys.get(advice);
    if (found === undefined) {
      found = keyOf(advice, this.units);
      this.keys.set(advice, found);
    }
    return found;
  }

  areAlike(one: Advice, two: Advice): boolean {
    return one === two || this.key(one) === this.key(two);
  }

  /** The pieces of advice, each once. */
  distinct(some: Iterable<Advice>): Advice[] {
    const found = new Map<string, Advice>();
    for (const advice of some) {
      if (!found.has(this.key(advice))) found.set(this.key(advice), advice);
    }
    return [...found.values()];
  }

  /** What is followed by all who follow both; null where nothing follows both. */
  shared(one: Advice, two: Advice): Advice | null {
    let mine = this.met.get(one);
    if (!mine) this.met.set(one, (mine = new WeakMap()));
    let found = mine.get(two);
    if (!found) {
      const advice = this.meet(one, two);
      mine.set(two, (found = { advice: advice && this.same(advice) }));
    }
    return found.advice;
  }

  /** Whether all who follow `advice` also follow `other`. */
  isWithin(advice: Advice, other: Advice): boolean {
    if (this.areAlike(advice, other)) return true;
    const pair = `${this.key(advice)}\n${this.key(other)}`;
    let found = this.within.get(pair);
    if (found === undefined) this.within.set(pair, (found = this.lies(advice, other)));
    return found;
  }

  /** One object for all advice in the very same words, so that what is known of it is found. */
  private same(advice: Advice): Advice {
    const written = JSON.stringify(advice);
    const before = this.kept.get(written);
    if (before) return before;
    this.kept.set(written, advice);
    return advice;
  }

  private lies(advice: Advice, other: Advice): boolean {
    if (advice.kind === "regimen" && other.kind === "regimen") {
      return isRegimenWithin(advice, other, this.units);
    }
    if (advice.kind === "change" && other.kind === "change") {
      const [one, two] = [onlyRegimen(advice), onlyRegimen(other)];
      if (one && two) return advice.of === other.of && this.isWithin(one, two);
    }
    const met = this.shared(advice, other);
    return met !== null && this.areAlike(met, advice);
  }

  private meet(one: Advice, two: Advice): Advice | null {
    if (one.kind === "regimen" && two.kind === "regimen") {
      return sharedRegimen(one, two, this.units);
    }
    if (one.kind === "routes" && two.kind === "routes") return sharedRoutes(one, two);
    if (one.kind === "instruction" && two.kind === "instruction") {
      const bare = { ...NO_INSTRUCTION };
      if (one.gauge && two.gauge) {
        const low = Math.max(one.gauge[0], two.gauge[0]);
        const high = Math.min(one.gauge[1], two.gauge[1]);
        return low > high ? null : { ...bare, gauge: [low, high] };
      }
      if (one.pressure && two.pressure) {
        const pressure = sharedLength(one.pressure, two.pressure);
        return pressure && { ...bare, pressure };
      }
    }
    if (one.kind === "target" && two.kind === "target") return tighter(one, two);
    if (one.kind === "change" && two.kind === "change" && one.of === two.of) {
      return this.sharedChange(one, two);
    }
    return this.areAlike(one, two) ? one : null;
  }

  /** The change that follows both (M92). */
  private sharedChange(one: Change, two: Change): Change | null {
    const [mine, theirs] = [onlyRegimen(one), onlyRegimen(two)];
    if (mine && theirs) {
      const met = this.shared(mine, theirs);
      return met?.kind === "regimen" ? changedTo(one, met) : null;
    }
    if (one.to.kind === "routes" && two.to.kind === "routes") {
      const routes = sharedRoutes(one.to, two.to);
      return routes && { ...one, to: routes };
    }
    if (one.to.kind === "form" && two.to.kind === "form") {
      const others = two.to.drugs;
      const drugs = one.to.drugs.filter((drug) => others.includes(drug));
      if (drugs.length === 0) return null;
      const sorted = [...new Set(drugs)].sort();
      return { ...one, to: { kind: "form", drugs: sorted, excluded: [] } };
    }
    return this.areAlike(one, two) ? one : null;
  }
}

export const NO_INSTRUCTION = {
  kind: "instruction",
  site: null,
  avoid: false,
  routinely: false,
  quadrant: null,
  direction: null,
  gauge: null,
  pressure: null,
} as const;

function keyOf(advice: Advice, units: Units): string {
  switch (advice.kind) {
    case "regimen":
      return `regimen ${regimenKey(advice, units)}`;
    case "change":
      return advice.to.kind === "regimens"
        ? `change ${advice.of} ${advice.to.regimens.map((one) => regimenKey(one, units)).join()}`
        : JSON.stringify(advice);
    case "monitoring":
      return visitKey(advice);
    case "instruction":
      return JSON.stringify({
        ...advice,
        pressure: advice.pressure && lengthKey(advice.pressure),
      });
    default:
      return JSON.stringify(advice);
  }
}

function regimenKey(regimen: Regimen, units: Units): string {
  return JSON.stringify(regimen.phases.map((phase) => phaseKey(phase, units)));
}

function lengthOrNull(length: DurationRange | null): string | null {
  return length && lengthKey(length);
}

/** The value of a visit; 7 days are a week. */
export function visitKey(visit: Monitoring): string {
  return JSON.stringify({
    ...visit,
    windows: visit.windows.map(lengthKey),
    every: lengthOrNull(visit.every),
    lasts: lengthOrNull(visit.lasts),
    then: visit.then.map((one) => ({
      every: lengthKey(one.every),
      at_least: one.at_least,
      lasts: lengthOrNull(one.lasts),
    })),
  });
}

// ---- regimens

function sharedRegimen(one: Regimen, two: Regimen, units: Units): Regimen | null {
  if (one.phases.length !== two.phases.length) return null;
  const phases = [];
  for (const [place, mine] of one.phases.entries()) {
    const theirs = two.phases[place];
    const met = theirs ? sharedPhase(mine, theirs, units) : null;
    if (met === null) return null;
    phases.push(met);
  }
  return { kind: "regimen", phases };
}

function isRegimenWithin(one: Regimen, other: Regimen, units: Units): boolean {
  return (
    one.phases.length === other.phases.length &&
    one.phases.every((phase, place) => {
      const wider = other.phases[place];
      return wider !== undefined && isPhaseWithin(phase, wider, units);
    })
  );
}

/** The doses to which something is changed, where these are one regimen. */
export function onlyRegimen(change: Change): Regimen | null {
  const to = change.to;
  return to.kind === "regimens" && to.regimens.length === 1 ? (to.regimens[0] ?? null) : null;
}

export function changedTo(change: Change, regimen: Regimen): Change {
  return {
    kind: "change",
    of: change.of,
    to: { kind: "regimens", regimens: [regimen] },
  };
}

/** The doses that are said, be it as what others are changed to. */
export function regimensIn(advice: Advice): readonly Regimen[] {
  if (advice.kind === "regimen") return [advice];
  if (advice.kind === "change" && advice.to.kind === "regimens") {
    return advice.to.regimens;
  }
  return [];
}

// ---- routes, and bounds on measures

/** Which routes there are to choose from, not which one was written first. */
export function inOneOrder(routes: Routes): Routes {
  return { kind: "routes", routes: [...routes.routes].sort() };
}

function sharedRoutes(one: Routes, two: Routes): Routes | null {
  const both = [...new Set(one.routes)].filter((route) => two.routes.includes(route));
  return both.length === 0 ? null : inOneOrder({ kind: "routes", routes: both });
}

export function isUpper(operator: Operator): boolean {
  return operator === "<" || operator === "<=";
}

function isLower(operator: Operator): boolean {
  return operator === ">" || operator === ">=";
}

function isStrict(operator: Operator): boolean {
  return operator === "<" || operator === ">";
}

function byNumber(one: string, two: string): number {
  return exact.compare(exact.fraction(one), exact.fraction(two));
}

/** The tighter of two bounds in one direction; a bound of one value implies each it meets. */
export function tighter(one: Target, two: Target): Target | null {
  if (one.measure !== two.measure || !areReachable([one, two])) return null;
  if (one.operator === "=" || two.operator === "=") {
    return one.operator === "=" ? one : two;
  }
  const strict = Number(isStrict(two.operator)) - Number(isStrict(one.operator));
  if (isUpper(one.operator) && isUpper(two.operator)) {
    const order = byNumber(one.high, two.high) || strict || byNumber(one.low, two.low);
    return order <= 0 ? one : two;
  }
  if (isLower(one.operator) && isLower(two.operator)) {
    const order = byNumber(one.low, two.low) || -strict || byNumber(one.high, two.high);
    return order >= 0 ? one : two;
  }
  return null;
}

/** Whether some value keeps all bounds; one printed as a range is read generously. */
export function areReachable(targets: readonly Target[]): boolean {
  const lows = targets.filter((target) => !isUpper(target.operator));
  const highs = targets.filter((target) => !isLower(target.operator));
  return !lows.some((low) =>
    highs.some((high) => {
      const order = byNumber(low.low, high.high);
      return order > 0 || (order === 0 && (isStrict(low.operator) || isStrict(high.operator)));
    }),
  );
}
