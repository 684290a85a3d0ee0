/** Files of hashes as sources make them, and their import over HTTP. */
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { importSchema } from '../../src/http/schemas/import.js';
import { type Client, expectOk } from './client.js';
import { until } from './until.js';

export type ShownImport = z.output<typeof importSchema>;

/** The same hash for the same name. */
export function hashNamed(algorithm: 'md5' | 'sha1' | 'sha256', name: string | number): string {
  return createHash(algorithm).update(`content ${name}`).digest('hex');
}

export const sha256Named = (name: string | number) => ({ algorithm: 'sha256', value: hashNamed('sha256', name) });

export interface VigieRecord {
  readonly id: string;
  readonly hashes?: readonly object[];
  readonly [field: string]: unknown;
}

const writtenAt = '2026-11-23T12:00:00Z';

/** Vigie's own format. A record without hashes gets the SHA-256 of its id. */
export function vigieFile(records: readonly VigieRecord[]): string {
  const lines = [
    { vigie: 'entries', version: 1, at: writtenAt },
    ...records.map((record) => ({
      list: 'theirs',
      class: 'ncii_adult',
      hashes: [sha256Named(record.id)],
      updatedAt: writtenAt,
      ...record,
    })),
    { end: true, records: records.length },
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

export const withdrawnRecord = (id: string): VigieRecord => ({ id, withdrawn: true, hashes: [] });

/** VICS 2.0 with the US categories. */
export function vicsFile(media: readonly object[], scheme = 'US'): string {
  const context = `https://github.com/ICMEC/ProjectVic/DataModels/2.0.xml/${scheme}/$metadata#Media`;
  return JSON.stringify({ '@odata.context': context, value: media });
}

export function vicsCase(caseNumber: string, media: readonly object[]): string {
  const context = 'https://github.com/ICMEC/ProjectVic/DataModels/2.0.xml/US/$metadata#Cases';
  const one = { CaseID: caseNumber, CaseNumber: caseNumber, ContactOrganization: 'Unit 7', Media: media };
  return JSON.stringify({ '@odata.context': context, value: [one] });
}

export function upload(client: Client, file: string | Uint8Array, query: Readonly<Record<string, string>>) {
  const headers = { 'content-type': 'application/octet-stream' };
  return client.call('POST', `/v1/imports?${new URLSearchParams(query)}`, { body: file, headers });
}

/** Waits for the end, or for a state in which a person must act. */
export function settled(client: Client, id: string): Promise<ShownImport> {
  return until(`import ${id} ends`, 50_000, async () => {
    const one = expectOk(importSchema, await client.call('GET', `/v1/imports/${id}`));
    return one.state === 'reading' || one.state === 'promoting' ? undefined : one;
  });
}

/** The node learns of a promotion soon after the database. */
async function isMatched(client: Client): Promise<void> {
  const promotedAt = performance.now();
  const nothing = { sha256: hashNamed('sha256', 'nothing') };
  await until('the node matches what was imported', 10_000, async () => {
    const askedAt = performance.now();
    return (await client.as('platform').matchHashes(nothing)).index.ageMs < askedAt - promotedAt;
  });
}

export async function importFile(
  client: Client,
  file: string | Uint8Array,
  query: Readonly<Record<string, string>>,
): Promise<ShownImport> {
  const { id } = expectOk(importSchema, await upload(client, file, query));
  const one = await settled(client, id);
  if (one.state === 'promoted') await isMatched(client);
  return one;
}
