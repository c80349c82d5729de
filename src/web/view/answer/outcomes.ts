/** How an open fact could turn out, as far as the guideline tells such patients apart. */
import {
  compare,
  exactText,
  fraction,
  type Fraction,
  minus,
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
  readonly value: FactValue;
  /** What entering it would enter; null where a number would have to be chosen. */
  readonly entry: Entry | null;
  /** "yes", "Roux-en-Y gastric bypass"; of a measure the stretch of numbers it stands for. */
  readonly stands: string | Stretch;
}

/** Numbers between two bounds, or one bound alone. No bound: on and on. */
interface Stretch {
  readonly from: Fraction | null;
  readonly to: Fraction | null;
  /** Whether it ends with a bound that belongs to it. */
  readonly isClosed: boolean;
  /** Whether its ends belong to it, where it was joined of several. */
  readonly fromIn?: boolean;
  readonly toIn?: boolean;
}

/** The values of a finding or choice; of a measure one of each stretch between the bounds. */
export function samplesOf(fact: FactPaper, program: Program): Sample[] {
  if (fact.kind === "choice") {
    return fact.values.map(({ name, label }) => ({ value: name, entry: name, stands: label }));
  }
  if (fact.kind !== "measure") {
    return [true, false].map((is) => ({ value: is, entry: is, stands: is ? "yes" : "no" }));
  }
  return stretches(fact, boundsOf(fact.name, program)).map(({ at, stands }) => ({
    value: exactText(at),
    entry: null,
    stands,
  }));
}

const MOST = 4;

/** What some samples that come to the same are called together. */
export function together(samples: readonly Sample[], fact: FactPaper): string {
  const texts: string[] = [];
  let open: Stretch | null = null;
  const close = () => {
    if (open) texts.push(stretchText(open, fact));
    open = null;
  };
  for (const { stands } of samples) {
    if (typeof stands === "string") {
      texts.push(stands);
    } else if (open !== null && meet(open, stands)) {
      open = joined(open, stands);
    } else {
      close();
      open = stands;
    }
  }
  close();
  if (texts.length <= MOST) return listing(texts, "or");
  return `${texts.slice(0, MOST - 1).join(", ")} or ${texts.length - MOST + 1} others`;
}

function meet(one: Stretch, two: Stretch): boolean {
  const isSame = one.to !== null && two.from !== null && compare(one.to, two.from) === 0;
  // Of two that meet, one is a bound alone, which closes the gap.
  return isSame && (one.isClosed || isPoint(two));
}

function isPoint(one: Stretch): boolean {
  return one.from !== null && one.to !== null && compare(one.from, one.to) === 0;
}

/** Both together; each end belongs to it where it was a bound alone. */
function joined(one: Stretch, two: Stretch): Stretch {
  return {
    from: one.from,
    to: two.to,
    isClosed: isPoint(two),
    fromIn: one.fromIn ?? isPoint(one),
    toIn: isPoint(two),
  };
}

function stretchText(one: Stretch, fact: FactPaper): string {
  const unit = ownLabel(fact);
  const text = (value: Fraction) => `${numberText(value)} ${unit}`.trim();
  const fromIn = one.fromIn ?? isPoint(one);
  const toIn = one.toIn ?? isPoint(one);
  if (one.from === null && one.to === null) return "any value";
  if (one.from === null)
    return one.to ? (toIn ? `${text(one.to)} or less` : `below ${text(one.to)}`) : "";
  if (one.to === null) return fromIn ? `${text(one.from)} or more` : `above ${text(one.from)}`;
  if (isPoint(one)) return text(one.from);
  if (fromIn && toIn) return `${numberText(one.from)} to ${text(one.to)}`;
  const start = fromIn ? `${numberText(one.from)} or more` : `above ${numberText(one.from)}`;
  return `${start}, ${toIn ? `${text(one.to)} or less` : `below ${text(one.to)}`}`;
}

function stretches(
  fact: FactPaper,
  bounds: readonly Fraction[],
): { at: Fraction; stands: Stretch }[] {
  const [first, last] = [bounds[0], bounds[bounds.length - 1]];
  if (!first || !last) return [];
  const low = fact.plausible ? fraction(fact.plausible.low) : minus(first, fraction(1));
  const high = fact.plausible ? fraction(fact.plausible.high) : plus(last, fraction(1));
  const found: { at: Fraction; stands: Stretch }[] = [];
  const between = (from: Fraction | null, to: Fraction | null) => {
    const [least, most] = [from ?? low, to ?? high];
    if (compare(least, most) >= 0) return;
    found.push({ at: over(plus(least, most), fraction(2)), stands: { from, to, isClosed: false } });
  };
  between(null, first);
  bounds.forEach((bound, place) => {
    // A bound at the end of what is plausible has nothing beyond it.
    if (compare(bound, low) >= 0 && compare(bound, high) <= 0) {
      found.push({ at: bound, stands: { from: bound, to: bound, isClosed: true } });
    }
    between(bound, bounds[place + 1] ?? null);
  });
  return found;
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
