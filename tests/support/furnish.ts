/** Fills a service with a little of everything that the console shows. */
import { z } from 'zod';
import { entrySchema } from '../../src/http/schemas/entry.js';
import { importSchema } from '../../src/http/schemas/import.js';
import { type Client, entryForm, expectOk } from './client.js';
import { photograph } from './images.js';

export interface Furnished {
  /** A draft that waits for people of two organisations. */
  readonly entry: string;
  readonly series: string;
  readonly request: string;
  readonly import: string;
}

/** Hostile text of the kind that somebody may write: markup, a change of direction, and great length. */
export const hostileText = `<img src=x onerror="document.title='owned'"> \u202Egnirts ${'long '.repeat(60)}`.trim();

const id = z.object({ id: z.string() });

async function enrol(analyst: Client, image: Uint8Array, entry: object): Promise<{ id: string }> {
  return expectOk(entrySchema, await analyst.call('POST', '/v1/entries', { body: entryForm(image, entry) }));
}

export async function furnish(client: Client): Promise<Furnished> {
  const [one, two, three] = await Promise.all([photograph(701), photograph(702), photograph(703)]);
  const analyst = client.as('analyst');
  await client.createList({ id: 'review', title: 'Review', class: 'ncii_adult', action: 'remove', organisation: 'tests' });
  await client.as('operator').json('PUT', '/v1/lists/review/grants/others', { rights: ['read', 'verify'] });
  const provenance = { unit: 'Example Hotline', reference: hostileText };
  const { id: entry } = await enrol(analyst, one, { list: 'review', series: hostileText, provenance });
  await enrol(analyst, two, { list: 'review', series: 'case-17', sourceCodes: [{ scheme: 'interpol-baseline', code: '1' }] });
  await client.enrol(three);
  const { requestId } = await client.match(three);
  await client.match(one);
  await client.json('POST', `/v1/matches/${requestId}/feedback`, { outcome: 'false_positive', reason: hostileText });
  await client.json('PATCH', '/v1/organisation', { regimes: ['fr_lcen_order', 'us_take_it_down'] });
  const order = { regime: 'fr_lcen_order', issuer: 'OFAC', about: 'ticket 12' };
  const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
  await client.json('POST', '/v1/orders', { ...order, reference: '2026-1', receivedAt: ago(30) });
  await client.json('POST', '/v1/orders', { ...order, reference: hostileText.slice(0, 190), receivedAt: ago(2) });
  await client.json('POST', '/v1/notices', {
    regime: 'us_take_it_down',
    issuer: 'a person',
    issuerKind: 'person',
    reference: 'N-1',
    about: 'post 7',
    receivedAt: ago(1),
  });
  await client
    .as('operator')
    .json('POST', '/v1/organisations', { id: 'new-platform', name: hostileText.slice(0, 180), kind: 'platform' });
  await client.as('operator').json('POST', '/v1/keys', { organisation: 'tests', role: 'operator', person: 'Second operator' });
  const body = '{"sha256":"not a hash"}\n';
  const sent = await analyst.call('POST', '/v1/imports?list=review&dryRun=true&source=partner&file=monday.ndjson', {
    body: new TextEncoder().encode(body),
    headers: { 'content-type': 'application/octet-stream' },
  });
  return { entry, series: hostileText, request: requestId, import: expectOk(importSchema.or(id), sent).id };
}
