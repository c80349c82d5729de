/** The days of an answer: a timeline, and a calendar to take away. */
import type { AdviceData } from "../advice";
import { type CalendarOf, icalendar } from "./icalendar";
import { labelsOf } from "./labels";
import type { Said } from "./said";
import { type NoTimeline, type Timeline, timeline, type TimelineOptions } from "./timeline";

export { dayText, readDay } from "./days";
export type { CalendarOf } from "./icalendar";
export { dayAfter } from "./timeline";
export type { NoTimeline, Timeline, TimelineOptions, TimelineRow } from "./timeline";

/** What an answer of a guideline means on a calendar. */
export function timelineOf(
  advice: AdviceData,
  answer: Said,
  options: TimelineOptions,
): Timeline | NoTimeline {
  return timeline(answer, labelsOf(advice), options);
}

/** The same for a calendar program: the text of an `.ics` file. */
export function calendarFile(
  advice: AdviceData,
  answer: Said,
  found: Timeline,
  of: CalendarOf,
): string {
  return icalendar(found, answer, labelsOf(advice), of);
}
