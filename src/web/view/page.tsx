/** The page: what is known of a patient on the left, what the guideline says on the right. */
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Answer } from "../engine/answer";
import type { Program } from "../engine/program";
import {
  Assumptions,
  Challenges,
  Citations,
  CertainConflicts,
  PossibleConflicts,
  NotAddressed,
  Notes,
  Remarks,
  Scope,
} from "./answer/around";
import { Card, type About } from "./answer/card";
import { type Changed, changedBy } from "./answer/changed";
import { Copy, patientText, statusText } from "./answer/copy";
import { FirstScreen } from "./answer/screen";
import { WhatChanges } from "./answer/what_changes";
import { asked as askEngine, explainer } from "./ask_engine";
import { EditTab } from "./edit_tab";
import { FactsPanel } from "./facts/panel";
import { Guarded } from "./guarded";
import { patientOf } from "./patient";
import { isServed, type Slot } from "./slots";
import {
  type Change,
  fromFragment,
  type State,
  switched,
  type Tab,
  toFragment,
  withGuideline,
  withTab,
} from "./state";
import { AskBox } from "./strips/ask_box";
import { History } from "./strips/history";
import { Sheet } from "./strips/sheet";
import { SideBySide } from "./strips/side_by_side";
import { Timeline } from "./strips/timeline";
import { Tabs } from "./tabs";

interface Moment {
  readonly state: State;
  readonly answer: Answer | null;
}

export function Page(props: { programs: readonly Program[] }) {
  const [draft, setDraft] = useState<Program | null>(null);
  const programs = useMemo(() => withDraft(props.programs, draft), [props.programs, draft]);
  const first = useMemo(() => fromFragment(location.hash, programs), [programs]);
  const [state, setState] = useState(first.state);
  const [unread, setUnread] = useState(first.unread);
  const [about, setAbout] = useState<About | null>(null);
  const program = programs.find((one) => one.guideline.name === state.guideline) ?? programs[0];
  const change = useCallback((made: Change) => setState(made), []);

  useEffect(() => {
    // Typing replaces the address, so that "back" leaves the page and not the last letter.
    const fragment = toFragment(state);
    if (location.hash !== fragment) history.replaceState(null, "", fragment);
  }, [state]);
  useEffect(() => {
    const read = () => {
      const found = fromFragment(location.hash, programs);
      setState(found.state);
      setUnread(found.unread);
    };
    window.addEventListener("hashchange", read);
    return () => window.removeEventListener("hashchange", read);
  }, [programs]);

  const asked = useMemo(
    () => (program ? patientOf(state, program) : null),
    [state.facts, state.otherwise, program],
  );
  const { answer, refusal, failure } = useMemo(
    () =>
      program && asked
        ? askEngine(program, asked.patient, { assumptionsOff: state.off })
        : { answer: null, refusal: null, failure: null },
    [program, asked, state.off],
  );
  const explain = useMemo(
    () =>
      program && asked
        ? explainer(program, asked.patient, { assumptionsOff: state.off })
        : () => null,
    [program, asked, state.off],
  );
  const changed = useChanged(state, answer, program);
  if (!program || !asked) return <p>There is no guideline in this page.</p>;

  const answerFrom = (made: Program | null) => {
    setDraft(made);
    const name = made?.guideline.name ?? props.programs[0]?.guideline.name;
    if (name !== undefined && name !== state.guideline) change(withGuideline(name));
  };
  const slot: Slot = { program, programs, state, answer, change, draft, answerFrom };
  const open = (card: About) => setAbout(card);
  return (
    <>
      <a class="skip" href="#answer" onClick={(event) => jump(event, "answer")}>
        Skip to the answer
      </a>
      <Head programs={programs} program={program} state={state} change={change} />
      <main>
        <FactsPanel
          program={program}
          state={state}
          asked={asked}
          answer={answer}
          refusal={refusal}
          change={change}
        />
        <div id="answer" class="answer" tabIndex={-1}>
          {unread.length > 0 && (
            <p class="caution" role="status">
              The link has what could not be read here: {unread.join("; ")}.
            </p>
          )}
          <Guarded name="Ask">
            <AskBox {...slot} />
          </Guarded>
          <Tabs tab={state.tab} names={tabsOf(programs)} change={(tab) => change(withTab(tab))}>
            {{
              answer: () => (
                <section aria-labelledby="answer-heading">
                  <h2 id="answer-heading">What the guideline says</h2>
                  <p class="on-paper">{patientText(program, state)}</p>
                  <ChangedBy changed={changed} />
                  {failure !== null && (
                    <p class="caution" role="alert">
                      {failure}
                    </p>
                  )}
                  {refusal && (
                    <p class="caution">
                      {refusal.contradiction.facts.length > 0
                        ? "There is no answer: what was entered contradicts itself. The facts that do are marked."
                        : `There is no answer: ${refusal.contradiction.text}.`}
                    </p>
                  )}
                  {answer && (
                    <>
                      <Scope {...slot} answer={answer} open={open} />
                      <NotAddressed {...slot} answer={answer} open={open} />
                      <Notes {...slot} answer={answer} open={open} />
                      <CertainConflicts {...slot} answer={answer} open={open} />
                      <FirstScreen
                        program={program}
                        answer={answer}
                        explain={explain}
                        changed={changed}
                        open={open}
                      />
                      <PossibleConflicts {...slot} answer={answer} open={open} />
                      <WhatChanges {...slot} answer={answer} />
                      <Remarks {...slot} answer={answer} open={open} />
                      <Assumptions
                        {...slot}
                        answer={answer}
                        open={open}
                        toggle={(name) => change(switched(name))}
                      />
                      <Challenges {...slot} answer={answer} open={open} />
                      <Citations {...slot} answer={answer} open={open} />
                      <Copy program={program} state={state} answer={answer} explain={explain} />
                    </>
                  )}
                </section>
              ),
              calendar: () => <Timeline {...slot} />,
              history: () => <History {...slot} />,
              sheet: () => <Sheet {...slot} />,
              beside: () => <SideBySide {...slot} />,
              edit: () => <EditTab {...slot} />,
            }}
          </Tabs>
        </div>
      </main>
      <ToAnswer changed={changed} />
      <Foot program={program} />
      {about && (
        <Card
          about={about}
          program={program}
          explain={explain}
          answer={answer}
          open={open}
          close={() => setAbout(null)}
          off={state.off}
          toggle={(name) => change(switched(name))}
        />
      )}
    </>
  );
}

