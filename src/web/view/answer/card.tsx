/** The card of a statement: what the source says, why it holds here or not, and what is ours. */
import { useEffect, useRef } from "preact/hooks";
import type { Answer, Part, Verdict } from "../../engine/answer";
import type { Program } from "../../engine/program";
import { capitalised, once } from "../words";
import { SourceItem } from "./around";
import { type OpenCard, Statements } from "./line";
import type { ExplainRule } from "./when";

export type About = { readonly statement: string } | { readonly rule: string };

interface CardProps {
  readonly about: About;
  readonly program: Program;
  readonly explain: ExplainRule;
  readonly answer: Answer | null;
  readonly open: OpenCard;
  readonly close: () => void;
  /** The assumptions that are switched off. */
  readonly off: readonly string[];
  readonly toggle: (assumption: string) => void;
}

export function Card(props: CardProps) {
  const { about, program, close } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  useEffect(() => {
    dialog.current?.scrollTo(0, 0);
  }, [about]);
  const name = "statement" in about ? about.statement : about.rule;
  const resting = "statement" in about ? program.papers.statements[name] : null;
  const rules = resting ? resting.rules : [name];
  return (
    <dialog
      ref={dialog}
      class="card-dialog"
      aria-labelledby="card-heading"
      onClose={close}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <div class="bar">
        <h2 id="card-heading">
          {"statement" in about
            ? `Statement ${name}`
            : capitalised(program.papers.rules[name]?.title ?? name)}
        </h2>
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
      {rules.map((rule) => (
        <RuleCard key={rule} rule={rule} {...props} />
      ))}
      {resting?.definitions.map((definition) => (
        <DefinitionCard
          key={definition}
          name={definition}
          program={program}
          off={props.off}
          toggle={props.toggle}
        />
      ))}
      {resting?.silences.map((place) => (
        <section key={place} class="rule-card">
          <h3>Not addressed</h3>
          <p>{program.papers.silences[place]?.text}</p>
        </section>
      ))}
      {resting && rules.length + resting.definitions.length + resting.silences.length === 0 && (
        <p>No rule rests on this statement.</p>
      )}
      <p class="quiet">{program.notice}</p>
    </dialog>
  );
}

const VERDICTS: Record<Verdict, string> = {
  applies: "applies to this patient",
  "does not apply": "does not apply to this patient",
  unknown: "not known whether it applies to this patient",
  indeterminate: "left open by the source's own threshold",
  overridden: "gives way to another rule",
};

function RuleCard({
  rule,
  program,
  explain,
  answer,
  open,
  off,
  toggle,
}: CardProps & { rule: string }) {
  const paper = program.papers.rules[rule];
  if (!paper) return null;
  const found = answer?.rules.find((one) => one.rule === rule);
  const explained = explain(rule);
  const label =
    paper.decision === "note" ? "Remark" : program.papers.decisions[paper.decision].label;
  const by = found?.overridden_by ?? [];
  return (
    <section class="rule-card" aria-label={paper.title}>
      <h3>{paper.title}</h3>
      <p class="ground">
        <span class="tag">{label}</span>
        {paper.strength !== null && <span class="strength">{paper.strength}</span>}
        {paper.certainty !== null && <span class="tag">{paper.certainty} certainty</span>}
        {paper.grade !== null && <span class="tag">grade {paper.grade}</span>}
        <Statements statements={paper.statements} rules={[]} program={program} open={open} />
      </p>
      {paper.section !== null && (
        <p>
          <span class="tag">section of the source</span> {paper.section}
        </p>
      )}
      <p class="sentence">
        <span class="tag">rule, as it is encoded</span> {paper.sentence}
      </p>
      {found && (
        <p class={`verdict ${found.verdict.replaceAll(" ", "-")}`}>
          <strong>{capitalised(VERDICTS[found.verdict])}</strong>
          {by.length > 0 &&
            `: ${by.map((name) => program.papers.rules[name]?.title ?? name).join("; ")}`}
        </p>
      )}
      {explained ? (
        <>
          <h4>Its condition, part by part</h4>
          <ul class="tree">
            <Branch part={explained.condition} />
          </ul>
        </>
      ) : (
        <p>
          <span class="tag">applies to</span> {paper.when}
        </p>
      )}
      <Ours paper={paper} program={program} off={off} toggle={toggle} />
    </section>
  );
}

interface Switches {
  readonly off: readonly string[];
  readonly toggle: (assumption: string) => void;
}

function DefinitionCard({
  name,
  program,
  ...switches
}: Switches & { name: string; program: Program }) {
  const paper = program.papers.definitions[name];
  if (!paper) return null;
  return (
    <section class="rule-card" aria-label={paper.label}>
      <h3>{capitalised(paper.label)}</h3>
      {paper.section !== null && (
        <p>
          <span class="tag">section of the source</span> {paper.section}
        </p>
      )}
      <p>
        <span class="tag">means here</span> {paper.when}
      </p>
      <Ours paper={paper} program={program} {...switches} />
    </section>
  );
}

interface Grounded {
  readonly sources: readonly string[];
  readonly because: string | null;
  readonly assumptions: readonly string[];
  readonly challenges: readonly string[];
}

function Ours({ paper, program, off, toggle }: Switches & { paper: Grounded; program: Program }) {
  const { papers } = program;
  return (
    <>
      {paper.because !== null && (
        <p class="ours">
          <span class="tag">our words</span> {paper.because}
        </p>
      )}
      {paper.sources.length > 0 && (
        <>
          <h4>Sources</h4>
          <ul class="citations">
            {once([...paper.sources]).map((source) => (
              <SourceItem key={source} name={source} program={program} />
            ))}
          </ul>
        </>
      )}
      {paper.assumptions.length > 0 && (
        <>
          <h4>Our reading rests on</h4>
          {paper.assumptions.map((one) => (
            <label key={one} class="switch">
              <input
                type="checkbox"
                role="switch"
                checked={!off.includes(one)}
                onChange={() => toggle(one)}
              />
              <span>
                <strong>{one}</strong> {papers.assumptions[one]}
              </span>
            </label>
          ))}
        </>
      )}
      {paper.challenges.length > 0 && (
        <>
          <h4>Challenged by other evidence</h4>
          <ul>
            {paper.challenges.map((one) => (
              <li key={one}>
                <strong>{one}</strong> {papers.challenges[one]?.text}{" "}
                <small>
                  {papers.challenges[one]?.sources
                    .map((source) => papers.sources[source]?.text ?? source)
                    .join("; ")}
                </small>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

const TRUTHS = { true: "yes", false: "no", unknown: "not known" } as const;
const GROUPS: Readonly<Record<string, string>> = {
  all: "all of these",
  any: "at least one of these",
};

function Branch({ part }: { part: Part }) {
  const truth = part.indeterminate ? "within the source's own threshold" : TRUTHS[part.truth];
  const inner = part.kind === "assuming" ? (part.parts[0] ?? part) : part;
  const further = inner.parts;
  return (
    <li>
      <span class={`truth ${part.truth}`}>{truth}</span>{" "}
      {(further.length > 0 && GROUPS[inner.kind]) || part.words || part.text}
      {part.assumptions.length > 0 && <small> assuming {part.assumptions.join(" ")}</small>}
      {further.length > 0 && (
        <ul>
          {further.map((one, place) => (
            <Branch key={place} part={one} />
          ))}
        </ul>
      )}
    </li>
  );
}
