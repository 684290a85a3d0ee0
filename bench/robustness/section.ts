/** What BENCH.md says of robustness. */
import { type Chart, renderChart } from '../index/chart.js';
import { environmentLine, figure, markdownTable } from '../markdown.js';
import type { Robustness } from './results.js';

export const robustnessChart = 'bench/results/robustness-edge.svg';

const percent = (share: number) => `${(share * 100).toFixed(share === 1 || share === 0 ? 0 : 1)} %`;
const whole = (share: number) => `${Math.round(share * 100)} %`;

/** Ladder and kinds. */
export function robustnessTables(robustness: Robustness): string {
  return `${ladderTable(robustness)}\n\n${kindTable(robustness)}`;
}

function ladderTable({ rungs, oneHash }: Robustness): string {
  const rows = rungs.map(({ name, recall, worstKind, hashes, regions, searches }) => [
    name,
    percent(recall),
    percent(worstKind),
    figure(hashes),
    figure(regions),
    figure(searches),
  ]);
  const alone = ['entries of one hash', percent(oneHash), '', '1.00', '0.00', ''];
  return markdownTable(
    ['', 'copies recognised', 'worst kind', 'hashes an entry', 'regions an entry', 'searches a query'],
    [...rows, alone],
  );
}

/** One row a kind: the mean of its edits. */
function kindTable({ edits, defaultRung }: Robustness): string {
  const kinds = [...new Set(edits.map(({ kind }) => kind))];
  const steps = [0, 2, 4, 8, defaultRung];
  const titles = [
    'PDQ alone',
    'and turned, negative',
    'and unframed, straight',
    'and crops, sides, tilts',
    'default',
    'one hash',
  ];
  const mean = (values: readonly number[]) => whole(values.reduce((sum, value) => sum + value, 0) / values.length);
  const rows = kinds.map((kind) => {
    const ofKind = edits.filter((edit) => edit.kind === kind);
    return [
      `${kind} (${ofKind.length})`,
      ...steps.map((step) => mean(ofKind.map(({ recall }) => recall[step] ?? 0))),
      mean(ofKind.map(({ oneHash }) => oneHash)),
    ];
  });
  return markdownTable(['kind (edits)', ...titles], rows);
}

export function robustnessSection(robustness: Robustness): string {
  const { environment, originals, edits, rungs, defaultRung, removed, held, confused, unrelated, edge } = robustness;
  const total = originals.photograph + originals.region + originals.scene;
  return `## Edited copies

\`npm run bench:robustness\`: ${figure(total)} originals (${originals.photograph} photographs, ${originals.region} thirds of large ones, ${originals.scene} composed scenes), ${edits.length} edits of each: ${figure(total * edits.length)} copies, each
through imaging process, index and policy. By default **${percent(rungs[defaultRung]?.recall ?? 0)}** of them are recognised: ${percent(removed)} are removed, ${percent(held)} held for review.

${environmentLine(environment)}

${ladderTable(robustness)}

- Each line adds to the one before; the default is "${rungs[defaultRung]?.name}", \`VIGIE_VARIANTS=all\` the line after it. *Worst kind*: recall of the kind of edit that fares worst.
- *Entries of one hash*: imported lists know the whole image only; everything that is asked by default is asked.
- Searches are of PDQ, each exact within 31 bits. Frames and skew are searched only where one is found.

**False positives**: ${figure(unrelated.images)} unrelated scenes, every one enrolled and asked for with all variants: ${figure(unrelated.pairs)} pairs, ${figure(unrelated.searches)} searches, **${unrelated.byPdq} matches** by PDQ, ${unrelated.byBlockhash} by blockhash alone (both ways counted; these hold for review). ${unrelated.loneRegions} pairs had
something within a radius that the policy discards, as a region alone. Among the copies above, ${confused} were taken for an original of something else.

### By kind

${kindTable(robustness)}

### What each stored hash wins

![Copies recognised against hashes of an entry](${robustnessChart})

Greedy, best first. Main index: ${steps(edge.main)}. Regions, over what the main index leaves: ${steps(edge.regions)}.
`;
}

function steps(all: Robustness['edge']['main']): string {
  return all.map(({ added, recall }) => `${added.join(' and ')} ${percent(recall)}`).join(', ');
}

export function robustnessCharts({ edge, rungs, defaultRung }: Robustness): ReadonlyMap<string, string> {
  const points = (all: Robustness['edge']['main']) =>
    all.filter(({ hashes }) => hashes > 0).map(({ hashes, recall }) => ({ x: hashes, y: recall }));
  // What regions add is added to the default set of the main index.
  const usual = Math.round(rungs[defaultRung]?.hashes ?? 0);
  const beside = edge.regions.map(({ hashes, recall }) => ({ x: usual + hashes, y: recall }));
  const chart: Chart = {
    title: 'What each stored hash wins, best first',
    xLabel: 'hashes of an entry',
    yLabel: 'copies recognised',
    yScale: 'share',
    series: [
      { name: 'main index alone', points: points(edge.main) },
      { name: 'default set, and regions', points: beside },
    ],
  };
  return new Map([[robustnessChart, renderChart(chart)]]);
}
