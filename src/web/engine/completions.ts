/**
 * Every completion of what is unknown, as far as some conditions can see it. The open facts below the
 * conditions fall into groups that no condition or implication ties together. Each group is
 * enumerated by itself and its worlds are sorted into classes that look the same from above; the
 * product of the classes is the set of completions. That is exact, and small: nine open neurological
 * findings matter only through one definition, so they make two classes.
 */
import { at, below, got, type Leaf, type Rails, run, type Truth } from "./nodes";
import { push } from "./propagation";
import { product } from "./search";
import { claimsIn, endsOf, openBelow, type Tie, type View } from "./view";
import { keyOf, linked, type Sample, samplesOf, Space, Worlds } from "./worlds";

const GROUP_LIMIT = 1 << 16;
/** Classes of one group; of more, each is a set of worlds that is too large to keep. */
const CLASS_LIMIT = 1 << 11;

/** Open facts that belong together, and the classes of their worlds. */
export interface FactGroup {
  readonly facts: readonly string[];
  /** The nodes through which the conditions see the group. */
  readonly terms: readonly number[];
  /** Sets of worlds that give every term the same truth. */
  readonly classes: readonly bigint[];
  /** Of each term, over the worlds. */
  readonly rails: ReadonlyMap<number, Rails>;
  /** What could be asked, with the set of answers (as bits) that each class leaves open. */
  readonly answers: ReadonlyMap<string, readonly bigint[]>;
}

/** The completions, one world for each choice of a class from every group. */
export interface Completions {
  readonly groups: readonly FactGroup[];
  readonly space: Space;
  /** Of each condition asked for, the worlds in which it is true. */
  readonly true: ReadonlyMap<number, bigint>;
}

/** The completions that the conditions `roots` can tell apart; null when there are too many. */
export function completionsOf(
  roots: readonly number[],
  view: View,
  limit: number,
): Completions | null {
  const { truths, ready } = view;
  const [terms, above] = frontier(
    roots.filter((root) => at(truths, root) === 0),
    view,
  );
  const groups = groupsOf(terms, view);
  if (groups === null) return null;
  if (groups.reduce((count, one) => count * one.classes.length, 1) > limit) return null;
  const space = new Space(groups.map((group) => group.classes.length));
  const rails = new Map<number, Rails>();
  groups.forEach((group, dimension) => {
    for (const term of group.terms) {
      const [yes] = got(group.rails, term);
      const digits = group.classes.flatMap((one, i) => ((one & yes) !== 0n ? i : []));
      const column = space.column(dimension, digits);
      rails.set(term, [column, space.mask & ~column]);
    }
  });
  for (const step of [...above, ...roots]) {
    const truth = at(truths, step);
    if (truth !== 0) rails.set(step, constant(truth, space.mask));
  }
  run(ready.steps, above, rails, space.mask);
  return {
    groups,
    space,
    true: new Map(roots.map((root) => [root, got(rails, root)[0]])),
  };
}

function constant(truth: Truth, mask: bigint): Rails {
  return [truth === 1 ? mask : 0n, truth === -1 ? mask : 0n];
}

/** The open terms below `roots`, and every node from there up, operands included. */
export function frontier(roots: readonly number[], view: View): [number[], number[]] {
  const terms = new Set<number>();
  const above = new Set<number>();
  const pending = [...roots];
  for (let step = pending.pop(); step !== undefined; step = pending.pop()) {
    if (above.has(step)) continue;
    above.add(step);
    if (at(view.truths, step) !== 0) continue;
    const node = at(view.ready.steps.nodes, step);
    if (node.leaf || view.ready.units.has(step)) terms.add(step);
    else pending.push(...node.operands);
  }
  const byNumber = (a: number, b: number) => a - b;
  return [[...terms].sort(byNumber), [...above].sort(byNumber)];
}

/** Open facts that belong together, with what ties them and what is asked of them. */
interface Together {
  readonly part: ReadonlySet<string>;
  readonly terms: readonly number[];
  readonly ties: readonly Tie[];
  readonly steps: readonly number[];
}

function isWithin(some: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  return [...some].every((one) => whole.has(one));
}

/** The groups that `terms` see, null where one is too large. */
function groupsOf(terms: readonly number[], view: View): FactGroup[] | null {
  const { ready, ties } = view;
  const seen = new Map(terms.map((term) => [term, openBelow(view, term)]));
  const groups: FactGroup[] = [];
  for (const part of linked([...seen.values(), ...ties.map((tie) => tie.facts)])) {
    const mine = terms.filter((term) => isWithin(got(seen, term), part));
    if (mine.length === 0) continue;
    const bound = ties.filter((tie) => isWithin(tie.facts, part));
    const roots = [...mine, ...bound.flatMap(endsOf)];
    const steps = below(ready.steps, roots, (step) => at(view.truths, step) !== 0);
    const one = { part, terms: mine, ties: bound, steps };
    const group = ready.memory.remembered("groups", keyOfGroup(one, view), () =>
      groupOf(one, view),
    );
    if (group === null) return null;
    groups.push(group);
  }
  return groups;
}

/** All that a group is worked out from: two patients who share it share the group. */
function keyOfGroup(one: Together, view: View): string {
  const { facts, truths } = view;
  const names = [...one.part].sort();
  return [
    names.join(),
    one.terms.join(),
    one.ties.map((tie) => [tie.premise, tie.conclusion, ...tie.loose].join(":")).join(),
    one.steps.map((step) => `${step}:${at(truths, step)}`).join(),
    names
      .map((name) => {
        const value = facts.values.get(name);
        const known = value === undefined ? "" : keyOf(value);
        return `${known}|${(facts.possible.get(name) ?? ["?"]).join("/")}`;
      })
      .join(),
    facts.reading,
  ].join(" ");
}

