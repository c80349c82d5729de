/**
 * What rules say together, in items that take nothing from one another: one test of monitoring, one
 * matter of doses, each thing that may be done. An item is worked out by itself, over sets of cases.
 *
 * Within an item, rules that say the very same have one voice, and cases in which what was said so far
 * comes to the same are one case: of 64 intervals for one test the shortest counts. What is left are a
 * few cells for each item, sets of cases in which it comes to the same.
 */
import type { Advice, AdvisingRule, Decision, Monitoring, NotChecked, Value } from "../advice";
import { NONE, TooLarge } from "../diagram";
import { composed, givesDoses } from "./compose";
import { SILENT, push } from "./composition";
import type { Composition } from "./composition";
import { agreed, agreedOn, followed, matters, pieces, plansKey } from "./matters";
import type { Offer, Plan } from "./matters";
import type { Ready } from "./ready";
import { isDoneBy, isScheduled, testsTogether, visitsOf } from "./visits";
import type { OfOneTest } from "./visits";

/** The cells of one item. */
const MOST_CELLS = 1 << 13;

/** How sets of cases are put together; each set is a number. */
export interface CaseSets {
  readonly sets: {
    both(one: number, two: number): number;
    either(one: number, two: number): number;
    without(one: number, two: number): number;
  };
  /** The cases that may be. */
  readonly valid: number;
  /** The same, as far as the facts go that `some` depend on. */
  mayBe(some: readonly number[]): number;
}

/**
 * Cases in which an item comes to the same. The rules in `composed` are all those that would stand
 * there if they applied; which of them do may differ from case to case.
 */
export interface ItemCase {
  readonly cases: number;
  readonly composed: Composition;
}

export type Item = readonly ItemCase[];

/** A decision that is split into items. */
export interface Splitting {
  readonly guideline: Ready;
  readonly decision: Decision;
  readonly cases: CaseSets;
  /** The cases in which each rule applies. */
  readonly applies: (rule: AdvisingRule) => number;
}

export function anyOf(cases: CaseSets, some: Iterable<number>): number {
  let found = NONE;
  for (const one of some) found = cases.sets.either(found, one);
  return found;
}

/** The items of what `rules` say, all of which apply in some case. */
export function itemsOf(split: Splitting, rules: readonly AdvisingRule[]): Item[] {
  const { decision } = split;
  const isOwn = rules.every((rule) => rule.decision === decision);
  if (decision === "form" || (givesDoses(decision) && !isOwn)) return [together(split, rules)];
  const binding = rules.filter((rule) => !rule.optional);
  const found =
    decision === "monitoring"
      ? testsTogether(binding).map((some) => test(split, some))
      : matters(binding.flatMap(pieces), decision, split.guideline.values).map((offers) =>
          matter(split, offers),
        );
  return [...found, ...beside(split, rules)];
}

// ---- what binds

/** One test, or several that a dispute ties. What sooner visits make needless plays no part. */
function test(split: Splitting, some: readonly OfOneTest[]): Item {
  const { guideline, decision } = split;
  const { values } = guideline;
  const found = new Map<string, { said: Monitoring | NotChecked; rules: AdvisingRule[] }>();
  for (const { rule, said } of some) {
    const voice = found.get(values.key(said)) ?? { said, rules: [] };
    found.set(values.key(said), voice);
    voice.rules.push(rule);
  }
  const voices = [...found.values()];
  // A rule may have a voice on each of several tests, so that a name of its own tells them.
  const speaking = voices.flatMap(({ said, rules: [first] }, at) =>
    first ? [{ ...first, value: said, name: `${first.name} ${at}` }] : [],
  );
  const spokenFor = new Map(speaking.map((one, at) => [one.name, voices[at]?.rules ?? []]));
  const against = new Set(
    voices.flatMap(({ said }) => (said.kind === "not checked" ? said.tests : [])),
  );
  const isNeedless = (one: number, kept: readonly number[]) => {
    const mine = voices[one]?.said;
    if (mine?.kind !== "monitoring" || !isScheduled(mine)) return false;
    // Each side of a conflict counts.
    if ([...mine.tests, ...mine.companions].some((each) => against.has(each))) return false;
    return kept.some((at) => {
      const other = voices[at]?.said;
      if (other?.kind !== "monitoring" || !isScheduled(other)) return false;
      return other.tests.join() === mine.tests.join() && isDoneBy(mine, other);
    });
  };
  const add = (before: readonly number[], voice: number) => {
    const kept = [...before, voice];
    return kept.filter((one) => !isNeedless(one, kept));
  };
  const applying = (rules: readonly AdvisingRule[]) => {
    const saying = some.flatMap(({ rule, said }) =>
      rules.includes(rule) ? [{ ...rule, value: said }] : [],
    );
    return composed(decision, saying, values);
  };
  const concerned = [...new Set(some.map(({ rule }) => rule))];
  return cells(split, rulesOf(voices), [] as readonly number[], add, String).flatMap(
    ({ state, cases }) => {
      const said = composed(decision, at(speaking, state), values);
      if (said.kind === "conflict") return clashes(split, concerned, cases, applying);
      return [{ cases, composed: full(said, spokenFor) }];
    },
  );
}

