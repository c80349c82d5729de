/**
 * A guideline made ready for questions: its steps read, its names looked up, and one place for all
 * that was worked out for earlier patients. What is kept there changes no answer.
 */
import { fraction } from "./fraction";
import { type FactValue, type Reading } from "./facts";
import type { DefinitionData, FactData, Logic, RuleData } from "./logic";
import { at, below, got, type Leaf, readSteps, type Steps } from "./nodes";
import type { Circuit } from "./propagation";

/** What all answers of one guideline share. */
export interface Ready {
  readonly logic: Logic;
  readonly steps: Steps;
  readonly circuit: Circuit;
  readonly facts: ReadonlyMap<string, FactData>;
  readonly definitions: ReadonlyMap<string, DefinitionData>;
  /** The node of each definition. */
  readonly definitionNodes: ReadonlyMap<string, number>;
  /** The definitions that are asked for as one, as nodes. */
  readonly units: ReadonlySet<number>;
  /** The rules by name, and by their place in reading order. */
  readonly rules: ReadonlyMap<string, RuleData>;
  readonly ordered: readonly RuleData[];
  /** Where each fact stands in the vocabulary. */
  readonly written: ReadonlyMap<string, number>;
  /** What `otherwise absent` makes of facts that nobody mentions (M6). */
  readonly absences: ReadonlyMap<string, FactValue>;
  /** The comparisons with a threshold that is printed as a range. */
  readonly ranges: readonly Leaf[];
  /** The nodes that ask about the record, as far as a rule reads them. */
  readonly recordRead: readonly number[];
  readonly memory: Memory;
}

/** What was worked out before, under everything that it depends on. */
export class Memory {
  private readonly kinds = new Map<string, Map<string, unknown>>();

  /** What was worked out under `key`, or is worked out now. */
  remembered<T>(kind: string, key: string, work: () => T, most = MOST): T {
    let known = this.kinds.get(kind);
    if (!known) this.kinds.set(kind, (known = new Map()));
    // Each kind holds what its own callers put there, and nothing else.
    if (known.has(key)) return known.get(key) as T;
    const found = work();
    if (known.size >= most) known.clear();
    known.set(key, found);
    return found;
  }
}

/** What is full starts anew, so that none grows without end. */
const MOST = 4096;

const made = new WeakMap<Logic, Ready>();

/** The guideline made ready, once. */
export function readyFor(logic: Logic): Ready {
  const known = made.get(logic);
  if (known) return known;
  const steps = readSteps(logic.nodes);
  const definitionNodes = new Map(logic.definitions.map((one) => [one.name, one.node]));
  const implications = logic.implications.map(
    ({ premise, conclusion }) => [premise, conclusion] as const,
  );
  const rules = new Map(logic.rules.map((rule) => [rule.name, rule]));
  const ordered = [...logic.rules].sort((a, b) => a.place - b.place);
  const ready: Ready = {
    logic,
    steps,
    circuit: { steps, implications, definitionNodes },
    facts: new Map(logic.facts.map((fact) => [fact.name, fact])),
    definitions: new Map(logic.definitions.map((one) => [one.name, one])),
    definitionNodes,
    units: new Set(logic.definitions.flatMap((one) => (one.as_one ? one.node : []))),
    rules,
    ordered,
    written: new Map(logic.facts.map((fact, place) => [fact.name, place])),
    absences: new Map(logic.facts.flatMap((fact) => absenceOf(fact))),
    ranges: steps.nodes.flatMap(({ leaf }) =>
      leaf?.kind === "compare" && leaf.isRanged ? leaf : [],
    ),
    recordRead: below(
      steps,
      logic.rules.flatMap((rule) => [rule.own, rule.exceptions]),
    ).filter((step) => steps.record.has(step)),
    memory: new Memory(),
  };
  made.set(logic, ready);
  return ready;
}

function absenceOf(fact: FactData): (readonly [string, FactValue])[] {
  if (fact.from_days) return []; // what follows from days is never taken for granted (M86, M96)
  if (fact.kind === "finding" || fact.kind === "event") return [[fact.name, false]];
  if (fact.kind === "choice" && fact.values.includes("none")) return [[fact.name, "none"]];
  return fact.absent === null ? [] : [[fact.name, fraction(fact.absent)]];
}

/** The leaf of a node that has one. */
export function leafOf(ready: Ready, step: number): Leaf | null {
  return at(ready.steps.nodes, step).leaf;
}

/** A fact that is known to be in the vocabulary. */
export function factOf(ready: Ready, name: string): FactData {
  return got(ready.facts, name);
}

export type Otherwise = "unknown" | "absent";

/** What is stated of a patient; a value of null is stated to be unknown. */
export interface Stated {
  readonly values: ReadonlyMap<string, FactValue | null>;
  readonly otherwise: Otherwise;
  readonly reading: Reading;
  /** The measures that were worked out from others, and not stated. */
  readonly workedOut: ReadonlySet<string>;
  /** Why what could have been worked out does not count, in words. */
  readonly hindered: readonly string[];
}

/** The work that an answer may take, in steps and never in time. */
export class Work {
  done = 0;

  constructor(readonly most: number = USUAL_WORK) {}

  get left(): number {
    return Math.max(0, this.most - this.done);
  }

  /** Count `steps` spent on `about`; too many of them end the answer. */
  spend(steps: number, about: string): void {
    this.done += steps;
    if (this.done > this.most) {
      const most = String(this.most).replace(/\B(?=(\d{3})+$)/g, ",");
      throw new Refused([], `the limit of ${most} steps was reached at ${about}`);
    }
  }
}

const USUAL_WORK = 50_000_000;

/** Why nobody can be answered: facts that contradict each other, or too much work. */
export class Refused extends Error {
  constructor(
    readonly facts: readonly string[],
    readonly text: string,
  ) {
    super(text);
  }
}
