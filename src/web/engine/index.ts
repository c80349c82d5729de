/** A guideline, answered: the same answers as the Python library, from the same compiled program. */
export type { Answer, Explained, Options, Part, Patient, Refusal } from "./answer";
export { isRefusal } from "./answer";
export type { Program } from "./program";
export type { Reply, ReplyItem } from "./ask";
export { ask } from "./ask";
export { explain, recommend } from "./asking";
export type { Change, Outcome } from "./changes";
export { whatChanges } from "./changes";
export { calendarFile, dayAfter, timelineOf } from "./calendar";
export * as compose from "./compose";
export { sayAdvice } from "./say/advice";
export { phasesOf } from "./say/from_json";
export { scheduleText } from "./say/schedules";
export { calledBeside, sideBySide } from "./several/side_by_side";
export { sheetOf } from "./sheet";
export { compareText } from "./history";
