/**
 * Which facts can change an answer, and the fewest questions that would settle it. Two classes of a
 * group must be told apart when some completion is answered differently in one than in the other. A
 * fact tells two classes apart when no value of it occurs in both.
 */
import type { Completions } from "./completions";
import { at, got } from "./nodes";
import { countBits, type Space } from "./worlds";

/** What a decision needs to have told apart, however that is worked out. */
export interface Needed {
  readonly decision: string;
  /** The names of which the answers tell some of it apart. */
  readonly names: readonly string[];
  /** The number of different answers that `name` can have. */
  variety(name: string): number;
  /** Whether the answers to `names` tell apart all that any answer could tell apart. */
  isSettledBy(names: readonly string[]): boolean;
}

/** What has to be told apart so that each of `functions` has one answer; `known` is not asked for. */
export function apart(
  decision: string,
  found: Completions,
  functions: readonly (readonly bigint[])[],
  known: (name: string) => boolean,
): Needed[] {
  const needed: Needed[] = [];
  found.groups.forEach((group, dimension) => {
    const telling = functions
      .map((answers) => alikeIn(dimension, found.space, answers))
      .filter((part) => part.some((one) => one !== 0));
    if (telling.length === 0) return;
    const numbers = new Map<string, number>();
    const alike = group.classes.map((_, digit) => {
      const key = telling.map((part) => part[digit]).join();
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      return number;
    });
    const answers = new Map([...group.answers].filter(([name]) => !known(name)));
    needed.push(distinction(decision, alike, answers));
  });
  return needed;
}

/** The part of each digit of a dimension; those of one part are answered alike everywhere. */
function alikeIn(dimension: number, space: Space, answers: readonly bigint[]): number[] {
  const parts: bigint[][] = [];
  const size = at(space.sizes, dimension);
  return Array.from({ length: size }, (_, digit) => {
    const seen = answers.map((one) => space.without(dimension, digit, one));
    const part = parts.findIndex((other) => other.every((one, i) => one === seen[i]));
    return part >= 0 ? part : parts.push(seen) - 1;
  });
}

/** Classes of one group that a decision needs to have told apart. */
function distinction(
  decision: string,
  alike: readonly number[],
  answers: ReadonlyMap<string, readonly bigint[]>,
): Needed {
  /** The pairs that have to be told apart, as places of two classes. */
  const pairs: (readonly [number, number])[] = [];
  alike.forEach((mine, one) => {
    for (let other = one + 1; other < alike.length; other += 1) {
      if (mine !== alike[other]) pairs.push([one, other]);
    }
  });
  /** For each name, the pairs (as bits) that it tells apart. */
  const separated = new Map<string, bigint>();
  for (const [name, found] of answers) {
    const bits = pairs.map(([one, other]) => (at(found, one) & at(found, other)) === 0n);
    const text = bits.map((bit) => (bit ? "1" : "0")).join("");
    separated.set(name, text === "" ? 0n : BigInt(`0b${text}`));
  }
  let separable = 0n;
  for (const told of separated.values()) separable |= told;
  return {
    decision,
    names: [...separated].flatMap(([name, told]) => (told !== 0n ? name : [])),
    variety(name) {
      const possible = (answers.get(name) ?? []).reduce((all, one) => all | one, 0n);
      return countBits(possible);
    },
    isSettledBy(names) {
      let told = 0n;
      for (const name of names) told |= separated.get(name) ?? 0n;
      return told === separable;
    },
  };
}

/**
 * A set of names, none of which can be left out, that settles all of `needed`. The names are left out
 * one by one while the rest still settles everything, the least useful first: kept before others are
 * those that serve more decisions, and before all those in `prefer`, which are asked for anyhow. Of
 * names that serve as many, ages go first.
 */
export function ask(
  needed: readonly Needed[],
  prefer: readonly string[],
  isAge: (name: string) => boolean,
): string[] {
  const serves = new Map<string, Set<string>>();
  for (const one of needed) {
    for (const name of one.names) {
      const decisions = serves.get(name) ?? new Set();
      serves.set(name, decisions.add(one.decision));
    }
  }
  const usefulness = (name: string): (number | string)[] => [
    prefer.includes(name) ? 1 : 0,
    got(serves, name).size,
    isAge(name) ? 0 : 1,
    -Math.max(...needed.map((one) => one.variety(name))),
    name,
  ];
  const keys = new Map([...serves.keys()].map((name) => [name, usefulness(name)]));
  let kept = [...serves.keys()].sort((a, b) => byParts(got(keys, a), got(keys, b)));
  for (const name of [...kept]) {
    const left = kept.filter((other) => other !== name);
    if (needed.every((one) => one.isSettledBy(left))) kept = left;
  }
  return kept.reverse();
}

/** Compares part by part. */
export function byParts(
  one: readonly (number | string)[],
  two: readonly (number | string)[],
): number {
  for (let i = 0; i < Math.min(one.length, two.length); i += 1) {
    const [a, b] = [at(one, i), at(two, i)];
    if (a < b) return -1;
    if (a > b) return 1;
  }
  return one.length - two.length;
}
