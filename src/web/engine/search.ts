/**
 * What follows in one component beyond what follows at once: its parts, one after the other. A part
 * that is small enough is worked out over all its worlds, as bit sets; in a large one a search looks
 * for a completion with each value that a fact might have (Davis, Logemann and Loveland 1962). Both
 * are exact. The search may have too much to do, and then it says so.
 *
 * With `otherwise absent` (M6), of the worlds that agree on the facts stated to be unknown, those are
 * preferred in which as many of the unmentioned facts as possible are absent; what is absent in all
 * of these is known to be absent.
 */
import { at, got } from "./nodes";
import { type Cause, type Circuit, type Component, Deduction, only } from "./propagation";
import { linked, Space } from "./worlds";

/** The worlds of a part that are worked out together, one bit for each. */
const LIMIT = 1 << 20;
/** In a large part, the ways looked at in which facts stated to be unknown may turn out. */
const MOST_CASES = 64;

/** Open facts that belong together, with what is still to be kept of them. */
interface Part {
  readonly facts: readonly string[];
  readonly implications: readonly number[];
  /** Settled nodes that their operands have yet to bear out. */
  readonly gates: readonly number[];
  /** The open nodes below these, and definitions that read the same facts, in order. */
  readonly steps: readonly number[];
}

const inside = (part: Part): readonly number[] => [...part.gates, ...part.steps];

/** The parts that are still open of these implications and nodes. */
function partsOf(
  deduction: Deduction,
  implications: Iterable<number>,
  steps: readonly number[],
): Part[] {
  const { truths, component } = deduction;
  const { nodes, readsOnce } = deduction.circuit.steps;
  const seen = new Set<number>();
  const links: (number | string)[][] = [];

  /** Tie `roots` together, and each open node below them with its operands. */
  const link = (roots: readonly number[]): void => {
    links.push([...roots]);
    const pending = [...roots];
    for (let step = pending.pop(); step !== undefined; step = pending.pop()) {
      if (seen.has(step)) continue;
      seen.add(step);
      const fact = component.about.get(step);
      if (fact !== undefined) {
        links.push([step, fact]);
      } else {
        const open = at(nodes, step).operands.filter((one) => !truths.has(one));
        links.push([step, ...open]);
        pending.push(...open);
      }
    }
  };

  /** Whether a settled node is not yet what its operands make of it. */
  const waits = (step: number): boolean => {
    const node = at(nodes, step);
    const truth = truths.get(step);
    if (node.op !== "all" && node.op !== "any") return false;
    if (truth !== (node.op === "any")) return false;
    return node.operands.every((operand) => truths.get(operand) !== truth);
  };

  const places = (): Map<number | string, number> => {
    const found = new Map<number | string, number>();
    linked<number | string>(links).forEach((part, place) => {
      for (const key of part) found.set(key, place);
    });
    return found;
  };

  /** Whether the facts below a definition, taken together, may settle it. */
  const isTangled = (step: number, where: ReadonlyMap<number | string, number>) => {
    const read = new Set<string>();
    const met = new Set([step]);
    const pending = [step];
    for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
      const fact = component.about.get(one);
      if (fact !== undefined) {
        read.add(fact);
        continue;
      }
      for (const operand of at(nodes, one).operands) {
        if (!truths.has(operand) && !met.has(operand)) {
          met.add(operand);
          pending.push(operand);
        }
      }
    }
    const found = [...read].flatMap((fact) => where.get(fact) ?? []);
    return !at(readsOnce, step) || new Set(found).size < found.length;
  };

  const open = new Map<number, readonly [number, number]>();
  for (const number of implications) {
    const ends = got(component.implications, number);
    if (!truths.has(ends[0]) && !truths.has(ends[1])) open.set(number, ends);
  }
  const gates = new Map<number, readonly number[]>();
  for (const step of steps) {
    if (!waits(step)) continue;
    gates.set(
      step,
      at(nodes, step).operands.filter((one) => !truths.has(one)),
    );
  }
  for (const roots of [...open.values(), ...gates.values()]) link(roots);
  const first = places();
  for (const step of steps) {
    const isOpen = at(nodes, step).op === "defined" && !truths.has(step);
    if (isOpen && !seen.has(step) && isTangled(step, first)) link([step]);
  }
  const where = places();
  const found = new Map<
    number,
    { facts: string[]; implications: number[]; gates: number[]; steps: number[] }
  >();
  for (const [key, place] of where) {
    let part = found.get(place);
    if (!part) found.set(place, (part = { facts: [], implications: [], gates: [], steps: [] }));
    if (typeof key === "string") part.facts.push(key);
    else part.steps.push(key);
  }
  for (const [number, [premise]] of open) {
    got(found, got(where, premise)).implications.push(number);
  }
  for (const [step, operands] of gates) {
    got(found, got(where, at(operands, 0))).gates.push(step);
  }
  return [...found.values()].map((part) => ({
    ...part,
    facts: part.facts.sort(),
    steps: part.steps.sort((a, b) => a - b),
  }));
}

