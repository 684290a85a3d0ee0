import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { entryForm } from '../support/client.js';
import { flipBits, photograph, randomFrom, randomHash, scene } from '../support/images.js';
import { useService } from '../support/use-service.js';

const on = useService();
const random = randomFrom(2026);
const digest = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('hex');
const near = (hash: string, distance: number) => flipBits(hash, distance, random);

describe('the list of an entry', () => {
  it('decides the action and the class', async () => {
    const entry = await on.client.enrol(await photograph(11), 'illegal');
    expect(await on.client.match(await (await scene(11)).webp().toBuffer(), 'image/webp')).toMatchObject({
      verdict: 'remove_and_report',
      matches: [{ entry: entry.id, list: 'illegal', class: 'csam_baseline', action: 'remove_and_report' }],
      removal: { action: 'remove_and_report' },
    });
  });

  it('does not override the class of an entry', async () => {
    const form = entryForm(await photograph(12), { list: 'illegal', class: 'csam_a1' });
    await on.client.as('analyst').call('POST', '/v1/entries', { body: form });
    expect(await on.client.match(await photograph(12))).toMatchObject({ matches: [{ list: 'illegal', class: 'csam_a1' }] });
  });

  it('only holds the draft of a flagger', async () => {
    const form = entryForm(await photograph(13), { list: 'known' });
    expect((await on.client.as('flagger').call('POST', '/v1/entries', { body: form })).status).toBe(202);
    const verdict = await on.client.match(await photograph(13));
    expect(verdict).toMatchObject({ verdict: 'hold_for_review', matches: [{ action: 'hold_for_review' }], removal: null });
  });
});

describe('the evidence of a match', () => {
  it('of an equal MD5 alone holds', async () => {
    const image = await photograph(21);
    const entry = await on.client.enrolHashes({ md5: digest('md5', image) });
    expect(await on.client.match(image)).toMatchObject({
      verdict: 'hold_for_review',
      matches: [{ entry: entry.id, matchType: 'exact', algorithm: 'md5', corroborated: false, action: 'hold_for_review' }],
      removal: null,
    });
  });

  it('of an equal SHA-1 that the picture corroborates removes', async () => {
    const image = await photograph(22);
    const { hashes } = await on.client.hash(image);
    await on.client.enrolHashes({ pdq: hashes.pdq, sha1: digest('sha1', image) });
    expect(await on.client.match(image)).toMatchObject({
      verdict: 'remove',
      matches: [{ matchType: 'exact', algorithm: 'sha1', corroborated: true }],
    });
  });

  it('of a wide distance removes only if the blockhash agrees', async () => {
    const [pdq, blockhash] = [randomHash(random), randomHash(random)];
    await on.client.enrolHashes({ pdq: near(pdq, 20), blockhash, quality: 100 });
    const alone = await on.client.matchHashes({ pdq, quality: 100 });
    expect(alone).toMatchObject({ verdict: 'hold_for_review', matches: [{ distance: 20, corroborated: false }] });
    const both = await on.client.matchHashes({ pdq, blockhash: near(blockhash, 10), quality: 100 });
    expect(both).toMatchObject({ verdict: 'remove', matches: [{ distance: 20, corroborated: true }] });
  });

  it('of a tight distance of unknown quality holds unless something corroborates it', async () => {
    const pdq = randomHash(random);
    await on.client.enrolHashes({ pdq, quality: 100 });
    expect((await on.client.matchHashes({ pdq })).verdict).toBe('hold_for_review');
    expect((await on.client.matchHashes({ pdq, quality: 100 })).verdict).toBe('remove');
  });

  it('of a region alone holds', async () => {
    const value = randomHash(random);
    await on.client.enrolHashes({ pdq: [{ value, quality: 100, variant: 'region_1' }] });
    const verdict = await on.client.matchHashes({ pdq: value, quality: 100 });
    expect(verdict).toMatchObject({ verdict: 'hold_for_review', matches: [{ variant: 'region_1', distance: 0 }] });
  });

  it('of distance 31 is enough, of distance 32 is none', async () => {
    const pdq = randomHash(random);
    await on.client.enrolHashes({ pdq, quality: 100 });
    expect((await on.client.matchHashes({ pdq: near(pdq, 31), quality: 100 })).matches).toMatchObject([{ distance: 31 }]);
    expect((await on.client.matchHashes({ pdq: near(pdq, 32), quality: 100 })).verdict).toBe('no_known_match');
  });
});

describe('a list that suppresses', () => {
  it('hides a weaker near match', async () => {
    const [pdq, blockhash] = [randomHash(random), randomHash(random)];
    const query = { pdq, blockhash, quality: 100 };
    await on.client.enrolHashes({ pdq: near(pdq, 20), blockhash, quality: 100 });
    expect((await on.client.matchHashes(query)).verdict).toBe('remove');
    const harmless = await on.client.confirmed(await on.client.enrolHashes({ pdq: near(pdq, 5), quality: 100 }, 'harmless'));
    const verdict = await on.client.matchHashes(query);
    expect(verdict).toMatchObject({
      verdict: 'suppressed',
      matches: [{ entry: harmless.id, action: 'suppress' }],
      removal: null,
    });
    expect(verdict.matches).toHaveLength(1);
  });

  it('holds if a verified entry is within the tight distance', async () => {
    const pdq = randomHash(random);
    const known = await on.client.enrolHashes({ pdq: near(pdq, 10), quality: 100 });
    await on.client.confirmed(await on.client.enrolHashes({ pdq: near(pdq, 5), quality: 100 }, 'harmless'));
    expect(await on.client.matchHashes({ pdq, quality: 100 })).toMatchObject({
      verdict: 'hold_for_review',
      matches: [
        { entry: known.id, action: 'hold_for_review' },
        { list: 'harmless', action: 'suppress' },
      ],
    });
  });

  it('does not hide an exact match', async () => {
    const image = await photograph(31);
    await on.client.enrol(image, 'known');
    await on.client.confirmed(await on.client.enrol(image, 'harmless'));
    expect(await on.client.match(image)).toMatchObject({
      verdict: 'remove',
      matches: [{ list: 'known', matchType: 'exact' }, { list: 'harmless' }],
    });
  });
});

describe('the matches of a verdict', () => {
  it('are the strongest of every list, ordered by severity', async () => {
    const pdq = randomHash(random);
    for (const distance of [12, 4, 8]) await on.client.enrolHashes({ pdq: near(pdq, distance), quality: 100 }, 'known');
    await on.client.enrolHashes({ pdq: near(pdq, 14), quality: 100 }, 'illegal');
    const { verdict, matches } = await on.client.matchHashes({ pdq, quality: 100 });
    expect(verdict).toBe('remove_and_report');
    expect(matches.map(({ list, distance }) => [list, distance])).toEqual([
      ['illegal', 14],
      ['known', 4],
    ]);
  });

  it('are at most 20 and include the strongest', async () => {
    const pdq = randomHash(random);
    for (let number = 10; number < 34; number++) {
      const id = `many-${number}`;
      await on.client.createList({ id, title: id, class: 'unclassified', action: 'hold_for_review' });
      await on.client.enrolHashes({ pdq: near(pdq, 10), quality: 100 }, id);
    }
    await on.client.enrolHashes({ pdq: near(pdq, 14), quality: 100 }, 'known');
    const { verdict, matches } = await on.client.matchHashes({ pdq, quality: 100 });
    expect(verdict).toBe('remove');
    expect(matches).toHaveLength(20);
    expect(matches[0]).toMatchObject({ list: 'known', action: 'remove' });
    expect(new Set(matches.map(({ list }) => list)).size).toBe(20);
  });
});
