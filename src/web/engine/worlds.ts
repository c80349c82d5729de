/**
 * Worlds: the completions of some open facts, as a space of bit sets. World number `w` has the digit
 * `(w / stride) % size` in each dimension. A measure has infinitely many values but only finitely
 * many that the guideline can tell apart; one sample stands for each. Where the source prints a
 * range as a threshold, a sample inside it comes in both readings.
 */
import { boundOf, type Facts, isTrueOf, NO_VALUE, type Reading, readings } from "./facts";
import { type FactValue, stands } from "./facts";
import { compare, fraction, type Fraction, minus, over, plus } from "./fraction";
import type { FactData } from "./logic";
import { at, type Comparison, got, type Leaf, type Rails } from "./nodes";

/** The product of dimensions with `sizes` digits each; the first runs fastest. */
export class Space {
  readonly count: number;
  readonly mask: bigint;
  private readonly strides: readonly number[];
  private readonly columns = new Map<string, bigint>();

  constructor(readonly sizes: readonly number[]) {
    let count = 1;
    this.strides = sizes.map((size) => {
      const stride = count;
      count *= size;
      return stride;
    });
    this.count = count;
    this.mask = (1n << BigInt(count)) - 1n;
  }

  /** How far apart two worlds are that differ by one in `dimension`. */
  stride(dimension: number): number {
    return this.strides[dimension] ?? this.count;
  }

  /** The worlds that have one of `digits` in `dimension`. */
  column(dimension: number, digits: readonly number[]): bigint {
    const key = `${dimension}:${digits.join()}`;
    const known = this.columns.get(key);
    if (known !== undefined) return known;
    const stride = this.stride(dimension);
    const run = (1n << BigInt(stride)) - 1n;
    let pattern = 0n;
    for (const digit of digits) pattern |= run << BigInt(digit * stride);
    // The pattern comes again with each step of the next dimension; doubled, it is soon there.
    let period = stride * at(this.sizes, dimension);
    while (period < this.count) {
      pattern |= pattern << BigInt(period);
      period *= 2;
    }
    const found = pattern & this.mask;
    this.columns.set(key, found);
    return found;
  }

  /** Those of `worlds` that have `digit` in `dimension`, with 0 in its place. */
  without(dimension: number, digit: number, worlds: bigint): bigint {
    const shift = BigInt(digit * this.stride(dimension));
    return (worlds & this.column(dimension, [digit])) >> shift;
  }
}

/** How many worlds a set has. */
export function countBits(worlds: bigint): number {
  let count = 0;
  for (let left = worlds; left !== 0n; left &= left - 1n) count += 1;
  return count;
}

/** A value that a fact may have, and how thresholds that are ranges are read. */
export interface Sample {
  readonly value: FactValue;
  readonly reading: Reading;
}

/** A sample in words, for keys. */
export function keyOf(value: FactValue): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return `"${value}`;
  return `${value.numerator}/${value.denominator}`;
}

/** The places of the samples of which an atom is true. */
export function digitsOf(leaf: Leaf, samples: readonly Sample[]): number[] {
  const found: number[] = [];
  samples.forEach(({ value, reading }, place) => {
    if (isTrueOf(leaf, value, reading) === 1) found.push(place);
  });
  return found;
}

/** The completions that give each fact one of its samples; dimension i belongs to fact i. */
export class Worlds {
  readonly facts: readonly string[];
  readonly samples: readonly (readonly Sample[])[];
  readonly space: Space;
  private readonly place: ReadonlyMap<string, number>;

  constructor(domains: ReadonlyMap<string, readonly Sample[]>) {
    this.facts = [...domains.keys()];
    this.samples = [...domains.values()];
    this.space = new Space(this.samples.map((some) => some.length));
    this.place = new Map(this.facts.map((fact, place) => [fact, place]));
  }

  /** In which worlds an atom over one of the facts is true, and in which false. */
  rails(leaf: Leaf): Rails {
    const dimension = got(this.place, leaf.fact);
    const digits = digitsOf(leaf, at(this.samples, dimension));
    const yes = this.space.column(dimension, digits);
    return [yes, this.space.mask & ~yes];
  }
}

