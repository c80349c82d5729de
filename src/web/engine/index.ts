/** A guideline, answered: the same answers as the Python library, from the same compiled program. */
export type { Answer, Options, Patient, Refusal } from "./answer";
export type { Program } from "./program";
export { calendarFile, dayAfter, timelineOf } from "./calendar";
