/**
 * Every completion of what is unknown, as diagrams: for decisions with too many to count out. Each
 * open fact is a level, with its samples for values. A definition that is asked for as one is a level
 * as well, so that it can be told apart from the facts behind it, and what ties open facts together
 * is a set of cases of its own: those that may be (M21).
 */
import { domainsOf, frontier } from "./completions";
import { ALL, Diagrams, inGoodOrder, NONE, TooLarge, type Ways } from "./diagram";
import { at, below, got, type Leaf, type Truth } from "./nodes";
import type { Needed } from "./questions";
import { claimsIn, endsOf, openBelow, type Tie, type View } from "./view";
import { digitsOf, keyOf, linked, type Sample } from "./worlds";

/** Open facts that belong together. */
interface TiedFacts {
  /** The facts, and the definitions among them that are asked for as one. */
  readonly names: readonly string[];
  /** Those that the conditions asked for read, and not only what ties them. */
  readonly shown: ReadonlySet<string>;
  /** The cases that may be, as far as these facts go. */
  readonly valid: number;
}

/** The cases that some conditions can tell apart. */
export interface Cases {
  readonly sets: Diagrams;
  /** Of each condition asked for, the cases in which it is true. */
  readonly true: ReadonlyMap<number, number>;
  /** The cases that may be. */
  readonly valid: number;
  /** The cases that may be, as far as the facts go that `sets` depend on. */
  mayBe(sets: readonly number[]): number;
  /** What has to be told apart so that each of `functions` has one answer. */
  needed(
    decision: string,
    functions: readonly (readonly number[])[],
    known: (name: string) => boolean,
  ): Needed;
}

/**
 * The cases that the conditions `roots` can tell apart; null where there is none at all. Throws
 * `TooLarge` where they take more than `most` steps to draw.
 */
export function drawnCases(roots: readonly number[], view: View, most: number): Cases | null {
  const { ready, truths, ties } = view;
  const { nodes } = ready.steps;
  const isOpen = (step: number) => at(truths, step) === 0;
  const [terms, above] = frontier(roots.filter(isOpen), view);
  const seen = new Map(terms.map((term) => [term, openBelow(view, term)]));
  const isWithin = (some: ReadonlySet<string>, part: ReadonlySet<string>) =>
    [...some].every((one) => part.has(one));
  const parts = linked([...seen.values(), ...ties.map((tie) => tie.facts)]).filter((part) =>
    terms.some((term) => isWithin(got(seen, term), part)),
  );
  const mine = ties.filter((tie) => parts.some((part) => isWithin(tie.facts, part)));
  const steps = below(ready.steps, [...terms, ...mine.flatMap(endsOf)], (s) => !isOpen(s));
  const loose = mine.flatMap((tie) => [...tie.loose.keys()]);
  const facts = parts.flatMap((part) => [...part]);
  const samples = domainsOf(facts, view, new Set([...steps, ...loose]));
  const claims = new Map(
    claimsIn(mine, ready.steps).map((claim) => [claim, `on record ${claim}`] as const),
  );
  const asked = new Map(
    terms.flatMap((term) => {
      const { name } = at(nodes, term);
      return name === "" ? [] : [[term, name] as const];
    }),
  );
  const near: Iterable<string>[] = mine.map((tie) => [
    ...tie.facts,
    ...[...claims].flatMap(([claim, name]) => (tie.loose.has(claim) ? name : [])),
  ]);
  for (const [term, name] of asked) near.push([...got(seen, term), name]);
  const isTerm = new Set(terms);
  for (const root of new Set(roots)) {
    // the names that one condition reads
    if (!isOpen(root)) continue;
    const read = below(ready.steps, [root], (s) => isTerm.has(s) || !isOpen(s));
    near.push(
      read.flatMap((term) => {
        if (!isTerm.has(term)) return [];
        const name = asked.get(term);
        return name === undefined ? [...got(seen, term)] : [name];
      }),
    );
  }
  const names = inGoodOrder([...samples.keys(), ...asked.values(), ...claims.values()], near);
  const level = new Map(names.map((name, place) => [name, place]));
  const sizes = names.map((name) => samples.get(name)?.length ?? 2);
  const diagrams = new Diagrams(sizes, most);
  const drawing = new Drawing(diagrams, level, samples, view);
  const inside = drawing.drawn(steps, new Map());
  const tied: TiedFacts[] = [];
  for (const part of parts) {
    const own = terms.filter((term) => isWithin(got(seen, term), part));
    const bound = mine.filter((tie) => isWithin(tie.facts, part));
    let valid = diagrams.both(
      drawing.kept(
        bound.filter((tie) => tie.loose.size === 0),
        inside,
      ),
      drawing.keptSomehow(
        bound.filter((tie) => tie.loose.size > 0),
        claims,
      ),
    );
    const units: string[] = [];
    const shown = new Set<string>();
    for (const term of own) {
      const name = asked.get(term);
      const behind = got(seen, term);
      if (name !== undefined) {
        units.push(name);
        shown.add(name);
        valid = drawing.same(valid, got(inside, term), got(level, name));
      }
      if (name === undefined || behind.size === 1) for (const fact of behind) shown.add(fact);
    }
    if (valid === NONE) return null;
    tied.push({ names: [...new Set([...part, ...units])].sort(), shown, valid });
  }
  const yes = new Map(
    terms.map((term) => {
      const name = asked.get(term);
      const here = name === undefined ? got(inside, term) : diagrams.having(got(level, name), [1]);
      return [term, here] as const;
    }),
  );
  const found = drawing.drawn([...above, ...roots], yes);
  const place = new Map<number, number>();
  tied.forEach((one, i) => {
    for (const name of one.names) place.set(got(level, name), i);
  });
  return {
    sets: diagrams,
    true: new Map(roots.map((root) => [root, got(found, root)])),
    valid: diagrams.allOf(tied.map((one) => one.valid)),
    mayBe(sets) {
      const places = new Set(
        sets.flatMap((one) => [...diagrams.levels(one)].map((l) => got(place, l))),
      );
      const some = [...places].sort((a, b) => a - b);
      return diagrams.allOf(some.map((i) => at(tied, i).valid));
    },
    needed(decision, functions, known) {
      return new Needs(decision, diagrams, level, samples, tied, functions, known);
    },
  };
}

