/** Rows in the text format of COPY (PostgreSQL 15, chapter "COPY", file formats). */

/** `null` is NULL. Bytes are `\x` and hex digits. */
export type CopyValue = string | number | boolean | null;

const special = /[\\\t\n\r]/g;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

export function copyRow(values: readonly CopyValue[]): string {
  let row = '';
  for (const [at, value] of values.entries()) row += `${at === 0 ? '' : '\t'}${copyValue(value)}`;
  return `${row}\n`;
}

function copyValue(value: CopyValue): string {
  if (value === null) return '\\N';
  if (typeof value !== 'string') return String(value);
  return value.replace(special, (character) => escapes[character] ?? character);
}

/** The text of a PostgreSQL array. */
export function arrayText(elements: readonly (string | number | null)[]): string {
  return `{${elements.map(elementText).join(',')}}`;
}

function elementText(element: string | number | null): string {
  if (element === null) return 'NULL';
  if (typeof element === 'number') return String(element);
  return `"${element.replace(/["\\]/g, '\\$&')}"`;
}
