/** What `md5sum`, `sha1sum` and `sha256sum` print, as GNU and, with `--tag`, as BSD write it. File names are not kept. */
import { standing, wholeHashes } from './exported.js';
import type { ExportedEntry, Format, ReadItem, SourceFile } from './format.js';
import { algorithmNamed, HashCollector } from './hash-text.js';
import { invalid, listed } from './record.js';
import { contentLines, type TextLine, textOf } from './text.js';

const name = 'checksums';
// A backslash in front says that the file name has escapes.
const gnu = /^\\?([^\s,;]+) [ *](.+)$/;
const bsd = /^\\?([A-Z0-9-]{3,20}) ?\((.+)\) ?= ?(\S+)$/;
/** Paths have up to 4 096 bytes, and each can be escaped. The expressions above are slow on longer lines. */
const maxLine = 10_000;
const byLength = new Map([
  [32, 'md5'],
  [40, 'sha1'],
  [64, 'sha256'],
  [56, 'sha224'],
  [96, 'sha384'],
  [128, 'sha512'],
]);

export const checksums: Format = {
  name,
  title: 'Output of md5sum, sha1sum and sha256sum',
  carries: { algorithms: ['md5', 'sha1', 'sha256'], fields: [] },
  detect: (head) => /^\\?[0-9a-f]{32,128} [ *]\S|^\\?(?:MD5|SHA\d[\d-]*) ?\(.+\) ?= ?[0-9a-f]/i.test(textOf(head)),
  read,
  write,
};

async function* read(file: SourceFile): AsyncGenerator<ReadItem[]> {
  for await (const lines of contentLines(file, name)) yield lines.map(itemOf);
}

function itemOf({ number, text }: TextLine): ReadItem {
  const at = { line: number };
  if (text.length > maxLine) return invalid(at, `is longer than ${maxLine} characters`);
  const [, tag, , tagged = ''] = bsd.exec(text) ?? [];
  const found = new HashCollector();
  if (tag !== undefined) {
    found.addNamed(tag.replace('SHA2-', 'SHA'), tagged);
    return listed(at, found, []);
  }
  const [, digest] = gnu.exec(text) ?? [];
  if (digest === undefined) return invalid(at, 'expected a digest, two spaces and a file name');
  const kind = byLength.get(digest.length);
  if (kind === undefined) return invalid(at, `no digest has ${digest.length} digits`);
  if (algorithmNamed(kind)) found.addNamed(kind, digest);
  else found.leaveOut(kind);
  return listed(at, found, []);
}

/** One line per digest, in the form of BSD because it names the algorithm. The file name is the id of the entry. */
async function* write(entries: AsyncIterable<ExportedEntry>): AsyncGenerator<string> {
  for await (const entry of standing(entries)) {
    for (const { algorithm, hex } of wholeHashes(entry, ['md5', 'sha1', 'sha256'])) {
      yield `${algorithm.toUpperCase()} (${entry.id}) = ${hex}\n`;
    }
  }
}
