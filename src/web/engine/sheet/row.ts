/** What one decision, and the rules that speak to it, have to tell the patient. */
import type { Advice, AdviceData, Phase, Regimen, Value } from "../advice";
import type { Answer, DecisionAnswer, OptionAnswer, RuleAnswer } from "../answer";
import { regimensIn } from "../compose/advice_values";
import { ready } from "../compose/ready";
import { sayAdvice } from "../say/advice";
import { called, capitalised, listing } from "../say/words";
import { scheduleText } from "../say/schedules";
import { grouped } from "../several/side_by_side";
import { adviceFrom } from "./advice_from_json";
import { type Item, item, type SheetData } from "./data";

const NOTHING_ELSE =
  "This guideline names nothing else for you here. Ask what can be done instead.";
const NOTHING_USUAL = "This guideline names no usual treatment here.";
const CONFLICT =
  "This guideline says more than one thing here, and they do not fit together. " +
  "Ask which of them is meant for you.";
const NOT_KNOWN = "This depends on something that is not known yet; see the questions below.";
const MAY_DIFFER = "this may be different for you; it depends on";
const LEFT_OPEN = "This guideline leaves open whether this is meant for you: ";

/** Decisions between things to be given: of these, what is only possible is named. */
const CHOSEN = new Set(["form", "loading", "maintenance", "route", "adjunct", "change"]);
/** Decisions with one answer: what is usual, or certain, takes the place of the other defaults. */
const ONE = new Set(["loading", "maintenance", "route"]);

/** An option with the advice that it is. */
export interface Option extends OptionAnswer {
  readonly advice: Advice;
}

const SILENT: DecisionAnswer = {
  outcome: "silent",
  options: [],
  depends_on: [],
  rules: [],
  indeterminate: [],
  not_offered: [],
};

export interface Of {
  readonly answer: Answer;
  readonly advice: AdviceData;
  readonly sheet: SheetData;
}

/** The lines of a decision: what is usual, then what is open, then what else is possible. */
export function rowOf(of: Of, decision: string): Item[] {
  const row = new Row(of, decision);
  return row.items();
}

/** What a decision advises, and what the sides of its conflicts say. */
export function advisedIn(of: Of, decision: string): Advice[] {
  const row = new Row(of, decision);
  const told = row.options.map((option) => option.advice);
  const sides = of.answer.conflicts
    .filter((one) => one.decision === decision)
    .flatMap((one) => one.sides)
    .flatMap((side) => adviceOfSide(side));
  return [...told, ...sides];
}

function adviceOfSide(side: Answer["conflicts"][number]["sides"][number]): Advice[] {
  return [side.option, ...side.or].flatMap((one) => adviceFrom([one], side.text) ?? []);
}

function once<T>(values: Iterable<T>): T[] {
  return [...new Set(values)];
}

class Row {
  readonly decided: DecisionAnswer;
  readonly options: readonly Option[];
  private readonly verdicts: readonly RuleAnswer[];
  private readonly optional: ReadonlySet<string>;
  private readonly values: ReadonlyMap<string, Value>;

  constructor(
    private readonly of: Of,
    private readonly decision: string,
  ) {
    const known = of.answer.decisions as Record<string, DecisionAnswer | undefined>;
    this.decided = known[decision] ?? SILENT;
    this.options = grouped(this.decided.options).flatMap((group) => {
      const [first] = group;
      const advice = first ? adviceFrom(group, first.text) : null;
      return first && advice ? [{ ...first, advice }] : [];
    });
    const outside = new Set(of.sheet.outside);
    this.verdicts = of.answer.rules.filter(
      (rule) => rule.decision === decision && !outside.has(rule.rule),
    );
    const { rules } = of.advice;
    this.optional = new Set(rules.filter((rule) => rule.optional).map((rule) => rule.name));
    this.values = new Map(rules.map((rule) => [rule.name, rule.value]));
  }

  items(): Item[] {
    const usual = [...this.certain(), ...this.usual(), ...this.possible(), ...this.leftOpen()];
    const others = this.alternatives();
    const found: Item[] = [];
    if (this.decided.outcome === "conflict") {
      found.push(item(CONFLICT, { tone: "caution", items: this.sides() }));
    } else if (others.length && !usual.length) {
      found.push(item(NOTHING_USUAL, { tone: "quiet" }));
    }
    return [...found, ...usual, ...this.forbidden(), ...others, ...this.also()];
  }

  // ---- what is usual

