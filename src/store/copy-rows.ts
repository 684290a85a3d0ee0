/** Values in the text format of COPY (PostgreSQL 15, chapter "COPY", file formats). */

const special = /[\\\t\n\r]/;
const specials = /[\\\t\n\r]/g;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

export const copyNull = '\\N';

/** Any text; null is NULL. */
export function copyText(value: string | null): string {
  if (value === null) return copyNull;
  return special.test(value) ? value.replace(specials, (character) => escapes[character] ?? character) : value;
}

/** An array of names, hex digits or numbers, which need no quotes. */
export function copyWords(elements: readonly (string | number | null)[]): string {
  let text = '{';
  for (let at = 0; at < elements.length; at++) text += `${at === 0 ? '' : ','}${elements[at] ?? 'NULL'}`;
  return `${text}}`;
}

/** A `jsonb`. */
export function copyJson(value: object): string {
  return copyText(JSON.stringify(value));
}
