/** Templates with places to fill in: those of language servers as those of the editor. */

const LAST = 99;

/** `${1:name}`, `$2` and `$0` (the end) as the editor counts them. */
export function template(snippet: string): string {
  return snippet.replace(/\$\{(\d+)(?::([^}]*))?\}|\$(\d+)/g, (...found: unknown[]) => {
    const [, number, text, bare] = found as (string | undefined)[];
    const order = Number(number ?? bare) || LAST;
    return text === undefined ? `\${${order}}` : `\${${order}:${text}}`;
  });
}
