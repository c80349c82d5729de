/** From what was entered to the patient that the engine is asked about. */
import type { FactValue, Patient } from "../engine/answer";
import { fraction, numberText } from "../engine/fraction";
import type { FactPaper } from "../engine/papers";
import type { Program } from "../engine/program";
import { ownLabel, readMeasure } from "./measure";
import { bare, type Entry, type State } from "./state";

export interface Asked {
  readonly patient: Patient;
  /** Why an entry is not taken, by fact. */
  readonly refused: Readonly<Record<string, string>>;
  /** Entries of facts that this guideline does not have. */
  readonly unasked: readonly string[];
}

const kept = new WeakMap<Program, ReadonlyMap<string, FactPaper>>();

/** The facts of a guideline by their names. */
export function factsOf(program: Program): ReadonlyMap<string, FactPaper> {
  let found = kept.get(program);
  if (!found) {
    found = new Map(program.papers.facts.map((fact) => [fact.name, fact]));
    kept.set(program, found);
  }
  return found;
}

/** The patient as this guideline is asked about them. */
export function patientOf(state: State, program: Program): Asked {
  const known = factsOf(program);
  const facts = bare<FactValue>();
  const refused = bare<string>();
  const unasked: string[] = [];
  for (const [name, entry] of Object.entries(state.facts)) {
    const fact = known.get(name);
    if (!fact) {
      unasked.push(name);
    } else if (fact.kind !== "measure" || typeof entry !== "object") {
      facts[name] = entry as boolean | string;
    } else {
      const found = readMeasure(fact, entry);
      if ("refused" in found) refused[name] = found.refused;
      else facts[name] = found.value;
    }
  }
  return { patient: { facts, otherwise: state.otherwise }, refused, unasked };
}

/** An entry in words: "eGFR 38 mL/min", "no Crohn's disease". */
export function entryText(fact: FactPaper, entry: Entry): string {
  if (entry === true) return fact.brief;
  if (entry === false) return `no ${fact.brief}`;
  if (typeof entry === "string") return `${fact.brief}: ${valueLabel(fact, entry)}`;
  const unit = fact.units.find((one) => one.text === entry.unit);
  return `${fact.brief} ${entry.number} ${unit?.label ?? ""}`.trim();
}

/** A value in the guideline's own unit in words; null for what is not known. */
export function valueText(fact: FactPaper, value: FactValue): string | null {
  if (value === null) return null;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (fact.kind === "choice") return valueLabel(fact, value);
  return `${numberText(fraction(value))} ${ownLabel(fact)}`.trim();
}

function valueLabel(fact: FactPaper, value: string): string {
  return fact.values.find((one) => one.name === value)?.label ?? value.replaceAll("_", " ");
}
