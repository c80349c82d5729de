/**
 * Exact numbers, as the Python library has them: a threshold of 0.1 is one tenth, and three doses
 * in a week are a dose every 7/3 days. Nothing is rounded but what is printed.
 */
export interface Fraction {
  readonly numerator: bigint;
  /** Above zero, and without a divisor in common with the numerator. */
  readonly denominator: bigint;
}

export const ZERO: Fraction = { numerator: 0n, denominator: 1n };

function divisor(one: bigint, two: bigint): bigint {
  let [a, b] = [one < 0n ? -one : one, two];
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

function reduced(numerator: bigint, denominator: bigint): Fraction {
  const sign = denominator < 0n ? -1n : 1n;
  const shared = sign * divisor(numerator, sign * denominator);
  return { numerator: numerator / shared, denominator: denominator / shared };
}

const DECIMAL = /^([+-]?)([0-9]*)(?:\.([0-9]+))?$/;
const RATIO = /^([+-]?[0-9]+)\/([0-9]+)$/;
const known = new Map<string, Fraction>();
const MOST_KNOWN = 1 << 12;

/** The number that a text spells ("38", "0.1", "-2.50", "7/3"); null where it spells none. */
export function readFraction(text: string): Fraction | null {
  const before = known.get(text);
  if (before) return before;
  const found = read(text);
  if (found && known.size < MOST_KNOWN) known.set(text, found);
  return found;
}

function read(text: string): Fraction | null {
  const ratio = RATIO.exec(text);
  if (ratio) {
    const below = BigInt(ratio[2] ?? "0");
    return below === 0n ? null : reduced(BigInt((ratio[1] ?? "").replace("+", "")), below);
  }
  const decimal = DECIMAL.exec(text);
  if (!decimal) return null;
  const [, sign = "", whole = "", part = ""] = decimal;
  if (whole + part === "") return null;
  const size = BigInt(whole + part) * (sign === "-" ? -1n : 1n);
  return reduced(size, 10n ** BigInt(part.length));
}

/** The number of a text that is known to spell one, or a whole number. */
export function fraction(value: string | number | bigint): Fraction {
  if (typeof value === "bigint") return { numerator: value, denominator: 1n };
  const found = readFraction(String(value));
  if (!found) throw new RangeError(`not a number: ${value}`);
  return found;
}

/** The number as the data have it: "7/3", "38". Equal numbers have the same text. */
export function exactText(value: Fraction): string {
  const { numerator, denominator } = value;
  return denominator === 1n ? `${numerator}` : `${numerator}/${denominator}`;
}

export function plus(one: Fraction, two: Fraction): Fraction {
  return reduced(
    one.numerator * two.denominator + two.numerator * one.denominator,
    one.denominator * two.denominator,
  );
}

export function minus(one: Fraction, two: Fraction): Fraction {
  return plus(one, { numerator: -two.numerator, denominator: two.denominator });
}

export function times(one: Fraction, two: Fraction): Fraction {
  return reduced(one.numerator * two.numerator, one.denominator * two.denominator);
}

/** One number divided by another, which is not zero. */
export function over(one: Fraction, two: Fraction): Fraction {
  return reduced(one.numerator * two.denominator, one.denominator * two.numerator);
}

/** Below zero where the first is less, above where it is more, zero where both are the same. */
export function compare(one: Fraction, two: Fraction): number {
  const apart = one.numerator * two.denominator - two.numerator * one.denominator;
  return apart < 0n ? -1 : apart > 0n ? 1 : 0;
}

export function least(one: Fraction, two: Fraction): Fraction {
  return compare(two, one) < 0 ? two : one;
}

export function most(one: Fraction, two: Fraction): Fraction {
  return compare(two, one) > 0 ? two : one;
}

export function isWhole(value: Fraction): boolean {
  return value.denominator === 1n;
}

/** The nearest number that JSON can hold. */
export function toNumber(value: Fraction): number {
  const { numerator, denominator } = value;
  if (isWhole(value)) return Number(numerator);
  const size = numerator < 0n ? -numerator : numerator;
  if (size <= SAFE && denominator <= SAFE) return Number(numerator) / Number(denominator);
  return Number(significant(value, 40));
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

// ---- as people read it

/** The number in decimals: those that end are never cut; others have four significant ones. */
export function numberText(value: Fraction): string {
  if (MOST_DECIMALS % value.denominator === 0n) return formatted(value);
  // Counted from where it leaves the nearest whole number: 49.9999999 must not seem to be 50.
  let apart = minus(value, fraction(halfEven(value.numerator, value.denominator)));
  if (apart.numerator < 0n) apart = minus(ZERO, apart);
  let places = 4;
  while (apart.numerator * 10n ** BigInt(places - 3) < apart.denominator) places += 1;
  const size = 10n ** BigInt(places);
  return formatted(reduced(halfEven(value.numerator * size, value.denominator), size));
}

const MOST_DECIMALS = 10n ** 9n;
const MOST_DIGITS = 30;

/** One number, or the two ends of a range. */
export function rangeText(low: Fraction, high: Fraction): string {
  if (compare(low, high) === 0) return numberText(low);
  return `${numberText(low)} to ${numberText(high)}`;
}

/** In decimals: exact where that takes at most 30 digits, else rounded to 12. */
function formatted(value: Fraction): string {
  let places = 0;
  let size = 1n;
  while (size % value.denominator !== 0n && places <= 2 * MOST_DIGITS) {
    places += 1;
    size *= 10n;
  }
  if (size % value.denominator === 0n) {
    const digits = value.numerator * (size / value.denominator);
    const said = String(digits).replace("-", "").replace(/0+$/, "");
    if (said.length <= MOST_DIGITS) return decimal(digits, places);
  }
  return significant(value, 12);
}

/** The number with so many significant digits, the last one rounded to even where in doubt. */
function significant(value: Fraction, digits: number): string {
  const { numerator, denominator } = value;
  const size = numerator < 0n ? -numerator : numerator;
  const power = (by: number) => 10n ** BigInt(Math.max(by, 0));
  // What stands before the point may be one digit more than the lengths of both numbers say.
  let places = digits - (String(size).length - String(denominator).length) - 1;
  const whole = (size * power(places)) / (denominator * power(-places));
  if (String(whole).length < digits) places += 1;
  const rounded = halfEven(numerator * power(places), denominator * power(-places));
  return decimal(rounded * power(-places), Math.max(places, 0));
}

function decimal(digits: bigint, places: number): string {
  const sign = digits < 0n ? "-" : "";
  const said = String(digits < 0n ? -digits : digits).padStart(places + 1, "0");
  if (places === 0) return sign + said;
  const part = said.slice(-places).replace(/0+$/, "");
  const whole = sign + said.slice(0, -places);
  return part === "" ? whole : `${whole}.${part}`;
}

/** The nearest whole number; of two that are as near, the even one. */
function halfEven(numerator: bigint, denominator: bigint): bigint {
  let whole = numerator / denominator;
  if (numerator < 0n && whole * denominator !== numerator) whole -= 1n;
  const rest = 2n * (numerator - whole * denominator);
  const isUp = rest > denominator || (rest === denominator && whole % 2n !== 0n);
  return isUp ? whole + 1n : whole;
}
