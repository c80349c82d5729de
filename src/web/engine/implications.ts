/**
 * What follows from the stated facts, and what holds of facts nobody mentioned (M4 to M7). Most of
 * it follows at once (`propagation`); what that leaves open falls into parts, which are worked out
 * exactly or searched (`search`). Where that becomes too much work, the facts are said to be
 * unsettled, and what is known of them is no less true.
 */
import { type Facts, type FactValue, isNumber, NO_VALUE, type Reading } from "./facts";
import { same } from "./facts";
import { exactText } from "./fraction";
import { at, got, kleene, type Truth } from "./nodes";
import {
  bitsOf,
  type Clash,
  type Component,
  componentOf,
  type Deduction,
  only,
  push,
  some,
} from "./propagation";
import { type Ready, Refused, type Stated, type Work } from "./ready";
import { solve } from "./search";
import { linked } from "./worlds";

const MOST_WORK = 300_000;
const MOST_WORK_IN_ALL = 1_500_000;
/** The facts of a component from which on it may need a search. */
const LARGE = 20;
/** Nobody reads more names in one sentence. */
const MOST_NAMED = 8;

/** The facts that are known once everything stated has been thought through. */
export function impliedFacts(ready: Ready, stated: Stated, work: Work): Facts {
  const definitions = new Map<string, boolean>();
  for (const [name, value] of stated.values) {
    if (typeof value === "boolean" && ready.definitions.has(name)) {
      definitions.set(name, value);
    }
  }
  const tied = tiedComponents(ready, [...definitions.keys()].sort(), stated.reading);
  const values = unmentioned(ready, stated);
  for (const [name, value] of stated.values) {
    if (value !== null && ready.facts.has(name)) values.set(name, value);
  }
  const given: Said = {
    values: new Map(values),
    definitions: new Map(definitions),
  };
  const open = leftOpen(ready, stated);
  const possible = new Map<string, readonly string[]>();
  const unsettled: string[] = [];
  const onRecord = new Set<number>();
  const touched = new Set<number>();
  for (const name of [...stated.values.keys(), ...open, ...definitions.keys()]) {
    const place = tied.place.get(name);
    if (place !== undefined) touched.add(place);
  }
  const untouched = untouchedBy(ready, tied, stated);
  const followed = [...touched].map((place) =>
    consequences(ready, tied, place, stated, open, given),
  );
  for (const [place, found] of untouched) if (!touched.has(place)) followed.push(found);
  const follows = new Map<string, boolean>();
  for (const found of followed) {
    work.spend(found.cost, "what follows from the facts stated");
    if (found.clash !== null) throw contradiction(ready, found.clash, stated);
    for (const name of found.lifted) values.delete(name);
    for (const [name, value] of found.values) values.set(name, value);
    for (const [name, some] of found.possible) possible.set(name, some);
    for (const [name, truth] of found.definitions) follows.set(name, truth);
    unsettled.push(...found.unsettled);
    for (const step of found.onRecord) onRecord.add(step);
  }
  return {
    values,
    possible,
    definitions: new Map([...follows, ...definitions]),
    reading: stated.reading,
    unsettled,
    onRecord,
  };
}

/** What is assumed of the facts that nobody mentioned. */
function unmentioned(ready: Ready, stated: Stated): Map<string, FactValue> {
  if (stated.otherwise === "unknown") return new Map();
  const values = new Map(ready.absences);
  for (const name of stated.values.keys()) values.delete(name);
  for (const name of leftOpen(ready, stated)) values.delete(name);
  return values;
}

/** The facts that are stated to be unknown, or that are behind a definition that is. */
function leftOpen(ready: Ready, stated: Stated): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [name, value] of stated.values) {
    if (value !== null) continue;
    found.add(name);
    const step = ready.definitionNodes.get(name);
    if (step === undefined) continue;
    for (const fact of at(ready.steps.support, step)) found.add(fact);
  }
  return new Set([...found].filter((name) => (stated.values.get(name) ?? null) === null));
}

// ---- what ties facts together

/** What is said of facts and definitions. */
interface Said {
  readonly values: ReadonlyMap<string, FactValue>;
  readonly definitions: ReadonlyMap<string, boolean>;
}

/** The components of a guideline, where the truth of some definitions is stated. */
interface Tied {
  readonly key: string;
  readonly components: readonly Component[];
  /** The number of the component of a fact, or of a definition that is stated. */
  readonly place: ReadonlyMap<string, number>;
  readonly mostWork: number;
}

