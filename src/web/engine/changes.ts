/** What would change an answer: the next questions, each with what every outcome would come to. */
import type { Answer, FactValue, Options, Patient, QuestionAnswer } from "./answer";
import { isRefusal } from "./answer";
import { recommend, readyWith } from "./asking";
import { quantityText } from "./equations";
import { isTrueOf } from "./facts";
import { compare, exactText, fraction, type Fraction, minus, numberText, plus } from "./fraction";
import type { FactData } from "./logic";
import { at, type Comparison } from "./nodes";
import type { Program } from "./program";
import type { Ready } from "./ready";
import { halfway, inOrder, isComparison } from "./worlds";

/** One way in which a question may be answered. */
export interface Outcome {
  /** "yes", "no", a value, or a stretch of a measure ("below 30 mL/min"). */
  readonly label: string;
  /** What is to be entered for it; of a measure a value that stands for the stretch. */
  readonly value: FactValue;
  readonly answer: Answer;
}

/** A question, and what would be said for each answer to it. */
export interface Change {
  readonly question: QuestionAnswer;
  readonly outcomes: readonly Outcome[];
}

/**
 * For each of the next questions, what the guideline would say for each answer. Answers that would
 * contradict what is known are left out.
 */
export function whatChanges(
  program: Program,
  patient: Patient,
  options: Options = {},
  most = 3,
): Change[] {
  const now = recommend(program, patient, options);
  if (isRefusal(now)) return [];
  const ready = readyWith(program, options);
  return now.questions.slice(0, most).map((question) => ({
    question,
    outcomes: answersTo(ready, question.fact).flatMap(({ label, value }) => {
      const facts = { ...patient.facts, [question.fact]: value };
      const answer = recommend(program, { ...patient, facts }, options);
      return isRefusal(answer) ? [] : [{ label, value, answer }];
    }),
  }));
}

/** How a fact, or a definition, may be answered: one value for each that makes a difference. */
export function answersTo(
  ready: Ready,
  name: string,
): { readonly label: string; readonly value: FactValue }[] {
  const fact = ready.facts.get(name);
  if (fact?.kind === "choice") {
    return fact.values.map((value, i) => ({ label: fact.value_labels[i] ?? value, value }));
  }
  if (fact?.kind === "measure") return stretches(ready, fact);
  return [
    { label: "yes", value: true },
    { label: "no", value: false },
  ];
}

interface Stretch {
  readonly low: Fraction | null;
  readonly high: Fraction | null;
  readonly hasLow: boolean;
  readonly hasHigh: boolean;
  readonly sample: Fraction;
}

/** The stretches of a measure that the guideline tells apart, from low to high. */
function stretches(ready: Ready, fact: FactData): { label: string; value: FactValue }[] {
  const asked = ready.steps.nodes.flatMap(({ leaf }) =>
    leaf && isComparison(leaf) && leaf.fact === fact.name ? leaf : [],
  );
  const cuts = inOrder(asked.flatMap((leaf) => [leaf.low, leaf.high]));
  const [low, high] = fact.plausible?.map((end) => fraction(end)) ?? [];
  const found: (Stretch & { readonly seen: string })[] = [];
  for (const one of cells(cuts, low ?? null, high ?? null)) {
    const seen = signature(asked, one.sample);
    const last = found[found.length - 1];
    if (last?.seen !== seen) found.push({ ...one, seen });
    else {
      const sample = one.low !== null && one.high !== null ? one.sample : last.sample;
      found[found.length - 1] = { ...last, high: one.high, hasHigh: one.hasHigh, sample };
    }
  }
  return found.map((one) => ({ label: labelOf(one, fact), value: exactText(one.sample) }));
}

function signature(asked: readonly Comparison[], value: Fraction): string {
  return asked
    .flatMap((leaf) => [isTrueOf(leaf, value, "lower"), isTrueOf(leaf, value, "upper")])
    .join();
}

/** Each threshold, and each stretch between two of them, as far as they are plausible. */
function cells(
  cuts: readonly Fraction[],
  least: Fraction | null,
  most: Fraction | null,
): Stretch[] {
  const found: Stretch[] = [];
  const isInside = (value: Fraction) =>
    (least === null || compare(least, value) <= 0) && (most === null || compare(value, most) <= 0);
  cuts.forEach((cut, i) => {
    const before = i === 0 ? null : at(cuts, i - 1);
    const from = before ?? least ?? minus(cut, fraction(2));
    const open = { low: before, high: cut, hasLow: false, hasHigh: false };
    if (compare(from, cut) < 0) found.push({ ...open, sample: halfway(from, cut) });
    found.push({ low: cut, high: cut, hasLow: true, hasHigh: true, sample: cut });
  });
  const last = cuts[cuts.length - 1];
  if (last) {
    const to = most ?? plus(last, fraction(2));
    const open = { low: last, high: null, hasLow: false, hasHigh: false };
    if (compare(last, to) < 0) found.push({ ...open, sample: halfway(last, to) });
  }
  return found.filter((one) => isInside(one.sample));
}

function labelOf({ low, high, hasLow, hasHigh }: Stretch, fact: FactData): string {
  if (low !== null && high !== null && compare(low, high) === 0) return quantityText(low, fact);
  const from = low === null ? "" : `${hasLow ? "at least" : "above"} `;
  const to = high === null ? "" : `${hasHigh ? "at most" : "below"} `;
  return [
    low === null ? "" : from + (high === null ? quantityText(low, fact) : numberText(low)),
    high === null ? "" : to + quantityText(high, fact),
  ]
    .filter((part) => part !== "")
    .join(" and ");
}
