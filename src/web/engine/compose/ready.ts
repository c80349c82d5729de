/** A guideline made ready to be composed: its rules by place and name, and what was worked out. */
import type { AdviceData, AdvisingRule, Decision } from "../advice";
import { AdviceValues } from "./advice_values";
import { composed } from "./compose";
import type { Composition } from "./composition";

export interface Ready {
  readonly data: AdviceData;
  readonly values: AdviceValues;
  /** Where each rule stands in reading order. */
  readonly place: ReadonlyMap<string, number>;
  readonly compositions: Map<string, Composition>;
}

const known = new WeakMap<AdviceData, Ready>();

export function ready(data: AdviceData): Ready {
  let found = known.get(data);
  if (!found) {
    found = {
      data,
      values: new AdviceValues(data.units),
      place: new Map(data.rules.map((rule, place) => [rule.name, place])),
      compositions: new Map(),
    };
    known.set(data, found);
  }
  return found;
}

export function rulesAt(data: AdviceData, places: readonly number[]): AdvisingRule[] {
  return places.flatMap((place) => data.rules[place] ?? []);
}

export function placeOf(guideline: Ready, name: string): number {
  return guideline.place.get(name) ?? guideline.data.rules.length;
}

/** The rules of these names. */
export function rulesNamed(guideline: Ready, names: readonly string[]): readonly AdvisingRule[] {
  return rulesAt(
    guideline.data,
    names.map((name) => placeOf(guideline, name)),
  );
}

const MOST_KEPT = 1 << 15;

/**
 * What rules that all apply say together about a decision: in reading order, by place, those on
 * another decision as far as they bear on it. It is worked out once for each set of them.
 */
export function compositionOf(
  guideline: Ready,
  decision: Decision,
  places: readonly number[],
): Composition {
  const key = `${decision} ${places.join()}`;
  let found = guideline.compositions.get(key);
  if (!found) {
    if (guideline.compositions.size >= MOST_KEPT) guideline.compositions.clear();
    found = composed(decision, rulesAt(guideline.data, places), guideline.values);
    guideline.compositions.set(key, found);
  }
  return found;
}
