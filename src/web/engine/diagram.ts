/**
 * Diagrams of cases: sets of completions, far more than could be counted out, as small graphs. A
 * diagram is a multi-valued decision diagram (Bryant 1986; Srinivasan, Kam, Malik and Brayton 1990):
 * a node stands for a fact and has a child for each of its values. On every path the facts come in
 * one order, equal nodes are one node, and a node whose children are all the same is left out. So
 * equal sets are the same number, and what facts do independently of one another costs the sum of
 * what each costs and not the product. Nothing here recurses.
 */
import { at, got } from "./nodes";

/** The empty set, and the set of everything. */
export const NONE = 0;
export const ALL = 1;

/** The level of the two ends, below every fact. */
const END = Number.MAX_SAFE_INTEGER;
/** More than any number of nodes. */
const MANY = 2 ** 26;

/** The diagrams, or the sets of rules, have become too many; the answer then says so. */
export class TooLarge extends Error {}

/** The values of a fact that belong together when it is left out. */
export type Ways = readonly (readonly number[])[];

/** Diagrams over facts with `sizes` values each, the first of them at the top. */
export class Diagrams {
  /** The work done: each node that was made, or looked at, counts its children. */
  steps = 0;
  private readonly level = [END, END];
  private readonly children: (readonly number[])[] = [[], []];
  private readonly index = new Map<number, Map<number | string, number>>();
  private readonly met = [new Map<number, number>(), new Map<number, number>()] as const;
  private opposites = new Map([
    [NONE, ALL],
    [ALL, NONE],
  ]);

  constructor(
    readonly sizes: readonly number[],
    readonly most: number,
  ) {}

  /** The cases in which the fact at `level` has one of its values `digits`. */
  having(level: number, digits: readonly number[]): number {
    const size = at(this.sizes, level);
    return this.node(
      level,
      Array.from({ length: size }, (_, digit) => (digits.includes(digit) ? ALL : NONE)),
    );
  }

  both(one: number, two: number): number {
    return this.meet(one, two, NONE);
  }

  either(one: number, two: number): number {
    return this.meet(one, two, ALL);
  }

  allOf(sets: readonly number[]): number {
    return sets.reduce((one, two) => this.both(one, two), ALL);
  }

  anyOf(sets: readonly number[]): number {
    return sets.reduce((one, two) => this.either(one, two), NONE);
  }

  /** The cases that are in the first set and not in the second. */
  without(one: number, two: number): number {
    return this.both(one, this.opposite(two));
  }

  /** All other cases. */
  opposite(one: number): number {
    const found = this.opposites;
    for (const node of this.under([one], found)) {
      const below = at(this.children, node).map((child) => got(found, child));
      const opposite = this.node(at(this.level, node), below);
      found.set(node, opposite);
      found.set(opposite, node);
    }
    return got(found, one);
  }

  /** The facts that a set depends on. */
  levels(one: number): ReadonlySet<number> {
    return new Set(this.under([one], new Map(), 0).map((node) => at(this.level, node)));
  }

  /**
   * The cases that are in the set for some value of each fact in `ways`. A fact that has several
   * ways keeps them apart: for each, the values that belong to it.
   */
  regardless(one: number, ways: ReadonlyMap<number, Ways>): number {
    const found = new Map([
      [NONE, NONE],
      [ALL, ALL],
    ]);
    for (const node of this.under([one], found)) {
      const level = at(this.level, node);
      let children = at(this.children, node).map((child) => got(found, child));
      const gone = ways.get(level);
      if (gone) {
        const all = children;
        children = gone.map((digits) => this.anyOf(digits.map((digit) => at(all, digit))));
      }
      const only = children.length === 1 ? children[0] : undefined;
      found.set(node, only ?? this.node(level, children));
    }
    return got(found, one);
  }

  /** Let go of what only makes further work quicker. */
  forget(): void {
    for (const memory of this.met) memory.clear();
    this.opposites = new Map([
      [NONE, ALL],
      [ALL, NONE],
    ]);
  }

