/**
 * A decision of which there are too many cases to compose each, read off its items: what is certain is
 * in all cases, the rules behind a line are those common to all cases with that line, and a line is as
 * strong as in the weakest of these (`b12guide.evaluate.decision_by_items`). It is the same answer that
 * `by_parts.ts` reads off single compositions.
 */
import { STRENGTHS } from "../advice";
import type { Advice, AdvisingRule, Decision, Strength } from "../advice";
import { NONE } from "../diagram";
import { inReadingOrder } from "./by_parts";
import { COMPOSITION_KINDS, SILENT, defaultKey, isWeaker, saidKey } from "./composition";
import type { Advised, Barred, Composition, CompositionKind } from "./composition";
import { OUTCOMES, byOrder, common, lineOrder, withForm } from "./decided";
import type { Decided, NotOffered, Option } from "./decided";
import { anyOf, few, itemsOf } from "./items";
import type { CaseSets, Item, ItemCase } from "./items";
import type { Ready } from "./ready";
import { rulesAt } from "./ready";

export interface DecidedByItems {
  readonly decided: Decided;
  /**
   * What is said in the cases with a conflict, and one part without if there is such a case; several
   * items may be in conflict at once, and then their sides belong to one conflict.
   */
  readonly parts: readonly Composition[];
  /** The sets of cases that have to be told apart: in each, one set for each different answer. */
  readonly functions: readonly (readonly number[])[];
}

/**
 * The decision over all its cases, where `applies` are the cases in which each of its rules does, by
 * place and in the order in which they are heard. Throws `TooLarge` where that is too much work.
 */
export function decideByItems(
  guideline: Ready,
  decision: Decision,
  applies: ReadonlyMap<number, number>,
  cases: CaseSets,
): DecidedByItems {
  const places = [...applies].flatMap(([place, here]) => (here === NONE ? [] : place));
  const rules = rulesAt(guideline.data, places);
  const byName = new Map(rules.map((rule, at) => [rule.name, applies.get(places[at] ?? -1)]));
  const appliesIn = (rule: AdvisingRule) => byName.get(rule.name) ?? NONE;
  const items = itemsOf({ guideline, decision, cases, applies: appliesIn }, rules);
  const reading = new Reading(guideline, cases, items, appliesIn);
  return {
    decided: withForm(reading.decided(decision)),
    parts: reading.clashing(),
    functions: reading.functions(),
  };
}

/** A line of an answer while it is gathered: the cases that have it, and who is behind it. */
class Line {
  cases = NONE;
  number: readonly [number, number] = [0, 0];
  readonly rules = new Map<string, AdvisingRule>();
  readonly behind = new Map<string, number>();

  constructor(readonly advice: Advice) {}
}

/** What each advice is, by its key. */
type Lines = ReadonlyMap<string, Line>;

/** Advice within which other advice may lie. */
const WIDE: ReadonlySet<Advice["kind"]> = new Set([
  "regimen",
  "routes",
  "target",
  "instruction",
  "change",
]);

class Reading {
  private readonly cells: readonly ItemCase[];
  /** The cases in which the whole decision is of each kind. */
  private readonly kinds: ReadonlyMap<CompositionKind, number>;

  constructor(
    private readonly guideline: Ready,
    private readonly cases: CaseSets,
    private readonly items: readonly Item[],
    private readonly applies: (rule: AdvisingRule) => number,
  ) {
    this.cells = items.flat();
    this.kinds = this.ofEachKind();
  }

  private ofEachKind(): Map<CompositionKind, number> {
    const { sets, valid } = this.cases;
    const found = new Map<CompositionKind, number>();
    let left = valid;
    for (const kind of COMPOSITION_KINDS) {
      const cells = this.cells.filter(({ composed }) => composed.kind === kind);
      const ofKind = anyOf(
        this.cases,
        cells.map((cell) => cell.cases),
      );
      const here = kind === "silent" ? left : sets.both(left, ofKind);
      if (here === NONE) continue;
      found.set(kind, here);
      left = sets.without(left, here);
    }
    return found;
  }