/** The values of a choice, with "none of them" where it declares no `none`. */
export function choiceValues(fact: FactData): readonly string[] {
  return fact.values.includes("none") ? fact.values : [...fact.values, NO_VALUE];
}

/** One sample for each value of `fact` that `leaves` can tell apart, given what is known. */
export function samplesOf(
  fact: FactData,
  facts: Facts,
  leaves: readonly Leaf[],
): readonly Sample[] {
  switch (fact.kind) {
    case "choice": {
      const values = facts.possible.get(fact.name) ?? choiceValues(fact);
      return values.map((value) => ({ value, reading: "report" }));
    }
    case "measure":
      return measureSamples(fact, facts, leaves.filter(isComparison));
    default:
      return [false, true].map((value) => ({ value, reading: "report" }));
  }
}

export function isComparison(leaf: Leaf): leaf is Comparison {
  return leaf.kind === "compare";
}

function measureSamples(
  fact: FactData,
  facts: Facts,
  leaves: readonly Comparison[],
): readonly Sample[] {
  const known = facts.values.get(fact.name);
  const values = typeof known === "object" ? [known] : tellingValues(fact, leaves);
  const ways = readings(facts.reading);
  const found = new Map<string, Sample>();
  const leftOpen = new Map<string, Sample>();
  for (const value of values) {
    const seen = ways.map((way) =>
      leaves.map((leaf) => (stands(leaf.operator, value, boundOf(leaf, way)) ? "1" : "0")).join(""),
    );
    // A value that is read in one way only stands for its stretch before one that the source
    // leaves open (M19): else both readings of that one might hide that another would settle it.
    const into = seen.every((one) => one === seen[0]) ? found : leftOpen;
    seen.forEach((signature, way) => {
      if (!into.has(signature)) into.set(signature, { value, reading: at(ways, way) });
    });
  }
  const rest = [...leftOpen].filter(([signature]) => !found.has(signature));
  return [...found.values(), ...rest.map(([, sample]) => sample)];
}

const TWO = fraction(2);
const ONE = fraction(1);

export function halfway(one: Fraction, two: Fraction): Fraction {
  return over(plus(one, two), TWO);
}

/** Numbers in order, each once. */
export function inOrder(numbers: Iterable<Fraction>): Fraction[] {
  const found = [...numbers].sort(compare);
  return found.filter((one, i) => i === 0 || compare(one, at(found, i - 1)) !== 0);
}

/**
 * Numbers in order, at least one for each way in which `leaves` can come out together. What they
 * make of a number changes at a threshold and nowhere else: so the thresholds, a number between each
 * two, and one beyond the lowest and the highest are enough. They have to be plausible (M2).
 */
function tellingValues(fact: FactData, leaves: readonly Comparison[]): Fraction[] {
  const cuts = inOrder(leaves.flatMap((leaf) => [leaf.low, leaf.high]));
  const plausible = fact.plausible?.map((end) => fraction(end));
  const [first] = cuts;
  const last = cuts[cuts.length - 1];
  if (!first || !last) return [plausible?.[0] ?? fraction(0)];
  const lowest = plausible?.[0] ?? minus(first, ONE);
  const highest = plausible?.[1] ?? plus(last, ONE);
  const between = cuts.slice(1).map((cut, i) => halfway(at(cuts, i), cut));
  const ends = [lowest, highest, halfway(lowest, first), halfway(last, highest)];
  const kept = inOrder([...cuts, ...between, ...ends]).filter(
    (one) => compare(lowest, one) <= 0 && compare(one, highest) <= 0,
  );
  return kept.length > 0 ? kept : [first];
}

/** The finest partition in which the items of one set stay together. */
export function linked<Item>(sets: Iterable<Iterable<Item>>): ReadonlySet<Item>[] {
  const partOf = new Map<Item, Set<Item>>();
  for (const one of sets) {
    const items = [...one];
    const touched = new Set(items.flatMap((item) => partOf.get(item) ?? []));
    // The largest part takes the others in, so that no item moves more often than log n times.
    let whole = new Set<Item>();
    for (const part of touched) if (part.size > whole.size) whole = part;
    for (const part of [...touched, items]) {
      if (part === whole) continue;
      for (const item of part) {
        whole.add(item);
        partOf.set(item, whole);
      }
    }
  }
  return [...new Set(partOf.values())];
}