function tiedComponents(ready: Ready, definitions: readonly string[], reading: Reading): Tied {
  const key = `${reading} ${definitions.join()}`;
  return ready.memory.remembered("tied", key, () => tie(ready, definitions, reading, key));
}

function tie(ready: Ready, definitions: readonly string[], reading: Reading, key: string): Tied {
  const { support } = ready.steps;
  const ends = ready.circuit.implications.map(
    ([p, c]) => new Set([...at(support, p), ...at(support, c)]),
  );
  const stated = definitions.map((name) => at(support, got(ready.definitionNodes, name)));
  const parts = linked([...ends, ...stated]).filter((part) => part.size > 0);
  const place = new Map<string, number>();
  parts.forEach((part, i) => {
    for (const fact of part) place.set(fact, i);
  });
  const numbers = new Map<number, number[]>();
  ends.forEach((facts, number) => {
    const [first] = facts;
    if (first !== undefined) push(numbers, got(place, first), number);
  });
  const names = new Map<number, string[]>();
  definitions.forEach((name, i) => {
    const [first] = at(stated, i);
    if (first === undefined) return;
    place.set(name, got(place, first));
    push(names, got(place, first), name);
  });
  const components = parts.map((part, i) =>
    componentOf(
      ready.circuit,
      [...part].sort().map((name) => got(ready.facts, name)),
      numbers.get(i) ?? [],
      names.get(i) ?? [],
      reading,
    ),
  );
  const large = components.filter((one) => one.facts.length >= LARGE).length;
  const share = Math.floor(MOST_WORK_IN_ALL / Math.max(1, large));
  return { key, components, place, mostWork: Math.min(MOST_WORK, share) };
}

// ---- what follows

/** What follows of the facts of one component. */
interface Consequences {
  /** The facts that are known without having been stated, absences left out. */
  readonly values: ReadonlyMap<string, FactValue>;
  /** The unmentioned facts that are not absent, or not known to be. */
  readonly lifted: readonly string[];
  readonly possible: ReadonlyMap<string, readonly string[]>;
  readonly definitions: ReadonlyMap<string, boolean>;
  readonly onRecord: readonly number[];
  readonly unsettled: readonly string[];
  readonly clash: Clash | null;
  readonly cost: number;
}

function isNothing(found: Consequences): boolean {
  const many = [found.values, found.possible, found.definitions];
  return (
    many.every((one) => one.size === 0) &&
    found.lifted.length === 0 &&
    found.unsettled.length === 0 &&
    found.clash === null
  );
}

/** What follows of components of which nothing is stated, where something does. */
function untouchedBy(ready: Ready, tied: Tied, stated: Stated): ReadonlyMap<number, Consequences> {
  const key = `${tied.key} ${stated.otherwise}`;
  return ready.memory.remembered("untouched", key, () => {
    const nobody: Stated = { ...stated, values: new Map() };
    const said: Said = { values: unmentioned(ready, nobody), definitions: new Map() };
    const found = new Map<number, Consequences>();
    tied.components.forEach((component, place) => {
      if (component.definitions.length > 0) return;
      const one = consequences(ready, tied, place, nobody, new Set(), said);
      if (!isNothing(one)) found.set(place, one);
    });
    return found;
  });
}

/** What follows of the facts of component number `place`. */
function consequences(
  ready: Ready,
  tied: Tied,
  place: number,
  stated: Stated,
  open: ReadonlySet<string>,
  said: Said,
): Consequences {
  const component = at(tied.components, place);
  const given = new Map<string, bigint>();
  for (const name of [...stated.values.keys()].sort()) {
    const domain = component.domains.get(name);
    const value = said.values.get(name);
    if (domain && value !== undefined) given.set(name, bitsOf(domain, value));
  }
  const leftOpenHere = [...open].filter((name) => component.domains.has(name)).sort();
  const truths = new Map(
    component.definitions.map((name) => [name, got(said.definitions, name)] as const),
  );
  const key = [
    place,
    stated.otherwise,
    [...given].map(([name, bits]) => `${name}=${bits}`).join(),
    leftOpenHere.join(),
    [...truths.values()].join(),
  ].join(" ");
  return ready.memory.remembered(`consequences ${tied.key}`, key, () => {
    const assumed = new Map<string, bigint>();
    for (const name of component.facts) {
      const absence = ready.absences.get(name);
      const isFree = !open.has(name) && !stated.values.has(name);
      if (stated.otherwise === "absent" && absence !== undefined && isFree) {
        assumed.set(name, bitsOf(got(component.domains, name), absence));
      }
    }
    return toldBy(ready, component, given, truths, assumed, leftOpenHere, tied.mostWork);
  });
}

