/**
 * One patient before a guideline: the truth of every condition for the known facts alone, the verdict
 * of every rule, and what still ties the open facts together.
 */
import { type Facts, holds, isOpenToReading, type Reading } from "./facts";
import type { RuleData } from "./logic";
import { asksRecord, at, below, got, kleene, type Steps, type Truth } from "./nodes";
import type { Ready, Work } from "./ready";

/** One patient; it lasts as long as one answer. */
export interface View {
  readonly ready: Ready;
  readonly facts: Facts;
  /** The truth of every node for the known facts alone. */
  readonly truths: readonly Truth[];
  /** The same under each reading, where a known value lies inside a printed range. */
  readonly readings: readonly (readonly Truth[])[];
  readonly work: Work;
  /** What still ties open facts together. */
  readonly ties: readonly Tie[];
}

export function viewOf(ready: Ready, facts: Facts, work: Work): View {
  const truths = truthsOf(ready, facts);
  const isOpen = ready.ranges.some((leaf) => isOpenToReading(leaf, facts));
  const both: readonly Reading[] = isOpen ? ["lower", "upper"] : [];
  return {
    ready,
    facts,
    truths,
    readings: both.map((reading) => truthsOf(ready, { ...facts, reading })),
    work,
    ties: tiesOf(ready, facts, truths),
  };
}

/** The truth of every node for what is known. */
export function truthsOf(ready: Ready, facts: Facts): Truth[] {
  const found: Truth[] = [];
  for (const node of ready.steps.nodes) {
    const stated = node.op === "defined" ? facts.definitions.get(node.name) : undefined;
    if (stated !== undefined) found.push(stated ? 1 : -1);
    else if (node.leaf) found.push(holds(node.leaf, facts));
    else
      found.push(
        kleene(
          node.op,
          node.operands.map((operand) => at(found, operand)),
        ),
      );
  }
  return found;
}

/** The facts below `term` whose atoms the known truths leave open. */
export function openFacts(
  steps: Steps,
  term: number,
  truthOf: (step: number) => Truth,
): Set<string> {
  const found = new Set<string>();
  const pending = [term];
  const seen = new Set(pending);
  for (let step = pending.pop(); step !== undefined; step = pending.pop()) {
    const node = at(steps.nodes, step);
    if (node.leaf) found.add(node.leaf.fact);
    for (const operand of node.operands) {
      if (truthOf(operand) === 0 && !seen.has(operand)) {
        seen.add(operand);
        pending.push(operand);
      }
    }
  }
  return found;
}

// ---- verdicts

export type Verdict = "applies" | "does not apply" | "unknown" | "indeterminate" | "overridden";

/** What is true of a rule and a patient. */
export interface RuleVerdict {
  readonly rule: RuleData;
  readonly verdict: Verdict;
  /** The unknown facts, or definitions, that it waits for. */
  readonly needs: readonly string[];
  /** The exceptions that hold. */
  readonly overriddenBy: readonly string[];
}

/** The verdict of every rule, in the order of the guideline. */
export function verdictsOf(view: View): RuleVerdict[] {
  const { ready, truths } = view;
  const isOutside = at(truths, ready.logic.scope) === -1;
  return ready.logic.rules.map((rule) => {
    if (rule.outside_scope !== isOutside) return plain(rule, "does not apply");
    const verdict = settled(rule, truths);
    if (verdict === "overridden") {
      const by = rule.excepted_by.filter((name) => at(truths, got(ready.rules, name).own) === 1);
      return { ...plain(rule, verdict), overriddenBy: by };
    }
    if (verdict !== null) return plain(rule, verdict);
    // The source leaves the rule open if each reading of its thresholds would settle it (M19).
    const read = view.readings.map((truths) => settled(rule, truths));
    if (read.length > 0 && !read.includes(null)) return plain(rule, "indeterminate");
    return { ...plain(rule, "unknown"), needs: needs([rule.own, rule.exceptions], view) };
  });
}

function plain(rule: RuleData, verdict: Verdict): RuleVerdict {
  return { rule, verdict, needs: [], overriddenBy: [] };
}

/** The verdict where condition and exceptions are decided. */
function settled(rule: RuleData, truths: readonly Truth[]): Verdict | null {
  const own = at(truths, rule.own);
  const exception = at(truths, rule.exceptions);
  if (own === -1) return "does not apply";
  if (own === 1 && exception === -1) return "applies";
  return own === 1 && exception === 1 ? "overridden" : null;
}

