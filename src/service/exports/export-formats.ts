import { VigieError } from '../../domain/errors.js';
import type { Format } from '../../formats/format.js';
import { formats } from '../../formats/registry.js';

type Writable = Format & Required<Pick<Format, 'write'>>;

const writable = formats.filter((format): format is Writable => format.write !== undefined);

/** The formats that an export can write, by name. */
export const exportFormats: readonly string[] = writable.map(({ name }) => name);

const extensions: Readonly<Record<string, string>> = {
  vigie: 'ndjson',
  vics: 'json',
  stopncii: 'json',
  icse: 'csv',
  iped: 'csv',
  neutral: 'csv',
  plain: 'csv',
};

export function extensionOf({ name }: Format): string {
  return extensions[name] ?? 'txt';
}

/** @throws VigieError `bad_request`. */
export function exportFormat(name: string): Writable {
  const format = writable.find((one) => one.name === name);
  if (format) return format;
  throw new VigieError('bad_request', `format: expected one of ${exportFormats.join(', ')}, got "${name}"`);
}

/** @throws VigieError `bad_request`. */
export function assertScheme({ name, carries }: Format, scheme: string | null): void {
  if (scheme === null) return;
  const schemes = carries.defaultScheme === undefined ? [] : (carries.schemes ?? []);
  if (schemes.includes(scheme)) return;
  const expected = schemes.length === 0 ? 'none: this format has no choice of scheme' : `one of ${schemes.join(', ')}`;
  throw new VigieError('bad_request', `scheme: expected ${expected}; got "${scheme}" for format ${name}`);
}