  /** Whether the default is the same in every case. */
  private isSettled(): boolean {
    const { values } = this.guideline;
    return (
      this.kinds.size === 1 &&
      this.items.every(
        (item) => new Set(item.map(({ composed }) => defaultKey(composed, values))).size === 1,
      )
    );
  }

  /** All that the decision says. */
  decided(decision: Decision): Decided {
    const byDefault = this.lines((said) => said.default);
    const beside = this.lines((said) => said.alternatives);
    const options = [
      ...this.ordered(byDefault, [byDefault], false),
      ...this.ordered(beside, [beside, byDefault], true),
    ];
    const applying = (cell: ItemCase, rules: readonly AdvisingRule[]) =>
      this.applying(cell.cases, rules).map((rule) => rule.name);
    const names = [
      ...options.flatMap((option) => option.rules),
      ...this.cells.flatMap(({ composed }) => composed.sides.flatMap((side) => side.rules)),
      ...this.cells.flatMap((cell) => applying(cell, cell.composed.idle)),
      ...this.cells.flatMap((cell) =>
        cell.composed.barred.flatMap((one) => applying(cell, [...one.offeredBy, ...one.by])),
      ),
    ];
    const [only = "silent"] = this.kinds.keys();
    return {
      decision,
      outcome: this.isSettled() ? OUTCOMES[only] : "depends",
      options,
      rules: [...new Set(names)],
      notOffered: this.notOffered(),
      preferred: [],
      acceptable: [],
      excluded: [],
    };
  }

  clashing(): Composition[] {
    const { sets, valid } = this.cases;
    let found = [{ cases: valid, said: [] as readonly Composition[] }];
    for (const item of this.items) {
      const mine = item.filter(({ composed }) => composed.kind === "conflict");
      if (mine.length === 0) continue;
      const clash = anyOf(
        this.cases,
        mine.map((cell) => cell.cases),
      );
      const split = found.flatMap(({ cases, said }) => [
        { cases: sets.without(cases, clash), said },
        ...mine.map((cell) => ({
          cases: sets.both(cases, cell.cases),
          said: [...said, cell.composed],
        })),
      ]);
      found = few(split.filter(({ cases }) => cases !== NONE));
    }
    return found.map(({ said }) => ({
      ...SILENT,
      kind: said.length > 0 ? "conflict" : "silent",
      sides: said.flatMap((one) => one.sides),
    }));
  }

  functions(): (readonly number[])[] {
    const { values } = this.guideline;
    const found = new Map<string, readonly number[]>();
    const put = (some: readonly number[]) => {
      if (some.length > 1) found.set(some.join(), some);
    };
    put([...this.kinds.values()]);
    for (const item of this.items) {
      const alike = new Map<string, number[]>();
      for (const { composed, cases } of item) {
        const said = saidKey(composed, values);
        alike.set(said, [...(alike.get(said) ?? []), cases]);
      }
      put([...alike.values()].map((some) => anyOf(this.cases, some)));
    }
    return [...found.values()];
  }

  // ---- the lines

  /** Those of `rules` that apply in some of `cases`. */
  private applying(cases: number, rules: readonly AdvisingRule[]): AdvisingRule[] {
    return rules.filter((rule) => this.cases.sets.both(cases, this.applies(rule)) !== NONE);
  }

  /** Each line that is said in any case. */
  private lines(entries: (said: Composition) => readonly Advised[]): Lines {
    const found = new Map<string, Line>();
    for (const [place, item] of this.items.entries()) {
      for (const { cases, composed } of item) {
        for (const [number, { advice, rules }] of entries(composed).entries()) {
          const key = this.guideline.values.key(advice);
          const line = found.get(key) ?? new Line(advice);
          found.set(key, line);
          if (byOrder([place, number], line.number) > 0) line.number = [place, number];
          this.add(line, cases, rules);
        }
      }
    }
    return found;
  }

