/**
 * Places in a text. The service counts characters; JavaScript counts units of UTF-16, of which a
 * character outside the first 65,536 has two.
 */
export interface Places {
  /** The place in units that is so many characters from the start. */
  units(characters: number): number;
  /** The place in characters that is so many units from the start. */
  characters(units: number): number;
}

const PAIR = /[\ud800-\udbff][\udc00-\udfff]/g;
const HALF = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The text as it can be sent: a mark stands in the place of what is half of a character. */
export function sendable(text: string): string {
  return text.replace(HALF, "\ufffd");
}

export function placesIn(text: string): Places {
  const pairs = [...text.matchAll(PAIR)].map((found) => found.index);
  const within = (place: number) => Math.min(Math.max(place, 0), text.length);
  return {
    units: (characters) => {
      let place = characters;
      for (const pair of pairs) {
        if (pair >= place) break;
        place += 1;
      }
      return within(place);
    },
    characters: (units) => units - pairs.filter((pair) => pair < units).length,
  };
}
