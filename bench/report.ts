/** BENCH.md and README's line of figures, made from the files in `bench/results/`: no figure is ever typed. */
import type { z } from 'zod';
import { fuzzResultsSchema } from './fuzz/results.js';
import { fuzzSection } from './fuzz/section.js';
import { importSection } from './http/import-section.js';
import { nodesSection } from './http/nodes-section.js';
import { policySection } from './http/policy-section.js';
import { httpSection, httpSummary } from './http/section.js';
import { decoderResultsSchema } from './imaging/decoder-results.js';
import { decoderSection } from './imaging/decoder-section.js';
import { imagingResultsSchema } from './imaging/results.js';
import { imagingSection } from './imaging/section.js';
import { indexResultsSchema, soakResultsSchema } from './index/results.js';
import { charts, indexSection, soakSection } from './index/section.js';
import { httpResultsSchema, importResultsSchema, nodesResultsSchema, policyResultsSchema } from './results.js';
import { robustnessSchema } from './robustness/results.js';
import { robustnessCharts, robustnessSection } from './robustness/section.js';

/** Gives the content of a file in `bench/results/`, parsed as JSON; undefined when there is none. */
export type ReadResult = (file: string) => unknown;

type Section = (read: ReadResult) => string | undefined;

/** In the order of BENCH.md. A bench adds a line here, and its section is left out until its file is there. */
const sections: readonly Section[] = [
  section('http.json', httpResultsSchema, httpSection),
  section('import.json', importResultsSchema, importSection),
  section('policy.json', policyResultsSchema, policySection),
  section('imaging.json', imagingResultsSchema, imagingSection),
  section('nodes.json', nodesResultsSchema, nodesSection),
  section('index.json', indexResultsSchema, indexSection),
  section('soak.json', soakResultsSchema, soakSection),
  section('decoders.json', decoderResultsSchema, decoderSection),
  section('fuzz.json', fuzzResultsSchema, fuzzSection),
  section('robustness.json', robustnessSchema, robustnessSection),
];

function section<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  render: (results: z.output<Schema>) => string | undefined,
): Section {
  return (read) => {
    const content = read(file);
    return content === undefined ? undefined : render(schema.parse(content));
  };
}

const intro = `# Benchmarks

Made by \`npm run bench:report\` from the files in \`bench/results/\`; every bench ends with it. To measure again:
\`\`\`
npm run bench
npm run bench -- --hashes 10000 --seconds 5
npm run bench:import
npm run bench:policy
npm run bench:imaging
.ci/postgres run npm run bench:nodes
npm run bench:index -- --suite
npm run bench:soak -- --minutes 3
npm run bench:decoders
npm run fuzz:images -- --count 20000
npm run bench:robustness
\`\`\`
Absolute figures drift from machine to machine: compare ratios. Data is seeded, so every run asks for the same work.
`;

/** The text of BENCH.md. */
export function renderReport(read: ReadResult): string {
  return [intro, ...sections.flatMap((one) => one(read) ?? [])].join('\n');
}

/** The charts that BENCH.md shows, by their files relative to the root. */
export function renderCharts(read: ReadResult): ReadonlyMap<string, string> {
  const index = read('index.json');
  const robustness = read('robustness.json');
  return new Map([
    ...(index === undefined ? [] : charts(indexResultsSchema.parse(index))),
    ...(robustness === undefined ? [] : robustnessCharts(robustnessSchema.parse(robustness))),
  ]);
}

/** README's summary of the figures, one line; undefined as long as nothing was measured. */
export function renderSummary(read: ReadResult): string | undefined {
  return section('http.json', httpResultsSchema, httpSummary)(read);
}

const markers = /(<!-- figures -->)[\s\S]*?(<!-- \/figures -->)/;

/** `readme` with the summary between its markers; unchanged where it has none. */
export function withSummary(readme: string, summary: string): string {
  return readme.replace(markers, (_, open: string, close: string) => `${open}\n${summary}\n${close}`);
}