/** What a component comes to, in words of facts and not of bits. */
function toldBy(
  ready: Ready,
  component: Component,
  given: ReadonlyMap<string, bigint>,
  definitions: ReadonlyMap<string, boolean>,
  assumed: ReadonlyMap<string, bigint>,
  open: readonly string[],
  mostWork: number,
): Consequences {
  const { deduction, unsettled } = solve(ready.circuit, component, {
    given,
    definitions,
    assumed,
    leftOpen: new Set(open),
    mostWork,
  });
  const values = new Map<string, FactValue>();
  const possible = new Map<string, readonly string[]>();
  const lifted: string[] = [];
  if (deduction.clash !== null) {
    return {
      values,
      lifted,
      possible,
      definitions: new Map(),
      onRecord: [],
      unsettled: [],
      clash: deduction.clash,
      cost: deduction.work,
    };
  }
  const known = new Map(given);
  for (const name of component.facts) {
    if (given.has(name)) continue;
    const domain = got(component.domains, name);
    const bits = deduction.values(name);
    const value = only(domain, bits);
    const absence = ready.absences.get(name);
    const isAbsent =
      assumed.has(name) && value !== null && absence !== undefined && same(value, absence);
    if (assumed.has(name) && !isAbsent) lifted.push(name);
    if (value !== null) {
      known.set(name, bitsOf(domain, value));
      if (!isAbsent) values.set(name, value);
    } else if (domain.values.length > 0 && bits !== domain.every) {
      known.set(name, bits);
      possible.set(name, some(domain, bits).map(String));
    }
  }
  return {
    values,
    lifted,
    possible,
    definitions: definitionsOf(deduction, known),
    onRecord: component.record.filter((step) => deduction.truths.get(step) === true),
    unsettled: unsettled.filter((name) => component.facts.includes(name)),
    clash: null,
    cost: deduction.work,
  };
}

/** The definitions that are settled although what is known of the facts leaves them open. */
function definitionsOf(
  deduction: Deduction,
  known: ReadonlyMap<string, bigint>,
): Map<string, boolean> {
  const { component, truths } = deduction;
  const { nodes } = deduction.circuit.steps;
  const settled = [...truths.keys()].filter((step) => at(nodes, step).name !== "");
  const found = new Map<string, boolean>();
  if (settled.length === 0) return found;
  // Whether something is on record is no matter of what follows (M14): it settles nothing here.
  const kleenes = new Map<number, Truth>();
  for (const [fact, domain] of component.domains) {
    const bits = known.get(fact);
    for (const [step, yes] of domain.true) {
      if (bits === undefined) kleenes.set(step, 0);
      else kleenes.set(step, (bits & ~yes) === 0n ? 1 : (bits & yes) === 0n ? -1 : 0);
    }
  }
  for (const step of component.steps) {
    if (kleenes.has(step)) continue;
    const node = at(nodes, step);
    const parts = node.operands.map((operand) => got(kleenes, operand));
    kleenes.set(step, node.op === "leaf" ? 0 : kleene(node.op, parts));
  }
  for (const step of settled) {
    if (got(kleenes, step) === 0) found.set(at(nodes, step).name, got(truths, step));
  }
  return found;
}

// ---- contradictions

function contradiction(ready: Ready, clash: Clash, stated: Stated): Refused {
  const names = [...stated.values.keys()].filter((name) => clash.facts.has(name));
  if (names.length === 0) {
    return new Refused([], "no patient can satisfy all implications of the guideline");
  }
  const said = names.map((name) => `\`${name}\` (${valueText(stated.values.get(name))})`);
  const tied = [...clash.implications].sort((a, b) => a - b);
  const by = tied.map((number) => at(ready.logic.implications, number));
  const between = new Set(by.flatMap((one) => one.facts));
  const way = [...between].filter((name) => !names.includes(name));
  const notes = [
    by.length > 0 ? `tied by the implications ${listed(by.map((one) => one.name))}` : "",
    way.length > 0 ? `by way of ${listed(way)}` : "",
    stated.reading === "report"
      ? ""
      : `thresholds printed as ranges are read at the ${stated.reading} end`,
  ].filter((note) => note !== "");
  const text = `these facts cannot all be so: ${said.join(", ")}`;
  return new Refused(names, [text, ...notes].join("; "));
}

/** Names in backticks, no more than one can read. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map((name) => `\`${name}\``);
  const more = names.length - MOST_NAMED;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function valueText(value: FactValue | null | undefined): string {
  if (isNumber(value)) return exactText(value);
  return String(value ?? NO_VALUE);
}