/** The guidelines in the page, a draft in the place of the one of its name. */
function withDraft(programs: readonly Program[], draft: Program | null): readonly Program[] {
  if (draft === null) return programs;
  const others = programs.filter((one) => one.guideline.name !== draft.guideline.name);
  return [draft, ...others];
}

/** What the last change did; it stays until the next one. */
function useChanged(state: State, answer: Answer | null, program: Program | undefined) {
  const before = useRef<Moment>({ state, answer });
  const last = useRef<Changed | null>(null);
  const now = before.current;
  if (program && (now.state !== state || now.answer !== answer)) {
    if (now.state.guideline !== state.guideline) last.current = null;
    else if (now.answer !== answer) last.current = changedBy(now, { state, answer }, program);
    // While a contradiction stands, the last answer is what the next one is compared with.
    before.current = answer || now.state.guideline !== state.guideline ? { state, answer } : now;
  }
  return last.current;
}

const LABELS: Record<Tab, string> = {
  answer: "Answer",
  calendar: "Calendar",
  history: "History",
  sheet: "Patient sheet",
  beside: "Side by side",
  edit: "Edit the guideline",
};

function tabsOf(programs: readonly Program[]): [Tab, string][] {
  const shown: Tab[] = ["answer", "calendar", "history", "sheet"];
  if (programs.length > 1) shown.push("beside");
  shown.push("edit");
  return shown.map((tab) => [tab, LABELS[tab]]);
}

function Head(props: {
  programs: readonly Program[];
  program: Program;
  state: State;
  change: (change: Change) => void;
}) {
  const { programs, program, change } = props;
  return (
    <>
      <header>
        <h1>{program.guideline.title}</h1>
        {programs.length > 1 && (
          <label class="selector">
            Guideline{" "}
            <select
              value={program.guideline.name}
              onChange={(event) => change(withGuideline(event.currentTarget.value))}
            >
              {programs.map((one) => (
                <option key={one.guideline.name} value={one.guideline.name}>
                  {one.guideline.name}
                </option>
              ))}
            </select>
          </label>
        )}
        {program.warning !== null && <p class="caution">{program.warning}</p>}
      </header>
      <aside class="notice" aria-label="Review status and purpose">
        <p>
          <strong>{statusText(program)}</strong> · {program.notice}
        </p>
      </aside>
    </>
  );
}

function Foot({ program }: { program: Program }) {
  return (
    <footer>
      <dl>
        {program.papers.particulars.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
        <div>
          <dt>Engine</dt>
          <dd>
            {program.engine.name} {program.engine.version}
          </dd>
        </div>
        <div>
          <dt>Digest</dt>
          <dd class="digest">{program.guideline.digest}</dd>
        </div>
      </dl>
      <p>
        Nothing that is entered is stored or sent. The link to this patient has the facts behind
        “#”, which browsers keep to themselves.
      </p>
      {isServed() && (
        <p>
          <a href="service">For programs</a>: the same answers over HTTP.
        </p>
      )}
    </footer>
  );
}

/** On a narrow screen the answer stands below the facts: what changed, and the way there. */
function ToAnswer({ changed }: { changed: Changed | null }) {
  return (
    <nav class="to-answer" aria-label="Between facts and answer">
      <a href="#facts-heading" onClick={(event) => jump(event, "facts-heading")}>
        Facts
      </a>
      <span aria-hidden="true">
        {changed ? `${changed.input}: ${changed.effects[0] ?? "changes nothing"}` : ""}
      </span>
      <a href="#answer" onClick={(event) => jump(event, "answer")}>
        Answer
      </a>
    </nav>
  );
}

/** Goes to a part of the page and leaves the address alone, which has the facts. */
function jump(event: Event, id: string): void {
  event.preventDefault();
  const place = document.getElementById(id);
  place?.scrollIntoView();
  place?.focus({ preventScroll: true });
}

function ChangedBy({ changed }: { changed: Changed | null }) {
  const most = 3;
  return (
    <div class="changed" role="status" aria-live="polite">
      {changed && (
        <p>
          <strong>{changed.input}</strong>
          {" → "}
          {changed.effects.length === 0
            ? "changes nothing that the guideline says"
            : changed.effects.slice(0, most).join("; ")}
          {changed.effects.length > most &&
            `; and ${changed.effects.length - most} more, marked below`}
        </p>
      )}
    </div>
  );
}