/** What is stated of a component, and what is assumed of the rest. */
export interface Given {
  readonly given: ReadonlyMap<string, bigint>;
  readonly definitions: ReadonlyMap<string, boolean>;
  /** The bits of the absence of each unmentioned fact. */
  readonly assumed: ReadonlyMap<string, bigint>;
  /** The facts that are stated to be unknown. */
  readonly leftOpen: ReadonlySet<string>;
  /** The nodes that a search in one part may settle. */
  readonly mostWork: number;
}

/** All that follows in one component: a deduction, which may end in a clash. */
export interface Solved {
  readonly deduction: Deduction;
  /** The facts of which more may follow. */
  readonly unsettled: readonly string[];
}

/** What is known of a component, given what is stated. */
export function solve(circuit: Circuit, component: Component, known: Given): Solved {
  const solver = new Solver(circuit, component, known);
  solver.solve();
  return solver;
}

type Failure = "impossible" | "too much";

class Solver implements Solved {
  readonly deduction: Deduction;
  readonly unsettled: string[] = [];

  constructor(
    circuit: Circuit,
    private readonly component: Component,
    private readonly known: Given,
  ) {
    this.deduction = new Deduction(circuit, component);
  }

  solve(): void {
    const { deduction, component } = this;
    const { assumed } = this.known;
    for (const [fact, bits] of this.known.given) deduction.state(fact, bits);
    for (const [name, truth] of this.known.definitions) deduction.define(name, truth);
    if (!deduction.follow() || !this.followRecord()) return;
    const found = partsOf(deduction, component.implications.keys(), component.steps);
    const tied = new Set(found.flatMap((part) => part.facts));
    for (const [fact, bits] of assumed) {
      // Nothing that is still open reads it.
      if (!tied.has(fact) && (deduction.values(fact) & bits) !== 0n) {
        deduction.narrow(fact, bits);
      }
    }
    deduction.follow();
    for (const part of found) if (!this.solvePart(part, assumed)) return;
  }

  /**
   * Take what is known so far for what is on record (M14); false for a contradiction. What is not
   * known yet may be on record all the same: to state a definition that asks for it is to say so.
   */
  private followRecord(): boolean {
    const { deduction, component } = this;
    if (component.record.length === 0) return true;
    let before = -1;
    while (deduction.truths.size > before) {
      before = deduction.truths.size;
      this.putOnRecord();
      if (!deduction.follow()) return false;
      const found = partsOf(deduction, component.implications.keys(), component.steps);
      for (const part of found) if (!this.solvePart(part, new Map())) return false;
    }
    return true;
  }

  /** Say of all that is known that it is on record. */
  private putOnRecord(): void {
    const { deduction, component } = this;
    const { nodes } = deduction.circuit.steps;
    for (const step of component.record) {
      const operand = at(at(nodes, step).operands, 0);
      const { leaf } = at(nodes, operand);
      const truth = deduction.truths.get(operand);
      let isKnown = truth !== undefined;
      let cause: Cause = { steps: [operand] };
      if (leaf?.kind === "has value") {
        const domain = got(component.domains, leaf.fact);
        const isOne = only(domain, deduction.values(leaf.fact)) !== null;
        isKnown = isOne || this.known.given.has(leaf.fact);
        cause = { fact: leaf.fact };
      }
      if (truth === true || (isKnown && at(nodes, step).op === "recorded")) {
        deduction.assign(step, true, cause);
      }
    }
  }

  /** Settle one part, where some facts are assumed absent; false for a contradiction. */
  private solvePart(part: Part, assumed: ReadonlyMap<string, bigint>): boolean {
    const { deduction } = this;
    const absent = new Map<string, bigint>();
    for (const fact of part.facts) {
      const bits = deduction.values(fact) & (assumed.get(fact) ?? 0n);
      if (bits !== 0n && bits !== deduction.values(fact)) absent.set(fact, bits);
    }
    // Nearly always all of them can be absent, whatever the rest; then that world is preferred to
    // all others, and no other has to be looked at (M6).
    if (absent.size > 0 && this.allAbsent(part, absent)) return true;
    const worlds = partWorlds(deduction, part, absent);
    if (worlds.count <= LIMIT) return narrowed(deduction, worlds, this.known.leftOpen);
    const rest = absent.size > 0 ? this.absentInEachCase(part, absent) : [part];
    if (rest === null) {
      this.leaveUnsettled(part.facts);
      return this.search(part);
    }
    return rest.every((one) => this.search(one));
  }