/** One matter about which binding rules have to agree. */
function matter(split: Splitting, offers: readonly Offer[]): Item {
  const { guideline, decision } = split;
  const { values } = guideline;
  const found = new Map<string, { plans: readonly Plan[]; rules: AdvisingRule[] }>();
  for (const { rule, plans } of offers) {
    const voice = found.get(plansKey(plans, values)) ?? { plans, rules: [] };
    found.set(plansKey(plans, values), voice);
    voice.rules.push(rule);
  }
  const voices = [...found.values()];
  const spoken = voices.flatMap(({ plans, rules }) => rules.map((rule) => ({ rule, plans })));
  // Nothing to be followed is not the same as nothing that follows every rule.
  type State = readonly Plan[] | null;
  const add = (before: State, voice: number): State => {
    const plans = voices[voice]?.plans ?? [];
    return before === null ? plans : followed(decision, before, plans, values);
  };
  const key = (state: State) => (state === null ? "nothing" : plansKey(state, values));
  const concerned = [...new Set(offers.map(({ rule }) => rule))];
  return cells(split, rulesOf(voices), null as State, add, key).flatMap(({ state, cases }) => {
    if (state === null) return [{ cases, composed: SILENT }];
    if (state.length > 0) return [{ cases, composed: agreedOn(state, spoken, values) }];
    return clashes(split, concerned, cases, (some) =>
      agreed(
        offers.filter(({ rule }) => some.includes(rule)),
        decision,
        values,
      ),
    );
  });
}

/** Cases with a conflict, apart for each set of rules that apply, which it has to name. */
function clashes(
  split: Splitting,
  rules: readonly AdvisingRule[],
  cases: number,
  said: (applying: readonly AdvisingRule[]) => Composition,
): ItemCase[] {
  const { sets } = split.cases;
  let found = [{ cases, applying: [] as readonly AdvisingRule[] }];
  for (const rule of rules) {
    const applies = split.applies(rule);
    found = few(
      found
        .flatMap(({ cases: some, applying }) => [
          { cases: sets.without(some, applies), applying },
          { cases: sets.both(some, applies), applying: [...applying, rule] },
        ])
        .filter((one) => one.cases !== NONE),
    );
  }
  return found.map(({ cases: some, applying }) => ({ cases: some, composed: said(applying) }));
}

// ---- what does not fall apart

/** All rules in one item: the form, and doses that may be taken away. */
function together(split: Splitting, rules: readonly AdvisingRule[]): Item {
  const { guideline, decision } = split;
  const found = new Map<string, AdvisingRule[]>();
  for (const rule of rules) {
    const value = valueKey(guideline, rule.value);
    const alike = [rule.decision, value, rule.optional, rule.strength];
    push(found, JSON.stringify(alike), rule);
  }
  const voices = [...found.values()];
  const speaking = voices.flatMap(([first]) => first ?? []);
  const spokenFor = new Map(speaking.map((one, at) => [one.name, voices[at] ?? []]));
  const add = (before: readonly number[], voice: number) => [...before, voice];
  return cells(split, voices, [] as readonly number[], add, String).flatMap(({ state, cases }) => {
    const said = composed(decision, at(speaking, state), guideline.values);
    if (said.kind !== "conflict") return [{ cases, composed: full(said, spokenFor) }];
    return clashes(split, rules, cases, (some) => composed(decision, some, guideline.values));
  });
}

