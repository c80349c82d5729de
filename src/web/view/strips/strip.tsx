/** Lanes of days as a picture, drawn as wide as there is room for. */
import { useEffect, useRef, useState } from "preact/hooks";
import { type Day, dayText } from "../../engine/calendar/days";
import type { Lane, Row, Thing } from "./lanes";
import { monthsOf } from "./lanes";

export interface StripProps {
  readonly lanes: readonly Lane[];
  readonly first: Day;
  readonly last: Day;
  readonly title: string;
  /** The picture in words. */
  readonly words: string;
  /** Whether the days are dates; else they are counted from the first. */
  readonly isDated: boolean;
}

const LINE = 22;
const TITLE = 24;
const LETTERS = 16;
const MARGIN = 8;
const END = 74;

export function Strip({ lanes, first, last, title, words, isDated }: StripProps) {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(640);
  useEffect(() => {
    const box = place.current;
    if (!box) return undefined;
    const measure = () => setWidth(Math.max(260, Math.floor(box.clientWidth)));
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(box);
    return () => watcher.disconnect();
  }, []);
  const right = width - END;
  const span = Math.max(1, last - first);
  const at = (day: Day) => MARGIN + ((day - first) / span) * (right - MARGIN);
  const parts: { lane: Lane; top: number; rows: { row: Row; top: number }[] }[] = [];
  let top = 22;
  for (const lane of lanes) {
    const part = { lane, top, rows: [] as { row: Row; top: number }[] };
    top += TITLE + (wrapped(lane.title, width).length - 1) * LETTERS;
    for (const row of lane.rows) {
      if (row.name) top += wrapped(row.name, width).length * LETTERS;
      part.rows.push({ row, top });
      top += LINE;
    }
    top += 8;
    parts.push(part);
  }
  const name = `strip-${title.replaceAll(/[^A-Za-z]+/g, "-").toLowerCase()}`;
  const ticks = ticksOf(first, last, isDated, right - MARGIN);
  return (
    <div class="strip" ref={place}>
      <svg
        width={width}
        height={top}
        viewBox={`0 0 ${width} ${top}`}
        role="img"
        aria-labelledby={`${name}-title ${name}-words`}
      >
        <title id={`${name}-title`}>{title}</title>
        <desc id={`${name}-words`}>{words}</desc>
        {ticks.map(({ day, label }) => (
          <g key={day}>
            <line class="tick" x1={at(day)} x2={at(day)} y1={16} y2={top - 4} />
            <text class="tick" x={at(day) + 2} y={12}>
              {label}
            </text>
          </g>
        ))}
        {parts.map(({ lane, top: from, rows }) => (
          <g key={lane.title} class={`lane ${lane.colour}`}>
            <Words text={lane.title} kind="title" y={from + 15} width={width} />
            {rows.map(({ row, top: y }) => (
              <g key={row.name + y}>
                {row.name && (
                  <Words
                    text={row.name}
                    kind="name"
                    y={y - 3 - (wrapped(row.name, width).length - 1) * LETTERS}
                    width={width}
                  />
                )}
                <line class="rail" x1={MARGIN} x2={right} y1={y + 8} y2={y + 8} />
                {row.things.map((one, index) => (
                  <Mark key={index} thing={one} at={at} y={y + 8} first={first} last={last} />
                ))}
                {row.goesOn && (
                  <g>
                    <path class="arrow" d={`M${right} ${y + 8}h10m-4 -4l4 4l-4 4`} />
                    <text class="name" x={right + 14} y={y + 12}>
                      {row.goesOn}
                    </text>
                  </g>
                )}
              </g>
            ))}
          </g>
        ))}
      </svg>
    </div>
  );
}

function Mark(props: { thing: Thing; at: (day: Day) => number; y: number; first: Day; last: Day }) {
  const { thing, at, y, first, last } = props;
  if (thing.last < first || thing.first > last) return null;
  const from = at(Math.max(thing.first, first));
  const to = at(Math.min(thing.last, last));
  const style = thing.isOpen ? "mark open" : "mark";
  const shape =
    to - from > 6 && thing.shape !== "cross" ? (
      <rect class={`${style} window`} x={from} y={y - 4} width={to - from} height={8} rx={4} />
    ) : thing.shape === "dot" ? (
      <circle class={style} cx={from} cy={y} r={5} />
    ) : thing.shape === "square" ? (
      <rect class={style} x={from - 4.5} y={y - 4.5} width={9} height={9} />
    ) : thing.shape === "diamond" ? (
      <path class={style} d={`M${from} ${y - 6}l6 6l-6 6l-6 -6z`} />
    ) : (
      <path class="mark cross" d={`M${from - 5} ${y - 5}l10 10m0 -10l-10 10`} />
    );
  return (
    <g>
      <title>{thing.said}</title>
      {shape}
    </g>
  );
}

function ticksOf(
  first: Day,
  last: Day,
  isDated: boolean,
  room: number,
): { day: Day; label: string }[] {
  const days = last - first;
  let found: { day: Day; label: string }[];
  if (days <= 62) {
    const weeks = Array.from({ length: Math.floor(days / 7) + 1 }, (_, n) => first + n * 7);
    found = weeks.map((day) => ({
      day,
      label: isDated ? dayText(day).slice(5) : `day ${day - first}`,
    }));
  } else if (isDated) {
    found = monthsOf(first, last);
  } else {
    const step = days > 800 ? 364 : 28;
    const count = Math.floor(days / step) + 1;
    found = Array.from({ length: count }, (_, n) => ({
      day: first + n * step,
      label: n === 0 ? "day 0" : `week ${(n * step) / 7}`,
    }));
  }
  const every = Math.max(1, Math.ceil((found.length * 58) / Math.max(room, 1)));
  return found.filter((_, index) => index % every === 0);
}

function Words(props: { text: string; kind: "title" | "name"; y: number; width: number }) {
  return (
    <text class={props.kind}>
      {wrapped(props.text, props.width).map((line, index) => (
        <tspan key={index} x={MARGIN} y={props.y + index * LETTERS}>
          {line}
        </tspan>
      ))}
    </text>
  );
}

/** Words in lines that fit into the picture. */
function wrapped(text: string, width: number): string[] {
  const most = Math.floor((width - 2 * MARGIN) / 7);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + word.length + 1 > most) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
