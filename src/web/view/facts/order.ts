/** Which facts are asked, and in which order. Nothing moves while somebody is entering. */
import type { Answer } from "../../engine/answer";
import type { Program } from "../../engine/program";
import { factsOf } from "../patient";
import type { State } from "../state";
import { once } from "../words";

/** The facts that can still change something, the one that settles most first. */
export function askedFacts(answer: Answer | null, program: Program): string[] {
  if (!answer) return [];
  const asked = answer.questions.flatMap((one) => [one.fact, ...one.instead]);
  const behind = answer.questions.flatMap((one) => one.behind);
  const known = factsOf(program);
  return once([...asked, ...(answer.matters ?? []), ...behind]).filter((name) => known.has(name));
}

/** The facts to be shown: those that are shown keep their places, what is new comes behind them. */
export function inPlace(
  before: readonly string[],
  state: State,
  asked: readonly string[],
  program: Program,
): string[] {
  const known = factsOf(program);
  const entered = Object.keys(state.facts).filter((name) => known.has(name));
  const wanted = new Set([...entered, ...asked]);
  return once([...before.filter((name) => wanted.has(name)), ...entered, ...asked]);
}
