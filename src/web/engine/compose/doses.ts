/** Amounts: when two are the same, and what lies in both (M31, M75, M95). */
import type { Dose, Exact, Unit } from "../advice";
import * as exact from "../fraction";

export type Units = Readonly<Record<string, Unit | null>>;

/** What stands behind the unit of a dose that goes by the weight of the patient. */
export const PER_KILOGRAM = "/kg";

type Ends = readonly [Exact | null, Exact | null];

function scaled(end: Exact | null, factor: exact.Fraction): Exact | null {
  return end === null ? null : exact.exactText(exact.times(exact.fraction(end), factor));
}

export function isByWeight(dose: Dose): boolean {
  return dose.unit.endsWith(PER_KILOGRAM);
}

/** What two doses share that are the same, whatever the unit: 1000 µg is 1 mg. */
export function doseKey(dose: Dose, units: Units): string {
  return JSON.stringify(amount(dose, units));
}

function amount(dose: Dose, units: Units): readonly unknown[] {
  const unit = units[dose.unit];
  if (!unit) return [dose.low, dose.high, dose.unit];
  const factor = exact.fraction(unit.factor);
  const ends = [scaled(dose.low, factor), scaled(dose.high, factor)];
  if (!isByWeight(dose)) return [...ends, unit.measures];
  const most = dose.limit === null ? null : amount(dose.limit, units)[1];
  return [...ends, [PER_KILOGRAM, most]];
}

/** Both ends in another unit; null where the units measure different things. */
export function inUnit(dose: Dose, name: string, units: Units): Ends | null {
  if (name === dose.unit) return [dose.low, dose.high];
  const [mine, wanted] = [units[dose.unit], units[name]];
  if (!mine || !wanted || mine.measures !== wanted.measures) return null;
  const factor = exact.over(exact.fraction(mine.factor), exact.fraction(wanted.factor));
  return [scaled(dose.low, factor), scaled(dose.high, factor)];
}

/** The ends that are not open. */
export function statedEnds(dose: Dose): readonly Exact[] {
  return [dose.low, dose.high].filter((end) => end !== null);
}

function chosen(
  ends: readonly (Exact | null)[],
  better: (one: exact.Fraction, two: exact.Fraction) => exact.Fraction,
): exact.Fraction | null {
  const known = ends.filter((end) => end !== null).map(exact.fraction);
  return known.length === 0 ? null : known.reduce(better);
}

/** The amounts that lie in both, or null. */
export function sharedDose(one: Dose, two: Dose, units: Units): Dose | null {
  const theirs = inUnit(two, one.unit, units);
  if (theirs === null || !haveOneLimit(one, two, units)) return null;
  const low = chosen([one.low, theirs[0]], exact.most);
  const high = chosen([one.high, theirs[1]], exact.least);
  if (low && high && exact.compare(low, high) > 0) return null;
  const isWritten = one.is_written && two.is_written && one.unit === two.unit;
  const met: Dose = {
    ...one,
    low: low && exact.exactText(low),
    high: high && exact.exactText(high),
    is_written: isWritten,
  };
  return isWritten ? met : inChosenUnit(met, two, units);
}

function haveOneLimit(one: Dose, two: Dose, units: Units): boolean {
  const [mine, theirs] = [one.limit, two.limit];
  if (mine === null || theirs === null) return mine === theirs;
  return doseKey(mine, units) === doseKey(theirs, units);
}

/** A mass below 1 mg in micrograms, any other in milligrams; else in the smaller of both units. */
function inChosenUnit(dose: Dose, other: Dose, units: Units): Dose {
  const milligrams = inUnit(dose, "mg", units);
  let unit: string;
  if (milligrams === null) {
    unit = isSmaller(other.unit, dose.unit, units) ? other.unit : dose.unit;
  } else {
    const lower = exact.fraction(milligrams.find((end) => end !== null) ?? 0);
    unit = exact.compare(lower, exact.fraction(1)) < 0 ? "µg" : "mg";
  }
  const [low, high] = inUnit(dose, unit, units) ?? [dose.low, dose.high];
  return { ...dose, low, high, unit, is_written: false };
}

function isSmaller(one: string, two: string, units: Units): boolean {
  const [mine, theirs] = [one, two].map((name) => exact.fraction(units[name]?.factor ?? 0));
  const apart = mine && theirs ? exact.compare(mine, theirs) : 0;
  return apart < 0 || (apart === 0 && one < two);
}

/** What a dose by weight comes to for its patient; any other dose as it is. */
export function given(dose: Dose, units: Units): Dose {
  if (dose.weight === null || !isByWeight(dose)) return dose;
  const weight = exact.fraction(dose.weight);
  const unit = dose.unit.slice(0, -PER_KILOGRAM.length);
  const most = dose.limit && (inUnit(dose.limit, unit, units)?.[1] ?? null);
  const end = (one: Exact | null): Exact | null => {
    if (one === null) return null;
    const whole = exact.times(exact.fraction(one), weight);
    return exact.exactText(most ? exact.least(whole, exact.fraction(most)) : whole);
  };
  return {
    low: end(dose.low),
    high: end(dose.high),
    unit,
    is_written: true,
    limit: null,
    measure: null,
    weight: null,
  };
}
