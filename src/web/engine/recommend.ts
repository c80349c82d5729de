/** A patient's recommendation: every decision, the questions, and everything left open. */
import type { Answer, DecisionAnswer, FactValue, QuestionAnswer, RuleAnswer } from "./answer";
import * as context from "./context";
import * as composing from "./compose";
import { DECISIONS } from "./advice";
import { decideAll, nothingDecided } from "./decisions";
import { same } from "./facts";
import { exactText } from "./fraction";
import { impliedFacts } from "./implications";
import { at } from "./nodes";
import type { Program } from "./program";
import { byParts } from "./questions";
import { type Ready, type Stated, Work } from "./ready";
import { needs, openBelow, type RuleVerdict, verdictsOf, type View, viewOf } from "./view";

const SCOPES = { "1": "applies", "-1": "does not apply", "0": "unknown" } as const;

/** What the guideline says about somebody; throws `Refused` where nobody can be so. */
export function answerTo(program: Program, ready: Ready, stated: Stated): Answer {
  const work = new Work();
  const view = viewOf(ready, impliedFacts(ready, stated, work), work);
  const { logic } = ready;
  const scope = SCOPES[at(view.truths, logic.scope)];
  const verdicts = verdictsOf(view);
  const heard = context.speaking(verdicts);
  const unsaid = scope === "does not apply" ? [] : context.unaddressed(view);
  const guideline = composing.ready(program.advice);
  const settled =
    scope === "does not apply" ? nothingDecided() : decideAll(guideline, view, verdicts);
  const decisions: Record<string, DecisionAnswer> = {};
  for (const { decided, dependsOn, indeterminate } of settled.standings) {
    const told = composing.decisionJson(guideline, decided, dependsOn, indeterminate);
    decisions[decided.decision] = told as unknown as DecisionAnswer;
  }
  const clashing = settled.conflicts.map(
    ({ sides }) => new Set(sides.flatMap((side) => side.rules)),
  );
  const unread = context.unread(ready, stated, unsaid);
  const asked = questions(view, scope, decisions, settled.weights);
  const { engine, notice } = program;
  return {
    schema: "b12guide.recommendation/1",
    guideline: program.guideline,
    engine,
    education: notice,
    on: null,
    options: {
      otherwise: stated.otherwise,
      fuzzy_threshold: stated.reading,
      units: "assume",
    },
    scope,
    rules: verdicts.map(ruleTold),
    decisions,
    drugs: composing.drugsJson(guideline, decisions) as unknown as Answer["drugs"],
    questions: asked,
    matters: matters(view, asked, settled.telling, verdicts),
    conflicts: settled.conflicts.map((one) =>
      composing.conflictJson(guideline, one),
    ) as unknown as Answer["conflicts"],
    assumptions: context.assumptions(view, stated, heard, unsaid, clashing),
    challenges: context.challenges(ready, heard) as Answer["challenges"],
    silent: context.silencesTold(unsaid, stated),
    notices: [
      ...context.notices(view, stated, scope, heard, unread),
      ...settled.coarse.map(context.tooOpen),
    ],
    assumed_absent: context.assumedAbsent(view, stated) as Answer["assumed_absent"],
    unread,
    ...known(view, stated),
  };
}

function ruleTold({ rule, verdict, needs, overriddenBy }: RuleVerdict): RuleAnswer {
  return { ...rule.told, verdict, needs, overridden_by: overriddenBy } as unknown as RuleAnswer;
}

