/** A download that is encrypted, breaks off, stands still, or loses its right on the way. */
import { createHash } from 'node:crypto';
import { get, type IncomingMessage } from 'node:http';
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportSchema } from '../../src/http/schemas/export.js';
import { expectOk } from '../support/client.js';
import { exportRequest, fileOf, lastDownload, readyExport } from '../support/exports.js';
import { importFile, vigieFile } from '../support/import-files.js';
import { keyOf } from '../support/seed.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService();
const analyst = () => on.client.as('analyst');
/** More than the sockets of both sides buffer: 5 pages of 4 MB. */
const entries = 5_000;
const long = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`field ${at}`, String(at).repeat(490)]));
const grant = async (rights: readonly string[]) =>
  expect((await on.client.as('operator').json('PUT', '/v1/lists/long/grants/others', { rights })).status).toBe(200);

/** Its body is not read until somebody does. */
function begin(id: string, key = keyOf('analyst')): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(`${on.service.url}/v1/exports/${id}/file`, { headers: { authorization: `Bearer ${key}` }, agent: false }, resolve).on(
      'error',
      reject,
    );
  });
}

async function readAll(answer: IncomingMessage): Promise<'complete' | 'broken'> {
  try {
    for await (const _ of answer);
    return answer.complete ? 'complete' : 'broken';
  } catch {
    return 'broken';
  }
}

beforeAll(async () => {
  const verification = { people: 0, organisations: 0 };
  await on.client.createList({ id: 'long', title: 'Long', class: 'ncii_adult', action: 'remove', verification });
  const records = Array.from({ length: entries }, (_, at) => ({ id: `long ${at}`, provenance: long }));
  expect((await importFile(analyst(), vigieFile(records), { list: 'long' })).state).toBe('promoted');
}, 60_000);

describe('an encrypted export', () => {
  it('is the plain file for the recipient, and unreadable for others', async () => {
    const identity = await generateX25519Identity();
    const age = await identityToRecipient(identity);
    const plain = await readyExport(on.client, { list: 'long', format: 'plain', canaries: 0 });
    const sealed = await readyExport(on.client, { list: 'long', format: 'plain', canaries: 0, age });
    const answer = await begin(sealed.id);
    expect(answer.headers['content-disposition']).toMatch(/\.csv\.age"$/);
    const bytes = Buffer.concat(await answer.toArray());
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const text = await decrypter.decrypt(bytes, 'text');
    expect(text).toBe(await fileOf(on.client, plain.id));
    expect(text.split('\n')).toHaveLength(entries + 2);
    const { receipt } = await lastDownload(on.client, sealed.id);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(receipt).toMatchObject({ entries, bytes: bytes.length, sha256 });
    const other = new Decrypter();
    other.addIdentity(await generateX25519Identity());
    await expect(other.decrypt(bytes)).rejects.toThrow('no identity');
  });
});

describe('a download', () => {
  it('that breaks off has a receipt that says so, and can be repeated', async () => {
    const { id } = await readyExport(on.client, { list: 'long', canaries: 0 });
    const answer = await begin(id);
    await answer.iterator({ destroyOnReturn: false }).next();
    answer.destroy();
    const broken = await lastDownload(on.client, id);
    expect([broken.state, broken.receipt.sha256]).toEqual(['broken', null]);
    expect(broken.receipt.entries).toBeLessThan(entries);
    expect(await readAll(await begin(id))).toBe('complete');
    await until('the second download ends', 10_000, async () => (await lastDownload(on.client, id)).state === 'complete');
    const { downloads } = expectOk(exportSchema, await analyst().call('GET', `/v1/exports/${id}`));
    expect(downloads.map(({ state }) => state)).toEqual(['complete', 'broken']);
  });

  it('that nobody reads stands still, and a third one at once answers 503', async () => {
    const { id } = await readyExport(on.client, { list: 'long', canaries: 0 });
    const open = [await begin(id), await begin(id)];
    const third = await begin(id);
    expect([third.statusCode, third.headers['retry-after']]).toEqual([503, '30']);
    third.resume();
    for (const one of open) one.destroy();
    await until('both have ended', 10_000, async () => {
      const { downloads } = expectOk(exportSchema, await analyst().call('GET', `/v1/exports/${id}`));
      return downloads.length === 2 && downloads.every(({ state }) => state === 'broken');
    });
  });

  it('breaks off when its organisation loses the right', async () => {
    await grant(['read', 'export']);
    const police = on.client.as('analyst', 'others');
    const request = { ...exportRequest, list: 'long', canaries: 0 };
    const { id } = expectOk(exportSchema, await police.json('POST', '/v1/exports', request));
    expectOk(exportSchema, await on.client.as('reviewer', 'others').json('POST', `/v1/exports/${id}/confirm`, {}));
    const answer = await begin(id, keyOf('analyst', 'others'));
    await grant(['read']);
    expect(await readAll(answer)).toBe('broken');
    expect(await lastDownload(on.client, id)).toMatchObject({ state: 'broken', receipt: { sha256: null } });
  });

  it('breaks off when somebody cancels the export', async () => {
    const { id } = await readyExport(on.client, { list: 'long', canaries: 0 });
    const answer = await begin(id);
    expect((await analyst().json('POST', `/v1/exports/${id}/cancel`, {})).status).toBe(200);
    expect(await readAll(answer)).toBe('broken');
  });
});
