/** What stands around the advice: scope, what is not addressed, conflicts, remarks. */
import type { Answer, ConflictAnswer, SilenceAnswer } from "../../engine/answer";
import type { Program } from "../../engine/program";
import { factsOf } from "../patient";
import type { State } from "../state";
import { capitalised, few, once, plural } from "../words";
import { citedBy, type OpenCard, Statements } from "./line";

interface Props {
  readonly program: Program;
  readonly state: State;
  readonly answer: Answer;
  readonly open: OpenCard;
}

export function Scope({ program, answer }: Props) {
  if (answer.scope === "applies") return null;
  const text =
    answer.scope === "does not apply"
      ? "This guideline is not written for this patient: what it says to others is no advice here."
      : "It is not known whether this guideline is written for this patient. What follows holds if it is.";
  return (
    <p class={answer.scope === "unknown" ? "caution slim" : "caution"}>
      {text} <small>It is written for: {program.papers.scope.text}.</small>
    </p>
  );
}

/** The amber band: what the guideline does not address, what was entered first. */
export function NotAddressed({ program, state, answer }: Props) {
  const own = new Set(Object.keys(state.facts).filter((name) => state.facts[name] !== false));
  const told = grouped(answer.silent);
  const isPersonal = (one: Silent) =>
    one.isWarning || readBy(one, program).some((name) => own.has(name));
  const personal = told.filter(isPersonal);
  const general = told.filter((one) => !isPersonal(one));
  if (told.length === 0) return null;
  return (
    <aside class="band" aria-labelledby="band-heading">
      <h3 id="band-heading">Not addressed by the guideline</h3>
      {personal.length > 0 && (
        <ul>
          {personal.map((one) => (
            <SilentItem key={one.text} one={one} />
          ))}
        </ul>
      )}
      {general.length > 0 && (
        <details>
          <summary>
            {plural(general.length, "further gap")} of the guideline, for any patient
          </summary>
          <ul>
            {general.map((one) => (
              <SilentItem key={one.text} one={one} />
            ))}
          </ul>
        </details>
      )}
      <p class="quiet">What is not addressed is neither allowed nor advised against.</p>
    </aside>
  );
}

interface Silent {
  readonly text: string;
  readonly topics: readonly string[];
  readonly ids: readonly string[];
  readonly isWarning: boolean;
}

function grouped(silences: readonly SilenceAnswer[]): Silent[] {
  const found = new Map<string, Silent>();
  for (const one of silences) {
    const text = one.text || one.label;
    const before = found.get(text);
    found.set(text, {
      text,
      topics: [...(before?.topics ?? []), one.about],
      ids: once([...(before?.ids ?? []), ...one.ids, ...one.statements]),
      isWarning: (before?.isWarning ?? false) || one.severity === "warning",
    });
  }
  return [...found.values()];
}

/** The facts that a silence is about: its topics, and those that make it worth saying. */
function readBy(silent: Silent, program: Program): readonly string[] {
  const paper = program.papers.silences.find(
    (one) => one.text === silent.text && silent.topics.some((topic) => one.topics.includes(topic)),
  );
  return [...silent.topics, ...(paper?.personal ?? [])];
}

function SilentItem({ one }: { one: Silent }) {
  return (
    <li>
      {one.text} {one.ids.length > 0 && <small class="ids">{one.ids.join(" ")}</small>}
    </li>
  );
}

/** What the guideline contradicts itself in for this patient: both sides, each with its authority. */
export function CertainConflicts(props: Props) {
  const certain = props.answer.conflicts.filter((one) => one.certain);
  return (
    <>
      {certain.map((one) => (
        <Conflict key={keyOf(one)} conflict={one} {...props} />
      ))}
    </>
  );
}

const FEW = 2;

/** Where it may, depending on what is not known. */
export function PossibleConflicts(props: Props) {
  const possible = smallest(props.answer.conflicts.filter((one) => !one.certain));
  if (possible.length === 0) return null;
  return (
    <details class="conflicts" open={possible.length <= FEW}>
      <summary>
        Conflicts: {plural(possible.length, "place")} where the guideline may contradict itself
      </summary>
      {possible.map((one) => (
        <Conflict key={keyOf(one)} conflict={one} {...props} />
      ))}
    </details>
  );
}

function keyOf(conflict: ConflictAnswer): string {
  return conflict.decision + conflict.sides.map((side) => side.rules.join(" ")).join("|");
}

/** The conflicts that do not merely contain another one. */
function smallest(conflicts: readonly ConflictAnswer[]): ConflictAnswer[] {
  const rules = (one: ConflictAnswer) => new Set(one.sides.flatMap((side) => side.rules));
  return conflicts.filter(
    (one) =>
      !conflicts.some((other) => {
        const [mine, its] = [rules(one), rules(other)];
        const isLess = its.size < mine.size && [...its].every((rule) => mine.has(rule));
        return other.decision === one.decision && isLess;
      }),
  );
}

