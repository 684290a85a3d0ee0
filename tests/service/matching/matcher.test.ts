import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setup } from '../../../src/domain/actor.js';
import { type Blockhash, complementOf, type Pdq, type Sha256 } from '../../../src/domain/hash.js';
import type { ImagingResult } from '../../../src/imaging/protocol.js';
import type { HashIndex, QueryHash } from '../../../src/index/hash-index.js';
import { startIndexWorkerPool } from '../../../src/index/worker-pool.js';
import { type HashedImage, ImageHasher } from '../../../src/service/matching/image-hasher.js';
import { LongWork } from '../../../src/service/matching/long-work.js';
import { Matcher } from '../../../src/service/matching/matcher.js';
import { VerdictLog } from '../../../src/service/matching/verdict-log.js';
import { VerdictStore } from '../../../src/store/verdicts.js';
import { pdqEntry } from '../../index/entries.js';
import { platform } from '../../support/callers.js';
import { flipBits, randomFrom, randomHash } from '../../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash } from '../../support/own-database.js';
import { pictureOf, variantOf } from '../pictures.js';
import { gate, makeNode, matching, type Node, silentLog } from '../sync/follower-parts.js';

const own = await openOwnDatabase();
const workers = await startIndexWorkerPool(1);
afterAll(() => workers.close());
const random = randomFrom(47);
const caller = platform();

let node: Node;
let matcher: Matcher;
/** What the decoder answers, and when. */
let decoded: Promise<ImagingResult>;
let hex: string;
let requests = 0;

beforeEach(async () => {
  hex = randomHash(random);
  decoded = Promise.resolve({ unscannable: 'truncated' });
  await own.stores.entries.create(newEntryOf([pdqHash(hex), pdqHash(hex, { algorithm: 'sha256', quality: null })]), setup);
  node = makeNode(own, workers);
  await node.follower.start();
  const hasher = new ImageHasher({ hash: () => decoded, assertRoom() {} }, workers);
  const verdictLog = new VerdictLog(new VerdictStore(own.database), silentLog);
  matcher = new Matcher({ ...node, ...matching(node), hasher, verdictLog, longWork: new LongWork() });
});
afterEach(() => node.follower.close());

const hexOf = (query: QueryHash) => (typeof query === 'string' ? query : Buffer.from(query).toString('hex'));
const complement = (of: string) => hexOf(complementOf(Buffer.from(of, 'hex')));
const requestId = () => `request ${++requests}`;

describe('matchHashes', () => {
  it('finds an edited copy and shows the main hashes of the query', async () => {
    const copy = flipBits(hex, 9, random);
    const verdict = await matcher.matchHashes(caller, requestId(), { pdq: [variantOf(copy)] });
    expect(verdict).toMatchObject({ verdict: 'remove', matches: [{ distance: 9 }], hashes: { pdq: copy, quality: 90 } });
  });

  it.each([
    ['rotate90', 'rotate270'],
    ['rotate270', 'rotate90'],
    ['rotate180', 'rotate180'],
    ['flip_x', 'flip_x'],
    ['flip_plus1', 'flip_plus1'],
  ] as const)(
    'answers, for a query that matches by its hash %s, that %s turns the entry into the query',
    async (orientation, turned) => {
      const verdict = await matcher.matchHashes(caller, requestId(), { pdq: [variantOf(hex, { orientation })] });
      expect(verdict.matches[0]?.orientation).toBe(turned);
    },
  );

  it('finds an entry of a visible list behind a heap of nearer ones in an invisible list', async () => {
    const query = flipBits(hex, 14, random);
    for (let number = 1; number <= 6_000; number++) {
      node.index.add(pdqEntry(1_000_000 + number, flipBits(query, number % 8, random), { list: 'hidden' }));
    }
    const verdict = await matcher.matchHashes(caller, requestId(), { pdq: [variantOf(query)] });
    expect(verdict).toMatchObject({ verdict: 'remove', matches: [{ list: 'known', distance: 14 }] });
    expect(verdict.matches).toHaveLength(1);
  });

  it('asks the index for entries of visible lists only, so that the others take no time', async () => {
    const asked: boolean[] = [];
    const { index } = node;
    const search: HashIndex['search'] = (kind, queries, radius, lists) => {
      asked.push(lists?.has('known') === true && !lists.has('hidden'));
      return index.search(kind, queries, radius, lists);
    };
    node.index.add(pdqEntry(2_000_000, hex, { list: 'hidden' }));
    const found = await index.search('pdq', [hex], 31, new Set(['known']));
    expect(found[0]?.map(({ entry }) => entry.list)).toEqual(['known']);
    const spied = Object.assign(Object.create(index) as HashIndex, { search });
    const verdictLog = new VerdictLog(new VerdictStore(own.database), silentLog);
    const hasher = new ImageHasher({ hash: () => decoded, assertRoom() {} }, workers);
    const spying = new Matcher({ ...node, index: spied, ...matching(node), hasher, verdictLog, longWork: new LongWork() });
    await spying.matchHashes(caller, requestId(), { pdq: [variantOf(hex)] });
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every(Boolean)).toBe(true);
  });

  it('does not search a PDQ of quality below 50 and answers unscannable', async () => {
    const verdict = await matcher.matchHashes(caller, requestId(), { pdq: [variantOf(hex, { quality: 49 })] });
    expect(verdict).toMatchObject({ verdict: 'unscannable', reason: 'flat', matches: [] });
  });

  it('finds a digest beside a degenerate PDQ', async () => {
    const verdict = await matcher.matchHashes(caller, requestId(), { pdq: [variantOf('0'.repeat(64))], sha256: hex as Sha256 });
    expect(verdict).toMatchObject({ verdict: 'remove', reason: null, matches: [{ algorithm: 'sha256' }] });
  });

  it('does not search a degenerate turned blockhash', async () => {
    const asked: string[] = [];
    const { index } = node;
    const search = index.search.bind(index);
    index.search = async (kind, values, radius) => {
      if (kind === 'blockhash') asked.push(...values.map(hexOf));
      return search(kind, values, radius);
    };
    const blockhash = hex as Blockhash;
    const turned = flipBits(hex, 60, random) as Blockhash;
    await matcher.matchHashes(caller, requestId(), {
      pdq: [variantOf(hex, { orientation: 'flip_x' }), variantOf(hex, { orientation: 'flip_y' })],
      blockhash,
      turnedBlockhashes: [
        { value: '0'.repeat(64) as Blockhash, orientation: 'flip_x' },
        { value: turned, orientation: 'flip_y' },
      ],
    });
    expect(asked).toEqual([blockhash, turned]);
  });

  it('records the match without any hash', async () => {
    const id = requestId();
    await matcher.matchHashes(caller, id, { sha256: hex as Sha256 });
    const [row] = await own.database.query<{ row: string }>(
      'select row_to_json(v)::text as row from verdict v where request_id = $1',
      [id],
    );
    expect(row?.row).toContain('"verdict":"remove"');
    expect(row?.row).not.toContain(hex);
  });

  it('records nothing when nothing was found', async () => {
    const id = requestId();
    await matcher.matchHashes(caller, id, { pdq: [variantOf(randomHash(random))] });
    expect(await own.database.query('select from verdict where request_id = $1', [id])).toEqual([]);
  });

  it('is refused when no list is enabled', async () => {
    node.listCache.replaceAll([], new Map());
    await expect(matcher.matchHashes(caller, requestId(), { pdq: [variantOf(hex)] })).rejects.toMatchObject({ code: 'no_lists' });
  });
});