  /** Settle a part by a search; false for a contradiction. */
  private search(part: Part): boolean {
    const failure = new Search(this.deduction, part, this.known.mostWork).solve();
    if (failure === "impossible") {
      this.deduction.refuse(causesOf(this.deduction, part), part.implications);
      return false;
    }
    if (failure === "too much") this.leaveUnsettled(part.facts);
    return true;
  }

  private leaveUnsettled(facts: readonly string[]): void {
    for (const fact of facts) {
      if (!this.unsettled.includes(fact)) this.unsettled.push(fact);
    }
  }

  /** Take all of `absent` for absent, if nothing speaks against that in any case. */
  private allAbsent(part: Part, absent: ReadonlyMap<string, bigint>): boolean {
    const { deduction } = this;
    const { leftOpen, assumed } = this.known;
    const mark = deduction.mark();
    const before = this.unsettled.length;
    const isOpen = (fact: string) => leftOpen.has(fact);
    for (const [fact, bits] of absent) deduction.narrow(fact, bits);
    if (deduction.follow() && ![...deduction.changedSince(mark)].some(isOpen)) {
      const rest = partsOf(deduction, part.implications, inside(part));
      const isFree = !rest.some((one) => one.facts.some(isOpen));
      if (isFree && rest.every((one) => this.solvePart(one, assumed))) return true;
    }
    deduction.undo(mark);
    this.unsettled.length = before;
    return false;
  }

  /**
   * Take for absent what is so however the facts stated to be unknown turn out. What is open then;
   * null where that is too much to work out.
   */
  private absentInEachCase(part: Part, absent: ReadonlyMap<string, bigint>): Part[] | null {
    const { deduction } = this;
    const open = part.facts.filter((fact) => this.known.leftOpen.has(fact));
    const cases = open.map((fact) => choicesOf(deduction, fact));
    if (cases.reduce((count, one) => count * one.length, 1) > MOST_CASES) return null;
    const kept = new Map(absent);
    for (const way of product(cases)) {
      const here = deduction.trying((): ReadonlySet<string> | "impossible" | null => {
        open.forEach((fact, i) => deduction.narrow(fact, at(way, i)));
        if (!deduction.follow()) return "impossible";
        const some = [...absent].filter(([f, b]) => (deduction.values(f) & b) !== 0n);
        for (const [fact, bits] of some) deduction.narrow(fact, bits);
        // Not all at once, and which most is a search among sets.
        if (!deduction.follow()) return null;
        for (const one of partsOf(deduction, part.implications, inside(part))) {
          const search = new Search(deduction, one, this.known.mostWork);
          if (search.model(false) !== null) return null;
        }
        return new Set(some.map(([fact]) => fact));
      });
      if (here === null) return null;
      if (here === "impossible") continue;
      for (const fact of [...kept.keys()]) if (!here.has(fact)) kept.delete(fact);
    }
    for (const [fact, bits] of kept) deduction.narrow(fact, bits);
    deduction.follow();
    return partsOf(deduction, part.implications, inside(part));
  }
}

/** Each way of taking one of every list. */
export function product<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>(
    (ways, list) => ways.flatMap((way) => list.map((one) => [...way, one])),
    [[]],
  );
}

/** Everything settled that a part was left open by. */
function causesOf(deduction: Deduction, part: Part): Cause[] {
  const { nodes } = deduction.circuit.steps;
  const beside = new Set(inside(part).flatMap((step) => at(nodes, step).operands));
  const settled = [...part.gates, ...beside].filter((s) => deduction.truths.has(s));
  const narrowedFacts = part.facts.filter((fact) => deduction.left.has(fact));
  const { leaves } = deduction.component;
  return [{ steps: settled }, ...narrowedFacts.map((fact) => ({ steps: got(leaves, fact), fact }))];
}

/** The values left to a fact, in sets that neither its open atoms nor `apart` tell apart. */
function choicesOf(deduction: Deduction, fact: string, apart = 0n): readonly bigint[] {
  const domain = got(deduction.component.domains, fact);
  const seen = [...domain.true].flatMap(([leaf, bits]) => (deduction.truths.has(leaf) ? [] : bits));
  let classes = [deduction.values(fact)];
  for (const bits of [...seen, apart]) {
    classes = classes.flatMap((one) => [one & ~bits, one & bits].filter((p) => p !== 0n));
  }
  return classes;
}

