/** Doses as answers have them (`advice_json` in Python), read back into phases. */
import type { Bound, Dose, Duration, DurationRange, Frequency, Phase, TimeUnit } from "../advice";

interface JsonRange {
  readonly low: number;
  readonly high: number;
  readonly unit: string;
}

interface JsonValue {
  readonly value: number;
  readonly unit: string;
}

export interface JsonPhase {
  readonly drugs: readonly string[];
  readonly dose: {
    readonly low: number | null;
    readonly high: number | null;
    readonly unit: string;
    readonly limit?: JsonValue;
    readonly by?: string;
    readonly for_weight?: { readonly weight: JsonValue };
  };
  readonly route: string | null;
  readonly frequency:
    | { readonly every: JsonRange }
    | { readonly times: number | { low: number; high: number }; readonly per: Length }
    | null;
  readonly for: Length | { readonly doses: number; readonly within?: Length } | "life" | null;
  readonly until: string | null;
  readonly apart?: JsonValue;
  readonly as_needed?: boolean;
  readonly with_food?: boolean;
  readonly after: string | readonly string[] | null;
}

type Length = JsonRange | JsonValue;

/** The phases of an option that advises doses. */
export function phasesOf(option: JsonPhase & { readonly then: readonly JsonPhase[] }): Phase[] {
  return [option, ...option.then].map(phaseOf);
}

/** One phase of an option. */
export function phaseOf(phase: JsonPhase): Phase {
  const after = phase.after;
  return {
    drugs: phase.drugs,
    dose: doseOf(phase.dose),
    route: phase.route,
    frequency: phase.frequency && frequencyOf(phase.frequency),
    bound: boundOf(phase),
    apart: phase.apart ? timeOf(phase.apart) : null,
    as_needed: phase.as_needed ?? false,
    with_food: phase.with_food ?? false,
    after: typeof after === "string" ? [after] : (after ?? []),
  };
}

function doseOf(dose: JsonPhase["dose"]): Dose {
  const end = (value: number | null) => (value === null ? null : String(value));
  const weight = dose.for_weight?.weight.value;
  const limit = dose.limit;
  const bare = { is_written: true, limit: null, measure: null, weight: null };
  return {
    ...bare,
    low: end(dose.low),
    high: end(dose.high),
    unit: dose.unit,
    limit: limit ? { ...bare, low: null, high: end(limit.value), unit: limit.unit } : null,
    measure: dose.by ?? null,
    weight: end(weight ?? null),
  };
}

function frequencyOf(frequency: NonNullable<JsonPhase["frequency"]>): Frequency {
  if ("every" in frequency) return { kind: "every", interval: rangeOf(frequency.every) };
  const { times, per } = frequency;
  const [low, high] = typeof times === "number" ? [times, times] : [times.low, times.high];
  return { kind: "times", low, high, per: rangeOf(per) };
}

function boundOf({ for: length, until }: JsonPhase): Bound | null {
  if (until !== null) return { kind: "until", event: until };
  if (length === null) return null;
  if (length === "life") return { kind: "for life", indefinitely: false };
  if (!("doses" in length)) return { kind: "for time", length: rangeOf(length) };
  const within = length.within ? rangeOf(length.within) : null;
  return { kind: "for doses", count: length.doses, within };
}

function rangeOf(length: Length): DurationRange {
  const [low, high] = "value" in length ? [length.value, length.value] : [length.low, length.high];
  return { low: String(low), high: String(high), unit: unitOf(length.unit) };
}

function timeOf({ value, unit }: JsonValue): Duration {
  return { value: String(value), unit: unitOf(unit) };
}

const UNITS: readonly TimeUnit[] = ["second", "minute", "hour", "day", "week", "month", "year"];

function unitOf(name: string): TimeUnit {
  return UNITS.find((unit) => unit === name) ?? "day";
}
