/** How an open fact could turn out, as far as the guideline tells such patients apart. */
import {
  compare,
  exactText,
  fraction,
  type Fraction,
  numberText,
  over,
  plus,
} from "../../engine/fraction";
import type { FactValue } from "../../engine/answer";
import type { FactPaper } from "../../engine/papers";
import type { Program } from "../../engine/program";
import { ownLabel } from "../measure";
import type { Entry } from "../state";
import { listing } from "../words";

export interface Sample {
  /** "yes", "Roux-en-Y gastric bypass", "below 50 mL/min". */
  readonly label: string;
  readonly value: FactValue;
  /** What entering it would enter. */
  readonly entry: Entry;
}

/** The values of a finding or choice; of a measure one of each region between the bounds. */
export function samplesOf(fact: FactPaper, program: Program): Sample[] {
  if (fact.kind === "choice") {
    return fact.values.map(({ name, label }) => ({ label, value: name, entry: name }));
  }
  if (fact.kind !== "measure") {
    return [true, false].map((is) => ({ label: is ? "yes" : "no", value: is, entry: is }));
  }
  return regions(fact, boundsOf(fact.name, program)).map(({ at, label }) => ({
    label,
    value: exactText(at),
    entry: { number: numberText(at), unit: fact.unit },
  }));
}

/** Samples that come to the same, told as one: "below 50 mL/min or 60 mL/min and above". */
export function together(labels: readonly string[]): string {
  return labels.length > MOST
    ? `${listing(labels.slice(0, MOST - 1), "or")} or others`
    : listing(labels, "or");
}

const MOST = 4;

interface Region {
  readonly at: Fraction;
  readonly label: string;
}

function regions(fact: FactPaper, bounds: readonly Fraction[]): Region[] {
  const unit = ownLabel(fact);
  const text = (value: Fraction) => `${numberText(value)} ${unit}`.trim();
  const [low, high] = fact.plausible
    ? [fraction(fact.plausible.low), fraction(fact.plausible.high)]
    : [null, null];
  const isPlausible = (value: Fraction) =>
    (low === null || compare(value, low) >= 0) && (high === null || compare(value, high) <= 0);
  const found: Region[] = [];
  const first = bounds[0];
  const last = bounds[bounds.length - 1];
  if (!first || !last) return [];
  const below = low ?? plus(first, fraction(-1));
  if (compare(below, first) < 0)
    found.push({ at: middle(below, first), label: `below ${text(first)}` });
  bounds.forEach((bound, place) => {
    found.push({ at: bound, label: text(bound) });
    const next = bounds[place + 1];
    if (next) {
      const label = `between ${numberText(bound)} and ${text(next)}`;
      found.push({ at: middle(bound, next), label });
    }
  });
  const above = high ?? plus(last, fraction(1));
  if (compare(last, above) < 0)
    found.push({ at: middle(last, above), label: `above ${text(last)}` });
  return found.filter((one) => isPlausible(one.at));
}

function middle(one: Fraction, two: Fraction): Fraction {
  return over(plus(one, two), fraction(2));
}

/** The numbers with which the guideline compares a measure, the least first. */
function boundsOf(name: string, program: Program): Fraction[] {
  const texts = new Set<string>();
  const look = (node: unknown): void => {
    if (!Array.isArray(node)) return;
    if (node[0] === "compare" && node[1] === name) {
      for (const bound of node.slice(3, 5)) if (typeof bound === "string") texts.add(bound);
      for (const bound of node.slice(3, 5)) if (typeof bound === "number") texts.add(String(bound));
    } else {
      node.forEach(look);
    }
  };
  look((program.logic as { nodes?: unknown } | null)?.nodes);
  return [...texts].map((text) => fraction(text)).sort(compare);
}
