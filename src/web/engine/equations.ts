/**
 * Measures that are worked out from others where nobody states them (M93). What an equation comes to
 * is worked out with far more digits than are kept, so that it is the same on every machine, and then
 * rounded as a laboratory prints it, a half away from zero. What is stated goes before what is worked
 * out.
 */
import { type FactValue, isNumber } from "./facts";
import { compare, fraction, type Fraction, isWhole, numberText, over, times } from "./fraction";
import type { DerivationData, FactData } from "./logic";
import { at, got } from "./nodes";
import type { Ready, Stated } from "./ready";
import { listing } from "./say/words";

/** `stated` with the measures that can be worked out, where they are not stated. */
export function workedOut(ready: Ready, stated: Stated): Stated {
  if (ready.logic.derivations.length === 0) return stated;
  const values = new Map(stated.values);
  const found = new Set<string>();
  const hindered: string[] = [];
  for (const derivation of ready.logic.derivations) {
    const parts = derivation.parts.map((part) => values.get(part) ?? null);
    const known = parts.filter((part) => part !== null);
    if (known.length < parts.length) continue;
    const counts = values.get(derivation.fact) ?? null;
    const result = worked(derivation, known, got(ready.facts, derivation.fact));
    const text = hindrance(ready, derivation, known, result, counts);
    if (text !== null) hindered.push(text);
    if (counts === null && result.why === null && result.value !== null) {
      values.set(derivation.fact, result.value);
      found.add(derivation.fact);
    }
  }
  return { ...stated, values, workedOut: found, hindered };
}

interface Result {
  readonly value: Fraction | null;
  readonly why: "not made for" | "not plausible" | null;
  /** The places of the parts for which it was not made. */
  readonly unfit: readonly number[];
}

function worked(derivation: DerivationData, parts: readonly FactValue[], fact: FactData): Result {
  const taken = parts.map((part, i) => {
    const factor = derivation.factors[i] ?? null;
    return isNumber(part) && factor !== null ? times(part, fraction(factor)) : part;
  });
  const unfit = taken.flatMap((part, i) => (takes(at(derivation.takes, i), part) ? [] : i));
  const equation = EQUATIONS[derivation.equation];
  if (unfit.length > 0 || !equation) return { value: null, why: "not made for", unfit };
  const value = times(rounded(equation(taken), derivation.decimals), fraction(derivation.factor));
  const [low, high] = fact.plausible?.map((end) => fraction(end)) ?? [];
  const isOutside = low && high && (compare(value, low) < 0 || compare(high, value) < 0);
  return { value, why: isOutside ? "not plausible" : null, unfit: [] };
}

/** Whether an equation was made for people like this. */
function takes(argument: DerivationData["takes"][number], part: FactValue): boolean {
  if (!isNumber(part)) return argument.values.includes(String(part));
  const { least, above } = argument;
  if (least !== null && compare(part, fraction(least)) < 0) return false;
  return above === null || compare(part, fraction(above)) > 0;
}

/** Why a value does not count that could be worked out, where that is worth saying. */
function hindrance(
  ready: Ready,
  derivation: DerivationData,
  parts: readonly FactValue[],
  { value, why, unfit }: Result,
  counts: FactValue | null,
): string | null {
  const { fact, title } = derivation;
  const each = parts.map((part, i) => statedValue(ready, at(derivation.parts, i), part));
  if (counts !== null) {
    if (value === null || !isNumber(counts) || compare(value, counts) === 0) return null;
    const stated = statedValue(ready, fact, counts);
    const other = statedValue(ready, fact, value);
    return `${stated} is stated and counts; ${listing(each)} come to ${other} by ${title}`;
  }
  if (why === "not made for") {
    const label = got(ready.facts, fact).brief;
    const not = listing(unfit.map((i) => at(each, i)));
    const but = derivation.said_of === null ? "" : `, but for ${derivation.said_of}`;
    return `${label} was not worked out: ${title} was not made for ${not}${but}`;
  }
  if (why === null || value === null) return null;
  const made = `${statedValue(ready, fact, value)}, worked out from ${listing(each)} by ${title}`;
  return `${made}: not plausible, and not used`;
}

