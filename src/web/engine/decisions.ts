/**
 * Every decision over all completions of what is unknown (M21). The completions are split by which
 * rules apply; each part is composed once. Where there are too many completions to count out, they are
 * drawn as diagrams and the decision is put together item by item; where that is too much as well, it
 * follows from the rules that are certain to apply, and the answer says so.
 */
import { type Decision, DECISIONS } from "./advice";
import { drawnCases } from "./cases";
import { completionsOf, type Completions } from "./completions";
import * as composing from "./compose";
import type { Composition, Conflict, Decided, Weights } from "./compose";
import { TooLarge } from "./diagram";
import { isNumber } from "./facts";
import type { RuleData } from "./logic";
import { at, got } from "./nodes";
import { apart, ask, type Needed } from "./questions";
import type { Ready } from "./ready";
import type { RuleVerdict, View } from "./view";
import { keyOf, linked } from "./worlds";

/** The completions of a decision that are counted out; of more, diagrams are drawn. */
const FEW = 1 << 16;
/**
 * The work that one decision may take, in steps and never in time: less than the library's, since a
 * page has to answer while somebody is typing. BNF with everything unknown takes 32,000.
 */
const MOST_STEPS = 200_000;
/** Sets of rules that are composed one by one, and the rules in all of them together. */
const MOST_PARTS = 1 << 10;
const MOST_SPOKEN = 1 << 13;

/** A decision as it stands, with what it waits for. */
export interface Standing {
  readonly decided: Decided;
  readonly dependsOn: readonly string[];
  readonly indeterminate: readonly string[];
}

/** The decisions, their conflicts, and what had to be left coarse. */
export interface DecidedAll {
  readonly standings: readonly Standing[];
  readonly conflicts: readonly Conflict[];
  readonly coarse: readonly Decision[];
  /** Every name of which some answer can still change a decision, with the decisions. */
  readonly telling: ReadonlyMap<string, ReadonlySet<string>>;
  /** The measures of weight that are not known, with the decisions that wait for them. */
  readonly weights: ReadonlyMap<string, readonly string[]>;
}

/** One decision over its completions, before it is known which facts are asked for. */
interface Open {
  readonly decided: Decided;
  /** What is said in the completions, or in those with a conflict and in one of the others. */
  readonly parts: readonly Composition[];
  readonly needed: readonly Needed[];
  /** Without completions, what its rules wait for. */
  readonly waiting: readonly string[] | null;
}

/** The decisions about somebody for whom the guideline is not written. */
export function nothingDecided(): DecidedAll {
  const standings = DECISIONS.map((decision) => ({
    decided: composing.silentOn(decision),
    dependsOn: [],
    indeterminate: [],
  }));
  const none = new Map<string, Set<string>>();
  return { standings, conflicts: [], coarse: [], telling: none, weights: new Map() };
}

/** The state of every decision. */
export function decideAll(
  guideline: composing.Ready,
  view: View,
  verdicts: readonly RuleVerdict[],
): DecidedAll {
  const verdictAt = new Map(verdicts.map((one) => [one.rule.place, one]));
  const isAge = (name: string) => view.ready.facts.get(name)?.from_days === true;
  const states = DECISIONS.map((decision) => {
    const heard = guideline.data.heard[decision].map((place) => got(verdictAt, place));
    const isOpen = heard.some(({ verdict }) => OPEN.has(verdict));
    const open = isOpen ? remembered(guideline, decision, heard, view) : null;
    return { decision, heard, open };
  });
  const needed = states.flatMap(({ open }) => open?.needed ?? []);
  const asked = ask(needed, [], isAge);
  const standings: Standing[] = [];
  const conflicts: Conflict[] = [];
  for (const { decision, heard, open } of states) {
    const state = open ?? closed(guideline, decision, heard);
    const dependsOn = state.waiting ?? ask(state.needed, asked, isAge);
    standings.push({
      decided: state.decided,
      dependsOn,
      indeterminate: heard.flatMap(({ rule, verdict }) =>
        verdict === "indeterminate" ? rule.name : [],
      ),
    });
    conflicts.push(...composing.conflictsOf(guideline, decision, state.parts, dependsOn));
  }
  const decidedOn = (decision: "form" | "permission") =>
    at(standings, DECISIONS.indexOf(decision)).decided;
  const other = composing.elsewhere(decidedOn("form"), decidedOn("permission"));
  const all = standings.map((one) => ({
    ...one,
    decided: composing.finished(one.decided, other),
  }));
  const coarse = states.flatMap(({ decision, open }) => (open?.waiting ? decision : []));
  const telling = new Map<string, Set<string>>();
  for (const { decision, open } of states) {
    for (const name of [
      ...(open?.needed.flatMap((one) => one.bearing) ?? []),
      ...(open?.waiting ?? []),
    ]) {
      telling.set(name, (telling.get(name) ?? new Set()).add(decision));
    }
  }
  const found = { standings: all, conflicts, coarse, telling, weights: new Map() };
  return withWeights(guideline, view, found);
}

