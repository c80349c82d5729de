/** The editor with what stands around it: files, commands, problems, results, outline. */
import { undo } from "@codemirror/commands";
import type { ComponentChildren } from "preact";
import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import type { Checked } from "./checking";
import type { Desk } from "./desk";
import { fragmentOf } from "./link";
import { rendered } from "./markdown";
import { Problems } from "./problems";
import { Claims, Examples } from "./results";
import { askAbout, type BegunFile, filesOf, type Reply, type Told, type Verb } from "./service";
import { blank } from "./start";
import { meaningAtCursor, search } from "./writing";
import type { Host } from "./main";

export interface Room {
  readonly desk: Desk;
  readonly checked: () => Checked;
  /** Tells when something has changed; what it gives ends it. */
  readonly watch: (listener: () => void) => () => void;
}

export function Panel({ room, host }: { room: Room; host: () => Host }) {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => room.watch(() => again(undefined)), [room]);
  const [failure, setFailure] = useState("");
  const { desk } = room;
  const checked = room.checked();

  return (
    <div class="edit">
      <p class="caution">
        <strong>A draft.</strong> What is written here is not the guideline that is served, and
        nobody has reviewed it. It is sent to this service to be checked, and kept nowhere: download
        it before you leave.
      </p>
      <Begin room={room} host={host} fail={setFailure} />
      {failure !== "" && (
        <p class="caution" role="alert">
          {failure}
        </p>
      )}
      <Files desk={desk} />
      <TextArea desk={desk} />
      <p class="edit-keys">
        Tab indents; <kbd>Esc</kbd>, then <kbd>Tab</kbd> leaves the text. <kbd>Ctrl</kbd>+
        <kbd>Space</kbd> suggests, <kbd>F8</kbd> goes to the next problem.
      </p>
      <Commands desk={desk} host={host} checked={checked} fail={setFailure} />
      <Problems checked={checked} desk={desk} />
      <Asked desk={desk} host={host} checked={checked} />
      <Outline desk={desk} checked={checked} />
    </div>
  );
}

// ------------------------------------------------------------------------------ beginning

function Begin(props: { room: Room; host: () => Host; fail: (text: string) => void }) {
  const { room, host, fail } = props;
  const chosen = useRef<HTMLSelectElement>(null);
  const begin = async () => {
    const name = chosen.current?.value ?? "";
    if (!mayBegin(room.desk)) return;
    const found = name === "" ? { found: blank() } : await filesOf(name);
    begun(found, room.desk, fail);
  };
  const open = async (files: FileList | null) => {
    if (!files || files.length === 0 || !mayBegin(room.desk)) return;
    const texts = await Promise.all([...files].map((file) => file.text()));
    begun(
      {
        found: sheetsOf(
          [...files].map((file) => file.name),
          texts,
        ),
      },
      room.desk,
      fail,
    );
  };
  return (
    <details class="edit-begin">
      <summary>Begin with another text</summary>
      <p>
        <label>
          A guideline that is served{" "}
          <select ref={chosen}>
            {host().guidelines.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
            <option value="">a new one</option>
          </select>
        </label>{" "}
        <button type="button" onClick={() => void begin()}>
          Begin
        </button>
      </p>
      <p>
        <label>
          Files of this machine (.gdl){" "}
          <input
            type="file"
            accept=".gdl"
            multiple
            onChange={(event) => void open(event.currentTarget.files)}
          />
        </label>
      </p>
    </details>
  );
}

/** Whether another text may take the place of what is edited. */
export function mayBegin(desk: Desk): boolean {
  return !desk.isChanged() || confirm("What was changed here is not downloaded. Leave it?");
}

function begun(told: Told<readonly BegunFile[]>, desk: Desk, fail: (text: string) => void) {
  if ("failure" in told) {
    fail(told.failure);
  } else {
    fail("");
    desk.begin(told.found);
  }
}

/** Files as they were chosen: the guideline among them is the main one. */
export function sheetsOf(names: readonly string[], texts: readonly string[]): BegunFile[] {
  const main = Math.max(
    0,
    texts.findIndex((text) => /^[ \t]*guideline\b/m.test(text)),
  );
  const files = names.map((name, number) => {
    const called = name.replace(/\.gdl$/, "");
    const text = texts[number] ?? "";
    const kind = /^[ \t]*(guideline|vocabulary|part|examples)\b/m.exec(text)?.[1] ?? "";
    return { name: called, called, kind, is_shipped: false, text };
  });
  const [first] = files.splice(main, 1);
  return first ? [{ ...first, name: "draft" }, ...files] : [];
}

// ------------------------------------------------------------------------------ the text

function Files({ desk }: { desk: Desk }) {
  const sheets = desk.sheets();
  if (sheets.length < 2) return null;
  return (
    <p>
      <label>
        File{" "}
        <select
          value={desk.current().name}
          onChange={(event) => desk.show(event.currentTarget.value)}
        >
          {sheets.map((sheet) => (
            <option key={sheet.name} value={sheet.name}>
              {sheet.called} {sheet.kind && `(${sheet.kind})`}
            </option>
          ))}
        </select>
      </label>
    </p>
  );
}

/** The place of the editor, which is older than this part and outlives it. */
function TextArea({ desk }: { desk: Desk }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.append(desk.view.dom);
    desk.view.requestMeasure();
    return () => desk.view.dom.remove();
  }, [desk]);
  return <div class="edit-text" ref={place} />;
}

