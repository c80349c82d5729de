/** The tab in which the guideline is edited. The editor is a script of its own, loaded on demand. */
import { useEffect, useRef, useState } from "preact/hooks";
import { hasText, textIn } from "../edit/link";
import type { mount, Page } from "../edit/main";
import { isServed, type Slot } from "./slots";
import { withTab } from "./state";

interface EditorScript {
  readonly mount: typeof mount;
}

// A text in the link is read before the page writes its own state there.
let linked = readLink();
window.addEventListener("hashchange", () => {
  if (hasText(location.hash)) linked = readLink();
});

interface Linked {
  readonly text: string | null;
  readonly isUnread: boolean;
}

async function readLink(): Promise<Linked> {
  if (!hasText(location.hash)) return { text: null, isUnread: false };
  const text = await textIn(location.hash);
  return { text, isUnread: text === null };
}

export function EditTab(slot: Slot) {
  const place = useRef<HTMLDivElement>(null);
  const shown = useRef<ReturnType<typeof mount> | null>(null);
  const [told, setTold] = useState("The editor is being loaded …");
  const page = useRef<(text: string | null) => Page>(() => pageOf(slot, null));
  page.current = (text) => pageOf(slot, text);

  useEffect(() => {
    if (!isServed()) return undefined;
    let isGone = false;
    loaded()
      .then(async (script) => {
        const { text, isUnread } = await linked;
        if (isGone || !place.current) return;
        shown.current = script.mount(place.current, page.current(text));
        setTold(isUnread ? "The text in the link cannot be read. It is not complete." : "");
      })
      .catch(() => setTold("This service does not let anybody edit, or it does not answer."));
    const follow = () => {
      void linked.then(({ text }) => shown.current?.update(page.current(text)));
    };
    window.addEventListener("hashchange", follow);
    return () => {
      isGone = true;
      window.removeEventListener("hashchange", follow);
      shown.current?.end();
      shown.current = null;
    };
  }, []);
  useEffect(() => shown.current?.update(page.current(null)));

  if (!isServed()) {
    return (
      <section aria-labelledby="edit-heading">
        <h2 id="edit-heading">Edit the guideline</h2>
        <p>
          This is a file, which cannot check a text. Start <code>b12guide serve</code> on your
          machine: its page has an editor here, with what is wrong as you type, the examples and the
          proofs.
        </p>
      </section>
    );
  }
  return (
    <section aria-labelledby="edit-heading">
      <h2 id="edit-heading">Edit the guideline</h2>
      {told !== "" && <p role="status">{told}</p>}
      <div ref={place} />
    </section>
  );
}

let script: Promise<EditorScript> | null = null;

function loaded(): Promise<EditorScript> {
  const address = new URL("edit.js", document.baseURI).href;
  script ??= styled().then(() => import(address) as Promise<EditorScript>);
  script.catch(() => (script = null));
  return script;
}

function styled(): Promise<void> {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = "edit.css";
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", reject);
    document.head.append(link);
  });
}

function pageOf(slot: Slot, text: string | null): Page {
  const { programs, program, draft, answerFrom, change } = slot;
  const served = programs.filter((one) => one !== draft).map((one) => one.guideline.name);
  const first = program === draft ? [] : [program.guideline.name];
  return {
    guidelines: [...new Set([...first, ...served])],
    text,
    isAnswering: draft !== null,
    answerFrom,
    showAnswer: () => change(withTab("answer")),
  };
}
