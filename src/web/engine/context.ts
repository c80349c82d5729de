/**
 * What an answer says around its decisions: remarks, assumptions, challenges, silences, and what was
 * recorded that no rule reads.
 */
import { DECISIONS } from "./advice";
import type { SilenceAnswer } from "./answer";
import { isNumber } from "./facts";
import { toNumber } from "./fraction";
import { listed } from "./implications";
import { at, got } from "./nodes";
import { restingOn } from "./explain";
import type { SilenceData, SilenceToldData } from "./logic";
import type { Ready, Stated } from "./ready";
import { own } from "./stated";
import type { RuleVerdict, View } from "./view";

const LEFT_OPEN = "Left open by the threshold that the source prints: ";
const OUT_OF_SCOPE = "the guideline is not written for this patient, so it advises nothing";
const SCOPE_UNKNOWN =
  "it is not known whether the guideline is written for this patient; the answer holds if it is";

export interface Notice {
  readonly text: string;
  readonly rule: string | null;
  readonly statements: readonly string[];
}

const plainly = (text: string): Notice => ({ text, rule: null, statements: [] });

/** A silence with the topics that this patient brings up. */
export interface Unaddressed {
  readonly silence: SilenceData;
  readonly topics: readonly string[];
}

/** What the guideline does not address and this patient brings up. */
export function unaddressed(view: View): Unaddressed[] {
  return view.ready.logic.silences.flatMap((silence) => {
    const had = silence.parts.filter((part) => at(view.truths, part.node) === 1);
    const topics = had.flatMap((part) => part.topics);
    return had.length === 0 ? [] : [{ silence, topics }];
  });
}

/** The same as an answer has it, topic by topic. */
export function silencesTold(some: readonly Unaddressed[], stated: Stated): SilenceAnswer[] {
  const has = own(stated);
  return some.flatMap(({ silence, topics }) => {
    const told = topics.map((topic) => saidOf(silence, topic));
    // It stands beside the decisions of all topics that the patient brings up.
    const beside = new Set<string>(told.flatMap((one) => one.decisions));
    const decisions = DECISIONS.filter((one) => beside.has(one));
    return told.map((one) => {
      const severity = has.has(one.about) ? "warning" : "info";
      return { ...one, decisions, severity };
    });
  });
}

function saidOf(silence: SilenceData, topic: string): SilenceToldData {
  const found = silence.told[topic];
  if (!found) throw new RangeError(`nothing is said of ${topic}`);
  return found;
}

/** The facts with a value that no rule reads, but for those that a silence names or asks for. */
export function unread(ready: Ready, stated: Stated, some: readonly Unaddressed[]): string[] {
  const known = new Set(some.flatMap(({ silence, topics }) => [...topics, ...silence.reads]));
  return [...stated.values].flatMap(([name, value]) => {
    const said = ready.facts.get(name) ?? got(ready.definitions, name);
    return value === null || said.heeded || known.has(name) ? [] : name;
  });
}

/** The rules that apply, or that the source's own threshold leaves open. */
export function speaking(verdicts: readonly RuleVerdict[]): RuleVerdict[] {
  return verdicts.filter(({ verdict }) => verdict === "applies" || verdict === "indeterminate");
}

/** What is to be said of the patient beside the decisions, in order. */
export function notices(
  view: View,
  stated: Stated,
  scope: string,
  heard: readonly RuleVerdict[],
  unheeded: readonly string[],
): Notice[] {
  const { ready } = view;
  const found: string[] = [];
  if (scope === "does not apply") found.push(OUT_OF_SCOPE);
  if (scope === "unknown") found.push(SCOPE_UNKNOWN);
  found.push(...stated.hindered);
  if (unheeded.length > 0) {
    const names = unheeded.map(
      (name) => (ready.facts.get(name) ?? got(ready.definitions, name)).brief,
    );
    found.push(`recorded, read by no rule: ${names.join(", ")}`);
  }
  if (view.facts.unsettled.length > 0) found.push(unsettledText(view.facts.unsettled));
  const notes = heard
    .filter(({ rule }) => rule.remark !== null)
    .sort((a, b) => a.rule.place - b.rule.place)
    .map(({ rule, verdict }) => ({
      text: (verdict === "indeterminate" ? LEFT_OPEN : "") + (rule.remark ?? ""),
      rule: rule.name,
      statements: rule.told.statements,
    }));
  return [...found.map(plainly), ...notes];
}

function unsettledText(facts: readonly string[]): string {
  return (
    `${listed(facts)} are tied together in more ways than could be thought through; more may ` +
    "follow from what is stated of them, or it may contradict itself"
  );
}

/** That a decision could not be compared in every completion. */
export function tooOpen(decision: string): Notice {
  return plainly(
    `too much is unknown to compare every completion of the ${decision} decision; what is shown ` +
      "follows from the known facts alone, and the unknown ones may change it",
  );
}

/** The assumptions behind anything that the answer says. */
export function assumptions(
  view: View,
  stated: Stated,
  heard: readonly RuleVerdict[],
  some: readonly Unaddressed[],
  clashing: readonly ReadonlySet<string>[],
): readonly { readonly id: string; readonly text: string }[] {
  const { logic } = view.ready;
  const names = new Set(logic.scope_assumptions);
  const add = (more: readonly string[]) => more.forEach((name) => names.add(name));
  for (const one of logic.derivations) {
    if (stated.workedOut.has(one.fact)) add(one.assumptions);
  }
  for (const { rule } of heard) {
    add(rule.assumptions);
    if (rule.told.assumptions.some((name) => !names.has(name))) {
      add(restingOn(rule.condition, view));
    }
  }
  for (const { silence } of some) add(silence.assumptions);
  for (const rules of clashing) {
    for (const one of logic.conflicts) {
      if (one.rules.every((rule) => rules.has(rule))) add(one.noted_as);
    }
  }
  return logic.assumptions.filter((one) => names.has(one.id));
}

/** The challenges to the rules that speak. */
export function challenges(ready: Ready, heard: readonly RuleVerdict[]): readonly object[] {
  const names = new Set(heard.flatMap(({ rule }) => rule.told.challenges));
  return ready.logic.challenges.filter((one) => names.has(one.id));
}

/** The measures that have a value because nobody mentioned them (M6). */
export function assumedAbsent(view: View, stated: Stated): object[] {
  if (stated.otherwise !== "absent") return [];
  return view.ready.logic.facts.flatMap((fact) => {
    const absence = view.ready.absences.get(fact.name);
    const value = view.facts.values.get(fact.name);
    if (!isNumber(absence) || !isNumber(value) || stated.values.has(fact.name)) return [];
    const isAbsent =
      absence.numerator === value.numerator && absence.denominator === value.denominator;
    return isAbsent ? [{ fact: fact.name, value: toNumber(value), unit: fact.unit }] : [];
  });
}