const OPEN: ReadonlySet<string> = new Set(["unknown", "indeterminate"]);

/** The same with what doses by weight come to, and who waits for which weight (M95). */
function withWeights(guideline: composing.Ready, view: View, all: DecidedAll): DecidedAll {
  const weights: Weights = composing.weightsOf(guideline.data, (name) => {
    const value = view.facts.values.get(name);
    return isNumber(value) ? value : null;
  });
  if (Object.keys(weights).length === 0) return all;
  const standings = all.standings.map((one) => ({
    ...one,
    decided: composing.withWeight(one.decided, weights),
  }));
  return {
    ...all,
    standings,
    conflicts: all.conflicts.map((one) => composing.conflictWithWeight(one, weights)),
    weights: composing.waitingForWeight(
      standings.map(({ decided }) => decided),
      weights,
    ),
  };
}

/** A decision none of whose rules is open: everything follows from those that apply. */
function closed(
  guideline: composing.Ready,
  decision: Decision,
  heard: readonly RuleVerdict[],
): Open {
  const places = heard.flatMap(({ rule, verdict }) => (verdict === "applies" ? rule.place : []));
  const parts = [composing.compositionOf(guideline, decision, places)];
  const decided = composing.decideByParts(guideline, decision, parts);
  return { decided, parts, needed: [], waiting: null };
}

/** Open decisions that are kept; what is entered changes few of them at a time. */
const MOST_KEPT = 256;

/** The same decision about the same facts, as far as it depends on them. */
function remembered(
  guideline: composing.Ready,
  decision: Decision,
  heard: readonly RuleVerdict[],
  view: View,
): Open {
  const { ready, facts } = view;
  const reached = reachedFrom(ready, decision, heard);
  const isReached = (name: string) => facts.definitions.size > 0 || reached.has(name);
  const key = JSON.stringify([
    facts.reading,
    [...facts.values].flatMap(([n, value]) => (isReached(n) ? [n, keyOf(value)] : [])),
    [...facts.possible].flatMap(([n, some]) => (isReached(n) ? [n, some] : [])),
    [...facts.definitions],
    [...facts.onRecord],
    at(view.truths, ready.logic.scope),
  ]);
  const found = ready.memory.remembered(
    `open ${decision}`,
    key,
    () => {
      const before = view.work.done;
      const open = opened(guideline, decision, heard, view);
      const cost = view.work.done - before;
      view.work.done = before;
      return { open, cost };
    },
    MOST_KEPT,
  );
  // It counts as if it were worked out anew, so that the order of questions decides nothing.
  view.work.spend(found.cost, `the ${decision} decision`);
  return found.open;
}

/** The facts that a decision reads, and those that implications tie to them. */
function reachedFrom(
  ready: Ready,
  decision: Decision,
  heard: readonly RuleVerdict[],
): ReadonlySet<string> {
  return ready.memory.remembered("reached", decision, () => {
    const { support } = ready.steps;
    const ends = ready.circuit.implications.map(([p, c]) => [...at(support, p), ...at(support, c)]);
    const found = new Set(
      heard.flatMap(({ rule }) => [...at(support, rule.own), ...at(support, rule.exceptions)]),
    );
    for (const part of linked(ends)) {
      if ([...part].some((name) => found.has(name))) for (const name of part) found.add(name);
    }
    return found;
  });
}

