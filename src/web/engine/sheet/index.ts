/**
 * The answer for the patient: the guideline's own plain words, few of them, and what to ask
 * (`b12guide recommend --for patient`).
 *
 * A sheet must not say what is false of its reader. So the words of a rule are printed only where
 * the rule applies and the answer still says what they say; where two rules meet in something
 * narrower, the sheet says what is left, in words made from the answer. What the guideline does not
 * address stands on top and beside what it concerns (M54).
 */
import type { Answer, DecisionAnswer, SilenceAnswer } from "../answer";
import type { Program } from "../program";
import { capitalised, listing, uncapitalised } from "../say/words";
import { type Item, item, type Section, type SheetData } from "./data";
import { advisedIn, type Of, rowOf } from "./row";

export type { Item, Section, SheetData, Tone } from "./data";

const HEADING = "What this guideline does not say about you";
const MOST_QUESTIONS = 8;

/** The sections of the sheet, each with at least one line. */
export function sheetOf(program: Pick<Program, "advice" | "sheet">, answer: Answer): Section[] {
  const of: Of = { answer, advice: program.advice, sheet: program.sheet };
  const decisions = Object.keys(of.sheet.headings);
  const sections: Section[] = [
    { title: HEADING, items: unaddressed(answer.silent, of.sheet) },
    { title: "About this guideline", items: scopeOf(of) },
    ...decisions.map((decision) => ({
      title: headingOf(of, decision),
      items: [...rowOf(of, decision), ...unaddressed(silencesBeside(of, decision), of.sheet)],
    })),
    { title: "Ask", items: questionsOf(of) },
  ];
  return sections.filter((section) => section.items.length > 0);
}

/** What a decision is called; where a treatment may stop, not *Do not stop*. */
function headingOf(of: Of, decision: string): string {
  const isStopped = advisedIn(of, decision).some((advice) => advice.kind === "stop");
  return isStopped ? "Going on or stopping" : (of.sheet.headings[decision] ?? decision);
}

function scopeOf({ answer, sheet }: Of): Item[] {
  if (answer.scope === "unknown") {
    const text =
      "It is not known whether this guideline is meant for you. What follows holds if it is.";
    return [item(text, { tone: "quiet" })];
  }
  if (answer.scope === "applies") return [];
  const spoken = answer.rules
    .filter((rule) => sheet.outside.includes(rule.rule) && rule.verdict === "applies")
    .flatMap((rule) => (rule.patient ? [capitalised(rule.patient)] : []));
  const otherwise =
    "This guideline was not written for someone in your situation. " +
    "The people who treat you can advise you.";
  const texts = spoken.length ? [...new Set(spoken)] : [otherwise];
  return texts.map((text) => item(text, { tone: "caution" }));
}

// ------------------------------------------------------------------------------ silences

/** The silences shown beside a decision: with those of their decisions that say something. */
function silencesBeside({ answer }: Of, decision: string): SilenceAnswer[] {
  const known = answer.decisions as Record<string, DecisionAnswer | undefined>;
  const isSaid = (name: string) => {
    const one = known[name];
    return one !== undefined && !isSilent(one);
  };
  return answer.silent.filter((silence) => {
    const decisions: readonly string[] = silence.decisions;
    return decisions.includes(decision) && (isSaid(decision) || !decisions.some(isSaid));
  });
}

function isSilent(decided: DecisionAnswer): boolean {
  const { outcome, options, indeterminate, not_offered } = decided;
  return outcome === "silent" && !options.length && !indeterminate.length && !not_offered.length;
}

/** An item for each silence, each text once; a silence has an entry for each of its topics. */
function unaddressed(silences: readonly SilenceAnswer[], sheet: SheetData): Item[] {
  const wholes = new Map<string, SilenceAnswer[]>();
  for (const one of silences) {
    const key = JSON.stringify([one.text, one.patient, one.decisions, one.ids, one.statements]);
    wholes.set(key, [...(wholes.get(key) ?? []), one]);
  }
  const texts = [...wholes.values()].map((topics) => {
    const [first] = topics;
    if (!first) return "";
    if (first.patient) return capitalised(first.patient);
    const named = listing(topics.map((one) => sheet.topics[one.about] ?? one.label));
    const text = `This guideline gives no answer for you about ${named}.`;
    return `${text} ${capitalised(first.text)}`.trimEnd();
  });
  return [...new Set(texts)].map((text) => item(text, { tone: "caution" }));
}

// ----------------------------------------------------------------------------- questions

function questionsOf(of: Of): Item[] {
  const { questions } = of.answer;
  const question = (name: string) => of.sheet.facts[name]?.question ?? name.replaceAll("_", " ");
  const found = questions
    .slice(0, MOST_QUESTIONS)
    .map((one) => item(question(one.fact), { details: detailsOf(one, of) }));
  const further = questions.slice(MOST_QUESTIONS);
  if (further.length) {
    const texts = further.map((one) => question(one.fact)).join(" ");
    found.push(item(`Then: ${texts}`, { tone: "quiet" }));
  }
  return found;
}

function detailsOf(question: Answer["questions"][number], of: Of): string[] {
  const { sheet } = of;
  const found: string[] = [];
  if (question.behind.length && !sheet.facts[question.fact]?.asks) {
    const labels = question.behind.map(
      (name) => sheet.facts[name]?.brief ?? name.replaceAll("_", " "),
    );
    found.push(`such as ${listing(labels, "or")}`);
  }
  if (sheet.decisions.every((decision) => question.decides.includes(decision))) {
    found.push("matters for everything on this page");
  } else if (question.decides.length) {
    const titles = question.decides.map((name) => uncapitalised(sheet.headings[name] ?? name));
    found.push(`matters for: ${listing(titles)}`);
  }
  return found;
}
