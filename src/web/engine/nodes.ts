/**
 * The steps of a program, made ready: numbers read, and what follows from the steps alone. Equal
 * conditions are one step, and the operands of a step stand before it.
 */
import { compare, fraction, type Fraction } from "./fraction";
import type { NodeData, Operator } from "./logic";

/** What asks one fact. */
export type Leaf =
  | { readonly kind: "has"; readonly fact: string }
  | { readonly kind: "has value"; readonly fact: string }
  | { readonly kind: "one of"; readonly fact: string; readonly values: readonly string[] }
  | Comparison;

/** A measure against a bound; `low` and `high` differ where the source prints a range as one. */
export interface Comparison {
  readonly kind: "compare";
  readonly fact: string;
  readonly operator: Operator;
  readonly low: Fraction;
  readonly high: Fraction;
  readonly isRanged: boolean;
}

export type Op = "leaf" | "not" | "all" | "any" | "defined" | "established" | "recorded";

export interface Node {
  readonly op: Op;
  readonly operands: readonly number[];
  readonly leaf: Leaf | null;
  /** The definition that it stands for. */
  readonly name: string;
}

/** The steps, and of each what it is worked out from. */
export interface Steps {
  readonly nodes: readonly Node[];
  /** The facts that each node is worked out from. */
  readonly support: readonly ReadonlySet<string>[];
  /** Whether a node reads no fact twice, so that Kleene's logic is exact about it. */
  readonly readsOnce: readonly boolean[];
  /** The nodes that ask about the record and not about the patient (M14). */
  readonly record: ReadonlySet<number>;
}

/** The steps of a program, made ready. */
export function readSteps(data: readonly NodeData[]): Steps {
  const nodes = data.map(readNode);
  const support: Set<string>[] = [];
  const readsOnce: boolean[] = [];
  nodes.forEach((node) => {
    const facts = new Set<string>(node.leaf ? [node.leaf.fact] : []);
    let read = 0;
    for (const operand of node.operands) {
      const below = at(support, operand);
      read += below.size;
      for (const fact of below) facts.add(fact);
    }
    support.push(facts);
    const isOnce = node.leaf !== null || read === facts.size;
    readsOnce.push(isOnce && node.operands.every((operand) => at(readsOnce, operand)));
  });
  const record = new Set<number>();
  nodes.forEach((node, step) => {
    if (asksRecord(node)) record.add(step);
  });
  return { nodes, support, readsOnce, record };
}

/** Whether it asks for what is known, and not for what is so. */
export function asksRecord(node: Node): boolean {
  return node.op === "established" || node.op === "recorded";
}

function readNode(data: NodeData): Node {
  switch (data[0]) {
    case "has":
    case "has value":
      return leafNode({ kind: data[0], fact: data[1] });
    case "one of":
      return leafNode({ kind: "one of", fact: data[1], values: data[2] });
    case "compare": {
      const [low, high] = [fraction(data[3]), fraction(data[4])];
      const isRanged = compare(low, high) !== 0;
      const [kind, fact, operator] = data;
      return leafNode({ kind, fact, operator, low, high, isRanged });
    }
    case "all":
    case "any":
      return { op: data[0], operands: data[1], leaf: null, name: "" };
    case "defined":
      return { op: "defined", operands: [data[1]], leaf: null, name: data[2] };
    default:
      return { op: data[0], operands: [data[1]], leaf: null, name: "" };
  }
}

function leafNode(leaf: Leaf): Node {
  return { op: "leaf", operands: [], leaf, name: "" };
}

/** Something that is known to be in a list. */
export function at<T>(list: readonly T[], place: number): T {
  const found = list[place];
  if (found === undefined) throw new RangeError(`nothing at ${place}`);
  return found;
}

/** Something that is known to be in a map. */
export function got<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const found = map.get(key);
  if (found === undefined) throw new RangeError(`nothing called ${String(key)}`);
  return found;
}

/** The nodes that `roots` are worked out from, in order, without going below `stop`. */
export function below(
  steps: Steps,
  roots: Iterable<number>,
  stop: (step: number) => boolean = () => false,
): number[] {
  const seen = new Set<number>();
  const pending = [...roots];
  for (let step = pending.pop(); step !== undefined; step = pending.pop()) {
    if (seen.has(step)) continue;
    seen.add(step);
    if (!stop(step)) pending.push(...at(steps.nodes, step).operands);
  }
  return [...seen].sort((a, b) => a - b);
}

// ---- one patient

/** True, false, or not known. */
export type Truth = 1 | -1 | 0;

/** The truth of a node, given those of its operands; what is on record is always known (M13, M14). */
export function kleene(op: Op, truths: readonly Truth[]): Truth {
  switch (op) {
    case "not":
      return -at(truths, 0) as Truth;
    case "all":
      return truths.includes(-1) ? -1 : truths.includes(0) ? 0 : 1;
    case "any":
      return truths.includes(1) ? 1 : truths.includes(0) ? 0 : -1;
    case "established":
      return truths[0] === 1 ? 1 : -1;
    case "recorded":
      return truths[0] !== 0 ? 1 : -1;
    default:
      return at(truths, 0);
  }
}

// ---- many worlds at once

/** The worlds in which something is certainly true, and those in which it is certainly false. */
export type Rails = readonly [bigint, bigint];

/** `rails` with the nodes `todo` worked out, in order; those that are there are left alone. */
export function run(
  steps: Steps,
  todo: Iterable<number>,
  rails: Map<number, Rails>,
  mask: bigint,
): Map<number, Rails> {
  for (const step of todo) {
    if (!rails.has(step)) rails.set(step, worked(at(steps.nodes, step), rails, mask));
  }
  return rails;
}

function worked(node: Node, rails: ReadonlyMap<number, Rails>, mask: bigint): Rails {
  const [first, ...others] = node.operands.map((operand) => got(rails, operand));
  switch (node.op) {
    case "leaf":
      return [0n, 0n];
    case "all": {
      let [yes, no] = first ?? [mask, 0n];
      for (const [t, f] of others) [yes, no] = [yes & t, no | f];
      return [yes, no];
    }
    case "any": {
      let [yes, no] = first ?? [0n, mask];
      for (const [t, f] of others) [yes, no] = [yes | t, no & f];
      return [yes, no];
    }
    default: {
      const [yes, no] = first ?? [0n, 0n];
      if (node.op === "not") return [no, yes];
      if (node.op === "established") return [yes, mask & ~yes];
      if (node.op === "recorded") return [yes | no, mask & ~(yes | no)];
      return [yes, no];
    }
  }
}