/** A fact with its value, such as "eGFR 35 mL/min". */
function statedValue(ready: Ready, name: string, value: FactValue): string {
  const fact = got(ready.facts, name);
  if (value === true) return fact.brief;
  if (value === false) return `no ${fact.brief}`;
  if (isNumber(value)) return `${fact.brief} ${quantityText(value, fact)}`;
  return `${fact.brief}: ${fact.value_labels[fact.values.indexOf(value)] ?? value}`;
}

/** A value with its unit: "35.5 mL/min", "1 year". */
export function quantityText(value: Fraction, fact: FactData): string {
  const number = numberText(value);
  if (fact.unit_words === null) return number;
  return `${number} ${number === "1" ? fact.unit_words[0] : fact.unit_words[1]}`;
}

// ---- the equations

/** A number with a fixed number of decimals, as a whole number. */
type Fixed = bigint;

const DIGITS = 80;
const UNIT: Fixed = 10n ** BigInt(DIGITS);

type Equation = (parts: readonly FactValue[]) => Fraction;

/** What the equations come to, before that is rounded; their names are those of the library. */
const EQUATIONS: Readonly<Record<string, Equation>> = {
  body_mass_index([weight, height]) {
    const metres = numberOf(height);
    return over(numberOf(weight), times(metres, metres));
  },
  ckd_epi_2021([creatinine, age, sex]) {
    const isFemale = sex === "female";
    const ratio = over(numberOf(creatinine), fraction(isFemale ? "0.7" : "0.9"));
    const one = fraction(1);
    const isLow = compare(ratio, one) < 0;
    const alpha = fraction(isFemale ? "-0.241" : "-0.302");
    const power = isLow ? alpha : fraction("-1.2");
    const factors = [
      fraction(142),
      raised(ratio, power),
      raised(fraction("0.9938"), numberOf(age)),
      fraction(isFemale ? "1.012" : "1"),
    ];
    return factors.reduce(times);
  },
};

function numberOf(value: FactValue | undefined): Fraction {
  if (value === undefined || !isNumber(value)) throw new RangeError("an equation takes numbers");
  return value;
}

/** Rounded to so many decimals, a half away from zero. */
function rounded(value: Fraction, decimals: number): Fraction {
  const scale = 10n ** BigInt(decimals);
  const { numerator, denominator } = value;
  const size = numerator < 0n ? -numerator : numerator;
  const whole = (2n * size * scale + denominator) / (2n * denominator);
  return over(fraction(numerator < 0n ? -whole : whole), fraction(scale));
}

/** A number above zero, raised to any power. */
function raised(base: Fraction, power: Fraction): Fraction {
  if (isWhole(power) && power.numerator === 0n) return fraction(1);
  const product = (logarithm(fixed(base)) * fixed(power)) / UNIT;
  return over(fraction(exponential(product)), fraction(UNIT));
}

function fixed(value: Fraction): Fixed {
  return (value.numerator * UNIT) / value.denominator;
}

/** The natural logarithm, by the series of the inverse hyperbolic tangent. */
function logarithm(value: Fixed): Fixed {
  let halvings = 0n;
  let left = value;
  for (; left > (3n * UNIT) / 2n; left /= 2n) halvings += 1n;
  for (; left < (3n * UNIT) / 4n; left *= 2n) halvings -= 1n;
  return halvings * LOGARITHM_OF_TWO + twiceAreaTangent(((left - UNIT) * UNIT) / (left + UNIT));
}

function twiceAreaTangent(value: Fixed): Fixed {
  const square = (value * value) / UNIT;
  let [power, sum] = [value, 0n];
  for (let n = 1n; power !== 0n; n += 2n) {
    sum += power / n;
    power = (power * square) / UNIT;
  }
  return 2n * sum;
}

const LOGARITHM_OF_TWO = twiceAreaTangent(UNIT / 3n);

/** The exponential: halved until it is small, then by its series, then squared as often. */
function exponential(value: Fixed): Fixed {
  const halvings = 16n;
  const small = value / 2n ** halvings;
  let [term, sum] = [UNIT, UNIT];
  for (let n = 1n; term !== 0n; n += 1n) {
    term = (term * small) / (UNIT * n);
    sum += term;
  }
  for (let n = 0n; n < halvings; n += 1n) sum = (sum * sum) / UNIT;
  return sum;
}
