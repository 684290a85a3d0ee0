import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { problemOf } from '../support/client.js';
import { flipBits, randomFrom, randomHash } from '../support/images.js';
import { useService } from '../support/use-service.js';

const on = useService();
const random = randomFrom(144);

describe('an entry enrolled by PhotoDNA', () => {
  const photodna = randomBytes(144).toString('hex');
  const oneByteOff = `${photodna.slice(0, -2)}${photodna.endsWith('00') ? '01' : '00'}`;

  it('is held when a query has the same PhotoDNA, in upper or lower case', async () => {
    const entry = await on.client.enrolHashes({ photodna });
    expect(entry).toMatchObject({ status: 'verified', hashCount: 1 });
    for (const sent of [photodna, photodna.toUpperCase()]) {
      expect(await on.client.matchHashes({ photodna: sent })).toMatchObject({
        verdict: 'hold_for_review',
        matches: [{ entry: entry.id, matchType: 'exact', algorithm: 'photodna', distance: 0, corroborated: false }],
        removal: null,
        hashes: { photodna },
      });
    }
  });

  it('does not match a PhotoDNA that differs by one byte', async () => {
    expect(await on.client.matchHashes({ photodna: oneByteOff })).toMatchObject({ verdict: 'no_known_match', matches: [] });
  });

  it('is removed when PDQ also finds it', async () => {
    const [pdq, other] = [randomHash(random), randomBytes(144).toString('hex')];
    const entry = await on.client.enrolHashes({ photodna: other, pdq, quality: 100 });
    const verdict = await on.client.matchHashes({ photodna: other, pdq: flipBits(pdq, 20, random) });
    expect(verdict).toMatchObject({
      verdict: 'remove',
      matches: [{ entry: entry.id, algorithm: 'photodna', corroborated: true }],
    });
  });

  it('matches no longer once it is withdrawn', async () => {
    const own = randomBytes(144).toString('hex');
    const entry = await on.client.enrolHashes({ photodna: own });
    await on.client.withdraw(entry.id);
    expect((await on.client.matchHashes({ photodna: own })).verdict).toBe('no_known_match');
  });
});

describe('a PhotoDNA', () => {
  it.each([
    ['of 143 bytes', 'ab'.repeat(143)],
    ['that is not hexadecimal', 'xy'.repeat(144)],
  ])('%s is refused', async (_, photodna) => {
    const answer = await on.client.json('POST', '/v1/match', { hashes: { photodna } });
    expect(answer.status).toBe(400);
    expect(problemOf(answer).detail).toContain('hashes.photodna: must be 288 hexadecimal digits');
  });

  it('of one repeated byte is not enrolled', async () => {
    const answer = await on.client
      .as('analyst')
      .json('POST', '/v1/entries', { list: 'known', hashes: { photodna: '00'.repeat(144) } });
    expect([answer.status, problemOf(answer).code]).toEqual([422, 'degenerate_hash']);
  });
});
