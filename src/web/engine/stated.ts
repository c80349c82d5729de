/** What is stated of a patient, read from the page's plain values into those of the guideline. */
import type { Patient } from "./answer";
import { type FactValue, isNumber, type Reading } from "./facts";
import { compare, fraction, readFraction } from "./fraction";
import type { FactData } from "./logic";
import { type Ready, Refused, type Stated } from "./ready";
import { quantityText, workedOut } from "./equations";

/** What is stated of a patient; throws `Refused` for what no record can say. */
export function statedOf(ready: Ready, patient: Patient, reading: Reading): Stated {
  const values = new Map<string, FactValue | null>();
  for (const [name, raw] of Object.entries(patient.facts)) {
    values.set(name, valueOf(ready, name, raw));
  }
  return workedOut(ready, {
    values,
    otherwise: patient.otherwise,
    reading,
    workedOut: new Set(),
    hindered: [],
  });
}

function valueOf(
  ready: Ready,
  name: string,
  raw: boolean | string | number | null,
): FactValue | null {
  const fact = ready.facts.get(name);
  if (!fact && !ready.definitions.has(name)) {
    throw new Refused([name], `\`${name}\` is no fact of this guideline`);
  }
  if (raw === null) return null;
  if (fact?.kind === "measure") return measureOf(fact, raw);
  if (fact?.kind === "choice") {
    if (typeof raw === "string" && fact.values.includes(raw)) return raw;
    const values = fact.values.map((value) => `\`${value}\``).join(", ");
    throw new Refused([name], `\`${String(raw)}\` is no value of \`${name}\`: ${values}`);
  }
  if (typeof raw === "boolean") return raw;
  throw new Refused([name], `\`${name}\` is so or not, or not known`);
}

function measureOf(fact: FactData, raw: boolean | string | number): FactValue {
  const value = typeof raw === "boolean" ? null : readFraction(String(raw).trim());
  if (value === null) {
    throw new Refused([fact.name], `\`${String(raw)}\` is no number for \`${fact.name}\``);
  }
  const [low, high] = fact.plausible ?? [];
  const isLow = low !== undefined && compare(value, fraction(low)) < 0;
  const isHigh = high !== undefined && compare(value, fraction(high)) > 0;
  if (isLow || isHigh) {
    const ends = [low, high].map((end) => quantityText(fraction(end ?? "0"), fact));
    const said = quantityText(value, fact);
    throw new Refused(
      [fact.name],
      `${fact.label} ${said} is not plausible: it is from ${ends.join(" to ")}`,
    );
  }
  return value;
}

/** The facts that the patient has, stated and neither denied nor unknown. */
export function own(stated: Stated): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [name, value] of stated.values) {
    if (isNumber(value) || typeof value === "string" || value === true) found.add(name);
  }
  return found;
}
