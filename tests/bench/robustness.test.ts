import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../bench/random.js';
import { suite } from '../../bench/robustness/edits/suite.js';
import { selectMainVariants, selectRegions } from '../../bench/robustness/greedy-selection.js';
import { hashingSteps } from '../../bench/robustness/hashing-cost.js';
import { defaultRung, holdRung, inLargeList, ofOneHash, rungOf, rungs, upTo } from '../../bench/robustness/ladder.js';
import type { Robustness } from '../../bench/robustness/results.js';
import { robustnessCharts, robustnessSection } from '../../bench/robustness/section.js';
import { loadImageKernel } from '../../native-free-workers/hashing/load-image-kernel.js';
import { enrolmentVariants } from '../../native-free-workers/variants/enrolment-variants.js';
import { queryVariants } from '../../native-free-workers/variants/query-variants.js';
import { built } from '../../src/package-root.js';
import { candidate } from '../domain/candidates.js';
import { scene } from '../support/images.js';

const region = (name: string) => candidate({ list: 'known', variant: `region_${name}`, queryVariant: `region_${name}` });

describe('the suite of edits', () => {
  it('has at least 60 edits with unique names', () => {
    expect(suite.length).toBeGreaterThanOrEqual(60);
    expect(new Set(suite.map(({ name }) => name)).size).toBe(suite.length);
  });

  it('makes the same copy of a picture every time', async () => {
    const { data, info } = await (await scene(5)).raw().toBuffer({ resolveWithObject: true });
    const picture = { name: 'five', data, width: info.width, height: info.height };
    const some = suite.filter(({ kind }) => ['emoji', 'screenshot', 'tilt', 'noise', 'crop, one side'].includes(kind));
    for (const edit of some) {
      expect(await edit.apply(picture, randomFrom(9)), edit.name).toEqual(await edit.apply(picture, randomFrom(9)));
    }
  });
});

describe('the ladder', () => {
  const lastRung = rungs.length - 1;

  it('starts with the whole image in its own orientation', () => {
    expect(upTo(0, [candidate()])).toHaveLength(1);
    expect(
      upTo(0, [candidate({ orientation: 'flip_x' }), candidate({ variant: 'crop_90' }), candidate({ algorithm: 'blockhash' })]),
    ).toEqual([]);
  });

  it('has a rung for every enrolled variant', async () => {
    const kernel = await loadImageKernel(built('native-free-workers/image.wasm'));
    const { data, info } = await (await scene(5)).raw().toBuffer({ resolveWithObject: true });
    const raster = { data, width: info.width, height: info.height, channels: 3 as const };
    const namesOf = (set: 'default' | 'all') => {
      kernel.load(raster);
      return enrolmentVariants({ kernel, raster, width: info.width, height: info.height }, set).map(({ variant }) => variant);
    };
    const stores = (last: number, variant: string) => rungs.slice(0, last + 1).some((rung) => rung.stores(variant));
    const usual = namesOf('default');
    expect(usual.filter((variant) => !stores(defaultRung, variant))).toEqual([]);
    expect(
      namesOf('all')
        .filter((variant) => stores(defaultRung, variant))
        .toSorted(),
    ).toEqual(usual.toSorted());
    expect(namesOf('all').filter((variant) => !stores(lastRung, variant))).toEqual([]);
  });
});

describe('the candidates of entries with one hash', () => {
  const far = candidate({ list: 'known', distance: 50, mayHold: true });

  it('hold beyond the thresholds only from the rung with the hold radius on', () => {
    expect(upTo(holdRung - 1, ofOneHash([far]))).toEqual([]);
    expect(upTo(holdRung, ofOneHash([far]))).toEqual([far]);
  });

  it('must be nearer in a list of a million', () => {
    const nearer = { ...far, distance: 42 };
    expect(inLargeList([far, nearer, candidate()])).toEqual([nearer, candidate()]);
  });
});