/** The unknown facts, and definitions asked for as one, that leave `steps` open. */
export function needs(steps: readonly number[], view: View): string[] {
  const { ready, truths, facts } = view;
  const found = new Set<string>();
  const isOpen = (step: number) => at(truths, step) === 0;
  const pending = steps.filter(isOpen).reverse();
  const seen = new Set<number>();
  for (let step = pending.pop(); step !== undefined; step = pending.pop()) {
    if (seen.has(step)) continue;
    seen.add(step);
    const node = at(ready.steps.nodes, step);
    if (node.leaf) {
      if (!facts.values.has(node.leaf.fact)) found.add(node.leaf.fact);
    } else if (ready.units.has(step) && openBelow(view, step).size > 1) {
      found.add(node.name);
    } else {
      pending.push(...node.operands.filter(isOpen).reverse());
    }
  }
  return [...found];
}

/** The facts below a node that the known facts leave open. */
export function openBelow(view: View, step: number): Set<string> {
  return openFacts(view.ready.steps, step, (other) => at(view.truths, other));
}

// ---- ties

/**
 * What still ties open facts together: if `premise` is true, so is `conclusion`. A definition of
 * which the truth is known has one of the two: what it stands for is true whatever else is so, or is
 * true of nobody. It may ask what is on record: who states it says so of the record, too (M14), so
 * that is left open here, although the conditions of the rules ask the record as it stands.
 */
export interface Tie {
  readonly facts: ReadonlySet<string>;
  readonly premise: number | null;
  readonly conclusion: number | null;
  /** Of a definition that asks what is on record, the truth of each node where that is left open. */
  readonly loose: ReadonlyMap<number, Truth>;
}

export function endsOf(tie: Tie): number[] {
  return [tie.premise, tie.conclusion].filter((end) => end !== null);
}

function tiesOf(ready: Ready, facts: Facts, truths: readonly Truth[]): Tie[] {
  const { steps } = ready;
  const known = (step: number) => at(truths, step);
  const found: Tie[] = [];
  for (const [premise, conclusion] of ready.circuit.implications) {
    if (known(premise) === -1 || known(conclusion) === 1) continue;
    const open = [premise, conclusion].filter((end) => known(end) === 0);
    const tied = new Set(open.flatMap((end) => [...openFacts(steps, end, known)]));
    found.push({ facts: tied, premise, conclusion, loose: new Map() });
  }
  const stated = new Set(
    [...facts.definitions.keys()].map((name) => got(ready.definitionNodes, name)),
  );
  for (const [name, truth] of facts.definitions) {
    const operand = at(at(steps.nodes, got(ready.definitionNodes, name)).operands, 0);
    const loose = looseBehind(ready, operand, stated, facts, truths);
    const truthOf = (step: number): Truth =>
      loose.size > 0 ? (loose.get(step) ?? 0) : known(step);
    if (truthOf(operand) !== 0) continue;
    found.push({
      facts: openFacts(steps, operand, truthOf),
      premise: truth ? null : operand,
      conclusion: truth ? operand : null,
      loose,
    });
  }
  return found.filter((tie) => tie.facts.size > 0);
}

/** The open nodes behind a definition, with their operands, where the record may hold more. */
function looseBehind(
  ready: Ready,
  operand: number,
  stated: ReadonlySet<number>,
  facts: Facts,
  known: readonly Truth[],
): ReadonlyMap<number, Truth> {
  const { steps } = ready;
  const behind = below(steps, [operand], (step) => stated.has(step));
  if (!behind.some((step) => steps.record.has(step))) return new Map();
  const truths = new Map<number, Truth>();
  for (const step of behind) {
    const node = at(steps.nodes, step);
    if (stated.has(step) || node.leaf) {
      truths.set(step, at(known, step));
    } else if (asksRecord(node)) {
      const isNot = node.op === "established" && got(truths, at(node.operands, 0)) === -1;
      truths.set(step, facts.onRecord.has(step) ? 1 : isNot ? -1 : 0);
    } else {
      truths.set(
        step,
        kleene(
          node.op,
          node.operands.map((one) => got(truths, one)),
        ),
      );
    }
  }
  const open = below(steps, [operand], (step) => got(truths, step) !== 0);
  const isPlain = open.every(
    (step) => !steps.record.has(step) || got(truths, step) === at(known, step),
  );
  return isPlain ? new Map() : new Map(open.map((step) => [step, got(truths, step)]));
}

/** The nodes of which some ties leave open whether it is on record, in order. */
export function claimsIn(ties: readonly Tie[], steps: Steps): number[] {
  const found = new Set<number>();
  for (const tie of ties) {
    for (const [step, truth] of tie.loose) {
      if (truth === 0 && steps.record.has(step)) found.add(step);
    }
  }
  return [...found].sort((a, b) => a - b);
}
