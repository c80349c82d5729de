/**
 * Several rules at once: what they say together about a decision, what of it is certain over all
 * completions, and how answers have it. Rules go by their place in reading order.
 */
export { decideByItems } from "./by_items";
export { coarse, conflictsOf, decideByParts, inPartOrder } from "./by_parts";
export { advisedKey, everythingKey } from "./composition";
export type { Composition } from "./composition";
export { silentOn } from "./decided";
export type { Conflict, Decided } from "./decided";
export {
  conflictWithWeight,
  elsewhere,
  finished,
  waitingForWeight,
  weightsOf,
  withWeight,
} from "./elsewhere";
export type { Elsewhere, Weights } from "./elsewhere";
export { conflictJson, decisionJson, drugsJson } from "./json";
export { compositionOf, ready } from "./ready";
export type { Ready } from "./ready";
