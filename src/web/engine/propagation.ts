/**
 * What follows at once: unit propagation over implications, definitions and atoms. Facts that
 * implications (or stated definitions) tie together form a component, whose conditions are a
 * circuit: every node is true, false or not yet known. A statement narrows the values that a fact can
 * have, which settles atoms; a settled node settles others above it, below it and beside it. Each
 * node is settled once (Dowling and Gallier 1984). What is found this way is so in every completion
 * (M4); what is tried after it stands in `search`.
 */
import {
  boundOf,
  type FactValue,
  isNumber,
  NO_VALUE,
  type Reading,
  readings,
  stands,
} from "./facts";
import { compare, fraction, type Fraction, minus, plus } from "./fraction";
import type { FactData } from "./logic";
import { at, below, got, type Leaf, type Steps } from "./nodes";
import { choiceValues, halfway, inOrder, isComparison } from "./worlds";

// ---- the values of a fact

/** The values of a fact that the atoms about it can tell apart, one bit each. */
export interface Domain {
  /** The bits of all values that the fact can have. */
  readonly every: bigint;
  /** The bits of the values that make an atom true, by the atom's node. */
  readonly true: ReadonlyMap<number, bigint>;
  /** Of a finding, event or choice, the value that each bit stands for. */
  readonly values: readonly FactValue[];
  /** The thresholds of a measure, in order, and the bits of each stretch and threshold in turn. */
  readonly cuts: readonly Fraction[];
  readonly cells: readonly bigint[];
}

/** The bits of a single value. */
export function bitsOf(domain: Domain, value: FactValue): bigint {
  if (!isNumber(value)) {
    const place = domain.values.indexOf(value);
    return place < 0 ? 0n : 1n << BigInt(place);
  }
  const found = domain.cuts.findIndex((cut) => compare(cut, value) >= 0);
  const place = found < 0 ? domain.cuts.length : found;
  const cut = domain.cuts[place];
  const isCut = cut !== undefined && compare(cut, value) === 0;
  return domain.cells[isCut ? 2 * place + 1 : 2 * place] ?? 0n;
}

/** The one value that `bits` leave, if there is just one and it has a name. */
export function only(domain: Domain, bits: bigint): FactValue | null {
  if (domain.cells.length === 0) {
    const left = some(domain, bits);
    const [value] = left;
    return left.length !== 1 || value === undefined || value === NO_VALUE ? null : value;
  }
  const left = domain.cells.flatMap((cell, place) => ((cell & bits) !== 0n ? place : []));
  const [place] = left;
  if (left.length !== 1 || place === undefined || place % 2 === 0) return null;
  return at(domain.cuts, (place - 1) / 2);
}

/** The values that `bits` leave to a finding or a choice. */
export function some(domain: Domain, bits: bigint): FactValue[] {
  return domain.values.filter((_, i) => ((bits >> BigInt(i)) & 1n) === 1n);
}

function domainOf(fact: FactData, leaves: ReadonlyMap<number, Leaf>, reading: Reading): Domain {
  if (fact.kind === "measure") return measureDomain(fact, leaves, reading);
  const values = fact.kind === "choice" ? choiceValues(fact) : [false, true];
  const isTrue = (leaf: Leaf, value: FactValue) =>
    leaf.kind === "one of" ? leaf.values.includes(String(value)) : value === true;
  const yes = new Map<number, bigint>();
  for (const [step, leaf] of leaves) {
    let bits = 0n;
    values.forEach((value, place) => {
      if (isTrue(leaf, value)) bits |= 1n << BigInt(place);
    });
    yes.set(step, bits);
  }
  const every = (1n << BigInt(values.length)) - 1n;
  return { every, true: yes, values, cuts: [], cells: [] };
}

