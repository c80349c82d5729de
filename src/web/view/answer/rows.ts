/**
 * The answer as rows of lines: what is read first, the default before what may be done instead,
 * as the first screen of the Python library has it.
 */
import type { Answer, DecisionAnswer, OptionAnswer } from "../../engine/answer";
import type { DecisionName } from "../../engine/papers";
import type { Program } from "../../engine/program";
import { factsOf } from "../patient";
import { few, listing, once } from "../words";
import { type ExplainRule, nobody, whenText } from "./when";

export type Tone = "plain" | "caution" | "quiet";

export interface Line {
  /** The same for the same advice in two answers, so that what changed can be marked. */
  readonly key: string;
  readonly text: string;
  readonly strength: string | null;
  readonly rules: readonly string[];
  readonly statements: readonly string[];
  readonly tone: Tone;
  readonly certain: boolean;
  /** Whether it is offered beside a default. */
  readonly alternative: boolean;
  /** When it holds, where that can be said: "if no neurological symptoms". */
  readonly when: string;
  /** On what it waits, or what stands against it. */
  readonly notes: readonly string[];
}

export interface Row {
  readonly label: string;
  readonly shape: "card" | "list";
  readonly lines: readonly Line[];
}

const ROWS: readonly (readonly [string, Row["shape"], readonly DecisionName[]])[] = [
  ["Conclusion", "list", ["conclusion"]],
  ["Loading", "card", ["loading"]],
  ["Maintenance", "card", ["maintenance"]],
  ["Change", "list", ["change"]],
  ["Form", "list", ["form"]],
  ["Other drugs", "list", ["adjunct"]],
  ["Not now", "list", ["permission"]],
  ["Check", "card", ["monitoring"]],
  ["Refer", "list", ["referral"]],
  ["Also", "list", ["route", "continuation", "technique", "targets"]],
];
const ALWAYS: ReadonlySet<string> = new Set(["form", "loading", "maintenance"]);

export function rowsOf(answer: Answer, program: Program, explain: ExplainRule = nobody): Row[] {
  const rows = ROWS.map(([label, shape, decisions]) => ({
    label,
    shape,
    lines: decisions.flatMap((decision) => {
      const lines = linesOf(decision, answer, program, explain);
      if (decisions.length === 1) return lines;
      const name = program.papers.decisions[decision].label.toLowerCase();
      return lines.map((line) => ({ ...line, text: `${name}: ${line.text}` }));
    }),
  }));
  return toldOnce(rows.filter((row) => row.lines.length > 0));
}

/** The lines of one decision. */
export function linesOf(
  decision: DecisionName,
  answer: Answer,
  program: Program,
  explain: ExplainRule = nobody,
): Line[] {
  const decided = answer.decisions[decision];
  if (ALWAYS.has(decision) && isSilent(decided)) {
    if (answer.scope === "does not apply") return [];
    return [said(decision, "not stated by the guideline", "quiet")];
  }
  const withheld = decision === "permission" ? answer.decisions.adjunct : null;
  const lines = [
    ...conflictLines(decision, answer, program),
    ...(decided.outcome === "not needed" ? [notNeeded(decision, decided, program)] : []),
    ...optionLines(decision, decided, answer, program, explain, false),
    ...notOffered(decision, decided, answer, program),
    ...indeterminate(decision, decided, answer),
    ...(withheld ? optionLines("adjunct", withheld, answer, program, explain, true) : []),
  ];
  if (ALWAYS.has(decision) && decided.outcome === "depends" && lines.length === 0) {
    lines.push(said(decision, `depends on ${labels(decided.depends_on, program)}`, "quiet"));
  }
  return lines;
}

/** Whether nothing at all is said, not even that something is left open. */
function isSilent(decided: DecisionAnswer): boolean {
  const { outcome, options, indeterminate, not_offered } = decided;
  return outcome === "silent" && options.length + indeterminate.length + not_offered.length === 0;
}

function said(decision: string, text: string, tone: Tone): Line {
  const nothing = { strength: null, rules: [], statements: [], notes: [], when: "" };
  return { key: `${decision} ${text}`, text, tone, certain: true, alternative: false, ...nothing };
}

