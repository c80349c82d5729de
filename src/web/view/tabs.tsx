/** Tabs as the keyboard knows them: arrows, Home and End move between them. */
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { Guarded } from "./guarded";
import type { Tab } from "./state";

export interface TabsProps {
  readonly tab: Tab;
  readonly names: readonly [Tab, string][];
  readonly change: (tab: Tab) => void;
  readonly children: Record<Tab, () => ComponentChildren>;
}

/** Draws inside the guard, so that what goes wrong is caught there. */
function Shown({ draw }: { draw: () => ComponentChildren }) {
  return <>{draw()}</>;
}

export function Tabs({ tab, names, change, children }: TabsProps) {
  const list = useRef<HTMLDivElement>(null);
  const shown = names.some(([name]) => name === tab) ? tab : "answer";
  const move = (event: KeyboardEvent) => {
    const at = names.findIndex(([name]) => name === shown);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: names.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = names[(to + names.length) % names.length];
    if (!next) return;
    change(next[0]);
    list.current?.querySelector<HTMLElement>(`#tab-${next[0]}`)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label="Views" ref={list} onKeyDown={move}>
        {names.map(([name, label]) => (
          <button
            key={name}
            id={`tab-${name}`}
            type="button"
            role="tab"
            aria-selected={name === shown}
            aria-controls="tab-panel"
            tabIndex={name === shown ? 0 : -1}
            onClick={() => change(name)}
          >
            {label}
          </button>
        ))}
      </div>
      <div
        class={`panel panel-${shown}`}
        role="tabpanel"
        id="tab-panel"
        aria-labelledby={`tab-${shown}`}
      >
        <Guarded key={shown} name={names.find(([name]) => name === shown)?.[1] ?? shown}>
          <Shown draw={children[shown]} />
        </Guarded>
      </div>
    </>
  );
}