function measureDomain(
  fact: FactData,
  leaves: ReadonlyMap<number, Leaf>,
  reading: Reading,
): Domain {
  const bounds = [...leaves].flatMap(([step, leaf]) =>
    isComparison(leaf) ? [{ step, leaf }] : [],
  );
  const [low, high] = fact.plausible?.map((end) => fraction(end)) ?? [];
  const ends = bounds.flatMap(({ leaf }) => [leaf.low, leaf.high]);
  if (low && high) ends.push(low, high);
  if (fact.absent !== null) ends.push(fraction(fact.absent));
  const cuts = inOrder(ends);
  // A number in each stretch and each threshold, in order.
  const [first] = cuts;
  const last = cuts[cuts.length - 1];
  const numbers: Fraction[] = [];
  if (first && last) {
    numbers.push(minus(first, fraction(1)));
    cuts.forEach((cut, i) => {
      const next = cuts[i + 1];
      numbers.push(cut, next ? halfway(cut, next) : plus(last, fraction(1)));
    });
  } else {
    numbers.push(fraction(0));
  }
  const yes = new Map(bounds.map(({ step }) => [step, 0n]));
  const cells: bigint[] = [];
  let every = 0n;
  let count = 0;
  for (const number of numbers) {
    const seen = new Set(
      readings(reading).map((way) =>
        bounds
          .map(({ leaf }) => stands(leaf.operator, number, boundOf(leaf, way)))
          .map((is) => (is ? "1" : "0"))
          .join(""),
      ),
    );
    const cell = ((1n << BigInt(seen.size)) - 1n) << BigInt(count);
    cells.push(cell);
    for (const way of [...seen].sort()) {
      bounds.forEach(({ step }, i) => {
        if (way[i] === "1") yes.set(step, got(yes, step) | (1n << BigInt(count)));
      });
      count += 1;
    }
    const isPlausible = !low || !high || (compare(low, number) <= 0 && compare(number, high) <= 0);
    if (isPlausible) every |= cell;
  }
  return { every, true: yes, values: [], cuts, cells };
}

// ---- what ties facts together

/** Facts that constraints tie together, and the circuit of the constraints. */
export interface Component {
  readonly facts: readonly string[];
  /**
   * Premise and conclusion of each implication, by its number. What is established is so: numbers
   * beyond those of the program say that of a node.
   */
  readonly implications: ReadonlyMap<number, readonly [number, number]>;
  /** The definitions whose truth a patient states. */
  readonly definitions: readonly string[];
  readonly steps: readonly number[];
  /**
   * The values of each fact; whether something is on record is like a fact of its own, which only a
   * definition that is stated can say something about (M14).
   */
  readonly domains: ReadonlyMap<string, Domain>;
  readonly leaves: ReadonlyMap<string, readonly number[]>;
  readonly about: ReadonlyMap<number, string>;
  readonly users: ReadonlyMap<number, readonly number[]>;
  readonly then: ReadonlyMap<number, readonly (readonly [number, number])[]>;
  readonly since: ReadonlyMap<number, readonly (readonly [number, number])[]>;
  readonly record: readonly number[];
  /** The truth of atoms that every value of their fact makes true, or false. */
  readonly constant: ReadonlyMap<number, boolean>;
}

/** What a component is made from, beside its facts. */
export interface Circuit {
  readonly steps: Steps;
  readonly implications: readonly (readonly [number, number])[];
  readonly definitionNodes: ReadonlyMap<string, number>;
}

/** The component of `facts`, which these constraints tie together. */
export function componentOf(
  circuit: Circuit,
  facts: readonly FactData[],
  implications: readonly number[],
  definitions: readonly string[],
  reading: Reading,
): Component {
  const { steps: all } = circuit;
  const tied = new Map(implications.map((n) => [n, at(circuit.implications, n)] as const));
  const ends = [...tied.values()].flat();
  ends.push(...definitions.map((name) => got(circuit.definitionNodes, name)));
  const steps = below(all, ends);
  const leaves = new Map(facts.map((fact) => [fact.name, new Map<number, Leaf>()]));
  const domains = new Map<string, Domain>();
  const about = new Map<number, string>();
  const users = new Map<number, number[]>();
  for (const step of steps) {
    const node = at(all.nodes, step);
    if (node.leaf?.kind === "has value") continue; // true of everybody; asked is the record
    if (node.leaf) {
      about.set(step, node.leaf.fact);
      got(leaves, node.leaf.fact).set(step, node.leaf);
    } else if (all.record.has(step)) {
      const name = `on record ${step}`;
      about.set(step, name);
      domains.set(name, {
        every: 0b11n,
        true: new Map([[step, 0b10n]]),
        values: [false, true],
        cuts: [],
        cells: [],
      });
      if (node.op === "established") {
        tied.set(circuit.implications.length + step, [step, at(node.operands, 0)]);
      }
    } else {
      for (const operand of node.operands) push(users, operand, step);
    }
  }
  const then = new Map<number, (readonly [number, number])[]>();
  const since = new Map<number, (readonly [number, number])[]>();
  for (const [number, [premise, conclusion]] of tied) {
    push(then, premise, [conclusion, number]);
    push(since, conclusion, [premise, number]);
  }
  for (const fact of facts) {
    domains.set(fact.name, domainOf(fact, got(leaves, fact.name), reading));
  }
  const constant = new Map<number, boolean>();
  for (const domain of domains.values()) {
    for (const [step, yes] of domain.true) {
      const canBe = (domain.every & yes) !== 0n;
      if (!canBe || (domain.every & ~yes) === 0n) constant.set(step, canBe);
    }
  }
  return {
    facts: facts.map((fact) => fact.name),
    implications: tied,
    definitions,
    steps,
    domains,
    leaves: new Map([...domains].map(([name, domain]) => [name, [...domain.true.keys()]])),
    about,
    users,
    then,
    since,
    record: steps.filter((step) => all.record.has(step)),
    constant,
  };
}