/** What two values share that are the same, in whatever units. */
function valueKey({ values }: Ready, value: Value): string {
  switch (value.kind) {
    case "regimens":
      return JSON.stringify(value.regimens.map((one) => values.key(one)));
    case "technique":
      return JSON.stringify(value.instructions.map((one) => values.key(one)));
    case "remark":
      return value.text;
    default:
      return values.key(value);
  }
}

// ---- what may be done

/** One item for each thing that may be done: an offer stands by itself (M26). */
function beside(split: Splitting, rules: readonly AdvisingRule[]): Item[] {
  const { guideline, decision, cases } = split;
  const { values } = guideline;
  const offered = new Map<string, { advice: Advice; by: AdvisingRule[] }>();
  for (const rule of rules) {
    if (!rule.optional) continue;
    const said =
      decision === "monitoring"
        ? visitsOf([rule]).map(({ advice }) => advice)
        : pieces(rule).flatMap(({ plans }) => plans.flat());
    for (const advice of said) {
      const offer = offered.get(values.key(advice)) ?? { advice, by: [] };
      offered.set(values.key(advice), offer);
      offer.by.push(rule);
    }
  }
  return [...offered.values()].map(({ advice, by }) => {
    const applies = by.map(split.applies);
    const valid = cases.mayBe(applies);
    const isSo = cases.sets.both(valid, anyOf(cases, applies));
    const said: Composition = { ...SILENT, alternatives: [{ advice, rules: by }] };
    return [
      { cases: isSo, composed: said },
      { cases: cases.sets.without(valid, isSo), composed: SILENT },
    ].filter((cell) => cell.cases !== NONE);
  });
}

// ---- voice after voice

/**
 * The cells of an item, by what those of `voices` come to that speak: `nothing` where none does, and
 * `add` where one more does. States with one `key` are the same.
 */
function cells<State>(
  split: Splitting,
  voices: readonly (readonly AdvisingRule[])[],
  nothing: State,
  add: (before: State, voice: number) => State,
  key: (state: State) => string,
): { readonly state: State; readonly cases: number }[] {
  const { cases } = split;
  const { sets } = cases;
  const applies = voices.map((rules) => rules.map(split.applies));
  let found = [{ state: nothing, cases: cases.mayBe(applies.flat()) }];
  for (const [voice, some] of applies.entries()) {
    const speaks = anyOf(cases, some);
    const after = new Map<string, { state: State; cases: number }>();
    const put = (state: State, here: number) => {
      const known = after.get(key(state));
      if (known) known.cases = sets.either(known.cases, here);
      else after.set(key(state), { state, cases: here });
    };
    for (const before of found) {
      const silent = sets.without(before.cases, speaks);
      if (silent !== NONE) put(before.state, silent);
      const spoken = sets.both(before.cases, speaks);
      if (spoken !== NONE) put(add(before.state, voice), spoken);
    }
    found = few([...after.values()]);
  }
  return found;
}

/** The same, where there are not too many of them. */
export function few<T>(found: T[]): T[] {
  if (found.length > MOST_CELLS) throw new TooLarge();
  return found;
}

function rulesOf(voices: readonly { readonly rules: AdvisingRule[] }[]): AdvisingRule[][] {
  return voices.map(({ rules }) => rules);
}

function at<T>(some: readonly T[], places: readonly number[]): T[] {
  return places.flatMap((place) => some[place] ?? []);
}

/** The same with all rules of each voice instead of the one that speaks for them. */
function full(
  said: Composition,
  voices: ReadonlyMap<string, readonly AdvisingRule[]>,
): Composition {
  const all = (rules: readonly AdvisingRule[]) =>
    rules.flatMap((rule) => [...(voices.get(rule.name) ?? [])]);
  return {
    ...said,
    default: said.default.map((one) => ({ ...one, rules: all(one.rules) })),
    alternatives: said.alternatives.map((one) => ({ ...one, rules: all(one.rules) })),
    idle: all(said.idle),
    barred: said.barred.map((one) => ({
      ...one,
      by: all(one.by),
      offeredBy: all(one.offeredBy),
    })),
  };
}
