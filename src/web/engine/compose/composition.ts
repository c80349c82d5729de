/** What some rules say together, as data (`b12guide.evaluate.composition_parts`). */
import { STRENGTHS } from "../advice";
import type { Advice, AdvisingRule, Strength } from "../advice";
import type { AdviceValues } from "./advice_values";

/** Of several matters, the first of these that some come to. */
export const COMPOSITION_KINDS = ["conflict", "advice", "not needed", "silent"] as const;

export type CompositionKind = (typeof COMPOSITION_KINDS)[number];

/** A piece of advice and the rules behind it. */
export interface Advised {
  readonly advice: Advice;
  readonly rules: readonly AdvisingRule[];
}

/** What some rules would offer, were not all its drugs contraindicated (M46). */
export interface Barred {
  readonly advice: Advice;
  readonly drugs: readonly string[];
  readonly by: readonly AdvisingRule[];
  readonly offeredBy: readonly AdvisingRule[];
}

/** One side of a conflict. */
export interface Side {
  readonly rules: readonly string[];
  readonly advice: Advice;
}

export interface Composition {
  readonly kind: CompositionKind;
  /** What is advised. */
  readonly default: readonly Advised[];
  /** What may be done instead or in addition; of the form also what is excluded. */
  readonly alternatives: readonly Advised[];
  readonly sides: readonly Side[];
  /** The rules that say that nothing is needed. */
  readonly idle: readonly AdvisingRule[];
  readonly barred: readonly Barred[];
}

export const SILENT: Composition = {
  kind: "silent",
  default: [],
  alternatives: [],
  sides: [],
  idle: [],
  barred: [],
};

function keysOf(some: readonly { advice: Advice }[], values: AdviceValues): string[] {
  return [...new Set(some.map((one) => values.key(one.advice)))].sort();
}

/** The default alone, without its reasons: compositions with one text advise the same. */
export function advisedKey(composed: Composition, values: AdviceValues): string {
  return JSON.stringify([composed.kind, keysOf(composed.default, values)]);
}

/** The default alone, whatever the kind. */
export function defaultKey(composed: Composition, values: AdviceValues): string {
  return JSON.stringify(keysOf(composed.default, values));
}

/** All that is said but the kind, without the reasons. */
export function saidKey(composed: Composition, values: AdviceValues): string {
  const barred = composed.barred.map((one) => [values.key(one.advice), one.drugs]);
  return JSON.stringify([
    keysOf(composed.default, values),
    keysOf(composed.alternatives, values),
    keysOf(composed.sides, values),
    [...new Set(barred.map((one) => JSON.stringify(one)))].sort(),
  ]);
}

/** All that is said, without the reasons: what two answers have to share to be the same. */
export function everythingKey(composed: Composition, values: AdviceValues): string {
  const before = everything.get(composed);
  if (before !== undefined) return before;
  const found = `${composed.kind} ${saidKey(composed, values)}`;
  everything.set(composed, found);
  return found;
}

/** A composition is one object however often it is met, and says the same each time. */
const everything = new WeakMap<Composition, string>();

// ---- what rules say of drugs

export function isWeaker(one: Strength, two: Strength): boolean {
  return STRENGTHS.indexOf(one) > STRENGTHS.indexOf(two);
}

/** The strongest that some rules give, `may` where there is none. */
export function strengthOf(rules: readonly AdvisingRule[]): Strength {
  let found: Strength | null = null;
  for (const { strength } of rules) {
    if (strength && (found === null || isWeaker(found, strength))) found = strength;
  }
  return found ?? "may";
}

/** The drugs that a rule on the form names. */
export function named(rule: AdvisingRule): readonly string[] {
  return rule.value.kind === "form" ? rule.value.drugs : [];
}

/** The drugs that a rule on the form advises against or forbids. */
export function excludedBy(rule: AdvisingRule): readonly string[] {
  const value = rule.value;
  if (value.kind === "form") return value.excluded;
  return value.kind === "exclusion" ? value.drugs : [];
}

export type Forbidden = ReadonlyMap<string, readonly AdvisingRule[]>;

/** The contraindicated drugs, with the rules that say so. */
export function contraindicated(rules: readonly AdvisingRule[]): Forbidden {
  const found = new Map<string, AdvisingRule[]>();
  for (const rule of rules) {
    if (rule.value.kind === "exclusion" && rule.value.outright) {
      for (const drug of rule.value.drugs) push(found, drug, rule);
    }
  }
  return found;
}

/** What is not offered, with the contraindications behind it. */
export function barredBy(
  advice: Advice,
  drugs: readonly string[],
  out: Forbidden,
  offeredBy: readonly AdvisingRule[],
): Barred {
  const taken = drugs.filter((drug) => out.has(drug));
  const by = [...new Set(taken.flatMap((drug) => [...(out.get(drug) ?? [])]))];
  return { advice, drugs: taken, by, offeredBy };
}

/** Puts one more under a key of a map of lists. */
export function push<K, V>(found: Map<K, V[]>, key: K, value: V): void {
  const some = found.get(key);
  if (some) some.push(value);
  else found.set(key, [value]);
}
