/** Options as answers have them, read back into pieces of advice. */
import type { Advice, Instruction, Monitoring, Phase, Recurrence, TimeUnit } from "../advice";
import { type JsonPhase, phasesOf } from "../say/from_json";

type Json = Readonly<Record<string, unknown>>;
interface JsonLength {
  readonly value?: number;
  readonly low?: number;
  readonly high?: number;
  readonly unit: string;
}

/**
 * The advice of options that are one piece of it, one for each test or drug.
 *
 * `text` are its words for the professional: they alone tell "for life" from "indefinitely".
 */
export function adviceFrom(parts: readonly Json[], text: string): Advice | null {
  const first = parts[0];
  if (!first) return null;
  const names = (key: string) => parts.map((part) => part[key] as string);
  if ("dose" in first) return { kind: "regimen", phases: phasesIn(first, text) };
  if ("test" in first) return monitoring(first, names("test"));
  if ("do_not_check" in first) return { kind: "not checked", tests: names("do_not_check") };
  if ("outright" in first) {
    const drugs = first["drugs"] as string[];
    const excluded = first["excluded"] as string[];
    return drugs.length
      ? { kind: "form", drugs, excluded }
      : { kind: "exclusion", drugs: excluded, outright: first["outright"] === true };
  }
  if ("routes" in first) return { kind: "routes", routes: first["routes"] as string[] };
  if ("drug" in first) {
    const [until, unless] = [first["until"], first["unless"]] as (string | null)[];
    return {
      kind: "prohibition",
      drugs: names("drug"),
      until: until ?? null,
      unless: unless ?? null,
    };
  }
  if ("quadrant" in first) return instruction(first);
  if ("measure" in first) {
    return {
      kind: "target",
      measure: first["measure"] as string,
      operator: first["operator"] as "<",
      low: String(first["low"]),
      high: String(first["high"]),
      unit: first["unit"] as string | null,
    };
  }
  if ("treatment" in first) {
    const treatment = first["treatment"] as string;
    return { kind: "continuation", treatment, for_life: first["for"] === "life" };
  }
  if ("stop" in first) return { kind: "stop", treatment: first["stop"] as string };
  if ("change" in first) return change(first, text);
  if ("service" in first) return { kind: "referral", services: names("service") };
  if ("conclusion" in first) {
    return {
      kind: "concluded",
      conclusion: first["conclusion"] as string,
      value: first["value"] as string,
    };
  }
  return { kind: "not needed" };
}

function phasesIn(json: Json, text: string): Phase[] {
  const words = text.split(", then ");
  const phases = phasesOf(json as unknown as JsonPhase & { then: JsonPhase[] });
  return phases.map((phase, index) =>
    phase.bound?.kind === "for life" && words[index]?.includes(" indefinitely")
      ? { ...phase, bound: { kind: "for life", indefinitely: true } }
      : phase,
  );
}

function change(json: Json, text: string): Advice {
  const to = json["to"] as Json;
  const of = json["change"] as "form";
  if ("dose" in to) {
    const regimen = { kind: "regimen" as const, phases: phasesIn(to, text) };
    return { kind: "change", of, to: { kind: "regimens", regimens: [regimen] } };
  }
  if ("routes" in to) {
    return { kind: "change", of, to: { kind: "routes", routes: to["routes"] as string[] } };
  }
  return {
    kind: "change",
    of,
    to: { kind: "form", drugs: to["drugs"] as string[], excluded: [] },
  };
}

function instruction(json: Json): Instruction {
  const needle = json["needle"] as { low: number; high: number } | null;
  const pressure = json["pressure"] as JsonLength | null;
  return {
    kind: "instruction",
    site: json["site"] as string | null,
    avoid: json["avoid"] === true,
    routinely: json["routinely"] === true,
    quadrant: json["quadrant"] as string | null,
    direction: json["direction"] as string | null,
    gauge: needle && [needle.low, needle.high],
    pressure: pressure && range(pressure),
  };
}

function monitoring(json: Json, tests: readonly string[]): Monitoring {
  const every = json["every"] as JsonLength | null;
  const lasts = json["for"] as JsonLength | undefined;
  const then = (json["then"] ?? []) as { every: JsonLength; at_least: boolean; for?: JsonLength }[];
  return {
    kind: "monitoring",
    tests,
    at: [],
    windows: (json["at"] as JsonLength[]).map(range),
    every: every && range(every),
    at_least: json["at_least"] === true,
    lasts: lasts ? range(lasts) : null,
    then: then.map((one): Recurrence => ({
      every: range(one.every),
      at_least: one.at_least,
      lasts: one.for ? range(one.for) : null,
    })),
    once: json["once"] === true,
    before_next_dose: json["before_next_dose"] === true,
    companions: json["with"] as string[],
    never_alone: json["never_alone"] === true,
    after: json["after"] as string | null,
    until: json["until"] as string | null,
    during: (json["during"] ?? null) as Monitoring["during"],
  };
}

function range(length: JsonLength): { low: string; high: string; unit: TimeUnit } {
  const low = length.low ?? length.value ?? 0;
  const high = length.high ?? length.value ?? 0;
  return { low: String(low), high: String(high), unit: length.unit as TimeUnit };
}