  /** What stands against what, where the conflict is reported (M55). */
  private sides(): Item[] {
    const texts = new Set<string>();
    for (const side of this.clash()) {
      const spoken = side.rules.map((name) => this.wordsOf(name)).filter((words) => words !== "");
      const made = adviceOfSide(side).map((advice) => `${this.adviceWords(advice)}.`);
      for (const words of spoken.length ? spoken : made) texts.add(words);
    }
    return [...texts].map((words) => item(capitalised(words)));
  }

  /** The words of the rules that apply, and what is certain without such words. */
  private certain(): Item[] {
    const spoken = this.spoken();
    const texts = new Map<string, Item>();
    for (const rule of spoken) {
      const words = rule.patient ?? "";
      if (!texts.has(words)) {
        texts.set(words, item(capitalised(words), { details: this.doses(rule.rule) }));
      }
    }
    const names = new Set(spoken.map((rule) => rule.rule));
    const found: Item[] = [];
    for (const option of this.defaults()) {
      if (option.certain && option.withheld) {
        found.push(item(`Not now: ${this.words(option)}.`, { tone: "caution" }));
      } else if (
        option.certain &&
        !option.rules.some((name) => names.has(name)) &&
        !this.isForbidden(option)
      ) {
        found.push(item(`${capitalised(this.words(option))}.`));
      }
    }
    return [...found, ...texts.values()];
  }

  /** The rules that apply and have words of their own for the patient. */
  private spoken(): RuleAnswer[] {
    const contradicted = new Set(this.clash().flatMap((side) => side.rules));
    const barred = this.barred();
    return this.verdicts.filter(
      (rule) =>
        rule.verdict === "applies" &&
        !this.optional.has(rule.rule) &&
        Boolean(rule.patient) &&
        !barred.has(rule.rule) &&
        !contradicted.has(rule.rule) &&
        this.holds(rule.rule, this.valueOf(rule.rule), this.defaults()),
    );
  }

  /** What holds unless something that is not known makes an exception. */
  private usual(): Item[] {
    if (this.isSettled()) return [];
    const found = new Map<string, string[]>();
    for (const rule of this.verdicts) {
      if (rule.patient && this.isUsual(rule)) {
        found.set(rule.patient, [...(found.get(rule.patient) ?? []), ...rule.needs]);
      }
    }
    return [...found].map(([words, needs]) =>
      item(`Usually: ${capitalised(words)}`, {
        details: [`${MAY_DIFFER} ${this.facts(once(needs))}`],
      }),
    );
  }

  /** What may be meant for the patient; as its rules' words may be false, in other words. */
  private possible(): Item[] {
    if (!CHOSEN.has(this.decision) || this.decided.outcome === "conflict") return [];
    const spoken = new Set(this.spoken().map((rule) => rule.rule));
    return this.defaults().flatMap((option) => {
      if (option.certain || this.isToldAsUsual(option)) return [];
      if (option.rules.some((name) => spoken.has(name))) return [];
      if (this.isForbidden(option)) return [];
      if (option.advice.kind === "form" && !this.isDosed()) return [];
      const needs = this.needs(option);
      const details = needs.length ? [`this depends on ${this.facts(needs)}`] : [];
      return [item(`Perhaps: ${this.words(option)}.`, { details, tone: "quiet" })];
    });
  }

  /** What the source's own threshold leaves open. */
  private leftOpen(): Item[] {
    const texts = this.verdicts
      .filter((rule) => rule.verdict === "indeterminate" && !this.optional.has(rule.rule))
      .flatMap((rule) => (rule.patient ? [rule.patient] : []));
    return once(texts).map((words) => item(LEFT_OPEN + capitalised(words), { tone: "quiet" }));
  }

  // ---- what else there is

  /** What is permitted beside the default, each text once. */
  private alternatives(): Item[] {
    const options = this.others();
    const texts = new Map<string, Item>();
    const told = new Set<string>();
    const barred = this.barred();
    for (const rule of this.verdicts) {
      const words = rule.patient;
      if (rule.verdict !== "applies" || !this.optional.has(rule.rule) || !words) continue;
      if (barred.has(rule.rule)) continue;
      if (!this.holds(rule.rule, this.valueOf(rule.rule), options)) continue;
      told.add(rule.rule);
      if (!texts.has(words)) {
        texts.set(words, item(`${before(rule.strength)}: ${capitalised(words)}`));
      }
    }
    const found = [...texts.values()];
    const said = this.defaults()
      .filter((option) => option.certain)
      .map((option) => this.key(option.advice));
    for (const option of options) {
      if (
        option.certain &&
        !option.rules.some((name) => told.has(name)) &&
        !said.includes(this.key(option.advice))
      ) {
        found.push(item(`${before(option.strength)}: ${this.words(option)}.`));
      }
    }
    return found;
  }

  /** The rules whose words may be false, because something forbids what they offer (M46). */
  private barred(): Set<string> {
    return new Set(this.decided.not_offered.flatMap((one) => [...one.offered_by, ...one.rules]));
  }

