/** A guideline, answered: the same answers as the Python library, from the same compiled program. */
export type { Program } from "./program";
