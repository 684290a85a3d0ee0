import { type Chart, renderChart } from '../index/chart.js';
import { environmentLine, figure, markdownTable } from '../markdown.js';
import { temptingSection } from './adversarial/section.js';
import { holdRadiiWith } from './known-list.js';
import { entriesOfLargeList } from './ladder.js';
import type { Robustness } from './results.js';

export const robustnessChart = 'bench/results/robustness-selection.svg';

const percent = (share: number) => `${(share * 100).toFixed(share === 1 || share === 0 ? 0 : 1)} %`;
const whole = (share: number) => `${Math.round(share * 100)} %`;

export function robustnessTables(robustness: Robustness): string {
  return `${ladderTable(robustness)}\n\n${kindTable(robustness)}`;
}

function ladderTable({ rungs, costs }: Robustness): string {
  const rows = rungs.map((rung, at) => [
    rung.name,
    ...[rung.recall, rung.worstKind, rung.removed, rung.oneHash, rung.oneHashInLargeList].map(percent),
    ...[rung.hashes, rung.regions, rung.searches, costs[at]?.hashing ?? 0, costs[at]?.searching ?? 0].map(figure),
  ]);
  const titles = ['recognised', 'worst kind', 'removed', 'one hash', 'one hash of 1 M'];
  const costTitles = ['hashes/entry', 'regions/entry', 'searches/query', 'hashing ms', 'search ms'];
  return markdownTable(['', ...titles, ...costTitles], rows);
}

function kindTable({ edits, defaultRung }: Robustness): string {
  const kinds = [...new Set(edits.map(({ kind }) => kind))];
  const steps = [0, 2, 4, 8, defaultRung];
  const titles = [
    'PDQ alone',
    '+ orientations, negative',
    '+ frames, deskewed',
    '+ crops, tilts',
    'default',
    'removed',
    'one hash',
  ];
  const mean = (values: readonly number[]) => whole(values.reduce((sum, value) => sum + value, 0) / values.length);
  const rows = kinds.map((kind) => {
    const ofKind = edits.filter((edit) => edit.kind === kind);
    return [
      `${kind} (${ofKind.length})`,
      ...steps.map((step) => mean(ofKind.map(({ recall }) => recall[step] ?? 0))),
      mean(ofKind.map(({ removed }) => removed)),
      mean(ofKind.map(({ oneHash }) => oneHash)),
    ];
  });
  return markdownTable(['kind (edits)', ...titles], rows);
}

export function robustnessSection(robustness: Robustness): string {
  const { environment, originals, edits, rungs, defaultRung, removed, held, confused, unrelated, selection, tempted } =
    robustness;
  const total = originals.photograph + originals.region + originals.scene;
  return `## Edited copies

\`npm run bench:robustness\` makes ${edits.length} edited copies of each of ${total} originals: ${originals.photograph} photographs, ${originals.region} thirds of large photographs and ${originals.scene} composed
scenes. All ${figure(total * edits.length)} copies pass through the imaging process, the index and the policy. With default settings Vigie recognises
**${percent(rungs[defaultRung]?.recall ?? 0)}** of them: ${percent(removed)} are removed and ${percent(held)} are held for review.

${environmentLine(environment)}

${ladderTable(robustness)}

- Each row adds something to the row before. The default is "${rungs[defaultRung]?.name}". The row after it is \`VIGIE_VARIANTS=all\`.
- *worst kind* is the share of recognised copies for the kind of edit with the worst result.
- *removed* is the share of copies that policy removes. It holds the other recognised copies for review.
- *one hash* is the share of recognised copies if the entry has only the hash of the whole image, as in imported lists.
- *one hash of 1 M*: the same in a list of ${figure(entriesOfLargeList)} entries. There "+ hold radius" reaches only ${holdRadiiWith(entriesOfLargeList).widest} bits. In the list of this benchmark
  it reaches ${holdRadiiWith(total).widest}.
- *searches/query* counts PDQ searches, each exact within 31 bits. A few reach as far as the hold radius. Frames and skew cause searches
  only if the query has them.
- *hashing ms* is the time of the kernel for all hashes of a query, without decoding. One copy of each original was measured.
- *search ms* is the time of all searches of a query, with one worker, in an index of ${figure(entriesOfLargeList)} random hashes of each kind. The hold
  radius is that of ${figure(entriesOfLargeList)} entries. All figures include the rows before.

**False positives**: ${figure(unrelated.images)} unrelated scenes were enrolled and searched for with all variants. That is ${figure(unrelated.pairs)} pairs and ${figure(unrelated.searches)}
searches. PDQ found **${unrelated.byPdq} matches**. Blockhash alone found ${unrelated.byBlockhash}; these would be held for review. A pair counts once for each
direction. For ${unrelated.loneRegions} pairs policy discarded a single region within the radius. Of the edited copies above, ${confused} matched an
original that shows something else.

### By kind

${kindTable(robustness)}

${temptingSection(tempted)}
### What each stored hash adds

![Copies recognised against hashes per entry](${robustnessChart})

The share of recognised copies after adding each hash, best hash first.

- Main index: ${steps(selection.main)}.
- Regions, for copies that the main index misses: ${steps(selection.regions)}.
`;
}

function steps(all: Robustness['selection']['main']): string {
  return all.map(({ added, recall }) => `${added.join(' and ') || 'none'} ${percent(recall)}`).join(', ');
}

export function robustnessCharts({ selection, rungs, defaultRung }: Robustness): ReadonlyMap<string, string> {
  const points = (all: Robustness['selection']['main']) =>
    all.filter(({ hashes }) => hashes > 0).map(({ hashes, recall }) => ({ x: hashes, y: recall }));
  const defaultHashes = Math.round(rungs[defaultRung]?.hashes ?? 0);
  const withRegions = selection.regions.map(({ hashes, recall }) => ({ x: defaultHashes + hashes, y: recall }));
  const chart: Chart = {
    title: 'What each stored hash adds, best first',
    xLabel: 'hashes per entry',
    yLabel: 'copies recognised',
    yScale: 'share',
    series: [
      { name: 'main index alone', points: points(selection.main) },
      { name: 'default hashes and regions', points: withRegions },
    ],
  };
  return new Map([[robustnessChart, renderChart(chart)]]);
}