  /** Whether an option is a drug not to be used that `forbidden` tells of. */
  private isForbidden(option: Option): boolean {
    const told = new Set(this.decided.not_offered.flatMap((one) => one.drugs));
    const { advice } = option;
    return advice.kind === "exclusion" && advice.drugs.every((drug) => told.has(drug));
  }

  /** What may not be given, why in the rule's words, and whether anything else is named. */
  private forbidden(): Item[] {
    const found = this.decided.not_offered.map((one) => {
      const drugs = listing(one.drugs.map((drug) => this.drug(drug)));
      if (!one.certain) {
        // The words of its rules may be false of the reader.
        const needs = once(
          this.of.answer.rules
            .filter((rule) => one.rules.includes(rule.rule))
            .flatMap((rule) => rule.needs),
        );
        const details = needs.length ? [`this depends on ${this.facts(needs)}`] : [];
        return item(`Perhaps not for you: ${drugs}.`, { details, tone: "caution" });
      }
      const reasons = one.rules.map(
        (name) => this.wordsOf(name) || `${this.of.sheet.titles[name] ?? name}.`,
      );
      const text = `Not for you: ${drugs}. ${once(reasons).map(capitalised).join(" ")}`;
      return item(text, { tone: "caution" });
    });
    const isSettled = ["silent", "determined"].includes(this.decided.outcome);
    const isOffered = this.options.some((option) => option.advice.kind !== "exclusion");
    if (found.length && isSettled && !isOffered) {
      found.push(item(NOTHING_ELSE, { tone: "caution" }));
    }
    return found;
  }

  /** Facts that can change the answer and were not named so far. */
  private also(): Item[] {
    const told = new Set(
      this.verdicts.filter((rule) => this.isUsual(rule)).flatMap((rule) => rule.needs),
    );
    if (CHOSEN.has(this.decision)) {
      for (const option of this.defaults()) {
        if (!this.isToldAsUsual(option)) this.needs(option).forEach((fact) => told.add(fact));
      }
    }
    const further = this.decided.depends_on.filter((fact) => !told.has(fact));
    if (further.length) {
      const text = `More may be said here. It depends on ${this.facts(further)}.`;
      return [item(text, { tone: "quiet" })];
    }
    const isOpen = this.decided.outcome === "depends";
    return isOpen && !told.size && !this.decided.indeterminate.length
      ? [item(NOT_KNOWN, { tone: "quiet" })]
      : [];
  }

  // ---- helpers

  /** The sides of what is certain to contradict itself here. */
  private clash(): Answer["conflicts"][number]["sides"] {
    return this.of.answer.conflicts
      .filter((one) => one.decision === this.decision && one.certain)
      .flatMap((one) => one.sides);
  }

  /** What is advised rather than permitted, the certain first; drugs to avoid are. */
  private defaults(): Option[] {
    const found = this.options.filter(
      (option) => !option.alternative || option.advice.kind === "exclusion",
    );
    return [...found.filter((one) => one.certain), ...found.filter((one) => !one.certain)];
  }

  private others(): Option[] {
    const usual = this.defaults();
    return this.options.filter((option) => !usual.includes(option));
  }

  private isSettled(): boolean {
    return ONE.has(this.decision) && this.defaults().some((option) => option.certain);
  }

  /** An option in words made from it. */
  private words(option: Option): string {
    return this.adviceWords(option.advice);
  }

  private adviceWords(advice: Advice): string {
    const { advice: data } = this.of;
    const text = sayAdvice(advice, data, "patient");
    switch (advice.kind) {
      case "regimen": {
        const kinds = new Set(advice.phases.map((phase) => phase.drugs.join()));
        if (kinds.size !== 1) return text;
        const drugs = once(advice.phases.flatMap((phase) => phase.drugs));
        const bare: Regimen = {
          kind: "regimen",
          phases: advice.phases.map((phase) => ({ ...phase, drugs: [] })),
        };
        const schedule = scheduleText(bare, data, "patient");
        const named = drugs.map((drug) => this.drug(drug));
        return named.length ? `${listing(named, "or")}, ${schedule}` : schedule;
      }
      case "exclusion":
        return `do not use ${listing(
          advice.drugs.map((drug) => this.drug(drug)),
          "or",
        )}`;
      case "routes":
        return `it is given ${text}`;
      default:
        return text;
    }
  }