describe('matchImage', () => {
  const image = (): Promise<HashedImage['unscannable'] | string> =>
    matcher.matchImage(caller, requestId(), Buffer.from('an image')).then(({ verdict }) => verdict);

  it('finds a picture by its hashes', async () => {
    decoded = Promise.resolve(pictureOf(hex));
    expect(await image()).toBe('remove');
  });

  it('searches at most 92 hashes, the whole, its negative and the later frames first', async () => {
    const asked: string[] = [];
    const { index } = node;
    const search = index.search.bind(index);
    index.search = async (kind, values, radius) => {
      if (kind !== 'blockhash') asked.push(...values.map(hexOf));
      return search(kind, values, radius);
    };
    const hashed = (variant: string, count: number) => ({
      variant,
      quality: 90,
      hashes: Array.from({ length: count }, () => randomHash(random) as Pdq),
    });
    const wholes = ['full', 'frame_2', 'frame_3'].map((variant) => hashed(variant, 8));
    const others = ['deborder', 'deborder_2', 'inner_97', 'straight', 'unprofiled', 'converted'].map((variant) =>
      hashed(variant, 8),
    );
    const parts = ['keep_left', 'keep_left', 'keep_top', 'region_centre', 'region_left_third'].map((variant) =>
      hashed(variant, 1),
    );
    decoded = Promise.resolve({ ...pictureOf(hex), pdq: [...wholes, ...parts, ...others] });
    await image();
    // The whole is also searched among the regions.
    expect(new Set(asked).size).toBe(92 + 16);
    const [full, ...frames] = wholes.map(({ hashes }) => hashes);
    expect(asked).toEqual(expect.arrayContaining([...(full ?? []), ...(full ?? []).map(complement), ...frames.flat()]));
    expect(asked).not.toContain(complement(others[5]?.hashes[0] ?? hex));
  });

  it('answers unscannable for bytes that cannot be decoded', async () => {
    expect(await image()).toBe('unscannable');
  });

  // A half-empty index must never answer no_known_match.
  it('is refused when the index is reloaded while the picture is decoded', async () => {
    const decoding = gate();
    const loading = gate();
    decoded = decoding.passed.then(() => pictureOf(hex));
    const answer = image();
    node.hashes.holdPages = loading.passed;
    await own.database.query('update feed set epoch = gen_random_uuid()');
    const reading = new Promise<void>((resolve) => {
      node.hashes.read = resolve;
    });
    const refreshed = node.follower.refresh();
    await reading;
    decoding.open();
    await expect(answer).rejects.toMatchObject({ code: 'index_unavailable' });
    loading.open();
    await refreshed;
  });

  it('is refused when the index is reloaded while it is searched', async () => {
    decoded = Promise.resolve(pictureOf(hex));
    const searching = gate();
    const reached = gate();
    const { index } = node;
    const search = index.search.bind(index);
    index.search = async (...given) => {
      reached.open();
      await searching.passed;
      return search(...given);
    };
    const answer = image();
    await reached.passed;
    await own.database.query('update feed set epoch = gen_random_uuid()');
    await node.follower.refresh();
    searching.open();
    await expect(answer).rejects.toMatchObject({ code: 'index_unavailable' });
  });
});
