/**
 * Questions in plain words: what a guideline says to one, with the keys of `b12guide.ask/1`. Nothing
 * is made up; the same question gets the same answer in Python.
 */
import type { Answer, ConflictAnswer, FactValue, Patient, RuleAnswer } from "../answer";
import { isRefusal } from "../answer";
import { readyWith, recommend } from "../asking";
import { quantityText } from "../equations";
import { compare, fraction, readFraction, toNumber } from "../fraction";
import { impliedFacts } from "../implications";
import { at } from "../nodes";
import type { Program } from "../program";
import { Refused, Work } from "../ready";
import { listing } from "../say/words";
import { own, statedOf } from "../stated";
import { viewOf } from "../view";
import type { AskIndex } from "./data";
import {
  type Chosen,
  chosen,
  scored,
  searchOf,
  type Standing,
  tokensOf,
  understand,
  type Understood,
} from "./search";
import type { Told } from "./told";

export type { AskIndex } from "./data";

export interface ReplyItem {
  kind: "rule" | "definition";
  score: number;
  rule?: string;
  definition?: string;
  title: string;
  verdict: RuleAnswer["verdict"] | null;
  verdict_text?: string;
  strength: string | null;
  statements: readonly string[];
  text: string;
  condition: string;
  sentence: string;
  [part: string]: unknown;
}

export interface ToldFact {
  fact: string;
  label: string;
  value: boolean | number | string;
  unit: string | null;
  text: string;
}

export interface Reply {
  schema: "b12guide.ask/1";
  question: string;
  understood: {
    facts: readonly ToldFact[];
    about: readonly { kind: string; name: string; value?: string; label: string }[];
    against: boolean;
    corrections: readonly { written: string; meant: string }[];
    left_aside: readonly { text: string; reason: string }[];
  };
  answers: readonly ReplyItem[];
  conflicts: readonly ConflictAnswer[];
  silent: readonly Readonly<Record<string, unknown>>[];
  unknown_words: readonly string[];
  is_silent: boolean;
  notices: readonly string[];
}

const MOST_CONFLICTS = 2;
const NOTHING = "Nothing in the guideline answers this question.";

/** What the guideline says to a question; null where it has no index, or the patient cannot be. */
export function ask(
  program: Program,
  question: string,
  patient: Patient = { facts: {}, otherwise: "unknown" },
): Reply | null {
  if (!program.ask) return null;
  const index = program.ask;
  const before = recommend(program, patient);
  if (isRefusal(before)) return null;
  const understood = understand(question, searchOf(index));
  const [admitted, asides] = admissible(understood, patient, program);
  const [whole, told, refused] = together(program, patient, admitted);
  const found = told.length > 0 ? recommend(program, whole) : before;
  if (isRefusal(found)) return null;
  const verdicts = new Map(before.rules.map((one) => [one.rule, one.verdict]));
  const falling = new Set(
    index.documents.filter((one) => one.falls_away).map((one) => `${one.kind} ${one.name}`),
  );
  const rules = withExceptions(found.rules, program);
  const standings = new Map(
    rules.map((one) => {
      const falls = falling.has(`rule ${one.rule}`);
      return [one.rule, standingOf(one.verdict, verdicts.get(one.rule), falls)] as const;
    }),
  );
  const instead = new Map(rules.map((one) => [one.rule, one.overridden_by] as const));
  const ranking = scored(tokensOf(understood, index), index, standings, instead);
  const { closed, recorded } = beside(program, whole, falling);
  const picked = chosen(ranking, understood.units, index, closed);
  const answers = itemsOf(picked, index, rules, program);
  const silent = silencesOf(picked, understood, index, found, recorded);
  const isSilent = answers.length === 0 && silent.length === 0;
  const never = understood.unknown.map((word) => `The guideline never mentions “${word}”.`);
  return {
    schema: "b12guide.ask/1",
    question,
    understood: {
      facts: told.map((one) => factTold(one, program)),
      about: aboutOf(understood, index),
      against: understood.isAgainst,
      corrections: understood.corrections,
      left_aside: [...asides, ...refused],
    },
    answers,
    conflicts: conflictsOf(answers, found),
    silent,
    unknown_words: understood.unknown,
    is_silent: isSilent,
    notices: isSilent && never.length === 0 ? [NOTHING] : never,
  };
}