  private add(line: Line, cases: number, rules: readonly AdvisingRule[]): void {
    const { sets } = this.cases;
    line.cases = sets.either(line.cases, cases);
    for (const rule of this.applying(cases, rules)) {
      const here = sets.both(cases, this.applies(rule));
      line.rules.set(rule.name, rule);
      line.behind.set(rule.name, sets.either(line.behind.get(rule.name) ?? NONE, here));
    }
  }

  /** The rules behind a line in each case that has it; all of them where there is none. */
  private common(line: Line): string[] {
    const inAll = [...line.behind].flatMap(([name, behind]) =>
      this.cases.sets.without(line.cases, behind) === NONE ? name : [],
    );
    return inReadingOrder(this.guideline, inAll.length > 0 ? inAll : line.behind.keys());
  }

  /** The strength that `names` give a line in the case in which it is weakest. */
  private strength(line: Line, names: readonly string[]): Strength {
    const { sets } = this.cases;
    const found: Strength[] = [];
    let left = line.cases;
    for (const strength of STRENGTHS) {
      const withIt = names.filter((name) => line.rules.get(name)?.strength === strength);
      const here = anyOf(
        this.cases,
        withIt.map((name) => line.behind.get(name) ?? NONE),
      );
      if (sets.both(left, here) === NONE) continue;
      found.push(strength);
      left = sets.without(left, here);
    }
    if (left !== NONE) found.push("may");
    return found.reduce((one, two) => (isWeaker(two, one) ? two : one));
  }

  private ordered(lines: Lines, offered: readonly Lines[], alternative: boolean): Option[] {
    const { values } = this.guideline;
    return [...lines]
      .map(([key, line]) => {
        const rules = [...line.rules.values()];
        return { key, line, order: lineOrder(this.guideline, line.advice, rules, line.number) };
      })
      .sort((one, two) => byOrder(one.order, two.order))
      .map(({ key, line }): Option => {
        const { advice } = line;
        // A line is advised as well where one is within which it lies (M23).
        const wide = WIDE.has(advice.kind)
          ? offered.flatMap((some) =>
              [...some].flatMap(([other, { advice: offer }]) =>
                values.isWithin(advice, offer) ? other : [],
              ),
            )
          : [key];
        const cases = offered.flatMap((some) =>
          [...new Set(wide)].map((other) => some.get(other)?.cases ?? NONE),
        );
        const names = this.common(line);
        return {
          advice,
          strength: this.strength(line, names),
          rules: names,
          certain: this.isEverywhere(anyOf(this.cases, cases)),
          alternative,
          withheld: false,
          avoided: [],
          drugsOpen: false,
        };
      });
  }

  private isEverywhere(cases: number): boolean {
    return cases !== NONE && this.cases.sets.without(this.cases.valid, cases) === NONE;
  }

  /** What is contraindicated in any case, with the reasons common to all. */
  private notOffered(): NotOffered[] {
    const found = new Map<string, { by: Line; offered: Line; some: Barred[] }>();
    for (const { cases, composed } of this.cells) {
      for (const one of composed.barred) {
        const key = this.guideline.values.key(one.advice);
        const { advice } = one;
        const lost = found.get(key) ?? {
          by: new Line(advice),
          offered: new Line(advice),
          some: [],
        };
        found.set(key, lost);
        this.add(lost.by, cases, one.by);
        this.add(lost.offered, cases, one.offeredBy);
        lost.some.push(one);
      }
    }
    return [...found.values()].map(({ by, offered, some }) => ({
      advice: by.advice,
      drugs: common(some.map((one) => one.drugs)),
      rules: this.common(by),
      offeredBy: this.common(offered),
      certain: this.isEverywhere(by.cases),
    }));
  }
}