/** What is known of facts and definitions that nobody entered. */
function known(view: View, stated: Stated): Pick<Answer, "implied" | "absent"> {
  const implied: Record<string, FactValue> = {};
  const absent: string[] = [];
  const isEntered = (name: string) =>
    (stated.values.get(name) ?? null) !== null && !stated.workedOut.has(name);
  for (const fact of view.ready.logic.facts) {
    const value = view.facts.values.get(fact.name);
    if (value === undefined || isEntered(fact.name)) continue;
    const absence = view.ready.absences.get(fact.name);
    const isAssumed = stated.otherwise === "absent" && !stated.values.has(fact.name);
    if (isAssumed && absence !== undefined && same(absence, value)) absent.push(fact.name);
    else implied[fact.name] = typeof value === "object" ? exactText(value) : value;
  }
  for (const one of view.ready.logic.definitions) {
    const truth = at(view.truths, one.node);
    if (truth !== 0 && !isEntered(one.name)) implied[one.name] = truth === 1;
  }
  return { implied, absent };
}

/** The questions, those that bear on the most decisions first. */
function questions(
  view: View,
  scope: Answer["scope"],
  decisions: Readonly<Record<string, DecisionAnswer>>,
  weights: ReadonlyMap<string, readonly string[]>,
): QuestionAnswer[] {
  const { ready } = view;
  const decides = new Map<string, Set<string>>();
  if (scope === "unknown") {
    for (const name of needs([ready.logic.scope], view)) {
      decides.set(name, new Set(ready.logic.spoken));
    }
  }
  const waits = (name: string, decision: string) =>
    decides.set(name, (decides.get(name) ?? new Set()).add(decision));
  for (const decision of DECISIONS) {
    for (const name of decisions[decision]?.depends_on ?? []) waits(name, decision);
  }
  for (const [name, waiting] of weights) for (const one of waiting) waits(name, one);
  const places = new Map<string, number>(DECISIONS.map((one, place) => [one, place]));
  const rank = (name: string, some: ReadonlySet<string>) => {
    const which = [...some].map((one) => String(places.get(one)).padStart(2, "0"));
    return [-some.size, which.join(), ready.written.get(name) ?? -1, name];
  };
  return [...decides]
    .map(([name, some]) => ({ name, some, rank: rank(name, some) }))
    .sort((a, b) => byParts(a.rank, b.rank))
    .map(({ name, some }) => questionAbout(name, [...some], view));
}

/**
 * Every name of which an answer can still change something, what is asked for first, and behind a
 * definition its facts. Last come the
 * facts that a rule wants on record (M14): that they are not known is an answer to it, and another
 * one once they are.
 */
function matters(
  view: View,
  asked: readonly QuestionAnswer[],
  telling: ReadonlyMap<string, ReadonlySet<string>>,
  verdicts: readonly RuleVerdict[],
): string[] {
  const { ready } = view;
  const place = (name: string) => ready.written.get(name) ?? -1;
  const further = [...telling].sort(
    ([one, mine], [two, theirs]) =>
      theirs.size - mine.size || place(one) - place(two) || (one < two ? -1 : 1),
  );
  const unrecorded = [...ready.recordRead].flatMap((step) => [...openBelow(view, step)]);
  const names = [
    ...asked.flatMap((one) => [one.fact, ...one.instead]),
    ...further.map(([name]) => name),
    ...verdicts.flatMap((one) => one.needs),
    ...unrecorded.sort((one, two) => place(one) - place(two)),
  ];
  return [...new Set(names.flatMap((name) => [name, ...behind(name, view)]))];
}

/** The open facts behind a definition, in the order of the vocabulary. */
function behind(name: string, view: View): string[] {
  const definition = view.ready.definitions.get(name);
  const found = definition ? [...openBelow(view, definition.node)] : [];
  const place = (fact: string) => view.ready.written.get(fact) ?? -1;
  return found.sort((one, two) => place(one) - place(two));
}

function questionAbout(name: string, decides: readonly string[], view: View): QuestionAnswer {
  const { ready } = view;
  const definition = ready.definitions.get(name);
  const derivation = ready.logic.derivations.find((one) => one.fact === name);
  return {
    fact: name,
    label: (definition ?? ready.facts.get(name))?.label ?? name,
    decides,
    behind: behind(name, view),
    instead: (derivation?.parts ?? []).filter((part) => !view.facts.values.has(part)),
  };
}