// ---- a part over all its worlds

interface PartWorlds {
  readonly part: Part;
  readonly absent: ReadonlyMap<string, bigint>;
  readonly choices: readonly (readonly bigint[])[];
  readonly count: number;
}

function partWorlds(
  deduction: Deduction,
  part: Part,
  absent: ReadonlyMap<string, bigint>,
): PartWorlds {
  const choices = part.facts.map((fact) => choicesOf(deduction, fact, absent.get(fact) ?? 0n));
  const count = choices.reduce((size, one) => size * one.length, 1);
  return { part, absent, choices, count };
}

/** Narrow the deduction to what all worlds have in common; false if there are none. */
function narrowed(
  deduction: Deduction,
  worlds: PartWorlds,
  leftOpen: ReadonlySet<string>,
): boolean {
  const { part, absent, choices } = worlds;
  const { nodes } = deduction.circuit.steps;
  const space = new Space(choices.map((some) => some.length));
  const column = (fact: string, bits: bigint): bigint => {
    const dimension = part.facts.indexOf(fact);
    const digits = at(choices, dimension).flatMap((one, i) => ((one & bits) !== 0n ? i : []));
    return space.column(dimension, digits);
  };
  const yes = new Map<number, bigint>();
  for (const step of inside(part)) {
    for (const operand of at(nodes, step).operands) {
      const truth = deduction.truths.get(operand);
      if (truth !== undefined) yes.set(operand, truth ? space.mask : 0n);
    }
  }
  const worked = (step: number): bigint => {
    const { op, operands } = at(nodes, step);
    const all = operands.map((operand) => got(yes, operand));
    if (op === "not") return space.mask & ~at(all, 0);
    if (op === "all") return all.reduce((a, b) => a & b);
    return all.reduce((a, b) => a | b);
  };
  for (const step of part.steps) {
    const fact = deduction.component.about.get(step);
    const isAtom = fact !== undefined;
    const bits = isAtom ? got(got(deduction.component.domains, fact).true, step) : 0n;
    yes.set(step, isAtom ? column(fact, bits) : worked(step));
  }
  let valid = space.mask;
  for (const number of part.implications) {
    const [premise, conclusion] = got(deduction.component.implications, number);
    valid &= ~got(yes, premise) | got(yes, conclusion);
  }
  for (const gate of part.gates) {
    // settled, so its operands have to bear it out
    const so = worked(gate);
    valid &= got(deduction.truths, gate) ? so : ~so;
  }
  if (valid === 0n) {
    deduction.refuse(causesOf(deduction, part), part.implications);
    return false;
  }
  if (absent.size > 0) {
    const columns = [...absent].map(([fact, bits]) => column(fact, bits));
    const held = part.facts.map((fact) => leftOpen.has(fact));
    const kept = most(space, valid, columns, held);
    for (const one of columns) if ((kept & ~one) === 0n) valid &= one;
  }
  part.facts.forEach((fact, dimension) => {
    let left = 0n;
    at(choices, dimension).forEach((bits, digit) => {
      if ((valid & space.column(dimension, [digit])) !== 0n) left |= bits;
    });
    deduction.narrow(fact, left);
  });
  for (const step of part.steps) {
    if (at(nodes, step).op !== "defined") continue;
    const so = got(yes, step);
    if ((valid & ~so) === 0n) deduction.assign(step, true, {});
    else if ((valid & so) === 0n) deduction.assign(step, false, {});
  }
  return deduction.follow();
}

/**
 * The worlds of `valid` in most of `columns`, among those that agree where `leftOpen` says. From the
 * most absences downwards: a world is kept unless one that agrees with it on what is left open was
 * met before, with more of them.
 */
function most(
  space: Space,
  valid: bigint,
  columns: readonly bigint[],
  leftOpen: readonly boolean[],
): bigint {
  const atLeast = [valid, ...columns.map(() => 0n)];
  for (const column of columns) {
    for (let count = columns.length; count > 0; count -= 1) {
      atLeast[count] = at(atLeast, count) | (at(atLeast, count - 1) & column);
    }
  }
  let kept = 0n;
  let surpassed = 0n;
  for (const worlds of atLeast.reverse()) {
    const found = worlds & ~surpassed;
    if (found === 0n) continue;
    kept |= found;
    surpassed |= alike(space, found, leftOpen);
    if ((valid & ~surpassed) === 0n) break;
  }
  return kept;
}

