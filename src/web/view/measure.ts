/** Measures as people type them: read exactly, converted exactly, refused with words that help. */
import {
  compare,
  exactText,
  fraction,
  numberText,
  over,
  readFraction,
  times,
} from "../engine/fraction";
import type { FactPaper } from "../engine/papers";
import type { Measured } from "./state";

export type Reading =
  { readonly value: string; readonly own: string | null } | { readonly refused: string };

const MOST_DIGITS = 30;

/**
 * The number in the measure's own unit, or why it is not taken. `own` says what it comes to where
 * it was entered in another unit.
 */
export function readMeasure(fact: FactPaper, entry: Measured): Reading {
  const written = entry.number.trim().replace("\u2212", "-");
  if (/^[+-]?\d+,\d+$/.test(written)) {
    return { refused: `Write the decimals with a point: ${written.replace(",", ".")}.` };
  }
  const number = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(written) ? readFraction(tidied(written)) : null;
  if (number === null) {
    return {
      refused: "Write one number, such as 38 or 0.5; leave it empty if it was not measured.",
    };
  }
  if (written.length > MOST_DIGITS)
    return { refused: "Round it: no measurement has as many digits." };
  const unit = fact.units.find((one) => one.text === entry.unit);
  const factor = fraction(unit?.factor ?? "1");
  const value = times(number, factor);
  const range = fact.plausible;
  if (range) {
    const [low, high] = [fraction(range.low), fraction(range.high)];
    if (compare(value, low) < 0 || compare(value, high) > 0) {
      const here = unit && unit.text !== fact.unit;
      const ends = [low, high].map((end) => numberText(over(end, factor)));
      const also = here ? `, which is ${ends.join(" to ")} ${unit.label}` : "";
      return {
        refused: `That is not plausible: ${fact.label} is expected from ${range.text}${also}. Check the number and its unit.`,
      };
    }
  }
  const isOwn = !unit || unit.text === fact.unit;
  const own = isOwn ? null : `${numberText(value)} ${ownLabel(fact)}`.trim();
  return { value: exactText(value), own };
}

function tidied(written: string): string {
  return written.replace(/\.$/, "").replace(/^([+-]?)\./, "$10.");
}

/** How a measure's own unit is printed. */
export function ownLabel(fact: FactPaper): string {
  return fact.units[0]?.label ?? fact.unit ?? "";
}
