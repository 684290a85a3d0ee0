import type { z } from 'zod';
import { browserResultsSchema } from './browser/results.js';
import { browserSection } from './browser/section.js';
import { expiryResultsSchema } from './expiry/results.js';
import { expirySection } from './expiry/section.js';
import { faultResultsSchema } from './faults/results.js';
import { faultSection } from './faults/section.js';
import { fuzzResultsSchema } from './fuzz/results.js';
import { fuzzSection } from './fuzz/section.js';
import { timingResultsSchema } from './guard/results.js';
import { timingSection } from './guard/section.js';
import { nodesSection } from './http/nodes-section.js';
import { policySection } from './http/policy-section.js';
import { httpSection, httpSummary } from './http/section.js';
import { decoderResultsSchema } from './imaging/decoder-results.js';
import { decoderSection } from './imaging/decoder-section.js';
import { imagingResultsSchema } from './imaging/results.js';
import { imagingSection } from './imaging/section.js';
import { importResultsSchema } from './import/results.js';
import { importSection } from './import/section.js';
import { indexResultsSchema, soakResultsSchema } from './index/results.js';
import { charts, indexSection, soakSection } from './index/section.js';
import { httpResultsSchema, nodesResultsSchema, policyResultsSchema } from './results.js';
import { robustnessSchema } from './robustness/results.js';
import { robustnessCharts, robustnessSection } from './robustness/section.js';
import { tailSchema } from './robustness/tail/results.js';
import { tailSection } from './robustness/tail/section.js';

export type ReadResult = (file: string) => unknown;

type Section = (read: ReadResult) => string | undefined;

/** In the order of BENCH.md. A section without a results file is left out. */
const sections: readonly Section[] = [
  section('http.json', httpResultsSchema, httpSection),
  section('import.json', importResultsSchema, importSection),
  section('policy.json', policyResultsSchema, policySection),
  section('imaging.json', imagingResultsSchema, imagingSection),
  section('nodes.json', nodesResultsSchema, nodesSection),
  section('expiry.json', expiryResultsSchema, expirySection),
  section('timing.json', timingResultsSchema, timingSection),
  section('faults.json', faultResultsSchema, faultSection),
  section('index.json', indexResultsSchema, indexSection),
  section('soak.json', soakResultsSchema, soakSection),
  section('decoders.json', decoderResultsSchema, decoderSection),
  section('browser.json', browserResultsSchema, browserSection),
  section('fuzz.json', fuzzResultsSchema, fuzzSection),
  section('robustness.json', robustnessSchema, robustnessSection),
  section('tail.json', tailSchema, tailSection),
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

\`npm run bench:report\` generates this file from the results in \`bench/results/\`. Every benchmark runs it at the end. To measure again:
\`\`\`
npm run bench
npm run bench -- --hashes 10000 --seconds 5
npm run bench:import
npm run bench:policy
npm run bench:imaging
.ci/postgres run npm run bench:nodes
npm run bench:expiry
npm run bench:timing
npm run bench:faults
npm run bench:index -- --suite
npm run bench:soak -- --minutes 3
npm run bench:decoders
npm run bench:browser
npm run fuzz:images -- --count 20000
npm run bench:robustness
npm run bench:tail
\`\`\`
Absolute figures differ between machines, so compare ratios. All data is seeded, so every run does the same work.
`;

export function renderReport(read: ReadResult): string {
  return [intro, ...sections.flatMap((one) => one(read) ?? [])].join('\n');
}

export function renderCharts(read: ReadResult): ReadonlyMap<string, string> {
  const index = read('index.json');
  const robustness = read('robustness.json');
  return new Map([
    ...(index === undefined ? [] : charts(indexResultsSchema.parse(index))),
    ...(robustness === undefined ? [] : robustnessCharts(robustnessSchema.parse(robustness))),
  ]);
}

export function renderSummary(read: ReadResult): string | undefined {
  return section('http.json', httpResultsSchema, httpSummary)(read);
}

const markers = /(<!-- figures -->)[\s\S]*?(<!-- \/figures -->)/;

export function withSummary(readme: string, summary: string): string {
  return readme.replace(markers, (_, open: string, close: string) => `${open}\n${summary}\n${close}`);
}