function Commands(props: {
  desk: Desk;
  host: () => Host;
  checked: Checked;
  fail: (text: string) => void;
}) {
  const { desk, fail } = props;
  const [meaning, setMeaning] = useState("");
  const [told, setTold] = useState("");
  const about = useRef<HTMLDivElement>(null);
  useEffect(() => {
    about.current?.replaceChildren(...(meaning === "" ? [] : [rendered(meaning)]));
  }, [meaning]);
  const format = async () => {
    const answer = await askAbout("format", { ...desk.question(), file: desk.current().name });
    if ("failure" in answer) return setTold(answer.failure);
    const { edits } = answer.found;
    if (!edits) return setTold("A text with errors cannot be formatted; they are listed below.");
    desk.apply(desk.current().name, edits);
    setTold(edits.length === 0 ? "It was formatted already." : "Formatted.");
  };
  const explain = async () => {
    const found = await meaningAtCursor(desk);
    setMeaning(found || "There is nothing to say about the word at the cursor.");
  };
  const download = () => {
    for (const sheet of desk.sheets()) {
      const isMain = sheet === desk.sheets()[0];
      const text = desk.text(sheet.name);
      if (isMain || text !== sheet.original.toString()) save(`${sheet.called}.gdl`, text);
    }
    desk.settle();
    setTold("Downloaded.");
  };
  const share = async () => {
    const text = desk.text(desk.sheets()[0]?.name ?? "");
    const link = location.href.replace(/#.*$/, "") + (await fragmentOf(text));
    try {
      await navigator.clipboard.writeText(link);
      setTold("A link with the text in it is copied. It works where `b12guide serve` runs.");
    } catch {
      fail("This browser does not let the page copy.");
    }
  };
  return (
    <>
      <div class="edit-commands">
        <button type="button" onClick={() => void format()}>
          Format
        </button>
        <button type="button" onClick={() => undo(desk.view)}>
          Undo
        </button>
        <button type="button" onClick={() => search(desk.view)}>
          Search
        </button>
        <button type="button" onClick={() => void explain()}>
          What is the word at the cursor?
        </button>
        <button type="button" onClick={download}>
          Download
        </button>
        <button type="button" onClick={() => void share()}>
          Copy a link to the text
        </button>
        <span role="status">{told}</span>
      </div>
      <div ref={about} role="status" class="edit-meaning" />
    </>
  );
}

function save(name: string, text: string) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name.split("/").at(-1) ?? name;
  link.click();
  URL.revokeObjectURL(address);
}

