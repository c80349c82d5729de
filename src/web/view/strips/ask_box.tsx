/** A question in plain words: at most three cited lines, what speaks against them, or silence. */
import { useMemo, useState } from "preact/hooks";
import * as engine from "../../engine";
import type { Patient } from "../../engine/answer";
import type { Program } from "../../engine/program";
import { citedBy } from "../answer/line";
import { factsOf, patientOf } from "../patient";
import type { Slot } from "../slots";
import { allEntered, type Entry } from "../state";
import { capitalised, listing, once } from "../words";
import "../style/ask.css";

/** What the answer to a question has, of the keys of `b12guide.ask/1`. */
interface Reply {
  readonly question: string;
  readonly understood: {
    readonly facts: readonly {
      readonly fact: string;
      readonly value: boolean | number | string;
      readonly unit: string | null;
      readonly text: string;
    }[];
    readonly corrections: readonly { readonly written: string; readonly meant: string }[];
    readonly left_aside: readonly { readonly text: string; readonly reason: string }[];
  };
  readonly answers: readonly {
    readonly kind: string;
    readonly rule?: string;
    readonly title: string;
    readonly verdict_text?: string;
    readonly strength: string | null;
    readonly statements: readonly string[];
    readonly text: string;
  }[];
  readonly conflicts: readonly {
    readonly sides: readonly {
      readonly rules: readonly string[];
      readonly text: string;
      readonly statements: readonly string[];
    }[];
    readonly certain: boolean;
  }[];
  readonly silent: readonly Readonly<Record<string, unknown>>[];
  readonly unknown_words: readonly string[];
  readonly notices: readonly string[];
}

type Ask = (program: Program, question: string, patient: Patient) => Reply | null;

const MOST = 3;
const TRIED = [
  "May she take tablets instead?",
  "Why not cyanocobalamin?",
  "How often is blood taken?",
];

export function AskBox({ program, state, change }: Slot) {
  const [question, setQuestion] = useState("");
  const [asked, setAsked] = useState("");
  const { ask } = engine as unknown as { ask?: Ask };
  const found = useMemo(
    () => (asked === "" ? null : replyTo(ask, program, asked, state)),
    [asked, program, state.facts, state.otherwise],
  );
  if (!ask || !program.ask) {
    return (
      <p class="quiet">
        Questions in plain words are not part of this page. It was made without what they need: pip
        install "b12guide[ask]", and make the page anew.
      </p>
    );
  }
  const submit = (text: string) => {
    setQuestion(text);
    setAsked(text.trim());
  };
  return (
    <section class="ask" aria-labelledby="ask-heading">
      <h2 id="ask-heading" class="unseen">
        Ask the guideline
      </h2>
      <form
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          submit(question);
        }}
      >
        <label for="ask-question">Ask in plain words</label>
        <input
          id="ask-question"
          type="search"
          maxLength={300}
          autocomplete="off"
          placeholder={TRIED[0]}
          value={question}
          onInput={(event) => {
            setQuestion(event.currentTarget.value);
            if (event.currentTarget.value === "") setAsked("");
          }}
        />
        <button type="submit">Ask</button>
      </form>
      <div role="status">
        {found && "failed" in found && <p class="caution">{found.failed}</p>}
        {found && "reply" in found && (
          <Answered
            reply={found.reply}
            program={program}
            enter={(entries) => change(allEntered(entries))}
            known={state.facts}
          />
        )}
      </div>
    </section>
  );
}

function replyTo(
  ask: Ask | undefined,
  program: Program,
  question: string,
  state: Slot["state"],
): { reply: Reply } | { failed: string } {
  try {
    const reply = ask ? ask(program, question, patientOf(state, program).patient) : null;
    if (reply) return { reply };
    return { failed: "There is no answer while what was entered contradicts itself." };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { failed: `The question could not be answered here (${why}).` };
  }
}

function Answered(props: {
  reply: Reply;
  program: Program;
  known: Slot["state"]["facts"];
  enter: (entries: Record<string, Entry>) => void;
}) {
  const { reply, program, known, enter } = props;
  const { facts, corrections, left_aside } = reply.understood;
  const entries = entriesOf(reply, program);
  const further = Object.keys(entries).filter((name) => !Object.hasOwn(known, name));
  const silent = once(
    reply.silent.map((one) => String(one["text"] || one["label"] || "")).filter(Boolean),
  );
  return (
    <div class="reply">
      {facts.length > 0 && (
        <p class="understood">
          Understood of the patient: {listing(facts.map((one) => one.text))}.{" "}
          {further.length > 0 && (
            <button
              type="button"
              onClick={() =>
                enter(
                  Object.fromEntries(Object.entries(entries).filter(([n]) => further.includes(n))),
                )
              }
            >
              Enter {further.length === 1 ? "this" : "these"}
            </button>
          )}
        </p>
      )}
      {corrections.map((one) => (
        <p key={one.written} class="quiet">
          “{one.written}” was read as “{one.meant}”.
        </p>
      ))}
      {left_aside.map((one) => (
        <p key={one.text} class="caution">
          {capitalised(one.text)}: {one.reason}.
        </p>
      ))}
      {reply.answers.length > 0 && (
        <ol>
          {reply.answers.slice(0, MOST).map((one, index) => (
            <li key={index}>
              {one.text}
              <small>
                {[
                  one.strength,
                  one.statements.join(" "),
                  citedBy(one.rule ? [one.rule] : [], program),
                ]
                  .filter(Boolean)
                  .join(" ")}
                {one.verdict_text && ` · for this patient: ${one.verdict_text}`}
              </small>
            </li>
          ))}
        </ol>
      )}
      {reply.conflicts.map((one, index) => (
        <div key={index} class="caution">
          {one.certain
            ? "The guideline contradicts itself here:"
            : "The guideline may contradict itself here:"}
          <ul>
            {one.sides.map((side) => (
              <li key={side.text}>
                {side.text}{" "}
                <small>{[...side.statements, citedBy(side.rules, program)].join(" ")}</small>
              </li>
            ))}
          </ul>
        </div>
      ))}
      {silent.map((text) => (
        <p key={text} class="caution">
          Not addressed: {text}
        </p>
      ))}
      {reply.notices.map((text) => (
        <p key={text}>{text}</p>
      ))}
    </div>
  );
}

/** What the question tells of the patient, as it would be entered. */
function entriesOf(reply: Reply, program: Program): Record<string, Entry> {
  const known = factsOf(program);
  const pairs = reply.understood.facts.flatMap((one): [string, Entry][] => {
    if (!known.has(one.fact)) return [];
    if (typeof one.value === "number") {
      return [[one.fact, { number: String(one.value), unit: one.unit }]];
    }
    return [[one.fact, one.value]];
  });
  return Object.fromEntries(pairs);
}
