/** What is known of the patient: asked in the order in which it settles most. */
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Answer, Refusal } from "../../engine/answer";
import type { FactPaper } from "../../engine/papers";
import type { Program } from "../../engine/program";
import { type Asked, entryText, factsOf, valueText } from "../patient";
import { cleared, entered, type Change, type Entry, type State, withOtherwise } from "../state";
import { listing, plural } from "../words";
import { Field, fieldId } from "./field";
import { askedFacts, inPlace } from "./order";

export interface PanelProps {
  readonly program: Program;
  readonly state: State;
  readonly asked: Asked;
  readonly answer: Answer | null;
  readonly refusal: Refusal | null;
  readonly change: (change: Change) => void;
}

const FEW = 7;

export function FactsPanel(props: PanelProps) {
  const { program, state, answer } = props;
  const open = askedFacts(answer, program);
  const shown = useShown(props, open);
  const [isLong, setLong] = useState(false);
  const waiting = shown.filter((name) => !(name in state.facts));
  // What settles most is always in sight, wherever it stands.
  const first = new Set((answer ? open : waiting).slice(0, FEW));
  const cut = new Set(isLong ? [] : waiting.filter((name) => !first.has(name)));
  const names = shown.filter((name) => !cut.has(name));
  const count = Object.keys(state.facts).length;
  const heading = useRef<HTMLHeadingElement>(null);
  const last = useRef<string | null>(null);
  const change = props.change;
  const enter = useCallback(
    (name: string, entry: Entry | null) => {
      last.current = name;
      change(entered(name, entry));
    },
    [change],
  );
  useLayoutEffect(() => {
    // A field that moved among those that were entered takes the focus along.
    if (document.activeElement === document.body && last.current !== null) focusOn(last.current);
    last.current = null;
  }, [state]);
  const clear = () => {
    change(cleared);
    heading.current?.focus();
  };
  return (
    <section class="facts" aria-labelledby="facts-heading">
      <div class="bar">
        <h2 id="facts-heading" tabIndex={-1} ref={heading}>
          What is known
        </h2>
        {count > 0 && (
          <button type="button" class="quiet" onClick={clear}>
            clear all
          </button>
        )}
      </div>
      <p class="quiet">
        Enter what you know and leave the rest: what is not known is never taken for “no”. Nothing
        that you enter leaves this page.
      </p>
      <Entered {...props} />
      <Implied {...props} />
      <Contradiction {...props} />
      <Otherwise {...props} />
      {waiting.length > 0 && <h3>What settles most comes first</h3>}
      {names.map((name) => (
        <OneField key={name} name={name} {...props} enter={enter} />
      ))}
      {answer && waiting.length === 0 && (
        <p class="quiet">Nothing else can change what the guideline says here.</p>
      )}
      {cut.size > 0 && (
        <button type="button" class="more" onClick={() => setLong(true)}>
          {plural(cut.size, "further fact")} that can change something
        </button>
      )}
      <MoreFacts {...props} shown={new Set(names)} enter={enter} />
    </section>
  );
}

/** The facts that are shown; they are sorted anew only where another guideline is asked. */
function useShown(props: PanelProps, open: readonly string[]): string[] {
  const { program, state } = props;
  const before = useRef<{ program: Program; names: string[] }>({ program, names: [] });
  const isFresh = before.current.program !== program || Object.keys(state.facts).length === 0;
  const kept = isFresh ? [] : before.current.names;
  // While a contradiction stands there are no questions: the fields stay where they are.
  const asked = props.answer ? open : before.current.names;
  const names = inPlace(kept, state, asked, program);
  before.current = { program, names };
  return names;
}

type Enter = (name: string, entry: Entry | null) => void;

function OneField(props: PanelProps & { name: string; enter: Enter }) {
  const fact = factsOf(props.program).get(props.name);
  if (!fact) return null;
  const implied = props.answer?.implied;
  const value = implied && Object.hasOwn(implied, props.name) ? implied[props.name] : null;
  return (
    <Field
      fact={fact}
      entry={props.state.facts[props.name]}
      implied={valueText(fact, value ?? null)}
      clashes={props.refusal?.contradiction.facts.includes(props.name) ?? false}
      enter={(entry) => props.enter(props.name, entry)}
    />
  );
}

/** What was entered, each to be taken back. */
function Entered({ program, state, asked, change }: PanelProps) {
  const known = factsOf(program);
  const names = Object.keys(state.facts).filter((name) => known.has(name));
  return (
    <>
      {names.length > 0 && (
        <ul class="chips" aria-label="Entered">
          {names.map((name) => {
            const fact = known.get(name) as FactPaper;
            const text = entryText(fact, state.facts[name] ?? false);
            return (
              <li key={name} class={Object.hasOwn(asked.refused, name) ? "wrong" : ""}>
                <a href={`#${fieldId(name)}`} onClick={(event) => goTo(event, name)}>
                  {text}
                </a>
                {Object.hasOwn(asked.refused, name) && <span>(not taken)</span>}
                <button
                  type="button"
                  aria-label={`Take back: ${text}`}
                  onClick={() => change(entered(name, null))}
                >
                  ×
                </button>
              </li>
            );
          })}
        </ul>
      )}
      {asked.unasked.length > 0 && (
        <p class="caution">
          This guideline does not know {listing(asked.unasked.map((n) => n.replaceAll("_", " ")))}:
          what you entered of it changes nothing here.
        </p>
      )}
    </>
  );
}