describe('the cost of the ladder', () => {
  it('hashes what a query hashes, each hash in the rung that asks for it', async () => {
    const kernel = await loadImageKernel(built('native-free-workers/image.wasm'));
    const card = (await scene(5)).extend({ top: 90, bottom: 60, left: 40, right: 40, background: '#fff' });
    const { data, info } = await card.raw().toBuffer({ resolveWithObject: true });
    const raster = { data, width: info.width, height: info.height, channels: 3 as const };
    const size = { width: info.width, height: info.height };
    const steps = hashingSteps(kernel, { raster, ...size }).map(({ rung, hash }) => ({ rung, hashed: hash() }));
    const own = steps.flatMap(({ rung, hashed }) => hashed.flatMap((one) => (one ? [{ rung, variant: one.variant }] : [])));
    kernel.load(raster);
    const queried = queryVariants({ kernel, raster, ...size }).map(({ variant }) => variant);
    expect(queried).toContain('unbanded');
    expect(own.map(({ variant }) => variant).toSorted()).toEqual(['full', ...queried].toSorted());
    const upright = { orientation: 'identity', negative: false } as const;
    expect(own.filter(({ rung, variant }) => !rungs[rungOf(rung)]?.asks({ variant, ...upright }))).toEqual([]);
  });
});

describe('greedy selection', () => {
  it('first adds the variant that finds most copies', () => {
    const copies = [[candidate()], [candidate({ variant: 'b' })], [candidate({ variant: 'a' }), candidate({ variant: 'b' })], []];
    expect(selectMainVariants(copies)).toEqual([
      { added: ['full'], hashes: 1, recall: 0.25 },
      { added: ['b'], hashes: 2, recall: 0.75 },
      { added: ['a'], hashes: 3, recall: 0.75 },
    ]);
  });

  it('starts regions with the best pair, for copies that nothing else finds', () => {
    const copies = [[candidate()], [region('a'), region('b')], [region('b'), region('c'), region('a')], [region('c')]];
    expect(selectRegions(copies).map(({ added, recall }) => [added, recall])).toEqual([
      [[], 0.25],
      [['region_a', 'region_b'], 0.75],
      [['region_c'], 0.75],
    ]);
  });
});

describe('the section of BENCH.md', () => {
  const step = { added: ['full'], hashes: 1, recall: 0.4 };
  const figures = {
    ...{ worstKind: 0.1, removed: 0.4, oneHash: 0.3, oneHashInLargeList: 0.2 },
    ...{ hashes: 1, regions: 0, searches: 1 },
  };
  const results: Robustness = {
    environment: { cpu: 'a processor', cores: 2, memoryGiB: 8, node: 'v20', date: '2026-01-01', commit: 'abc', note: 'Nothing.' },
    originals: { photograph: 2, region: 1, scene: 1 },
    rungs: rungs.map(({ name }, at) => ({ name, recall: at / 30, ...figures })),
    costs: rungs.map(({ name }, at) => ({ name, hashing: at / 8, searching: at / 4 })),
    defaultRung,
    removed: 0.4,
    held: 0.1,
    edits: [{ kind: 'blur', name: 'blur', recall: rungs.map((_, at) => at / 30), removed: 0.2, oneHash: 0.25 }],
    tempted: [{ kind: 'collage', name: 'four, three shared', pairs: 16, removed: 0, held: 9 }],
    selection: { main: [step], regions: [{ ...step, hashes: 2 }] },
    confused: 0,
    unrelated: { images: 3, pairs: 3, byPdq: 0, byBlockhash: 2, loneRegions: 7, searches: 90 },
  };

  it('shows recall by rung and by kind, and false positives', () => {
    const text = robustnessSection(results);
    expect(text).toContain('Vigie recognises\n**50.0 %** of them');
    expect(text).toMatch(/\| blur \(1\) +\| +0 % \|/);
    expect(text).toContain('**0 matches**');
  });

  it('draws the greedy selection', () => {
    expect([...robustnessCharts(results).values()][0]).toContain('default hashes and regions');
  });
});
