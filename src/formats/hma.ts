/** The plain form of Hasher-Matcher-Actioner: `signal_type value` in each line. */
import { standing, wholeHashes } from './exported.js';
import type { ExportedEntry, Format, ReadItem, SourceFile } from './format.js';
import { HashCollector } from './hash-text.js';
import { invalid, listed } from './record.js';
import { contentLines, type TextLine, textOf } from './text.js';

const name = 'hma';
const algorithms = ['pdq', 'photodna', 'sha256', 'sha1', 'md5', 'blockhash'] as const;
const line = /^([a-z][a-z0-9_]{0,39}) (.+)$/i;
/** Digests of a file are the same for videos. */
const videoTypes = new Map([
  ['video_md5', 'md5'],
  ['video_sha256', 'sha256'],
]);

export const hma: Format = {
  name,
  title: 'HMA lines',
  carries: { algorithms, fields: [] },
  detect: (head) =>
    /^(?:pdq|md5|sha1|sha256|photodna|blockhash|video_\w+|tmk\w*) [^\s=(]+\s*$/im.test(textOf(head).split('\n')[0] ?? ''),
  read,
  write,
};

async function* read(file: SourceFile): AsyncGenerator<ReadItem[]> {
  for await (const lines of contentLines(file, name)) yield lines.map(itemOf);
}

function itemOf({ number, text }: TextLine): ReadItem {
  const [, type, value] = line.exec(text) ?? [];
  if (type === undefined) return invalid({ line: number }, 'expected a signal type, a space and a hash');
  const found = new HashCollector();
  found.addNamed(videoTypes.get(type.toLowerCase()) ?? type, value);
  return listed({ line: number }, found, []);
}

async function* write(entries: AsyncIterable<ExportedEntry>): AsyncGenerator<string> {
  for await (const entry of standing(entries)) {
    for (const { algorithm, hex } of wholeHashes(entry, algorithms)) yield `${algorithm} ${hex}\n`;
  }
}