/** What follows from what was entered, where it was not entered itself. */
function Implied({ program, answer, state }: PanelProps) {
  const known = factsOf(program);
  const texts = Object.entries(answer?.implied ?? {}).flatMap(([name, value]) => {
    const fact = known.get(name);
    if (!fact || fact.kind === "definition" || Object.hasOwn(state.facts, name)) return [];
    if (typeof value === "boolean") return [value ? fact.brief : `no ${fact.brief}`];
    return value === null ? [] : [`${fact.brief}: ${valueText(fact, value)}`];
  });
  if (texts.length === 0) return null;
  if (texts.length <= MOST_IMPLIED)
    return <p class="follows">From this follows: {texts.join("; ")}.</p>;
  return (
    <details class="follows">
      <summary>From this follow {texts.length} further facts</summary>
      <p>{texts.join("; ")}.</p>
    </details>
  );
}

const MOST_IMPLIED = 4;

function Contradiction({ program, refusal, state }: PanelProps) {
  if (!refusal || refusal.contradiction.facts.length === 0) return null;
  const contradicting = (name: string) => {
    const fact = factsOf(program).get(name);
    const entry = state.facts[name];
    if (!fact) return name.replaceAll("_", " ");
    return entry === undefined ? fact.brief : entryText(fact, entry);
  };
  return (
    <div class="caution" role="alert">
      <p>
        <strong>What was entered contradicts itself.</strong> These cannot all be so; take back what
        is wrong:
      </p>
      <ul>
        {refusal.contradiction.facts.map((name) => (
          <li key={name}>
            <a href={`#${fieldId(name)}`} onClick={(event) => goTo(event, name)}>
              {contradicting(name)}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Otherwise({ state, change }: PanelProps) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        checked={state.otherwise === "absent"}
        onChange={(event) =>
          change(withOtherwise(event.currentTarget.checked ? "absent" : "unknown"))
        }
      />
      <span>
        Everything else is absent
        <small>
          {state.otherwise === "absent"
            ? "On: every finding that is not entered counts as “no”. Measures and choices stay not known, unless the guideline says what their absence means."
            : "Off: what is not entered is not known."}
        </small>
      </span>
    </label>
  );
}

/** Every other fact, found by its names. */
function MoreFacts(props: PanelProps & { shown: ReadonlySet<string>; enter: Enter }) {
  const { program, shown } = props;
  const [filter, setFilter] = useState("");
  const [isOpen, setOpen] = useState(false);
  const further = useMemo(() => byUse(program), [program]);
  const rest = further.filter((fact) => !shown.has(fact.name));
  const wanted = folded(filter);
  const found = rest.filter((fact) => wanted === "" || wordsOf(fact).includes(wanted));
  return (
    <details class="more-facts" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>More facts ({rest.length})</summary>
      {isOpen && (
        <>
          <label class="filter">
            Look for a fact{" "}
            <input
              type="search"
              value={filter}
              onInput={(event) => setFilter(event.currentTarget.value)}
            />
          </label>
          <p class="quiet" role="status">
            {wanted === ""
              ? "As far as is known most of these change nothing, but the guideline may say that it does not address them."
              : `${plural(found.length, "fact")} found`}
          </p>
          {found.map((fact) => (
            <OneField key={fact.name} name={fact.name} {...props} />
          ))}
        </>
      )}
    </details>
  );
}

/** Facts on which the guideline says that it is silent first, definitions last. */
function byUse(program: Program): FactPaper[] {
  const rank = (fact: FactPaper) => (fact.silent ? 0 : fact.kind === "definition" ? 2 : 1);
  return [...program.papers.facts].sort((a, b) => rank(a) - rank(b));
}

function wordsOf(fact: FactPaper): string {
  return folded([fact.name, fact.label, fact.brief, ...fact.synonyms, ...fact.lay].join(" "));
}

function folded(text: string): string {
  return text.toLowerCase().replaceAll("_", " ").trim();
}

/** Brings a field into view and into focus. */
export function goTo(event: Event, name: string): void {
  event.preventDefault();
  document.getElementById(fieldId(name))?.scrollIntoView({ block: "center" });
  focusOn(name);
}

function focusOn(name: string): void {
  const field = document.getElementById(fieldId(name));
  const input =
    field?.querySelector<HTMLElement>("input:checked") ??
    field?.querySelector<HTMLElement>("input, select");
  input?.focus({ preventScroll: true });
}