/** One decision over all completions of what is unknown. */
function opened(
  guideline: composing.Ready,
  decision: Decision,
  heard: readonly RuleVerdict[],
  view: View,
): Open {
  const rules = heard.map(({ rule }) => rule);
  const roots = [...rules.map((rule) => rule.own), ...rules.map((rule) => rule.exceptions)];
  const about = `the ${decision} decision`;
  const worlds = completionsOf(roots, view, FEW);
  if (worlds !== null) {
    const split = splitWorlds(rules, worlds);
    if (split !== null) {
      view.work.spend(split.length, about);
      return byParts(guideline, decision, worlds, split, view);
    }
  }
  const { work } = view;
  const most = Math.min(MOST_STEPS, work.left + 1);
  const found = byItems(guideline, decision, rules, roots, most, view);
  if (found !== null) {
    work.spend(found.cost, about);
    return found.open;
  }
  work.spend(most, about);
  return coarsely(guideline, decision, heard, view);
}

/** Completions in which the same rules apply. */
interface Part {
  readonly worlds: bigint;
  readonly applying: readonly number[];
}

/** The completions split by which rules apply; null where there are too many sets of rules. */
function splitWorlds(rules: readonly RuleData[], found: Completions): Part[] | null {
  let parts: Part[] = [{ worlds: found.space.mask, applying: [] }];
  for (const rule of rules) {
    const applies = got(found.true, rule.own) & ~got(found.true, rule.exceptions);
    const next: Part[] = [];
    let spoken = 0;
    for (const { worlds, applying } of parts) {
      const without = worlds & ~applies;
      const within = worlds & applies;
      if (without !== 0n) next.push({ worlds: without, applying });
      if (within !== 0n) next.push({ worlds: within, applying: [...applying, rule.place] });
    }
    for (const part of next) spoken += part.applying.length;
    if (next.length > MOST_PARTS || spoken > MOST_SPOKEN) return null;
    parts = next;
  }
  return parts;
}

function byParts(
  guideline: composing.Ready,
  decision: Decision,
  worlds: Completions,
  split: readonly Part[],
  view: View,
): Open {
  const parts = split.map(({ applying }) => composing.compositionOf(guideline, decision, applying));
  const decided = composing.decideByParts(guideline, decision, parts);
  const answers = new Map<string, bigint>();
  parts.forEach((part, i) => {
    const said = composing.everythingKey(part, guideline.values);
    answers.set(said, (answers.get(said) ?? 0n) | at(split, i).worlds);
  });
  const isKnown = (name: string) => view.facts.values.has(name);
  const needed =
    answers.size === 1 ? [] : apart(decision, worlds, [[...answers.values()]], isKnown);
  return { decided, parts, needed, waiting: null };
}

/** What is certain to apply decides, where not every completion could be compared. */
function coarsely(
  guideline: composing.Ready,
  decision: Decision,
  heard: readonly RuleVerdict[],
  view: View,
): Open {
  const applying = heard.flatMap(({ rule }) => {
    const isCertain = at(view.truths, rule.own) === 1 && at(view.truths, rule.exceptions) === -1;
    return isCertain ? rule.place : [];
  });
  const parts = [composing.compositionOf(guideline, decision, applying)];
  const decided = composing.coarse(composing.decideByParts(guideline, decision, parts));
  return { decided, parts, needed: [], waiting: [...new Set(heard.flatMap((one) => one.needs))] };
}

/** A decision over cases that are drawn within so many steps; null where that is too much. */
function byItems(
  guideline: composing.Ready,
  decision: Decision,
  rules: readonly RuleData[],
  roots: readonly number[],
  most: number,
  view: View,
): { readonly open: Open; readonly cost: number } | null {
  try {
    const cases = drawnCases(roots, view, most);
    if (cases === null) return null;
    const { sets } = cases;
    const applies = new Map(
      rules.map((rule) => [
        rule.place,
        sets.without(got(cases.true, rule.own), got(cases.true, rule.exceptions)),
      ]),
    );
    const isKnown = (name: string) => view.facts.values.has(name);
    const { decided, parts, functions } = composing.decideByItems(
      guideline,
      decision,
      applies,
      cases,
    );
    const needed = [cases.needed(decision, functions, isKnown)];
    return { open: { decided, parts, needed, waiting: null }, cost: sets.steps };
  } catch (error) {
    if (error instanceof TooLarge) return null;
    throw error;
  }
}
