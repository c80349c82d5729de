/**
 * Which facts can change an answer, and the fewest questions that would settle it. Two classes of a
 * group must be told apart when some completion is answered differently in one than in the other. A
 * fact tells two classes apart when no value of it occurs in both.
 */
import type { Completions } from "./completions";
import { at, got } from "./nodes";
import { push } from "./propagation";
import { countBits, type Space } from "./worlds";

/** What a decision needs to have told apart, however that is worked out. */
export interface Needed {
  readonly decision: string;
  /** The names of which the answers tell some of it apart. */
  readonly names: readonly string[];
  /** The names of which some answer tells more than was known, though another may tell nothing. */
  readonly bearing: readonly string[];
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

/** Classes of which all pairs are looked at once; of more, they are sorted. */
const FEW = 32;

type Answers = ReadonlyMap<string, readonly bigint[]>;

/** Classes of one group that a decision needs to have told apart. */
function distinction(decision: string, alike: readonly number[], answers: Answers): Needed {
  const how = alike.length > FEW ? sorted(alike, answers) : inPairs(alike, answers);
  return {
    decision,
    ...how,
    bearing: [...answers].flatMap(([name, found]) => (isBearing(alike, found) ? name : [])),
    variety(name) {
      const possible = (answers.get(name) ?? []).reduce((all, one) => all | one, 0n);
      return countBits(possible);
    },
  };
}

/** Whether some two classes of different parts leave different answers open. */
function isBearing(alike: readonly number[], found: readonly bigint[]): boolean {
  const seen = new Map(found.map((answers, i) => [`${alike[i]} ${answers}`, [alike[i], answers]]));
  const different = [...seen.values()];
  return different.some(([part, answers]) =>
    different.some(([other, theirs]) => part !== other && answers !== theirs),
  );
}

/** The pairs of classes among `some` that have to be told apart. */
function pairsOf(alike: readonly number[], some: readonly number[]): (readonly [number, number])[] {
  return some.flatMap((one, i) =>
    some
      .slice(i + 1)
      .flatMap((other) => (alike[one] === alike[other] ? [] : [[one, other] as const])),
  );
}

/** For each name, the pairs that it tells apart, as bits. */
function inPairs(
  alike: readonly number[],
  answers: Answers,
): Pick<Needed, "names" | "isSettledBy"> {
  const pairs = pairsOf(
    alike,
    alike.map((_, one) => one),
  );
  const separated = new Map<string, bigint>();
  let separable = 0n;
  for (const [name, found] of answers) {
    let told = 0n;
    pairs.forEach(([one, other], i) => {
      if ((at(found, one) & at(found, other)) === 0n) told |= 1n << BigInt(i);
    });
    separated.set(name, told);
    separable |= told;
  }
  return {
    names: [...separated].flatMap(([name, told]) => (told !== 0n ? name : [])),
    isSettledBy(names) {
      let told = 0n;
      for (const name of names) told |= separated.get(name) ?? 0n;
      return told === separable;
    },
  };
}

/** The same for many classes: those that are answered alike are looked at together. */
function sorted(alike: readonly number[], answers: Answers): Pick<Needed, "names" | "isSettledBy"> {
  const tells = (names: Iterable<string>, one: number, other: number): boolean => {
    for (const name of names) {
      const found = got(answers, name);
      if ((at(found, one) & at(found, other)) === 0n) return true;
    }
    return false;
  };
  const isSingle = (bits: bigint) => (bits & (bits - 1n)) === 0n;
  /** The names of which each class leaves one answer. */
  const exact = new Set(
    [...answers].flatMap(([name, found]) => (found.every(isSingle) ? name : [])),
  );
  const every = alike.map((_, one) => one);
  const names = [...answers].flatMap(([name, found]) => {
    // Of an exact name, some two classes of different parts differ in it if any two do.
    const isTelling = exact.has(name)
      ? new Set(found).size > 1
      : every.some((one) =>
          every.some((other) => alike[one] !== alike[other] && tells([name], one, other)),
        );
    return isTelling ? name : [];
  });
  return {
    names,
    isSettledBy(some) {
      const asked = some.filter((name) => answers.has(name));
      const others = asked.filter((name) => !exact.has(name));
      const together = new Map<string, number[]>();
      for (const one of every) {
        const key = asked
          .filter((name) => exact.has(name))
          .map((name) => got(answers, name)[one])
          .join();
        push(together, key, one);
      }
      return [...together.values()].every((classes) =>
        pairsOf(alike, classes).every(
          ([one, other]) => !tells(answers.keys(), one, other) || tells(others, one, other),
        ),
      );
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