/** Each certain conflict with its sides, each with its own authority. */
function conflictLines(decision: DecisionName, answer: Answer, program: Program): Line[] {
  return answer.conflicts
    .filter((one) => one.certain && one.decision === decision)
    .map(({ sides }) => {
      const texts = sides.map((side) => {
        const rules = side.rules.map((name) => program.papers.rules[name]);
        const strengths = once(rules.flatMap((rule) => rule?.strength ?? []));
        const said = [...strengths, side.statements.join(" ") || side.rules.join(", ")];
        return `${side.text} (${said.join(" · ")})`;
      });
      const text = `the guideline contradicts itself: ${texts.join(" against ")}`;
      const rules = once(sides.flatMap((side) => side.rules));
      const statements = once(sides.flatMap((side) => side.statements));
      return { ...said(decision, text, "caution"), rules, statements };
    });
}

function notNeeded(decision: string, decided: DecisionAnswer, program: Program): Line {
  const rules = decided.rules;
  const statements = once(rules.flatMap((name) => program.papers.rules[name]?.statements ?? []));
  return { ...said(decision, "not needed", "plain"), rules, statements };
}

function labels(names: readonly string[], program: Program): string {
  const known = factsOf(program);
  return few(
    names.map((name) => known.get(name)?.brief ?? name.replaceAll("_", " ")),
    3,
  );
}

// ------------------------------------------------------------------------------ options

function optionLines(
  decision: DecisionName,
  decided: DecisionAnswer,
  answer: Answer,
  program: Program,
  explain: ExplainRule,
  withheld: boolean,
): Line[] {
  const shown = decided.options
    .filter((one) => decision !== "adjunct" || one.withheld === withheld)
    .filter((one) => !isToldBelow(one, decided))
    .map((one) => noSurer(one, decided, answer));
  const ordered = [...shown].sort(
    (a, b) =>
      Number(a.alternative) - Number(b.alternative) || Number(b.certain) - Number(a.certain),
  );
  const told =
    decision === "form"
      ? formTexts(ordered, decided, program)
      : decision === "monitoring"
        ? testTexts(ordered, program)
        : ordered.map((option) => ({ option, text: option.text }));
  return told.map(({ option, text }) =>
    lineOf(decision, option, text, decided, answer, program, explain),
  );
}

interface Told {
  readonly option: OptionAnswer;
  readonly text: string;
}

function lineOf(
  decision: DecisionName,
  option: OptionAnswer,
  text: string,
  decided: DecisionAnswer,
  answer: Answer,
  program: Program,
  explain: ExplainRule,
): Line {
  const notes: string[] = [];
  const when = option.certain ? "" : whenText(option, decided, answer, explain);
  if (!option.certain && when === "") notes.push(waitsFor(decision, option, answer, program));
  if (option.drugs_open) notes.push(DRUG_OPEN);
  for (const rule of option.avoided) {
    const paper = program.papers.rules[rule];
    if (paper) notes.push(`but: ${[paper.title, ...paper.statements].join(", ")}`);
  }
  const isDisputed = decided.outcome === "conflict" && option.alternative && decision !== "form";
  const isInstead =
    isDisputed || (option.alternative && hasDefault(decided) && !STANDING_TOGETHER.has(decision));
  const beside = !isInstead ? "" : isAgain(option, decided) ? "also " : "alternatively ";
  const words = `${option.withheld ? "not now: " : ""}${beside}${text}`;
  const isCaution = option.avoided.length > 0 || option.withheld;
  return {
    key: `${decision} ${text} ${option.withheld ? "withheld" : ""}`,
    text: words,
    strength: option.strength,
    rules: option.rules,
    statements: option.statements,
    tone: isCaution ? "caution" : option.certain ? "plain" : "quiet",
    certain: option.certain,
    alternative: isInstead,
    when,
    notes,
  };
}

const DRUG_OPEN = "which drug is open, see Form";

