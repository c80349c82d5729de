/** Numbers as explanations have them. */
import { compare, exactText, type Fraction, numberText, readFraction } from "./fraction";

/** The number as it can be read back: in decimals, or as a fraction where they never end. */
export function exactDecimals(value: Fraction): string {
  const text = numberText(value);
  const read = readFraction(text);
  return read !== null && compare(read, value) === 0 ? text : exactText(value);
}