/** Adds to a list in a map. */
export function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

// ---- what follows at once

/** Why a node is settled: nodes settled before it, the value of a fact, an implication. */
export interface Cause {
  readonly steps?: readonly number[];
  readonly fact?: string;
  readonly implication?: number;
}

/** A contradiction: the stated facts and the implications that brought it about. */
export interface Clash {
  readonly facts: ReadonlySet<string>;
  readonly implications: ReadonlySet<number>;
}

export interface Mark {
  readonly trail: number;
  readonly narrowed: number;
}

/**
 * What has followed so far in one component. It changes, and is gone after an answer. It works like
 * a solver for satisfiability (Marques-Silva and Sakallah 1996): what is settled stands on a trail,
 * so that it can be taken back, and a contradiction traced to what is to blame.
 */
export class Deduction {
  readonly truths = new Map<number, boolean>();
  readonly left = new Map<string, bigint>();
  readonly stated = new Set<string>();
  clash: Clash | null = null;
  work = 0;
  private readonly trail: number[] = [];
  private readonly place = new Map<number, number>();
  private readonly causes = new Map<number, Cause>();
  private readonly narrowed: (readonly [string, bigint | undefined])[] = [];
  private readonly counted = new Map<number, number>();
  private done = 0;

  constructor(
    readonly circuit: Circuit,
    readonly component: Component,
  ) {
    for (const step of component.steps) {
      const node = at(circuit.steps.nodes, step);
      const isEmpty = node.operands.length === 0;
      if (isEmpty && node.op === "all") this.assign(step, true, {});
      if (isEmpty && node.op === "any") this.assign(step, false, {});
    }
    for (const [step, truth] of component.constant) this.assign(step, truth, {});
  }

  /** Take it as stated that `fact` has one of the values `bits`. */
  state(fact: string, bits: bigint): void {
    this.stated.add(fact);
    if (bits !== 0n) this.leave(fact, bits);
    else this.refuse([{ fact }]);
  }

  /** Take it as stated that a definition holds, or does not. */
  define(name: string, truth: boolean): void {
    this.stated.add(name);
    this.assign(got(this.circuit.definitionNodes, name), truth, { fact: name });
  }

  /** Leave only the values `bits` to a fact, and settle what that settles. */
  narrow(fact: string, bits: bigint): void {
    const before = this.values(fact);
    const left = before & bits;
    if (left === before) return;
    if (left !== 0n) this.leave(fact, left);
    else this.refuse([{ steps: got(this.component.leaves, fact), fact }]);
  }

  private leave(fact: string, left: bigint): void {
    this.narrowed.push([fact, this.left.get(fact)]);
    this.left.set(fact, left);
    const yes = got(this.component.domains, fact).true;
    const leaves = got(this.component.leaves, fact);
    for (const leaf of leaves) {
      const bits = got(yes, leaf);
      if ((left & ~bits) === 0n) this.assign(leaf, true, { steps: leaves, fact });
      else if ((left & bits) === 0n) this.assign(leaf, false, { steps: leaves, fact });
    }
  }

  /** The bits of the values that are left to a fact. */
  values(fact: string): bigint {
    return this.left.get(fact) ?? got(this.component.domains, fact).every;
  }

  /** Settle a node, unless it is settled already. */
  assign(step: number, truth: boolean, cause: Cause): void {
    const known = this.truths.get(step);
    if (known === undefined) {
      this.truths.set(step, truth);
      this.place.set(step, this.trail.length);
      this.causes.set(step, cause);
      this.trail.push(step);
    } else if (known !== truth) {
      this.refuse([cause, got(this.causes, step)]);
    }
  }

  /** Settle everything that follows at once; false where that is a contradiction. */
  follow(): boolean {
    while (this.done < this.trail.length && this.clash === null) {
      const step = at(this.trail, this.done);
      this.done += 1;
      this.work += 1;
      const truth = got(this.truths, step);
      this.under(step, truth);
      for (const user of this.component.users.get(step) ?? []) {
        this.over(user, step, truth);
      }
      const beside = truth ? this.component.then : this.component.since;
      for (const [other, implication] of beside.get(step) ?? []) {
        this.assign(other, truth, { steps: [step], implication });
      }
    }
    return this.clash === null;
  }

