import { environmentLine, markdownTable } from '../markdown.js';
import type { BrowserResults, Comparison } from './results.js';

/** The largest PDQ distance that Vigie calls a match by default. */
const radius = 31;

const columns = ['format', 'files', 'shown', 'hashed', 'compared', `within ${radius} bits`, 'largest', 'largest, nearest frame'];

export function browserSection({ environment, browser, files }: BrowserResults): string {
  const formats = [...new Set(files.map(({ format }) => format))];
  const rows = formats.map((format) =>
    rowOf(
      format,
      files.filter((file) => file.format === format),
    ),
  );
  const photographs = new Set(files.flatMap(({ name }) => numbered.exec(name)?.[1] ?? [])).size;
  return `## Files as a browser shows them

\`npm run bench:browser\` shows ${files.length} files in a page of Chromium ${browser} and hashes a picture of the page. It compares this hash with
the hash of the file. The files are the committed pictures of the project, and ${photographs} photographs written in every format.

${environmentLine(environment)}

${markdownTable(columns, [...rows, rowOf('all', files)])}

- *shown*: files that the browser decodes. *hashed*: files for which Vigie has a hash to match. *compared*: files that are both.
- *within ${radius} bits*: the hash of the page is a match for the file or for one of its frames.
- *largest*: the largest distance in bits to the first frame. *nearest frame*: to the nearest frame or reading. The browser plays an
  animation, so the page can show a later frame.
- *flat*: the picture has too little detail for PDQ, so Vigie refuses to match its hash.

${listed('Shown by the browser, but without a hash to match', files.filter(isOnlyShown), ({ answer }) => answer)}
${listed('Hashed by Vigie, but not shown by the browser', files.filter(isOnlyHashed), () => undefined)}
${listed(`More than ${radius} bits apart`, files.filter(isApart), ({ name, distance }) => `${distance?.nearest} bits (photograph ${numbered.exec(name)?.[1] ?? 'of the project'})`)}
The traits of each format:

${formats.map((format) => `- ${format}: ${traitsOf(files, format).join('; ')}.`).join('\n')}
`;
}

const isOnlyShown = ({ shown, answer }: Comparison): boolean => shown && answer !== 'hashed';
const isOnlyHashed = ({ shown, answer }: Comparison): boolean => !shown && answer === 'hashed';
const isApart = ({ distance }: Comparison): boolean => distance !== null && distance.nearest > radius;

function rowOf(format: string, files: readonly Comparison[]): string[] {
  const distances = files.flatMap(({ distance }) => distance ?? []);
  const largest = (of: readonly number[]): string => (of.length === 0 ? '' : String(Math.max(...of)));
  return [
    format,
    String(files.length),
    String(files.filter(({ shown }) => shown).length),
    String(files.filter(({ answer }) => answer === 'hashed').length),
    String(distances.length),
    String(distances.filter(({ nearest }) => nearest <= radius).length),
    largest(distances.map(({ first }) => first)),
    largest(distances.map(({ nearest }) => nearest)),
  ];
}

function listed(title: string, files: readonly Comparison[], why: (file: Comparison) => string | undefined): string {
  const lines = [...new Set(files.map((file) => [traitOf(file), why(file)].filter(Boolean).join(': ')))];
  return lines.length === 0 ? `${title}: none.\n` : `${title}:\n\n${lines.map((line) => `- ${line}`).join('\n')}\n`;
}

const numbered = /, photograph (\d+)$/;

const traitOf = ({ name }: Comparison): string => name.replace(numbered, '');

function traitsOf(files: readonly Comparison[], format: string): string[] {
  return [...new Set(files.filter((file) => file.format === format).map(traitOf))];
}
