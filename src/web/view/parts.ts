/** What of the page can be asked without a browser; tests do. */
export { asked, explainer } from "./ask_engine";
export { changedBy } from "./answer/changed";
export { answerText } from "./answer/copy";
export { samplesOf, together } from "./answer/outcomes";
export { rowsOf } from "./answer/rows";
export { askedFacts, inPlace } from "./facts/order";
export { readMeasure } from "./measure";
export { patientOf } from "./patient";
export { emptyState, entered, fromFragment, toFragment } from "./state";
