/** Starts the page with the guidelines that stand in its file. */
import { render } from "preact";
import type { Program } from "../engine/program";
import { Page } from "./page";
import "./style/page.css";

const place = document.getElementById("page");
const programs = [...document.querySelectorAll("script.program")].map(
  (script) => JSON.parse(script.textContent ?? "null") as Program,
);
if (place) {
  place.replaceChildren();
  render(<Page programs={programs} />, place);
}