function Conflict({ conflict, program, open }: Props & { conflict: ConflictAnswer }) {
  const known = factsOf(program);
  const label = program.papers.decisions[conflict.decision].label;
  const facts = conflict.depends_on.map((name) => known.get(name)?.brief ?? name);
  const expected = program.papers.expected_conflicts.find((one) =>
    one.rules.every((rule) => conflict.sides.some((side) => side.rules.includes(rule))),
  );
  return (
    <section class="conflict">
      <h3>
        {label}: {conflict.certain ? "the guideline contradicts itself" : "these may collide"}
      </h3>
      {facts.length > 0 && <p class="quiet">Depends on {few(facts, 4)}.</p>}
      <div class="sides">
        {conflict.sides.map((side) => (
          <div key={side.rules.join(" ")} class="side">
            <p>{side.text}</p>
            <p class="ground">
              {once(side.rules.flatMap((rule) => program.papers.rules[rule]?.strength ?? [])).map(
                (strength) => (
                  <span key={strength} class="strength">
                    {strength}
                  </span>
                ),
              )}
              <Statements
                statements={side.statements}
                rules={side.rules}
                program={program}
                open={open}
              />
              <span class="cited">{citedBy(side.rules, program)}</span>
            </p>
          </div>
        ))}
      </div>
      {conflict.expected && (
        <p>
          The source itself leaves it open
          {expected && expected.ids.length > 0 ? ` (${expected.ids.join(" ")})` : ""}.
        </p>
      )}
      {conflict.note && (
        <p class="ours">
          <span class="tag">our words</span> {conflict.note}
        </p>
      )}
    </section>
  );
}

/** Remarks of the guideline. */
export function Remarks({ program, answer, open }: Props) {
  const told = answer.notices.filter((one) => one.rule !== null);
  if (told.length === 0) return null;
  return (
    <details class="behind">
      <summary>{plural(told.length, "remark")} of the guideline</summary>
      <ul>
        {told.map((one) => (
          <li key={one.text}>
            {one.text}{" "}
            <span class="ground">
              <Statements
                statements={one.statements}
                rules={one.rule === null ? [] : [one.rule]}
                program={program}
                open={open}
              />
              <span class="cited">{citedBy(one.rule === null ? [] : [one.rule], program)}</span>
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Remarks of the library about this answer, such as that a decision could not be worked out. */
export function Notes({ answer }: Props) {
  // Whether it is written for the patient stands above everything already.
  const told = answer.notices.filter(
    (one) => one.rule === null && !one.text.startsWith("it is not known whether the guideline is"),
  );
  return (
    <>
      {told.map((one) => (
        <p key={one.text} class="caution slim">
          {capitalised(one.text)}
        </p>
      ))}
    </>
  );
}

/** Outside evidence against what was said. */
export function Challenges({ program, answer }: Props) {
  if (answer.challenges.length === 0) return null;
  return (
    <details class="behind">
      <summary>Challenged by other evidence ({answer.challenges.length})</summary>
      <ul>
        {answer.challenges.map((one) => (
          <li key={one.id}>
            <strong>{one.id}</strong> {one.text}{" "}
            <small>
              {one.sources
                .map((source) => program.papers.sources[source.id]?.text ?? source.id)
                .join("; ")}
            </small>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Every source that the answer cites, as it is printed. */
export function Citations({ program, answer }: Props) {
  const used = once([
    ...answer.rules
      .filter((one) => one.verdict !== "does not apply")
      .flatMap((one) => one.sources.map((source) => source.id)),
    ...answer.challenges.flatMap((one) => one.sources.map((source) => source.id)),
  ]);
  return (
    <details class="behind">
      <summary>Citations ({used.length})</summary>
      <ul class="citations">
        {used.map((name) => (
          <SourceItem key={name} name={name} program={program} />
        ))}
      </ul>
    </details>
  );
}

export function SourceItem({ name, program }: { name: string; program: Program }) {
  const source = program.papers.sources[name];
  if (!source) return null;
  return (
    <li>
      {source.label} {source.resolves ? source.text : "cited by the source, but not in its list"}
      {source.kind ? ` (${source.kind})` : ""}
      {source.inferred ? "; numbered after the order of the list, which has no numbers" : ""}
      {/^https?:\/\//.test(source.link ?? "") && (
        <>
          {" "}
          <a href={source.link ?? ""} rel="noreferrer noopener" target="_blank">
            {source.link}
          </a>
        </>
      )}
    </li>
  );
}

/** The readings that the answer rests on, each with a switch. */
export function Assumptions({
  program,
  state,
  answer,
  toggle,
}: Props & { toggle: (name: string) => void }) {
  const told = once([...answer.assumptions.map((one) => one.id), ...state.off]);
  if (told.length === 0) return null;
  return (
    <details class="behind" open={state.off.length > 0}>
      <summary>
        Assumptions of this reading ({told.length}
        {state.off.length > 0 ? `, ${state.off.length} switched off` : ""})
      </summary>
      <p class="quiet">
        Where the source can be read in more than one way, this encoding chose. Switch an assumption
        off to see the answer without the rules that rest on it.
      </p>
      {told.map((name) => (
        <label key={name} class="switch">
          <input
            type="checkbox"
            role="switch"
            checked={!state.off.includes(name)}
            onChange={() => toggle(name)}
          />
          <span>
            <strong>{name}</strong> {program.papers.assumptions[name] ?? ""}
          </span>
        </label>
      ))}
    </details>
  );
}