// ---------------------------------------------------------------- examples, proofs, answers

/** What came back, and for which version of the texts. */
interface Settled {
  readonly told: Told<Reply>;
  readonly version: number;
}

interface Results {
  readonly trial: Settled | null;
  readonly proofs: Settled | null;
}

const RUNNING: Record<keyof Results, string> = {
  trial: "Trying the examples",
  proofs: "Proving",
};

function Asked({ desk, host, checked }: { desk: Desk; host: () => Host; checked: Checked }) {
  const [results, setResults] = useState<Results>({ trial: null, proofs: null });
  const [running, setRunning] = useState<readonly (keyof Results)[]>([]);
  const run = async (verb: Verb, key: keyof Results) => {
    const version = desk.version();
    setRunning((before) => [...before, key]);
    const told = await askAbout(verb, desk.question());
    setRunning((before) => before.filter((one) => one !== key));
    setResults((before) => ({ ...before, [key]: { told, version } }));
  };
  const { isAnswering, answerFromDraft, backToServed, showAnswer } = host();
  return (
    <section aria-labelledby="edit-asked">
      <h3 id="edit-asked">What the draft says</h3>
      <div class="edit-commands">
        <button type="button" onClick={() => void run("test", "trial")}>
          Try the examples
        </button>
        <button type="button" onClick={() => void run("prove", "proofs")}>
          Prove what is claimed
        </button>
        <button
          type="button"
          disabled={!checked.isUsable && !isAnswering}
          onClick={() => void answerFromDraft(true)}
        >
          Answer from this draft
        </button>
        {isAnswering && (
          <>
            <button type="button" onClick={showAnswer}>
              See the answer
            </button>
            <button type="button" onClick={backToServed}>
              Back to the guideline that is served
            </button>
          </>
        )}
      </div>
      <p role="status">
        {running.length > 0
          ? `${running.map((key) => RUNNING[key]).join(", ")} …`
          : isAnswering
            ? "The page answers from this draft."
            : ""}
      </p>
      {results.trial && (
        <Result settled={results.trial} title="Examples" desk={desk}>
          {(reply) => reply.trial && <Examples trial={reply.trial} desk={desk} />}
        </Result>
      )}
      {results.proofs && (
        <Result settled={results.proofs} title="Proofs" desk={desk}>
          {(reply) => reply.proofs && <Claims proofs={reply.proofs} desk={desk} />}
        </Result>
      )}
    </section>
  );
}

function Result(props: {
  settled: Settled;
  title: string;
  desk: Desk;
  children: (reply: Reply) => ComponentChildren;
}) {
  const { settled, title, desk, children } = props;
  const { told, version } = settled;
  const shown = "failure" in told ? null : children(told.found);
  return (
    <section aria-label={title} class="edit-result">
      <h4>{title}</h4>
      {version !== desk.version() && (
        <p class="edit-note">The text has been changed since this was worked out.</p>
      )}
      {shown ?? (
        <p role="status">
          {"failure" in told
            ? told.failure
            : "The draft has errors, so there is nothing to try. They are listed above."}
        </p>
      )}
    </section>
  );
}

// ------------------------------------------------------------------------------ outline

function Outline({ desk, checked }: { desk: Desk; checked: Checked }) {
  const { name } = desk.current();
  const headings = Object.hasOwn(checked.outline, name) ? (checked.outline[name] ?? []) : [];
  return (
    <details class="edit-outline">
      <summary>What is in this file ({headings.length})</summary>
      <ul>
        {headings.map((one) => (
          <li key={one.start}>
            <button
              type="button"
              class="edit-place"
              onClick={() => desk.goTo(name, { line: one.line, column: 1 })}
            >
              {one.kind} {one.name}
            </button>{" "}
            {one.title !== one.name && one.title}{" "}
            {one.said !== "" && <span class="edit-note">{one.said}</span>}
          </li>
        ))}
      </ul>
    </details>
  );
}