/** The worlds that agree with one of `worlds` in the dimensions that are left open. */
function alike(space: Space, worlds: bigint, leftOpen: readonly boolean[]): bigint {
  let found = worlds;
  leftOpen.forEach((isOpen, dimension) => {
    if (isOpen) return;
    const size = at(space.sizes, dimension);
    let first = 0n;
    for (let digit = 0; digit < size; digit += 1) {
      first |= space.without(dimension, digit, found);
    }
    found = 0n;
    for (let digit = 0; digit < size; digit += 1) {
      found |= first << BigInt(digit * space.stride(dimension));
    }
  });
  return found;
}

// ---- a part that has too many worlds

class Search {
  /** The values that a fact has in some completion found so far. */
  private readonly found: Map<string, bigint>;
  /** The truths that a definition has in some of them. */
  private readonly truths = new Map<number, boolean[]>();
  private readonly most: number;

  constructor(
    private readonly deduction: Deduction,
    private readonly part: Part,
    mostWork: number,
  ) {
    this.most = deduction.work + mostWork;
    this.found = new Map(part.facts.map((fact) => [fact, 0n]));
    for (const step of part.steps) {
      if (at(deduction.circuit.steps.nodes, step).op === "defined") {
        this.truths.set(step, []);
      }
    }
  }

  /** Narrow the deduction to what all completions have in common. */
  solve(): Failure | null {
    for (const backwards of [false, true]) {
      const missing = this.model(backwards);
      if (missing !== null) return missing;
    }
    for (const fact of this.part.facts) {
      if (this.solveFact(fact) === "too much") return "too much";
    }
    for (const step of this.truths.keys()) {
      if (this.solveDefinition(step) === "too much") return "too much";
    }
    return null;
  }

  private solveFact(fact: string): Failure | null {
    const { deduction } = this;
    const domain = got(deduction.component.domains, fact);
    for (;;) {
      const others = deduction.values(fact) & ~got(this.found, fact);
      if (others === 0n) return null;
      // A stretch of a measure is not a value; it will not be known.
      if (domain.cells.length > 0 && only(domain, got(this.found, fact)) === null) return null;
      const missing = deduction.trying(() => {
        deduction.narrow(fact, others);
        return this.attempt();
      });
      if (missing === "too much") return missing;
      if (missing === "impossible") {
        deduction.narrow(fact, got(this.found, fact));
        deduction.follow();
      }
    }
  }

  private solveDefinition(step: number): Failure | null {
    const { deduction } = this;
    const seen = got(this.truths, step);
    if (deduction.truths.has(step) || new Set(seen).size > 1) return null;
    const truth = at(seen, 0);
    const missing = deduction.trying(() => {
      deduction.assign(step, !truth, {});
      return this.attempt();
    });
    if (missing === "impossible") {
      deduction.assign(step, truth, {});
      deduction.follow();
    }
    return missing;
  }

  private attempt(): Failure | null {
    return this.deduction.follow() ? this.model(false) : "impossible";
  }

  /** Look for a completion, trying the first or the last value of each fact first. */
  model(backwards: boolean): Failure | null {
    return this.deduction.trying(() => this.completion(backwards));
  }

  private completion(backwards: boolean): Failure | null {
    const { deduction } = this;
    const { facts } = this.part;
    // Each frame is a fact, with the values of it that are still to be tried.
    const tried: { mark: ReturnType<Deduction["mark"]>; place: number; left: bigint }[] = [];
    let place = 0;
    for (;;) {
      while (place < facts.length && isSingle(deduction.values(at(facts, place)))) place += 1;
      if (place === facts.length) {
        for (const fact of facts) {
          this.found.set(fact, got(this.found, fact) | deduction.values(fact));
        }
        for (const [step, seen] of this.truths) {
          const truth = deduction.truths.get(step);
          if (truth !== undefined) seen.push(truth);
        }
        return null;
      }
      if (deduction.work > this.most) return "too much";
      tried.push({ mark: deduction.mark(), place, left: deduction.values(at(facts, place)) });
      for (;;) {
        const frame = tried.pop();
        if (!frame) return "impossible";
        deduction.undo(frame.mark);
        if (frame.left === 0n) continue;
        place = frame.place;
        const bit = backwards ? highest(frame.left) : frame.left & -frame.left;
        tried.push({ ...frame, left: frame.left & ~bit });
        deduction.narrow(at(facts, place), bit);
        if (deduction.follow()) break;
        if (deduction.work > this.most) return "too much";
      }
    }
  }
}

const isSingle = (bits: bigint): boolean => (bits & (bits - 1n)) === 0n;

const highest = (bits: bigint): bigint => 1n << BigInt(bits.toString(2).length - 1);