  /** The doses that a rule's words stand for, with drug, amount and route. */
  private doses(name: string): string[] {
    const value = this.valueOf(name);
    const isDosed =
      value.kind === "regimens" || (value.kind === "change" && regimensIn(value).length > 0);
    if (!isDosed) return [];
    const found = this.defaults().filter((one) => one.rules.includes(name) && !one.withheld);
    if (!found.length) return [];
    return [
      listing(
        found.map((option) => this.words(option)),
        "or",
      ),
    ];
  }

  /** Whether the answer still says all that a rule says. */
  private holds(
    name: string,
    value: Value,
    options: readonly { advice: Advice; withheld: boolean }[],
  ): boolean {
    switch (value.kind) {
      case "regimens": {
        const left = options
          .filter((option) => !option.withheld)
          .flatMap(({ advice }) => (advice.kind === "regimen" ? [this.schedule(advice)] : []));
        return value.regimens.every((regimen) => left.includes(this.schedule(regimen)));
      }
      case "routes": {
        const wanted = [...value.routes].sort().join();
        return options.some(
          ({ advice }) => advice.kind === "routes" && [...advice.routes].sort().join() === wanted,
        );
      }
      case "form": {
        const left = this.options.flatMap(({ advice }) =>
          advice.kind === "form" ? advice.drugs : [],
        );
        return value.drugs.every((drug) => left.includes(drug));
      }
      case "change": {
        const into = options.flatMap(({ advice, withheld }) => {
          if (advice.kind !== "change" || advice.of !== value.of) return [];
          const to = advice.to;
          const some: readonly Advice[] = to.kind === "regimens" ? to.regimens : [to];
          return some.map((one) => ({ advice: one, withheld }));
        });
        if (value.to.kind !== "form") return this.holds(name, value.to, into);
        const left = into.flatMap(({ advice }) => drugsOf(advice));
        return value.to.drugs.every((drug) => left.includes(drug));
      }
      case "monitoring":
      case "not checked": {
        const told = new Set(
          this.options.flatMap(({ advice }) => (advice.kind === value.kind ? testsOf(advice) : [])),
        );
        return testsOf(value).every((test) => told.has(test));
      }
      default:
        return true;
    }
  }

  /** A regimen without its drugs and ends, which the form and other rules may fill in. */
  private schedule(regimen: Regimen): string {
    const phases = regimen.phases.map((phase): Phase => ({
      ...phase,
      drugs: [],
      bound: null,
      after: [],
    }));
    return this.key({ kind: "regimen", phases });
  }

  private key(advice: Advice): string {
    return ready(this.of.advice).values.key(advice);
  }

  /** Whether a rule's own condition is met, and only its exceptions are open. */
  private isUsual(rule: RuleAnswer): boolean {
    if (rule.verdict !== "unknown" || this.optional.has(rule.rule)) return false;
    const read = this.of.sheet.reads[rule.rule] ?? [];
    return !rule.needs.some((name) => read.includes(name));
  }

  /** Whether what is usual is named, so that this need not be, or is it itself. */
  private isToldAsUsual(option: Option): boolean {
    if (this.isSettled()) return false;
    const usual = this.verdicts.filter((rule) => this.isUsual(rule)).map((rule) => rule.rule);
    return ONE.has(this.decision)
      ? usual.length > 0
      : usual.some((name) => option.rules.includes(name));
  }

  /** Whether there is anything to be given, of which a form may be the right one. */
  private isDosed(): boolean {
    const { loading, maintenance } = this.of.answer.decisions;
    return loading.options.length > 0 || maintenance.options.length > 0;
  }

  private needs(option: Option): string[] {
    return once(
      this.verdicts
        .filter((rule) => option.rules.includes(rule.rule))
        .flatMap((rule) => rule.needs),
    );
  }

  private facts(names: readonly string[]): string {
    return listing(names.map((name) => this.of.sheet.facts[name]?.brief ?? spaced(name)));
  }

  private drug(name: string): string {
    return called(this.of.advice.words.patient.drugs, name);
  }

  private wordsOf(name: string): string {
    return this.of.answer.rules.find((rule) => rule.rule === name)?.patient ?? "";
  }

  private valueOf(name: string): Value {
    return this.values.get(name) ?? { kind: "remark", text: "" };
  }
}

function before(strength: string | null): string {
  return strength === "should consider" ? "Worth considering" : "Another possibility";
}

function spaced(name: string): string {
  return name.replaceAll("_", " ");
}

function testsOf(value: Value | Advice): readonly string[] {
  if (value.kind === "monitoring") return [...value.tests, ...value.companions];
  return value.kind === "not checked" ? value.tests : [];
}

/** The drugs that are given, or to be chosen from. */
function drugsOf(advice: Advice): readonly string[] {
  if (advice.kind === "form") return advice.drugs;
  return advice.kind === "regimen" ? advice.phases.flatMap((phase) => phase.drugs) : [];
}
