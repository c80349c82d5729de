/**
 * A guideline without some of the assumptions of its author: what an answer looks like to somebody
 * who reads the source otherwise. A rule that rests on one of them says nothing, and a part of a
 * condition that is read so never makes a rule apply.
 */
import type { ConditionData, DefinitionData, Logic, NodeData, RuleData } from "./logic";
import { at } from "./nodes";

const made = new WeakMap<Logic, Map<string, Logic>>();

/** The same guideline, where the assumptions `off` are not made. */
export function withoutAssumptions(logic: Logic, off: readonly string[]): Logic {
  if (off.length === 0) return logic;
  const key = [...off].sort().join();
  const known = made.get(logic) ?? new Map<string, Logic>();
  made.set(logic, known);
  const found = known.get(key) ?? new Rebuilding(logic, new Set(off)).logic();
  known.set(key, found);
  return found;
}

/** Ways of choosing some of many, beyond which a count is not written out. */
const MOST_WAYS = 200;

/** Builds the steps anew; it grows while it is used, and is gone afterwards. */
class Rebuilding {
  private readonly nodes: NodeData[];
  private readonly affected = new Map<number, boolean>();
  private readonly definitions: ReadonlyMap<string, DefinitionData>;

  constructor(
    private readonly before: Logic,
    private readonly off: ReadonlySet<string>,
  ) {
    this.nodes = [...before.nodes];
    this.definitions = new Map(before.definitions.map((one) => [one.name, one]));
  }

  logic(): Logic {
    const { before } = this;
    const own = new Map(before.rules.map((rule) => [rule.name, this.ownOf(rule)]));
    const isChanged = (rule: RuleData) => own.get(rule.name) !== rule.own;
    const changed = new Set(before.rules.filter(isChanged).map((rule) => rule.name));
    const rules = before.rules.map((rule) => {
      const isExcepted = rule.excepted_by.some((name) => changed.has(name));
      const by = rule.excepted_by.map((name) => own.get(name) ?? 0);
      const exceptions = isExcepted ? this.add(["any", by]) : rule.exceptions;
      return { ...rule, own: own.get(rule.name) ?? rule.own, exceptions };
    });
    return { ...before, nodes: this.nodes, rules };
  }

  private ownOf(rule: RuleData): number {
    if (this.isOff(rule.assumptions)) return this.constant(false);
    return this.rebuilt(rule.condition, rule.own, false);
  }

  private isOff(names: readonly string[]): boolean {
    return names.some((name) => this.off.has(name));
  }

  /** Whether a condition, or a part of it, rests on an assumption that is not made. */
  private isAffected(number: number): boolean {
    const known = this.affected.get(number);
    if (known !== undefined) return known;
    const part = at(this.before.conditions, number);
    const found = this.isDropped(part) || (part.parts ?? []).some((one) => this.isAffected(one));
    this.affected.set(number, found);
    return found;
  }

  private isDropped(part: ConditionData): boolean {
    const definition = part.name === undefined ? undefined : this.definitions.get(part.name);
    return this.isOff(part.assumptions ?? []) || this.isOff(definition?.assumptions ?? []);
  }

  /**
   * The node of a condition, where a part that is dropped takes whichever truth keeps the rule from
   * applying: false, or true where it is denied.
   */
  private rebuilt(number: number, node: number | undefined, isDenied: boolean): number {
    const part = at(this.before.conditions, number);
    if (!this.isAffected(number) && node !== undefined) return node;
    if (this.isDropped(part)) return this.constant(isDenied);
    if (!this.isAffected(number) && part.node !== undefined) return part.node;
    const parts = part.parts ?? [];
    const inner = () => parts.map((one) => this.rebuilt(one, undefined, isDenied));
    switch (part.kind) {
      case "all":
      case "any":
        return this.add([part.kind, inner()]);
      case "at least":
        return this.counted(part.count ?? 0, inner(), isDenied);
      case "not":
        return this.add(["not", this.rebuilt(at(parts, 0), undefined, !isDenied)]);
      case "definition":
        return this.add(["defined", at(inner(), 0), part.name ?? ""]);
      case "established":
      case "recorded":
        if (this.isAffected(number)) return this.constant(isDenied);
        return this.add([part.kind, at(inner(), 0)]);
      default:
        return at(inner(), 0);
    }
  }

  private counted(count: number, parts: readonly number[], isDenied: boolean): number {
    const ways = choices(parts, count);
    if (ways === null) return this.constant(isDenied);
    return this.add(["any", ways.map((way) => this.add(["all", way]))]);
  }

  private constant(truth: boolean): number {
    return this.add([truth ? "all" : "any", []]);
  }

  private add(node: NodeData): number {
    return this.nodes.push(node) - 1;
  }
}

/** Each way of choosing so many; null where there are too many ways. */
function choices(parts: readonly number[], count: number): number[][] | null {
  let ways: number[][] = [[]];
  parts.forEach((part, place) => {
    const left = parts.length - place - 1;
    ways = ways
      .flatMap((way) => [way, [...way, part]])
      .filter((way) => way.length <= count && way.length + left >= count);
  });
  return ways.length > MOST_WAYS ? null : ways;
}