/** That the drug is open is told once; the rest of the lines name what there is to choose from. */
function toldOnce(rows: readonly Row[]): Row[] {
  let isTold = false;
  return rows.map((row) => ({
    ...row,
    lines: row.lines.map((line) => {
      if (!line.notes.includes(DRUG_OPEN)) return line;
      if (!isTold) {
        isTold = true;
        return line;
      }
      return { ...line, notes: line.notes.filter((note) => note !== DRUG_OPEN) };
    }),
  }));
}

const STANDING_TOGETHER: ReadonlySet<string> = new Set(["form", "referral"]);

function hasDefault(decided: DecisionAnswer): boolean {
  return decided.options.some((one) => !one.alternative);
}

/** What the advice of an option is, whoever gives it. */
function adviceOf(option: OptionAnswer): string {
  const { text, drugs, excluded, outright } = option;
  return JSON.stringify([text, drugs, excluded, outright]);
}

function isAgain(option: OptionAnswer, decided: DecisionAnswer): boolean {
  const advice = adviceOf(option);
  const isSame = (one: OptionAnswer) => !one.alternative && adviceOf(one) === advice;
  return option.alternative && decided.options.some(isSame);
}

/** An option that repeats the default is told as open while none of its rules applies (M56). */
function noSurer(option: OptionAnswer, decided: DecisionAnswer, answer: Answer): OptionAnswer {
  if (!isAgain(option, decided)) return option;
  const applies = answer.rules.some(
    (one) => option.rules.includes(one.rule) && one.verdict === "applies",
  );
  return applies ? option : { ...option, certain: false };
}

/** Whether a contraindication is told where it is said what is not offered. */
function isToldBelow(option: OptionAnswer, decided: DecisionAnswer): boolean {
  const excluded = option["excluded"];
  if (option["outright"] !== true || !Array.isArray(excluded)) return false;
  const forbidden = new Set(decided.not_offered.flatMap((one) => one.drugs));
  return excluded.every((drug) => forbidden.has(String(drug)));
}

function waitsFor(
  decision: DecisionName,
  option: OptionAnswer,
  answer: Answer,
  program: Program,
): string {
  const drugs = new Set(names(option["drugs"]));
  const against = answer.rules.filter(
    (one) =>
      one.decision === "form" &&
      one.verdict !== "does not apply" &&
      excludes(one.rule, drugs, answer),
  );
  const rules = new Set([...option.rules, ...against.map((one) => one.rule)]);
  const needs = once(answer.rules.filter((one) => rules.has(one.rule)).flatMap((r) => r.needs));
  if (needs.length > 0) return `depends on ${labels(needs, program)}`;
  const isRange = answer.rules.some(
    (one) => rules.has(one.rule) && one.verdict === "indeterminate",
  );
  if (isRange) return "left open by the source's own threshold";
  const clash = answer.conflicts.find(
    (one) =>
      one.decision === decision &&
      one.sides.some((side) => side.rules.some((rule) => option.rules.includes(rule))),
  );
  if (clash && clash.depends_on.length > 0) {
    const against = clash.sides.filter(
      (side) => !side.rules.some((rule) => option.rules.includes(rule)),
    );
    const said = once(against.flatMap((side) => side.statements)).join(" ");
    return `may conflict${said && ` with ${said}`}, depending on ${labels(clash.depends_on, program)}`;
  }
  return "depends on what is not known";
}