// ------------------------------------------------------------ the patient and the question

interface Aside {
  text: string;
  reason: string;
}

function admissible(understood: Understood, patient: Patient, program: Program): [Told[], Aside[]] {
  const asides: Aside[] = understood.implausible.map((one) => ({
    text: `${labelOf(one.fact, program)} ${one.text}`,
    reason: "this cannot be, so it was left aside",
  }));
  const told: Told[] = [];
  for (const one of understood.told) {
    const recorded = patient.facts[one.fact] ?? null;
    if (recorded === null || isSame(recorded, one)) {
      told.push(one);
      continue;
    }
    const kept = valueText(one.fact, recorded, program);
    const reason = `the patient's record has ${kept}, and the record counts`;
    asides.push({ text: saidOf(one, program), reason });
  }
  return [told, asides];
}

function isSame(recorded: FactValue, told: Told): boolean {
  if (told.number === null || typeof recorded !== "string") return recorded === told.value;
  const number = readFraction(recorded);
  return number !== null && compare(number, told.number) === 0;
}

/** The patient with what the question tells, as far as all of it can be true together. */
function together(
  program: Program,
  patient: Patient,
  told: readonly Told[],
): [Patient, Told[], Aside[]] {
  const all = withTold(patient, told);
  if (!isRefusal(recommend(program, all))) return [all, [...told], []];
  const kept: Told[] = [];
  const asides: Aside[] = [];
  for (const one of told) {
    if (isRefusal(recommend(program, withTold(patient, [...kept, one])))) {
      const reason = "this contradicts what else is known of the patient";
      asides.push({ text: saidOf(one, program), reason });
    } else kept.push(one);
  }
  return [withTold(patient, kept), kept, asides];
}

function withTold(patient: Patient, told: readonly Told[]): Patient {
  const facts: Record<string, FactValue> = { ...patient.facts };
  for (const one of told) facts[one.fact] = one.value;
  return { ...patient, facts };
}

function standingOf(now: string, before: string | undefined, fallsAway: boolean): Standing {
  switch (now) {
    case "applies":
      return before === "applies" ? "applies" : "newly";
    case "does not apply":
      return fallsAway ? "away" : "unrecorded";
    case "overridden":
      return "overridden";
    default:
      return "open";
  }
}

/** The verdicts; a rule of which an exception applies is overridden, even if it is open. */
function withExceptions(rules: readonly RuleAnswer[], program: Program): RuleAnswer[] {
  const applying = new Set(rules.filter((one) => one.verdict === "applies").map((one) => one.rule));
  return rules.map((one) => {
    const exceptions = program.papers.rules[one.rule]?.exceptions ?? [];
    const by = exceptions.filter((name) => applying.has(name));
    const isOpen = one.verdict === "unknown" || one.verdict === "indeterminate";
    return by.length > 0 && isOpen
      ? { ...one, verdict: "overridden" as const, needs: [], overridden_by: by }
      : one;
  });
}

