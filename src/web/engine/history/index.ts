/** A history that was pasted, beside the answer. */
import type { AdviceData } from "../advice";
import { readDay } from "../calendar/days";
import { labelsOf } from "../calendar/labels";
import type { Said } from "../calendar/said";
import { compare, type Comparison } from "./compare";
import type { Spellings } from "./data";
import { type History, readHistory } from "./rows";

export type { Comparison, Departure } from "./compare";
export type { Spellings } from "./data";
export type { BadRow, Happening, History } from "./rows";
export { readHistory } from "./rows";

/** What of a history departs for certain from an answer; `on` is the last day looked at. */
export function comparisonOf(
  program: { readonly advice: AdviceData },
  answer: Said,
  history: History,
  recorded: readonly string[],
  on: string | null = null,
): Comparison {
  const day = on === null ? null : readDay(on);
  return compare(
    history,
    answer,
    labelsOf(program.advice),
    recorded,
    treating(program.advice),
    day,
  );
}

/** The drugs between which the guideline chooses, or of which it names long-term doses. */
function treating(advice: AdviceData): Set<string> {
  const found = advice.rules.flatMap(({ decision, value }) => {
    if (value.kind === "form") return [...value.drugs, ...value.excluded];
    if (value.kind === "exclusion" && decision === "form") return value.drugs;
    const isDosed = decision === "loading" || decision === "maintenance";
    if (value.kind !== "regimens" || !isDosed) return [];
    return value.regimens.flatMap((one) => one.phases.flatMap((phase) => phase.drugs));
  });
  return new Set(found);
}

/** A text read as a history, and compared. */
export function compareText(
  program: { readonly advice: AdviceData; readonly history: Spellings },
  answer: Said,
  text: string,
  recorded: readonly string[] = [],
  on: string | null = null,
): Comparison & History {
  const history = readHistory(text, program.history);
  return { ...history, ...comparisonOf(program, answer, history, recorded, on) };
}
