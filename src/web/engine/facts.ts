/** What is known of a patient, and what an atom of a condition makes of it. */
import { compare, type Fraction } from "./fraction";
import type { Operator } from "./logic";
import type { Comparison, Leaf, Truth } from "./nodes";

/** A finding or event, a measure in its own unit, or the name of a choice's value. */
export type FactValue = boolean | string | Fraction;

/** Stands for "none of the declared values" of a choice that declares no `none`. */
export const NO_VALUE = "";

/** How a threshold that the source prints as a range is read; `report` leaves it open. */
export type Reading = "report" | "lower" | "upper";

/** The known facts; whatever is absent is unknown. */
export interface Facts {
  readonly values: ReadonlyMap<string, FactValue>;
  /** For a choice of unknown value, the values that it may still have. */
  readonly possible: ReadonlyMap<string, readonly string[]>;
  /** Definitions whose truth was stated, or follows although their facts are open. */
  readonly definitions: ReadonlyMap<string, boolean>;
  readonly reading: Reading;
  /** The facts that are tied together so much that not all that follows is known. */
  readonly unsettled: readonly string[];
  /** What stated definitions ask of the record and is known to be on it, as nodes. */
  readonly onRecord: ReadonlySet<number>;
}

export function isNumber(value: FactValue | null | undefined): value is Fraction {
  return typeof value === "object" && value !== null;
}

/** Whether two values are the same. */
export function same(one: FactValue, two: FactValue): boolean {
  if (isNumber(one) && isNumber(two)) return compare(one, two) === 0;
  return one === two;
}

/** Whether a number stands in the relation `operator` to a bound. */
export function stands(operator: Operator, value: Fraction, bound: Fraction): boolean {
  const order = compare(value, bound);
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "=":
      return order === 0;
  }
}

const truthOf = (is: boolean): Truth => (is ? 1 : -1);

/** The truth of an atom of a known value, with ranges read in one way. */
export function isTrueOf(leaf: Leaf, value: FactValue, reading: Reading): Truth {
  switch (leaf.kind) {
    case "has":
      return truthOf(value === true);
    case "has value":
      return 1;
    case "one of":
      return truthOf(typeof value === "string" && leaf.values.includes(value));
    case "compare": {
      if (!isNumber(value)) return 0;
      const atLow = stands(leaf.operator, value, leaf.low);
      const atHigh = leaf.isRanged ? stands(leaf.operator, value, leaf.high) : atLow;
      if (atLow === atHigh || reading === "lower") return truthOf(atLow);
      return reading === "upper" ? truthOf(atHigh) : 0;
    }
  }
}

/** The truth of an atom; unknown where the fact is, or where the threshold leaves it open. */
export function holds(leaf: Leaf, facts: Facts): Truth {
  const value = facts.values.get(leaf.fact);
  if (value !== undefined) return isTrueOf(leaf, value, facts.reading);
  const possible = facts.possible.get(leaf.fact);
  if (leaf.kind !== "one of" || possible === undefined) return 0;
  // A choice can be open, and what is asked of it settled all the same (M13).
  const named = new Set(possible.map((one) => leaf.values.includes(one)));
  const [only] = named;
  return named.size === 1 && only !== undefined ? truthOf(only) : 0;
}

/** Whether the value is known and lies inside the source's own range for a threshold. */
export function isOpenToReading(leaf: Leaf, facts: Facts): boolean {
  if (facts.reading !== "report" || leaf.kind !== "compare" || !leaf.isRanged) {
    return false;
  }
  const value = facts.values.get(leaf.fact);
  return isNumber(value) && isTrueOf(leaf, value, "report") === 0;
}

/** Which way round a comparison is read. */
export function boundOf(leaf: Comparison, reading: Reading): Fraction {
  return reading === "lower" ? leaf.low : leaf.high;
}

/** The ways in which a value inside a printed range may be read. */
export function readings(reading: Reading): readonly Reading[] {
  return reading === "report" ? ["lower", "upper"] : [reading];
}
