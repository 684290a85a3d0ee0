import { beforeAll, describe, expect, it } from 'vitest';
import { legalRequestSchema } from '../../src/http/schemas/legal-request.js';
import { expectOk } from '../support/client.js';
import { photograph, randomFrom, randomHash } from '../support/images.js';
import { useService } from '../support/use-service.js';

const on = useService();
const dayMs = 86_400_000;
const patch = async (regimes: readonly string[]) => {
  const answer = await on.client.as('operator').json('PATCH', '/v1/organisation', { regimes });
  expect(answer.status).toBe(200);
};

beforeAll(async () => {
  await on.client.enrol(await photograph(5), 'illegal');
});

describe('the removal of a verdict', () => {
  it('has no obligations without a regime', async () => {
    const { removal } = await on.client.match(await photograph(5));
    expect(removal).toEqual({ action: 'remove_and_report', obligations: [], preserveUntil: null, reportTo: [] });
  });

  it('has the obligations of a regime once it is enabled', async () => {
    await patch(['us_2258a']);
    const { removal } = await on.client.match(await photograph(5));
    expect(removal?.obligations.map(({ regime, duty, startsFrom }) => [regime, duty, startsFrom])).toEqual([
      ['us_2258a', 'report', 'detected'],
      ['us_2258a', 'preserve', 'detected'],
    ]);
    expect(removal?.reportTo).toEqual(['ncmec_cybertipline']);
    expect(Date.parse(removal?.preserveUntil ?? '') - Date.now()).toBeGreaterThan(364 * dayMs);
  });

  it('names the deadline of an open order about the same content first', async () => {
    await patch(['us_2258a', 'fr_lcen_order']);
    const { requestId } = await on.client.match(await photograph(5));
    const order = { regime: 'fr_lcen_order', issuer: 'OFAC', reference: '1', about: 'ticket 1', requestId };
    const { id, deadlineAt } = expectOk(legalRequestSchema, await on.client.json('POST', '/v1/orders', order));
    const copy = await on.client.match(await photograph(5));
    expect(copy.removal?.obligations[0]).toMatchObject({ demand: id, duty: 'remove', startsFrom: 'order_received', deadlineAt });
    expect((await on.client.json('POST', `/v1/orders/${id}/outcome`, { outcome: 'removed' })).status).toBe(200);
    const later = await on.client.match(await photograph(5));
    expect(later.removal?.obligations.map(({ demand }) => demand)).toEqual([null, null]);
  });

  it('is part of a match by hashes, and null without a match', async () => {
    const hashes = { pdq: randomHash(randomFrom(11)), quality: 100 };
    await on.client.enrolHashes(hashes, 'illegal');
    expect((await on.client.matchHashes(hashes)).removal?.obligations.length).toBeGreaterThan(0);
    expect((await on.client.matchHashes({ ...hashes, pdq: randomHash(randomFrom(12)) })).removal).toBeNull();
  });
});