  /** What a settled node says about its fact and its operands. */
  private under(step: number, truth: boolean): void {
    const node = at(this.circuit.steps.nodes, step);
    const fact = this.component.about.get(step);
    if (fact !== undefined) {
      const yes = got(got(this.component.domains, fact).true, step);
      this.narrow(fact, truth ? yes : ~yes);
    }
    const cause = { steps: [step] };
    switch (node.op) {
      case "not":
        this.assign(at(node.operands, 0), !truth, cause);
        break;
      case "defined":
        this.assign(at(node.operands, 0), truth, cause);
        break;
      case "all":
      case "any":
        if (truth !== (node.op === "all")) this.last(step);
        else for (const operand of node.operands) this.assign(operand, truth, cause);
        break;
      default:
    }
  }

  /** What a settled operand says about `user`. */
  private over(user: number, step: number, truth: boolean): void {
    const node = at(this.circuit.steps.nodes, user);
    const cause = { steps: [step] };
    switch (node.op) {
      case "not":
        this.assign(user, !truth, cause);
        break;
      case "defined":
        this.assign(user, truth, cause);
        break;
      case "all":
      case "any": {
        if (truth !== (node.op === "all")) {
          this.assign(user, truth, cause);
          break;
        }
        // Operands that decide nothing by themselves are counted and not looked at again, which is
        // what keeps all of this linear.
        const counted = (this.counted.get(user) ?? 0) + 1;
        this.counted.set(user, counted);
        if (counted === node.operands.length) {
          this.assign(user, truth, { steps: node.operands });
        } else {
          this.last(user);
        }
        break;
      }
      default:
    }
  }

  /** Where all operands but one leave a settled node open, the last one decides it. */
  private last(step: number): void {
    const node = at(this.circuit.steps.nodes, step);
    const neutral = node.op === "all";
    if ((this.counted.get(step) ?? 0) !== node.operands.length - 1) return;
    if (this.truths.get(step) !== !neutral) return;
    for (const operand of node.operands) {
      if (this.truths.get(operand) !== neutral) {
        this.assign(operand, !neutral, { steps: [step, ...node.operands] });
        return;
      }
    }
  }

  // -- trying

  /** Where to come back to with `undo`; everything so far must have been followed. */
  mark(): Mark {
    return { trail: this.trail.length, narrowed: this.narrowed.length };
  }

  /** Forget everything since `mark`. */
  undo(mark: Mark): void {
    const { nodes } = this.circuit.steps;
    while (this.trail.length > mark.trail) {
      const step = at(this.trail, this.trail.length - 1);
      this.trail.pop();
      const truth = got(this.truths, step);
      this.truths.delete(step);
      this.place.delete(step);
      this.causes.delete(step);
      if (this.trail.length >= this.done) continue; // only what was followed was counted
      for (const user of this.component.users.get(step) ?? []) {
        const { op } = at(nodes, user);
        if ((op === "all" || op === "any") && truth === (op === "all")) {
          this.counted.set(user, got(this.counted, user) - 1);
        }
      }
    }
    while (this.narrowed.length > mark.narrowed) {
      const [fact, before] = at(this.narrowed, this.narrowed.length - 1);
      this.narrowed.pop();
      if (before === undefined) this.left.delete(fact);
      else this.left.set(fact, before);
    }
    this.done = mark.trail;
    this.clash = null;
  }

  /** What is left afterwards of something that was only tried: nothing but what it returned. */
  trying<T>(attempt: () => T): T {
    const mark = this.mark();
    const found = attempt();
    this.undo(mark);
    return found;
  }

  /** The facts whose values were narrowed since `mark`. */
  changedSince(mark: Mark): ReadonlySet<string> {
    return new Set(this.narrowed.slice(mark.narrowed).map(([fact]) => fact));
  }

  /** Take note of a contradiction between what is behind `causes`, and `implications`. */
  refuse(causes: readonly Cause[], implications: readonly number[] = []): void {
    if (this.clash !== null) return;
    // Back from a contradiction to what was stated, and to the implications on the way.
    const numbers = new Set(implications);
    const facts = new Set<string>();
    const seen = new Set<number>();
    const written = this.circuit.implications.length;
    const pending = causes.map((cause) => ({ cause, place: this.trail.length }));
    for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
      const { cause, place } = one;
      if (cause.implication !== undefined && cause.implication < written) {
        numbers.add(cause.implication);
      }
      if (cause.fact !== undefined && this.stated.has(cause.fact)) facts.add(cause.fact);
      for (const step of cause.steps ?? []) {
        const earlier = this.place.get(step) ?? place;
        if (earlier < place && !seen.has(step)) {
          seen.add(step);
          pending.push({ cause: got(this.causes, step), place: earlier });
        }
      }
    }
    this.clash = { facts, implications: numbers };
  }
}