/** Whether a rule contraindicates one of the drugs. */
function excludes(rule: string, drugs: ReadonlySet<string>, answer: Answer): boolean {
  return Object.values(answer.decisions).some((decided) =>
    decided.not_offered.some(
      (one) => one.rules.includes(rule) && one.drugs.some((drug) => drugs.has(drug)),
    ),
  );
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

// --------------------------------------------------------------------------- form, tests

/** The drugs with their place among the others; what the same rules say is told in one. */
function formTexts(
  options: readonly OptionAnswer[],
  decided: DecisionAnswer,
  program: Program,
): Told[] {
  const alike = new Map<string, OptionAnswer[]>();
  options.forEach((option, place) => {
    const isApart = !option.certain || isAgain(option, decided);
    const key = isApart ? `alone ${place}` : option.rules.join(" ");
    alike.set(key, [...(alike.get(key) ?? []), option]);
  });
  return [...alike].map(([key, some]) => {
    const option = some[0] as OptionAnswer;
    const isApart = key.startsWith("alone ");
    return { option, text: isApart ? option.text : places(some, decided, program).join("; ") };
  });
}

function places(
  options: readonly OptionAnswer[],
  decided: DecisionAnswer,
  program: Program,
): string[] {
  const label = (drug: string) => program.papers.words.drugs[drug]?.label ?? drug;
  const drugsOf = (some: readonly OptionAnswer[]) =>
    some.flatMap((one) => names(one["drugs"])).map(label);
  const preferred = drugsOf(options.filter((one) => !one.alternative));
  const acceptable = drugsOf(options.filter((one) => one.alternative));
  const found: string[] = [];
  if (preferred.length > 0) {
    const isFirst = (decided.acceptable ?? []).length > 0;
    found.push(listing(preferred, "or") + (isFirst ? " first" : ""));
  }
  if (acceptable.length > 0) found.push(`${listing(acceptable, "or")} acceptable`);
  for (const outright of [true, false]) {
    const drugs = options
      .filter((one) => names(one["excluded"]).length > 0 && one["outright"] === outright)
      .flatMap((one) => names(one["excluded"]).map(label));
    const text = listing(drugs, "or");
    if (text) found.push(outright ? `${text} contraindicated` : `not ${text}`);
  }
  return found.length > 0 ? found : options.map((one) => one.text);
}

/** Tests that have the same times and the same grounds, told together. */
function testTexts(options: readonly OptionAnswer[], program: Program): Told[] {
  const alike = new Map<string, { option: OptionAnswer; tests: string[]; rest: string }>();
  for (const option of options) {
    const label = program.papers.words.tests[String(option["test"] ?? "")]?.label ?? "";
    const isTest = label !== "" && option.text.startsWith(label);
    const rest = isTest ? option.text.slice(label.length) : option.text;
    const { rules, strength, certain, alternative, withheld } = option;
    const key = JSON.stringify([rest, rules, strength, certain, alternative, withheld, isTest]);
    const before = alike.get(key);
    if (before && isTest) before.tests.push(label);
    else alike.set(key, { option, tests: isTest ? [label] : [], rest });
  }
  return [...alike.values()].map(({ option, tests, rest }) => ({
    option,
    text: listing(once(tests)) + rest,
  }));
}

// -------------------------------------------------------------------- what is not offered

function notOffered(
  decision: DecisionName,
  decided: DecisionAnswer,
  answer: Answer,
  program: Program,
): Line[] {
  const label = (drug: string) => program.papers.words.drugs[drug]?.label ?? drug;
  const lines = decided.not_offered.map((one): Line => {
    const drugs = listing(one.drugs.map(label));
    const isForm = decision === "form";
    const text = isForm ? `${drugs}: contraindicated` : `${one.text}: ${drugs} contraindicated`;
    const needs = once(
      answer.rules.filter((rule) => one.rules.includes(rule.rule)).flatMap((rule) => rule.needs),
    );
    return {
      key: `${decision} not offered ${text}`,
      text: `${one.certain ? "not offered" : "perhaps not offered"}: ${text}`,
      strength: null,
      rules: one.rules,
      statements: one.statements,
      tone: "caution",
      certain: one.certain,
      alternative: false,
      when: "",
      notes: !one.certain && needs.length > 0 ? [`depends on ${labels(needs, program)}`] : [],
    };
  });
  const isSettled = decided.outcome === "silent" || decided.outcome === "determined";
  const isOffered = decided.options.some((one) => names(one["excluded"]).length === 0);
  if (lines.length > 0 && isSettled && !isOffered) {
    lines.push(said(decision, "the guideline names no alternative", "caution"));
  }
  return lines;
}

function indeterminate(decision: string, decided: DecisionAnswer, answer: Answer): Line[] {
  const shown = new Set(decided.options.flatMap((one) => one.rules));
  return decided.indeterminate
    .filter((name) => !shown.has(name))
    .flatMap((name) => answer.rules.filter((one) => one.rule === name))
    .map((rule) => ({
      ...said(decision, `left open by the source's own threshold: ${rule.title}`, "caution"),
      rules: [rule.rule],
      statements: rule.statements,
    }));
}