/** The samples of each of some facts, as far as the nodes `steps` tell them apart. */
export function domainsOf(
  names: Iterable<string>,
  view: View,
  steps: Iterable<number>,
): Map<string, readonly Sample[]> {
  const { ready, facts } = view;
  const byFact = new Map([...names].sort().map((name) => [name, [] as Leaf[]]));
  for (const step of steps) {
    const { leaf } = at(ready.steps.nodes, step);
    if (leaf && byFact.has(leaf.fact)) push(byFact, leaf.fact, leaf);
  }
  return new Map(
    [...byFact].map(([name, leaves]) => [name, samplesOf(got(ready.facts, name), facts, leaves)]),
  );
}

/** The group of the facts in `part`; null where it has too many worlds or classes. */
function groupOf({ part, terms, ties, steps }: Together, view: View): FactGroup | null {
  const { ready, truths } = view;
  const { nodes } = ready.steps;
  const claims = claimsIn(ties, ready.steps);
  const loose = ties.flatMap((tie) => [...tie.loose.keys()]);
  const offered = domainsOf(part, view, new Set([...steps, ...loose]));
  let count = 2 ** claims.length;
  for (const some of offered.values()) count *= some.length;
  if (count > GROUP_LIMIT) return null;
  const worlds = new Worlds(offered);
  const { mask } = worlds.space;
  const rails = new Map<number, Rails>();
  for (const step of steps) {
    const truth = at(truths, step);
    const { leaf } = at(nodes, step);
    if (truth !== 0) rails.set(step, constant(truth, mask));
    else if (leaf) rails.set(step, worlds.rails(leaf));
  }
  run(ready.steps, steps, rails, mask);
  const plain = ties.filter((tie) => tie.loose.size === 0);
  const open = ties.filter((tie) => tie.loose.size > 0);
  const valid = kept(plain, rails, mask) & keptSomehow(open, worlds, view);
  // Worlds that give every term the same truth are one class: each term splits those so far.
  let classes = valid === 0n ? [] : [valid];
  for (const term of terms) {
    const [yes] = got(rails, term);
    classes = classes.flatMap((one) => [one & ~yes, one & yes].filter((p) => p !== 0n));
    if (classes.length > CLASS_LIMIT) return null;
  }
  const seen = new Map(terms.map((term) => [term, got(rails, term)]));
  return {
    facts: worlds.facts,
    terms,
    classes,
    rails: seen,
    answers: answersTo(worlds, classes, seen, view),
  };
}

function answersTo(
  worlds: Worlds,
  classes: readonly bigint[],
  seen: ReadonlyMap<number, Rails>,
  view: View,
): ReadonlyMap<string, readonly bigint[]> {
  const possible = (columns: readonly bigint[]): bigint[] =>
    classes.map((members) =>
      columns.reduce(
        (bits, column, i) => ((members & column) !== 0n ? bits | (1n << BigInt(i)) : bits),
        0n,
      ),
    );
  const varieties = worlds.samples.map(
    (some) => new Set(some.map(({ value }) => keyOf(value))).size,
  );
  const found = new Map<string, readonly bigint[]>();
  for (const [term, rails] of seen) {
    const { name } = at(view.ready.steps.nodes, term);
    if (name !== "" && varieties.some((count) => count > 1)) found.set(name, possible(rails));
  }
  // A value in a printed range is a different answer under each reading: what the source itself
  // leaves open does not make the fact useless. Where it leaves open every value that the fact can
  // have, asking helps nobody.
  worlds.samples.forEach((offered, dimension) => {
    if (at(varieties, dimension) < 2) return;
    const columns = offered.map((_, i) => worlds.space.column(dimension, [i]));
    found.set(at(worlds.facts, dimension), possible(columns));
  });
  return found;
}

/** The worlds of `mask` in which all ties are kept. */
function kept(ties: readonly Tie[], rails: ReadonlyMap<number, Rails>, mask: bigint): bigint {
  let valid = mask;
  for (const tie of ties) {
    const denied = tie.premise === null ? 0n : got(rails, tie.premise)[1];
    valid &= denied | (tie.conclusion === null ? 0n : got(rails, tie.conclusion)[0]);
  }
  return valid;
}

/** The worlds in which ties are kept, whatever is on record of what is not known (M14). */
function keptSomehow(ties: readonly Tie[], worlds: Worlds, view: View): bigint {
  const { mask } = worlds.space;
  if (ties.length === 0) return mask;
  const { steps } = view.ready;
  const settled = new Map<number, Rails>();
  const loose = new Map(ties.flatMap((tie) => [...tie.loose]));
  const order = [...loose.keys()].sort((a, b) => a - b);
  for (const [step, truth] of loose) {
    const { leaf } = at(steps.nodes, step);
    if (truth !== 0) settled.set(step, constant(truth, mask));
    else if (leaf) settled.set(step, worlds.rails(leaf));
  }
  const claims = claimsIn(ties, steps);
  let found = 0n;
  for (const way of product(claims.map(() => [-1, 1] as const))) {
    const rails = new Map(settled);
    claims.forEach((claim, i) => rails.set(claim, constant(at(way, i), mask)));
    run(steps, order, rails, mask);
    let valid = kept(ties, rails, mask);
    claims.forEach((claim, i) => {
      const node = at(steps.nodes, claim);
      if (node.op === "established" && way[i] === 1) {
        valid &= got(rails, at(node.operands, 0))[0];
      }
    });
    found |= valid;
  }
  return found;
}