/** The samples that may be held against each other: those that read no range differently. */
function waysOf(samples: readonly Sample[]): Ways {
  const readings = new Map<string, Set<string>>();
  for (const { value, reading } of samples) {
    const known = readings.get(keyOf(value)) ?? new Set();
    readings.set(keyOf(value), known.add(reading));
  }
  const isOpen = samples.map(({ value }) => got(readings, keyOf(value)).size > 1);
  const all = samples.map((_, place) => place);
  if (!isOpen.includes(true)) return [all];
  return ["lower", "upper"].map((way) =>
    all.filter((place) => !isOpen[place] || at(samples, place).reading === way),
  );
}

/** Draws conditions. */
class Drawing {
  constructor(
    private readonly diagrams: Diagrams,
    private readonly level: ReadonlyMap<string, number>,
    private readonly samples: ReadonlyMap<string, readonly Sample[]>,
    private readonly view: View,
  ) {}

  /** The cases in which each of `steps`, or of what is `known`, is true. */
  drawn(
    steps: Iterable<number>,
    known: ReadonlyMap<number, number>,
    truthOf = (step: number): Truth => at(this.view.truths, step),
  ): Map<number, number> {
    const { diagrams } = this;
    const found = new Map(known);
    for (const step of [...new Set(steps)].sort((a, b) => a - b)) {
      if (found.has(step)) continue;
      const truth = truthOf(step);
      const node = at(this.view.ready.steps.nodes, step);
      if (truth !== 0) found.set(step, truth === 1 ? ALL : NONE);
      else if (node.leaf) found.set(step, this.having(node.leaf));
      else {
        const operands = node.operands.map((operand) => got(found, operand));
        if (node.op === "not") found.set(step, diagrams.opposite(at(operands, 0)));
        else if (node.op === "any") found.set(step, diagrams.anyOf(operands));
        else found.set(step, diagrams.allOf(operands)); // a definition is what its one operand is
      }
    }
    return found;
  }

  having(leaf: Leaf): number {
    const digits = digitsOf(leaf, got(this.samples, leaf.fact));
    return this.diagrams.having(got(this.level, leaf.fact), digits);
  }

  /** The cases in which all ties are kept. */
  kept(ties: readonly Tie[], inside: ReadonlyMap<number, number>): number {
    const { diagrams } = this;
    let valid = ALL;
    for (const { premise, conclusion } of ties) {
      const denied = premise === null ? NONE : diagrams.opposite(got(inside, premise));
      const so = conclusion === null ? NONE : got(inside, conclusion);
      valid = diagrams.both(valid, diagrams.either(denied, so));
    }
    return valid;
  }