  /** The nodes of some diagrams, the lowest first, that are neither ends nor `known`. */
  private under(sets: readonly number[], known: ReadonlyMap<number, number>, cost = 1): number[] {
    const seen = new Set<number>();
    const pending = [...sets];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (node <= ALL || seen.has(node) || known.has(node)) continue;
      seen.add(node);
      const children = at(this.children, node);
      this.count(cost * children.length);
      pending.push(...children);
    }
    return [...seen].sort((a, b) => at(this.level, b) - at(this.level, a));
  }

  /** The one node with these children: equal sets are equal numbers (Bryant 1986, 4.2). */
  private node(level: number, children: readonly number[]): number {
    const first = at(children, 0);
    if (children.every((child) => child === first)) return first;
    let nodes = this.index.get(level);
    if (!nodes) this.index.set(level, (nodes = new Map()));
    // Most facts have two values, and a number is found more quickly than a text.
    const isPair = children.length === 2;
    const key = isPair ? first * MANY + at(children, 1) : children.join();
    const known = nodes.get(key);
    if (known !== undefined) return known;
    this.count(children.length);
    const found = this.level.length;
    nodes.set(key, found);
    this.level.push(level);
    this.children.push(children);
    return found;
  }

  private count(steps: number): void {
    this.steps += steps;
    if (this.steps > this.most) throw new TooLarge();
  }

  /** Both sets or either, whichever has `absorbing` as the end that decides. */
  private meet(one: number, two: number, absorbing: 0 | 1): number {
    const neutral = 1 - absorbing;
    const memory = this.met[absorbing];
    const keyOf = (a: number, b: number) => (a < b ? a * MANY + b : b * MANY + a);
    const known = (a: number, b: number): number | undefined => {
      if (a === b || b === neutral) return a;
      if (a === neutral) return b;
      if (a === absorbing || b === absorbing) return absorbing;
      return memory.get(keyOf(a, b));
    };
    const atOnce = known(one, two);
    if (atOnce !== undefined) return atOnce;
    // Pairs wait on a stack of their own until their children are there, since a chain of a thousand
    // facts is a thousand nodes deep.
    const waiting: (readonly [number, number])[] = [[one, two]];
    for (;;) {
      const pair = waiting[waiting.length - 1];
      if (!pair) break;
      const [left, right] = pair;
      const key = keyOf(left, right);
      if (memory.has(key)) {
        waiting.pop();
        continue;
      }
      // A set that does not depend on the fact at this level goes on as it is in each child.
      const level = Math.min(at(this.level, left), at(this.level, right));
      const mine = at(this.level, left) === level ? at(this.children, left) : null;
      const theirs = at(this.level, right) === level ? at(this.children, right) : null;
      const size = at(this.sizes, level);
      const found: number[] = [];
      for (let digit = 0; digit < size; digit += 1) {
        const a = mine?.[digit] ?? left;
        const b = theirs?.[digit] ?? right;
        const met = known(a, b);
        if (met === undefined) waiting.push([a, b]);
        else found.push(met);
      }
      if (found.length === size) {
        this.count(size);
        memory.set(key, this.node(level, found));
        waiting.pop();
      }
    }
    return got(memory, keyOf(one, two));
  }
}

/** Names in one tie that are tied each to each; of more, each is tied to the next one. */
const MOST_TIED = 12;

/**
 * An order of `names` in which those that are tied together stand close to each other. A diagram is
 * the smaller, the fewer ties are open between the names before a place and those after it. So the
 * next name is always one that leaves the fewest open.
 */
export function inGoodOrder(names: readonly string[], ties: readonly Iterable<string>[]): string[] {
  const beside = new Map([...new Set(names)].sort().map((name) => [name, new Set<string>()]));
  for (const tie of ties) {
    const tied = [...new Set(tie)].sort().filter((name) => beside.has(name));
    tied.forEach((name, place) => {
      const near = tied.length <= MOST_TIED ? tied : tied.slice(Math.max(0, place - 1), place + 2);
      for (const other of near) if (other !== name) got(beside, name).add(other);
    });
  }
  const left = new Map([...beside].map(([name, others]) => [name, others.size]));
  const found = new Set<string>();
  const near = new Set<string>();
  const leavesOpen = (name: string): readonly [number, number, string] => {
    const others = got(beside, name);
    let closed = 0;
    for (const other of others) if (found.has(other) && left.get(other) === 1) closed += 1;
    return [(got(left, name) > 0 ? 1 : 0) - closed, others.size, name];
  };
  const starts = [...beside.keys()].sort((a, b) =>
    order([got(beside, a).size, 0, a], [got(beside, b).size, 0, b]),
  );
  for (const start of starts) {
    if (found.has(start)) continue;
    near.add(start);
    while (near.size > 0) {
      let best: readonly [number, number, string] | null = null;
      for (const name of near) {
        const one = leavesOpen(name);
        if (best === null || order(one, best) < 0) best = one;
      }
      if (best === null) break;
      const name = best[2];
      near.delete(name);
      found.add(name);
      for (const other of got(beside, name)) {
        left.set(other, got(left, other) - 1);
        if (!found.has(other)) near.add(other);
      }
    }
  }
  return [...found];
}

function order(
  one: readonly [number, number, string],
  two: readonly [number, number, string],
): number {
  if (one[0] !== two[0]) return one[0] - two[0];
  if (one[1] !== two[1]) return one[1] - two[1];
  return one[2] < two[2] ? -1 : one[2] > two[2] ? 1 : 0;
}
