/** Starts the page with the guidelines that stand in its file. */
import { render } from "preact";
import type { Program } from "../engine/program";
import { Page } from "./page";
import { bare } from "./state";
import "./style/page.css";

export * as parts from "./parts";

// A rule may be called as what every object has, such as `constructor`: these have nothing else.
const bareObject = (_: string, value: unknown) =>
  value && typeof value === "object" && !Array.isArray(value)
    ? bare(value as Record<string, unknown>)
    : value;

function start(place: HTMLElement): void {
  const programs = [...document.querySelectorAll("script.program")].map(
    (script) => JSON.parse(script.textContent ?? "null", bareObject) as Program,
  );
  place.replaceChildren();
  render(<Page programs={programs} />, place);
}

const place = typeof document === "undefined" ? null : document.getElementById("page");
if (place) start(place);