  /** The cases in which ties are kept, whatever is on record of what is not known (M14). */
  keptSomehow(ties: readonly Tie[], claimNames: ReadonlyMap<number, string>): number {
    if (ties.length === 0) return ALL;
    const { diagrams } = this;
    const { steps } = this.view.ready;
    const loose = new Map(ties.flatMap((tie) => [...tie.loose]));
    const claims = claimsIn(ties, steps);
    const levelOf = (claim: number) => got(this.level, got(claimNames, claim));
    const known = new Map(claims.map((c) => [c, diagrams.having(levelOf(c), [1])] as const));
    const inside = this.drawn(loose.keys(), known, (step) => loose.get(step) ?? 0);
    let valid = this.kept(ties, inside);
    for (const claim of claims) {
      const node = at(steps.nodes, claim);
      if (node.op !== "established") continue;
      const denied = diagrams.opposite(got(inside, claim));
      const so = got(inside, at(node.operands, 0));
      valid = diagrams.both(valid, diagrams.either(denied, so));
    }
    return diagrams.regardless(valid, new Map(claims.map((c) => [levelOf(c), [[0, 1]]])));
  }

  /** Of `valid`, the cases in which a definition is as true as its condition. */
  same(valid: number, inside: number, level: number): number {
    const { diagrams } = this;
    const holds = diagrams.both(inside, diagrams.having(level, [1]));
    const fails = diagrams.both(diagrams.opposite(inside), diagrams.having(level, [0]));
    return diagrams.both(valid, diagrams.either(holds, fails));
  }
}

/**
 * What a decision needs to have told apart: each function settled by what is asked. A function is
 * settled by some names when no two of its sets hold cases that agree on these.
 */
class Needs implements Needed {
  readonly names: readonly string[];
  readonly bearing: readonly string[];
  private readonly asked: ReadonlyMap<string, number>;
  private readonly reads: readonly ReadonlySet<string>[];
  private readonly ways: ReadonlyMap<number, Ways>;
  private readonly known = new Map<string, boolean>();

  constructor(
    readonly decision: string,
    private readonly diagrams: Diagrams,
    private readonly level: ReadonlyMap<string, number>,
    samples: ReadonlyMap<string, readonly Sample[]>,
    tied: readonly TiedFacts[],
    private readonly functions: readonly (readonly number[])[],
    isKnown: (name: string) => boolean,
  ) {
    const asked = new Map<string, number>();
    const ways = new Map<number, Ways>();
    const nameOf = new Map<number, string>();
    for (const [name, place] of level) {
      nameOf.set(place, name);
      const some = samples.get(name);
      // What the source leaves open is no question about the patient: completions that read a range
      // in different ways are never held against each other (M25).
      const digits = Array.from({ length: at(diagrams.sizes, place) }, (_, digit) => digit);
      ways.set(place, some ? waysOf(some) : [digits]);
      const values = some ? new Set(some.map(({ value }) => keyOf(value))).size : 2;
      const isClaim = name.startsWith("on record ");
      if (values > 1 && !isClaim && !isKnown(name)) asked.set(name, some?.length ?? 2);
    }
    this.asked = asked;
    this.ways = ways;
    this.reads = functions.map(
      (sets) =>
        new Set(sets.flatMap((one) => [...diagrams.levels(one)].map((l) => got(nameOf, l)))),
    );
    const every = [...asked.keys()];
    const telling = tied.filter((one) => {
      const own = new Set(one.names);
      return !this.isSettledBy(every.filter((name) => !own.has(name)));
    });
    const isAsked = (name: string) => asked.has(name);
    this.bearing = telling.flatMap((one) => one.names.filter(isAsked));
    this.names = telling.flatMap((one) =>
      one.names.filter((name) => one.shown.has(name) && isAsked(name)),
    );
  }

  variety(name: string): number {
    return this.asked.get(name) ?? 0;
  }

  isSettledBy(names: readonly string[]): boolean {
    const every = [...this.asked.keys()];
    return this.functions.every(
      (_, number) => this.isSettled(number, names) || !this.isSettled(number, every),
    );
  }

  private isSettled(number: number, names: readonly string[]): boolean {
    const mine = names.filter((name) => at(this.reads, number).has(name)).sort();
    const key = `${number} ${mine.join()}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    let found = false; // where that is too large, it is asked for all the same
    try {
      found = this.isFunctionOf(number, new Set(mine));
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
    }
    this.known.set(key, found);
    return found;
  }

  private isFunctionOf(number: number, names: ReadonlySet<string>): boolean {
    const { diagrams } = this;
    const gone = new Map<number, Ways>();
    for (const name of at(this.reads, number)) {
      const level = got(this.level, name);
      if (!names.has(name)) gone.set(level, got(this.ways, level));
    }
    let seen = NONE;
    for (const cases of at(this.functions, number)) {
      const here = diagrams.regardless(cases, gone);
      if (diagrams.both(seen, here) !== NONE) return false;
      seen = diagrams.either(seen, here);
    }
    return true;
  }
}
