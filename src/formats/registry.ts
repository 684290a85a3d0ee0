import { checksums } from './checksums.js';
import { type Format, FormatError } from './format.js';
import { hma } from './hma.js';
import { icse } from './icse.js';
import { iped } from './iped.js';
import { ncmec } from './ncmec.js';
import { neutral } from './neutral.js';
import { nsrlSqlite } from './nsrl-sqlite.js';
import { nsrlText } from './nsrl-text.js';
import { plain } from './plain.js';
import { stopncii } from './stopncii.js';
import { vics } from './vics.js';
import { vigie } from './vigie.js';

export const formats: readonly Format[] = [
  vigie,
  vics,
  ncmec,
  stopncii,
  icse,
  iped,
  neutral,
  plain,
  checksums,
  hma,
  nsrlText,
  nsrlSqlite,
];

/** As `--format` takes them. */
export const formatNames: readonly string[] = formats.map(({ name }) => name);

export function formatNamed(name: string): Format | undefined {
  return formats.find((format) => format.name === name);
}

/**
 * The format of a file by its first bytes.
 *
 * @throws FormatError `unknown_format` or `ambiguous_format`, which name the formats to choose from
 */
export function detectFormat(head: Uint8Array, fileName: string): Format {
  const candidates = formats.filter((format) => format.detect(head, fileName));
  const [only, other] = candidates;
  if (only && !other) return only;
  const names = (other ? candidates : formats).map(({ name }) => name).join(', ');
  if (other) throw new FormatError('ambiguous_format', null, null, `could be ${names}: say which`);
  throw new FormatError('unknown_format', null, null, `not recognised: say which of ${names} it is`);
}