/** The silences, by number, that are about other patients; and the facts of this one's record. */
function beside(
  program: Program,
  patient: Patient,
  falling: ReadonlySet<string>,
): { closed: ReadonlySet<number>; recorded: ReadonlySet<string> } {
  try {
    const ready = readyWith(program, {});
    const stated = statedOf(ready, patient, "report");
    const work = new Work();
    const view = viewOf(ready, impliedFacts(ready, stated, work), work);
    const closed = ready.logic.silences.flatMap((silence, number) => {
      const isFalse = silence.parts.every((part) => at(view.truths, part.node) === -1);
      return falling.has(`silence ${number}`) && isFalse ? [number] : [];
    });
    return { closed: new Set(closed), recorded: own(stated) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { closed: new Set(), recorded: new Set() };
  }
}

// ------------------------------------------------------------------------ the answer

function itemsOf(
  picked: Chosen,
  index: AskIndex,
  verdicts: readonly RuleAnswer[],
  program: Program,
): ReplyItem[] {
  const rules = new Map(verdicts.map((one) => [one.rule, one]));
  return picked.items.flatMap(({ document, score }) => {
    const told = index.documents[document];
    if (!told) return [];
    const said = told.told[0] ?? {};
    if (told.kind !== "rule") return [{ kind: told.kind, score, ...said } as unknown as ReplyItem];
    const rule = rules.get(told.name);
    if (!rule) return [];
    const verdict_text = verdictText(rule, program);
    return [{ kind: "rule", score, ...rule, ...said, verdict_text } as unknown as ReplyItem];
  });
}

function verdictText(rule: RuleAnswer, program: Program): string {
  switch (rule.verdict) {
    case "applies":
      return "applies";
    case "does not apply":
      return "does not apply, as far as is recorded";
    case "overridden": {
      const titles = rule.overridden_by.map((name) => program.papers.rules[name]?.title ?? name);
      return `overridden by: ${listing(titles)}`;
    }
    case "indeterminate":
      return "left open by the threshold that the source prints";
    case "unknown": {
      const needs = listing(rule.needs.map((name) => briefOf(name, program)));
      return needs ? `depends on ${needs}` : "depends on what is not known";
    }
  }
}

/** The silences that were found, and those about this patient that concern what is asked. */
function silencesOf(
  picked: Chosen,
  understood: Understood,
  index: AskIndex,
  found: Answer,
  recorded: ReadonlySet<string>,
): Readonly<Record<string, unknown>>[] {
  const told = picked.silences.flatMap(({ document }) => index.documents[document]?.told ?? []);
  if (picked.items.length === 0 && picked.silences.length === 0) return [];
  const names = new Set(
    understood.mentions.flatMap((one) => one.concepts.map((key) => index.concepts[key]?.[1])),
  );
  const texts = new Set(told.map((one) => one.text));
  const concerned = new Set(
    found.silent.filter((one) => names.has(one.about)).map((one) => one.text),
  );
  const further = found.silent.filter((one) => concerned.has(one.text) && !texts.has(one.text));
  return [
    ...told.map((one) => ({
      ...one,
      severity: recorded.has(String(one.about)) ? "warning" : "info",
    })),
    ...(further as unknown as Readonly<Record<string, unknown>>[]),
  ];
}

function conflictsOf(answers: readonly ReplyItem[], found: Answer): ConflictAnswer[] {
  const told = new Set(answers.map((one) => one.rule ?? one.definition));
  const concerned = found.conflicts.filter((one) =>
    one.sides.some((side) => side.rules.some((rule) => told.has(rule))),
  );
  const certain = (one: ConflictAnswer): number => (one.certain ? 0 : 1);
  return [...concerned].sort((a, b) => certain(a) - certain(b)).slice(0, MOST_CONFLICTS);
}

function aboutOf(understood: Understood, index: AskIndex): Reply["understood"]["about"] {
  const mentions = [...understood.mentions, ...understood.ways];
  return [...new Set(mentions.flatMap((one) => one.concepts))].flatMap((key) => {
    const concept = index.concepts[key];
    if (!concept || concept[0] === "against") return [];
    const [kind, name, label, value] = concept;
    return [value === null ? { kind, name, label } : { kind, name, value, label }];
  });
}

// ------------------------------------------------------------------------- in words

const paperOf = (name: string, program: Program) =>
  program.papers.facts.find((one) => one.name === name);
const labelOf = (name: string, program: Program): string =>
  paperOf(name, program)?.label ?? name.replaceAll("_", " ");
const briefOf = (name: string, program: Program): string =>
  paperOf(name, program)?.brief ?? name.replaceAll("_", " ");

function factTold(told: Told, program: Program): ToldFact {
  const unit = told.number === null ? null : (paperOf(told.fact, program)?.unit ?? null);
  return {
    fact: told.fact,
    label: labelOf(told.fact, program),
    value: told.number === null ? told.value : toNumber(told.number),
    unit,
    text: saidOf(told, program),
  };
}

const saidOf = (told: Told, program: Program): string => valueText(told.fact, told.value, program);

/** A fact with its value, such as "eGFR 35 mL/min". */
function valueText(name: string, value: FactValue, program: Program): string {
  const [paper, label] = [paperOf(name, program), briefOf(name, program)];
  if (value === true) return label;
  if (value === false || value === null) return `no ${label}`;
  if (paper?.kind !== "measure") {
    const named = paper?.values.find((one) => one.name === value);
    return `${label}: ${named?.label ?? value.replaceAll("_", " ")}`;
  }
  const fact = program.logic?.facts.find((one) => one.name === name);
  return `${label} ${fact ? quantityText(fraction(value), fact) : value}`;
}
