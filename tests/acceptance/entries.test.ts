import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { entryPageSchema, entrySchema, neighboursSchema, receiptSchema } from '../../src/http/schemas/entry.js';
import { type Answer, entryForm, expectOk, problemOf } from '../support/client.js';
import { flipBits, photograph, randomFrom, randomHash, scene } from '../support/images.js';
import { useService } from '../support/use-service.js';

const on = useService();
const random = randomFrom(99);
const analyst = () => on.client.as('analyst');
const post = (entry: unknown) => analyst().json('POST', '/v1/entries', entry);
const enrolImage = (image: Uint8Array, entry: unknown): Promise<Answer> =>
  analyst().call('POST', '/v1/entries', { body: entryForm(image, entry) });
const absent = `ent_${'0'.repeat(32)}`;

describe('POST /v1/entries', () => {
  it('answers 201 with the entry, and 200 with the same entry the second time', async () => {
    const image = await photograph(1);
    const provenance = { unit: 'Unit 7', reference: 'case 12', legalBasis: 'consent', date: '2026-11-23' };
    const first = await enrolImage(image, { list: 'known', provenance });
    expect(first.status).toBe(201);
    const entry = expectOk(entrySchema, first);
    expect(entry).toMatchObject({ list: 'known', class: 'ncii_adult', status: 'verified', quality: 100, provenance });
    const second = await enrolImage(image, { list: 'known', provenance });
    expect(second.status).toBe(200);
    expect(expectOk(entrySchema, second)).toEqual(entry);
  });

  it('creates one entry from ten enrolments of one image at once', async () => {
    const image = await photograph(2);
    const answers = await Promise.all(Array.from({ length: 10 }, () => enrolImage(image, { list: 'known' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(9).fill(200), 201]);
    expect(new Set(answers.map((answer) => expectOk(entrySchema, answer).id)).size).toBe(1);
    expect((await on.client.match(image)).matches).toHaveLength(1);
  });

  it('creates one entry from the same hashes in another order at once', async () => {
    const hashes = { md5: 'ab'.repeat(16), sha1: 'cd'.repeat(20), pdq: randomHash(random) };
    const turned = Object.fromEntries(Object.entries(hashes).reverse());
    const answers = await Promise.all([hashes, turned, hashes, turned].map((one) => post({ list: 'known', hashes: one })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
  });

  it('creates an entry per list for the same image', async () => {
    const image = await photograph(3);
    const [known, illegal] = [await on.client.enrol(image, 'known'), await on.client.enrol(image, 'illegal')];
    expect(illegal.id).not.toBe(known.id);
    expect((await on.client.match(image)).matches.map(({ list }) => list)).toEqual(['illegal', 'known']);
  });

  it('never shows a hash value', async () => {
    const image = await photograph(4);
    const { hashes } = await on.client.hash(image);
    const values = [...(hashes.pdq ?? []).map(({ value }) => value), hashes.blockhash, hashes.md5, hashes.sha1, hashes.sha256];
    const { id } = await on.client.enrol(image);
    await on.client.enrolHashes({ pdq: flipBits(hashes.pdq?.[0]?.value ?? '', 3, random), quality: 100 });
    for (const path of [`/v1/entries/${id}`, '/v1/entries?limit=200', `/v1/entries/${id}/neighbours`]) {
      const shown = JSON.stringify((await analyst().call('GET', path)).body);
      for (const value of values) expect(shown).not.toContain(value);
    }
  });

  it('answers 404 with the name of a missing list', async () => {
    const answer = await post({ list: 'nowhere', hashes: { pdq: randomHash(random) } });
    expect(answer.status).toBe(404);
    expect(problemOf(answer)).toMatchObject({ code: 'not_found', detail: expect.stringContaining('"nowhere"') });
  });

  it('refuses what its list has withdrawn and names the entry', async () => {
    const image = await photograph(5);
    const first = await on.client.enrol(image);
    await on.client.withdraw(first.id);
    const again = await enrolImage(image, { list: 'known' });
    expect([again.status, problemOf(again)]).toMatchObject([
      409,
      { code: 'conflict', detail: expect.stringContaining(first.id) },
    ]);
    expect((await on.client.match(image)).verdict).toBe('no_known_match');
  });
});

/** `share`: of the page's width and height. */
async function onPage(seed: number, background: string, share: number): Promise<Buffer> {
  const photograph = await (await scene(seed)).resize({ width: Math.round(800 * share) }).toBuffer();
  return sharp({ create: { width: 800, height: 600, channels: 3, background } })
    .composite([{ input: photograph }])
    .jpeg()
    .toBuffer();
}

// Most blocks of a plain page equal the median.
describe.each([
  ['#fff', 0.35],
  ['#fff', 0.5],
  ['#000', 0.35],
  ['#000', 0.5],
] as const)('a photograph on a page of %s, %f of it wide', (background, share) => {
  const seed = 50 + share * 100 + Number(background === '#fff');

  it('is enrolled and found again', async () => {
    const { id, quality } = await on.client.enrol(await onPage(seed, background, share));
    expect(quality).toBeGreaterThanOrEqual(50);
    const copy = await sharp(await onPage(seed, background, share))
      .jpeg({ quality: 40 })
      .toBuffer();
    expect(await on.client.match(copy)).toMatchObject({ verdict: 'remove', matches: [{ entry: id, algorithm: 'pdq' }] });
  });

  it('is enrolled by its PDQ if its blockhash is degenerate', async () => {
    const { hashes } = await on.client.hash(await onPage(seed + 100, background, share));
    expect(hashes.blockhash).toBeUndefined();
    const { id } = await on.client.enrolHashes({
      pdq: hashes.pdq,
      blockhash: background === '#fff' ? 'f'.repeat(64) : '0'.repeat(64),
    });
    const { matches } = await on.client.match(await onPage(seed + 100, background, share));
    expect(matches).toMatchObject([{ entry: id, algorithm: 'pdq' }]);
  });
});

describe('POST /v1/entries by a flagger', () => {
  const flag = (image: Uint8Array) =>
    on.client.as('flagger').call('POST', '/v1/entries', { body: entryForm(image, { list: 'known' }) });

  it('gets the same answer for new and for known content', async () => {
    const [unknown, held] = [await photograph(11), await photograph(12)];
    await on.client.enrol(held);
    const answers = [await flag(unknown), await flag(held), await flag(unknown)];
    for (const answer of answers) {
      expect(answer.status).toBe(202);
      expect(expectOk(receiptSchema, answer).receipt).toMatch(/^rcp_[0-9a-f]{32}$/);
    }
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(3);
  });

  it('leaves a verified entry verified', async () => {
    const image = await photograph(13);
    await on.client.enrol(image);
    await flag(image);
    expect((await on.client.match(image)).verdict).toBe('remove');
  });

  it('is replaced by a verified entry when an analyst enrols the same', async () => {
    const image = await photograph(14);
    await flag(image);
    expect((await on.client.match(image)).verdict).toBe('hold_for_review');
    const answer = await enrolImage(image, { list: 'known' });
    expect(answer.status).toBe(201);
    expect(expectOk(entrySchema, answer).status).toBe('verified');
    expect((await on.client.match(image)).verdict).toBe('remove');
  });
});

describe('GET /v1/entries', () => {
  it('visits every entry of a list exactly once, oldest first', async () => {
    await on.client.createList({ id: 'paged', title: 'Paged', class: 'unclassified', action: 'remove' });
    const enrolled: string[] = [];
    for (let number = 0; number < 23; number++) {
      enrolled.push((await on.client.enrolHashes({ pdq: randomHash(random) }, 'paged')).id);
    }
    const visited: string[] = [];
    const sizes: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = expectOk(entryPageSchema, await analyst().call('GET', `/v1/entries?list=paged&limit=10${query}`));
      visited.push(...page.items.map(({ id }) => id));
      sizes.push(page.items.length);
      cursor = page.nextCursor;
    }
    expect(visited).toEqual(enrolled);
    expect(sizes).toEqual([10, 10, 3]);
  });

  it('shows only the status asked for', async () => {
    const entry = await on.client.enrol(await photograph(21));
    await on.client.withdraw(entry.id);
    const page = expectOk(entryPageSchema, await analyst().call('GET', '/v1/entries?status=withdrawn&limit=200'));
    expect(page.items.map(({ id }) => id)).toContain(entry.id);
    expect(new Set(page.items.map(({ status }) => status))).toEqual(new Set(['withdrawn']));
  });

  it.each([
    ['cursor=nonsense', 'cursor'],
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=ten', 'limit'],
    ['status=lost', 'status'],
    ['colour=red', 'colour'],
  ])('answers ?%s with 400 and names the field', async (query, field) => {
    const answer = await analyst().call('GET', `/v1/entries?${query}`);
    expect(answer.status).toBe(400);
    expect(problemOf(answer).detail).toContain(field);
  });
});

describe('GET /v1/entries/{id}', () => {
  it('answers with the entry as it was enrolled', async () => {
    const entry = await on.client.enrol(await photograph(31));
    expect(expectOk(entrySchema, await analyst().call('GET', `/v1/entries/${entry.id}`))).toEqual(entry);
  });

  it.each([absent, 'ent_1', 'nonsense', '%00', '../lists'])('answers 404 for %s', async (id) => {
    const answer = await analyst().call('GET', `/v1/entries/${encodeURIComponent(id)}`);
    expect(answer.status).toBe(404);
    expect(problemOf(answer).code).toBe('not_found');
  });
});

describe('GET /v1/entries/{id}/neighbours', () => {
  it('lists the entries that look alike, nearest first', async () => {
    const pdq = randomHash(random);
    const [own, near, nearer] = [
      await on.client.enrolHashes({ pdq, quality: 100 }),
      await on.client.enrolHashes({ pdq: flipBits(pdq, 40, random), quality: 100 }),
      await on.client.enrolHashes({ pdq: flipBits(pdq, 6, random), quality: 100 }, 'illegal'),
    ];
    const ask = async (query: string) =>
      expectOk(neighboursSchema, await analyst().call('GET', `/v1/entries/${own.id}/neighbours${query}`)).items;
    expect((await ask('')).map(({ entry, distance }) => [entry.id, distance])).toEqual([
      [nearer.id, 6],
      [near.id, 40],
    ]);
    expect((await ask('?radius=39')).map(({ entry }) => entry.id)).toEqual([nearer.id]);
    expect((await ask('?limit=1')).map(({ entry }) => entry.id)).toEqual([nearer.id]);
  });

  it('answers 409 for an entry without a PDQ hash', async () => {
    const entry = await on.client.enrolHashes({ md5: '12'.repeat(16) });
    expect((await analyst().call('GET', `/v1/entries/${entry.id}/neighbours`)).status).toBe(409);
  });
});

describe('POST /v1/entries/{id}/withdraw', () => {
  it('stops matches with this entry alone', async () => {
    const [one, other] = [await photograph(41), await photograph(42)];
    const entry = await on.client.enrol(one);
    await on.client.enrol(other);
    expect(await on.client.withdraw(entry.id)).toMatchObject({ id: entry.id, status: 'withdrawn' });
    expect((await on.client.match(one)).verdict).toBe('no_known_match');
    expect((await on.client.match(other)).verdict).toBe('remove');
  });

  it('changes nothing the second time', async () => {
    const entry = await on.client.enrol(await photograph(43));
    const first = await on.client.withdraw(entry.id);
    expect(await on.client.withdraw(entry.id)).toEqual(first);
  });

  it('requires a reason', async () => {
    const entry = await on.client.enrol(await photograph(44));
    const answer = await analyst().json('POST', `/v1/entries/${entry.id}/withdraw`, {});
    expect(answer.status).toBe(400);
    expect(problemOf(answer).detail).toContain('reason');
    expect((await on.client.match(await photograph(44))).verdict).toBe('remove');
  });

  it('answers 404 for a missing entry', async () => {
    expect((await analyst().json('POST', `/v1/entries/${absent}/withdraw`, { reason: 'none' })).status).toBe(404);
  });
});
